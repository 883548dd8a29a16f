"""The frame around every view: where one can go, which program it is, whether it is still there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .... import ui
from ....ui.element import Tone
from . import looks
from .inspection import Inspection
from .sentences import number

VIEWS = {
    "Sessions": ("/", "app-window"),
    "Activity": ("/activity", "activity"),
    "Live queries": ("/queries", "refresh-cw"),
    "Network": ("/network", "arrow-left-right"),
    "Store": ("/store", "database"),
    "Changes": ("/changes", "history"),
    "Sync": ("/sync", "cloud"),
    "Logs": ("/logs", "scroll-text"),
    "Profile": ("/profile", "flame"),
    "Time travel": ("/past", "rewind"),
}
OF_A_REPORT = {"Report": ("/", "file-warning"), "Activity": VIEWS["Activity"], "Logs": VIEWS["Logs"]}
_TONES: dict[str, Tone] = {"connected": "success", "looking": "normal", "gone": "warning", "file": "primary"}
_WORDS = {"connected": "Running", "looking": "Looking", "gone": "Ended", "file": "Report"}


@contextmanager
def page(inspection: Inspection, view: str, hint: str = "") -> Iterator[None]:
    """Draw one view into the frame."""
    with ui.row(gap="none", wrap=False, align="stretch", style=looks.PAGE):
        with ui.column(gap="xs", style=looks.NAV, attrs={"role": "navigation", "aria-label": "Views"}):
            _ways(view, VIEWS if inspection.report is None else OF_A_REPORT)
            ui.column(gap="none", style={"flex": "1 1 1rem"})
            _standing(inspection)
        with ui.column(gap="s", style=looks.MAIN):
            with ui.column(gap="none"):
                ui.heading(view)
                if hint:
                    ui.text(hint, tone="quiet", size="s", style=looks.WIDE)
            yield


def _ways(view: str, ways: Mapping[str, tuple[str, str]]) -> None:
    with ui.row(gap="s", wrap=False, style={"padding": "0 0.6rem 0.6rem"}):
        ui.icon("scan-search", size="1.25rem", style={"color": "var(--wa-color-brand-on-quiet)"})
        ui.text("Inspector", strong=True)
    for name, (path, icon) in ways.items():
        is_here = name == view
        attrs = {"aria-current": "page"} if is_here else {}
        with ui.link(name, path, style=looks.HERE if is_here else looks.LINK, attrs=attrs, key=path):
            ui.icon(icon, style={"order": "-1", "align-self": "center"})


@ui.component
def _standing(inspection: Inspection) -> None:
    """Who it is, and how it is."""
    state, sentence, title = inspection.following.standing.value
    is_held = inspection.following.is_held.value
    with ui.column(gap="xs", style={"padding": "0.6rem", "flex": "0 0 auto"}, attrs={"role": "status"}):
        with ui.row(gap="s"):
            ui.badge("Held" if is_held else _WORDS[state], tone="warning" if is_held else _TONES[state])
        ui.text(title, strong=True, size="s", style={"overflow-wrap": "anywhere"})
        ui.text(sentence, tone="quiet", size="s")
        if inspection.recorded.dropped:
            ui.text(f"{number(inspection.recorded.dropped, 'older record')} given up", tone="quiet", size="s")
    if state != "file":
        _processes(inspection)
        with ui.row(gap="xs", wrap=False, style={"padding": "0 0.6rem"}):
            hold = inspection.following.hold
            ui.button(
                "Go on" if is_held else "Hold", icon="play" if is_held else "pause", size="s",
                appearance="outlined", on_click=hold, args=(not is_held,),
                tooltip="Have what is shown stand still; nothing is lost meanwhile",
            )  # fmt: skip
            ui.button(
                "Clear", icon="eraser", icon_only=True, size="s", appearance="outlined",
                on_click=inspection.following.clear, tooltip="Forget all that has been told so far",
            )  # fmt: skip


@ui.component
def _processes(inspection: Inspection) -> None:
    """Which of several processes is asked."""
    answer = inspection.ask("programs", inspection.source.programs, 0.5).answer
    programs = [each for each in (answer.value or ()) if each.is_there] if answer is not None else []
    chosen: Any = ui.state(0)
    if len(programs) > 1:
        names = (
            {chosen.value: "One that has ended"}
            | {0: "The newest"}
            | {each.process: f"{each.name} ({each.process})" for each in programs}
        )

        def choose(process: int) -> None:
            inspection.source.choose(process or None)
            inspection.ask.ask_again()

        ui.select("Process", names, bind=chosen, on_change=choose, style={"padding": "0 0.6rem"})
