"""Whether two functions do the same."""

from __future__ import annotations


def is_same(one: object, other: object) -> bool:
    """Whether two things are equal, or functions written at the same place: that in a drawing is another object every time."""
    code = getattr(one, "__code__", None)
    if code is None or code is not getattr(other, "__code__", None):
        return one == other
    return getattr(one, "__closure__", None) == getattr(other, "__closure__", None)
