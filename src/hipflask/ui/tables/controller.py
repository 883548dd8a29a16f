"""`ui.table` while it is on the screen: what of it changes by itself, and what it hears.

    a row changes        → the source says `changed` → one turn later `patches`: read, compare, send the cells that differ
    somebody scrolls     → `heard("view", …)`        → the same, with other rows
    somebody types       → `edits.edit`, in a lane   → the source's `write`, and the cell's answer

Reads are made in a thread apart. A turn waits for one for a moment only (nearly all are quicker), so that no query can hold up the window;
what is not ready then comes with a later turn, and after a while the table says that it is reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from ...core import context
from ...core.errors import EntryError
from ...core.ports import Field, Source
from ...core.rows import Key
from ..handlers import Surroundings
from ..states import State
from ..streams import Stream, StreamOwner
from ..tree import Handler, Node
from ..wire import Call, Patch, Set
from .asked import Asked
from .cells import encode
from .columns import Shown
from .doings import Doings
from .editing import Edits
from .ids import Ids
from .layouts import Layout
from .picture import Difference
from .plan import Plan
from .suggesting import suggestions
from .view import View

# So long does a drawing wait for the first rows, and a turn for the next: then the window is drawn without.
FIRST_SECONDS = 0.1
TURN_SECONDS = 0.02
# A read that takes longer than this is shown as under way.
SLOW_SECONDS = 0.15
# Longer lists of what is selected are said as "all", where it is all.
MANY = 1000


class Table(Stream):
    """One table of one window."""

    events = frozenset({"view", "ask", "fold", "cancel", "layout", "suggest"})

    def __init__(self, owner: StreamOwner) -> None:
        super().__init__(owner)
        self.ids = Ids()
        self.detailed: State[Key] = State(None)  # whose details are open
        self.layout = Layout()
        self.edits = Edits(self, owner.report)
        self.doings = Doings(self, cast("Surroundings", owner))  # a stream's owner is a live session
        self._own_selection: State[Any] = State([])
        self._shown: tuple[Plan, View] | None = None  # what is on the screen
        self._next: tuple[Plan, View] | None = None  # what has been drawn, if that takes effect
        self._watched: set[Source] = set()
        self._repeated: set[str] = (
            set()
        )  # props that the screen is to be told again, since it believes otherwise

    # ── drawing ───────────────────────────────────────────────────────────────────────────────────

    def draw(self, plan: Plan) -> None:
        """Show this from now on, if the drawing under way takes effect."""
        self._drop_next()
        if self._shown is None:
            self.layout = self._remembered(plan)
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
        row = None if key is None else self.now[1].source.row(key)
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
        for source in self._watched:
            source.unwatch(self)

    def props(self) -> Mapping[str, Any]:
        """What its node begins with."""
        plan, view = self.now
        return {"rows": view.picture.rows, **plan.props(), **self._changing(plan, view)}

    @property
    def now(self) -> tuple[Plan, View]:
        """What counts: what was drawn last, and how that is looked at."""
        found = self._next or self._shown
        assert found is not None, "nothing was drawn"
        return found

    def _view_for(self, plan: Plan) -> View:
        if self._shown is None:
            view = View(self.owner.workers, plan, plan.start, self.changed, self.owner.report)
        else:
            before, view = self._shown
            if _is_same(before, plan):
                return view
            view = self._beside(before, view, plan)
        view.bring_up_to_date(self._hidden(view))
        view.reads.wait(FIRST_SECONDS)
        self._receive(view)
        return view

    def _beside(self, before: Plan, old: View, plan: Plan) -> View:
        """A view of another source, or of other columns, at the same place and with what the person has asked for."""
        asked = old.asked.within(plan.columns) if before.start == plan.start else plan.start
        view = View(self.owner.workers, plan, asked, self.changed, self.owner.report)
        view.look_at(old.first, old.count, old.number)
        view.folds = set(old.folds)
        return view

    def _drop_next(self) -> None:
        """A drawing that did not take effect has left something behind."""
        if self._next is not None and (self._shown is None or self._next[1] is not self._shown[1]):
            self._next[1].close()
        self._next = None

    def _remembered(self, plan: Plan) -> Layout:
        found = None if plan.name is None else self.owner.notebook.get(_page(plan.name))
        try:
            return Layout() if found is None else Layout.of(found)
        except ValueError:  # of another version, say: then it is as the program has it
            return Layout()

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
        repeated, self._repeated = self._repeated, set()
        now = {
            name: value
            for name, value in changing.items()
            if node.props.get(name) != value or name in repeated
        }
        node.props |= now
        self._go_on(view)
        patches: list[Patch] = [] if not now else [Set(node.id, now)]
        return patches + self._show_rows(node, view, difference)

    def _receive(self, view: View) -> Mapping[str, Any] | Difference | None:
        read = view.reads.take()
        if read is None:
            return None
        if self.ids.is_full:
            self.ids.keep_only(set(self.selected_keys()), set(view.picture.rows["keys"]))
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

    def _go_on(self, view: View) -> None:
        """Have the next turn come, where there is something left for it."""
        if view.reads.is_busy:
            if view.reads.seconds < SLOW_SECONDS:
                self.owner.workers.later(SLOW_SECONDS - view.reads.seconds + 0.005, self.changed)
        elif view.has_more_to_read(self._hidden(view)):
            self.changed()

    def _changing(self, plan: Plan, view: View) -> dict[str, Any]:
        """The props that change by themselves, but for the rows."""
        columns = [column.described() for column in view.columns]
        if not plan.filters:
            columns = [column | {"filterable": False} for column in columns]
        patience = FIRST_SECONDS if self.node is None else SLOW_SECONDS
        with self._following():
            selected, detailed = self._selected(view), self.detailed.value
        return {
            "columns": columns,
            "asked": view.asked.said(),
            "layout": self.layout.over(view.columns),
            "reading": view.reads.seconds >= patience,
            "failure": view.failure or None,
            "advice": (view.advice or None) if self.owner.debug else None,
            "totals": {name: encode(value) for name, value in view.totals.items()} or None,
            "selected": selected,
            "detailed": None if detailed is None else self.ids.of_rows([detailed])[0],
        }

    def _selected(self, view: View) -> list[int] | dict[str, bool]:
        keys = self.selected_keys()
        rows = view.picture.rows
        if len(keys) > MANY and len(keys) == rows["total"]:
            return {"all": True}
        return self.ids.of_rows(keys)

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

    def selected_keys(self) -> list[Key]:
        """The keys of the rows that are selected."""
        value: Any = self.selection.get()
        if isinstance(value, list | set | frozenset):
            return list(value)
        return [] if value is None else [value]

    def record(self, source: Source) -> None:
        """Note what the selection is made of, and follow it."""
        if source not in self._watched:
            self._watched.add(source)
        source.watch(self)

    @contextmanager
    def _following(self) -> Iterator[None]:
        token = context.recorder.set(self)
        try:
            yield
        finally:
            context.recorder.reset(token)

    # ── what it hears ─────────────────────────────────────────────────────────────────────────────

    def heard(self, event: str, value: Any, /) -> None:
        """Something that no handler is called for."""
        if self._shown is None:
            return
        try:
            _EARS[event](self, self._shown[1], value)
        except EntryError as error:
            self._turn_down(str(error))
        self.changed()

    def hear_view(self, view: View, value: Any) -> None:
        """Other rows are in sight."""
        view.look_at(*(_whole(value, name) for name in ("first", "count", "number")))

    def hear_ask(self, view: View, value: Any) -> None:
        """Sort, filter, search or group otherwise."""
        try:
            asked = Asked.of(value, view.columns)
        except ValueError as error:
            raise EntryError(str(error)) from error
        if asked.group != view.asked.group:
            view.folds = set()
        view.asked = asked

    def hear_fold(self, view: View, value: Any) -> None:
        """Open or close a group."""
        key = self.ids.group(value["id"])
        view.folds = view.folds | {key} if value["open"] is True else view.folds - {key}

    def hear_cancel(self, view: View, _: Any) -> None:
        """Nobody wants to wait for the read under way."""
        view.reads.cancel()

    def hear_layout(self, view: View, value: Any) -> None:
        """The columns stand otherwise."""
        self.layout = Layout.of(value)
        plan = self.now[0]
        if plan.name is not None:
            self.owner.notebook[_page(plan.name)] = self.layout.over(view.columns)

    def hear_suggest(self, view: View, value: Any) -> None:
        """Which values does a column have? That is read apart from the rows."""
        column = self.now[0].column(value["column"])
        if column is not None and column.is_sortable:
            self.owner.workers.handlers.submit(self._suggest, view, column)

    def _suggest(self, view: View, column: Shown) -> None:
        try:
            found = suggestions(view, column)
        except Exception:  # the menu then offers none; what is wrong is said where the rows are read
            found = []
        self.call("suggested", column.name, found)

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

    def _turn_down(self, sentence: str) -> None:
        self._repeated = {"asked", "layout", "selected"}
        self.call("refused", None, None, sentence)

    def _hidden(self, view: View) -> frozenset[str]:
        return frozenset(self.layout.over(view.columns)["hidden"])


def _is_same(before: Plan, plan: Plan) -> bool:
    """Whether what has been read goes on being true."""
    return (
        [(column.name, column.kind, column.is_computed) for column in before.columns]
        == [(column.name, column.kind, column.is_computed) for column in plan.columns]
        and (before.start, before.totals) == (plan.start, plan.totals)
        and before.source.same_as(plan.source)
    )


def _as_it_came(value: Any) -> Any:
    return value


def _whole(value: Any, name: str) -> int:
    number = value[name]
    if isinstance(number, bool) or not isinstance(number, int):
        raise ValueError(f"{name} is a whole number")
    return number


def _page(name: str) -> str:
    """Where in the notebook a table's layout stands."""
    return f"table {name}"


_EARS: dict[str, Callable[[Table, View, Any], None]] = {
    "view": Table.hear_view,
    "ask": Table.hear_ask,
    "fold": Table.hear_fold,
    "cancel": Table.hear_cancel,
    "layout": Table.hear_layout,
    "suggest": Table.hear_suggest,
}
