"""One of a few, all of them in view."""

from __future__ import annotations

from typing import Unpack

from ..choices import Choices, Options
from ..fields import FieldOptions, field
from ..tree import Kind, Node

RADIO = Kind("radio", "wa-radio-group", role="radiogroup", label="label", field="value")
OPTION = Kind("radio option", "wa-radio", role="option", label="text")


def radio(
    label: str,
    options: Options,
    *,
    value: object = None,
    horizontal: bool = False,
    **more: Unpack[FieldOptions],
) -> Node:
    """Show a few options to choose one from: values as they are, or a dict of values and their names.

    >>> base = ui.state("first")
    >>> ui.radio("Base", ["first", "second", "third"], bind=base)
    """
    choices = Choices("radio", label, options)
    props = {"label": label, "orientation": "horizontal" if horizontal else None}
    node = field(RADIO, "change", props, more, value=value, encode=choices.encode, decode=choices.decode)
    with node:
        choices.draw(OPTION)
    return node
