"""What one drawing says about a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ...core.errors import UsageError
from ...core.ports import Field
from ...core.rows import RowSource, Total
from ..element import Tone, choice
from .asked import Asked
from .columns import Shown

Selecting = Literal["none", "one", "many"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with rows: an entry of the table's context menu."""

    label: str
    handler: Callable[..., object]
    icon: str | None = None
    tone: Tone = "normal"
    together: bool = False


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
        icon,
        choice("table_action", "tone", tone, Tone),  # type: ignore[arg-type]
        together,
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `ui.table(…)` was given, checked."""

    source: RowSource
    columns: tuple[Shown, ...]
    start: Asked  # what it is sorted and grouped by before a person says otherwise
    totals: Mapping[str, Total] = field(default_factory=dict)
    selecting: Selecting = "none"
    selected: Field | None = None
    on_select: Callable[..., object] | None = None
    on_open: Callable[..., object] | None = None
    actions: Sequence[Action] = ()
    details: Callable[[Any], object] | None = None
    name: str | None = None
    searches: bool = False
    filters: bool = True
    exports: bool = True
    removes: bool = False

    def props(self) -> dict[str, Any]:
        """What the screen is told of it, as far as that does not change by itself."""
        return {
            "selecting": self.selecting,
            "opens": self.on_open is not None,
            "actions": [{"label": each.label, "icon": each.icon, "tone": each.tone} for each in self.actions],
            "details": self.details is not None,
            "searches": self.searches,
            "exports": self.exports,
            "erases": self.removes,
        }

    def goes_on_from(self, before: Plan) -> bool:
        """Whether what has been read for another drawing's table is what this one asks for, if the source is the same, too."""
        return (self.start, self.totals, _outline(self)) == (before.start, before.totals, _outline(before))

    def column(self, name: object) -> Shown | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def _outline(plan: Plan) -> list[tuple[object, ...]]:
    return [(column.name, column.kind, column.is_computed) for column in plan.columns]
