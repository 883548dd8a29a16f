"""Actions in the shell, through Click's runner and as real processes with real pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import flask
import pytest
from click.testing import Result

from hipflask import Blueprint, Hipflask
from hipflask.cli import CommandLine
from hipflask.core.action import Door, Registry
from hipflask.core.errors import UsageError
from hipflask.surfaces.commands import mounting
from hipflask.surfaces.commands.names import OURS


@dataclass
class Player:
    name: str
    runs: int
    coach: str | None = None


def on(base: Literal["first", "second", "third"]) -> str:
    """Who plays at this base?

    Asks the line-up.
    """
    return f"Who is on {base}."


def order(
    item: str,
    size: Literal["s", "m"] = "m",
    gift: bool = False,
    tags: Annotated[list[str], "A word to find it by"] = [],  # noqa: B006
    max_price: float | None = None,
    at: tuple[int, int] = (0, 0),
) -> dict[str, object]:
    return {"item": item, "size": size, "gift": gift, "tags": tags, "max_price": max_price, "at": at}


def add(numbers: list[int]) -> int:
    return sum(numbers)


def place(teams: list[str], field: str, sure: bool) -> list[Any]:
    return [teams, field, sure]


def players() -> list[Player]:
    return [Player("Who", 10), Player("東京", 7, "Bud\nAbbott")]


def innings() -> Iterator[int]:
    yield 1
    yield 2


async def later() -> AsyncIterator[dict[str, int]]:
    yield {"inning": 1}
    yield {"inning": 2}


async def soon(word: str) -> str:
    return f"{word} in {flask.current_app.name}"


def nothing() -> None: ...


def photo() -> bytes:
    return b"\x89PNG"


def fail(message: str = "I don’t\nknow") -> None:
    raise LookupError(message)


def pipe() -> None:
    raise BrokenPipeError("the bullpen's phone")


def build(*functions: Callable[..., Any], name: str = "", **options: Any) -> flask.Flask:
    app, registry = flask.Flask("park"), Registry()
    for function in functions:
        registry.add(function, Door("command", name, options))
    for action, door in registry.doors("command"):
        mounting.mount(app.cli, action, door)
    return app


def run(function: Callable[..., Any], *words: str) -> Result:
    app = build(function, name="it")
    return app.test_cli_runner().invoke(args=["it", *words], prog_name="park")


# ── words ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "words", "output"),
    [
        (on, ["first"], "Who is on first.\n"),
        (add, ["1", "2", "39"], "42\n"),
        (soon, ["Out"], "Out in park\n"),
        (
            place,
            ["--teams", "a", "--teams", "b", "Wrigley", "--no-sure", "--json"],
            '[["a","b"],"Wrigley",false]\n',
        ),
        (order, ["bat"], "item: bat\nsize: m\ngift: false\ntags: []\nmax_price:\nat: [0,0]\n"),
        (
            order,
            [
                "bat",
                "--size",
                "s",
                "--gift",
                "--tags",
                "a",
                "--tags",
                "b",
                "--max-price",
                "2",
                "--at",
                "3",
                "4",
            ],
            'item: bat\nsize: s\ngift: true\ntags: ["a","b"]\nmax_price: 2.0\nat: [3,4]\n',
        ),
        (order, ["bat", "--no-gift", "--json"], None),
    ],
)
def test_words_become_arguments(
    function: Callable[..., Any], words: Sequence[str], output: str | None
) -> None:
    result = run(function, *words)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        output or '{"item":"bat","size":"m","gift":false,"tags":[],"max_price":null,"at":[0,0]}\n'
    )


@pytest.mark.parametrize(
    ("function", "words", "sentence"),
    [
        (on, [], "Missing argument '{first|second|third}'. Choose from:"),
        (on, ["frist"], "'frist' is not one of 'first', 'second', 'third'. Did you mean 'first'?"),
        (on, ["home"], "'home' is not one of 'first', 'second', 'third'.\n"),
        (
            order,
            ["bat", "--max-price", "much"],
            "Invalid value for '--max-price': expected a number, got 'much'.",
        ),
        (order, ["bat", "--at", "1", "x"], "Invalid value for at[1]: expected a whole number, got 'x'."),
        (add, ["1", "x"], "Invalid value for numbers[1]: expected a whole number, got 'x'."),
        (add, [], "Missing argument 'NUMBERS...'."),
        (place, ["--teams", "a", "Wrigley"], "Missing option '--sure'"),
        (order, ["bat", "--colour", "red"], "No such option"),
    ],
)
def test_words_that_do_not_fit_end_with_2_and_a_hint(
    function: Callable[..., Any], words: Sequence[str], sentence: str
) -> None:
    result = run(function, *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Usage: park it" in result.stderr
    assert result.stdout == ""


def test_the_help_is_the_docstring_and_its_first_line_in_the_list() -> None:
    runner = build(on).test_cli_runner()
    assert "  on  Who plays at this base?\n" in runner.invoke(args=["--help"]).stdout
    shown = runner.invoke(args=["on", "--help"]).stdout
    assert "Who plays at this base?\n\n  Asks the line-up.\n" in shown


def test_the_help_shows_what_each_option_takes_and_its_default() -> None:
    shown = run(order, "--help").stdout
    for flag in (
        "--size [s|m]",
        "--gift / --no-gift",
        "--tags TEXT",
        "--max-price NUMBER",
        "--at INTEGER INTEGER",
        "--json",
    ):
        assert f"  {flag}" in shown
    assert "[default: m]" in shown
    assert "[default: no-gift]" in shown
    assert "A word to find it by" in shown


def test_a_command_without_a_name_has_the_functions_in_kebab_case() -> None:
    def who_is_on() -> None: ...

    assert list(build(who_is_on).cli.commands) == ["who-is-on"]


def test_a_parameter_that_takes_a_flag_of_ours_is_refused() -> None:
    def show(json: str = "") -> None: ...
    def tell(help: str) -> None: ...

    with pytest.raises(UsageError) as raised:
        build(show)
    assert str(raised.value) == (
        "show() has a parameter 'json', and --json is there already to print the result as JSON: "
        "give the parameter another name, such as 'json_value'."
    )
    with pytest.raises(UsageError, match="'help', and --help is there already to print the help"):
        build(tell)


def test_parameters_that_share_a_flag_are_refused() -> None:
    def draw(colour: bool = True, no_colour: str = "") -> None: ...

    with pytest.raises(UsageError, match="'no_colour', and --no-colour is there already to set colour"):
        build(draw)


def test_a_name_that_hipflask_has_itself_is_refused() -> None:
    """Or `hipflask delete ball` would remove what was deployed. In a group it is another word."""

    def delete(item: str) -> str:
        return f"{item} is gone."

    with pytest.raises(UsageError, match="`hipflask delete` is a command of Hipflask's own"):
        build(delete)
    team = Blueprint("team", __name__)
    team.command()(delete)
    app = Hipflask("app")
    app.register_blueprint(team)
    assert app.test_cli_runner().invoke(args=["team", "delete", "ball"]).output == "ball is gone.\n"


def test_the_names_of_hipflasks_own_commands_are_known() -> None:
    assert set(CommandLine().commands) == OURS


def test_a_second_command_of_the_same_name_is_refused() -> None:
    with pytest.raises(UsageError, match="There is a command 'x' already: give add"):
        build(on, add, name="x")


# ── results ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "plain", "json"),
    [
        (nothing, "", "null\n"),
        (
            players,
            "name  runs  coach\nWho     10\n東京     7  Bud Abbott\n",
            '[{"name":"Who","runs":10,"coach":null},{"name":"東京","runs":7,"coach":"Bud\\nAbbott"}]\n',
        ),
        (innings, "1\n2\n", "1\n2\n"),
        (later, "inning: 1\ninning: 2\n", '{"inning":1}\n{"inning":2}\n'),
    ],
)
def test_results_are_printed_for_people_and_as_json(
    function: Callable[..., Any], plain: str, json: str
) -> None:
    assert run(function).stdout == plain
    assert run(function, "--json").stdout == json


def test_bytes_are_written_as_they_are() -> None:
    assert run(photo).stdout_bytes == b"\x89PNG"


# ── failures ──────────────────────────────────────────────────────────────────────────────────────


def test_a_function_that_raises_ends_with_1_and_one_line() -> None:
    result = run(fail)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: LookupError: I don’t know\n"


def test_an_error_without_a_message_is_its_type() -> None:
    assert run(fail, "--message", "").stderr == "Error: LookupError\n"


def test_in_debug_the_error_itself_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert isinstance(run(fail).exception, LookupError)


def test_a_broken_pipe_of_the_functions_own_is_a_failure_like_any_other() -> None:
    result = run(pipe)
    assert (result.exit_code, result.stderr) == (1, "Error: BrokenPipeError: the bullpen's phone\n")


# ── real processes ────────────────────────────────────────────────────────────────────────────────

PARK = """
import time
from collections.abc import Iterator
import flask
from hipflask import Blueprint, Hipflask
from hipflask.cli import CommandLine
from hipflask.core.action import Door, Registry
from hipflask.surfaces.commands import mounting

app, registry = flask.Flask("park"), Registry()

def on(base: str) -> str:
    app.logger.warning("asked about %s", base)
    return f"Who is on {base}."

def count(to: int = 1_000_000) -> Iterator[int]:
    yield from range(to)

def wait() -> Iterator[str]:
    yield "waiting"
    time.sleep(30)

def fail() -> None:
    raise LookupError("nobody")

for function in (on, count, wait, fail):
    action = registry.add(function, Door("command", ""))
    mounting.mount(app.cli, action, action.doors[0])
"""


@pytest.fixture
def flask_command(tmp_path: Path) -> list[str]:
    (tmp_path / "park.py").write_text(PARK)
    return [sys.executable, "-m", "flask", "--app", str(tmp_path / "park.py")]


def test_data_goes_to_stdout_and_narration_to_stderr(flask_command: list[str]) -> None:
    done = subprocess.run([*flask_command, "on", "first"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "Who is on first.\n")
    assert "asked about first" in done.stderr


def test_a_reader_that_has_seen_enough_is_not_told_about_pipes(flask_command: list[str]) -> None:
    counting = subprocess.Popen([*flask_command, "count"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert counting.stdout is not None and counting.stderr is not None
    assert counting.stdout.readline() == b"0\n"
    counting.stdout.close()
    assert counting.stderr.read() == b""
    counting.stderr.close()
    assert counting.wait(60) == 1


def test_lines_come_as_they_are_made_and_an_interrupt_ends_with_130(flask_command: list[str]) -> None:
    waiting = subprocess.Popen([*flask_command, "wait"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"waiting\n"
    waiting.send_signal(signal.SIGINT)
    rest, told = waiting.communicate(timeout=60)
    assert (waiting.returncode, rest, told.strip()) == (130, b"", b"")


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_debug_shows_the_traceback(flask_command: list[str], how: str) -> None:
    debug = ["--debug"] if how == "flag" else []
    environment = {**os.environ, "FLASK_DEBUG": "1"} if how == "environment" else None
    done = subprocess.run(
        [*flask_command, *debug, "fail"], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.endswith("LookupError: nobody\n")
