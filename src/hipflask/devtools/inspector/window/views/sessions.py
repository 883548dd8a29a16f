"""Live sessions: their elements with the lines that drew them, and their states, which can be given other values."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..... import ui
from ...records import Node, Session, State, Unanswered
from .. import looks, parts, sentences
from ..inspection import Inspection, tried
from ..nodes import find, path_to
from ..sentences import shortened

MOST_INSIDE = 200  # elements in one that are drawn at once
OPEN_DEPTH = 3


def draw(inspection: Inspection, session: str) -> None:
    """Draw the view, with the session of that name if there is one."""
    sessions = parts.answered(inspection.ask("sessions", inspection.source.sessions))
    if sessions is None:
        return
    if not sessions:
        parts.nothing("No window is open.", "Each that is opened is a session, and appears here.")
        return
    chosen = ui.state(session)
    named = {each.name: each for each in sessions}
    current = named.get(chosen.value) or sessions[0]
    with ui.row(gap="s", align="stretch", attrs={"role": "group", "aria-label": "Sessions"}):
        for each in sessions:
            _tab(each, each is current, chosen)
    with ui.column(gap="none", style=looks.FILL, key=current.name):
        _session(inspection, current.name)


def _tab(session: Session, is_current: bool, chosen: Any) -> None:
    name = f"{session.name} {session.function}"
    with parts.pressable(
        name, chosen.set, (session.name,), key=session.name, is_current=is_current, style=_CARD
    ):
        with ui.row(gap="s", wrap=False):
            ui.badge(session.name, tone="success" if session.is_connected else "normal")
            ui.text(session.function, strong=True, style={"overflow": "hidden", "text-overflow": "ellipsis"})
        ui.text(f"{session.address} · {session.place}", tone="quiet", size="s")
        counts = (sentences.number(session.nodes, "element"), sentences.number(session.states, "state"))
        pace = (
            f"{sentences.number(round(session.frames_per_second), 'frame')}/s"
            if session.is_connected
            else "nobody looks"
        )
        ui.text(" · ".join((*counts, pace)), tone="quiet", size="s")


_CARD = looks.PANEL | {"flex": "0 1 18rem", "padding": "0.55rem 0.8rem", "overflow": "hidden"}


@ui.component
def _session(inspection: Inspection, session: str) -> None:
    """Elements on the left, what is known of one of them and the states on the right."""
    chosen: Any = ui.state(0)
    revealed: Any = ui.state(())

    def choose(path: tuple[int, ...]) -> None:
        revealed.set(path)
        chosen.set(path[-1])

    with ui.row(gap="m", wrap=False, align="stretch", style=looks.FILL):
        with ui.column(gap="s", style=looks.PANEL | {"flex": "1 1 0"}):
            with ui.row(gap="s", justify="between"):
                ui.heading("Elements", level=2)
                if inspection.is_live:
                    _pick(inspection, session, choose)
            _elements(inspection, session, chosen, revealed)
        with ui.column(gap="m", style=looks.PANE | {"flex": "1 1 0"}):
            if chosen.value:
                with ui.column(gap="s", style=looks.PANEL | {"flex": "0 0 auto"}):
                    _element(inspection, session, chosen.value)
            with ui.column(gap="s", style=looks.PANEL | {"flex": "1 0 auto"}):
                with ui.row(justify="between"):
                    ui.heading("States", level=2)
                    ui.link(
                        "Go back in time",
                        f"/past?session={session}",
                        style={"font-size": "var(--wa-font-size-s)"},
                    )
                _states(inspection, session)


def _pick(inspection: Inspection, session: str, choose: object) -> None:
    picking = ui.state(False)

    def pick() -> None:
        picking.set(True)
        try:
            picked = tried(partial(inspection.source.pick, session))
            if picked is not None and picked.path:
                choose(tuple(picked.path))  # type: ignore[operator]
        finally:
            picking.set(False)

    if picking.value:
        ui.text("Click on something in that window; Escape lets it be.", tone="primary", size="s")
        ui.button(
            "Stop",
            size="s",
            on_click=inspection.source.stop_picking,
            args=(session,),
            appearance="outlined",
            key="stop",
        )
    ui.button(
        "Pick an element",
        icon="crosshair",
        size="s",
        on_click=pick,
        appearance="outlined",
        disabled=picking.value,
        key="pick",
    )


@ui.component
def _elements(inspection: Inspection, session: str, chosen: Any, revealed: Any) -> None:
    root = parts.answered(inspection.ask(("tree", session), lambda: inspection.source.tree(session)))
    if root is None:
        return
    path = revealed.value
    with ui.tree_view(label="Elements", bind=chosen, key=str(path), style={"overflow": "auto"}):
        _branch(root, 0, frozenset(path))


def _branch(node: Node, depth: int, revealed: frozenset[int]) -> None:
    def inside() -> None:
        shown = [each for nth, each in enumerate(node.children) if nth < MOST_INSIDE or each.id in revealed]
        for each in shown:
            _branch(each, depth + 1, revealed)
        if len(shown) < len(node.children):
            ui.branch(f"… and {len(node.children) - len(shown):,} more", value=-node.id, disabled=True)

    is_open = depth < OPEN_DEPTH or node.id in revealed
    icon = "component" if node.part else None
    branch = ui.branch(
        _called(node),
        value=node.id,
        draw=inside if node.children else None,
        open=is_open,
        icon=icon,
        key=node.id,
    )
    with branch:
        ui.text(
            node.place,
            tone="quiet",
            size="s",
            style={"padding-inline-start": "0.8rem", "white-space": "nowrap"},
        )


def _called(node: Node) -> str:
    label = f" “{shortened(node.label, 60)}”" if node.label else ""
    key = f" · {shortened(node.key, 30)}" if node.key else ""
    return f"{node.part or node.kind}{label}{key}"


@ui.component
def _element(inspection: Inspection, session: str, id: int) -> None:
    answer = inspection.ask(("tree", session), lambda: inspection.source.tree(session)).answer
    node = find(answer.value, id) if answer is not None and answer.value is not None else None
    if answer is None or answer.value is None or node is None:
        parts.nothing("This element is not there any more.")
        return
    way = " › ".join(each.part or each.kind for each in path_to(answer.value, id))
    ui.text(way, tone="quiet", size="s", style=looks.WIDE)
    with ui.row(gap="s"):
        ui.heading(node.part or f"ui.{node.kind}", level=2)
        ui.badge(f"<{node.tag}> {node.id}")
    if node.place:
        parts.code_at(inspection, node.place)
    known = dict(node.props) | {f"on {event}": function for event, function in node.handlers.items()}
    if known:
        parts.facts(known)


# ── states ────────────────────────────────────────────────────────────────────────────────────────


@ui.component
def _states(inspection: Inspection, session: str) -> None:
    states = parts.answered(inspection.ask(("states", session), lambda: inspection.source.states(session)))
    if states is None:
        return
    if not states:
        ui.text("This window has no states.", tone="quiet")
    own, shared = [each for each in states if each.part], [each for each in states if not each.part]
    for state in own:
        _state(inspection, session, state)
    if shared:
        ui.heading("Shared by all windows", level=3)
        for state in shared:
            _state(inspection, session, state)


def _state(inspection: Inspection, session: str, state: State) -> None:
    def put(text: str) -> None:
        if _set(inspection, session, state.id, text):
            inspection.ask(("states", session), lambda: inspection.source.states(session)).ask_again()

    hint = " · ".join(
        filter(None, (state.type, f"{state.part} at {state.place}" if state.part else state.place))
    )
    with ui.column(gap="none", key=state.id):
        if state.can_set and inspection.is_live:
            ui.input(
                state.name,
                value=state.text,
                on_enter=put,
                hint=f"{hint} · Enter sets it",
                attrs={"spellcheck": "false"},
            )
        else:
            ui.text(state.name, size="s", strong=True)
            ui.text(state.text, style=looks.MONO | looks.WIDE | {"overflow-wrap": "anywhere"})
            ui.text(hint, tone="quiet", size="s")
        if state.readers:
            ui.text(f"Followed by {', '.join(state.readers[:5])}", tone="quiet", size="s")


def _set(inspection: Inspection, session: str, state: str, text: str) -> bool:
    try:
        inspection.source.set_state(session, state, text)
        return True
    except Unanswered as why:
        ui.notify(str(why), tone="danger")
        return False
