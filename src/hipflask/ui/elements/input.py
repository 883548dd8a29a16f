"""A line of text to type."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import OnChange, choice, listen, text
from ..fields import FieldOptions, field
from ..tree import Kind, Node

TextKind = Literal["text", "email", "search", "tel", "url"]

INPUT = Kind("input", "wa-input", role="textbox", label="label", field="value")


def input(
    label: str = "",
    *,
    value: str = "",
    on_enter: OnChange = None,
    placeholder: str | None = None,
    kind: TextKind = "text",
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a field for a line of text.

    `bind=` keeps what is typed in a state, letter by letter; `on_change(*args, text)` is called with it, and
    `on_enter(*args, text)` when Enter is pressed. What a person is typing is never overwritten.

    >>> name = ui.state("Who")
    >>> ui.input("Name", bind=name, placeholder="On first")
    """
    props = {
        "label": label or None,
        "type": None if kind == "text" else choice("input", "kind", kind, TextKind),
        "placeholder": placeholder,
    }
    node = field(INPUT, "input", props, options, value=value, encode=shown, decode=text)
    listen(node, "keydown:Enter", on_enter, options.get("args", ()), sends="value")
    return node


def shown(value: object) -> str:
    """A value as a line of text; nothing for None."""
    return "" if value is None else str(value)
