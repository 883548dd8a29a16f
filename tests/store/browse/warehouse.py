"""A store with one table of every kind of column, random rows for it, and random questions; and somebody who looks at it."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store
from hipflask.core.rows import Answer, Filter, Order, Question
from hipflask.store.browse.browsing import Limits
from hipflask.store.types.kinds import Digits
from naive_rows import answer as naive

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["", "bolt", "Bolt", "BOLT m8", "nut m8", "Älg", "älg", "50%_\\*", "a[b]*?", "📈 up"]),
    "note": st.none() | st.sampled_from(["", "x", "X", "nut"]),
    "size": st.none() | st.integers(-3, 3),
    "price": st.none() | st.sampled_from([0.0, -1.5, 2.25, 1e300]),
    "cost": st.sampled_from([Decimal("0.00"), Decimal("-1.50"), Decimal("12.25")]),
    "sold": st.none() | st.booleans(),
    "day": st.none() | st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 3)),
    "side": st.sampled_from(["buy", "sell"]),
}  # fmt: skip
ROWS = st.dictionaries(st.integers(-50, 50), st.fixed_dictionaries(KINDS), max_size=15)
COLUMNS = st.sampled_from([*KINDS])
TEXTS = ("name", "note", "side")
SUMMED = ("size", "cost")


class Warehouse:
    """The store, and two models on it: one that SQLite finds by number, one by a text."""

    def __init__(self, folder: Path) -> None:
        self.app = Hipflask("warehouse", root_path=str(folder))
        self.app.config["STORE"] = str(folder / "warehouse.sqlite")
        self.db = db = Store(self.app)

        class Columns(db.Model):  # type: ignore[name-defined, misc]
            __abstract__ = True
            name: Mapped[str]
            note: Mapped[str | None] = mapped_column(index=True)
            size: Mapped[int | None]
            price: Mapped[float | None] = mapped_column(index=True)
            cost: Mapped[Annotated[Decimal, Digits(12, 2)]] = mapped_column(index=True)
            sold: Mapped[bool | None]
            day: Mapped[datetime.date | None]
            side: Mapped[Literal["buy", "sell"]]

        class Part(Columns):
            number: Mapped[int] = mapped_column(primary_key=True)

        class Place(Columns):
            hall: Mapped[str] = mapped_column(primary_key=True)
            shelf: Mapped[int] = mapped_column(primary_key=True)

        class Tick(db.Model, volatile=True):  # type: ignore[name-defined, misc]
            number: Mapped[int] = mapped_column(primary_key=True)
            price: Mapped[float]
            size: Mapped[int] = 0

        self.Part, self.Place, self.Tick = Part, Place, Tick

    def put(self, rows: dict[int, dict[str, Any]]) -> None:
        """These rows and no others, in both tables."""
        with self.db.transaction() as session:
            session.execute(sa.delete(self.Part))
            session.execute(sa.delete(self.Place))
            self.db.write(self.Part, [{"number": number, **row} for number, row in rows.items()])
            named = [
                {"hall": hall(number)[0], "shelf": hall(number)[1], **row} for number, row in rows.items()
            ]
            self.db.write(self.Place, named)

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()


def hall(number: int) -> tuple[str, int]:
    """A key of two parts, in the order of the numbers."""
    return f"hall {number // 10 + 100}", number % 10


class Looking:
    """Somebody at a table: reads again whenever it is said that something has changed."""

    def __init__(self, db: Any, what: Any, limits: Limits | None = None) -> None:
        if limits is not None:
            db.browsing().limits = limits
        self.times_changed = 0
        self._is_old = False
        self.reader = db.find_rows(what).open(self._changed)

    def _changed(self) -> None:
        self.times_changed += 1
        self._is_old = True

    def read(self, question: Question) -> Answer:
        """The answer as it is at first."""
        self._is_old = False
        self.question = question
        self.answer: Answer = self.reader.read(question)
        return self.answer

    def follow(self) -> Answer:
        """The answer now, read again only if somebody said so."""
        while self._is_old:
            self.read(self.question)
        return self.answer

    def let_background_end(self) -> None:
        """Wait until nobody looks through all rows any more."""
        view = self.reader._view
        for known in (view.facts, view.marks, view.kept):
            assert known.wait(20)

    def settled(self, question: Question) -> Answer:
        """The answer once nothing is guessed any more: what is found out in the background calls for it."""
        self.read(question)
        until = time.monotonic() + 20
        while not self.answer.is_exact and time.monotonic() < until:
            time.sleep(0.002)
            self.follow()
        assert self.answer.is_exact, question
        return self.answer


@contextmanager
def looking(db: Any, what: Any, limits: Limits | None = None) -> Iterator[Looking]:
    """Somebody who closes the table in the end."""
    there = Looking(db, what, limits)
    try:
        yield there
    finally:
        there.reader.close()


def expected(rows: dict[Any, dict[str, Any]], question: Question) -> Answer:
    """What a table without any cleverness shows; between equal rows the key decides, in the direction of the last column."""
    is_down = bool(question.order) and question.order[-1].descending
    return naive({key: rows[key] for key in sorted(rows, reverse=is_down)}, question)


def comparable(answer: Answer) -> Any:
    """What has to be equal."""
    lines = [(line.key, line.values, line.level, line.size) for line in answer.rows]
    return _rounded(lines), answer.total, _rounded(dict(answer.totals))


def _rounded(value: Any) -> Any:
    """A mean of decimals has as many digits as SQLite's floats."""
    match value:
        case Decimal():
            return float(round(value, 9))
        case float():
            return float(f"{value:.9g}")
        case dict():
            return {name: _rounded(each) for name, each in value.items()}
        case list() | tuple():
            return tuple(map(_rounded, value))
    return value


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """One that a person could have made."""
    column = draw(COLUMNS)
    value = KINDS[column].filter(lambda each: each is not None)
    tests = ["is", "is not", "in", "empty", "not empty"]
    if column not in ("sold", "side"):
        tests += ["<", "<=", ">", ">=", "between"]
    if column in TEXTS:
        tests += ["contains", "starts with", "ends with"]
    test: Any = draw(st.sampled_from(tests))
    if test in ("empty", "not empty"):
        return Filter(column, test)
    if column in TEXTS and test in (
        "<",
        "<=",
        ">",
        ">=",
        "between",
    ):  # SQLite folds A to Z there, and no other letters
        value = value.filter(str.isascii)
    if test == "between":
        return Filter(column, test, (draw(value), draw(value)))
    if test == "in":
        return Filter(column, test, tuple(draw(st.lists(value | st.none(), max_size=3))))
    return Filter(column, test, draw(value))


@st.composite
def questions(draw: st.DrawFn, groups: bool = True) -> Question:
    """About any of it, with some groups open."""
    group = tuple(draw(st.lists(COLUMNS, max_size=2, unique=True))) if groups else ()
    paths = [st.tuples(*[KINDS[name] for name in group[: depth + 1]]) for depth in range(len(group))]
    of_numbers = st.sampled_from(["sum", "mean", "min", "max", "count"])
    totals = st.fixed_dictionaries(
        {},
        optional={**dict.fromkeys(SUMMED, of_numbers), "day": st.sampled_from(["min", "max", "count"])},
    )
    return Question(
        columns=tuple(draw(st.lists(COLUMNS, unique=True))),
        first=draw(st.integers(0, 12)),
        count=draw(st.integers(1, 20)),
        order=tuple(draw(st.lists(st.builds(Order, COLUMNS, st.booleans()), max_size=3))),
        filters=tuple(draw(st.lists(filters(), max_size=2))),
        search=draw(st.sampled_from(["", "", "bolt", "M8 nut", " ", "%", "älg", "buy", "*"])),
        group=group,
        open=frozenset(draw(st.lists(st.one_of(paths), max_size=8))) if group else frozenset(),
        totals=draw(totals),
    )


def windows(question: Question, firsts: Sequence[int]) -> list[Question]:
    """The same question at several places."""
    return [replace(question, first=first) for first in firsts]
