"""A field for each field of a type."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar, Unpack

from ...core import hints
from ..drawing import current
from ..element import Args, Common, element, listen
from ..entries import Entry, entries
from ..states import State
from ..tree import Kind, Node
from .button import button
from .checkbox import checkbox
from .input import input
from .select import select
from .text import text

T = TypeVar("T")

FORM = Kind("form", "hf-form", role="form", label="aria-label")

# What the browser's own line of text is to be, where it knows the type.
_LINES = {datetime.date: "date", datetime.time: "time", datetime.datetime: "datetime-local"}


def form(
    type: type[T],
    *,
    on_submit: Callable[..., object],
    args: Args = (),
    value: T | None = None,
    submit: str = "Save",
    clears: bool = False,
    label: str | None = None,
    **common: Unpack[Common],
) -> Node:
    """Show a field for each field of a dataclass or Struct, and a button that calls `on_submit(*args, value)` with one.

    Each field is checked as one types, by its type hint and `Annotated[…, Meta(ge=…, description=…)]`; what does not fit
    is said there. A ValueError that the type or `on_submit` raises is said above the button. `value` is what the form
    begins with, `clears` empties it once it was taken.

    >>> import msgspec
    >>> class Player(msgspec.Struct):
    ...     name: str
    ...     number: int = 1
    ...     plays: bool = True
    >>> ui.form(Player, on_submit=print, submit="Add")
    """
    drawing = current("ui.form")
    key = common.get("key")
    found = entries(
        type, value, lambda name, start: drawing.cell(("form", type.__qualname__, key, name), start)
    )
    whole = drawing.cell(("form", type.__qualname__, key), "")
    send = _sender(type, found, whole, on_submit, args, clears)
    node = element(FORM, {}, common, {"aria-label": label or type.__name__})
    with node:
        for entry in found:
            _field(entry, send)
        if whole.value:
            text(whole.value, tone="danger")
        button(submit, on_click=send, tone="primary")
    return node


def _field(entry: Entry, send: Callable[..., object]) -> None:
    parameter = entry.parameter
    if parameter.is_bool:
        node = checkbox(entry.label, bind=entry)
    elif parameter.choices is not None and not parameter.is_list:
        node = select(entry.label, parameter.choices, bind=entry)
    else:
        node = input(entry.label, bind=entry)
        node.props["type"] = _LINES.get(hints.bare(parameter.only)[0], "text")
        listen(node, "keydown:Enter", lambda _: send(), sends="value")
    says = [parameter.description, "Separate several by commas." if parameter.is_list else ""]
    node.props |= {"hint": " ".join(filter(None, says)), "error": entry.fault.value or None}
    node.props = {
        name: value for name, value in node.props.items() if value not in (None, "") or name == "value"
    }


def _sender(
    type: Callable[..., T],
    found: list[Entry],
    whole: State[str],
    on_submit: Callable[..., object],
    args: Args,
    clears: bool,
) -> Callable[[], object]:
    def send() -> object:
        whole.set("")
        values = {entry.name: _checked(entry) for entry in found}
        if any(entry.fault.value for entry in found):
            return None
        try:
            result = _call(on_submit, args, type(**values))
        except ValueError as error:
            whole.set(str(error))
            return None
        for entry in found if clears else ():
            entry.clear()
        return result

    return send


def _checked(entry: Entry) -> Any:
    try:
        value = entry.read()
    except ValueError as error:
        entry.fault.set(str(error))
        return None
    entry.fault.set("")
    return value


def _call(function: Callable[..., object], args: Args, value: object) -> object:
    return function(*args, value) if isinstance(args, tuple) else function(value, **args)
