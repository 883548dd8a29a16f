"""A tree with every element in it, for looking at and for checking policy and requests."""

from __future__ import annotations

from itertools import count
from typing import Any

Tree = list[Any]
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def gallery() -> Tree:
    """Every tag that the client knows, in combinations that people make."""
    ids = count(1)

    def node(tag: str, said: str | None = None, *children: Tree, **props: Any) -> Tree:
        if said is not None:
            props["text"] = said
        return [next(ids), tag, props, list(children)]

    def button(text: str, **props: Any) -> Tree:
        return node("wa-button", text, on={"click": None}, **props)

    def field(tag: str, *children: Tree, event: str = "input", what: str = "value", **props: Any) -> Tree:
        return node(tag, None, *children, field=what, on={event: what}, **props)

    def icon(name: str, slot: str | None = None) -> Tree:
        return node("wa-icon", None, name=name, attrs={"slot": slot} if slot else {})

    def card(title: str, *children: Tree, **props: Any) -> Tree:
        header = node("h3", title, attrs={"slot": "header"})
        return node("wa-card", None, header, *children, withHeader=True, **props)

    def options() -> list[Tree]:
        return [
            node("wa-option", name, value=str(i))
            for i, name in enumerate(["First base", "Second base", "Third"])
        ]

    root = node("hf-root")
    root[0] = 1
    root[3] = [
        node("hf-row", None, node("h1", "Line-up"), button("Add player", variant="brand"), attrs={"justify": "between"}),
        node("p", "Who is on first, What is on second, and a paragraph that is long enough to wrap on a narrow screen, "
             "so that one can see the measure of the text and the colour of the page behind it."),
        node(
            "hf-grid", None,
            card(
                "Player",
                field("wa-input", label="Name", value="Who", hint="As it is on the shirt"),
                field("wa-input", label="Notes", placeholder="Anything else?", withClear=True),
                field("wa-select", *options(), event="change", label="Base", value="1"),
                field("wa-checkbox", event="change", what="checked", text="Plays tonight", checked=True),
                field("wa-checkbox", event="change", what="checked", text="Captain"),
                node("hf-row", None, button("Save", variant="brand"), button("Cancel", appearance="outlined"),
                     button("Delete", variant="danger", appearance="plain")),
            ),
            card(
                "Tonight",
                field("wa-slider", label="Volume", value=40, min=0, max=100, step=5),
                node("wa-progress-bar", None, value=65, label="Loading"),
                node("wa-progress-bar", None, indeterminate=True, label="Waiting"),
                node("wa-divider"),
                node("hf-row", None, icon("circle-check"), node("span", "Everything is in place"), attrs={"gap": "s"}),
                node("hf-row", None, button("Neutral"), button("Filled", appearance="filled"),
                     button("Busy", variant="brand", busy=True), button("Off", disabled=True), attrs={"gap": "s"}),
                node("img", None, src=PIXEL, alt="A pixel", style={"width": "100%", "height": "3rem"}),
            ),
            card(
                "Sizes and headings",
                node("h1", "Heading one"), node("h2", "Heading two"), node("h3", "Heading three"), node("h4", "Heading four"),
                node("hf-row", None, button("Small", size="s"), button("Medium"), button("Large", size="l")),
                node("hf-row", None, node("wa-button", None, icon("plus", "start"), text="With icon", on={"click": None}),
                     node("wa-button", None, icon("settings"), on={"click": None}, appearance="plain")),
            ),
        ),
        node("h2", "A row of fields"),
        node("hf-row", None,
             field("wa-input", label="First name"), field("wa-input", label="Last name"),
             button("Look up", variant="brand")),
        *[
            node("hf-row", None, node("p", base), field("wa-input", value=name), button("Out", appearance="outlined"), key=base)
            for base, name in [("First", "Who"), ("Second", "What")]
        ],
        node("h2", "Keys"),
        node("hf-grid", None, *[button(key) for key in "789456123"], attrs={"columns": "3", "gap": "s"}, style={"max-width": "16rem"}),
        node("hf-part", None, node("hf-column", None, node("span", "Inside a part"), button("Still as wide as its text"))),
        node("wa-callout", "Something worth knowing, in a callout.", variant="brand"),
        node("wa-spinner"),
    ]  # fmt: skip
    return root
