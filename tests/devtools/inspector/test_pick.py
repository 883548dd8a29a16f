"""Pointing at an element on a screen, and other things that are asked of a session."""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from hipflask import Hipflask, ui
from hipflask.core import tracing
from hipflask.devtools.inspector import agent, door, records
from hipflask.devtools.inspector.agent.history import History
from hipflask.devtools.inspector.agent.sessions import Sessions
from hipflask.devtools.inspector.records import Unanswered
from hipflask.surfaces.pages import host_of
from hipflask.testing import User
from hipflask.ui import whence


@pytest.fixture
def name(app: Hipflask, user: User) -> str:
    """A session with one button."""

    @app.window("/")
    def window() -> None:
        with ui.row():
            ui.button("Deal", on_click=print)

    user.open("/")
    (session,) = host_of(app).sessions()
    return session.name


@pytest.fixture
def sessions(app: Hipflask) -> Iterator[Sessions]:
    """What answers about the sessions of an app."""
    whence.is_asked = True
    yield Sessions(app, History(app))
    whence.is_asked = False


def _picking(sessions: Sessions, name: str, user: User) -> tuple[Future[records.Picked], int]:
    future = ThreadPoolExecutor(1).submit(sessions.pick, name)
    end = time.monotonic() + 10
    while not (asked := [args for _, method, args in user.screen.calls if method == "ask"]):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert asked[-1][1:] == ["pick"]
    return future, asked[-1][0]


def test_what_is_pointed_at_is_told_with_its_line(sessions: Sessions, name: str, user: User) -> None:
    """And with the way down to it, also where it was drawn before anybody looked."""
    future, number = _picking(sessions, name, user)
    button = next(node for node in user.screen.tree.nodes.values() if node.props.get("text") == "Deal")
    user.screen.event(0, "answer", [number, button.id])
    picked = future.result(10)
    assert picked.path[0] == 1
    assert picked.path[-1] == button.id
    assert picked.node is not None
    assert picked.node.place.startswith(("test_pick.py:", "tests/", "devtools/"))


@pytest.mark.parametrize("answer", [0, 999, "nonsense", None, True])
def test_nothing_was_pointed_at(sessions: Sessions, name: str, user: User, answer: object) -> None:
    """Whatever the screen says."""
    future, number = _picking(sessions, name, user)
    user.screen.event(0, "answer", [number, answer])
    picked = future.result(10)
    assert picked.node is None or picked.node.kind == "root"


def test_a_session_without_a_screen_is_not_waited_for(
    sessions: Sessions, app: Hipflask, user: User, name: str
) -> None:
    """It says so at once."""
    (session,) = host_of(app).sessions()
    session._send = None
    with pytest.raises(Unanswered, match="no screen"):
        sessions.pick(name)
    with pytest.raises(Unanswered, match="closed"):
        sessions.tree("w0")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_fork_is_not_recorded(app: Hipflask, user: User, name: str) -> None:
    """It has neither the threads nor the door."""
    address = door.new_address()
    assert agent.start(app, str(address)) is not None
    try:
        read, write = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # Python 3.12 and later would rather not have it
            child = os.fork()
        if not child:
            os.write(write, f"{len(tracing.sinks)} {whence.is_asked}".encode())
            os._exit(0)
        os.waitpid(child, 0)
        assert os.read(read, 100) == b"0 False"
        assert len(tracing.sinks) == 2
        os.close(read)
        os.close(write)
    finally:
        agent.stop()
        shutil.rmtree(address.folder)
    assert not tracing.sinks


def test_a_bad_address_does_not_end_the_program(app: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """A line of the log says why nobody can look."""
    assert agent.start(app, "nonsense") is None
    assert "KEY@FOLDER" in caplog.text
