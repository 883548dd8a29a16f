"""`hipflask mcp install` and `tools`, and what `hipflask serve` says to whoever has an assistant."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ballpark import make_app
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from scripted import PROGRAM, Process, environment, write_program

from hipflask import Hipflask
from hipflask.core.errors import UsageError
from hipflask.surfaces.mcp.assistants import Assistant, add, assistants
from hipflask.surfaces.mcp.commands import mcp
from hipflask.surfaces.mcp.installing import command_for

COMMAND = ["python", "-m", "hipflask.cli", "--app", "app.py", "mcp"]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write_program(tmp_path)


@pytest.fixture
def claude(tmp_path: Path) -> Assistant:
    return Assistant("claude", "Claude", tmp_path / "Claude" / "claude_desktop_config.json")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home, which is empty yet."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return home


def run(*words: str, app: Hipflask | None = None) -> Result:
    """`hipflask mcp …`, in this process."""
    return CliRunner().invoke(mcp, words, obj=ScriptInfo(create_app=lambda: app or make_app()))


# ── an assistant's file ───────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_not_there_is_made(claude: Assistant) -> None:
    assert add(claude, "lineup", COMMAND) is None
    assert json.loads(claude.file.read_text()) == {
        "mcpServers": {"lineup": {"command": "python", "args": COMMAND[1:]}}
    }


def test_what_stands_there_stays(claude: Assistant) -> None:
    """Other programs, other settings, their order, letters of every language, and what a person has added to our own entry."""
    before = (
        '{"theme": "größer", "mcpServers": {"other": {"command": "x", "env": {"A": "1"}}, '
        '"lineup": {"command": "old", "env": {"HIPFLASK_STORE": "here"}, "disabled": true}}, "last": [1, 2.50]}'
    )
    claude.file.parent.mkdir()
    claude.file.write_text(before)
    kept = add(claude, "lineup", COMMAND)
    assert kept is not None
    assert kept.read_text() == before
    after = json.loads(claude.file.read_text())
    assert list(after) == ["theme", "mcpServers", "last"]
    assert after["theme"] == "größer"
    assert "größer" in claude.file.read_text()
    assert after["mcpServers"]["other"] == {"command": "x", "env": {"A": "1"}}
    assert after["mcpServers"]["lineup"] == {
        "command": "python",
        "env": {"HIPFLASK_STORE": "here"},
        "disabled": True,
        "args": COMMAND[1:],
    }


def test_what_is_there_already_is_not_written_again(claude: Assistant) -> None:
    add(claude, "lineup", COMMAND)
    before = claude.file.stat().st_mtime_ns
    assert add(claude, "lineup", COMMAND) is None
    assert claude.file.stat().st_mtime_ns == before


def test_each_copy_has_a_name_of_its_own(claude: Assistant) -> None:
    """The first one is the most precious."""
    add(claude, "lineup", COMMAND)
    copies = [add(claude, f"other{number}", COMMAND) for number in range(3)]
    assert len({copy.name for copy in copies if copy is not None}) == 3


@pytest.mark.parametrize(
    "content",
    ["{broken", '// mine\n{"mcpServers": {}}', "[]", '{"mcpServers": []}', '{"mcpServers": {"x": 3}}'],
)
def test_a_file_that_we_do_not_understand_is_left_alone(claude: Assistant, content: str) -> None:
    """Comments, for one, would be lost."""
    claude.file.parent.mkdir()
    claude.file.write_text(content)
    with pytest.raises(UsageError, match="left as it is"):
        add(claude, "lineup", COMMAND)
    assert claude.file.read_text() == content
    assert len(list(claude.file.parent.iterdir())) == 1


@pytest.mark.parametrize("content", ["", "  \n", "\ufeff{}"])
def test_an_empty_file_is_an_empty_one(claude: Assistant, content: str) -> None:
    claude.file.parent.mkdir()
    claude.file.write_text(content, encoding="utf-8")
    add(claude, "lineup", COMMAND)
    assert "lineup" in json.loads(claude.file.read_text())["mcpServers"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and rights are another matter there")
def test_a_link_stays_a_link_and_rights_stay(claude: Assistant, tmp_path: Path) -> None:
    """People keep such files under version control, and keys in them."""
    real = tmp_path / "dotfiles.json"
    real.write_text("{}")
    real.chmod(0o600)
    claude.file.parent.mkdir()
    claude.file.symlink_to(real)
    add(claude, "lineup", COMMAND)
    assert claude.file.is_symlink()
    assert "lineup" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o600


def test_each_system_has_its_places() -> None:
    """And each assistant its own word for a program."""
    home = Path("/somebody")
    assert assistants("linux", home, {})["claude"].file == home / ".config/Claude/claude_desktop_config.json"
    assert assistants("linux", home, {"XDG_CONFIG_HOME": "/c"})["vscode"].file == Path(
        "/c/Code/User/mcp.json"
    )
    mac = home / "Library/Application Support"
    assert assistants("darwin", home, {})["claude"].file == mac / "Claude/claude_desktop_config.json"
    assert assistants("win32", home, {"APPDATA": "/r"})["claude"].file == Path(
        "/r/Claude/claude_desktop_config.json"
    )
    assert assistants("linux", home, {})["cursor"].file == home / ".cursor/mcp.json"
    code = assistants("linux", home, {})["vscode"]
    assert (code.key, code.entry(["a", "b"])) == ("servers", {"type": "stdio", "command": "a", "args": ["b"]})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, "app.py"),
        ("app.py", "app.py"),
        ("app.py:create", "app.py:create"),
        ("app", "app.py"),
        ("app:create()", "app.py:create()"),
        ("games.lineup:app", "games/lineup.py:app"),
        ("games", "games"),
        ("installed.somewhere:app", None),
        ("C:\\\\elsewhere\\\\app.py:app", None),
    ],
)
def test_an_app_is_found_from_anywhere(tmp_path: Path, given: str | None, found: str | None) -> None:
    """An assistant starts it in a folder of its own choosing."""
    (tmp_path / "games").mkdir()
    for name in ("app.py", "games/lineup.py"):
        (tmp_path / name).touch()
    *_, where, word = command_for(given, tmp_path)
    assert word == "mcp"
    assert where == (given if found is None else str(tmp_path / found))


# ── the commands ──────────────────────────────────────────────────────────────────────────────────


def test_install_finds_the_assistants_that_are_here(program: Path, home: Path) -> None:
    """What it writes starts the program, from another folder too."""
    for folder in (".cursor", "config/Code/User"):
        (home / folder).mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "hipflask.cli", "--app", program.name, "mcp", "install"],
        cwd=program.parent,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Cursor knows scripted now" in done.stdout
    assert "Claude" not in done.stdout
    entry = json.loads((home / "config/Code/User/mcp.json").read_text())["servers"]["scripted"]
    theirs = json.loads((home / ".cursor/mcp.json").read_text())["mcpServers"]["scripted"]
    assert entry == theirs | {"type": "stdio"}
    answered = subprocess.run(
        [entry["command"], *entry["args"]],
        input=b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
        cwd=home,
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert json.loads(answered.stdout) == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_print_writes_nothing(home: Path) -> None:
    (home / ".cursor").mkdir(parents=True)
    done = run("install", "--print", "--name", "my line-up")
    assert done.exit_code == 0
    assert '"my-line-up": {' in done.output
    assert list((home / ".cursor").iterdir()) == []


def test_print_shows_what_others_need_where_none_is_known(home: Path) -> None:
    """It is what the error of `install` says."""
    done = run("install", "--print")
    assert done.exit_code == 0
    assert done.output.startswith("Most assistants take this")
    assert json.loads(done.output.partition("\n")[2])["mcpServers"]["ballpark"]["args"][-1] == "mcp"


def test_a_file_that_is_refused_keeps_nobody_else_from_being_told(home: Path) -> None:
    """It is left as it is, and told in the end."""
    for folder in (".cursor", ".gemini"):
        (home / folder).mkdir(parents=True)
    (home / ".cursor/mcp.json").write_text("{broken")
    done = run("install")
    assert "Gemini CLI knows ballpark now" in done.output
    assert isinstance(done.exception, UsageError)
    assert "mcp.json is not plain JSON" in str(done.exception)
    assert (home / ".cursor/mcp.json").read_text() == "{broken"


def test_claude_code_is_here_where_its_folder_is(home: Path) -> None:
    """Its file lies among others' in the home folder, and has much else in it."""
    (home / ".claude").mkdir(parents=True)
    (home / ".claude.json").write_text('{"numStartups": 3, "projects": {}}')
    assert "Claude Code knows ballpark now" in run("install").output
    after = json.loads((home / ".claude.json").read_text())
    assert (after["numStartups"], after["mcpServers"]["ballpark"]["type"]) == (3, "stdio")


def test_a_name_that_says_nothing_is_the_folders(home: Path) -> None:
    """An assistant has several programs, and most of their files are called app.py."""
    (home / ".cursor").mkdir(parents=True)
    app = Hipflask("app", root_path=str(home / "line-up"))
    app.tool()(print_nothing)
    assert '"line-up": {' in run("install", "--print", app=app).output


def print_nothing() -> None: ...


def test_whoever_is_not_here_is_not_told(home: Path) -> None:
    done = run("install", "--client", "hal")
    assert done.exit_code == 2
    assert "'hal' is not one of claude, claude-code, cursor, vscode, windsurf, gemini" in done.output
    with pytest.raises(UsageError, match="None of the assistants that are known here"):
        raise run("install").exception or AssertionError


def test_an_assistant_that_is_named_is_told_all_the_same(home: Path) -> None:
    """It may be installed tomorrow."""
    assert run("install", "--client", "gemini").exit_code == 0
    assert "ballpark" in (home / ".gemini/settings.json").read_text()


def test_an_app_with_nothing_to_offer_is_not_installed(home: Path) -> None:
    bare = Hipflask("bare")
    with pytest.raises(UsageError, match=r"decorate a function with @app\.tool\(\) first"):
        raise run("install", "--print", app=bare).exception or AssertionError
    assert "nothing for assistants yet" in run("tools", app=bare).output


def test_tools_lists_what_there_is() -> None:
    lines = run("tools").output.splitlines()
    assert "  who_is_on(base, [since])  Who plays at this base?" in lines
    assert "  lineup://players/{base}" in lines
    assert "  coach(team, [tone])  What a coach says." in lines


def test_tools_as_data_is_what_assistants_get() -> None:
    told = json.loads(run("tools", "--json").output)
    assert told["tools"][0]["inputSchema"]["required"] == ["base"]
    assert told["resources"][0]["uri"] == "lineup://players"


def test_serve_tells_the_address_and_the_token_for_assistants(tmp_path: Path) -> None:
    """It is good for that door, and for no other."""
    file = tmp_path / "scripted.py"
    file.write_text(PROGRAM)
    server = subprocess.Popen(
        [sys.executable, "-m", "hipflask.cli", "--app", str(file), "serve", "--port", "0"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        said = ""
        while "Bearer" not in said:
            said += server.stderr.readline()
        port, token = re.search(r":(\d+)/mcp", said), re.search(r"Bearer (\w+)", said)
        assert port is not None
        assert token is not None
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}}
        message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
        statuses = []
        for path, word in [("/mcp", token[1]), ("/mcp", "wrong"), ("/", token[1])]:
            connection = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=20)
            headers = {"Authorization": f"Bearer {word}", "Content-Type": "application/json"}
            connection.request("POST" if path == "/mcp" else "GET", path, message, headers)
            statuses.append(connection.getresponse().status)
            connection.close()
        assert statuses == [200, 401, 403]
    finally:
        server.terminate()
        server.wait(20)
        assert server.stderr is not None
        server.stderr.close()


def test_a_cold_start_brings_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    """No server, no screen, no event loop, no SQLAlchemy where there is no store."""
    file = tmp_path / "lean.py"
    file.write_text(
        "import sys\nfrom hipflask import Hipflask\napp = Hipflask('lean')\n@app.tool()\ndef loaded() -> list[str]:\n"
        "    return sorted({name.partition('.')[0] for name in sys.modules} | set(sys.modules))\n"
    )
    process = Process(file)
    try:
        process.shake_hands()
        process.send("tools/call", {"name": "loaded", "arguments": {}}, 1)
        loaded = set(process.line()["result"]["structuredContent"]["result"])
    finally:
        process.close()
    assert not loaded & {
        "sqlalchemy",
        "uvicorn",
        "asyncio",
        "websockets",
        "hipflask.ui.live",
        "mcp",
        "pydantic",
    }
    assert "hipflask.surfaces.mcp.http" not in loaded
