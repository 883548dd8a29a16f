"""Time travel: what a session showed after each of its frames, and what its states were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..... import ui
from ...records import Frame, Past, State
from .. import looks, parts, picture, sentences
from ..asking import Question
from ..inspection import Inspection
from ..itself import Itself

SIZES = {0.4: "40 %", 0.6: "60 %", 0.8: "80 %", 1.0: "100 %"}
FOR_EVER = 3600.0  # what has been does not change


def draw(inspection: Inspection, session: str) -> None:
    """Draw the view, with the session of that name if there is one."""
    sessions = parts.answered(inspection.ask("sessions", inspection.source.sessions))
    if sessions is None:
        return
    if not sessions:
        parts.nothing("No window is open.")
        return
    names = [each.name for each in sessions]
    chosen: Any = ui.state(session if session in names else names[0])
    size: Any = ui.state(0.6)
    with ui.row(gap="m"):
        if chosen.value in names:
            shown = {each.name: f"{each.name} {each.function}" for each in sessions}
            ui.select("Window", shown, bind=chosen, style=looks.NARROW_FIELD | {"flex-basis": "18rem"})
        ui.select("Size", SIZES, bind=size, style={"flex": "0 0 7.5rem"})
    with ui.column(gap="s", style=looks.FILL, key=chosen.value):
        _session(inspection, chosen.value, size)


@ui.component
def _session(inspection: Inspection, session: str, size: Any) -> None:
    frames = parts.answered(
        inspection.ask(("frames", session), lambda: inspection.source.frames(session), 0.5)
    )
    if frames is None:
        return
    if not frames:
        parts.nothing(
            "No frame of this window was recorded.", "Do something in it: frames are kept from then on."
        )
        return
    number: Any = ui.state(0)  # of the frame that is looked at; 0 is the newest, whichever that is
    at = _place(frames, number.value)
    _controls(frames, at, number)
    _seen(inspection, session, frames[at], frames[at - 1] if at else None, size)


def _place(frames: Sequence[Frame], number: int) -> int:
    """Where in the row a frame stands; one that is not kept any more has become the oldest."""
    if not number:
        return len(frames) - 1
    return next((nth for nth, frame in enumerate(frames) if frame.number >= number), len(frames) - 1)


def _controls(frames: Sequence[Frame], at: int, number: Any) -> None:
    last = len(frames) - 1

    def go(place: float) -> None:
        place = min(max(int(place), 0), last)
        number.set(0 if place == last else frames[place].number)

    def step(name: str, icon: str, place: int) -> None:
        is_there = min(max(place, 0), last) == at
        ui.button(
            name,
            icon=icon,
            icon_only=True,
            size="s",
            appearance="outlined",
            on_click=go,
            args=(place,),
            disabled=is_there,
        )

    with ui.row(gap="s", wrap=False):
        step("First frame", "skip-back", 0)
        step("One frame back", "chevron-left", at - 1)
        ui.slider(
            "Frame",
            min=0,
            max=max(last, 1),
            value=at,
            on_change=go,
            style={"flex": "1 1 20rem"},
            disabled=last == 0,
        )
        step("One frame on", "chevron-right", at + 1)
        step("Newest frame", "skip-forward", last)
    ui.shortcut("Alt+Left", go, args=(at - 1,))
    ui.shortcut("Alt+Right", go, args=(at + 1,))


@ui.component
def _seen(inspection: Inspection, session: str, frame: Frame, before: Frame | None, size: Any) -> None:
    kept: list[Past] = ui.state(_Kept()).value.pasts
    past = _past(inspection, session, frame).answer
    earlier = _past(inspection, session, before).answer if before is not None else None
    if past is not None and past.value is not None:
        kept[:] = [past.value]
    elif past is not None:
        parts.nothing(past.problem)
        return
    elif not kept:
        ui.spinner("Going back")
        return
    _frame(inspection, frame, at_rest=past is not None)
    with ui.row(gap="m", wrap=False, align="stretch", style=looks.FILL):
        with ui.column(gap="xs", style=looks.PANE | {"flex": "3 1 0"}):
            picture.draw_picture(kept[0].tree, f"{session} after frame {kept[0].frame.number}", size.value)
        with ui.column(gap="xs", style=looks.PANEL | {"flex": "2 1 0"}):
            ui.heading("States", level=2)
            _states(
                kept[0].states,
                earlier.value.states if earlier is not None and earlier.value is not None else None,
            )


class _Kept(Itself):
    """What was shown last, until there is something else to show."""

    def __init__(self) -> None:
        self.pasts: list[Past] = []


def _past(inspection: Inspection, session: str, frame: Frame) -> Question[Past]:
    return inspection.ask(
        ("past", session, frame.number), lambda: inspection.source.past(session, frame.number), FOR_EVER
    )


def _frame(inspection: Inspection, frame: Frame, *, at_rest: bool) -> None:
    with ui.row(gap="m", style={"min-height": "1.8rem"}):
        ui.text(f"Frame {frame.number:,} at {sentences.clock(frame.at)}", strong=True)
        ui.text(
            f"{sentences.number(frame.patches, 'patch', 'patches')}, {sentences.size(frame.bytes)}",
            tone="quiet",
            size="s",
        )
        if frame.trace and inspection.recorded.trace(frame.trace):
            ui.link(
                "What led to it", f"/trace?id={frame.trace}", style={"font-size": "var(--wa-font-size-s)"}
            )
        if not at_rest:
            ui.spinner("Going there", size="1rem")


def _states(states: Sequence[State], before: Sequence[State] | None) -> None:
    if not states:
        ui.text("This window had no states.", tone="quiet", size="s")
    were = {each.id: each.text for each in before or ()}
    for state in states:
        has_changed = before is not None and were.get(state.id) != state.text
        with ui.column(gap="none", key=state.id, style={"padding": "0.3rem 0"}):
            with ui.row(gap="s"):
                ui.text(state.name, strong=True, size="s")
                if has_changed:
                    ui.badge("changed", tone="primary")
            if has_changed and state.id in were:
                ui.text(
                    f"was {were[state.id]}",
                    tone="quiet",
                    size="s",
                    style=looks.MONO | looks.WIDE | {"overflow-wrap": "anywhere"},
                )
            ui.text(state.text, style=looks.MONO | looks.WIDE | {"overflow-wrap": "anywhere"})
            ui.text(f"{state.part} at {state.place}" if state.part else state.place, tone="quiet", size="s")
