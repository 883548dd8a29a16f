"""A line of text to type."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.ports import Field
from ..element import Args, Common, OnChange, choice, editable, element, listen
from ..element import text as as_text
from ..tree import Kind, Node

TextKind = Literal["text", "email", "search", "tel", "url"]

INPUT = Kind("input", "wa-input", role="textbox", label="label", field="value")


def input(
    label: str = "",
    *,
    value: str = "",
    bind: Field | None = None,
    on_change: OnChange = None,
    on_enter: OnChange = None,
    args: Args = (),
    placeholder: str | None = None,
    hint: str | None = None,
    kind: TextKind = "text",
    disabled: bool = False,
    **common: Unpack[Common],
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
        "hint": hint,
        "disabled": disabled or None,
    }
    node = element(INPUT, props, common)
    show = lambda value: "" if value is None else str(value)  # noqa: E731
    editable(
        node, "input", value=value, bind=bind, on_change=on_change, args=args, encode=show, decode=as_text
    )
    listen(node, "keydown:Enter", on_enter, args, sends="value")
    return node
