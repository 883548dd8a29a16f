"""What a table hears that no handler is called for: scrolled, sorted, folded, arranged otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ...core.context import nobody_records
from ...core.errors import EntryError
from ..states import State
from ..streams import StreamOwner
from .asked import Asked, Wish
from .columns import Shown
from .ids import Ids
from .layouts import Layout
from .plan import Plan
from .suggesting import suggestions
from .view import View
from .working import Working

EVENTS = frozenset({"view", "ask", "fold", "cancel", "layout", "suggest"})


class OnScreen(Protocol):
    """The table, as far as its ears need to know it."""

    ids: Ids
    layout: Layout
    wish: State[Wish | None]
    owner: StreamOwner
    working: Working

    @property
    def now(self) -> tuple[Plan, View]:
        """What counts."""

    def call(self, method: str, *args: object) -> None:
        """Have the element on the screen do something."""


@dataclass(slots=True)
class Ears:
    """Hears for one table, in the thread of the connection."""

    table: OnScreen

    def hear(self, event: str, value: Any) -> None:
        """One of `EVENTS` has happened; raises ValueError for what makes no sense, EntryError where a person can have caused it."""
        hearing: Callable[[View, Any], None] = getattr(self, f"_{event}")
        hearing(self.table.now[1], value)

    def _view(self, view: View, value: Any) -> None:
        view.look_at(*(_whole(value, name) for name in ("first", "count", "number")))

    def _ask(self, view: View, value: Any) -> None:
        try:
            asked = Asked.of(value, view.columns)
        except ValueError as error:
            raise EntryError(str(error)) from error
        if asked.group != view.asked.group:
            view.folds = set()
        view.asked = asked
        self.table.wish.set(Wish(self.table.now[0].start, asked))

    def _fold(self, view: View, value: Any) -> None:
        key = self.table.ids.group(value["id"])
        view.folds = view.folds | {key} if value["open"] is True else view.folds - {key}

    def _cancel(self, view: View, value: Any) -> None:
        if value == "working":
            self.table.working.call_off()
        else:
            view.reads.cancel()

    def _layout(self, view: View, value: Any) -> None:
        self.table.layout = Layout.of(value)
        plan = self.table.now[0]
        if plan.name is not None:
            self.table.owner.notebook[page_of(plan.name)] = self.table.layout.over(view.columns)

    def _suggest(self, view: View, value: Any) -> None:
        column = self.table.now[0].column(value["column"])
        if column is not None and column.is_sortable:
            self.table.owner.workers.handlers.submit(self._suggest_beside, view, column)

    def _suggest_beside(self, view: View, column: Shown) -> None:
        try:
            found = suggestions(view, column)
        except Exception:  # the menu then offers none; what is wrong is said where the rows are read
            found = []
        self.table.call("suggested", column.name, found)


def page_of(name: str) -> str:
    """Where in the notebook a table's layout stands."""
    return f"table {name}"


def remembered(owner: StreamOwner, name: str | None) -> Layout:
    """The layout that a person has left behind, if they have and it can be read."""
    found = None if name is None else owner.notebook.get(page_of(name))
    try:
        return Layout() if found is None else Layout.of(found)
    except ValueError:  # of another version, say: then it is as the program has it
        return Layout()


def wished(wish: State[Wish | None], plan: Plan) -> Asked:
    """What a person has asked for before a hot reload, as far as it counts; else what the program says."""
    with nobody_records():  # who asks for another order wants no other drawing
        found = wish.value
    return plan.start if found is None else found.over(plan.start, plan.columns)


def _whole(value: Any, name: str) -> int:
    number = value[name]
    if isinstance(number, bool) or not isinstance(number, int):
        raise ValueError(f"{name} is a whole number")
    return number
