"""An entry of the menu that a table's rows have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.errors import UsageError
from ..element import Tone, choice
from ..tables.plan import Action
from .icon import known_icon


def table_action(
    label: str,
    handler: Callable[[Any], object],
    *,
    icon: str | None = None,
    tone: Tone = "normal",
    together: bool = False,
) -> Action:
    """Offer something to do with rows of a `ui.table`, in the menu that a right click on them opens.

    `handler(row)` is called for each of the rows that are chosen, one after the other; with `together`, once, with the list of
    them. Whatever they write is one step for Ctrl+Z.

    >>> rows = [{"player": "Who", "base": "first"}, {"player": "What", "base": "second"}]
    >>> ui.table(rows, select="many", menu=[ui.table_action("Send home", print, icon="house")])
    """
    if not callable(handler):
        raise UsageError(
            f"ui.table_action({label!r}): a handler must be a function of the row, got {handler!r}."
        )
    return Action(
        label,
        handler,
        None if icon is None else known_icon(icon),
        choice("table_action", "tone", tone, Tone),  # type: ignore[arg-type]
        together,
    )
