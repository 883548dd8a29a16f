"""What Windows and macOS are asked for, seen by stand-ins for their programs."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest

from hipflask.surfaces.window import _programs

from .stage import wait_until

STAND_IN = """#!{python}
import json, sys
from pathlib import Path
said = json.dumps([sys.argv, sys.stdin.buffer.read().decode()])
Path({file!r} + ".new").write_text(said)
Path({file!r} + ".new").rename({file!r})
sys.stdout.buffer.write("Grüße".encode())
"""


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-ins write what they were given."""
    file = tmp_path / "seen.json"
    for name in ("pbcopy", "pbpaste", "osascript", "powershell"):
        program = tmp_path / name
        program.write_text(STAND_IN.format(python=sys.executable, file=str(file)))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return file


def given(seen: Path) -> tuple[list[str], str]:
    wait_until(seen.exists, "the program's start")
    arguments, text = json.loads(seen.read_text())
    seen.unlink()
    return [Path(arguments[0]).name, *arguments[1:]], text


@pytest.mark.parametrize(("system", "program"), [("darwin", "pbcopy"), ("win32", "powershell")])
def test_a_text_is_copied(system: str, program: str, seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    _programs.copy("Grüße $(whoami)")
    arguments, text = given(seen)
    assert (arguments[0], text) == (program, "Grüße $(whoami)")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_text_is_pasted(system: str, seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    answers: list[str] = []
    _programs.paste(answers.append)
    wait_until(lambda: answers == ["Grüße"], "the answer")


def test_a_note_is_no_part_of_a_script(seen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    _programs.announce('Say "hi"', "'; exit")
    arguments, _ = given(seen)
    assert arguments[-2:] == ['Say "hi"', "'; exit"]
    monkeypatch.setattr(sys, "platform", "win32")
    _programs.announce('Say "hi"', "")
    arguments, text = given(seen)
    assert json.loads(text) == {"title": 'Say "hi"', "message": " "}
    assert "hi" not in " ".join(arguments)


def test_a_program_that_fails_is_in_the_log_and_pastes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("PATH", str(tmp_path))
    answers: list[str] = []
    with caplog.at_level(logging.WARNING):
        _programs.paste(answers.append)
        wait_until(lambda: answers == [""], "the answer")
    assert "pbpaste failed" in caplog.text
