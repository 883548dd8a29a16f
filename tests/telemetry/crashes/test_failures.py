"""An exception in a report: where it came through, and nothing of what it carried."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hipflask.core.report import MOST_FAILURES, MOST_FRAMES, Failure
from hipflask.telemetry.crashes.failures import failures_of, function_of

CANARY = "Canary-Anna-4711"


def raised(function: Any, *args: Any) -> Exception:
    """What a function raises."""
    with pytest.raises(Exception) as caught:
        function(*args)
    return caught.value


def as_json(failures: list[Failure]) -> str:
    return msgspec.json.encode(failures).decode()


def save(name: str) -> None:
    raise ValueError(f"{name} is there already")


def test_places_types_and_lines_are_told_and_the_message_apart() -> None:
    """A frame is a file below the folders of modules, a line, a function and what is written there."""
    told = failures_of(raised(save, CANARY))

    frame = told.failures[0].frames[-1]
    assert told.failures[0].type == "ValueError"
    assert (Path(frame.file).name, frame.function, frame.own) == ("test_failures.py", "save", True)
    assert frame.source == 'raise ValueError(f"{name} is there already")'
    assert told.messages == [f"{CANARY} is there already"]
    assert CANARY not in as_json(told.failures)
    assert str(Path.home()) not in as_json(told.failures)


def test_what_led_to_it_is_told_once() -> None:
    """Causes, contexts and members of groups, however they refer to each other."""
    first, second = KeyError(CANARY), ValueError(CANARY)
    first.__context__, second.__context__ = second, first
    group = ExceptionGroup(CANARY, [first, OSError(CANARY)])
    group.__cause__ = TypeError(CANARY)

    told = failures_of(group).failures

    assert [(each.type, each.link) for each in told] == [
        ("ExceptionGroup", ""),
        ("KeyError", "member"),
        ("ValueError", "context"),
        ("OSError", "member"),
        ("TypeError", "cause"),
    ]
    assert CANARY not in as_json(told)


def test_a_recursion_and_a_long_chain_are_short() -> None:
    """The first and the last of thousands of frames; the last of hundreds of exceptions."""

    def again() -> None:
        again()

    deep = failures_of(raised(again)).failures[0]
    assert len(deep.frames) == MOST_FRAMES
    assert deep.left_out > 500

    error: Exception = ValueError()
    for _ in range(500):
        outer = ValueError()
        outer.__cause__ = error
        error = outer
    assert len(failures_of(error).failures) == MOST_FAILURES


def test_nothing_is_told_of_code_that_lies_nowhere(tmp_path: Path) -> None:
    """What somebody has typed as a formula, say: neither its text, nor its names, nor what it was called."""
    file = tmp_path / f"{CANARY}.txt"
    file.write_text(
        f"def {CANARY.replace('-', '_')}():\n    1 / 0  # {CANARY}\n{CANARY.replace('-', '_')}()\n"
    )
    for name in (str(file), f"<{CANARY}>"):
        error = raised(exec, compile(file.read_text(), name, "exec"), {})
        text = as_json(failures_of(error).failures)
        assert CANARY.replace("-", "_") not in text
        assert CANARY not in text
        assert "(elsewhere)" in text


def test_an_exception_that_cannot_say_anything() -> None:
    """Its own mistakes change nothing."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError(CANARY)

    assert failures_of(Mute()).messages == [""]


def test_the_function_of_the_program_that_was_called() -> None:
    """The outermost frame of the program's own, not of a library."""
    told = failures_of(raised(os.fspath, 1)).failures
    assert function_of(told) == "raised"
    assert function_of([Failure("ValueError")]) == ""
