"""`ui.table` while it is on the screen: what of it changes by itself, and what it hears.

    a row changes        → the source says `changed` → one turn later `patches`: read, compare, send the cells that differ
    somebody scrolls     → `heard("view", …)`        → the same, with other rows
    somebody types       → `edits.edit`, in a lane   → the source's `write`, and the cell's answer

Reads are made in a thread apart. A turn waits for one for a moment only (nearly all are quicker), so that no query can hold up the window;
what is not ready then comes with a later turn, and after a while the table says that it is reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ...core.errors import EntryError
from ...core.ports import Field
from ...core.rows import Key
from ..handlers import Surroundings
from ..states import State
from ..streams import Stream, StreamOwner
from ..tree import Handler, Node
from ..wire import Call, Patch, Set
from .asked import Wish
from .cells import encode
from .doings import Doings
from .editing import Edits
from .following import Followed, keys_in
from .hearing import EVENTS, Ears, remembered, wished
from .ids import Ids, Numbered
from .layouts import Layout
from .picture import Difference
from .plan import Plan
from .view import SLOW_SECONDS, View
from .working import Working

# So long does a drawing wait for the first rows, and a turn for the next: then the window is drawn without.
FIRST_SECONDS = 0.1
TURN_SECONDS = 0.02
# Longer lists of what is selected are said as "all", where it is all.
MANY = 1000


class Table(Stream):
    """One table of one window."""

    events = EVENTS

    def __init__(self, owner: StreamOwner) -> None:
        super().__init__(owner)
        self.ids = Ids()
        self.detailed: State[Key] = State(None)  # whose details are open
        self.layout = Layout()
        self.wish: State[Wish | None] = State(None)
        self.working = Working(self.changed)
        self.edits = Edits(self, owner.report)
        self.doings = Doings(self, cast("Surroundings", owner))  # a stream's owner is a live session
        self._own_selection: State[Any] = State([])
        self._shown: tuple[Plan, View] | None = None  # what is on the screen
        self._next: tuple[Plan, View] | None = None  # what has been drawn, if that takes effect
        self._followed = Followed(self.changed)
        self._painted = Followed(self._repaint)
        self._numbered = Numbered(self.ids)
        self._ears = Ears(self)
        self._repeated: frozenset[str] = frozenset()  # props of which the screen believes something else

    # ── drawing ───────────────────────────────────────────────────────────────────────────────────

    def draw(self, plan: Plan, wish: State[Wish | None]) -> None:
        """Show this from now on, if the drawing under way takes effect; `wish` outlives this table in a hot reload."""
        self._drop_next()
        if self._shown is None:
            self.layout, self.wish = remembered(self.owner, plan.name), wish
        self._next = plan, self._view_for(plan)

    def listen(self, node: Node) -> None:
        """Have what a person does there handled."""
        edits, doings = self.edits, self.doings
        for event, function, answer in (
            ("edit", edits.edit, edits.edited),
            ("paste", edits.paste, edits.done),
            ("clear", edits.clear, edits.done),
            ("erase", edits.erase, edits.done),
            ("select", doings.select, doings.answer),
            ("open", doings.open, doings.answer),
            ("act", doings.act, doings.answer),
            ("detail", doings.detail, doings.answer),
            ("copy", doings.copy, doings.answer),
            ("export", doings.export, doings.answer),
        ):
            node.handlers[event] = [Handler(function, answer=answer)]
        node.props["on"] = {event: event for event in sorted(self.events | node.handlers.keys())}
        node.decode = _as_it_came

    def draw_details(self, details: Callable[[Any], object]) -> None:
        """Draw what there is to say about the row that is unfolded; nothing where none is."""
        key = self.detailed.value
        _, view = self._next or self.now
        row = None if key is None else view.source.row(key)
        if row is not None:
            details(row)

    def settle(self) -> None:
        """The drawing has taken effect."""
        super().settle()
        if self._next is None:
            return
        before, self._shown, self._next = self._shown, self._next, None
        plan, view = self._shown
        if before is not None and before[1] is view:
            view.follow(plan)
        elif before is not None:
            before[1].close()
        if view.is_stale or view.reads.is_busy:
            self.changed()

    def withdraw(self) -> None:
        """The drawing has failed: what it would have shown is not looked at any more."""
        super().withdraw()
        self._drop_next()

    def end(self) -> None:
        """It is on the screen no more."""
        super().end()
        self._drop_next()
        if self._shown is not None:
            self._shown[1].close()
        self._followed.end()
        self._painted.end()

    def props(self) -> Mapping[str, Any]:
        """What its node begins with."""
        plan, view = self._next or self.now
        changing = {name: value for name, value in self._changing(plan, view).items() if value is not None}
        return {"rows": view.picture.rows, **plan.props(), **changing}

    @property
    def now(self) -> tuple[Plan, View]:
        """What counts: what is on the screen, and how that is looked at."""
        found = self._shown or self._next
        assert found is not None, "nothing was drawn"
        return found

    def _view_for(self, plan: Plan) -> View:
        if self._shown is None:
            view = View(self.owner.workers, plan, wished(self.wish, plan), self.changed, self.owner.report)
        else:
            before, view = self._shown
            if plan.goes_on_from(before) and view.source.same_as(plan.source):
                return view
            view = self._beside(before, view, plan)
        view.bring_up_to_date(self._hidden(view))
        view.reads.wait(FIRST_SECONDS)
        self._receive(view)
        return view

    def _beside(self, before: Plan, old: View, plan: Plan) -> View:
        """A view of another source, or of other columns, at the same place and with what the person has asked for."""
        asked = Wish(before.start, old.asked).over(plan.start, plan.columns)
        view = View(self.owner.workers, plan, asked, self.changed, self.owner.report)
        view.look_at(old.first, old.count, old.number)
        view.folds = set(old.folds)
        return view

    def _drop_next(self) -> None:
        """A drawing that did not take effect has left something behind."""
        if self._next is not None and (self._shown is None or self._next[1] is not self._shown[1]):
            self._next[1].close()
        self._next = None

    # ── what changes by itself ────────────────────────────────────────────────────────────────────

    def patches(self) -> list[Patch]:
        """What brings the screen up to date."""
        self.dirty = False
        node = self.node
        if node is None or self._shown is None:
            return []
        plan, view = self._shown
        view.bring_up_to_date(self._hidden(view))
        view.reads.wait(TURN_SECONDS)
        difference = self._receive(view)
        changing = self._changing(plan, view)
        repeated, self._repeated = self._repeated, frozenset()
        is_new = {name for name, value in changing.items() if node.props.get(name) != value}
        now = {name: changing[name] for name in is_new | repeated}
        node.props |= now
        view.go_on(self._hidden(view))
        patches: list[Patch] = [] if not now else [Set(node.id, now)]
        return patches + self._show_rows(node, view, difference)

    def _receive(self, view: View) -> Mapping[str, Any] | Difference | None:
        read = view.reads.take()
        if read is None:
            return None
        if self.ids.is_full:
            self.ids.keep_only(set(keys_in(self.selection)), set(view.picture.rows["keys"]))
        with self._painted.reading():
            return view.receive(read, self.ids, self._hidden(view))

    def _show_rows(
        self, node: Node, view: View, difference: Mapping[str, Any] | Difference | None
    ) -> list[Patch]:
        if difference is None:
            return []
        node.props["rows"] = view.picture.rows
        if isinstance(difference, Mapping):
            return [Set(node.id, {"rows": difference})]
        return [Call(node.id, "cells", list(difference))]

    def _changing(self, plan: Plan, view: View) -> dict[str, Any]:
        """The props that change by themselves, but for the rows."""
        columns = [column.described() for column in view.columns]
        if not plan.filters:
            columns = [column | {"filterable": False} for column in columns]
        patience = FIRST_SECONDS if self.node is None else SLOW_SECONDS
        with self._followed.reading():
            selected, detailed = self._selected(plan, view), self.detailed.value
        return {
            "columns": columns,
            "asked": view.asked.said(),
            "layout": self.layout.over(view.columns),
            "reading": view.reads.seconds >= patience,
            "working": self.working.words or None,
            "failure": view.failure or None,
            "advice": (view.advice or None) if self.owner.debug else None,
            "totals": {name: encode(value) for name, value in view.totals.items()} or None,
            "selected": selected,
            "detailed": None if detailed is None else self.ids.of_rows([detailed])[0],
        }

    def _selected(self, plan: Plan, view: View) -> list[int] | dict[str, bool]:
        keys = keys_in(self._own_selection if plan.selected is None else plan.selected)
        rows = view.picture.rows
        if len(keys) > MANY and len(keys) == rows["total"]:
            return {"all": True}
        return self._numbered.of(keys)

    def _repaint(self) -> None:
        """What the functions of columns have read is another: what they say is out of date, even if the rows are not."""
        self.now[1].is_stale = True
        self.changed()

    @property
    def is_at_rest(self) -> bool:
        """Whether what was read last is what is asked for."""
        view = self.now[1]
        return not (view.reads.is_busy or view.has_more_to_read(self._hidden(view)))

    # ── what is selected ──────────────────────────────────────────────────────────────────────────

    @property
    def selection(self) -> Field:
        """Where the keys of what is selected are kept."""
        given = self.now[0].selected
        return self._own_selection if given is None else given

    # ── what it hears ─────────────────────────────────────────────────────────────────────────────

    def heard(self, event: str, value: Any, /) -> None:
        """Something that no handler is called for."""
        if self._shown is None:
            return
        try:
            self._ears.hear(event, value)
        except EntryError as error:
            self._repeated = frozenset({"asked", "layout"})
            self.call("refused", None, None, str(error))
        self.changed()

    @property
    def label(self) -> str:
        """What the table is called."""
        return "" if self.node is None else self.node.label_in(self.node.props)

    def shown_names(self) -> list[str]:
        """The columns that a person sees, in the order in which they stand."""
        layout = self.layout.over(self.now[1].columns)
        return [name for name in layout["order"] if name not in layout["hidden"]]

    def owe(self, cells: Iterable[tuple[int, str]]) -> None:
        """Have these cells shown as they are now, even if they are as they were."""
        view = self.now[1]
        view.owed = view.owed.union(cells)
        view.is_stale = True
        self.changed()

    def call(self, method: str, *args: object) -> None:
        """Have the element on the screen do something."""
        if self.node is not None:
            self.owner.call(method, *args, node=self.node.id)

    def _hidden(self, view: View) -> frozenset[str]:
        return frozenset(self.layout.over(view.columns)["hidden"])


def _as_it_came(value: Any) -> Any:
    return value
