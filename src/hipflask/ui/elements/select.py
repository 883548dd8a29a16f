"""One of several."""

from __future__ import annotations

from typing import Unpack

from ..choices import Choices, Options
from ..fields import FieldOptions, field
from ..tree import Kind, Node

SELECT = Kind("select", "wa-select", role="combobox", label="label", field="value")
OPTION = Kind("option", "wa-option", role="option", label="text")


def select(
    label: str,
    options: Options,
    *,
    value: object = None,
    placeholder: str | None = None,
    **more: Unpack[FieldOptions],
) -> Node:
    """Show a list to choose one from: values that are shown as they are, or a dict of values and their names.

    `value`, `bind=` and `on_change(*args, value)` speak of the values themselves, of whatever type.

    >>> base = ui.state("first")
    >>> ui.select("Base", ["first", "second", "third"], bind=base)
    >>> ui.select("Rounds", {1: "one", 10: "ten"}, value=10)
    """
    choices = Choices("select", label, options)
    props = {"label": label, "placeholder": placeholder}
    node = field(SELECT, "change", props, more, value=value, encode=choices.encode, decode=choices.decode)
    with node:
        choices.draw(OPTION)
    return node
