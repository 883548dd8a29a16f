"""What a question about rows means, said as plainly as possible: sources are tested against it, however clever they are.

    answer({7: {"name": "Bolt", "price": 3}}, Question(("name",), order=(Order("price"),)))

Rows come by key, in the order in which the source has them when nothing is asked for. What counts, beyond `core/rows.py`:

* None and NaN are *empty*: last in every order, in none of the totals, and one group. A text of length 0 is a value like others to
  an order or a group; only the tests "empty" and "not empty" take it for empty, as the person does who looks at the cell.
* "is not" is the opposite of "is", so empty cells pass it; every other test fails for them ("in" takes them if None is among its values).
* Texts are compared by every test without regard to case, and by an order exactly, by code points. An order is stable either way round: rows that are
  equal in it stay as they came.
* A search is words between spaces, each of which is in one of the row's texts (any column of kind text or choice, shown or not).
* A group's key is the values of all groups it stands in and its own. Groups are in the order that was asked for, as far as it is by their own
  column or by a total; then by their value. `first`, `count` and `total` count lines.
* Totals are of what is not empty; of nothing they are None, but for "count", which is 0.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hipflask.core.rows import Answer, Filter, Key, Line, Order, Question

Row = Mapping[str, Any]
Rows = list[tuple[Key, Row]]


def answer(rows: Mapping[Key, Row], question: Question) -> Answer:
    """What a source that holds these rows answers."""
    found: Rows = [(key, row) for key, row in rows.items() if is_wanted(row, question)]
    found = in_order(found, question.order, lambda pair, name: pair[1].get(name))
    lines = _lines(found, question, ())
    return Answer(
        question.first,
        lines[question.first : question.first + question.count],
        len(lines),
        totals=totals(found, question),
    )


def is_wanted(row: Row, question: Question) -> bool:
    """Whether a row passes all filters and the search."""
    texts = [value.casefold() for value in row.values() if isinstance(value, str)]
    return all(matches(row.get(test.column), test) for test in question.filters) and all(
        any(word in text for text in texts) for word in question.search.casefold().split()
    )


def matches(value: Any, test: Filter) -> bool:
    """Whether a cell's value passes a test."""
    wanted = _folded(test.value)
    match test.test:
        case "empty":
            return is_empty(value) or value == ""
        case "not empty":
            return not (is_empty(value) or value == "")
        case "is":
            return is_empty(value) if is_empty(wanted) else not is_empty(value) and _folded(value) == wanted
        case "is not":
            return not matches(value, Filter(test.column, "is", test.value))
        case "in":
            return any(matches(value, Filter(test.column, "is", one)) for one in test.value)
    if is_empty(value):
        return False
    value = _folded(value)
    match test.test:
        case "contains":
            return wanted in value
        case "starts with":
            return value.startswith(wanted)
        case "ends with":
            return value.endswith(wanted)
        case "<":
            return value < wanted
        case "<=":
            return value <= wanted
        case ">":
            return value > wanted
        case ">=":
            return value >= wanted
        case "between":
            low, high = test.value
            return _folded(low) <= value <= _folded(high)


def is_empty(value: Any) -> bool:
    """Whether a cell has nothing in it."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def in_order(
    things: Sequence[Any], orders: Sequence[Order], value_of: Callable[[Any, str], Any]
) -> list[Any]:
    """Things sorted; empty values last, either way round; stable."""

    def compare(one: Any, other: Any) -> int:
        for order in orders:
            left, right = value_of(one, order.column), value_of(other, order.column)
            if is_empty(left) or is_empty(right):
                if is_empty(left) != is_empty(right):
                    return 1 if is_empty(left) else -1
            elif left != right:
                return -1 if (left < right) is not order.descending else 1
        return 0

    return sorted(things, key=functools.cmp_to_key(compare))


def totals(rows: Rows, question: Question) -> dict[str, Any]:
    """The totals of these rows."""
    return {
        name: _total(kind, [row[name] for _, row in rows if not is_empty(row.get(name))])
        for name, kind in question.totals.items()
    }


def _total(kind: str, values: list[Any]) -> Any:
    if kind == "count":
        return len(values)
    if not values:
        return None
    if kind in ("sum", "mean"):
        whole = functools.reduce(lambda one, other: one + other, values)
        return whole if kind == "sum" else whole / len(values)
    return min(values) if kind == "min" else max(values)


def _lines(rows: Rows, question: Question, path: tuple[object, ...]) -> list[Line]:
    level = len(path)
    if level == len(question.group):
        return [Line(key, tuple(row.get(name) for name in question.columns), level) for key, row in rows]
    lines: list[Line] = []
    for value, members in _groups(rows, question, question.group[level]):
        key, sums = (*path, value), totals(members, question)
        lines.append(Line(key, tuple(sums.get(name) for name in question.columns), level, len(members)))
        if key in question.open:
            lines += _lines(members, question, key)
    return lines


def _groups(rows: Rows, question: Question, column: str) -> Iterable[tuple[Any, Rows]]:
    groups: dict[Any, Rows] = {}
    for key, row in rows:
        value = row.get(column)
        groups.setdefault(None if is_empty(value) else value, []).append((key, row))
    orders = [order for order in question.order if order.column in {column, *question.totals}]

    def value_of(group: tuple[Any, Rows], name: str) -> Any:
        return group[0] if name == column else totals(group[1], question)[name]

    return in_order([*groups.items()], [*orders, Order(column)], value_of)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
