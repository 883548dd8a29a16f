"""Live sessions without an app, for tests of the core alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import msgspec

from hipflask.testing.screen import PlainScreen
from hipflask.ui.live import LiveSession
from hipflask.ui.workers import Workers
from ui.trees import wired

logger = logging.getLogger("hipflask.tests")


def session_of(function: Callable[..., None], workers: Workers, **options: Any) -> LiveSession:
    """A session of a window function, with nothing drawn yet."""
    return LiveSession(
        function, {}, enter=options.pop("enter", nullcontext), workers=workers, logger=logger, **options
    )


def page_of(session: LiveSession) -> dict[str, Any]:
    """Draw the first page, as the screen would read it."""
    return msgspec.json.decode(msgspec.json.encode(session.first_page("/live", {}, "auto")))


def screen_of(session: LiveSession) -> PlainScreen:
    """A screen that has painted the session's first page."""
    return PlainScreen(session, page_of(session))


@contextmanager
def fresh(function: Callable[..., None], workers: Workers) -> Iterator[list[Any]]:
    """The tree that a window function draws just now, in a session that is given up afterwards."""
    session = session_of(function, workers)
    yield page_of(session)["tree"]
    session.close()


def drawn(session: LiveSession) -> list[Any]:
    """The tree that the session believes its screen to show."""
    return wired(session.root.wire())
