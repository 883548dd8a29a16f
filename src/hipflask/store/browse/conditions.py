"""From a person's filters and search words to SQL conditions. Pure.

    Filter("price", ">=", Decimal("12.5"))     price >= 1250
    Filter("note", "contains", "50%")          note LIKE '%50\\%%' ESCAPE '\\'
    Filter("note", "contains", "Ähre")         note GLOB '*[Ää][Hh][Rr][Ee]*'
    "bolt m8", searched for                    each word stands in one of the texts; with an index of the model's words, FTS5 says which rows

SQLite's LIKE knows upper and lower case of A to Z alone, and a function in Python would take a microsecond and the interpreter's lock for each
row. GLOB with both letters of each in brackets does it in C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ...core.rows import Filter
from ..models.rows import Row
from ..search.index import COLUMNS, index_of
from ..search.words import wanted
from ..types.choices import Choice
from ..types.scalars import Str, Uuid
from .shown import Column, Shown

_ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_PATTERNS = {"contains": "*{}*", "starts with": "{}*", "ends with": "*{}"}


def is_text(column: Column) -> bool:
    """Whether it is searched, and compared without regard to case."""
    kind = column.expression.type
    is_choice = isinstance(kind, Choice) and isinstance(kind.column_type(False), sa.Text)
    return isinstance(kind, Str | Uuid | sa.String) or is_choice


def condition(shown: Shown, asked: Filter) -> Any:
    """What a filter asks for; raises ValueError where that makes no sense."""
    column = shown.column(asked.column)
    expression, value = column.expression, asked.value
    match asked.test:
        case "empty":
            return _is_empty(column)
        case "not empty":
            return sa.not_(_is_empty(column))
        case "is not":  # what is empty is something else as well
            return (
                sa.or_(sa.not_(_is(column, value)), expression.is_(None))
                if value is not None
                else expression.is_not(None)
            )
        case "is":
            return _is(column, value)
        case "in":
            return sa.or_(sa.false(), *(_is(column, each) for each in _several(value)))
        case "between":
            low, high = _several(value)
            return sa.and_(_compared(column, ">=", low), _compared(column, "<=", high))
        case "<" | "<=" | ">" | ">=":
            return _compared(column, asked.test, value)
        case _:
            return _like(_as_text(expression), _PATTERNS[asked.test], str(value))


def searched(shown: Shown, text: str) -> Any:
    """Rows with every word of a text; None if there is no word."""
    model = shown.model
    if model is not None and is_indexed(shown):
        return _indexed(shown, model, text)
    texts = [_as_text(each.expression) for each in shown.columns if is_text(each)]
    words = text.replace("\0", " ").split()
    if not words:
        return None
    return sa.and_(*(sa.or_(sa.false(), *(_like(each, "*{}*", word) for each in texts)) for word in words))


def is_indexed(shown: Shown) -> bool:
    """Whether its words are in an index: the model is declared with `search=`."""
    return shown.is_open and shown.model is not None and COLUMNS in sa.inspect(shown.model).local_table.info


def _indexed(shown: Shown, model: type[Row], text: str) -> Any:
    index = index_of(sa.inspect(model).local_table)
    present, absent = wanted(text)
    if not present and not absent:
        return None
    words = f"({present}) NOT ({absent})" if present and absent else present or absent
    found = sa.select(*index.keys).where(index.matches(words))
    found = found if index.numbers is None else found.where(index.by_number)
    keys = [_kept(each) for each in shown.keys[shown.owners[model]]]
    key = keys[0] if len(keys) == 1 else sa.tuple_(*keys)
    return key.in_(found) if present else key.not_in(found)


def _is_empty(column: Column) -> Any:
    nothing = column.expression.is_(None)
    if not is_text(column):
        return nothing
    return sa.or_(nothing, _as_text(column.expression) == sa.literal("", sa.Text))


def _is(column: Column, value: Any) -> Any:
    expression = column.expression
    kind = expression.type
    if value is None:
        return expression.is_(None)
    if isinstance(kind, Choice):
        return expression == chosen(kind, value)
    if isinstance(value, str) and is_text(column):
        return _like(_as_text(expression), "{}", value)
    return expression == value


def chosen(kind: Choice, value: Any) -> Any:
    """The member that is meant by itself, or by the text that a person chooses."""
    for kept, member in kind._taken.items():
        if value is member or value == kept or value == str(kept):
            return member
    return kind.check(value)


def _compared(column: Column, test: str, value: Any) -> Any:
    if is_text(column) and isinstance(value, str) and not isinstance(column.expression.type, Choice):
        return _ORDERED[test](_as_text(column.expression).collate("NOCASE"), sa.literal(value, sa.Text))
    return _ORDERED[test](column.expression, value)


def _like(expression: Any, pattern: str, text: str) -> Any:
    """A text that fits a pattern, whose `{}` stands for what was typed."""
    if text.isascii():
        escaped = "".join(f"\\{each}" if each in "\\%_" else each for each in text)
        return expression.like(sa.literal(pattern.replace("*", "%").format(escaped), sa.Text), escape="\\")
    globbed = "".join(map(_either_case, text))
    return expression.op("GLOB", is_comparison=True)(sa.literal(pattern.format(globbed), sa.Text))


def _either_case(letter: str) -> str:
    forms = sorted({form for form in (letter, letter.lower(), letter.upper()) if len(form) == 1})
    return f"[{''.join(forms)}]" if len(forms) > 1 or letter in "*?[" else letter


def _as_text(expression: Any) -> Any:
    return sa.type_coerce(expression, sa.Text())


def _kept(expression: Any) -> Any:
    """As SQLite keeps it: compared with what is of no exact type."""
    return sa.type_coerce(expression, sa.types.NullType())


def _several(value: Any) -> Sequence[Any]:
    if isinstance(value, tuple | list | set | frozenset):
        return tuple(value)
    raise ValueError(f"Several values were to be compared with, and this is one: {value!r}.")


def conditions(shown: Shown, filters: Sequence[Filter], search: str) -> Iterator[Any]:
    """Everything that a row has to fulfil to be shown."""
    for each in filters:
        yield condition(shown, each)
    found = searched(shown, search)
    if found is not None:
        yield found
