"""Words, and what goes with them."""

from typing import Literal

from hipflask import ui

from .samples import Size, Tone, sample

SKY = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160">
<rect width="320" height="160" fill="#8ecae6"/><circle cx="250" cy="48" r="24" fill="#ffd166"/>
<path d="M0 160 Q80 70 170 130 T320 110 V160 Z" fill="#4f9d69"/><path d="M160 152 l26 -26 l26 26 l-26 26 z" fill="#e9d8a6"/>
</svg>"""


@sample("Text")
def heading(words: str = "The line-up", level: Literal[1, 2, 3, 4] = 1):
    ui.heading(words, level=level)


@sample("Text")
def text(
    words: str = "Who is on first.",
    tone: Literal["normal", "quiet", "primary", "success", "warning", "danger"] = "normal",
    size: Size = "m",
    strong: bool = False,
):
    ui.text(words, tone=tone, size=size, strong=strong)


@sample("Text")
def markdown(words: str = "Who is on *first*, **What** is on `second`."):
    ui.markdown(words)
    ui.markdown("1. Who\n2. What\n3. I Don't Know")


@sample("Text")
def html():
    ui.html(
        "<p>Who is <b>on first</b>.</p><ul><li>What is on second,</li><li>I Don't Know on third.</li></ul>"
    )


@sample("Text")
def code(copy: bool = True):
    ui.code(
        "pip install hipflask\nhipflask new line-up\nhipflask run --debug",
        copy=copy,
    )


@sample("Text")
def list_(numbered: bool = False):
    ui.list(["Who", "What", "I Don't Know"], numbered=numbered)


@sample("Text")
def item():
    with ui.list():
        with ui.item("First base: "):
            ui.badge("Who", tone="success")
        with ui.item("Second base: "):
            ui.badge("What", tone="primary")


@sample("Text")
def icon(
    name: Literal["trophy", "star", "house", "circle-check", "rocket"] = "trophy",
    size: str = "2.5rem",
):
    ui.icon(name, label="A prize", size=size)


@sample("Text")
def badge(
    words: str = "On first",
    tone: Tone = "success",
    appearance: Literal["filled", "accent", "outlined"] = "filled",
):
    with ui.row():
        ui.badge(words, tone=tone, appearance=appearance)
        ui.badge(3, tone="danger", appearance="accent")


@sample("Text")
def avatar(
    name: str = "Lou Costello",
    shape: Literal["circle", "square", "rounded"] = "circle",
):
    with ui.row():
        ui.avatar(name, shape=shape)
        ui.avatar("Bud Abbott", shape=shape, size="4rem")


@sample("Text")
def image(width: int = 320):
    ui.image(SKY, alt="A field under the sun", width=width)


@sample("Text")
def divider(vertical: bool = False):
    with ui.row(style={"min-height": "3rem"}) if vertical else ui.column():
        ui.text("Top of the ninth")
        ui.divider(vertical=vertical)
        ui.text("Bottom of the ninth")
