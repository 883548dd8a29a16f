"""A day."""

from __future__ import annotations

import datetime
from typing import Unpack

from ...core.errors import EntryError, UsageError
from ..fields import FieldOptions, field
from ..tree import Kind, Node

DATE = Kind("date", "wa-input", role="textbox", label="label", field="value")


def date(
    label: str,
    *,
    value: datetime.date | None = None,
    min: datetime.date | None = None,
    max: datetime.date | None = None,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a field for a day, as a `datetime.date` from `min` to `max`; an empty field is None.

    >>> from datetime import date
    >>> ui.date("Opening day", value=date(2026, 3, 26), min=date(2026, 1, 1))
    """

    def encode(day: object) -> str:
        if day is None:
            return ""
        if isinstance(day, datetime.datetime) or not isinstance(day, datetime.date):
            raise UsageError(f"ui.date({label!r}) shows a datetime.date or None, got {day!r}.")
        return day.isoformat()

    def decode(typed: object) -> datetime.date | None:
        if not isinstance(typed, str) or len(typed) not in (0, 10):
            raise ValueError("a day such as 2026-03-26 was expected")
        day = datetime.date.fromisoformat(typed) if typed else None
        if day and min and day < min:
            raise EntryError(f"This must be {min:%Y-%m-%d} or later.")
        if day and max and day > max:
            raise EntryError(f"This must be {max:%Y-%m-%d} or earlier.")
        return day

    props = {"label": label, "type": "date", "min": encode(min) or None, "max": encode(max) or None}
    return field(DATE, "change", props, options, value=value, encode=encode, decode=decode)
