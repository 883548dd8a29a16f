"""A yes or no."""

from __future__ import annotations

from typing import Unpack

from ..element import flag
from ..fields import FieldOptions, field
from ..tree import Kind, Node

CHECKBOX = Kind("checkbox", "wa-checkbox", role="checkbox", label="text", field="checked")


def checkbox(label: str, *, value: bool = False, **options: Unpack[FieldOptions]) -> Node:
    """Show a box to tick; `bind=` keeps True or False, `on_change(*args, ticked)` is called with it.

    >>> agreed = ui.state(False)
    >>> ui.checkbox("I agree", bind=agreed)
    """
    return field(CHECKBOX, "change", {"text": label}, options, value=value, encode=bool, decode=flag)
