"""A table of the store follows what anybody commits, and is told of nothing that it does not show."""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from subprocess import PIPE, Popen
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warehouse import KINDS, ROWS, Warehouse, comparable, looking, questions

from hipflask.core.rows import Filter, Order, Question
from hipflask.store.browse.browsing import Limits
from hipflask.store.browse.following import CELLS, NOTHING, ORDER, Interest, gathered
from hipflask.store.browse.following import ROWS as OTHER_ROWS
from hipflask.store.browse.view import View
from hipflask.store.changes.log import Batch, Change

ROW = {"name": "x", "note": "a", "cost": 1, "side": "buy", "size": 1, "price": 1.0, "sold": None, "day": None}

# Writes what it is sent, as another program would, and says so.
OTHER = """
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
for line in sys.stdin:
    for statement, values in json.loads(line):
        connection.execute(statement, values)
    print("done", flush=True)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    house = Warehouse(tmp_path_factory.mktemp("following"))
    yield house
    house.close()


class Other:
    """Another process with the file open."""

    def __init__(self, file: str) -> None:
        self._process = Popen([sys.executable, "-c", OTHER, file], stdin=PIPE, stdout=PIPE, text=True)

    def run(self, statements: list[tuple[str, list[Any]]]) -> None:
        """Have it commit this."""
        import json

        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(statements) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)


@pytest.fixture(scope="module")
def other(house: Warehouse) -> Iterator[Other]:
    other = Other(str(house.db.file))
    yield other
    other.close()


NUMBERS = st.integers(-50, 50)
STEPS = st.one_of(
    st.tuples(st.just("put"), NUMBERS, st.fixed_dictionaries(KINDS)),
    st.tuples(st.just("remove"), NUMBERS, st.none()),
    st.tuples(st.just("move"), NUMBERS, NUMBERS),
    st.tuples(st.just("other sizes"), NUMBERS, st.integers(-3, 3)),
    st.tuples(st.just("other removes"), NUMBERS, st.none()),
    st.tuples(st.just("other cost"), NUMBERS, st.integers(0, 3)),
)


def _do(house: Warehouse, other: Other, step: tuple[str, int, Any]) -> None:
    what, number, value = step
    Part = house.Part
    with house.app.app_context():
        row = house.db.get(Part, number)
        if what == "put":
            house.db.write(Part, [{"number": number, **value}])
        elif what == "remove" and row is not None:
            row.delete()
        elif what == "move" and row is not None and house.db.get(Part, value) is None:
            row.update(number=value)
        house.db.session.commit()
    if what == "other sizes":
        other.run([("UPDATE part SET size = ? WHERE number > ?", [value, number])])
    elif what == "other removes":
        other.run([("DELETE FROM part WHERE number = ?", [number])])
    elif what == "other cost":
        other.run([("UPDATE part SET cost = ? WHERE number = ?", [value, number])])


@settings(max_examples=40)
@given(
    ROWS,
    questions(),
    st.lists(st.tuples(STEPS, st.booleans()), max_size=6),
    st.sampled_from([Limits(), Limits(2, 0, -1, 3)]),
)
def test_after_any_commits_of_two_processes_the_last_answer_is_the_right_one(
    house: Warehouse, other: Other, rows: dict[int, Any], question: Question, steps: list[Any], limits: Limits
) -> None:
    house.put(rows)
    with looking(house.db, house.Part, limits) as there:
        there.settled(question)
        there.let_background_end()
        for step, is_followed in steps:
            _do(house, other, step)
            if is_followed:
                house.db.catch_up()
                there.follow()
        house.db.catch_up()
        until = time.monotonic() + 20
        there.follow()
        while not there.answer.is_exact and time.monotonic() < until:
            time.sleep(0.002)
            there.follow()
        found = comparable(there.answer)
    with looking(house.db, house.Part, Limits()) as anew:
        assert found == comparable(anew.settled(question))


def test_while_others_write_all_the_time_the_last_answer_is_right_in_the_end(house: Warehouse) -> None:
    house.put({number: {**ROW, "size": number} for number in range(200)})
    question = Question(("size", "price"), first=5, count=20, order=(Order("size"),), totals={"size": "sum"})
    is_over = False

    def write() -> None:
        with house.app.app_context():
            for turn in range(120):
                number = random.randrange(200)
                house.db.write(house.Part, [{"number": number, **ROW, "size": turn, "price": float(turn)}])
                house.db.session.commit()

    with looking(house.db, house.Part, Limits()) as there:
        there.read(question)
        writer = Thread(target=write)
        writer.start()
        while writer.is_alive():
            there.follow()
        house.db.catch_up()
        is_over = True
        found = comparable(there.follow())
    with looking(house.db, house.Part, Limits()) as anew:
        assert is_over and found == comparable(anew.settled(question))


def test_marks_are_not_trusted_any_more_when_rows_have_come_before_them(house: Warehouse) -> None:
    house.put(dict.fromkeys(range(40), ROW))
    with looking(house.db, house.Part, Limits(far=2, sorted=10**9, slow=10**9, step=3)) as there:
        question = Question(("number",), first=30, count=3)
        there.settled(question)
        there.let_background_end()
        assert [line.values for line in there.settled(question).rows] == [(30,), (31,), (32,)]
        house.db.write(house.Part, [{"number": -5, **ROW}])
        house.db.catch_up()
        assert [line.values for line in there.settled(question).rows] == [(29,), (30,), (31,)]


def _while_reading(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch, method: str, change: Callable[[], None]
) -> None:
    """Have a change committed, and told of, in the middle of the next read."""
    original = getattr(View, method)

    def read(*arguments: Any) -> Any:
        monkeypatch.undo()
        with house.app.app_context():
            change()
            house.db.session.commit()
        house.db.catch_up()
        return original(*arguments)

    monkeypatch.setattr(View, method, read)


def test_what_is_told_of_while_reading_is_not_lost(house: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.put(dict.fromkeys(range(10), ROW))
    with looking(house.db, house.Part, Limits()) as there:
        there.settled(Question(("size",), count=5))
        house.db.catch_up()
        there.follow()
        _while_reading(house, monkeypatch, "_all", lambda: house.db.get(house.Part, 2).update(size=77))
        there.read(Question(("size",), count=5))
        assert there.follow().rows[2].values == (77,)


def test_a_count_of_what_was_there_before_is_not_taken_for_what_is_there_now(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.put(dict.fromkeys(range(10), ROW))
    with looking(house.db, house.Part, Limits()) as there:
        _while_reading(
            house, monkeypatch, "_all", lambda: house.db.write(house.Part, [{"number": 11, **ROW}])
        )
        there.read(Question(("size",), count=5))
        assert there.follow().total == 11


def test_a_change_that_nobody_sees_is_not_told_of(house: Warehouse) -> None:
    house.put({number: {**ROW, "cost": number} for number in range(100)})
    question = Question(
        ("name", "size"), count=10, order=(Order("cost"),), filters=(Filter("side", "is", "buy"),)
    )
    with looking(house.db, house.Part, Limits()) as there, house.app.app_context():
        there.settled(question)
        house.db.catch_up()
        there.follow()

        def times_told(number: int, **values: Any) -> int:
            before = there.times_changed
            house.db.get(house.Part, number).update(**values)
            house.db.session.commit()
            house.db.catch_up()
            there.follow()
            return there.times_changed - before

        assert times_told(50, size=7, name="out of sight") == 0
        assert times_told(5, note="not shown") == 0
        assert times_told(5, size=7) == 1
        assert there.answer.rows[5].values == ("x", 7)
        assert times_told(50, cost=-1) == 1  # it is the first one now
        assert times_told(60, side="sell") == 1  # one row less
        assert there.answer.total == 99


def test_rows_of_a_volatile_model_are_followed_among_twenty_thousand_others(house: Warehouse) -> None:
    db, Tick = house.db, house.Tick
    db.write(Tick, [(number, 1.0, 0) for number in range(5_000)])
    with looking(db, Tick, Limits()) as there:
        there.settled(Question(("price",), first=100, count=40))
        db.catch_up()
        there.follow()
        before = there.times_changed
        db.write(Tick, [(number, 2.0, 0) for number in range(1_000, 5_000)])
        db.catch_up()
        assert there.times_changed == before
        db.write(Tick, [(120, 3.0, 0)])
        db.catch_up()
        assert there.follow().rows[20].values == (3.0,)


def test_one_who_has_closed_the_table_is_told_of_nothing(house: Warehouse) -> None:
    house.put({1: ROW})
    with looking(house.db, house.Part, Limits()) as there:
        there.settled(Question(("size",)))
        house.db.catch_up()
    before = there.times_changed
    with closing(sqlite3.connect(house.db.file)) as connection, connection:
        connection.execute("UPDATE part SET size = size + 1")
    house.db.catch_up()
    assert there.times_changed == before


def _changes(**updates: list[Any]) -> Any:
    changes = [
        Change("trade", key, frozenset([column]), "update", 1, 0, 0)
        for column, keys in updates.items()
        for key in keys
    ]
    return gathered("main", Batch(changes, 1, False))


@pytest.mark.parametrize(
    ("updates", "level"),
    [
        ({"size": [4, 9]}, NOTHING),
        ({"size": [9, 2]}, CELLS),
        ({"price": [9]}, ORDER),
        ({"desk": [9]}, OTHER_ROWS),
        ({"other": [1, 2, 3]}, NOTHING),
        ({"size": [2], "desk": [9]}, OTHER_ROWS),
    ],
)
def test_what_a_change_means_depends_on_its_columns_and_rows(
    updates: dict[str, list[Any]], level: int
) -> None:
    interest = Interest(
        {"trade": frozenset(["desk"])},
        {"trade": frozenset(["price"])},
        {"trade": frozenset(["price", "size"])},
    )
    assert interest.level(_changes(**updates), {"trade": {1, 2, 3}}) == level


def test_what_nobody_knows_concerns_everybody() -> None:
    interest = Interest({}, {}, {})
    assert interest.level(gathered("main", Batch([], 1, True)), {}) == OTHER_ROWS
    assert Interest({"*": frozenset()}, {}, {}).level(_changes(size=[1]), {}) == OTHER_ROWS
