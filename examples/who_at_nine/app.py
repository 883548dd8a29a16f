"""The window: what is said, what was understood of it, what went over the wire, and a field to cut in."""

from hipflask import ui

from . import answers  # noqa: F401, the functions that are asked
from .dialogue import PERSON, Dialogue
from .lineup import IN_ORDER, app, db, fill
from .story import Story

dialogue = Dialogue(app)
story = Story(dialogue)

PAGE = {
    "position": "fixed",
    "inset": "0",
    "padding": "1.1rem 1.4rem",
    "box-sizing": "border-box",
}
END = {"margin-inline-start": "auto"}
FILL = {"flex": "1 1 0", "min-height": "0", "min-width": "0"}
TEAM = {"flex": "0 0 14rem"}
TALK = {**FILL, "align-self": "stretch"}
PINNED = {"flex-direction": "column-reverse", **FILL}  # stays at its end, where the newest is
FIELD = {"flex": "1 1 auto"}
PLACE = {"flex": "0 0 3.2rem"}
SIDES = {"Alexa": "start", PERSON: "center", "Dialogflow": "end"}
FILLS = {"Alexa": "brand-{}-loud", PERSON: "warning-{}-normal", "Dialogflow": "neutral-{}-normal"}
KNOWN = "success-{}-loud"


@app.before_request
def prepare():
    fill()


@app.tool()
def say(words: str) -> str:
    """Cut in: say something to the voice that listens, and hear its answer."""
    return dialogue.cut_in(words)


@app.window("/", title="Who's at nine?", width=1060, height=760)
def window():
    with ui.column(gap="m", style=PAGE):
        head()
        with ui.row(gap="l", wrap=False, align="start", style=FILL):
            team()
            with ui.column(gap="m", style=TALK):
                talk()
                cut()


@ui.component
def head():
    with ui.row():
        ui.heading("Who's at nine?")
        verdict()
        with ui.row(gap="s", style=END):
            if story.can_speak:
                ui.switch("Aloud", bind=story.is_aloud)
            if story.is_on.value:
                ui.button("Pause", icon="pause", on_click=story.pause)
            else:
                ui.button(
                    "Go on",
                    icon="play",
                    on_click=story.go_on,
                    disabled=dialogue.is_over or not dialogue.lines.value,
                )
            ui.button("From the beginning", icon="rotate-ccw", tone="primary", on_click=story.begin)


@ui.component
def verdict():
    lines = dialogue.lines.value
    if not lines:
        ui.badge("Nobody has asked", tone="normal")
    elif lines[-1].known:
        ui.badge(f"{lines[-1].who} knows", tone="success")
    else:
        ui.badge("Nobody knows", tone="warning")


@ui.component
def team():
    """The line-up, which explains everything."""
    with ui.card(style=TEAM), ui.column(gap="xs"):
        ui.heading("The line-up", level=3)
        for player in db.all(IN_ORDER):
            with ui.row(gap="s", wrap=False, key=player.place):
                ui.text(player.place, tone="quiet", size="s", style=PLACE)
                ui.text(player.name, strong=True)
        ui.text("A table in SQLite, and all that these two know.", tone="quiet", size="s")


# ── the conversation ──────────────────────────────────────────────────────────────────────────────


@ui.component
def talk():
    with ui.scroll_area("The conversation", height="none", style=PINNED), ui.column(gap="m"):
        for line in dialogue.lines.value:
            draw(line, key=line.number)


@ui.component
def draw(line):
    side = SIDES[line.who]
    with ui.column(gap="xs", style={"align-items": side}):
        ui.text(line.who, tone="quiet", size="s")
        ui.text(line.words, style=bubble(KNOWN if line.known else FILLS[line.who], line.who))
        if line.known:
            place, name = line.known
            ui.text(f"At {place}: {name}", tone="success", strong=True)
        if line.hearing is not None:
            understood(line.hearing, side)


def understood(heard, side):
    """What the one who listened made of it, and the JSON behind a fold."""
    with ui.row(gap="xs", style={"justify-content": side}):
        ui.text(f"{heard.by} understood", tone="quiet", size="s")
        ui.badge(heard.intent or "nothing", tone="primary")
        for slot, value in heard.slots.items():
            ui.badge(f"{slot}: {value}", tone="normal", key=slot)
        fold(heard)


@ui.component
def fold(heard):
    is_open = ui.state(False)
    ui.button(
        "The JSON",
        icon="braces",
        icon_only=True,
        size="s",
        appearance="plain",
        on_click=lambda: is_open.set(True),
    )
    with ui.dialog(f"{heard.by}: {heard.intent}", open=is_open, width="56rem"):
        if is_open.value:
            with ui.row(gap="l", wrap=False, align="start"):
                tree("Sent to the app", heard.sent)
                tree("Its answer", heard.came)


def tree(title, value):
    with ui.column(gap="xs", style={**FILL, "overflow-wrap": "anywhere"}):
        ui.text(title, strong=True)
        ui.json(value, label=title, depth=3)


def bubble(colour, who):
    corner = {"Alexa": "border-end-start-radius", "Dialogflow": "border-end-end-radius"}.get(who, "order")
    return {
        "background": f"var(--wa-color-{colour.format('fill')})",
        "color": f"var(--wa-color-{colour.format('on')})",
        "padding": "0.55rem 0.95rem",
        "border-radius": "1.1rem",
        corner: "0.25rem",
        "max-width": "36rem",
        "font-size": "1.05rem",
    }


# ── cutting in ────────────────────────────────────────────────────────────────────────────────────


@ui.component
def cut():
    words = ui.state("")

    def speak_up(_=None):
        if words.value.strip():
            said = words.value
            words.set("")
            dialogue.cut_in(said)

    with ui.row(gap="s", wrap=False):
        ui.input(
            bind=words, on_enter=speak_up, style=FIELD, attrs={"aria-label": "Cut in"},
            placeholder="Cut in: Where is Why? · Is Who a name? · Who is a name.",
        )  # fmt: skip
        ui.button("Say it", icon="mic", on_click=speak_up)


if __name__ == "__main__":
    app.run()
