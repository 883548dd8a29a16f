"""Values as short texts, whatever they are and do."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.devtools.inspector.agent.shorten import LONGEST, shorten
from hipflask.devtools.inspector.records import MASKED

_plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
_values = st.recursive(
    _plain,
    lambda some: st.lists(some) | st.dictionaries(st.text(), some) | st.tuples(some, some),
    max_leaves=60,
)


@given(_values)
def test_any_value_is_short(value: object) -> None:
    """No value is longer than it may be."""
    assert len(shorten(value)) <= LONGEST


def test_small_values_are_as_python_writes_them() -> None:
    """What fits is a literal."""
    for value in (["Who", {"base": 1}], (1,), (), {"a"}, frozenset({1}), None, 1.5, b"x", "it's", set()):
        assert shorten(value) == repr(value) or value == set()


def test_a_value_that_contains_itself_ends() -> None:
    """A cycle is cut."""
    value: list[object] = [1]
    value.append(value)
    assert shorten(value) == "[1, …]"


def test_a_huge_value_is_not_walked_through() -> None:
    """Of a million items the first are shown, and their number."""
    assert shorten(list(range(1_000_000))).endswith("… 1000000 in all]")
    assert len(shorten(dict.fromkeys(range(100000), "x" * 1000))) <= LONGEST
    assert len(shorten("x" * 10_000_000)) <= LONGEST
    assert shorten(1 << 100_000) == "<int of 100001 bits>"


class Hostile:
    """Says of itself what it was told to."""

    def __init__(self, act: Any) -> None:
        self._act = act

    def __repr__(self) -> str:
        return self._act(self)  # type: ignore[no-any-return]


def _raise(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize(
    "act",
    [
        lambda me: _raise(RuntimeError("no")),
        lambda me: _raise(SystemExit(3)),
        lambda me: repr(me),
        lambda me: "x" * 5_000_000,
        lambda me: 5,
        lambda me: f"<script>alert({'1' * 10})</script>",
    ],
)
def test_a_hostile_repr_does_no_harm(act: Any) -> None:
    """Whatever a class says of itself, there is a short text."""
    assert 0 < len(shorten([Hostile(act)])) <= LONGEST


def test_markup_stays_text() -> None:
    """It is shown, and not changed."""
    assert shorten("<b>bold</b>") == "'<b>bold</b>'"


@dataclass
class Account:
    """Somebody's."""

    name: str
    password: str
    apiToken: str


def test_secrets_are_masked_by_their_names() -> None:
    """In dicts, in fields, and in what a class writes of itself."""
    account = Account("Who", "hunter2", "t0ken")
    said = Hostile(lambda me: "User(name='Who', password='hunter2', api_key=\"t0ken\", token=t0ken)")
    for value in (account, [account], {"password": "hunter2", "x": {"apiToken": "t0ken"}}, said):
        text = shorten(value)
        assert "hunter2" not in text
        assert "t0ken" not in text
        assert MASKED in text


def test_nothing_lives_longer() -> None:
    """A value that was shortened is freed as it would have been."""
    value = Hostile(lambda me: "x")
    there = weakref.ref(value)
    shorten([value])
    del value
    assert there() is None
