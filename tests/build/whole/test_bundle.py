"""A bundle as people meet it: started by its launcher, with nothing of Python on the computer but what it brings."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.build.whole.program import Installed, Program

from hipflask.build.layer import Layer
from hipflask.core.report import read as read_report


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_it_opens_its_window_and_writes_sqlite(installed: Installed) -> None:
    before = installed.layers()
    done = installed.run("--selftest")
    assert done.returncode == 0, done.stderr
    assert installed.layers() == before
    data = installed.home / ".local" / "share" / "com.example.stock"
    assert list(data.iterdir()) == []  # the self-test leaves nothing, and has not touched the user's data


def test_what_it_keeps_is_with_the_users_data(installed: Installed) -> None:
    done = installed.run("--headless", "--screenshot", installed.home / "window.png")
    assert done.returncode == 0, done.stderr
    assert (installed.home / "window.png").read_bytes().startswith(b"\x89PNG")
    assert (installed.home / ".local/share/com.example.stock/stock.sqlite").is_file()
    assert installed.current()["state"] == "healthy"


def test_it_uses_no_python_but_its_own(installed: Installed) -> None:
    """What is mapped into the process is the bundle's, or belongs to the system's C library."""
    mapped = installed.python(
        "import json, sqlite3, ssl, lzma, ctypes, uvloop, httptools, msgspec, multiprocessing, decimal, zoneinfo\n"
        "print(json.dumps(sorted({line.split(None, 5)[5].strip() for line in open('/proc/self/maps') if '/' in line})))"
    )
    assert isinstance(mapped, list)
    foreign = [path for path in mapped if not path.startswith(str(installed.root)) and ".so" in path]
    of_c = (
        "libc.so",
        "libm.so",
        "libdl.so",
        "libpthread.so",
        "librt.so",
        "libutil.so",
        "ld-linux",
        "libgcc_s",
        "libstdc++",
    )
    assert [path for path in foreign if not Path(path).name.startswith(of_c)] == []
    assert any("libpython" in path for path in mapped)


def test_nothing_of_the_builder_is_in_it(bundle: Path) -> None:
    """No folder of the computer that built it, in any file."""
    needles = [
        os.fsencode(path)
        for path in {sys.prefix, sys.base_prefix, str(bundle.parents[2]), os.path.expanduser("~/.")}
    ]
    found = [
        path
        for path in bundle.rglob("*")
        if path.is_file() and any(each in path.read_bytes() for each in needles)
    ]
    assert found == []


def test_the_users_own_python_settings_do_not_matter(installed: Installed) -> None:
    hostile = installed.home / "hostile"
    hostile.mkdir()
    (hostile / "flask.py").write_text("raise SystemExit('taken')")
    (hostile / "sitecustomize.py").write_text("raise SystemExit('taken')")
    done = installed.run("--selftest", PYTHONPATH=str(hostile), PYTHONHOME=str(hostile), PYTHONSTARTUP="x")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("opened", "noted"),
    [
        ("stock://items/7", "item 7"),
        ("stock:items/7", "item 7"),
        ("stock://delete-everything", "drawn"),
        ("stock://nowhere", "drawn"),
    ],
)
def test_its_own_addresses_open_windows_and_nothing_else(
    installed: Installed, opened: str, noted: str
) -> None:
    """Any page of the web can link to such an address."""
    done = installed.run(opened, "--headless", "--screenshot", installed.home / "window.png")
    assert done.returncode == 0, done.stderr
    assert f"1.0.0 {noted}" in installed.noted()
    assert "1.0.0 deleted everything" not in installed.noted()


def test_its_files_open_in_it(installed: Installed) -> None:
    file = installed.home / "Müller & Söhne.stock"
    done = installed.run(file, "--headless", "--screenshot", installed.home / "window.png")
    assert done.returncode == 0, done.stderr
    assert f"1.0.0 file {file}" in installed.noted()
    installed.notes.write_text("")
    done = installed.run(file.as_uri(), "--headless", "--screenshot", installed.home / "window.png")
    assert f"1.0.0 file {file}" in installed.noted(), done.stderr


def test_what_it_does_not_open_is_said(installed: Installed) -> None:
    done = installed.run("letter.doc", HIPFLASK_NO_DIALOG="1")
    assert done.returncode == 1
    assert "letter.doc is nothing that this program opens" in done.stderr


def test_why_it_does_not_open_is_said_to_whoever_clicked(
    program: Program, tmp_path: Path, screen: None
) -> None:
    """In a dialog, since there is no terminal; here a program stands in for the desktop's."""
    other = Program(tmp_path / "other")
    shutil.copy(program.project / "hipflask-root.json", other.project)
    broken = Installed(other.build("0.9.0", "import no_such_package"), tmp_path / "home")
    dialog = tmp_path / "bin" / "zenity"
    dialog.parent.mkdir()
    dialog.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/said"\n')
    dialog.chmod(0o755)
    done = broken.run(PATH=f"{dialog.parent}:/usr/bin:/bin")
    assert done.returncode == 1
    said = (tmp_path / "said").read_text()
    assert "--title=Lager für Büros" in said
    assert "ModuleNotFoundError: No module named 'no_such_package'" in said
    (report,) = (tmp_path / "home").rglob("error.txt")
    assert str(report) in said
    assert "stock.py" in report.read_text()
    (file,) = (tmp_path / "home" / ".local" / "share" / "com.example.stock" / "crashes").iterdir()
    told = read_report(file)
    assert (told.kind, told.program.version) == ("the start", "0.9.0")
    assert [each.type for each in told.failures] == ["flask.cli.NoAppException", "ModuleNotFoundError"]
    frame = told.failures[1].frames[-1]
    assert (frame.file, frame.source, frame.own) == ("stock.py", "import no_such_package", True)
    assert str(tmp_path) not in file.read_text()


def test_a_second_start_brings_the_first_to_the_front(installed: Installed) -> None:
    first = installed.start()
    try:
        wait_for(lambda: "1.0.0 drawn" in installed.noted())
        second = installed.run("stock://items/8")
        assert second.returncode == 0, second.stderr
        wait_for(lambda: "1.0.0 item 8" in installed.noted())
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        first.wait(10)


def test_other_processes_of_it_are_its_own_python(installed: Installed) -> None:
    program = installed.start("stock://compute?number=21")
    try:
        wait_for(lambda: "1.0.0 computed 42" in installed.noted())
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(10)


def test_it_starts_again_when_it_asks_to(installed: Installed) -> None:
    done = installed.start("stock://again?after=1")
    try:
        wait_for(lambda: "1.0.0 restarts" in installed.noted())
        wait_for(lambda: installed.noted().count("1.0.0 drawn") == 1)
        assert done.poll() is None  # on Linux it is the same process
    finally:
        done.send_signal(signal.SIGTERM)
        done.wait(10)


def test_the_same_project_is_the_same_bytes(program: Program, bundle: Path, tmp_path: Path) -> None:
    """In another folder, by somebody with other settings and nothing kept from before."""
    other = Program(tmp_path / "elsewhere")
    (other.project / "hipflask-root.json").write_bytes((program.project / "hipflask-root.json").read_bytes())
    (other.project / "hipflask.lock").write_bytes((program.project / "hipflask.lock").read_bytes())
    again = other.build(
        "1.0.0", PYTHONHASHSEED="17", TZ="Asia/Tokyo", HIPFLASK_CACHE=str(tmp_path / "cache"), LC_ALL="C"
    )
    layers = [
        {layer.name: Layer.of("app", layer).id for layer in (folder / "layers").iterdir()}
        for folder in (bundle, again)
    ]
    assert layers[0] == layers[1]
    for name in ("current", "lager-fur-buros"):
        assert (bundle / name).read_bytes() == (again / name).read_bytes()


def test_it_answers_assistants_and_shells_without_a_window(installed: Installed) -> None:
    """By its launcher, which has all that this needs; and says nothing about whether the release is a good one."""
    before = installed.current()
    done = subprocess.run(
        [str(installed.launcher), "--mcp"],
        input='{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
        env=installed.environment,
        cwd=installed.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    said = installed.run("--command")
    assert "Usage: Lager für Büros --command" in said.stdout + said.stderr
    assert installed.current() == before
