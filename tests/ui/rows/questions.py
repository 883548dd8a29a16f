"""Random rows, and random questions about them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from hipflask.core.rows import Filter, Order, Question

TEXTS = st.sampled_from(["", "bolt", "Bolt", "BOLT m8", "nut m8", "Älg", "älg", "nut", "50%_\\*", "📈 up"])
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.none() | TEXTS,
    "note": st.none() | TEXTS,
    "size": st.none() | st.integers(-3, 3),
    "price": st.none() | st.sampled_from([0.0, math.nan, -1.5, 2.25, 1e300, math.inf, -math.inf]),
    "sold": st.none() | st.booleans(),
}
ROWS = st.lists(st.fixed_dictionaries(KINDS), max_size=12)
COLUMNS = st.sampled_from([*KINDS])


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """One that the client could have made."""
    column = draw(COLUMNS)
    value = KINDS[column].filter(lambda value: value is not None and value == value)
    tests = ["is", "is not", "in", "empty", "not empty"]
    if column != "sold":
        tests += ["<", "<=", ">", ">=", "between"]
    if column in ("name", "note"):
        tests += ["contains", "starts with", "ends with"]
    test: Any = draw(st.sampled_from(tests))
    if test in ("empty", "not empty"):
        return Filter(column, test)
    if test == "between":
        return Filter(column, test, (draw(value), draw(value)))
    return Filter(
        column, test, tuple(draw(st.lists(value | st.none(), max_size=3))) if test == "in" else draw(value)
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """About any of it, with some groups open."""
    group = tuple(draw(st.lists(COLUMNS, max_size=2, unique=True)))
    paths = [st.tuples(*[KINDS[name] for name in group[: depth + 1]]) for depth in range(len(group))]
    totals = st.fixed_dictionaries(
        {}, optional={"size": st.sampled_from(["sum", "mean", "min", "max", "count"]), "price": st.sampled_from(["min", "max", "count"])}
    )  # fmt: skip
    return Question(
        columns=tuple(draw(st.lists(COLUMNS, unique=True))),
        first=draw(st.integers(0, 4)),
        count=draw(st.integers(0, 20)),
        order=tuple(draw(st.lists(st.builds(Order, COLUMNS, st.booleans()), max_size=3))),
        filters=tuple(draw(st.lists(filters(), max_size=2))),
        search=draw(st.sampled_from(["", "", "bolt", "M8 nut", " ", "%", "älg"])),
        group=group,
        open=frozenset(draw(st.lists(st.one_of(paths), max_size=8))) if group else frozenset(),
        totals=draw(totals),
    )


def comparable(answer: Any) -> Any:
    """An answer in which NaN is equal to itself."""
    return (
        [(line.key, _plain(line.values), line.level, line.size) for line in answer.rows],
        answer.total,
        _plain(answer.totals),
    )


def _plain(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _plain((value,)) for name, value in values.items()}
    return tuple("NaN" if value != value else value for value in values)
