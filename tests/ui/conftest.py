from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hipflask.testing.plain import PlainScreen
from hipflask.ui.live import LiveSession
from hipflask.ui.workers import Workers
from ui.sessions import SlowScreen, session_of


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.stop()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Errors of the apps under test are not those of the test."""
    caplog.set_level(logging.CRITICAL, logger="hipflask.tests")


@pytest.fixture
def sessions(workers: Workers) -> Iterator[Callable[..., LiveSession]]:
    """Makes sessions of window functions, and closes them."""
    made: list[LiveSession] = []

    def make(function: Callable[..., None], **options: Any) -> LiveSession:
        made.append(session_of(function, workers, **options))
        return made[-1]

    yield make
    for session in made:
        session.close()


@pytest.fixture
def watch(sessions: Callable[..., LiveSession]) -> Callable[..., SlowScreen]:
    """Opens a window on a screen that acknowledges when it is told to."""
    return lambda function, **options: SlowScreen(sessions(function, **options))


@pytest.fixture
def look(sessions: Callable[..., LiveSession]) -> Callable[..., PlainScreen]:
    """Opens a window on a screen that shows and acknowledges everything at once."""

    def make(function: Callable[..., None], **options: Any) -> PlainScreen:
        from ui.sessions import screen_of

        return screen_of(sessions(function, **options))

    return make
