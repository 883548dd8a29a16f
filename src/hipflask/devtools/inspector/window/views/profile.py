"""Flame graphs: of the next seconds, or of the next calls of one handler or drawing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ..... import ui
from ...records import Profile
from .. import looks, parts, sentences
from ..flame import frames
from ..inspection import Inspection, tried

SECONDS = 10.0
CALLS = 5
_KINDS = ("handler", "draw", "task")

flame_graph = ui.web_component("flame-graph", "/static/flame-graph.js", field="chosen", role="tree")


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    chosen: Any = ui.state(0)
    if inspection.is_live:
        _begin(inspection, chosen)
    profiles = parts.answered(inspection.ask("profiles", inspection.source.profiles, 0.5))
    if profiles is None:
        return
    if not profiles:
        parts.nothing(
            "No profile has been made yet.",
            "Look at the next seconds of the whole program, or at the next calls of one function, and use the program meanwhile.",
        )
        return
    current = next((each for each in profiles if each.id == chosen.value), profiles[0])
    names = {each.id: f"{each.what}, {sentences.clock(each.began)[:8]}" for each in profiles}
    with ui.column(gap="s", style=looks.FILL, key=current.id):
        _profile(inspection, current.id, {chosen.value: "Begun just now"} | {0: "The newest"} | names, chosen)


@ui.component
def _begin(inspection: Inspection, chosen: Any) -> None:
    inspection.recorded.follow()
    of: Any = ui.state("")
    names = {
        f"{row.kind} {row.name}": f"{sentences.KINDS[row.kind]} {row.name}"
        for row in inspection.recorded.doings[-5000:]
        if row.kind in _KINDS
    }

    def program() -> None:
        begun = tried(partial(inspection.source.profile_program, SECONDS))
        chosen.set(begun or chosen.value)

    def calls() -> None:
        kind, _, name = of.value.partition(" ")
        begun = tried(lambda: inspection.source.profile_calls(kind, name, CALLS))
        chosen.set(begun or chosen.value)

    with ui.row(gap="m"):
        ui.button(f"Look at the next {SECONDS:.0f} seconds", icon="timer", tone="primary", on_click=program)
        ui.combobox(
            "Or at a handler or drawing",
            {of.value: of.value} | {"": "none"} | dict(sorted(names.items())),
            bind=of,
            style={"flex": "0 1 22rem"},
        )
        ui.button(f"Look at its next {CALLS} calls", icon="flame", on_click=calls, disabled=not of.value)


@ui.component
def _profile(inspection: Inspection, id: int, names: Mapping[int, str], chosen: Any) -> None:
    profile = parts.answered(inspection.ask(("profile", id), lambda: inspection.source.profile(id), 0.5))
    if profile is None:
        return
    if not profile.is_over:
        _under_way(inspection, profile)
        return
    if profile.problem or not profile.threads:
        parts.nothing(profile.problem or "Nothing was seen: no such function ran, or it was too quick.")
        return
    sought: Any = ui.state("")
    with ui.row(gap="m"):
        ui.select("Profile", names, bind=chosen, style={"flex": "0 1 20rem"})
        ui.input("Find", bind=sought, placeholder="a function or a file", style=looks.NARROW_FIELD)
        ui.text(_about(profile), tone="quiet", size="s", style={"flex": "1 1 14rem"})
        ui.button("Save for speedscope…", icon="download", appearance="outlined", on_click=_save, args=(inspection, id),
                  tooltip="A file that https://www.speedscope.app opens")  # fmt: skip
    program = inspection.program()
    flame_graph(
        frames=frames(profile.threads, program.folder if program is not None else ""),
        label=f"Flame graph of {profile.what}",
        sought=sought.value,
        style=looks.FILL | {"min-height": "20rem"},
        attrs={"role": "group", "aria-label": f"Flame graph of {profile.what}"},
    )
    ui.text(
        "Click or press Enter to zoom in, Backspace to go out a step, Escape for the whole; arrow keys go about.",
        tone="quiet",
        size="s",
        style=looks.WIDE,
    )


def _under_way(inspection: Inspection, profile: Profile) -> None:
    with ui.row(gap="m"):
        ui.spinner(f"Looking at {profile.what}")
        ui.text(
            f"Looking at {profile.what}: {sentences.seconds(profile.seconds)} so far. Use the program meanwhile."
        )
        ui.button(
            "That is enough",
            size="s",
            appearance="outlined",
            on_click=inspection.source.stop_profile,
            args=(profile.id,),
        )


def _about(profile: Profile) -> str:
    calls = f"{sentences.number(profile.calls, 'call')}, " if profile.calls else ""
    return (
        f"{calls}{sentences.seconds(profile.seconds)}, looked at {sentences.number(profile.samples, 'time')}"
    )


def _save(inspection: Inspection, id: int) -> None:
    content = tried(partial(inspection.source.speedscope, id))
    if content is None:
        return
    path: Any = ui.save_file(
        "profile.speedscope.json", title="Save the profile", types={"speedscope": [".json"]}
    )
    if path is not None:
        Path(path).write_text(content, encoding="utf-8")
        ui.notify(f"{path} is written.")
