"""Frames as sources of rows: what their libraries answer is what Python would have."""

from __future__ import annotations

from typing import Any

import pandas
import polars
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.rows import Question
from hipflask.ui.rows import rows_of
from naive_rows import answer

from .questions import ROWS, comparable, questions

MAKERS = {
    "pandas": lambda rows: pandas.DataFrame(rows, columns=[*POLARS]),
    "polars": lambda rows: polars.DataFrame(rows, schema=POLARS),
    "pyarrow": lambda rows: pyarrow.Table.from_pylist(rows, schema=ARROW),
}
POLARS = {
    "name": polars.String,
    "note": polars.Categorical,
    "size": polars.Int64,
    "price": polars.Float64,
    "sold": polars.Boolean,
}
ARROW = pyarrow.schema(
    {
        "name": pyarrow.string(),
        "note": pyarrow.string(),
        "size": pyarrow.int32(),
        "price": pyarrow.float64(),
        "sold": pyarrow.bool_(),
    }
)


@pytest.mark.parametrize("library", MAKERS)
@given(rows=ROWS, asked=st.lists(questions(), min_size=1, max_size=3))
def test_a_frame_answers_any_question(
    library: str, rows: list[dict[str, Any]], asked: list[Question]
) -> None:
    """Whatever is asked, also one thing after the other of the same reader: what comes back is what the question means."""
    reader = rows_of(MAKERS[library](rows)).open(lambda: None)
    if library == "pandas":  # to which a NaN is nothing
        rows = [{name: None if value != value else value for name, value in row.items()} for row in rows]
    for question in asked:
        assert comparable(reader.read(question)) == comparable(answer(dict(enumerate(rows)), question))
