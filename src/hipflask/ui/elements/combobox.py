"""One of many, found by typing."""

from __future__ import annotations

from typing import Unpack

from ..choices import Choices, Options
from ..fields import FieldOptions, field
from ..tree import Kind, Node

COMBOBOX = Kind("combobox", "hf-combobox", role="combobox", label="label", field="value")


def combobox(
    label: str,
    options: Options,
    *,
    value: object = None,
    placeholder: str | None = None,
    no_match: str = "Nothing like that",
    **more: Unpack[FieldOptions],
) -> Node:
    """Show a field that finds one of many options by any part of its name; `no_match` is said where none has it.

    >>> players = {1: "Who", 2: "What", 3: "I Don't Know"}
    >>> ui.combobox("Player", players, value=1, placeholder="Type a name")
    """
    choices = Choices("combobox", label, options)
    props = {
        "label": label, "placeholder": placeholder, "options": choices.pairs(), "noMatch": no_match,
    }  # fmt: skip
    return field(COMBOBOX, "change", props, more, value=value, encode=choices.encode, decode=choices.decode)
