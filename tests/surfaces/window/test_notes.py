"""Notes reach the desktop's own service for them: a real bus, and a real service on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Thread
from typing import IO

import pytest

from hipflask.surfaces.window import headless

from .stage import HERE, PAINTED, PATIENCE, Site, Stage, require, wait_until

Perform = Callable[..., Stage]


class Desktop:
    """A session bus and, if wanted, a service for notes."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []
        self._threads: list[Thread] = []
        self._said: list[str] = []
        self._notes_read = 0
        self._start("dbus-daemon", "--session", "--nofork", "--print-address", "--nopidfile")
        self.address = wait_until(lambda: self._said, "the bus")[0]

    def _start(self, *command: str, **environment: str) -> None:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        self._processes.append(process)
        self._threads.append(Thread(target=self._hear, args=(process.stdout,), daemon=True))
        self._threads[-1].start()

    def _hear(self, stream: IO[str]) -> None:
        with stream:
            self._said.extend(line.strip() for line in stream)

    def show_notes(self, *capabilities: str) -> None:
        program = str(HERE / "notes_service.py")
        self._start(sys.executable, program, *capabilities, DBUS_SESSION_BUS_ADDRESS=self.address)
        wait_until(lambda: '{"ready": true}' in self._said, "the service")

    def next_note(self) -> str:
        """What Notify was called with, as GLib writes it."""
        self._notes_read += 1
        found: str = wait_until(lambda: self._notes()[self._notes_read - 1 :], "a note")[0]
        return found

    def _notes(self) -> list[str]:
        messages = [json.loads(line) for line in self._said if line.startswith("{")]
        return [message["note"] for message in messages if "note" in message]

    def end(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(PATIENCE)
        for thread in self._threads:
            thread.join()


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    require("Xvfb", "dbus-daemon")
    desktop = Desktop()
    yield desktop
    desktop.end()


@pytest.fixture
def shown(desktop: Desktop, perform: Perform, site: Site) -> Iterator[Stage]:
    site.pages["/"] = PAINTED
    with headless.display():
        stage = perform("webkitgtk", "none", DBUS_SESSION_BUS_ADDRESS=desktop.address)
        stage.open(site.url + "/", app_id="line-up")
        yield stage
        stage.close()


@pytest.mark.parametrize(
    ("capabilities", "body"),
    [(["body", "body-markup"], 'Nina &lt;b&gt; &amp; "me" ✓'), (["body"], 'Nina <b> & "me" ✓')],
)
def test_a_note_arrives_with_its_text_as_it_was_written(
    capabilities: list[str], body: str, desktop: Desktop, shown: Stage
) -> None:
    desktop.show_notes(*capabilities)
    shown.do("announce", "Saved <it>", 'Nina <b> & "me" ✓')
    assert desktop.next_note() == (
        f"('line-up', 0, '', 'Saved <it>', '{body}', [], {{'desktop-entry': <'line-up'>}}, -1)"
    )


def test_several_notes_arrive_in_their_order(desktop: Desktop, shown: Stage) -> None:
    desktop.show_notes()
    for number in range(3):
        shown.do("announce", str(number), "")
    assert [desktop.next_note()[20] for _ in range(3)] == ["0", "1", "2"]


def test_a_note_of_a_program_that_ends_at_once_still_arrives(desktop: Desktop, shown: Stage) -> None:
    desktop.show_notes()
    shown.do("announce and quit", "Done", "")
    assert "Done" in desktop.next_note()
    assert shown.end() == 0


def test_without_a_service_the_program_goes_on_and_the_log_says_so(
    desktop: Desktop, perform: Perform, shown: Stage
) -> None:
    shown.do("announce", "Saved", "")
    wait_until(lambda: "The note 'Saved' could not be shown: " in shown.complaint(), "the log")
    assert "org.freedesktop.Notifications" in shown.complaint()
    desktop.show_notes()
    shown.do("announce", "Saved again", "")
    assert "Saved again" in desktop.next_note()


def test_without_a_bus_the_program_goes_on_and_the_log_says_so(perform: Perform, site: Site) -> None:
    require("Xvfb")
    site.pages["/"] = PAINTED
    stage = perform("webkitgtk")
    stage.open(site.url + "/")
    stage.do("announce", "Saved", "")
    wait_until(lambda: "The note 'Saved' could not be shown: " in stage.complaint(), "the log")
    stage.do("quit")
    assert stage.end() == 0


def test_the_end_of_the_bus_is_not_the_end_of_the_program(desktop: Desktop, shown: Stage) -> None:
    desktop.show_notes()
    shown.do("announce", "Saved", "")
    desktop.next_note()
    desktop.end()
    shown.do("announce", "Nobody there", "")
    wait_until(lambda: "could not be shown" in shown.complaint(), "the log")
    assert shown.do("screen") == {"did": "screen"}
