"""Lists as sources of rows."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.rows import Question
from hipflask.ui.rows import rows_of
from naive_rows import answer

from .questions import ROWS, comparable, questions


@given(ROWS, st.lists(questions(), min_size=1, max_size=3))
def test_a_list_answers_any_question(rows: list[dict[str, Any]], asked: list[Question]) -> None:
    """Whatever is asked, also one thing after the other of the same reader: what comes back is what the question means."""
    reader = rows_of(rows).open(lambda: None)
    for question in asked:
        assert comparable(reader.read(question)) == comparable(answer(dict(enumerate(rows)), question))
