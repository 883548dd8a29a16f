"""From what a file is to what the models want: the steps, what has to be asked first, and what cannot be done.

    plan(have, want, last, …)

`last` is what the models wanted when the file was last brought up to date. A column that was wanted then and is not now has been
taken out of the models since, or renamed; what the models never knew is somebody else's and stays as it is.

What loses nothing is done without a question. A column or table that is only gone from the models stays in the file. If
something new has come at the same time, it may be the old under a new name, and that is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from . import code
from .shape import Shape, Table

Count = Callable[[str], int]  # runs `SELECT count(*) …` on the file; None where there are no rows to look at
LEFT_OPEN = "# ←"  # a line of a migration that somebody has to finish


@dataclass(frozen=True)
class Decisions:
    """What a person has said: old and new names ("player.name": "nick", "player": "person"), and what may go or stays."""

    renames: Mapping[str, str] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """One change: in words, and the lines that do it."""

    what: str
    lines: tuple[str, ...]

    @property
    def is_left_open(self) -> bool:
        """Whether somebody has to finish it."""
        return any(LEFT_OPEN in line for line in self.lines)


@dataclass(frozen=True)
class Question:
    """Something that is gone from the models, and what it may now be called."""

    old: str
    new: tuple[str, ...] = ()


@dataclass
class Plan:
    """All steps; questions and refusals, if there are any, come first; `kept` is in the file without being in the models."""

    steps: list[Step] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    anew: set[str] = field(default_factory=set)  # tables that are dropped and made again

    def add(self, what: str, lines: Iterable[str]) -> None:
        """One more step."""
        self.steps.append(Step(what, tuple(lines)))


def rename_steps(renames: Mapping[str, str]) -> list[Step]:
    """Steps for all renames, tables first; columns may be named by their table's old name or the new one."""
    steps = []
    for old, new in sorted(renames.items(), key=lambda each: "." in each[0]):
        table, _, column = old.partition(".")
        lines = (
            code.rename_column(renames.get(table, table), column, new)
            if column
            else code.rename_table(old, new)
        )
        steps.append(Step(f"{old}: renamed to {new}", tuple(lines)))
    return steps


def after_renames(shape: Shape, renames: Mapping[str, str]) -> Shape:
    """The names of a shape's tables and columns after renames; enough to say what is gone."""
    tables = {}
    for table in shape.tables.values():
        now = renames.get(table.name, table.name)
        columns = {
            renames.get(f"{table.name}.{name}", renames.get(f"{now}.{name}", name)): column
            for name, column in table.columns.items()
        }
        tables[now] = Table(now, columns, table.constraints, table.is_strict, table.has_rowid)
    return Shape(tables, shape.indexes)
