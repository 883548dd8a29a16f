"""Frames as sources of rows: what their libraries answer is what Python would have."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.errors import MissingPart, UsageError
from hipflask.core.rows import Cancelled, Filter, Order, Question
from hipflask.ui.rows import columns_of, rows_of
from lacking import lacking
from naive_rows import answer

from .questions import ROWS, comparable, questions

LIBRARIES = ("pandas", "polars", "pyarrow")
MOMENT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def library(name: str) -> Any:
    """A library that may not be here, or not with narwhals."""
    for part in ("narwhals", name):
        if find_spec(part) is None:
            lacking(part)
    return import_module(name)


def frame(name: str, columns: dict[str, list[Any]]) -> Any:
    """A frame of these columns."""
    known = library(name)
    return known.table(columns) if name == "pyarrow" else known.DataFrame(columns)


def of_any_rows(name: str, rows: list[dict[str, Any]]) -> Any:
    """A frame whose columns have the types that these rows are of, also where there is nothing in them."""
    known = library(name)
    if name == "pandas":
        return known.DataFrame(rows, columns=["name", "note", "size", "price", "sold"])
    if name == "polars":
        types = (known.String, known.Categorical, known.Int64, known.Float64, known.Boolean)
        return known.DataFrame(
            rows, schema=dict(zip(("name", "note", "size", "price", "sold"), types, strict=True))
        )
    types = (known.string(), known.string(), known.int32(), known.float64(), known.bool_())
    schema = known.schema(dict(zip(("name", "note", "size", "price", "sold"), types, strict=True)))
    return known.Table.from_pylist(rows, schema=schema)


def read(what: Any, question: Question) -> list[tuple[object, ...]]:
    """What a new reader shows."""
    return [line.values for line in rows_of(what).open(lambda: None).read(question).rows]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", LIBRARIES)
@given(rows=ROWS, asked=st.lists(questions(), min_size=1, max_size=3))
def test_a_frame_answers_any_question(name: str, rows: list[dict[str, Any]], asked: list[Question]) -> None:
    """Whatever is asked, also one thing after the other of the same reader: what comes back is what the question means."""
    reader = rows_of(of_any_rows(name, rows)).open(lambda: None)  # type: ignore[union-attr]
    if name == "pandas":  # to which a NaN is nothing
        rows = [{name: None if value != value else value for name, value in row.items()} for row in rows]
    for question in asked:
        assert comparable(reader.read(question)) == comparable(answer(dict(enumerate(rows)), question))


@pytest.mark.parametrize("name", LIBRARIES)
def test_every_kind_of_value_comes_as_python_has_it(name: str) -> None:
    """Sorted and filtered by itself, too; nothing of the library's own reaches the screen."""
    columns = {
        "text": ["b", None, "a"],
        "integer": [2, 3, 1],
        "float": [2.5, None, 1.5],
        "boolean": [True, True, False],
        "datetime": [MOMENT, None, MOMENT - timedelta(days=1)],
        "date": [date(2026, 3, 29), None, date(2026, 3, 28)],
        "time": [time(1, 30), None, time(0, 30)],
        "duration": [timedelta(seconds=90), None, timedelta(seconds=9)],
        "decimal": [Decimal("2.50"), None, Decimal("1.50")],
        "bytes": [b"b", None, b"a"],
        "numbers": [[3.0], None, [1.0, 2.0]],
    }
    what = frame(name, columns)
    source = rows_of(what)
    assert source is not None
    assert {column.name: column.kind for column in source.columns} == {kind: kind for kind in columns}
    for kind, values in columns.items():
        in_order = [values[2], values[0], values[1]]
        shown = [value for (value,) in read(what, Question((kind,), order=(Order(kind),)))]
        assert shown == in_order, kind
        assert [type(value) for value in shown] == [type(value) for value in in_order], kind
        if kind not in ("bytes", "numbers"):
            assert read(what, Question((kind,), filters=(Filter(kind, "is", values[2]),))) == [(values[2],)]
            assert read(what, Question((kind,), filters=(Filter(kind, "in", (values[2],)),))) == [
                (values[2],)
            ]
        if kind != "boolean":
            larger = read(what, Question((kind,), filters=(Filter(kind, ">=", values[0]),)))
            assert larger == [(value,) for value in values[:2] if value is not None]
    assert columns_of(source, [*columns]) == columns


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_test_of_another_kind_of_value_passes_nothing(name: str) -> None:
    """A text for a number, a moment without a time zone for one with, a number that no column holds."""
    what = frame(name, {"n": [1, 2], "at": [MOMENT, MOMENT], "f": [1.5, 2.5]})
    for column, value in (("n", "x"), ("at", datetime(2000, 1, 1)), ("n", 2**70), ("at", 3), ("f", "x")):
        assert read(what, Question((), filters=(Filter(column, "is", value),))) == []
    assert len(read(what, Question((), filters=(Filter("n", "<", 2**70),)))) == 2
    assert len(read(what, Question((), filters=(Filter("n", "<", Decimal("1.5")),)))) == 1


@pytest.mark.parametrize("name", LIBRARIES)
def test_rows_of_a_frame_are_found_by_their_keys(name: str) -> None:
    """By a column, a function or the position; a row is a dict."""
    what = frame(name, {"id": [7, 3], "name": ["Bolt", "Nut"]})
    for row_key in ("id", lambda row: row["id"]):
        source = rows_of(what, row_key)
        assert source is not None
        assert [line.key for line in source.open(lambda: None).read(Question(("name",))).rows] == [7, 3]
        assert source.row(3) == {"id": 3, "name": "Nut"}
        assert source.row(4) is None
    assert rows_of(what).row(0) == {"id": 7, "name": "Bolt"}  # type: ignore[union-attr]
    assert rows_of(what).row(2) is None  # type: ignore[union-attr]


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_frame_is_only_shown(name: str) -> None:
    """Nothing is editable, and whoever tries is told what to give instead."""
    source = rows_of(frame(name, {"n": [1]}))
    assert source is not None
    assert not source.columns[0].is_editable
    with pytest.raises(UsageError, match="list of dicts"):
        source.write([(0, "n", 2)])
    with pytest.raises(UsageError, match="without the rows"):
        source.remove([0])


@pytest.mark.parametrize("name", LIBRARIES)
def test_an_equal_frame_is_the_same(name: str) -> None:
    """Made anew or not; other values, other types and other names are not."""
    what = frame(name, {"n": [1, 2], "t": ["a", None]})
    kept = rows_of(what)
    assert kept is not None
    assert kept.same_as(rows_of(what))
    assert kept.same_as(rows_of(frame(name, {"n": [1, 2], "t": ["a", None]})))
    for other in (
        {"n": [1, 3], "t": ["a", None]},
        {"n": [1.0, 2.0], "t": ["a", None]},
        {"m": [1, 2], "t": ["a", None]},
    ):
        assert not kept.same_as(rows_of(frame(name, other)))
    assert not kept.same_as(rows_of([{"n": 1}]))
    assert not kept.same_as(rows_of(what, "n"))


def test_a_frame_is_shown_as_it_was_when_it_was_given() -> None:
    """Writing into it is seen when it is given again, and not in the middle of a view that has been sorted."""
    for name in ("pandas", "polars"):
        what = frame(name, {"n": [1, 2]})
        kept = rows_of(what)
        assert kept is not None
        if name == "pandas":
            what.loc[0, "n"] = 5
        else:
            what[0, "n"] = 5
        assert columns_of(kept, ["n"]) == {"n": [1, 2]}
        assert not kept.same_as(rows_of(what))
        assert columns_of(rows_of(what), ["n"]) == {"n": [5, 2]}  # type: ignore[arg-type]


def test_an_index_that_says_something_is_a_column() -> None:
    """The dates of a series of prices, say; the numbers that pandas gives to rows without a name are not."""
    pandas = library("pandas")
    days = pandas.date_range("2026-01-01", periods=2, name="day")
    prices = pandas.Series([1.5, 2.5], index=days, name="price")
    assert read(prices, Question(("day", "price"))) == [
        (datetime(2026, 1, 1), 1.5),
        (datetime(2026, 1, 2), 2.5),
    ]
    wide = pandas.DataFrame(
        [[1, 2]], columns=pandas.MultiIndex.from_tuples([("price", "low"), ("price", "high")])
    )
    assert [column.name for column in rows_of(wide).columns] == ["price low", "price high"]  # type: ignore[union-attr]
    assert [column.name for column in rows_of(pandas.DataFrame([[1]])).columns] == ["0"]  # type: ignore[union-attr]
    assert read(pandas.DataFrame({"day": [3]}, index=days[:1]), Question(("day",))) == [(3,)]


def test_choices_and_digits_come_from_the_types() -> None:
    """Of an Enum, and of decimals."""
    polars = library("polars")
    what = polars.DataFrame(
        {"side": ["sell", "buy"], "price": [Decimal("1.50"), Decimal("2")]},
        schema={"side": polars.Enum(["sell", "buy"]), "price": polars.Decimal(10, 2)},
    )
    side, price = rows_of(what).columns  # type: ignore[union-attr]
    assert (side.kind, side.choices, price.kind, price.digits) == ("choice", ("sell", "buy"), "decimal", 2)
    assert read(what, Question(("side",), order=(Order("side"),), search="u")) == [("buy",)]


def test_a_lazy_frame_is_to_be_collected() -> None:
    """It has no rows yet."""
    with pytest.raises(UsageError, match=r"Give ui.table\(frame.collect\(\)\)"):
        rows_of(library("polars").LazyFrame({"n": [1]}))


def test_whatever_speaks_arrow_is_read() -> None:
    """By the stream that Arrow's libraries hand data to each other with."""
    pyarrow = library("pyarrow")
    batch = pyarrow.RecordBatch.from_pydict({"n": [2, 1]})

    class Result:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return batch.__arrow_c_stream__(requested_schema)

    for what in (batch, pyarrow.Table.from_batches([batch]).to_reader(), Result()):
        assert read(what, Question(("n",), order=(Order("n"),))) == [(1,), (2,)]


def test_a_frame_without_narwhals_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an optional part."""
    known = [name for name in sys.modules if name.startswith(("narwhals", "hipflask.ui.rows."))]
    for name in known:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(MissingPart, match=r"pip install hipflask\[frames\]"):
        rows_of(type("Frame", (), {"__module__": "pandas"})())


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_library_does_the_work(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python looks at no more values than are shown, however much there is to sort, filter, search and group."""
    what = frame(
        name, {"n": [*range(5000)], "name": [f"Bolt {n % 7}" for n in range(5000)], "at": [MOMENT] * 5000}
    )
    from hipflask.ui.rows import frames

    looked_at: list[int] = []
    before: Callable[..., list[Any]] = frames._values

    def counted(series: Any) -> list[Any]:
        looked_at.append(len(series))
        return before(series)

    reader = rows_of(what).open(lambda: None)  # type: ignore[union-attr]
    monkeypatch.setattr(frames, "_values", counted)
    for question in (
        Question(("n", "name"), count=9, order=(Order("at"), Order("name", True), Order("n"))),
        Question(
            ("n", "name"),
            count=9,
            filters=(Filter("name", "contains", "T 3"), Filter("n", ">", 7)),
            search="bolt",
        ),
        Question(
            ("n", "name"), count=9, group=("name",), totals={"n": "mean"}, open=frozenset({("Bolt 3",)})
        ),
    ):
        assert len(reader.read(question).rows) == 9
    assert max(looked_at) <= 9


def test_a_read_of_a_frame_can_be_called_off() -> None:
    """Between what the library does: one of its own calls cannot be."""
    source = rows_of(frame("polars", {"n": [1]}))
    assert source is not None
    reader = source.open(lambda: None)
    reader.close()
    with pytest.raises(Cancelled):
        reader.read(Question(()))
