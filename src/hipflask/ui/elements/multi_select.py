"""Several of many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from ..choices import Choices, Options
from ..fields import FieldOptions, field
from ..tree import Kind, Node
from .select import OPTION

MULTI_SELECT = Kind("multi_select", "wa-select", role="listbox", label="label", field="value")


def multi_select(
    label: str,
    options: Options,
    *,
    value: Iterable[object] = (),
    placeholder: str | None = None,
    **more: Unpack[FieldOptions],
) -> Node:
    """Show a list to choose any number of values from; what is chosen is a list of them.

    >>> bases = ui.state(["first"])
    >>> ui.multi_select("Bases", ["first", "second", "third"], bind=bases)
    """
    choices = Choices("multi_select", label, options)
    props = {
        "label": label, "placeholder": placeholder, "multiple": True, "withClear": True, "maxOptionsVisible": 4,
    }  # fmt: skip
    node = field(
        MULTI_SELECT, "change", props, more,
        value=value, encode=choices.encode_all, decode=choices.decode_all,
    )  # fmt: skip
    with node:
        choices.draw(OPTION)
    return node
