"""A colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Unpack

from ...core.errors import UsageError
from ..fields import FieldOptions, field
from ..tree import Kind, Node

COLOR = Kind("color", "wa-color-picker", role="textbox", label="label", field="value")

_COLOR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


def color(
    label: str, *, value: str = "#000000", swatches: Sequence[str] = (), **options: Unpack[FieldOptions]
) -> Node:
    """Show a colour to change, written `#rrggbb`; `swatches` are some to choose from at once.

    >>> shirt = ui.state("#3559dc")
    >>> ui.color("Shirt", bind=shirt, swatches=["#3559dc", "#d32f45"])
    """

    def encode(color: object) -> str:
        if isinstance(color, str) and _COLOR.fullmatch(color):
            return color.lower()
        raise UsageError(f"ui.color({label!r}): a colour is written '#rrggbb', got {color!r}.")

    props = {"label": label, "withoutFormatToggle": True, "swatches": [encode(each) for each in swatches]}
    return field(COLOR, "change", props, options, value=value, encode=encode, decode=_decode)


def _decode(color: object) -> str:
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise ValueError("a colour such as #3559dc was expected")
    return color.lower()
