"""`hipflask mcp`, the process: nothing but messages on standard output, whatever comes in and whatever functions do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted import Process, started, write_program

from hipflask.surfaces.mcp.wire import LONGEST_MESSAGE


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_program(tmp_path_factory.mktemp("scripted"))


@pytest.fixture
def process(program: Path) -> Iterator[Process]:
    with started(program) as process:
        process.shake_hands()
        yield process


def test_what_is_printed_goes_to_standard_error(process: Process) -> None:
    """By the module, by a tool, past Python and by a child; and nobody reads the protocol's input."""
    process.call("noisy", 1)
    assert process.line()["result"]["content"] == [{"type": "text", "text": "heard: "}]
    assert process.close() == 0
    assert process.is_silent()
    for words in (b"while loading", b"by a tool", b"past Python", b"by a child"):
        assert words in process.errors


def test_broken_frames_are_answered_and_the_next_one_is_heard(process: Process) -> None:
    """What is no message is refused by its number; empty lines are nothing."""
    process.write(b"\n   \r\n")
    for data, code in [(b"{broken", -32700), (b"\xff\xfe{}", -32700), (b"[]", -32600), (b'{"id":1}', -32600)]:
        process.write(data + b"\n")
        assert process.line()["error"]["code"] == code
    process.send("ping", id=5)
    assert process.line() == {"jsonrpc": "2.0", "id": 5, "result": {}}


def test_a_message_that_is_too_long_is_refused_and_forgotten(process: Process) -> None:
    """It is read away in pieces; what follows it is heard."""
    process.write(b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * (3 * LONGEST_MESSAGE) + b'"}\n')
    error = process.line()["error"]
    assert error == {"code": -32600, "message": f"A message may have at most {LONGEST_MESSAGE} bytes."}
    process.send("ping", id=2)
    assert process.line()["id"] == 2


def test_a_ping_is_answered_while_a_tool_works(process: Process) -> None:
    """One request does not wait for another."""
    process.send("tools/call", {"name": "count", "arguments": {"n": 10}}, 1)
    process.send("ping", id=2)
    process.send("tools/call", {"name": "who_is_on", "arguments": {"base": "first"}}, 3)
    assert [process.line()["id"] for _ in range(3)] == [2, 3, 1]


def test_a_call_that_is_called_off_is_not_answered_and_has_written_nothing(process: Process) -> None:
    """Its writing is taken back at its next word of progress."""
    process.call("write_slowly", 1, team="Mets", seconds=20)
    assert process.line()["method"] == "notifications/progress"
    process.send("notifications/cancelled", {"requestId": 1, "reason": "enough"})
    process.send("ping", id=2)
    while (line := process.line()).get("id") != 2:
        assert line["method"] == "notifications/progress", "told before it was called off"
    for id in range(3, 100):  # it ends by itself, but when is its own affair
        process.send("tools/call", {"name": "write_slowly", "arguments": {"team": "Cubs", "seconds": 0}}, id)
        if "isError" not in process.line()["result"]:
            break
    process.send("tools/call", {"name": "scores", "arguments": {}}, 100)
    assert "Mets" not in process.line()["result"]["structuredContent"]["result"]
    assert process.is_silent()


def test_the_end_of_the_input_is_the_end(process: Process) -> None:
    """What has nearly been done is answered; what would go on is called off."""
    process.send("tools/call", {"name": "count", "arguments": {"n": 3}}, 1)
    process.call("write_slowly", 2, team="Giants", seconds=60)
    begun = time.monotonic()
    assert process.close() == 0
    assert time.monotonic() - begun < 10
    ids = []
    while not process.is_silent():
        ids.append(process.line().get("id"))
    assert 1 in ids
    assert 2 not in ids


def test_an_app_that_cannot_be_loaded_says_so_where_a_person_reads_it(tmp_path: Path) -> None:
    """On standard error; on the protocol's side there is nothing."""
    file = tmp_path / "plain.py"
    file.write_text("import flask\napp = flask.Flask('plain')\nprint('hello')\n")
    with started(file) as process:
        assert process.close() == 1
        assert process.is_silent()
        assert b"plain is a plain Flask app" in process.errors
        assert b"Traceback" not in process.errors
