"""What several views draw: facts in a list, sentences in place of what is not there, a place in the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from .... import ui
from ....ui.element import Tone, element, listen
from ....ui.tree import Kind, Node
from . import looks
from .asking import Answer, Question
from .inspection import Inspection
from .source_lines import excerpt

T = TypeVar("T")

PRESSABLE = Kind("pressable", "hf-column", role="button", label="aria-label")


def answered(question: Question[T]) -> T | None:
    """The answer to a question; where there is none, None, and why is drawn."""
    answer: Answer[T] | None = question.answer
    if answer is None:
        ui.spinner("Asking the program")
    elif answer.value is None:
        nothing(answer.problem or "There is nothing.")
    return None if answer is None else answer.value


def nothing(sentence: str, hint: str = "") -> None:
    """Say that there is nothing to be seen, and what would change that."""
    with ui.column(gap="xs", align="center", style={"padding": "2.5rem 1rem", "text-align": "center"}):
        ui.text(sentence, tone="quiet")
        if hint:
            ui.text(hint, tone="quiet", size="s")


def facts(known: Mapping[str, Any], *, label: str = "Facts") -> None:
    """Names and what they are, one below the other."""
    with ui.column(gap="none", style=looks.FACTS, attrs={"role": "group", "aria-label": label}):
        for name, value in known.items():
            ui.text(name, tone="quiet", size="s", key=f"name {name}")
            ui.text(value, size="s", key=f"value {name}", style={"overflow-wrap": "anywhere"} | looks.WIDE)


def pressable(
    name: str,
    on_press: Callable[..., object],
    args: tuple[object, ...],
    *,
    key: object,
    is_current: bool,
    style: Mapping[str, str],
) -> Node:
    """What is drawn inside it can be pressed, all of it: a row of a list, a card."""
    attrs = {
        "role": "button",
        "tabindex": "0",
        "aria-label": name,
        "aria-current": "true" if is_current else None,
    }
    look = {"cursor": "pointer", "gap": "0", **style, **(looks.CURRENT if is_current else {})}
    node = element(PRESSABLE, {}, {"key": key, "style": look}, attrs)
    for event in ("click", "keydown:Enter", "keydown: "):
        listen(node, event, on_press, args)
    return node


@contextmanager
def closer_look(chosen: Any) -> Iterator[None]:
    """A region beside a table, for what is chosen there, with a button that puts it away."""
    attrs = {"role": "region", "aria-label": "Details", "tabindex": "0"}
    with ui.column(gap="s", style=looks.PANEL | {"flex": "2 1 0", "position": "relative"}, attrs=attrs):
        yield
        ui.button(
            "Close details", icon="x", icon_only=True, size="s", appearance="plain", on_click=chosen.set, args=(None,),
            style={"position": "absolute", "inset-block-start": "0.5rem", "inset-inline-end": "0.5rem"},
        )  # fmt: skip


def tile(name: str, value: str, hint: str = "", tone: Tone = "normal") -> None:
    """One number that is to be seen from afar."""
    with ui.column(gap="none", style=looks.PANEL | {"flex": "1 1 9rem", "padding": "0.6rem 0.9rem"}):
        ui.text(name, tone="quiet", size="s")
        look = {"font-size": "1.35rem", "font-weight": "600", "font-variant-numeric": "tabular-nums"}
        ui.text(value, tone=tone, style=look)
        if hint:
            ui.text(hint, tone="quiet", size="s")


def sql(text: str) -> None:
    """A statement, all of it."""
    ui.text(text, style=looks.MONO | looks.WIDE | looks.QUOTED)


def code_at(inspection: Inspection, place: str) -> None:
    """The line at a place, and some around it; the place alone where the file cannot be read here."""
    if not place:
        return
    ui.text(place, size="s", style=looks.MONO)
    program = inspection.program()
    if program is None or not inspection.is_live:
        return
    found = inspection.ask(
        ("lines", program.folder, place), lambda: excerpt(program.folder, place), 5.0
    ).answer
    if found is not None and found.value:
        ui.code(found.value, copy=False, style={"font-size": "0.92em"})
