"""The fourth window: how the desk itself is, and what one can do to it."""

from hipflask import ui

from .engine import engine, health, line
from .feed import FAULTS

KINDS = {
    "nonsense": "messages made no sense",
    "gaps": "times something was missing",
    "twice": "updates came twice",
    "back in time": "messages from the past",
    "lost": "connections lost",
    "snapshots": "snapshots taken",
}
SHOWN = [  # title, columns of `health`, unit
    ("Updates in, a second", {"updates": "Updates"}, ""),
    ("Frames out, a second, all windows", {"frames": "Frames"}, ""),
    (
        "From the feed until it is in the store",
        {"committed": "half of them", "committed_p99": "99 of 100"},
        " ms",
    ),
    (
        "From sending a frame until it is painted",
        {"painted": "half of them", "painted_p99": "99 of 100"},
        " ms",
    ),
    ("Rows written, a second", {"rows": "Rows"}, ""),
    ("Memory of this process", {"memory": "Memory"}, " MB"),
]
CHARTS = {"flex": "1 1 0", "min-height": "0", "overflow": "auto"}
FIGURE = {"min-width": "8rem"}


def draw_health():
    figures()
    breaking()
    with ui.grid(columns=2, gap="s", style=CHARTS):
        for title, columns, unit in SHOWN:
            ui.chart(
                health,
                y=columns,
                window=300,
                low=0,
                unit=unit,
                label=title,
                link="health",
                height="14rem",
                key=title,
            )


@ui.component
def figures():
    """Drawn once a second, with the newest figures."""
    if health.last is None:
        return
    _, updates, rows, frames, _, committed, committed_p99, painted, painted_p99, _ = health.last
    with ui.row(gap="l", align="start"):
        figure("updates a second", f"{updates:,.0f}")
        figure("rows a second", f"{rows:,.0f}")
        figure("frames a second", f"{frames:,.0f}")
        figure("feed → store", f"{committed:.0f} ms, p99 {committed_p99:.0f}")
        figure("frame → painted", f"{painted:.0f} ms, p99 {painted_p99:.0f}")
        for kind, words in KINDS.items():
            figure(words, f"{engine.mirror.counts[kind]:,}")


def figure(words, value):
    with ui.column(gap="none", style=FIGURE):
        ui.text(words, tone="quiet", size="s")
        ui.text(value, strong=True, style={"font-variant-numeric": "tabular-nums"})


@ui.component
def breaking():
    """Try it: cut the feed and put it back, or have it misbehave for a few seconds."""
    is_cut = line.value == "cut"
    with ui.row(gap="xs"):
        ui.switch("Feed", value=not is_cut, on_change=lambda is_on: engine.connection.cut(not is_on))
        for fault in FAULTS:
            ui.button(
                fault.capitalize(), on_click=engine.connection.break_feed, args=(fault,), disabled=is_cut
            )
