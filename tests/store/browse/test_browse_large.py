"""What is done for tables with very many rows: guesses first, marks and kept orders in the background, everything called off in a moment."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import mapped_column
from warehouse import Looking, Warehouse, looking

from hipflask import Hipflask, Mapped, Store
from hipflask.core.errors import StoreError
from hipflask.core.rows import Cancelled, Filter, Order, Question
from hipflask.store.browse import cancellable
from hipflask.store.browse.browsing import Limits
from hipflask.store.browse.cancellable import Cancellable, TooLong
from hipflask.store.browse.guesses import between
from hipflask.store.browse.marks import Mark, Marks

ROWS = 50_000
# Ten million rows' manners for fifty thousand.
SMALL = Limits(far=1_000, step=100, patience=0.0)
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("large")
    app = Hipflask("large", root_path=str(folder))
    app.config["STORE"] = str(folder / "large.sqlite")
    db = Store(app)

    class Trade(db.Model):  # type: ignore[name-defined, misc]
        number: Mapped[int] = mapped_column(primary_key=True)
        price: Mapped[float] = mapped_column(index=True)
        size: Mapped[int]
        note: Mapped[str]

    db.Trade = Trade
    db.write(Trade, [(n, float(n * 7919 % ROWS), n * 31 % 997, f"note {n % 100}") for n in range(ROWS)])
    yield db
    db.close()


@pytest.fixture
def impatient(db: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store whose time limits are over at once."""
    monkeypatch.setattr(cancellable, "STEPS", 100)
    db.browsing().limits = SMALL
    yield db
    db.browsing().limits = Limits()


def test_a_jump_is_guessed_at_first_and_right_as_soon_as_marks_are_there(impatient: Any) -> None:
    question = Question(("price",), first=40_000, count=20, order=(Order("price"),))
    with looking(impatient, impatient.Trade) as there:
        first = there.read(question)
        assert not first.is_exact and len(first.rows) == 20
        assert abs(first.rows[0].values[0] - 40_000) < ROWS / 20  # type: ignore[operator]
        found = there.settled(question)
        assert [line.values[0] for line in found.rows] == [float(n) for n in range(40_000, 40_020)]
        assert found.total == ROWS


def test_a_count_is_guessed_at_first_and_exact_without_being_asked_for_again(impatient: Any) -> None:
    question = Question(
        ("price",),
        count=20,
        order=(Order("price"),),
        filters=(Filter("size", "<", 500),),
        totals={"size": "max"},
    )
    with looking(impatient, impatient.Trade) as there:
        first = there.read(question)
        assert not first.is_exact and first.totals == {}
        assert there.settled(question).total == sum(n * 31 % 997 < 500 for n in range(ROWS))
        assert there.answer.totals == {"size": 499}


def test_an_order_without_an_index_is_sorted_once_and_then_entered_anywhere(db: Any) -> None:
    db.browsing().limits = Limits(far=1_000, slow=-1)
    expected = sorted(range(ROWS), key=lambda n: (n * 31 % 997, n))
    with looking(db, db.Trade) as there:
        for first in (45_000, 10, 20_000, ROWS - 5):
            found = there.settled(Question(("number",), first=first, count=20, order=(Order("size"),)))
            assert [line.values[0] for line in found.rows] == expected[first : first + 20]
        assert "index=True" in found.advice and "Sorting by size" in found.advice
    db.browsing().limits = Limits()


def test_an_index_that_is_missing_is_named_as_the_line_to_write(db: Any) -> None:
    db.browsing().limits = Limits(slow=-1)
    with looking(db, db.Trade) as there:
        filtered = Question(("size",), order=(Order("size", True),), filters=(Filter("price", "is", 1.0),))
        assert '(Index("ix_trade_price_size", "price", sa.desc("size")),)' in there.read(filtered).advice
        assert (
            'class Trade(db.Model, search=("note",)):' in there.read(Question(("size",), search="x")).advice
        )
        assert there.read(Question(("size",), order=(Order("price"),))).advice == ""
    db.browsing().limits = Limits()


def test_nobody_waits_for_what_is_hopeless(db: Any) -> None:
    """However patient: to count so many, or to pass them over, would take all of the patience and come to nothing."""
    by_price = Question(("price",), count=20, order=(Order("price"),))
    db.browsing().limits = impatient = Limits(far=1_000, step=100, patience=60, hopeless=10_000)
    with looking(db, db.Trade) as there:
        assert not there.read(by_price).is_exact
        assert there.settled(by_price).total == ROWS
    db.browsing().limits = Limits()
    with looking(db, db.Trade) as one:
        assert one.read(by_price).is_exact, "these are counted"
        db.browsing().limits = impatient
        with looking(db, db.Trade) as other:
            inside = replace(by_price, first=40_000)
            assert not other.read(inside).is_exact
            assert other.settled(inside).rows[0].values == (40_000.0,)
    db.browsing().limits = Limits()


def test_keys_that_lie_far_apart_are_counted_all_the_same(tmp_path: Path) -> None:
    app = Hipflask("sparse", root_path=str(tmp_path))
    app.config["STORE"] = str(tmp_path / "sparse.sqlite")
    db = Store(app)

    class Trade(db.Model):  # type: ignore[name-defined, misc]
        number: Mapped[int] = mapped_column(primary_key=True)

    db.write(Trade, [(n << 50,) for n in range(100)])
    with looking(db, Trade) as there:
        answer = there.read(Question(("number",), count=20))
        assert (answer.total, answer.is_exact) == (100, True)
    db.close()


def test_readers_of_the_same_share_what_is_found_out(impatient: Any) -> None:
    question = Question(("price",), first=40_000, count=20, order=(Order("price"),))
    with looking(impatient, impatient.Trade) as one, looking(impatient, impatient.Trade) as other:
        one.settled(question)
        assert other.read(question).is_exact


# ── calling off ───────────────────────────────────────────────────────────────────────────────────


def _endless(db: Any) -> Any:
    """A query that takes minutes."""
    import sqlalchemy as sa

    a, b, c = (db.Trade.__table__.alias() for _ in range(3))
    return sa.select(sa.func.count()).select_from(a, b, c).where(a.c.size + b.c.size == c.c.size)


def _await_reading(there: Looking) -> None:
    while not there.reader._connection._is_reading:
        time.sleep(0.001)


def test_a_read_of_a_minute_is_called_off_in_a_moment_and_the_next_one_is_not_hit(db: Any) -> None:
    with looking(db, _endless(db)) as there:
        called: list[float] = []

        def cancel(wait: float) -> None:
            _await_reading(there)
            time.sleep(wait)
            called.append(time.monotonic())
            there.reader.cancel()

        for wait in (0, 0.05, 0.3):
            caller = threading.Thread(target=cancel, args=(wait,))
            caller.start()
            with pytest.raises(Cancelled):
                there.read(Question(("count",)))
            assert time.monotonic() - called[-1] < 0.5
            caller.join()
    with looking(db, db.Trade) as there:
        there.reader.cancel()  # nothing is under way
        assert there.read(Question(("size",), count=5)).rows


def test_a_cancellation_at_any_moment_ends_that_read_or_none(db: Any) -> None:
    """Between two statements nothing runs that could be interrupted, and the flag must still end the next one."""
    connection = Cancellable(db._open().connect, db.file)
    with connection.reading() as driver:
        connection._is_cancelled = (
            True  # as if `cancel` had come just before the statement, which interrupts nothing
        )
        began = time.monotonic()
        with pytest.raises(sqlite3.OperationalError):
            driver.execute(ENDLESS).fetchone()
        connection._is_cancelled = False
    assert time.monotonic() - began < 5
    for _ in range(200):
        thread = threading.Thread(target=connection.cancel)
        thread.start()
        try:
            with connection.reading() as driver:
                driver.execute("SELECT count(*) FROM trade").fetchone()
        except Cancelled:
            pass
        thread.join()
        with connection.reading() as driver:
            assert driver.execute("SELECT 1").fetchone() == (1,)
    connection.close()


def test_a_time_limit_ends_a_statement_and_not_the_read(db: Any) -> None:
    connection = Cancellable(db._open().connect, db.file)
    with connection.reading() as driver:
        with pytest.raises(TooLong), connection.within(0.01):
            driver.execute(ENDLESS).fetchone()
        assert driver.execute("SELECT 1").fetchone() == (1,)
    connection.close()


def test_closing_the_store_ends_reads_with_a_sentence_and_hangs_nowhere(db: Any) -> None:
    with looking(db, _endless(db)) as there:
        failed: list[BaseException] = []

        def read() -> None:
            try:
                there.read(Question(("count",)))
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        _await_reading(there)
        began = time.monotonic()
        db.close()
        thread.join(10)
        assert not thread.is_alive() and time.monotonic() - began < 5
        assert isinstance(failed[0], StoreError | Cancelled)
    with looking(db, db.Trade) as there:
        assert there.read(Question(("size",), count=1)).rows  # it is opened again
        db.close()
        assert there.read(Question(("size",), count=1)).rows  # and by a table that was open, too


def test_reading_holds_up_no_writer(db: Any) -> None:
    with looking(db, _endless(db)) as there:

        def read() -> None:
            with pytest.raises(Cancelled):
                there.read(Question(("count",)))

        thread = threading.Thread(target=read)
        thread.start()
        _await_reading(there)
        began = time.monotonic()
        db.write(db.Trade, [(1, 7919.0, 31, "note 1")])
        assert time.monotonic() - began < 2
        there.reader.cancel()
        thread.join(10)
        assert not thread.is_alive()


def test_a_table_that_somebody_has_dropped_is_a_sentence(tmp_path: Path) -> None:
    house = Warehouse(tmp_path)
    with looking(house.db, house.Part) as there:
        there.read(Question(("size",)))
        connection = sqlite3.connect(house.db.file)
        connection.execute("DROP TABLE part")
        connection.close()
        with pytest.raises(StoreError, match="The rows could not be read: no such table"):
            there.read(Question(("size",)))
    house.close()


# ── the thinking ──────────────────────────────────────────────────────────────────────────────────


def test_marks_lead_to_the_last_row_before_a_place_and_grow_scarce_rather_than_many() -> None:
    marks = Marks(10, most=8)
    assert marks.before(5) == Mark(0, None)
    for position in range(10, 1000, 10):
        marks.add(position, (position,))
        assert len(marks) <= 8 and marks.before(position).position > position // 2 - 1
    assert marks.before(10**9).position == marks.end
    assert all(
        marks.before(n).position <= n and marks.before(n).values in (None, (marks.before(n).position,))
        for n in range(2000)
    )


@pytest.mark.parametrize(
    ("low", "high", "check"),
    [
        (0, 100, lambda key: key == 25),
        (0.0, 1.0, lambda key: key == 0.25),
        (
            "00000000-0000-7000-8000-000000000000",
            "80000000-0000-7000-8000-000000000000",
            lambda key: key.startswith("2000"),
        ),
        (b"a", b"z", lambda key: key == b"a"),
    ],
)
def test_a_key_between_two_others_lies_where_it_should(
    low: Any, high: Any, check: Callable[[Any], bool]
) -> None:
    assert check(between(low, high, 0.25))
