"""A time of day."""

from __future__ import annotations

import datetime
import re
from typing import Unpack

from ...core.errors import UsageError
from ..fields import FieldOptions, field
from ..tree import Kind, Node

TIME = Kind("time", "wa-input", role="textbox", label="label", field="value")

_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?")


def time(
    label: str,
    *,
    value: datetime.time | None = None,
    seconds: bool = False,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a field for a time of day, as a `datetime.time`; an empty field is None.

    >>> from datetime import time
    >>> ui.time("First pitch", value=time(19, 5))
    """

    def encode(hour: object) -> str:
        if hour is None:
            return ""
        if not isinstance(hour, datetime.time):
            raise UsageError(f"ui.time({label!r}) shows a datetime.time or None, got {hour!r}.")
        return hour.isoformat("seconds" if seconds else "minutes")[: 8 if seconds else 5]

    props = {"label": label, "type": "time", "step": 1 if seconds else None}
    return field(TIME, "change", props, options, value=value, encode=encode, decode=_decode)


def _decode(typed: object) -> datetime.time | None:
    if typed == "":
        return None
    if not isinstance(typed, str) or not _TIME.fullmatch(typed):
        raise ValueError("a time such as 19:05 was expected")
    return datetime.time.fromisoformat(typed)
