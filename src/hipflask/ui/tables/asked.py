"""What a person has asked of a table: sorted how, which rows, grouped by what. Read from the screen, and said back to it.

asked = Asked.of({"order": [["price", True]], "filters": [["size", ">", 100]], "search": "", "group": []}, columns)
asked.order                  # (Order("price", descending=True),)
asked.filters                # (Filter("size", ">", 100),)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from ...core.errors import UsageError
from ...core.rows import Filter, Order, Test
from . import entered
from .columns import Shown

MOST_FILTERS = 100
MOST_CHOSEN = 10_000  # values of one "in"
LONGEST_SEARCH = 1000
_TESTS: tuple[str, ...] = get_args(Test)

Sort = str | Order | Sequence[str | Order]


@dataclass(frozen=True, slots=True)
class Asked:
    """What counts now; `shown_filters` are the filters as the screen sent them, in whose form it shows them."""

    order: tuple[Order, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: str = ""
    group: tuple[str, ...] = ()
    shown_filters: tuple[tuple[str, str, Any], ...] = ()

    @classmethod
    def of(cls, value: object, columns: Iterable[Shown]) -> Asked:
        """What the screen asks for; raises ValueError, with a sentence where a person can have caused it."""
        if not isinstance(value, Mapping):
            raise ValueError("an object was expected")
        known = {column.name: column for column in columns}
        search = value.get("search", "")
        if not isinstance(search, str) or len(search) > LONGEST_SEARCH:
            raise ValueError(f"A search has at most {LONGEST_SEARCH:,} letters.")
        filters = _lists(value.get("filters", []), 3)
        if len(filters) > MOST_FILTERS:
            raise ValueError(f"At most {MOST_FILTERS} filters count at once.")
        return cls(
            tuple(_order(known, *each) for each in _lists(value.get("order", []), 2)),
            tuple(_filter(known, *each) for each in filters),
            search,
            tuple(_sortable(known, name).name for name in _list(value.get("group", []))),
            tuple((each[0], each[1], each[2]) for each in filters),
        )

    @classmethod
    def first(cls, sort: Sort | None, group: Sequence[str], columns: Iterable[Shown]) -> Asked:
        """What a table begins with, as the program wrote it; raises UsageError."""
        known = {column.name: column for column in columns}
        given = () if sort is None else (sort,) if isinstance(sort, str | Order) else sort
        order = tuple(_as_order(each) for each in given)
        for name in (*(each.column for each in order), *group):
            if name not in known or not known[name].is_sortable:
                raise UsageError(
                    f"ui.table: it cannot sort or group by {name!r}. It can by "
                    f"{', '.join(name for name in known if known[name].is_sortable) or 'no column'}; "
                    "a - before the name means downwards."
                )
        return cls(order, group=tuple(group))

    def within(self, columns: Iterable[Shown]) -> Asked:
        """As much of it as these columns allow."""
        there = {column.name for column in columns if column.is_sortable}
        return Asked(
            tuple(each for each in self.order if each.column in there),
            tuple(each for each in self.filters if each.column in there),
            self.search,
            tuple(name for name in self.group if name in there),
            tuple(each for each in self.shown_filters if each[0] in there),
        )

    def said(self) -> dict[str, object]:
        """What counts, as the screen is told."""
        return {
            "order": [[each.column, each.descending] for each in self.order],
            "filters": [[*each] for each in self.shown_filters],
            "search": self.search,
            "group": [*self.group],
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person has asked for last, and what the program had said before."""

    start: Asked
    asked: Asked

    def over(self, start: Asked, columns: Iterable[Shown]) -> Asked:
        """What counts where the program says `start`: what it says anew, or else as much of the wish as these columns allow."""
        return self.asked.within(columns) if self.start == start else start


def _as_order(given: str | Order) -> Order:
    if isinstance(given, Order):
        return given
    return Order(given.removeprefix("-"), given.startswith("-"))


def _sortable(known: Mapping[str, Shown], name: object) -> Shown:
    column = known.get(name) if isinstance(name, str) else None
    if column is None or not column.is_sortable:
        raise ValueError(f"there is no column {name!r} to sort, filter or group by")
    return column


def _order(known: Mapping[str, Shown], name: object, descending: object) -> Order:
    return Order(_sortable(known, name).name, descending is True)


def _filter(known: Mapping[str, Shown], name: object, test: object, value: Any) -> Filter:
    column = _sortable(known, name)
    if test not in _TESTS:
        raise ValueError(f"there is no test {test!r}")
    shape = _SHAPES.get(str(test))
    return Filter(column.name, test, _value(column, value) if shape is None else shape(column, value))  # type: ignore[arg-type]


def _value(column: Shown, value: object) -> object:
    """A value to compare with, of the column's kind: a number from JSON, or as it was typed or travelled."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(value)
    if value is None:
        raise ValueError(f"{column.heading}: there is nothing to compare with.")
    return entered.read(column, value)


def _text(column: Shown, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{column.heading}: a text is looked for.")
    return value


def _pair(column: Shown, value: object) -> tuple[object, object]:
    both = _list(value)
    if len(both) != 2:
        raise ValueError(f"{column.heading}: from what to what?")
    return _value(column, both[0]), _value(column, both[1])


def _many(column: Shown, value: object) -> tuple[object, ...]:
    chosen = _list(value)
    if len(chosen) > MOST_CHOSEN:
        raise ValueError(f"{column.heading}: at most {MOST_CHOSEN:,} values can be chosen.")
    return tuple(None if each is None else _value(column, each) for each in chosen)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a list was expected, got {value!r:.80}")
    return value


def _lists(value: object, length: int) -> list[list[Any]]:
    found = [_list(each) for each in _list(value)]
    if any(len(each) != length for each in found):
        raise ValueError(f"lists of {length} were expected")
    return found


_SHAPES: dict[str, Callable[[Shown, Any], object]] = {
    "contains": _text,
    "starts with": _text,
    "ends with": _text,
    "between": _pair,
    "in": _many,
    "empty": lambda column, value: None,
    "not empty": lambda column, value: None,
}
