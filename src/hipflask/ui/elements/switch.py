"""Something to turn on and off."""

from __future__ import annotations

from typing import Unpack

from ..element import flag
from ..fields import FieldOptions, field
from ..tree import Kind, Node

SWITCH = Kind("switch", "wa-switch", role="switch", label="text", field="checked")


def switch(label: str, *, value: bool = False, **options: Unpack[FieldOptions]) -> Node:
    """Show a switch, for what takes effect at once; for what is sent off later there is `ui.checkbox`.

    >>> lights = ui.state(True)
    >>> ui.switch("Floodlights", bind=lights)
    """
    return field(SWITCH, "change", {"text": label}, options, value=value, encode=bool, decode=flag)
