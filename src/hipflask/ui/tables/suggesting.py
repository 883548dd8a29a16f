"""The values that a column has, for the menu that filters by them."""

from __future__ import annotations

from typing import Any

from ...core.rows import Question
from .asides import aside
from .cells import encode
from .columns import Shown
from .view import View

MOST = 200


def suggestions(view: View, column: Shown) -> list[Any]:
    """The first values of a column, in order, among the rows that all other filters leave; as they travel."""
    asked = view.asked
    others = tuple(each for each in asked.filters if each.column != column.name)
    groups = Question((column.name,), count=MOST, filters=others, search=asked.search, group=(column.name,))
    with aside(view.source) as read:
        found = [line.key for line in read(groups).rows if line.size is not None]
    values = [encode(key[0] if isinstance(key, tuple) else key) for key in found]
    return [value for value in values if not isinstance(value, dict)]
