"""An assistant at the open program: who may talk to it, what its person is asked, and what is remembered of the answers."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client as Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from ballpark import envelope, make_app
from scripted import environment, started, write_program

from hipflask import Hipflask
from hipflask.surfaces.attending import Attendant
from hipflask.surfaces.folder import folder_of
from hipflask.surfaces.mcp import consent
from hipflask.surfaces.mcp.neighbours import FILE, attending, relay
from hipflask.surfaces.mcp.protocol import Protocol
from hipflask.surfaces.mcp.wire import CLIENT
from hipflask.surfaces.pages import host_of
from hipflask.testing import User


class Desk:
    """An open program, its person, and an assistant that has been started beside it."""

    def __init__(self, folder: Path, answer: str = "Allow once") -> None:
        self.app = make_app()
        self.folder = folder
        self.answer = answer  # what the person presses; "" closes the window, "wait" does nothing
        self.asked: list[list[str]] = []  # what they have read in each question
        self.is_asked = Event()
        self._to_program: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._attendant = Attendant(self.app, self.app.actions, folder)
        self._attending = self._attendant.attending(self._show)
        self._attending.__enter__()
        self._relay = Thread(target=self._carry)
        self._relay.start()
        self._last = 0
        self.info: Any = {"name": "claude", "title": "Claude <b>"}

    def _carry(self) -> None:
        messages: Iterator[bytes] = iter(self._to_program.get, None)  # type: ignore[arg-type]
        self.was_open = relay(self.folder, messages, lambda data: self.heard.put(json.loads(data)))

    def _show(self, path: str) -> None:
        Thread(target=self._see, args=(path,)).start()

    def _see(self, path: str) -> None:
        with User(self.app) as user:
            user.open(path)
            self.asked.append([str(each) for each in user.seen()])
            self.is_asked.set()
            if self.answer == "":
                user.ask_to_close()
            elif self.answer != "wait":
                user.click(self.answer)
                assert user.machine.is_closed

    def send(self, method: str, params: dict[str, Any], id: int | None = None) -> None:
        message = {
            "jsonrpc": "2.0",
            "method": method,
            "params": {**params, "_meta": envelope(**{CLIENT: self.info})},
        }
        self._to_program.put(json.dumps(message if id is None else {**message, "id": id}).encode())

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        self.send(method, params, self._last)
        answer = self.heard.get(timeout=20)
        assert answer["id"] == self._last
        return answer

    def text(self) -> str:
        """What a tool that changes nothing says."""
        result = self.ask("tools/call", name="who_is_on", arguments={"base": "first"})["result"]
        text: str = result["content"][0]["text"]
        assert result.get("isError", False) == (text != "Who since 2026.")
        return text

    def close(self) -> None:
        self._to_program.put(None)
        self._relay.join(20)
        assert not self._relay.is_alive()
        self._attending.__exit__(None, None, None)
        host_of(self.app).close()


@pytest.fixture
def sit(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def sit(answer: str = "Allow once") -> Desk:
        for desk in desks:
            desk.close()
        desks[:] = [Desk(tmp_path, answer)]
        return desks[0]

    yield sit
    for desk in desks:
        desk.close()


REFUSAL = "The person at the program has not allowed 'Who is on'. Ask them before you try it again."


# ── consent ───────────────────────────────────────────────────────────────────────────────────────


def test_the_person_is_asked_each_time(sit: Callable[..., Desk]) -> None:
    """Also for a tool that changes nothing; they read what it is, and with what."""
    desk = sit("Allow once")
    assert [desk.text(), desk.text()] == ["Who since 2026.", "Who since 2026."]
    assert len(desk.asked) == 2
    words = " ".join(desk.asked[0])
    assert "May an assistant use “Who is on”?" in words
    assert "Who plays at this base?" in words
    assert 'base = "first"' in words
    assert "It calls itself “Claude <b>”." in words
    for odd in (None, 3, {}, {"name": ["x"]}):
        desk.info = odd
        assert desk.text() == "Who since 2026."
        assert "calls itself" not in " ".join(desk.asked[-1])


@pytest.mark.parametrize(("answer", "said"), [("Always allow", "Who since 2026."), ("Never", REFUSAL)])
def test_an_answer_for_good_is_kept(sit: Callable[..., Desk], answer: str, said: str) -> None:
    """Also when the program is opened again; for this one function alone."""
    desk = sit(answer)
    assert [desk.text(), desk.text()] == [said, said]
    assert len(desk.asked) == 1
    again = sit("")
    assert again.text() == said
    assert again.asked == []
    again.ask("tools/call", name="players", arguments={})
    assert len(again.asked) == 1


def test_closing_the_question_is_a_no_for_this_once(sit: Callable[..., Desk]) -> None:
    desk = sit("")
    assert desk.text() == REFUSAL
    desk.answer = "Allow once"
    assert desk.text() == "Who since 2026."


def test_resources_and_prompts_are_asked_about_too(sit: Callable[..., Desk]) -> None:
    """They read the person's data as well."""
    desk = sit("Never")
    for method, params in [
        ("resources/read", {"uri": "lineup://players"}),
        ("prompts/get", {"name": "coach", "arguments": {"team": "Yankees"}}),
    ]:
        assert "has not allowed" in desk.ask(method, **params)["error"]["message"]
    assert len(desk.asked) == 2
    wanted = {"resourceSubscriptions": ["lineup://players/first"]}
    told = desk.ask("subscriptions/listen", notifications=wanted)["error"]["message"]
    assert "has not allowed" in told, "nor is it followed"


def test_nothing_is_asked_for_a_list_or_for_wrong_arguments(sit: Callable[..., Desk]) -> None:
    """Only what would be done is worth a question."""
    desk = sit("Never")
    assert desk.ask("tools/list")["result"]["tools"]
    assert desk.ask("tools/call", name="who_is_on", arguments={"base": "ninth"})["result"]["isError"]
    assert desk.asked == []


def test_a_question_that_nobody_answers_is_a_no(
    sit: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent, "PATIENCE_SECONDS", 0.5)
    assert sit("wait").text() == REFUSAL


def test_a_call_that_is_called_off_takes_its_question_along(sit: Callable[..., Desk]) -> None:
    """The next one is asked about by itself."""
    desk = sit("wait")
    desk.send("tools/call", {"name": "who_is_on", "arguments": {"base": "first"}}, 77)
    assert desk.is_asked.wait(10)
    desk.send("notifications/cancelled", {"requestId": 77})
    desk.answer = "Allow once"
    assert desk.text() == "Who since 2026."
    assert desk.heard.empty()


def test_an_old_question_says_that_it_is_over(sit: Callable[..., Desk]) -> None:
    """Its address leads nowhere else, and guesses lead nowhere."""
    desk = sit()
    with User(desk.app) as user:
        user.open(f"{consent.PATH}guessed")
        user.see("This has been answered.")


# ── who may talk to it ────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="rights are said in another way there")
def test_the_key_is_for_its_owner_alone(sit: Callable[..., Desk]) -> None:
    desk = sit()
    assert (desk.folder / FILE).stat().st_mode & 0o777 == 0o600


def test_without_the_key_nobody_is_heard(sit: Callable[..., Desk], caplog: pytest.LogCaptureFixture) -> None:
    """And the program goes on."""
    desk = sit()
    there = json.loads((desk.folder / FILE).read_text())
    with Connection(there["address"]) as keyless:
        keyless.send_bytes(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode())
        said = b""
        with contextlib.suppress(EOFError, OSError):
            while keyless.poll(5):
                said += keyless.recv_bytes()
        assert b"jsonrpc" not in said
    with pytest.raises((AuthenticationError, OSError, EOFError)):
        Connection(there["address"], authkey=os.urandom(32))
    wait_for(lambda: "does not know this program's key" in caplog.text)
    assert there["key"] not in caplog.text
    assert desk.text() == "Who since 2026."


def test_when_the_program_ends_so_does_its_door(sit: Callable[..., Desk], tmp_path: Path) -> None:
    desk = sit()
    desk.close()
    assert not (tmp_path / FILE).exists()
    desk._relay = Thread(target=lambda: None)
    desk._relay.start()
    desk._attending = desk._attendant.attending(desk._show)
    desk._attending.__enter__()


def test_who_says_nothing_keeps_no_program_open(tmp_path: Path) -> None:
    """It has connected, and neither proves that it knows the key nor goes away."""
    app = make_app()

    def open_and_close() -> None:
        with attending(tmp_path, Protocol(app, app.actions)):
            silent.connect(json.loads((tmp_path / FILE).read_text())["address"])

    with socket.socket(socket.AF_UNIX) as silent:
        program = Thread(target=open_and_close, daemon=True)
        program.start()
        program.join(15)
        assert not program.is_alive()


def test_a_program_that_died_is_not_waited_for(tmp_path: Path) -> None:
    """Its file is there still, and nobody behind it; nothing has been read from the assistant."""
    (tmp_path / FILE).write_text(json.dumps({"address": str(tmp_path / "nobody"), "key": "00"}))

    def messages() -> Iterator[bytes]:
        raise AssertionError("somebody has read")
        yield b""

    assert relay(tmp_path, messages(), lambda _: None) is False
    (tmp_path / FILE).write_text("{broken")
    assert relay(tmp_path, messages(), lambda _: None) is False


# ── both processes ────────────────────────────────────────────────────────────────────────────────

OPEN = """
@app.window("/")
def window() -> None: ...

@app.tool()
def process() -> int:
    return os.getpid()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the program's folder is set by XDG_STATE_HOME")
def test_an_assistants_process_finds_the_open_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool runs there, in the process with the window; without one, in its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = write_program(tmp_path)
    file.write_text(file.read_text() + OPEN)
    assert asked(file)[0] != os.getpid()
    folder = folder_of(Hipflask("scripted", root_path=str(tmp_path)))
    folder.mkdir(parents=True)
    (folder / "consent.json").write_text('{"tool process": "always"}')
    window = subprocess.Popen(
        [sys.executable, "-m", "hipflask.cli", "--app", str(file), "run", "--shell", "url"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for((folder / FILE).exists)
        assert asked(file)[0] == window.pid
        assert asked(file, "--alone")[0] != window.pid
    finally:
        window.terminate()
        window.wait(20)


def asked(file: Path, *options: str) -> tuple[int, str]:
    with started(file, *options) as process:
        process.shake_hands()
        process.send("tools/call", {"name": "process", "arguments": {}}, 1)
        result = process.line()["result"]
        process.close()
    return result.get("structuredContent", {}).get("result", 0), result["content"][0]["text"]


def wait_for(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + 20
    while not (answer := found()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return answer
