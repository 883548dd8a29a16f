"""Who comes to the door of a process that may be looked into."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from hipflask.devtools.inspector import door, questions, records
from hipflask.devtools.inspector.agent import serving
from hipflask.devtools.inspector.agent.serving import Serving
from hipflask.devtools.inspector.asking import Asking, Gone
from hipflask.devtools.inspector.live import LOOK_SECONDS, Live
from hipflask.devtools.inspector.records import Unanswered


def _answer(asked: questions.Asked) -> object:
    match asked:
        case questions.Figures():
            return [records.Figure("answers", {}, 1.0)]
        case questions.Speedscope():
            return "x" * (5 << 20)
        case questions.Tree():
            raise Unanswered("It is closed.")
        case questions.Store():
            raise RuntimeError("password='hunter2'")
        case _:
            return None


@pytest.fixture(params=["sockets in folders", "loopback"])
def address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[door.Address]:
    """A door of either kind."""
    if request.param == "loopback":
        monkeypatch.setattr(door, "HAS_FOLDER_SOCKETS", False)
    address = door.new_address()
    yield address
    shutil.rmtree(address.folder)


@pytest.fixture
def served(address: door.Address) -> Iterator[Serving]:
    """Somebody answers there."""
    served = Serving(address, _answer)
    yield served
    served.stop()


def _file(address: door.Address) -> Path:
    ((_, file),) = address.doors()
    return file


def _asks(address: door.Address) -> list[records.Figure]:
    asking = Asking(address, _file(address))
    try:
        return asking.ask(questions.Figures(), list[records.Figure])
    finally:
        asking.close()


def _raw(address: door.Address) -> socket.socket:
    file = _file(address)
    if file.suffix == ".sock":
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(file))
    else:
        connection = socket.create_connection(("127.0.0.1", int(file.read_text())))
    connection.settimeout(10)
    return connection


def test_whoever_has_the_key_is_answered(address: door.Address, served: Serving) -> None:
    """Questions in a row, sentences where there is no answer, and long answers."""
    asking = Asking(address, _file(address))
    for _ in range(3):
        assert asking.ask(questions.Figures(), list[records.Figure]) == [records.Figure("answers", {}, 1.0)]
    with pytest.raises(Unanswered, match="It is closed"):
        asking.ask(questions.Tree("w1"), records.Node)
    assert len(asking.ask(questions.Speedscope(1), str)) == 5 << 20
    asking.close()


def test_a_text_that_is_none_stands_in_nobodys_way() -> None:
    """The name of a file may have half a character in it; what is asked for all the time would never be answered again."""
    note = records.Note(1, 1, 0.0, "state", "a\ud800", "", "", "", {"of": [2**70]}, {"after": "b\udcff"})
    log = records.Log(2, 1, 0.0, "INFO", "shop", "", "", "", {}, {}, "c\ud800", "", "")
    data = questions.encode_answer(records.News([note, log], 2, 0, []))
    told, line = questions.decode_answer(data, records.News).records
    assert (told.name, told.facts, told.values) == ("a?", {"of": [str(2**70)]}, {"after": "b?"})
    assert isinstance(line, records.Log)
    assert line.message == "c?"
    with pytest.raises(Unanswered, match=r"d\?"):
        questions.decode_answer(questions.encode_problem("d\ud800"), str)


def test_what_goes_wrong_is_said_without_its_message(address: door.Address, served: Serving) -> None:
    """It may hold anything."""
    asking = Asking(address, _file(address))
    with pytest.raises(Unanswered, match="RuntimeError") as raised:
        asking.ask(questions.Store(), records.Store)
    assert "hunter2" not in str(raised.value)
    asking.close()


def test_the_folder_is_its_owners_alone(address: door.Address) -> None:
    """And one that is not will not do."""
    assert stat.S_IMODE(address.folder.stat().st_mode) == 0o700
    assert str(door.parse_address(str(address))) == str(address)
    assert address.key not in repr(address)


@pytest.mark.skipif(not door.HAS_FOLDER_SOCKETS, reason="folders have no such rights here")
def test_a_folder_that_others_can_reach_is_refused(tmp_path: Path) -> None:
    """By whoever would answer, and by whoever would ask."""
    folder = tmp_path / "open to all"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(Unanswered, match="0700"):
        door.parse_address(f"key@{folder}")


@pytest.mark.parametrize("text", ["", "nonsense", "@/tmp", "key@/does/not/exist", "key@"])
def test_what_is_no_address_is_said(text: str) -> None:
    """With what one would look like."""
    with pytest.raises(Unanswered, match="KEY@FOLDER"):
        door.parse_address(text)


def test_who_stands_still_is_not_gone(address: door.Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a debugger holds it, say: it is asked again later, also when more wait for it than its door has room for."""
    monkeypatch.setattr(door.connect, "__defaults__", (0.01,))
    listener, file = door.listen(address)
    with listener:
        for _ in range(70):
            with pytest.raises(Unanswered, match="may be busy"):
                Asking(address, file).ask(questions.Figures(), list[records.Figure])
    with pytest.raises(Gone):
        Asking(address, file).ask(questions.Figures(), list[records.Figure])


def test_who_was_out_of_reach_does_not_tell_everything_anew(address: door.Address) -> None:
    """Only a program that was started anew does, though its process may have the same number."""
    told = [records.Note(each, os.getpid(), 0.0, "state", "", "", "", "", {}, {}) for each in (1, 2)]

    def serving(began: float) -> Serving:
        about = records.Program(os.getpid(), "lineup", began, {}, "", False, False)

        def answer(asked: questions.Asked) -> object:
            if isinstance(asked, questions.WhatsNew):
                return records.News(told[asked.since :], max(asked.since, 2), 0, [])
            return about

        return Serving(address, answer)

    live = Live(str(address))
    for began, heard in [(1.0, 2), (1.0, 2), (2.0, 4)]:
        served = serving(began)
        _wait(lambda: live.standing == "connected")
        time.sleep(5 * LOOK_SECONDS)
        assert len(live.news(0).records) == heard
        served.stop()
        _wait(lambda: live.standing == "gone")
    live.close()


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_wrong_key_is_turned_away(address: door.Address, served: Serving) -> None:
    """Neither side says anything to the other."""
    wrong = door.Address("x" * 32, address.folder)
    with pytest.raises((Unanswered, Gone)):
        Asking(wrong, _file(address)).ask(questions.Figures(), list[records.Figure])
    assert _asks(address)


def test_an_impostor_learns_nothing(address: door.Address) -> None:
    """Whoever took a door's place has to know the key before anything is asked, and the key itself never travels."""
    listener, _ = door.listen(address)
    heard: list[bytes] = []

    def accept() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall((32).to_bytes(4, "big") + b"0" * 32)
            heard.append(connection.recv(4096))
            connection.sendall((32).to_bytes(4, "big") + b"1" * 32)
            connection.settimeout(2)
            while data := connection.recv(4096):
                heard.append(data)

    thread = threading.Thread(target=accept)
    thread.start()
    with pytest.raises(Unanswered, match="does not let this inspector in"):
        _asks(address)
    thread.join()
    listener.close()
    assert address.key.encode() not in b"".join(heard)
    assert len(b"".join(heard)) <= 2 * 36


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 100,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        (1 << 31).to_bytes(4, "big") + b"x" * 1000,
        b"\x00\x00\x00\x20short",
    ],
)
def test_noise_before_the_greeting_does_no_harm(address: door.Address, served: Serving, data: bytes) -> None:
    """The next one is let in."""
    for _ in range(30):
        connection = _raw(address)
        connection.sendall(data)
        connection.close()
    time.sleep(0.1)
    assert _asks(address)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        b"\xff\xff",
        msgspec.msgpack.encode(["no such question"]),
        msgspec.msgpack.encode(["set state", 1, 2, 3]),
        msgspec.msgpack.encode(["set state", "w1"]),
        msgspec.msgpack.encode(["news", 1, 2]),
        msgspec.msgpack.encode({"a": 1}),
        b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff",
        msgspec.msgpack.encode(["profile calls", "system", "rm", 1]),
    ],
)
def test_a_hostile_question_is_answered_by_a_sentence(
    address: door.Address, served: Serving, message: bytes
) -> None:
    """And the line goes on."""
    line = door.connect(address, _file(address))
    line.send(message)
    with pytest.raises(Unanswered, match="no question"):
        questions.decode_answer(line.receive(), object)
    line.send(questions.encode_question(questions.Figures()))
    assert questions.decode_answer(line.receive(), list[records.Figure])
    line.close()


def test_a_question_that_is_too_long_ends_the_line(address: door.Address, served: Serving) -> None:
    """Nothing of it is read, or kept in memory."""
    line = door.connect(address, _file(address))
    with pytest.raises((OSError, EOFError)):
        line.send(b"x" * (door.LONGEST_QUESTION + 1))
        line.receive()
    line.close()
    assert _asks(address)


def test_only_so_many_are_let_in_at_once(
    address: door.Address, served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is let in when somebody has left."""
    monkeypatch.setattr(serving, "MOST_LINES", 3)
    lines = [door.connect(address, _file(address)) for _ in range(3)]
    with pytest.raises((OSError, EOFError)):
        door.connect(address, _file(address))
    lines[0].close()
    end = time.monotonic() + 5
    while True:
        try:
            assert _asks(address)
            break
        except Gone:
            assert time.monotonic() < end
    for line in lines:
        line.close()


def test_who_says_nothing_is_not_waited_for(
    address: door.Address, served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line without a greeting makes room again."""
    monkeypatch.setattr(door, "GREETING_SECONDS", 0.2)
    monkeypatch.setattr(serving, "MOST_LINES", 2)
    silent = [_raw(address) for _ in range(2)]
    time.sleep(0.5)
    assert _asks(address)
    for connection in silent:
        connection.close()


def test_a_door_that_is_closed_leaves_nothing(address: door.Address) -> None:
    """Lines are hung up, and the file is gone."""
    served = Serving(address, _answer)
    file = _file(address)
    asking = Asking(address, file)
    asking.ask(questions.Figures(), list[records.Figure])
    served.stop()
    assert not list(address.doors())
    with pytest.raises((Gone, OSError)):
        asking.ask(questions.Figures(), list[records.Figure])
    assert os.listdir(address.folder) == []


def test_a_folder_with_a_long_name_has_doors_too(tmp_path: Path) -> None:
    """A socket's path may not be long; then it is a port."""
    folder = tmp_path / ("x" * 120)
    folder.mkdir(mode=0o700)
    address = door.parse_address(f"key@{folder}")
    served = Serving(address, _answer)
    assert _file(address).suffix == ".port"
    assert _asks(address)
    served.stop()
