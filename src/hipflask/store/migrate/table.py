"""What has to happen to one table.

Columns that SQLite can add in place are added so, which takes no time however large the table is. Anything else writes the table
anew, once for all that has changed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy.dialects import sqlite

from . import code
from .plan import LEFT_OPEN, Count, Decisions, Plan, Question
from .shape import Column, Constraint, Shape

_SCALE = re.compile(r"Decimal\((\d+) after the point\)")


def is_empty(count: Count | None, table: str) -> bool:
    """Whether a table has no rows; of a table that nobody can look into it is not known, and then it has some."""
    return count is not None and not count(f"SELECT count(*) FROM (SELECT 1 FROM {quoted(table)} LIMIT 1)")


class TableChange:
    """The change of one table; `plan` adds it to the whole plan."""

    def __init__(
        self,
        planned: Plan,
        have: Shape,
        want: Shape,
        last: Shape,
        name: str,
        decisions: Decisions,
        count: Count | None,
        asks: bool,
    ) -> None:
        self.planned, self.name, self.decisions, self.count, self.asks = planned, name, decisions, count, asks
        self.have, self.want, self.last = have.tables[name], want.tables[name], last.tables.get(name)
        self.new = [column for each, column in self.want.columns.items() if each not in self.have.columns]
        self.gone: list[str] = []  # and to be dropped
        self.kept: list[str] = []  # though no model knows them
        self.lines: list[str] = []
        self.whats: list[str] = []
        self.aside: list[
            Column
        ] = []  # that hold another kind of value, so that theirs are set aside meanwhile
        self.scaled: list[Column] = []  # with more digits after the point

    def plan(self) -> None:
        """Add the steps, questions and refusals of this table."""
        if self._cannot_be_kept():
            if is_empty(self.count, self.name):
                self.planned.anew.add(self.name)
                lines = [*code.drop_table(self.name), *code.add_table(self.want)]
                self.planned.add(f"{self.name}: made anew", lines)
            return
        self._sort_out_what_is_gone()
        for name in self.kept:
            self._loosen(self.have.columns[name])
        for name, column in self.want.columns.items():
            if name in self.have.columns:
                self._compare(self.have.columns[name], column)
        self._write()

    def _write(self) -> None:
        for column in self.aside:
            self.planned.add(
                f"{self.name}.{column.name}: set aside",
                code.rename_column(self.name, column.name, _aside(column)),
            )
        late = {
            column.name for column in (*self.aside, *self.scaled)
        }  # whose constraints have to wait for other values
        free = [each for each in self.have.constraints if self._is_gone(each) or self._speaks_of_aside(each)]
        bound = [
            each
            for each in self.want.constraints
            if each not in self.have.constraints or self._speaks_of_aside(each)
        ]
        waiting = [each for each in bound if any(map(each.speaks_of, late))]
        left_open = [column for column in self.new if self._lacks_value(column)]
        left_open += [column for column in self.aside if column.computed is None]
        self._change(free, [each for each in bound if each not in waiting], left_open)
        for column in self.scaled:
            factor = self._factor(self.have.columns[column.name], column)
            line = code.convert(self.name, column.name, column.kind, f"{quoted(column.name)} * {factor}")
            self.planned.add(f"{self.name}.{column.name}: more digits after the point", [line])
        for column in left_open:
            self._fill(column)
        self._finish(left_open, waiting)

    def _change(self, free: list[Constraint], bound: list[Constraint], left_open: list[Column]) -> None:
        added = [
            replace(column, is_needed=False) if column in left_open else column
            for column in (*self.new, *self.aside)
        ]
        own = {column.name: [each for each in bound if _belongs(each, column)] for column in added}
        others = [each for each in bound if not any(each in mine for mine in own.values())]
        self._look_at_rows(others)
        if not (self.lines or self.gone or free or others) and all(map(_is_easy, added)):
            for column in added:
                lines = code.add_column(self.name, column, own[column.name])
                self.planned.add(f"{self.name}.{column.name}: added", lines)
            return
        lines = [
            *(
                code.in_batch_free(each)
                for each in free
                if not (each.columns and set(each.columns) <= set(self.gone))
            ),
            *(code.in_batch_drop(name) for name in self.gone),
            *(code.in_batch_add(column) for column in added),
            *self.lines,
            *(code.in_batch_constrain(each) for each in bound),
        ]
        whats = [
            *self.whats,
            *(f"{self.name}.{name}: dropped" for name in self.gone),
            *(f"{self.name}.{column.name}: added" for column in added),
            *(f"{self.name}: {in_words(each)}" for each in others),
        ]
        if lines:
            self.planned.add("; ".join(whats) or f"{self.name}: constraints", code.batch(self.name, lines))

    def _finish(self, left_open: list[Column], waiting: list[Constraint]) -> None:
        """What had to wait until all values are there."""
        lines = [
            *(code.in_batch_drop(_aside(column)) for column in self.aside),
            *(
                code.in_batch_alter(replace(each, is_needed=False), each)
                for each in left_open
                if each.is_needed
            ),
            *(code.in_batch_constrain(each) for each in waiting),
        ]
        if lines and not self.planned.refusals:
            self.planned.add(
                f"{self.name}: what the models ask of these values", code.batch(self.name, lines)
            )

    # ── columns ───────────────────────────────────────────────────────────────────────────────────

    def _cannot_be_kept(self) -> bool:
        """Whether rows cannot simply be taken over; what is in the way is refused, unless there are none."""
        reasons = []
        if self.have.key != self.want.key:
            reasons.append(
                f"The key of {self.name} is ({', '.join(self.have.key)}), and the models want ({', '.join(self.want.key)})"
            )
        if self.have.is_strict != self.want.is_strict or self.have.has_rowid != self.want.has_rowid:
            reasons.append(
                f"{self.name} is stored in another form (STRICT, WITHOUT ROWID) than the models want"
            )
        by_hand = len(reasons)
        for name, column in self.want.columns.items():
            old = self.have.columns.get(name)
            if old is not None and self._factor(old, column) is None:
                reasons.append(self._conversion(old, column))
        if is_empty(self.count, self.name):
            return bool(reasons)
        if self.count is None:
            reasons = reasons[:by_hand]
        self.planned.refusals += [
            f"{reason}. What is there has to be converted: `hipflask db make` writes a migration, and you say in it how."
            for reason in reasons
        ]
        return bool(reasons)

    def _factor(self, old: Column, new: Column) -> int | None:
        """By what the values are to be multiplied; None if they have to be converted in another way."""
        before, after = old.kind, new.kind
        if old.type != new.type or _collation(old) != _collation(new):
            return None
        if (old.computed is None) != (new.computed is None):
            return None
        if before == after or (before, after) == ("Bool", "Int") or new.computed is not None:
            return 1
        scales = [
            0 if kind == "Int" else int(match[1]) if (match := _SCALE.match(kind)) else -1
            for kind in (before, after)
        ]
        return 10 ** (scales[1] - scales[0]) if 0 <= scales[0] <= scales[1] else None

    def _conversion(self, old: Column, new: Column) -> str:
        place = f"{self.name}.{new.name}"
        if (old.computed is None) != (new.computed is None):
            now, then = (
                ("is calculated", "holds values")
                if old.computed is None
                else ("holds values", "is calculated")
            )
            return f"{place} {then}, and in the models it {now}"
        if old.kind == new.kind:
            return f"{place} is to be compared in another way ({_collation(new) or 'exactly'})"
        return f"{place} holds {old.kind}, and the models want {new.kind}"

    def _sort_out_what_is_gone(self) -> None:
        new = tuple(column.name for column in self.new)
        for name in self.have.columns:
            if name in self.want.columns:
                continue
            place = f"{self.name}.{name}"
            was_ours = self.last is not None and name in self.last.columns
            if place in self.decisions.drops or (was_ours and is_empty(self.count, self.name)):
                self.gone.append(name)
            elif not was_ours or place in self.decisions.keeps or not (new or self.asks):
                self.kept.append(name)
                self.planned.kept.append(place)
            else:
                self.planned.questions.append(Question(place, new))

    def _loosen(self, column: Column) -> None:
        if (
            column.is_needed and column.default is None and column.computed is None
        ):  # or no new row could be written
            self.lines.append(code.in_batch_alter(column, replace(column, is_needed=False)))
            self.whats.append(
                f"{self.name}.{column.name}: may be empty, since the models do not know it any more"
            )

    def _compare(self, old: Column, new: Column) -> None:
        place = f"{self.name}.{new.name}"
        factor = self._factor(old, new)
        if factor is None:
            self.aside.append(new)
            return
        if factor > 1:
            self.scaled.append(new)
        if old == new and old.is_stored == new.is_stored:
            return
        if old.computed is not None or new.computed is not None:
            self.lines += [code.in_batch_drop(new.name), code.in_batch_add(new)]
            self.whats.append(f"{place}: calculated in another way")
            return
        self.lines.append(code.in_batch_alter(old, new))
        if old.is_needed != new.is_needed:
            self.whats.append(f"{place}: {'has to have a value' if new.is_needed else 'may be empty'}")
        if old.same != new.same:
            self.whats.append(f"{place}: another default ({new.default or 'none'})")
        if new.is_needed and not old.is_needed:
            self._refuse_empty(new)

    def _speaks_of_aside(self, each: Constraint) -> bool:
        return any(each.speaks_of(column.name) for column in self.aside)

    def _is_gone(self, each: Constraint) -> bool:
        if each in self.want.constraints:
            return False
        if any(map(each.speaks_of, self.gone)):
            return True
        if self.last is not None and each not in self.last.constraints:  # somebody else's
            return any(each.name == other.name for other in self.want.constraints)
        return not any(map(each.speaks_of, self.kept))

    # ── rows ──────────────────────────────────────────────────────────────────────────────────────

    def _lacks_value(self, column: Column) -> bool:
        """Whether rows that are there would need a value that nobody has said."""
        is_missing = column.is_needed and column.default in (None, "NULL") and column.computed is None
        return is_missing and not is_empty(self.count, self.name)

    def _fill(self, column: Column) -> None:
        if self.count is not None:
            rows = self.count(f"SELECT count(*) FROM {quoted(self.name)}")
            self.planned.refusals.append(
                f"{self.name}.{column.name} is new and has to have a value, and {_rows(rows, self.name)} have none. Give it a "
                f"default (`{column.name}: Mapped[…] = …`), or allow none (`Mapped[… | None]`), or write a migration "
                "that fills it: `hipflask db make`."
            )
            return
        comment = "what those have who are there already"
        if column in self.aside:
            was = self.have.columns[column.name].kind
            comment = f"a {column.kind}, from the {was} that is in {_aside(column)} for the moment"
        fill = code.text(f"UPDATE {quoted(self.name)} SET {quoted(column.name)} = …")
        self.planned.add(f"{self.name}.{column.name}: filled", [f"op.execute({fill})  {LEFT_OPEN} {comment}"])

    def _look_at_rows(self, bound: list[Constraint]) -> None:
        """Refuse what rows would break."""
        if self.count is None:
            return
        for each in bound:
            if any(each.speaks_of(column.name) for column in self.new):
                continue
            rows = self.count(_breaking(self.name, each))
            if rows:
                self.planned.refusals.append(
                    f"{_rows(rows, self.name)} would break what the models now ask for: {in_words(each)}. Correct them first, or "
                    "write a migration that does: `hipflask db make`."
                )

    def _refuse_empty(self, column: Column) -> None:
        if self.count is None:
            return
        rows = self.count(f"SELECT count(*) FROM {quoted(self.name)} WHERE {quoted(column.name)} IS NULL")
        if rows:
            self.planned.refusals.append(
                f"{self.name}.{column.name} has to have a value now, and {_rows(rows, self.name)} have none. Fill them first, or "
                "write a migration that does: `hipflask db make`."
            )


def in_words(constraint: Constraint) -> str:
    """A constraint, to be read."""
    if constraint.kind == "check":
        return constraint.text
    if constraint.kind == "foreign":
        return f"{', '.join(constraint.columns)} {constraint.text}"
    return f"{constraint.kind} ({', '.join(constraint.columns)})"


def quoted(name: str) -> str:
    """A name as it may stand in SQL; plain where it can be, because people read it."""
    return str(_preparer.quote(name))


_preparer = sqlite.dialect().identifier_preparer


def _breaking(table: str, constraint: Constraint) -> str:
    """How many rows break a constraint. References are looked at when all is done."""
    if constraint.kind == "check":
        return f"SELECT count(*) FROM {quoted(table)} WHERE NOT ({constraint.text})"
    if constraint.kind != "unique":
        return "SELECT 0"
    columns = ", ".join(map(quoted, constraint.columns))
    filled = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in constraint.columns)
    groups = f"SELECT count(*) AS n FROM {quoted(table)} WHERE {filled} GROUP BY {columns} HAVING n > 1"
    return f"SELECT ifnull(sum(n), 0) FROM ({groups})"


def _is_easy(column: Column) -> bool:
    """Whether SQLite adds the column without writing the table anew."""
    if column.computed is not None:
        return not column.is_stored
    if column.default is None:
        return not column.is_needed
    return not (column.default.startswith("(") or column.default.upper().startswith("CURRENT_"))


def _belongs(constraint: Constraint, column: Column) -> bool:
    """Whether the constraint can be written with the column."""
    if constraint.kind == "foreign":
        return constraint.columns == (column.name,) and column.default is None
    return constraint.kind == "check" and constraint.speaks_of(column.name)


def _aside(column: Column) -> str:
    return f"{column.name}_before"


def _collation(column: Column) -> str | None:
    return next((each for each in column.same if each.startswith("collate ")), None)


def _rows(count: int, table: str) -> str:
    return f"{count:,} row{'s' if count != 1 else ''} of {table}"
