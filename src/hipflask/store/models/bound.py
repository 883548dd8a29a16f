"""`bind=(row, Player.name)`: one value of one row, shown and edited at a field of the screen."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from sqlalchemy.exc import IntegrityError

from ...core.errors import BindingError, EntryError
from ...core.signature import Parameter
from ..types.exact import Exact, ValueRefused


class BoundField:
    """A `Field` over one value of the row of one key, whoever changes it."""

    def __init__(self, row: Any, name: str, exact: Exact) -> None:
        self._row = row
        self._name = name
        self._exact = exact

    def get(self) -> object:
        """The value now; of a row that is gone, the last that was known."""
        row = self._row.__store__.again(self._row)
        return getattr(self._row if row is None else row, self._name)

    def set(self, value: object, /) -> None:
        """Write what a person entered; raises ValueError with a sentence to show at the field."""
        column = type(self._row).__mapper__.columns[self._name]
        taken = entered(self._name, self._exact, value, is_optional=bool(column.nullable))
        store = self._row.__store__
        if store.again(self._row) is None:
            raise EntryError("This has been deleted meanwhile.")
        try:
            self._row.update(**{self._name: taken})
        except IntegrityError as error:
            raise EntryError(broken(error)) from error


def entered(name: str, exact: Exact, value: object, *, is_optional: bool) -> Any:
    """What a person entered, text as typed or the nearest of the screen's types, as the column takes it; raises EntryError."""
    if value in ("", None) and is_optional:
        return None
    try:
        value = _as_hinted(name, exact.hint, value)
        return exact.check(value)
    except BindingError as error:
        raise EntryError(f"{error.reason[0].upper()}{error.reason[1:]}.") from None
    except ValueRefused:
        raise EntryError(f"This takes {exact.expected}.") from None


def _as_hinted(name: str, hint: Any, value: object) -> object:
    if isinstance(value, str) and hint is not str:
        return Parameter(name, hint).bind(value, text=True)
    if hint is decimal.Decimal and isinstance(value, float):
        return decimal.Decimal(repr(value))  # what was typed, not the binary fraction next to it
    if hint is float and isinstance(value, int):
        return float(value)
    if hint is datetime.datetime and isinstance(value, datetime.datetime) and value.tzinfo is None:
        return value.astimezone()  # what a person enters is meant where the person is
    return value


def broken(error: IntegrityError) -> str:
    """What a constraint has refused, in a sentence."""
    words = str(error.orig)
    if words.startswith("UNIQUE"):
        return "This is taken already."
    if words.startswith("FOREIGN KEY"):
        return "This refers to something that is not there."
    return "This does not fit."
