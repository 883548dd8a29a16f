"""What begins with an action call, and with a window: the unit of work, and the history of what is done there."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from flask import Flask

    from ..core.action import Registry
    from ..core.ports import FindSync, History
    from ..core.rows import FindRows


def unit_of_work(app: Flask) -> AbstractContextManager[None]:
    """What begins and ends with an action call; nothing does in an app that keeps no actions."""
    actions = _actions(app)
    return nullcontext() if actions is None else actions.unit_of_work()


def new_history(app: Flask) -> History | None:
    """The history for a window that opens; None if nothing is kept that could be taken back."""
    actions = _actions(app)
    return None if actions is None else actions.new_history()


def find_rows(app: Flask) -> FindRows:
    """What knows the rows that a table or chart of this app is to show."""
    actions = _actions(app)
    return _no_rows if actions is None else actions.find_rows


def find_sync(app: Flask) -> FindSync:
    """What knows the exchange with the hub, if the app has one."""
    actions = _actions(app)
    return _no_sync if actions is None else actions.find_sync


def _no_rows(what: object) -> None:
    """Nobody knows any."""


def _no_sync() -> None:
    """Nothing is exchanged with a hub."""


def _actions(app: Flask) -> Registry | None:
    return cast("Registry | None", getattr(app, "actions", None))
