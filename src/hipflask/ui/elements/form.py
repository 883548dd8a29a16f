"""A field for each field of a type."""

from __future__ import annotations

import datetime
import inspect
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import Any, TypeVar, Unpack

import msgspec

from ...core import hints
from ...core.words import limits
from ..drawing import current, place_of
from ..element import Args, Common, element, listen
from ..element import text as as_text
from ..entries import Entry, Sheet, sheet
from ..fields import FieldOptions, field
from ..states import State
from ..tree import Kind, Node, Props
from .button import button
from .column import column
from .date import DATE
from .input import INPUT, shown
from .multi_select import multi_select
from .number import NUMBER
from .radio import radio
from .select import select
from .switch import switch
from .text import text
from .textarea import TEXTAREA
from .time import TIME

T = TypeVar("T")

FORM = Kind("form", "hf-form", role="form", label="aria-label")

# Numbers are typed as text: a browser's own field for them keeps what is no number to itself, so nobody could say what is wrong.
_LINES: dict[Any, tuple[Kind, Props]] = {
    int: (NUMBER, {"inputmode": "numeric"}),
    float: (NUMBER, {"inputmode": "decimal"}),
    Decimal: (NUMBER, {"inputmode": "decimal"}),
    datetime.date: (DATE, {"type": "date"}),
    datetime.time: (TIME, {"type": "time"}),
    datetime.datetime: (INPUT, {"type": "datetime-local"}),
}
# These show parts of a value (a day without its year), and say meanwhile that they are empty.
_IN_PARTS = (datetime.date, datetime.time, datetime.datetime)

# As many options are shown side by side; more are a list that opens.
_IN_VIEW = 3
# A text that may be longer than this has several lines.
_LINE = 200


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
    is said there. A ValueError that the type or `on_submit` (async or not) raises is said above the button, and all that
    was typed stays. `value` is what the form begins with (give it a `key=` where that changes), `clears` empties it once
    it was taken.

    >>> import msgspec
    >>> class Player(msgspec.Struct):
    ...     name: str
    ...     number: int = 1
    ...     plays: bool = True
    >>> ui.form(Player, on_submit=print, submit="Add")
    """
    drawing = current("ui.form")
    place = (*place_of(sys._getframe(1)), getattr(type, "__qualname__", ""), common.get("key"))
    found = sheet(type, value, lambda name, start: drawing.cell((*place, name), start))
    sending = _Sending(
        found,
        drawing.cell((*place, "wrong"), ""),
        drawing.cell((*place, "turn"), _Turn()),
        on_submit,
        args,
        clears,
    )
    node = element(FORM, {}, common, {"role": "form", "aria-label": label or type.__name__})
    with node:
        _draw(found, sending.send)
        if sending.wrong.value:
            text(sending.wrong.value, tone="danger", attrs={"role": "alert"})
        button(submit, on_click=sending.send, tone="primary")
    return node


class _Turn:
    """One at a time; free again when the program is loaded anew, since what was under way then is not any more."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.end = self._lock.release

    def take(self) -> bool:
        """Whether it was free."""
        return self._lock.acquire(blocking=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Turn, ()


@dataclass(frozen=True, eq=False)
class _Sending:
    """What the button does."""

    sheet: Sheet
    wrong: State[str]  # with the whole of it
    turn: State[_Turn]
    on_submit: Callable[..., object]
    args: Args
    clears: bool

    def send(self, _: object = None) -> Awaitable[object] | None:
        """Give the value to `on_submit`, unless something is wrong with it; returns what is still to be awaited."""
        # Enter and the button, or the button twice: one was meant.
        if not self.turn.value.take():
            return None
        pending = None
        try:
            pending = self._give()
        except ValueError as error:
            self._complain(error)
        finally:
            if pending is None:
                self.turn.value.end()
        return pending

    def _give(self) -> Awaitable[object] | None:
        self.wrong.set("")
        if not self.sheet.check():
            return None
        entered = self.sheet.entered()
        result = _call(self.on_submit, self.args, self.sheet.read())
        if inspect.iscoroutine(result):
            return self._wait(result, entered)
        self._clear(entered)
        return None

    async def _wait(self, result: Awaitable[object], entered: list[tuple[Entry, object]]) -> None:
        try:
            await result
            self._clear(entered)
        except ValueError as error:
            self._complain(error)
        finally:
            self.turn.value.end()

    def _complain(self, error: ValueError) -> None:
        self.wrong.set(str(error) or "This cannot be taken.")

    def _clear(self, entered: list[tuple[Entry, object]]) -> None:
        """Empty the fields that still hold what was sent: what has been typed meanwhile is for the next time."""
        for entry, sent in entered if self.clears else ():
            if entry.entered.value == sent:
                entry.clear()


def _draw(sheet: Sheet, send: Callable[..., object]) -> None:
    for part in sheet.parts:
        if isinstance(part, Entry):
            _field(part, send)
            continue
        with column(
            attrs={"role": "group", "aria-label": part.label}, style={"padding-inline-start": "1rem"}
        ):
            text(part.label, strong=True)
            _draw(part, send)


def _field(entry: Entry, send: Callable[..., object]) -> None:
    words = FieldOptions(bind=entry, hint=_hint(entry), error=entry.fault.value)
    if entry.is_tick:
        switch(entry.label, **words)
    elif entry.options and entry.parameter.is_list:
        multi_select(entry.label, entry.options, **words)
    elif entry.options:
        choose = radio if len(entry.options) <= _IN_VIEW else select
        choose(entry.label, entry.options, **words)
    elif entry.is_lines or _is_long(entry):
        field(
            TEXTAREA,
            "input",
            {"label": entry.label, "rows": 4},
            words,
            value="",
            encode=shown,
            decode=as_text,
        )
    else:
        _line(entry, words, send)


def _line(entry: Entry, words: FieldOptions, send: Callable[..., object]) -> None:
    is_plain = entry.parameter.is_list or entry.is_zoned
    kind, props = (INPUT, {}) if is_plain else _LINES.get(entry.kind, (INPUT, {}))
    props = {"label": entry.label, "placeholder": entry.suggestion, **props}
    if "type" in props and str(entry.start).count(":") == 2:
        props["step"] = 1  # seconds
    node = field(kind, "input", props, words, value="", encode=shown, decode=as_text)
    listen(node, "keydown:Enter", send, sends="value")
    if entry.kind in _IN_PARTS and "type" in props:
        listen(node, "focusout", entry.note_half, sends="validationMessage")


def _hint(entry: Entry) -> str:
    parameter = entry.parameter
    says = [parameter.description, limits(parameter.only)]
    if parameter.is_list and not entry.options:
        says.append("One on each line." if entry.is_lines else "Separate several by commas.")
    return " ".join(filter(None, says))


def _is_long(entry: Entry) -> bool:
    _, extras = hints.bare(entry.parameter.only)
    longest = [extra.max_length or 0 for extra in extras if isinstance(extra, msgspec.Meta)]
    is_text = entry.kind is str and not entry.parameter.is_list
    return is_text and (max(longest, default=0) > _LINE or "\n" in str(entry.start))


def _call(function: Callable[..., object], args: Args, value: object) -> object:
    return function(*args, value) if isinstance(args, tuple) else function(value, **args)
