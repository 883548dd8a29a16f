"""Commands as a person at a terminal meets them, and as a pipe does: questions, progress, `-`, and the Tab key."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hipflask.surfaces.commands.bar import shown

PARK = '''
import time
from dataclasses import dataclass
from typing import Annotated, Literal
from msgspec import Meta
from hipflask import Blueprint, Hipflask, track

app = Hipflask("park")
team = Blueprint("team", __name__)
Secret = Annotated[str, Meta(extra_json_schema={"format": "password"})]

@dataclass
class Order:
    item: str
    count: int

@app.command()
def on(base: Literal["first", "second"], inning: int) -> str:
    """Say who is on a base.

    As asked by Costello.

        hipflask on first 3
    """
    return f"{base} {inning}"

@app.command()
def add(numbers: list[int]) -> int:
    return sum(numbers)

@app.command()
def shout(text: str, *, also: str = "") -> str:
    return text.upper() + also

@app.command()
def price(order: Order) -> int:
    return order.count * 3

@app.command()
def size(photo: bytes) -> int:
    return len(photo)

@app.command()
def enter(password: Secret) -> int:
    return len(password)

@app.command()
def warm(balls: int) -> str:
    for ball in track(range(balls), "Throwing"):
        time.sleep(0.05)
    return "warm"

@team.command("add")
def add_player(name: str) -> str:
    """Take a player into the team."""
    return f"{name} plays"

app.register_blueprint(team)
'''


@pytest.fixture
def park(tmp_path: Path) -> list[str]:
    file = tmp_path / "park.py"
    file.write_text(PARK)
    return [sys.executable, "-m", "hipflask.cli", "--app", str(file)]


def piped(command: list[str], sent: bytes) -> tuple[int, str, str]:
    done = subprocess.run(command, input=sent, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Terminal:
    """A terminal with a program in it: what it shows, and what is typed."""

    def __init__(self, command: list[str]) -> None:
        self._end, inner = pty.openpty()
        environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
        self.process = subprocess.Popen(
            command, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True
        )
        os.close(inner)
        self.seen = ""

    def until(self, words: str) -> None:
        """Read on until these words have been shown."""
        end = time.monotonic() + 30
        while words not in self.seen:
            assert time.monotonic() < end, self.seen
            if not self._read():
                assert words in self.seen, self.seen

    def type(self, words: str) -> None:
        os.write(self._end, words.encode() + b"\n")

    def interrupt(self) -> None:
        """Press Ctrl+C until it ends: Python does not notice one that comes in the moment before it waits for a line."""
        for _ in range(20):
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
                return

    def close(self) -> int:
        """Its exit code, once everything has been read."""
        while self._read():
            pass
        os.close(self._end)
        return self.process.wait(30)

    def _read(self) -> bool:
        if not select.select([self._end], [], [], 30)[0]:
            return False
        try:
            read = os.read(self._end, 4096)
        except OSError:  # how Linux says that nobody writes there any more
            return False
        self.seen += read.decode()
        return bool(read)


# ── questions ─────────────────────────────────────────────────────────────────────────────────────


def test_a_person_is_asked_for_what_is_missing_until_it_fits(park: list[str]) -> None:
    """Each question says what would fit, and takes nothing else."""
    terminal = Terminal([*park, "on"])
    terminal.until("Base (first, second): ")
    terminal.type("third")
    terminal.until("Error: expected")
    terminal.type("second")
    terminal.until("Inning: ")
    terminal.type("many")
    terminal.until("Error: expected a whole number, got 'many'.")
    terminal.type("9")
    terminal.until("second 9")
    assert terminal.close() == 0


def test_who_does_not_answer_but_interrupts_ends_with_130(park: list[str]) -> None:
    """As an interrupt while the function runs does."""
    terminal = Terminal([*park, "on", "first"])
    terminal.until("Inning: ")
    terminal.interrupt()
    assert terminal.close() == 130
    assert "Aborted" not in terminal.seen


def test_several_values_are_written_as_in_a_shell(park: list[str]) -> None:
    """Quotes and all."""
    terminal = Terminal([*park, "add"])
    terminal.until("Numbers: ")
    terminal.type('1 "2')
    terminal.until("quotes come in pairs")
    terminal.type("1 '2' 39")
    terminal.until("42")
    assert terminal.close() == 0


def test_a_password_is_not_shown(park: list[str]) -> None:
    """It is asked for, and what is typed does not come back."""
    terminal = Terminal([*park, "enter"])
    terminal.until("Password: ")
    time.sleep(0.3)  # the terminal is told not to echo right after the question
    terminal.type("open sesame")
    terminal.until("11")
    assert terminal.close() == 0
    assert "sesame" not in terminal.seen


def test_a_script_is_never_asked(park: list[str]) -> None:
    """It ends with 2, and says what was missing."""
    code, said, told = piped([*park, "on", "first"], b"9\n")
    assert (code, said) == (2, "")
    assert "Missing argument 'INNING'" in told


# ── progress ──────────────────────────────────────────────────────────────────────────────────────


def test_progress_is_a_line_that_goes_away(park: list[str]) -> None:
    """The result stands in its place."""
    terminal = Terminal([*park, "warm", "12"])
    terminal.until("of 12")
    assert terminal.close() == 0
    assert "Throwing  " in terminal.seen and "━" in terminal.seen
    assert terminal.seen.endswith("\r\x1b[Kwarm\r\n")


def test_progress_is_not_written_into_files(park: list[str]) -> None:
    """Neither standard output nor standard error has anything of it."""
    assert piped([*park, "warm", "3"], b"") == (0, "warm\n", "")


@pytest.mark.parametrize(
    ("done", "total", "message", "seconds", "line"),
    [
        (0, 4, "", 0.0, "─" * 25 + "  0 of 4"),
        (1, 4, "Reading", 3.0, "Reading  " + "━" * 6 + "─" * 19 + "  1 of 4  0:09 left"),
        (4, 4, "", 3.0, "━" * 25 + "  4 of 4"),
        (9, 4, "", 1.0, "━" * 25 + "  9 of 4"),
        (1234, None, "Reading", 3661.0, "Reading  1,234  1:01:01"),
        (0.5, 1.5, "a\nb\x1b[2J", 0.0, "a b [2J  " + "━" * 8 + "─" * 17 + "  0.5 of 1.5"),
        (0, 0, "", 0.0, "0  0:00"),
    ],
)
def test_the_line_says_how_far_it_is(
    done: float, total: float | None, message: str, seconds: float, line: str
) -> None:
    """A bar where the end is known, a guess at the rest after two seconds, nothing that could harm a terminal."""
    assert shown(done, total, message, seconds, 200) == line
    assert shown(done, total, message, seconds, 10) == line[:10]


# ── pipes ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "sent", "printed"),
    [
        (["add", "-"], b"1\n2\n39\n", "42\n"),
        (["add", "-"], b"1\r\n2", "3\n"),
        (["shout", "-"], "größe\n".encode(), "GRÖSSE\n"),
        (["shout", "a", "--also", "-"], b"b\n\n", "Ab\n\n"),
        (["price", "-"], b'{"item": "ball", "count": 4}', "12\n"),
        (["size", "-"], b"\xff\xd8\x00\n", "4\n"),
        (["on", "first", "-"], b"9\n", "first 9\n"),
    ],
)
def test_a_dash_is_what_comes_by_the_pipe(
    park: list[str], words: list[str], sent: bytes, printed: str
) -> None:
    """Lines for a list, the whole for a text, JSON for a record, bytes as they are."""
    assert piped([*park, *words], sent) == (0, printed, "")


@pytest.mark.parametrize(
    ("words", "sent", "sentence"),
    [
        (["shout", "-"], b"ab\xff", "standard input is not UTF-8 text (its byte 2 is 0xff)."),
        (["shout", "-", "--also", "-"], b"a", "standard input has gone to"),
        (["price", "-"], b'{"item": "ball"', "expected"),
        (["add", "-"], b"1\nx\n", "numbers[1]: expected a whole number, got 'x'."),
    ],
)
def test_what_comes_by_the_pipe_and_does_not_fit_ends_with_2(
    park: list[str], words: list[str], sent: bytes, sentence: str
) -> None:
    """And with a sentence."""
    code, said, told = piped([*park, *words], sent)
    assert (code, said) == (2, "")
    assert sentence in told


# ── groups, pages, the Tab key ────────────────────────────────────────────────────────────────────


def test_a_blueprints_commands_are_a_group(park: list[str]) -> None:
    """Under its name."""
    assert piped([*park, "team", "add", "Who"], b"") == (0, "Who plays\n", "")
    code, said, _ = piped([*park, "team", "--help"], b"")
    assert code == 0
    assert re.search(r"add +Take a player into the team\.", said)


def test_the_manual_has_a_page_for_each_command(park: list[str], tmp_path: Path) -> None:
    """groff finds nothing wrong with it, and shows what --help has."""
    code, said, told = piped([*park, "man", "on"], b"")
    assert (code, told) == (0, "")
    assert {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS"} <= {
        line.removeprefix(".SH ") for line in said.splitlines()
    }
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tascii", "-P-cbou"], input=said, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    words = " ".join(done.stdout.split())
    assert "\\&" not in words, "what has no help shows nothing"
    assert "on {first|second} INTEGER" in words or "{first|second} INNING" in words
    assert "As asked by Costello." in words and "hipflask on first 3" in words
    code, said, _ = piped([*park, "man", "--folder", str(tmp_path / "man")], b"")
    assert code == 0
    assert {"on.1", "team-add.1", "serve.1"} <= {
        path.name.removeprefix("hipflask-") for path in (tmp_path / "man").iterdir()
    }


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["shuot"], "shout"), (["serv"], "serve"), (["team", "ad"], "add"), (["xyzzy"], None)],
)
def test_a_command_that_is_not_there(park: list[str], words: list[str], meant: str | None) -> None:
    """Exit code 2, and what may have been meant, of the app's own commands too."""
    code, said, told = piped([*park, *words], b"")
    assert (code, said) == (2, "")
    assert f"No such command {words[-1]!r}." in told
    assert (f"Did you mean {meant!r}?" in told) if meant else ("Did you mean" not in told)


def test_a_page_of_a_command_that_is_not_there(park: list[str]) -> None:
    """Exit code 2."""
    code, said, told = piped([*park, "man", "team", "sell"], b"")
    assert (code, said) == (2, "")
    assert "There is no command 'team sell'." in told


def test_bash_completes_commands_options_and_choices(park: list[str], tmp_path: Path) -> None:
    """By the script that is printed for it."""
    program = tmp_path / "bin/hipflask"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m hipflask.cli "$@"\n')
    program.chmod(0o755)
    script = """
eval "$(hipflask completion bash)"
for line in "hipflask te" "hipflask team a" "hipflask on f" "hipflask shout --a" "hipflask man sho" "hipflask man team a"; do
  COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
  _hipflask_completion hipflask
  echo "${COMPREPLY[@]}"
done
"""
    environment = {
        **os.environ,
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "FLASK_APP": str(tmp_path / "park.py"),
        "SHELL": "/bin/bash",
    }
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == ["team", "add", "first", "--also", "shout", "add"]
    how = subprocess.run(
        ["hipflask", "completion"], env=environment, capture_output=True, text=True, check=True
    )
    assert how.stdout.startswith('eval "$(hipflask completion bash)"')
