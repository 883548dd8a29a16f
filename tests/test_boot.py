"""A bundle's program at a terminal and for assistants: what `Stock --command` and `Stock --mcp` do.

The bundle is made by hand: a release, the app's description, and the Python of the tests in the place of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STOCK = """
from hipflask import Hipflask

app = Hipflask(__name__)

@app.command()
@app.tool(read_only=True)
def order(item: str, count: int = 1) -> dict[str, str | int]:
    \"\"\"Order something.\"\"\"
    return {"item": item, "count": count}

@app.command()
def fail() -> None:
    raise ValueError("There is none left.")

app.run()
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The folder of the app's own files; the release lies beside it."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "stock.py").write_text(STOCK)
    (folder / "hipflask-app.json").write_text(
        json.dumps({"app": "stock", "single_instance": True, "schemes": [], "file_types": []})
    )
    (tmp_path / "release").write_text("id=com.example.stock\nname=Stock\n")
    return folder


def run(bundle: Path, *words: str, sent: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """What the launcher starts, with these words."""
    environment = {
        **os.environ,
        "HIPFLASK_BUNDLE": str(bundle.parent / "release"),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(bundle), os.environ.get("PYTHONPATH")))),
        "HOME": str(bundle.parent),
        "USERPROFILE": str(bundle.parent),
        "XDG_DATA_HOME": str(bundle.parent / "data"),
        "XDG_CONFIG_HOME": str(bundle.parent / "config"),
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "hipflask.boot", *words],
        input=sent,
        env=environment,
        cwd=bundle.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_bundle_has_the_programs_own_commands(bundle: Path) -> None:
    """With the same output, errors and exit codes as where it is written."""
    done = run(bundle, "--command", "order", "ball", "--count", "3", "--json")
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"item":"ball","count":3}\n', "")
    done = run(bundle, "--command", "order", "ball", "--count", "many")
    assert done.returncode == 2
    assert "Usage: Stock --command order" in done.stderr
    done = run(bundle, "--command", "fail")
    assert (done.returncode, done.stderr) == (1, "Error: ValueError: There is none left.\n")
    done = run(bundle, "--command")
    assert "Order something." in done.stdout + done.stderr


def test_a_bundle_answers_assistants(bundle: Path) -> None:
    """Over standard input and output, without a window."""
    hello = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }
    sent = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "order", "arguments": {"item": "bat"}}},
    ]  # fmt: skip
    done = run(bundle, "--mcp", sent="".join(json.dumps(each) + "\n" for each in sent))
    assert done.returncode == 0, done.stderr
    answers = {each["id"]: each["result"] for each in map(json.loads, done.stdout.splitlines())}
    assert answers[2]["structuredContent"] == {"item": "bat", "count": 1}


def test_a_bundle_tells_assistants_of_its_launcher(bundle: Path) -> None:
    """Under the program's name, and of the image where it is one: what is in that has another place each time."""
    (bundle.parent / ".cursor").mkdir()
    done = run(bundle, "--mcp", "install")
    assert (done.returncode, done.stderr) == (0, "")
    file = bundle.parent / ".cursor" / "mcp.json"
    entry = json.loads(file.read_text())["mcpServers"]["Stock"]
    assert entry["args"] == ["--mcp"]
    assert Path(entry["command"]).samefile(sys.executable)
    image = {"APPIMAGE": "/opt/programs/Stock.AppImage", "APPDIR": str(Path(sys.executable).parent)}
    assert run(bundle, "--mcp", "install", **image).returncode == 0
    assert json.loads(file.read_text())["mcpServers"]["Stock"]["command"] == "/opt/programs/Stock.AppImage"
    another = {**image, "APPDIR": "/tmp/.mount_terminal"}  # a terminal's, that has started this program
    assert run(bundle, "--mcp", "install", **another).returncode == 0
    assert Path(json.loads(file.read_text())["mcpServers"]["Stock"]["command"]).samefile(sys.executable)


def test_what_nobody_understands_is_told(bundle: Path) -> None:
    """In a sentence, with exit code 1."""
    done = run(bundle, "--mcp", "uninstall")
    assert done.returncode == 1
    assert done.stderr == "Error: --mcp takes nothing or `install`, and not 'uninstall'.\n"
    done = run(bundle, "--mcp", "install")
    assert done.returncode == 1
    assert "None of the assistants that are known here" in done.stderr


def test_the_help_says_what_there_is(bundle: Path) -> None:
    """Under the program's own name; what comes first is told where it does not."""
    said = run(bundle, "--help").stdout
    assert said.startswith("usage: Stock ")
    assert "--mcp" in said and "answer an assistant" in said and "--command" in said
    done = run(bundle, "--headless", "--mcp")
    assert (done.returncode, "--mcp comes first" in done.stderr) == (2, True)
