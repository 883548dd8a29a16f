"""Lists as sources of rows: what they answer, how they are written, and what the next drawing means to them."""

from __future__ import annotations

import math
from collections import deque, namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.errors import UsageError
from hipflask.core.rows import Cancelled, Filter, Order, Question
from hipflask.ui.rows import columns_of, rows_of
from hipflask.ui.rows.lists import ListSource
from naive_rows import answer

from .questions import ROWS, comparable, questions


@dataclass
class Part:
    name: str
    price: Decimal
    note: str | None = None

    @property
    def size(self) -> int:
        return self._size

    @size.setter
    def size(self, value: int) -> None:
        if value > 9:
            raise ValueError("No part is larger than 9.")
        self._size = value


@dataclass(frozen=True)
class Frozen:
    name: str


class Struct(msgspec.Struct):
    name: str


class FrozenStruct(msgspec.Struct, frozen=True):
    name: str


Named = namedtuple("Named", ["name"])


def source(what: object, *more: Any) -> ListSource:
    """A list's source."""
    found = rows_of(what, *more)
    assert isinstance(found, ListSource)
    return found


def values(of: ListSource, question: Question) -> list[tuple[object, ...]]:
    """What a new reader shows."""
    return [line.values for line in of.open(lambda: None).read(question).rows]


def parts() -> list[dict[str, Any]]:
    """Three of them."""
    return [{"id": 7, "name": "Bolt"}, {"id": 3, "name": "Nut"}, {"id": 5, "name": "Cog"}]


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────


@given(ROWS, st.lists(questions(), min_size=1, max_size=3))
def test_a_list_answers_any_question(rows: list[dict[str, Any]], asked: list[Question]) -> None:
    """Whatever is asked, also one thing after the other of the same reader: what comes back is what the question means."""
    reader = source(rows).open(lambda: None)
    for question in asked:
        assert comparable(reader.read(question)) == comparable(answer(dict(enumerate(rows)), question))


@given(ROWS, questions(), st.data())
def test_what_was_changed_in_place_is_found_when_the_list_is_given_again(
    rows: list[dict[str, Any]], question: Question, data: st.DataObject
) -> None:
    """A view that is kept is never one of rows as they were."""
    kept = source(rows)
    reader = kept.open(lambda: None)
    reader.read(question)
    for change in data.draw(ROWS):
        place = data.draw(st.integers(0, len(rows)))
        how = data.draw(st.sampled_from(["put", "take", "change"]))
        if how == "put":
            rows.insert(place, change)
        elif rows and how == "take":
            del rows[place % len(rows)]
        elif rows:
            rows[place % len(rows)].update(change)
    if not source(rows).same_as(kept):  # it was empty, and now has columns
        reader = source(rows).open(lambda: None)
    assert comparable(reader.read(question)) == comparable(answer(dict(enumerate(rows)), question))


def test_values_of_different_kinds_are_sorted_side_by_side() -> None:
    """Numbers first, then kind by kind; nothing that a list may hold makes a read fail."""
    odd = [
        "x",
        3,
        None,
        date(2026, 1, 2),
        1.5,
        math.nan,
        [2],
        "a",
        Decimal("sNaN"),
        True,
        datetime(2026, 1, 1),
    ]
    rows = [{"value": value} for value in odd]
    shown = [value for (value,) in values(source(rows), Question(("value",), order=(Order("value"),)))]
    assert shown[:3] == [True, 1.5, 3] and shown.index("a") < shown.index("x")
    assert len(shown) == len(odd)
    assert shown[-3] is None and [str(value) for value in shown[-2:]] == ["nan", "sNaN"]


def test_values_that_cannot_be_compared_pass_no_test() -> None:
    """A number is in no text, and a date is not later than 3."""
    rows = [{"value": value} for value in (3, date(2026, 1, 2), "3 bolts", None, [3])]
    for test in ("contains", "starts with", "<", ">="):
        shown = values(source(rows), Question(("value",), filters=(Filter("value", test, "3"),)))  # type: ignore[arg-type]
        assert all(isinstance(value, str) for (value,) in shown)


def test_what_cannot_be_looked_up_by_is_grouped_by_its_text() -> None:
    """A list or a dict in a column."""
    rows = [{"tags": ["a"]}, {"tags": ["b"]}, {"tags": ["a"]}]
    lines = source(rows).open(lambda: None).read(Question(("tags",), group=("tags",))).rows
    assert [(line.key, line.size) for line in lines] == [(("['a']",), 2), (("['b']",), 1)]


def test_a_total_that_makes_no_sense_is_explained() -> None:
    """A sum of texts is the program's mistake."""
    with pytest.raises(UsageError, match="'name' holds 'Bolt', of which there is no sum"):
        source(parts()).open(lambda: None).read(Question(("name",), totals={"name": "sum"}))


def test_durations_and_decimals_have_totals() -> None:
    """They cannot be added to 0, or not to a float."""
    rows = [{"took": timedelta(seconds=n), "price": Decimal(n) / 10} for n in (1, 2, 6)]
    totals = (
        source(rows).open(lambda: None).read(Question((), totals={"took": "mean", "price": "sum"})).totals
    )
    assert totals == {"took": timedelta(seconds=3), "price": Decimal("0.9")}


def test_a_million_groups_cost_no_more_than_the_window_of_them() -> None:
    """Between groups that are open, lines are not gone through one by one: a window far down comes as quickly as the first."""
    rows = [{"n": n // 2, "m": n} for n in range(20_000)]
    reader = source(rows).open(lambda: None)
    is_open = frozenset({(3,), (9_000,)})
    lines = reader.read(Question(("m",), 9_000, 8, group=("n",), open=is_open)).rows
    assert [(line.key, line.level) for line in lines] == [
        ((8998,), 0), ((8999,), 0), ((9000,), 0), (18000, 1), (18001, 1), ((9001,), 0), ((9002,), 0), ((9003,), 0)
    ]  # fmt: skip


# ── large lists ───────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.integers(0, 40)), st.booleans(), st.integers(1, 5))
def test_sorting_in_pieces_is_sorting(numbers: list[int], descending: bool, piece: int) -> None:
    """Stable, either way round, whatever the size of a piece."""
    from hipflask.ui.rows import sorting

    before, sorting.PIECE = sorting.PIECE, piece
    try:
        found = sorting.ordered(range(len(numbers)), [(numbers, descending)], lambda: None)
    finally:
        sorting.PIECE = before
    assert found == sorted(range(len(numbers)), key=numbers.__getitem__, reverse=descending)


def test_a_sort_can_be_called_off() -> None:
    """The read raises Cancelled soon, and the next one is not meant."""
    compared = [0]

    class Counted(int):
        def __lt__(self, other: int) -> bool:
            compared[0] += 1
            if compared[0] == 1000:
                reader.cancel()
            return int(self) < int(other)

    reader = source([{"n": Counted((n * 7919) % 30_011)} for n in range(30_000)]).open(lambda: None)
    question = Question(("n",), order=(Order("n"),))
    with pytest.raises(Cancelled):
        reader.read(question)
    assert compared[0] < 200_000
    assert reader.read(question).rows[0].values == (0,)


def test_other_threads_go_on_while_a_list_is_sorted() -> None:
    """No single call into C takes long: `check` is called many times, with little work in between."""
    from hipflask.ui.rows.sorting import PIECE, sort

    compared = [0]
    most = [0]

    class Counted(int):
        def __lt__(self, other: int) -> bool:
            compared[0] += 1
            return int(self) < int(other)

    def check() -> None:
        most[0] = max(most[0], compared[0])
        compared[0] = 0

    numbers: list[Counted] = [Counted(n * 7919 % 100_003) for n in range(100_000)]
    found = sort([*range(100_000)], numbers.__getitem__, check)
    check()
    assert found == sorted(range(100_000), key=lambda n: int(numbers[n]))
    assert 0 < most[0] < PIECE * 20


def test_a_window_is_read_from_the_rows_as_they_are() -> None:
    """The order is kept, the cells are not: a price that ticks in place shows at the next read."""
    rows = parts()
    reader = source(rows).open(lambda: None)
    question = Question(("name",), order=(Order("id"),))
    reader.read(question)
    rows[1]["name"] = "Nut M8"
    assert reader.read(question).rows[0].values == ("Nut M8",)


def test_a_closed_reader_reads_nothing() -> None:
    """And it is told nothing."""
    told: list[int] = []
    kept = source(parts())
    reader = kept.open(lambda: told.append(1))
    reader.close()
    kept.touched()
    with pytest.raises(Cancelled):
        reader.read(Question(()))
    assert not told


# ── rows and columns ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "row", [{"name": "Bolt"}, Part("Bolt", Decimal(1)), Struct("Bolt"), Frozen("Bolt"), Named("Bolt")]
)
def test_rows_of_any_kind(row: object) -> None:
    """Dicts, dataclasses, Structs and named tuples have names."""
    found = source([row])
    assert found.columns[0].name == "name"
    assert values(found, Question(("name",))) == [("Bolt",)]
    assert found.name in ("Row", type(row).__name__)


def test_plain_sequences_and_objects_are_given_names() -> None:
    """By place, or by attribute."""
    assert values(source([("Bolt", 3), ["Nut"]], None, ["name", "price"]), Question(("price", "name"))) == [
        (3, "Bolt"),
        (None, "Nut"),
    ]
    part = Part("Bolt", Decimal(1))
    part.size = 4
    assert values(source([part], None, ["name", "size"]), Question(("size",))) == [(4,)]
    with pytest.raises(UsageError, match="have no names for their columns"):
        rows_of([("Bolt", 3)])
    with pytest.raises(UsageError, match="A row is a dict, a dataclass, a Struct or a tuple, got 3"):
        rows_of([3])


def test_columns_are_guessed_from_what_is_in_them() -> None:
    """From the first thousand values; dicts may have different ones."""
    rows = [
        {"b": True, "i": 1, "f": 1.5, "d": Decimal(1), "t": "x", "dt": datetime(2026, 1, 1), "day": date(2026, 1, 1)},
        {"at": time(1), "took": timedelta(1), "raw": b"x", "spark": [1, 2.5, None], "data": [{}], "tree": {}, "id": UUID(int=1)},
        {"i": None, "f": 3, "d": 4, "mixed": "x"},
        {"mixed": 3, "nothing": None},
    ]  # fmt: skip
    assert {column.name: column.kind for column in source(rows).columns} == {
        "b": "boolean", "i": "integer", "f": "float", "d": "decimal", "t": "text", "dt": "datetime", "day": "date", "at": "time",
        "took": "duration", "raw": "bytes", "spark": "numbers", "data": "json", "tree": "json", "id": "other", "mixed": "other",
        "nothing": "other",
    }  # fmt: skip


def test_what_is_no_list_of_rows_is_left_to_others() -> None:
    """Texts, mappings, classes and what cannot be gone through; an iterator is."""
    for what in ("rows", b"rows", {"x": [1]}, dict, 3, None, object()):
        assert rows_of(what) is None

    def made() -> Iterator[dict[str, int]]:
        yield {"n": 1}

    assert values(source(made()), Question(("n",))) == [(1,)]
    assert values(source(deque([{"n": 1}])), Question(("n",), order=(Order("n"),))) == [(1,)]
    assert source([]).columns == [] and values(source([]), Question(())) == []


def test_rows_are_found_by_their_keys() -> None:
    """By a column, a function or the position; wherever they have moved meanwhile."""
    rows = parts()
    for row_key in ("id", lambda row: row["id"]):
        found = source(rows, row_key)
        assert [line.key for line in found.open(lambda: None).read(Question(())).rows] == [
            row["id"] for row in rows
        ]
        assert found.row(3) == {"id": 3, "name": "Nut"}
        rows.reverse()
        assert found.row(3) == {"id": 3, "name": "Nut"}
        assert found.row(4) is None
    assert source(rows).row(0) is rows[0]
    assert source(rows).row(3) is None and source(rows).row(-1) is None and source(rows).row("x") is None


def test_whole_columns_are_read_at_once() -> None:
    """For charts; of any source, in parts."""
    assert columns_of(source(parts()), ("id", "name"), most=2) == {"id": [7, 3], "name": ["Bolt", "Nut"]}

    class Distant:
        def open(self, changed: object) -> Any:
            return source([{"n": n} for n in range(25_000)]).open(lambda: None)

    assert columns_of(Distant(), ("n",)) == {"n": [*range(25_000)]}  # type: ignore[arg-type]
    assert columns_of(Distant(), ("n",), most=12_000) == {"n": [*range(12_000)]}  # type: ignore[arg-type]


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def test_rows_that_can_change_can_be_edited() -> None:
    """In place, whatever they are; those that are frozen cannot, and a key never."""
    for row, is_editable in (
        ({"name": "Bolt"}, True), (Part("Bolt", Decimal(1)), True), (Struct("Bolt"), True),
        (Frozen("Bolt"), False), (FrozenStruct("Bolt"), False), (Named("Bolt"), False),
    ):  # fmt: skip
        found = source([row])
        assert found.columns[0].is_editable is is_editable
        if is_editable:
            found.write([(0, "name", "Nut")])
            assert values(found, Question(("name",))) == [("Nut",)]
    assert [column.is_editable for column in source(parts(), "id").columns] == [False, True]


def test_an_edit_is_told_to_every_window_that_shows_the_list() -> None:
    """Each has its own source of it; those of other lists hear nothing."""
    rows, told = parts(), []
    sources = [source(rows, "id"), source(rows), source(parts())]
    readers = [one.open(lambda number=number: told.append(number)) for number, one in enumerate(sources)]
    sources[0].write([(3, "name", "Axle")])
    assert sorted(told) == [0, 1]
    by_name = Question(("name",), order=(Order("name"),))
    assert [line.values for line in readers[1].read(by_name).rows] == [("Axle",), ("Bolt",), ("Cog",)]


@pytest.mark.parametrize(
    ("cells", "error", "sentence"),
    [
        ([(3, "name", "Axle"), (9, "name", "x")], LookupError, "This row is not there any more."),
        ([(3, "name", "Axle"), (7, "name", 3)], ValueError, "name: 3 is not a text."),
        ([(3, "name", "Axle"), (7, "id", True)], ValueError, "id: True is not a whole number."),
    ],
)
def test_all_cells_are_written_or_none(cells: Any, error: type[Exception], sentence: str) -> None:
    """A row that is gone, or a value that does not fit."""
    rows = parts()
    with pytest.raises(error, match=sentence):
        source(rows, lambda row: row["id"]).write(cells)
    assert rows == parts()


def test_a_setter_that_refuses_undoes_what_was_written_before() -> None:
    """Its own sentence is what the person sees."""
    one, other = Part("Bolt", Decimal(1)), Part("Nut", Decimal(2))
    one.size = other.size = 4
    with pytest.raises(ValueError, match="No part is larger than 9"):
        source([one, other], None, ["name", "size"]).write([(0, "size", 5), (1, "size", 10)])
    assert (one.size, other.size) == (4, 4)


def test_a_cell_is_empty_only_where_the_rows_allow_it() -> None:
    """A dataclass says so."""
    found = source([Part("Bolt", Decimal(1))])
    assert [column.is_nullable for column in found.columns] == [False, False, True]
    found.write([(0, "note", None)])
    with pytest.raises(ValueError, match="name: this cannot be empty"):
        found.write([(0, "name", None)])


def test_rows_are_removed_from_the_list_itself() -> None:
    """Those that are gone already do not matter; a tuple keeps what it has."""
    rows = parts()
    source(rows, "id").remove([7, 5, 99])
    assert rows == [{"id": 3, "name": "Nut"}]
    with pytest.raises(UsageError, match="cannot be removed from a tuple"):
        source((*parts(),)).remove([0])


# ── the next drawing ──────────────────────────────────────────────────────────────────────────────


def test_an_equal_list_is_the_same() -> None:
    """The very same, one with the same rows, or one with rows that look the same; and a key that was written the same."""
    rows = parts()
    for other in (rows, [*rows], parts()):
        assert source(other, "id").same_as(source(rows, "id"))
    assert not source(parts()[1:]).same_as(source(rows))
    assert not source(parts(), "id").same_as(source(parts(), "name"))
    assert not source([{"id": 7.0, "name": "Bolt"}]).same_as(source([{"id": 7, "name": "Bolt"}]))

    def drawn() -> ListSource:
        return source(rows, lambda row: row["id"])

    assert drawn().same_as(drawn())
    assert not source(rows, lambda row: row["name"]).same_as(drawn())


def test_a_row_that_was_put_into_the_list_is_shown() -> None:
    """When the list is given again; nothing has to be sorted for that."""
    rows = parts()
    kept = source(rows)
    reader = kept.open(lambda: None)
    assert reader.read(Question(())).total == 3
    rows.append({"id": 9, "name": "Axle"})
    assert source(rows).same_as(kept)
    assert reader.read(Question(("name",))).rows[3].values == ("Axle",)


def test_the_source_that_goes_on_has_the_new_list() -> None:
    """What a person then writes or removes must not be done to a list that nobody has any more."""
    old, new = parts(), parts()
    kept = source(old, "id")
    assert source(new, "id").same_as(kept)
    kept.remove([7])
    kept.write([(3, "name", "Axle")])
    assert len(old) == 3 and [row["name"] for row in new] == ["Axle", "Cog"]


def test_a_list_that_is_given_again_is_not_sorted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless something has changed in a column that counts."""
    from hipflask.ui.rows import arranging

    sorts: list[int] = []
    before = arranging.ordered

    def counted(*args: Any) -> Any:
        sorts.append(1)
        return before(*args)

    monkeypatch.setattr(arranging, "ordered", counted)
    rows = parts()
    kept = source(rows)
    reader = kept.open(lambda: None)
    question = Question(("name",), order=(Order("id"),))
    for change in ({}, {"name": "Axle"}, {"id": 1}):
        rows[0].update(change)
        assert source(rows).same_as(kept)
        reader.read(question)
        reader.read(question)
    assert len(sorts) == 2
    assert reader.read(question).rows[0].values == ("Axle",)
