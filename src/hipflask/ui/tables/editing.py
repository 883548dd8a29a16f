"""What a person writes into a table: one cell, a pasted block, cells emptied, rows deleted.

Each is one call of a handler: one unit of work, one step to undo, all of it or nothing. What becomes of it is said when it is kept: the
cells as they are then, or a sentence at the first cell that would not do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ...core.errors import EntryError, StoreError
from ...core.rows import Key
from . import entered
from .asides import aside
from .columns import Shown
from .ids import Ids
from .plan import Plan
from .reads import sentence_of
from .view import View
from .working import CalledOff, Working

MOST_PASTED = 100_000  # cells; measured, see docs
_NAMED = 3  # of the cells that do not fit

# Reading, and handing over: a third of the time each. The rest, until it is kept, nobody can look into.
_PHASES = 3

Cell = tuple[int, str]  # a row's number and a column
Meant = tuple[tuple[int, Key], Shown, str]  # a row's number and key, a column, what it is to be


class OnScreen(Protocol):
    """The table, as far as those who write need to know it."""

    ids: Ids
    working: Working

    @property
    def now(self) -> tuple[Plan, View]:
        """What counts."""

    def call(self, method: str, *args: object) -> None:
        """Have the element on the screen do something."""

    def owe(self, cells: Sequence[Cell]) -> None:
        """Have these cells shown as they are now, even if they are as they were."""


class Misfits(EntryError):
    """Cells that would not take what was meant for them."""

    def __init__(self, cell: Cell, sentences: Sequence[str]) -> None:
        self.cell = cell
        self.sentences = sentences
        more = f" And {len(sentences) - _NAMED:,} more." if len(sentences) > _NAMED else ""
        super().__init__("Nothing was changed. " + " ".join(sentences[:_NAMED]) + more)


@dataclass(slots=True)
class Edits:
    """Writes what comes from one table."""

    table: OnScreen
    report: Callable[[BaseException, str], None]

    def edit(self, value: Any) -> None:
        """One cell has been left with another text in it."""
        plan, view = self.table.now
        column = _editable(plan, value["column"])
        key = self.table.ids.row(value["id"])
        view.source.write([(key, column.name, _read(view, column, value["value"], value))])

    def edited(self, value: Any, error: BaseException | None) -> None:
        """Say at the cell what has become of it."""
        cell = (value.get("id"), value.get("column"))
        if error is None:
            self.table.owe([cell])
        elif self._is_told(error):
            self.table.call("refused", *cell, sentence_of(error))
        else:
            self.table.call("refused", *cell, "This could not be kept.")

    def clear(self, value: Any) -> None:
        """Empty some cells."""
        plan, view = self.table.now
        columns = [_editable(plan, name) for name in value["columns"]]
        rows = [(number, self.table.ids.row(number)) for number in value["ids"]]
        self._write(view, [(row, column, "") for row in rows for column in columns], value, "Clearing")

    def paste(self, value: Any) -> None:
        """Put a block of cells from elsewhere over the rows that begin at a place."""
        plan, view = self.table.now
        block: list[list[str]] = value["cells"]
        if sum(map(len, block)) > MOST_PASTED:
            raise EntryError(f"That is too much to paste at once: up to {MOST_PASTED:,} cells.")
        columns = [_editable(plan, name) for name in value["columns"]]
        rows = self._rows_from(view, value["first"], len(block), value.get("id"))
        value["ids"] = [number for number, _ in rows]  # `done` answers for these
        cells = [
            (row, column, text)
            for row, texts in zip(rows, block, strict=False)
            for column, text in zip(columns, texts, strict=False)
        ]
        self._write(view, cells, value, "Pasting")
        if len(rows) < len(block):
            self.table.call(
                "told", f"The table ends there: {len(rows):,} of {len(block):,} rows were pasted."
            )

    def erase(self, value: Any) -> None:
        """Delete rows."""
        plan, view = self.table.now
        if not plan.removes:
            raise EntryError("Rows cannot be deleted here.")
        view.source.remove([self.table.ids.row(number) for number in value["ids"]])

    def done(self, value: Any, error: BaseException | None) -> None:
        """Say what has become of many cells, or rows."""
        if isinstance(error, Misfits):
            self.table.call("refused", *error.cell, error.sentences[0])
        if isinstance(error, CalledOff):
            self.table.call("told", str(error))
        elif error is None:
            self.table.owe(
                [(number, name) for number in value.get("ids", ()) for name in value.get("columns", ())]
            )
        elif self._is_told(error):
            self.table.call("refused", None, None, sentence_of(error))
        else:
            self.table.call("refused", None, None, "This could not be kept.")

    def _write(self, view: View, cells: Sequence[Meant], value: Any, what: str) -> None:
        with self.table.working.on(f"{what} {len(cells):,} cells", _PHASES * len(cells)) as steps:
            found = _read_all(view, steps(cells), value)
            if found:
                view.source.write(steps(found))

    def _rows_from(self, view: View, first: int, count: int, expected: object) -> list[tuple[int, Key]]:
        """The rows from a place on, as they stand now; raises EntryError if another than expected stands there."""
        asked = replace(view.question(()), first=first, count=count, totals={})
        with aside(view.source) as read:
            lines = [line for line in read(asked).rows if line.size is None]
        numbers = self.table.ids.of(lines)
        if not lines or (expected is not None and expected != numbers[0]):
            raise EntryError("The rows have moved meanwhile, so nothing was pasted. Paste again.")
        return [(number, line.key) for number, line in zip(numbers, lines, strict=True)]

    def _is_told(self, error: BaseException) -> bool:
        """Whether an error is a sentence for the person; what is none is reported."""
        if isinstance(error, ValueError | LookupError | StoreError):
            return True
        self.report(error, "Writing to a ui.table")
        return False


def _editable(plan: Plan, name: object) -> Shown:
    column = plan.column(name)
    if column is None or not column.is_editable:
        raise EntryError(f"{column.heading if column else name} cannot be edited.")
    return column


def _read_all(view: View, cells: Iterable[Meant], value: Any) -> list[tuple[Key, str, object]]:
    found: list[tuple[Key, str, object]] = []
    wrong: list[str] = []
    first_wrong: Cell = (0, "")
    for (number, key), column, text in cells:
        try:
            found.append((key, column.name, _read(view, column, text, value)))
        except ValueError as error:
            first_wrong = first_wrong if wrong else (number, column.name)
            wrong.append(str(error))
    if wrong:
        raise Misfits(first_wrong, wrong)
    return found


def _read(view: View, column: Shown, text: object, value: Any) -> object:
    decimal = "," if value.get("decimal") == "," else "."
    return entered.read(column, text, decimal, is_zoned=column.name in view.zoned)
