"""The fourth window: how the desk itself is, and what one can do to it."""

from hipflask import ui

from .engine import FIGURES, engine, health, line
from .head import figure
from .wire import FAULTS

COUNTED = {  # what goes wrong → what is said of it
    "nonsense": "Nonsense",
    "gaps": "Missing",
    "twice": "Twice",
    "back in time": "From the past",
    "lost": "Connections lost",
    "snapshots": "Snapshots",
}
BOTH = ("half of them", "99 of 100")
SHOWN = [  # title, columns of `health`, unit, digits
    ("Updates in, a second", {"updates": "Updates"}, "", 0),
    ("Frames out, a second, all windows", {"frames": "Frames"}, "", 0),
    (
        "From the feed until it is in the store",
        dict(zip(("committed", "committed_p99"), BOTH, strict=True)),
        " ms",
        1,
    ),
    (
        "From sending a frame until it is painted",
        dict(zip(("painted", "painted_p99"), BOTH, strict=True)),
        " ms",
        1,
    ),
    ("Rows written, a second", {"rows": "Rows"}, "", 0),
    ("Memory of this process", {"memory": "Memory"}, " MB", 1),
]
CHART_HEIGHT = "max(9rem, calc((100vh - 16rem) / 3))"


def draw_health():
    figures()
    breaking()
    with ui.grid(columns=2, gap="s"):
        for title, columns, unit, digits in SHOWN:
            looks = {"low": 0, "unit": unit, "digits": digits, "height": CHART_HEIGHT}
            ui.chart(health, y=columns, window=300, label=title, link="health", key=title, **looks)


@ui.component
def figures():
    """Drawn once a second, with the newest figures."""
    if health.last is None:
        return
    now = dict(zip(FIGURES, health.last, strict=True))
    with ui.row(gap="xl"):
        figure("Updates a second", f"{now['updates']:,.0f}")
        figure("Rows a second", f"{now['rows']:,.0f}")
        figure("Frames a second", f"{now['frames']:,.0f}")
        figure("Feed → store", f"{now['committed']:.0f} ms, p99 {now['committed_p99']:.0f} ms")
        figure("Frame → painted", f"{now['painted']:.0f} ms, p99 {now['painted_p99']:.0f} ms")
        figure("Memory", f"{now['memory']:.0f} MB")
    with ui.row(gap="xs"):
        for kind, words in COUNTED.items():
            count = engine.mirror.counts[kind]
            ui.badge(f"{words}: {count:,}", tone="warning" if count and kind != "snapshots" else "normal")


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
