"""What a person does with rows of a table: choose them, open one, unfold it, call an action, take them elsewhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ...core.errors import EntryError, WindowError
from ...core.ports import Field
from ...core.rows import Answer, Key, Question
from ..files import save_file
from ..handlers import Surroundings, start
from ..states import State
from .asides import aside
from .ids import Ids
from .plan import Plan
from .reads import sentence_of
from .sheets import as_csv, as_tabs
from .view import View

MOST_SELECTED = 100_000
MOST_COPIED = 1_000_000  # cells
_CHUNK = 5000  # rows of a file that are read at once
_LONGEST_DOWNLOAD = 8_000_000  # letters, of what a page in a browser is handed over its socket

Result = Coroutine[Any, Any, None] | None


class OnScreen(Protocol):
    """The table, as far as those who do something with its rows need to know it."""

    ids: Ids
    detailed: State[Key]

    @property
    def now(self) -> tuple[Plan, View]:
        """What counts."""

    @property
    def selection(self) -> Field:
        """Where the keys of what is selected are kept."""

    @property
    def label(self) -> str:
        """What the table is called."""

    def shown_names(self) -> list[str]:
        """The columns that a person sees, in the order in which they stand."""

    def call(self, method: str, *args: object) -> None:
        """Have the element on the screen do something."""


@dataclass(slots=True)
class Doings:
    """Does it, for one table."""

    table: OnScreen
    session: Surroundings

    def select(self, value: Any) -> Result:
        """Other rows are chosen."""
        plan, view = self.table.now
        keys = self._all_keys() if value.get("all") is True else self._keys(value["ids"])
        if plan.selecting == "one":
            key = keys[0] if keys else None
            self.table.selection.set(key)
            return _call(plan.on_select, [None if key is None else view.source.row(key)])
        before = self.table.selection.get()
        self.table.selection.set(set(keys) if isinstance(before, set) else keys)
        if plan.on_select is None:
            return None
        return _call(plan.on_select, [[row for row in map(view.source.row, keys) if row is not None]])

    def open(self, value: Any) -> Result:
        """One row is opened: Enter, or a double click."""
        plan, _ = self.table.now
        return _call(plan.on_open, self._rows([value["id"]]))

    def act(self, value: Any) -> Result:
        """An entry of the context menu is chosen for some rows."""
        plan, _ = self.table.now
        action = plan.actions[value["action"]]
        rows = self._rows(value["ids"])
        return _call(action.handler, [rows] if action.together else rows)

    def detail(self, value: Any) -> None:
        """The details of a row are unfolded, or folded."""
        number = value.get("id") if isinstance(value, dict) else None
        self.table.detailed.set(None if number is None else self.table.ids.row(number))

    def copy(self, value: Any) -> None:
        """Copy rows that the screen has not all got."""
        names = [name for name in value["columns"] if name in self.table.shown_names()]
        first, end = value["from"], value["to"]
        if (end - first + 1) * len(names) > MOST_COPIED:
            raise EntryError(
                f"That is too much to copy at once: up to {MOST_COPIED:,} cells. Export it instead."
            )

        def read() -> None:
            with aside(self.table.now[1].source) as source:
                self.table.call("copied", as_tabs(self._values(source, names, first, end - first + 1)))

        self._beside(read)

    def export(self, _: Any) -> None:
        """Write what is shown, all rows of it, to a file that the person chooses."""
        self._beside(self._export)

    def answer(self, _: Any, error: BaseException | None) -> None:
        """Say what went wrong, if something did."""
        if isinstance(error, EntryError):
            self.table.call("refused", None, None, sentence_of(error))
        elif error is not None:
            self.session.report(error, "A handler of a ui.table")

    def _beside(self, work: Callable[[], None]) -> None:
        """Do it beside whatever is going on: it may take long, and the next edit shall not wait for it."""

        def told() -> None:
            try:
                work()
            except (EntryError, WindowError) as error:
                self.table.call("refused", None, None, sentence_of(error))
            except OSError as error:
                self.table.call("refused", None, None, f"The file could not be written: {error.strerror}.")

        start(self.session.workers, self.session, told)

    def _export(self) -> None:
        name = f"{self.table.label or self.table.now[1].source.name or 'table'}.csv"
        try:
            path = save_file(name, types={"CSV": [".csv"]})
        except WindowError:  # a page in a browser, which keeps the files of its computer to itself
            self._hand_over(name)
            return
        if path is not None:
            with path.open(
                "w", encoding="utf-8-sig", newline=""
            ) as file:  # with a mark by which Excel knows UTF-8
                file.writelines(self._lines())
            self.table.call("told", f"Exported to {path.name}.")

    def _hand_over(self, name: str) -> None:
        text = ""
        for lines in self._lines():
            text += lines
            if len(text) > _LONGEST_DOWNLOAD:
                raise EntryError(
                    "That is too much to export through a browser. Filter it, or export it from the program."
                )
        self.table.call("exported", name, text)

    def _lines(self) -> Iterator[str]:
        plan, _ = self.table.now
        names = self.table.shown_names()
        headings = {column.name: column.heading for column in plan.columns}
        yield as_csv([[headings[name] for name in names]])
        first = 0
        with aside(self.table.now[1].source) as read:
            while rows := self._values(read, names, first, _CHUNK):
                yield as_csv(rows)
                first += _CHUNK

    def _values(
        self, read: Callable[[Question], Answer], names: Sequence[str], first: int, count: int
    ) -> list[list[object]]:
        """The values of these columns in some rows, in the order that the person sees; without groups."""
        _, view = self.table.now
        asked = _rows_only(view, first, count)
        return view.values(names, asked, read(asked).rows)

    def _keys(self, numbers: Sequence[int]) -> list[Key]:
        return [self.table.ids.row(number) for number in numbers]

    def _rows(self, numbers: Sequence[int]) -> list[object]:
        view = self.table.now[1]
        rows = [view.source.row(key) for key in self._keys(numbers)]
        found = [row for row in rows if row is not None]
        if not found:
            raise EntryError("This row is not there any more.")
        return found

    def _all_keys(self) -> list[Key]:
        view = self.table.now[1]
        with aside(view.source) as read:
            lines = read(_rows_only(view, 0, MOST_SELECTED + 1)).rows
        if len(lines) > MOST_SELECTED:
            raise EntryError(f"At most {MOST_SELECTED:,} rows can be selected at once. Filter them first.")
        return [line.key for line in lines]


def _rows_only(view: View, first: int, count: int) -> Question:
    """The rows that a person would see if none of them stood in a group."""
    return replace(view.question(()), first=first, count=count, group=(), open=frozenset(), totals={})


def _call(function: Callable[..., object] | None, rows: Sequence[object]) -> Result:
    """Call a handler for each row, one after the other; returns what is left to be awaited."""
    if function is None:
        return None
    if inspect.iscoroutinefunction(function):
        return _call_each(function, rows)
    left = [result for row in rows if inspect.iscoroutine(result := function(row))]
    return _await_each(left) if left else None


async def _call_each(function: Callable[..., Any], rows: Sequence[object]) -> None:
    for row in rows:
        await function(row)


async def _await_each(results: Sequence[Coroutine[Any, Any, object]]) -> None:
    for result in results:
        await result
