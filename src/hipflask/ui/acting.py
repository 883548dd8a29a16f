"""What a handler may do beside changing states: it acts on its window, and asks the machine that the window stands on."""

from __future__ import annotations

import asyncio
from typing import Any

from ..core.desk import ChooseFiles, Dropped, Paste, Request, SeeMonitors, SeeWorkspaces
from ..core.errors import DrawingError, UsageError
from .drawing import is_drawing
from .handlers import Surroundings, current_session


def acting_session(what: str) -> Surroundings:
    """The live session whose handler or task is running; raises DrawingError, naming `what`, while drawing or outside."""
    if is_drawing():
        raise DrawingError(
            f"{what} was used while drawing, so it would happen again with every drawing. "
            f"Use it in a handler: `on_click=lambda: {what}(…)`."
        )
    return current_session(what)


def ask(what: str, request: Request) -> Any:
    """Have the machine do something for this window; waits for its answer where there is one."""
    session = acting_session(what)
    if not _is_on_loop():
        return session.desk.ask(session.window, request)
    if isinstance(request, ChooseFiles | Dropped | Paste | SeeMonitors | SeeWorkspaces):
        raise UsageError(
            f"{what} waits for its answer, and nothing else would happen meanwhile. In an async handler, write "
            f"`await asyncio.to_thread({what}, …)`, or make the handler a plain `def`."
        )
    session.workers.handlers.submit(ask_beside, session, what, request)
    return None


def ask_beside(session: Surroundings, what: str, request: Request) -> None:
    """Have the machine do something where nobody waits for it; what goes wrong is shown in the window."""
    try:
        session.desk.ask(session.window, request)
    except Exception as error:
        session.report(error, what)


def _is_on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
