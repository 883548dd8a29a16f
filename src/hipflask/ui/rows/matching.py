"""Whether a row passes filters and a search."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...core.rows import Filter
from .kinds import is_empty

Matches = Callable[[Any], bool]

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "starts with": lambda value, wanted: value.startswith(wanted),
    "ends with": lambda value, wanted: value.endswith(wanted),
    "between": lambda value, wanted: wanted[0] <= value <= wanted[1],
}


def matcher(test: Filter) -> Matches:
    """What says of a value whether it passes. An empty one passes "empty", "is not", and what asks for it by its name."""
    if test.test in ("empty", "not empty"):
        is_asked_for = test.test == "empty"
        return lambda value: (is_empty(value) or value == "") is is_asked_for
    if test.test in ("is", "is not", "in"):
        wanted = test.value if test.test == "in" else (test.value,)
        return _one_of(wanted, test.test != "is not")  # type: ignore[arg-type]
    return _compared(_COMPARED[test.test], folded(test.value))


def folded(value: Any) -> Any:
    """A value as tests compare it: texts without regard to case."""
    if isinstance(value, str):
        return value.casefold()
    return tuple(map(folded, value)) if isinstance(value, list | tuple) else value


def _one_of(wanted: Iterable[Any], is_asked_for: bool) -> Matches:
    known = [folded(value) for value in wanted]
    takes_empty = any(map(is_empty, known))

    def matches(value: Any) -> bool:
        return (takes_empty if is_empty(value) else folded(value) in known) is is_asked_for

    return matches


def _compared(compare: Callable[[Any, Any], bool], wanted: Any) -> Matches:
    def matches(value: Any) -> bool:
        try:
            return not is_empty(value) and compare(folded(value), wanted)
        except (TypeError, AttributeError):  # a number is in no text, and no date is later than "x"
            return False

    return matches


def found(texts: Iterable[Sequence[object]], search: str) -> Iterable[bool]:
    """For each row, given by its texts, whether each word stands in one of them."""
    words = search.casefold().split()
    for row in texts:
        # No word has a line's end in it, so none is found that begins in one text and ends in the next.
        text = "\n".join([value for value in row if isinstance(value, str)]).casefold()
        yield all(word in text for word in words)
