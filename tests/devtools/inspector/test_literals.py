"""Values that a person writes into a state."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.devtools.inspector.agent import literals

_plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
_values = st.recursive(
    _plain,
    lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(max_size=5), some, max_size=4),
    max_leaves=12,
)


class Base(Enum):
    """Where one stands."""

    FIRST = "first"
    SECOND = "second"


@given(_values)
def test_what_is_written_is_read_again(value: Any) -> None:
    """Every literal survives."""
    if literals.is_literal(value):
        read = literals.read(literals.written(value), value)
        assert read == value
        assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "present", "value"),
    [
        ("7", 5, 7),
        ("7", 5.0, 7.0),
        ("true", False, True),
        ("True", False, True),
        ('{"a": null}', {}, {"a": None}),
        ("[1, 2]", (), (1, 2)),
        ("'second'", Base.FIRST, Base.SECOND),
        ("'2.50'", Decimal(1), Decimal("2.50")),
        ("'2026-07-01'", datetime.date(2026, 1, 1), datetime.date(2026, 7, 1)),
        ("'x'", None, "x"),
    ],
)
def test_the_type_is_kept(text: str, present: object, value: object) -> None:
    """Python's and JSON's ways of writing mean the same."""
    read = literals.read(text, present)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "present", "said"),
    [
        ("'x'", 5, "This is a whole number (int), such as 5. 'x' is a text (str)."),
        ("5", "x", "This is a text (str), such as 'x'. 5 is a whole number (int)."),
        ("True", 5, "True is True or False (bool)"),
        ("None", 5, "None is None"),
        ("Who", "x", "Texts are written in quotes: 'Who'"),
        ("__import__('os').system('x')", 5, "neither a value of Python nor of JSON"),
        ("[" * 5000, [], "longer than"),
        ("[" * 3000, [], "neither"),
        ("'third'", Base.FIRST, "Base"),
        ("9" * 3900 + "e", 5, "neither"),
        ("9" * 400, 1.5, "larger than any number with a point"),
    ],
)
def test_what_does_not_fit_is_said_kindly(text: str, present: object, said: str) -> None:
    """In a sentence that says what would fit."""
    with pytest.raises(ValueError, match=re.escape(said)) as raised:
        literals.read(text, present)

    assert len(str(raised.value)) < 400


def test_what_cannot_be_written_is_no_literal() -> None:
    """Objects, cycles, what is too long, and what holds a secret."""
    cycle: list[object] = []
    cycle.append(cycle)
    for value in (object(), cycle, "x" * 10_000, list(range(5_000)), {"password": "hunter2"}, 10**5000):
        assert not literals.is_literal(value)
