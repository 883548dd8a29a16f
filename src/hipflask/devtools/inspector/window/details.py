"""One span, looked at closely: why it ran, what it did, and the trace that it belongs to."""

from __future__ import annotations

from collections.abc import Callable

from .... import ui
from ..records import Cause, Span
from . import looks, parts, sentences
from .inspection import Inspection
from .traces import Bar, length, waterfall

MOST_BARS = 150  # spans of a trace that are drawn
TONES = {
    "event": "neutral",
    "handler": "warning",
    "task": "warning",
    "draw": "brand",
    "frame": "success",
    "statement": "danger",
    "commit": "danger",
}
_UNSEEN = frozenset({"data"})  # the bytes of a frame, which nobody can read


def draw_span(inspection: Inspection, span: Span, choose: Callable[[int], object]) -> None:
    """Everything that is known of a span; `choose` is called with the number of another that is pressed."""
    with ui.row(gap="s"):
        ui.badge(sentences.KINDS.get(span.kind, span.kind))
        ui.text(f"{sentences.clock(span.at)} · {sentences.seconds(span.seconds)}", tone="quiet", size="s")
        if span.session:
            ui.link(span.session, f"/?session={span.session}", style={"font-size": "var(--wa-font-size-s)"})
    ui.heading(span.name, level=2, style={"overflow-wrap": "anywhere"})
    if span.error:
        ui.callout(span.error, title="It raised an error", tone="danger")
    _draw_causes(inspection, span, choose)
    _draw_known(span)
    if place := str(span.facts.get("place", "")):
        parts.code_at(inspection, place)
    if span.kind == "statement":
        draw_plan(inspection, span.number)
    draw_trace(inspection, span.trace, span.number, choose)


def _draw_causes(inspection: Inspection, span: Span, choose: Callable[[int], object]) -> None:
    if not span.causes:
        return
    with ui.column(gap="xs", attrs={"role": "group", "aria-label": "Why it ran"}):
        for nth, cause in enumerate(span.causes):
            _draw_cause(inspection, cause, choose, nth)


def _draw_cause(inspection: Inspection, cause: Cause, choose: Callable[[int], object], nth: int) -> None:
    find = inspection.recorded.span
    origin = find(cause.span) if cause.span else None
    with ui.row(gap="s", key=nth):
        ui.icon("corner-down-right", size="1rem", style={"color": "var(--wa-color-text-quiet)"})
        ui.text(
            f"{'ran again' if nth == 0 else 'and'} because {sentences.because(cause, find)}",
            style={"flex": "1 1 12rem"},
        )
        if origin is not None:
            ui.button("Show what led to it", icon="arrow-up-left", icon_only=True, size="s", appearance="plain",
                      on_click=choose, args=(origin.number,))  # fmt: skip


def _draw_known(span: Span) -> None:
    known = {name: value for name, value in span.facts.items() if name not in ("place", "sql")}
    if known:
        parts.facts({name: _written(value) for name, value in known.items()})
    sql = span.values.get("sql") or span.facts.get("sql")
    if sql:
        parts.sql(str(sql))
    values = {name: value for name, value in span.values.items() if name not in _UNSEEN | {"sql"} and value}
    if values:
        parts.facts(values, label="Values")


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@ui.component
def draw_plan(inspection: Inspection, record: int) -> None:
    """How SQLite answers a statement, when somebody wants to know."""
    wanted = ui.state(False)
    if not wanted.value:
        ui.button("Explain", icon="list-tree", size="s", appearance="outlined", on_click=wanted.set, args=(True,),
                  disabled=not inspection.is_live)  # fmt: skip
        return
    question = inspection.ask(("plan", record), lambda: inspection.source.explain(record), 3600.0)
    plan = parts.answered(question)
    if plan is None:
        return
    depths: dict[int, int] = {}
    with ui.column(gap="xs", attrs={"role": "group", "aria-label": "EXPLAIN QUERY PLAN"}):
        for nth, step in enumerate(plan.steps):
            depths[step.id] = depth = depths.get(step.parent, -1) + 1
            with ui.row(gap="s", key=nth, style={"padding-inline-start": f"{depth * 1.2}rem"}):
                ui.badge(
                    "all rows" if step.is_scan else "index", tone="warning" if step.is_scan else "success"
                )
                ui.text(step.detail, size="s", style=looks.MONO | looks.WIDE)


# ── the trace as a waterfall ──────────────────────────────────────────────────────────────────────


@ui.component
def draw_trace(inspection: Inspection, trace: str, chosen: int, choose: Callable[[int], object]) -> None:
    """All spans of a trace, one below the other, each where its time lies; one that is pressed is chosen."""
    inspection.recorded.follow()
    spans = inspection.recorded.trace(trace)
    if not spans:
        return
    bars = waterfall(spans)
    with ui.row(gap="s", justify="between"):
        ui.heading("Trace", level=3)
        ui.text(
            f"{sentences.number(len(spans), 'span')}, {sentences.seconds(length(spans))}",
            tone="quiet",
            size="s",
        )
    with ui.column(gap="none", attrs={"role": "list", "aria-label": "Spans of the trace"}):
        for bar in bars[:MOST_BARS]:
            _draw_bar(bar, bar.span.number == chosen, choose)
    if len(bars) > MOST_BARS:
        ui.text(f"… and {len(bars) - MOST_BARS:,} more", tone="quiet", size="s")


def _draw_bar(bar: Bar, is_chosen: bool, choose: Callable[[int], object]) -> None:
    span = bar.span
    color = "danger" if span.error else TONES.get(span.kind, "neutral")
    said = f"{sentences.title(span)}, {sentences.seconds(span.seconds)}"
    left, width = min(bar.left, 0.995), max(bar.width, 0.005)
    shape = {"margin-inline-start": f"{left * 100:.2f}%", "width": f"{min(width, 1 - left) * 100:.2f}%"}
    with (
        ui.row(gap="none", wrap=False, key=span.span, attrs={"role": "listitem"}),
        parts.pressable(said, choose, (span.number,), key="bar", is_current=is_chosen, style=_FACE),
        ui.row(gap="s", wrap=False),
    ):
        ui.text(
            sentences.title(span),
            size="s",
            style=_NAME | {"padding-inline-start": f"{min(bar.depth, 8) * 0.8}rem"},
        )
        with ui.column(gap="none", style=_TRACK):
            ui.column(gap="none", style=_BAR | shape | {"background": f"var(--wa-color-{color}-fill-loud)"})
        ui.text(sentences.seconds(span.seconds), size="s", tone="quiet", style=_TIME)


_FACE = {
    "flex": "1 1 0",
    "min-width": "0",
    "padding": "0.15rem 0.4rem",
    "border-radius": "var(--wa-border-radius-s)",
}
_NAME = {
    "flex": "0 0 44%",
    "overflow": "hidden",
    "text-overflow": "ellipsis",
    "white-space": "nowrap",
    "min-width": "0",
}
_TRACK = {"flex": "1 1 0", "min-width": "0"}
_BAR = {"height": "0.55rem", "border-radius": "2px", "min-width": "2px", "flex": "none"}
_TIME = {"flex": "0 0 4.2rem", "text-align": "end", "font-variant-numeric": "tabular-nums"}
