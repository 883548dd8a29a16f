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
from .shape import Column, Constraint, Shape, Table

Count = Callable[[str], int]  # runs `SELECT count(*) …` on the file; None where there are no rows to look at


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

    def add(self, what: str, lines: Iterable[str]) -> None:
        """One more step."""
        self.steps.append(Step(what, tuple(lines)))


def rename_steps(renames: Mapping[str, str]) -> list[Step]:
    """Steps for all renames: columns first, by their tables' old names."""
    steps = []
    for old, new in sorted(renames.items(), key=lambda each: "." not in each[0]):
        table, _, column = old.partition(".")
        if column:
            steps.append(Step(f"{old}: renamed to {new}", tuple(code.rename_column(table, column, new))))
        else:
            steps.append(Step(f"{old}: renamed to {new}", tuple(code.rename_table(old, new))))
    return steps


def after_renames(shape: Shape, renames: Mapping[str, str]) -> Shape:
    """The names of a shape's tables and columns after renames; enough to say what is gone."""
    tables = {}
    for table in shape.tables.values():
        columns = {
            renames.get(f"{table.name}.{name}", name): column for name, column in table.columns.items()
        }
        name = renames.get(table.name, table.name)
        tables[name] = Table(name, columns, table.constraints, table.is_strict, table.has_rowid)
    kinds = {}
    for place, kind in shape.kinds.items():
        table_name, _, column_name = place.partition(".")
        kinds[f"{renames.get(table_name, table_name)}.{renames.get(place, column_name)}"] = kind
    return Shape(tables, shape.indexes, kinds)


def plan(
    have: Shape, want: Shape, last: Shape, decisions: Decisions, count: Count | None, asks: bool = False
) -> Plan:
    """The steps from one shape to another; with `asks`, what is only gone is asked about, too."""
    return _Planner(have, want, last, decisions, count, asks).run()


class _Planner:
    def __init__(
        self, have: Shape, want: Shape, last: Shape, decisions: Decisions, count: Count | None, asks: bool
    ) -> None:
        self.have, self.want, self.last = have, want, last
        self.decisions, self.count, self.asks = decisions, count, asks
        self.plan = Plan()
        self.anew: set[str] = set()  # tables that are dropped and made again

    def run(self) -> Plan:
        self._drop_indexes()
        new = [table for name, table in self.want.tables.items() if name not in self.have.tables]
        dropped = self._gone_tables([table.name for table in new])
        for table in new:
            self.plan.add(f"{table.name}: a new table", code.add_table(table))
        for name, table in self.want.tables.items():
            if name in self.have.tables:
                self._change(self.have.tables[name], table)
        for name in dropped:
            self.plan.add(f"{name}: dropped", code.drop_table(name))
        self._add_indexes()
        return self.plan

    # ── tables ────────────────────────────────────────────────────────────────────────────────────

    def _gone_tables(self, new: list[str]) -> list[str]:
        dropped = []
        for name in self.have.tables:
            if name in self.want.tables or name not in self.last.tables:
                continue
            if name in self.decisions.drops or self._is_empty(name):
                dropped.append(name)
            elif name in self.decisions.keeps or not (new or self.asks):
                self.plan.kept.append(name)
            else:
                self.plan.questions.append(Question(name, tuple(new)))
        return dropped

    def _change(self, have: Table, want: Table) -> None:
        if self._is_other(have, want):
            if self._is_empty(have.name):
                self.anew.add(have.name)
                self.plan.add(f"{have.name}: made anew", [*code.drop_table(have.name), *code.add_table(want)])
            return
        gone, kept = self._gone_columns(have, want)
        new = [column for name, column in want.columns.items() if name not in have.columns]
        lines, whats = self._changed_columns(have, want, kept)
        free = [each for each in have.constraints if self._is_gone(each, want, have, gone, kept)]
        bound = [each for each in want.constraints if each not in have.constraints]
        own = {column.name: [each for each in bound if self._belongs(each, column)] for column in new}
        others = [each for each in bound if not any(each in mine for mine in own.values())]
        self._refuse_what_rows_break(have, new, others)
        if not (lines or gone or free or others) and all(self._is_easy(column, have.name) for column in new):
            for column in new:
                self.plan.add(
                    f"{have.name}.{column.name}: added", code.add_column(have.name, column, own[column.name])
                )
            return
        lines = [
            *(
                code.in_batch_free(each)
                for each in free
                if not (each.columns and set(each.columns) <= set(gone))
            ),
            *(code.in_batch_drop(name) for name in gone),
            *(code.in_batch_add(column) for column in new),
            *lines,
            *(code.in_batch_constrain(each) for each in bound),
        ]
        whats += [f"{have.name}.{name}: dropped" for name in gone]
        whats += [f"{have.name}.{column.name}: added" for column in new]
        whats += [f"{have.name}: {_in_words(each)}" for each in others]
        if lines:
            self.plan.add("; ".join(whats) or f"{have.name}: constraints", code.batch(have.name, lines))

    def _is_other(self, have: Table, want: Table) -> bool:
        """Whether rows cannot simply be taken over; what is in the way is refused, unless there are none."""
        reasons = []
        if have.key != want.key:
            reasons.append(
                f"the key of {have.name} is ({', '.join(have.key)}), and the models want ({', '.join(want.key)})"
            )
        if have.is_strict != want.is_strict or have.has_rowid != want.has_rowid:
            reasons.append(
                f"{have.name} is stored in another form (STRICT, WITHOUT ROWID) than the models want"
            )
        for name, column in want.columns.items():
            old = have.columns.get(name)
            place = f"{have.name}.{name}"
            before, after = self.have.kinds.get(place), self.want.kinds.get(place)
            if old is not None and (old.type != column.type or (before and after and before != after)):
                reasons.append(
                    f"{place} holds {before or old.type}, and the models want {after or column.type}"
                )
            elif old is not None and _collation(old) != _collation(column):
                reasons.append(f"{place} is compared in another way ({_collation(column) or 'exactly'})")
        if reasons and not self._is_empty(have.name):
            self.plan.refusals += [
                f"{reason}. What is there has to be converted: `hipflask db make` writes a migration, and you say in it how."
                for reason in reasons
            ]
        return bool(reasons)

    # ── columns ───────────────────────────────────────────────────────────────────────────────────

    def _gone_columns(self, have: Table, want: Table) -> tuple[list[str], list[str]]:
        new = tuple(name for name in want.columns if name not in have.columns)
        gone, kept = [], []
        known = self.last.tables.get(have.name)
        for name in have.columns:
            if name in want.columns:
                continue
            place = f"{have.name}.{name}"
            was_ours = known is not None and name in known.columns
            if place in self.decisions.drops or (was_ours and self._is_empty(have.name)):
                gone.append(name)
            elif not was_ours or place in self.decisions.keeps or not (new or self.asks):
                kept.append(name)
                self.plan.kept.append(place)
            else:
                self.plan.questions.append(Question(place, new))
        return gone, kept

    def _changed_columns(self, have: Table, want: Table, kept: list[str]) -> tuple[list[str], list[str]]:
        lines, whats = [], []
        for name in kept:
            column = have.columns[name]
            if column.is_needed and column.default is None:  # or no new row could be written
                lines.append(code.in_batch_alter(column, Column(**{**vars(column), "is_needed": False})))
                whats.append(f"{have.name}.{name}: may be empty, since the models do not know it any more")
        for name, new in want.columns.items():
            old = have.columns.get(name)
            if old is None or (old == new and old.is_stored == new.is_stored):
                continue
            if old.computed is not None or new.computed is not None:
                lines += [code.in_batch_drop(name), code.in_batch_add(new)]
                whats.append(f"{have.name}.{name}: calculated in another way")
                continue
            lines.append(code.in_batch_alter(old, new))
            if old.is_needed != new.is_needed:
                whats.append(
                    f"{have.name}.{name}: {'has to have a value' if new.is_needed else 'may be empty'}"
                )
            if old.same != new.same:
                whats.append(f"{have.name}.{name}: another default ({new.default})")
            if new.is_needed and not old.is_needed:
                self._refuse_empty(have.name, name)
        return lines, whats

    def _is_easy(self, column: Column, table: str) -> bool:
        """Whether SQLite adds the column without writing the table anew."""
        if column.computed is not None:
            return not column.is_stored
        if column.default is None:
            return not column.is_needed
        return not (column.default.startswith("(") or column.default.upper().startswith("CURRENT_"))

    @staticmethod
    def _belongs(constraint: Constraint, column: Column) -> bool:
        """Whether the constraint can be written with the column."""
        if constraint.kind == "foreign":
            return constraint.columns == (column.name,) and column.default is None
        return constraint.kind == "check" and constraint.speaks_of(column.name)

    def _is_gone(self, each: Constraint, want: Table, have: Table, gone: list[str], kept: list[str]) -> bool:
        if each in want.constraints:
            return False
        known = self.last.tables.get(have.name)
        if known is not None and each not in known.constraints and not any(map(each.speaks_of, gone)):
            return any(each.name == other.name for other in want.constraints)
        return not any(map(each.speaks_of, kept))

    # ── rows ──────────────────────────────────────────────────────────────────────────────────────

    def _is_empty(self, table: str) -> bool:
        return self.count is not None and not self.count(
            f"SELECT count(*) FROM (SELECT 1 FROM {_quoted(table)} LIMIT 1)"
        )

    def _refuse_what_rows_break(self, have: Table, new: list[Column], bound: list[Constraint]) -> None:
        for column in new:
            is_missing = column.is_needed and column.default in (None, "NULL") and column.computed is None
            if is_missing and self.count is not None and not self._is_empty(have.name):
                rows = self.count(f"SELECT count(*) FROM {_quoted(have.name)}")
                self.plan.refusals.append(
                    f"{have.name}.{column.name} is new and has to have a value, and {_rows(rows, have.name)} have none. Give it a "
                    f"default (`{column.name}: Mapped[…] = …`), or allow none (`Mapped[… | None]`), or write a migration "
                    "that fills it: `hipflask db make`."
                )
        names = {column.name for column in new}
        for each in bound:
            if self.count is None or any(map(each.speaks_of, names)):
                continue
            rows = self._breaking(have.name, each)
            if rows:
                self.plan.refusals.append(
                    f"{_rows(rows, have.name)} would break what the models now ask for: {_in_words(each)}. Correct them first, or "
                    "write a migration that does: `hipflask db make`."
                )

    def _breaking(self, table: str, constraint: Constraint) -> int:
        assert self.count is not None
        if constraint.kind == "check":
            return self.count(f"SELECT count(*) FROM {_quoted(table)} WHERE NOT ({constraint.text})")
        if constraint.kind == "unique":
            columns = ", ".join(map(_quoted, constraint.columns))
            filled = " AND ".join(f"{_quoted(name)} IS NOT NULL" for name in constraint.columns)
            return self.count(
                f"SELECT ifnull(sum(n), 0) FROM (SELECT count(*) AS n FROM {_quoted(table)} WHERE {filled} GROUP BY {columns} HAVING n > 1)"
            )
        return 0  # references are looked at when all is done

    def _refuse_empty(self, table: str, column: str) -> None:
        if self.count is None:
            return
        rows = self.count(f"SELECT count(*) FROM {_quoted(table)} WHERE {_quoted(column)} IS NULL")
        if rows:
            self.plan.refusals.append(
                f"{table}.{column} has to have a value now, and {_rows(rows, table)} have none. Fill them first, or write "
                "a migration that does: `hipflask db make`."
            )

    # ── indexes ───────────────────────────────────────────────────────────────────────────────────

    def _drop_indexes(self) -> None:
        for name, index in self.have.indexes.items():
            wanted = self.want.indexes.get(name)
            was_ours = name in self.last.indexes and index.table in self.want.tables
            if was_ours if wanted is None else wanted.same != index.same:
                self.plan.add(f"{index.table}: index {name} dropped", code.drop_index(index))

    def _add_indexes(self) -> None:
        for name, index in self.want.indexes.items():
            there = self.have.indexes.get(name)
            if there is None or there.same != index.same or index.table in self.anew:
                self.plan.add(f"{index.table}: index {name}", code.add_index(index))


def _in_words(constraint: Constraint) -> str:
    if constraint.kind == "check":
        return constraint.text
    if constraint.kind == "foreign":
        return f"{', '.join(constraint.columns)} {constraint.text}"
    return f"{constraint.kind} ({', '.join(constraint.columns)})"


def _rows(count: int, table: str) -> str:
    return f"{count:,} row{'s' if count != 1 else ''} of {table}"


def _collation(column: Column) -> str | None:
    return next((each for each in column.same if each.startswith("collate ")), None)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
