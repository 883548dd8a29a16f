"""Rows as a program keeps them: dicts, dataclasses, Structs, named tuples, plain sequences; how each is read and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import chain, islice
from typing import Any, get_type_hints

import msgspec

from ...core.errors import UsageError
from ...core.hints import allows_none
from .kinds import LOOKED_AT

_MISSING = (KeyError, IndexError, AttributeError, TypeError)


class Records:
    """What all rows of one list have in common."""

    def __init__(self, rows: Sequence[object], names: Sequence[str] | None) -> None:
        self._first = first = rows[0] if rows else None
        if rows and names is None and _is_plain(first):
            raise UsageError(
                f"Rows such as {first!r} have no names for their columns. "
                "Give them: ui.table(rows, ['Player', 'Average'])."
            )
        known = names if names is not None else _names(rows)
        # How a row is asked for each of them: by place, or by its own name, which need not be a text in a dict.
        self._at: dict[str, Any] = {
            str(name): place if rows and _is_plain(first) else name for place, name in enumerate(known)
        }
        self.names = tuple(self._at)

    @property
    def called(self) -> str:
        """What one of them is called."""
        is_named = (
            self._first is not None
            and not isinstance(self._first, Mapping | list)
            and type(self._first) is not tuple
        )
        return type(self._first).__name__ if is_named else "Row"

    def column(self, rows: Iterable[Any], name: str) -> list[Any]:
        """What each row has there; None where it has nothing."""
        at = self._at.get(name, name)
        try:
            if isinstance(self._first, dict):
                return [row.get(at) for row in rows]
            if not isinstance(at, int) and not isinstance(self._first, Mapping):
                return [getattr(row, at) for row in rows]
        except _MISSING:  # not all rows are of one kind
            pass
        return [_value(row, at) for row in rows]

    def value(self, row: Any, name: str) -> Any:
        """What one row has there."""
        return _value(row, self._at.get(name, name))

    def put(self, row: Any, name: str, value: object) -> None:
        """Write a value into a row, in place."""
        at = self._at.get(name, name)
        if isinstance(row, MutableMapping) or isinstance(at, int):
            row[at] = value
        else:
            setattr(row, at, value)

    @property
    def are_editable(self) -> bool:
        """Whether such rows can be changed in place."""
        first: Any = self._first
        if is_dataclass(first):
            made_by: Any = type(first)
            return not made_by.__dataclass_params__.frozen
        if isinstance(first, msgspec.Struct):
            return not first.__struct_config__.frozen
        return isinstance(first, MutableMapping | list)

    def takes_none(self, name: str) -> bool:
        """Whether a cell of this column may be emptied, as far as its rows say."""
        made_by: Any = type(self._first)
        hints = _hints(made_by)
        return name not in hints or allows_none(hints[name])

    def is_like(self, other: Records) -> bool:
        """Whether those rows are read and written as these are."""
        return self._at == other._at and type(self._first) is type(other._first)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    try:
        return get_type_hints(kind)
    except Exception:  # one that names what is not there at run time says nothing
        return {}


def _is_plain(row: object) -> bool:
    """Whether it is a sequence whose places have no names."""
    return isinstance(row, Sequence) and not isinstance(row, str | bytes) and not hasattr(row, "_fields")


def _names(rows: Sequence[object]) -> Sequence[Any]:
    if not rows:
        return ()
    row = rows[0]
    if isinstance(row, Mapping):  # later ones may have more
        heads = (other for other in islice(rows, LOOKED_AT) if isinstance(other, Mapping))
        return [*dict.fromkeys(chain.from_iterable(heads))]
    if is_dataclass(row):
        return [field.name for field in fields(row)]
    if isinstance(row, msgspec.Struct):
        return row.__struct_fields__
    if hasattr(row, "_fields"):
        return list(row._fields)
    raise UsageError(
        f"A row is a dict, a dataclass, a Struct or a tuple, got {row!r}. Write {{'name': {row!r}}}, "
        "or give the names of what to show: ui.table(rows, ['name', 'price'])."
    )


def _value(row: Any, at: Any) -> Any:
    try:
        return row[at] if isinstance(at, int) or isinstance(row, Mapping) else getattr(row, at)
    except _MISSING:
        return None
