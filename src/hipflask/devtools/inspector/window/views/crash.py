"""A crash report: what went wrong, where it came through, and what the program had done before."""

from __future__ import annotations

from ..... import ui
from .....core.report import Failure, Frame, Report, as_text
from .. import looks, parts, sentences
from ..inspection import Inspection

_LINKS = {
    "cause": "which was caused by",
    "context": "which came up while this was handled",
    "member": "which is one of a group",
}


def draw(inspection: Inspection, report: Report) -> None:
    """Draw the view."""
    with ui.row(gap="s", align="stretch"):
        parts.tile("Program", report.program.name, report.program.version)
        parts.tile("When", report.when.strftime("%H:%M:%S"), report.when.strftime("%Y-%m-%d UTC"))
        parts.tile("In a", report.kind, report.function)
        parts.tile(
            "Hipflask", report.machine.hipflask, f"Python {report.machine.python}, {report.machine.system}"
        )
    with ui.row(gap="m", wrap=False, align="stretch", style=looks.FILL):
        with ui.column(gap="m", style=looks.PANEL | {"flex": "3 1 0"}):
            with ui.row(justify="between"):
                ui.heading(report.title, level=2)
                ui.button(
                    "Copy as text",
                    icon="copy",
                    size="s",
                    appearance="outlined",
                    on_click=ui.copy,
                    args=(as_text(report),),
                )
            for nth, failure in enumerate(report.failures):
                _failure(failure, nth)
        with ui.column(gap="s", style=looks.PANEL | {"flex": "2 1 0"}):
            ui.heading("What it had done before", level=2)
            _steps(report)


def _failure(failure: Failure, nth: int) -> None:
    with ui.column(gap="xs", key=nth):
        if failure.link:
            ui.text(_LINKS.get(failure.link, failure.link), tone="quiet", size="s")
        with ui.row(gap="s"):
            ui.badge(failure.type, tone="danger")
            if failure.message is not None:
                ui.text(failure.message, style={"flex": "1 1 12rem"})
        middle = len(failure.frames) // 2 if failure.left_out else -1
        for at, frame in enumerate(failure.frames):
            if at == middle:
                ui.text(f"… {sentences.number(failure.left_out, 'line')} left out …", tone="quiet", size="s")
            _frame(frame, at)


def _frame(frame: Frame, at: int) -> None:
    mark = "var(--wa-color-brand-fill-loud)" if frame.own else "var(--wa-color-surface-border)"
    style = {"padding": "0.15rem 0 0.15rem 0.8rem", "border-inline-start": f"3px solid {mark}"}
    with ui.column(gap="none", key=at, style=style):
        ui.text(
            f"{frame.function} at {frame.file}:{frame.line}",
            size="s",
            strong=frame.own,
            tone="normal" if frame.own else "quiet",
        )
        if frame.source:
            ui.text(frame.source, size="s", style=looks.MONO | looks.WIDE)


def _steps(report: Report) -> None:
    if not report.steps:
        ui.text("Nothing that it knew of.", tone="quiet")
        return
    rows = [
        {"nth": nth, "before": f"{step.before:.1f} s before", "kind": step.kind, "name": step.name,
         "ms": None if step.seconds is None else step.seconds * 1000, "error": step.error}
        for nth, step in enumerate(report.steps)
    ]  # fmt: skip
    ui.table(
        rows,
        [
            ui.table_column("before", heading="When", width=110),
            ui.table_column("kind", heading="What", width=90),
            ui.table_column("name", width=160),
            ui.table_column("ms", heading="ms", digits=1, width=70),
            ui.table_column("error", width=120, tone=lambda _: "danger"),
            ui.table_column("nth", hidden=True),
        ],
        row_key="nth",
        label="What it had done before",
        filters=False,
        export=False,
    )
