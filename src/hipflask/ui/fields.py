"""What every field is made with: an element with a label, a value that a person edits, and words below it.

PASSWORD = Kind("password", "wa-input", role="textbox", label="label", field="value")

def password(label: str, *, value: str = "", **options: Unpack[FieldOptions]) -> Node:
    return field(PASSWORD, "input", {"label": label, "type": "password"}, options, value=value, decode=text)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from ..core.ports import Bindable
from .element import Args, Common, OnChange, editable, element
from .tree import Kind, Node, Props


class FieldOptions(Common, total=False):
    """What every field takes: `bind` keeps its value, `on_change(*args, value)` is called with it, `hint` explains below it, `error` says what is wrong."""

    bind: Bindable | None
    on_change: OnChange
    args: Args
    hint: str | None
    error: str | None
    disabled: bool


_OWN = FieldOptions.__annotations__.keys() - Common.__annotations__.keys()


def field(
    kind: Kind,
    event: str,
    props: Props,
    options: FieldOptions,
    *,
    value: object,
    decode: Callable[[Any], object],
    encode: Callable[[Any], object] = lambda value: value,
    attrs: Mapping[str, object] | None = None,
) -> Node:
    """Draw a field whose value travels with `event`, shown by `encode` and read by `decode`."""
    own = {name: given for name, given in options.items() if name in _OWN}
    common = cast("Common", {name: given for name, given in options.items() if name not in _OWN})
    words = {name: own.get(name) or None for name in ("hint", "error", "disabled")}
    node = element(kind, {**props, **words}, common, attrs)
    editable(
        node,
        event,
        value=value,
        bind=options.get("bind"),
        on_change=options.get("on_change"),
        args=options.get("args", ()),
        encode=encode,
        decode=decode,
    )
    return node
