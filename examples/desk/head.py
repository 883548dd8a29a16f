"""What every window of the desk begins with: where one can go, how the feed is, and alerts that nobody has looked at yet."""

from datetime import datetime

from hipflask import ui

from .data import Alert, db
from .engine import engine, line

LINES = {  # the feed's state → its tone, and what is said of it
    "connecting": ("warning", "Connecting to the feed…"),
    "live": ("success", ""),
    "silent": ("danger", "The feed is silent."),
    "away": ("danger", "The feed is away; the desk goes on calling it."),
    "cut": ("danger", "The feed has been cut here."),
}
WINDOWS = {"Blotter": "/", "Prices": "/prices", "Orders": "/orders", "Health": "/health"}

PAGE = {"position": "fixed", "inset": "0", "padding": "0.6rem 0.9rem", "box-sizing": "border-box"}
BODY = {"flex": "1 1 0", "min-height": "0", "transition": "opacity 0.2s"}
FILLS = {"flex": "1 1 0", "min-height": "0"}  # what is left of the window
STALE = BODY | {"opacity": "0.45", "filter": "grayscale(1)"}
FIGURE = {"flex": "0 0 auto", "min-width": "7.5rem", "font-variant-numeric": "tabular-nums"}
AT_END = {"margin-inline-start": "auto"}


def page(title, body):
    """A window of the desk. While the feed is not live what is in it is grey: those are no prices to trade at."""
    with ui.column(gap="s", style=PAGE):
        head(title)
        warning()
        alarms()
        with ui.column(gap="s", style=BODY if line.value == "live" else STALE):
            body()


@ui.component
def head(title):
    tone, _ = LINES[line.value]
    with ui.row(gap="s"):
        ui.heading(title)
        ui.badge(f"Feed {line.value}", tone=tone)
        ui.sync_status()  # nothing, until HUB_URL names a hub
        with ui.row(gap="xs", style=AT_END):
            for name, address in WINDOWS.items():
                ui.button(
                    name, on_click=ui.open_window, args=(address,), appearance="plain", disabled=name == title
                )


@ui.component
def warning():
    tone, words = LINES[line.value]
    if words and engine.mirror.at:
        words += f" Prices are from {datetime.fromtimestamp(engine.mirror.at):%H:%M:%S}."
    if words:
        ui.callout(words, tone=tone)


@ui.component
def alarms():
    """They stay until somebody has seen them, in whichever window that is."""
    ringing = db.select(Alert).where(Alert.rang.is_not(None)).order_by(Alert.rang)
    for alert in db.all(ringing, seen=False)[:3]:
        with ui.callout(tone="warning", icon="bell-ring", key=alert.id), ui.row(justify="between"):
            ui.text(
                f"{alert.code} {alert.direction} {alert.level:,.2f}, at {alert.rang.astimezone():%H:%M:%S}",
                strong=True,
            )
            ui.button("Seen", on_click=alert.update, args={"seen": True}, key=alert.id)


def figure(name, value, tone=None):
    """A number that is looked at from further away, and what it is."""
    with ui.column(gap="none", style=FIGURE):
        ui.text(name, tone="quiet", size="s")
        ui.text(value, size="l", strong=True, tone=tone or "normal")


def signed(value):
    """The tone of an amount that is earned or lost."""
    return "success" if value > 0 else "danger" if value < 0 else None
