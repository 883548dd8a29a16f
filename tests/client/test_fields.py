"""Fields that are ours, or that are loaded when first drawn, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .browser import open_page, show, wait_for
from .server import Server

PLAYERS = [["0", "Who"], ["1", "What"], ["2", "I Don't Know"], ["3", "Why"], ["4", "Because"]]


def field(tag: str, event: str = "change", what: str = "value", **props: Any) -> list[Any]:
    return [2, tag, {"field": what, "on": {event: what}, "label": "Field", **props}, []]


def open_field(page: Page, server: Server, node: list[Any]) -> None:
    """Show one field, with something below it, and wait until it is there."""
    open_page(page, server, [1, "hf-root", {}, [node, [3, "p", {"text": "below"}, []]]])
    wait_for(page, f"customElements.get('{node[1]}') && document.querySelector('{node[1]}').hasUpdated")


def combobox(page: Page, server: Server, **props: Any) -> Any:
    open_field(page, server, field("hf-combobox", options=PLAYERS, noMatch="Nobody", **props))
    return page.get_by_role("combobox", name="Field")


def options(page: Page) -> list[str]:
    return page.get_by_role("option").all_inner_texts()


def test_a_combobox_finds_by_any_part_of_a_name(page: Page, server: Server) -> None:
    box = combobox(page, server, value="0")
    assert box.input_value() == "Who"
    box.click()
    assert options(page) == [name for _, name in PLAYERS]
    box.press_sequentially("wh")
    assert options(page) == ["Who", "What", "Why"]
    assert server.hears_nothing()
    page.get_by_role("option", name="Why").click()
    assert server.receive() == ["event", 1, 2, "change", "3"]
    assert box.input_value() == "Why"
    assert box.get_attribute("aria-expanded") == "false"


def test_a_combobox_is_used_without_a_mouse(page: Page, server: Server) -> None:
    box = combobox(page, server, value="0")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    at = box.get_attribute("aria-activedescendant")
    assert page.locator(f"hf-combobox #{at}").inner_text() == "I Don't Know"
    page.keyboard.press("Enter")
    assert server.receive() == ["event", 1, 2, "change", "2"]
    page.keyboard.type("beca")
    page.keyboard.press("Escape")
    assert box.input_value() == "I Don't Know"
    page.keyboard.type("xyz")
    assert page.locator("hf-combobox #none").inner_text() == "Nobody"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert box.input_value() == "I Don't Know"
    assert server.hears_nothing()


def test_the_list_of_a_combobox_stands_at_its_field(page: Page, server: Server) -> None:
    box = combobox(page, server)
    box.click()
    field_box, list_box = box.bounding_box(), page.get_by_role("listbox").bounding_box()
    assert field_box and list_box
    assert list_box["x"] == pytest.approx(field_box["x"], abs=1)
    assert list_box["width"] == pytest.approx(field_box["width"], abs=1)
    assert 0 < list_box["y"] - (field_box["y"] + field_box["height"]) < 10


def test_a_combobox_follows_its_session(page: Page, server: Server) -> None:
    box = combobox(page, server, value="0")
    show(server, 2, ["edit", 2, "4", 0])
    wait_for(
        page, "document.querySelector('hf-combobox').shadowRoot.querySelector('input').value === 'Because'"
    )
    show(server, 3, ["set", 2, {"options": [["4", "Since"]], "disabled": True}])
    wait_for(page, "document.querySelector('hf-combobox').shadowRoot.querySelector('input').disabled")
    assert box.input_value() == "Since"


def test_a_range_has_two_ends_that_move_one_by_one(page: Page, server: Server) -> None:
    open_field(page, server, field("hf-range", "input", "ends", min=0, max=10, step=1, ends=[2, 8]))
    low, high = page.get_by_role("slider").all()
    assert (low.get_attribute("aria-valuenow"), high.get_attribute("aria-valuenow")) == ("2", "8")
    low.press("ArrowRight")
    assert server.receive() == ["event", 1, 2, "input", [3, 8]]
    high.press("ArrowLeft")
    assert server.receive() == ["event", 2, 2, "input", [3, 7]]


def test_a_rating_has_a_name_and_is_used_by_keyboard(page: Page, server: Server) -> None:
    open_field(page, server, field("hf-rating", value=2, max=5))
    stars = page.get_by_role("slider", name="Field")
    stars.press("ArrowRight")
    assert server.receive() == ["event", 1, 2, "change", 3]
    assert stars.get_attribute("aria-valuenow") == "3"


@pytest.mark.parametrize(
    "node",
    [
        field("wa-input", "input", value="x"),
        field("wa-textarea", "input", value="x"),
        field("wa-select", value=""),
        field("wa-radio-group", value=""),
        field("wa-checkbox", what="checked", checked=False, text="Field"),
        field("wa-switch", what="checked", checked=False, text="Field"),
        field("wa-color-picker", value="#000000"),
        field("wa-slider", "input", value=5),
        field("hf-range", "input", "ends", ends=[1, 5]),
        field("hf-rating", value=1),
        field("hf-combobox", value="0", options=PLAYERS),
    ],
    ids=lambda node: node[1],
)
def test_what_is_wrong_is_said_below_the_field_and_nothing_jumps(
    page: Page, server: Server, node: list[Any]
) -> None:
    open_field(page, server, node)
    tag = node[1]

    def below() -> float:
        box = page.get_by_text("below").bounding_box()
        assert box
        return box["y"]

    marked = f"document.querySelector('{tag}').shadowRoot.querySelector('[aria-invalid=true]') !== null"
    before = below()
    show(server, 2, ["set", 2, {"refused": "Not like that."}])
    wait_for(page, marked)
    assert page.get_by_text("Not like that.").first.is_visible()
    assert below() == pytest.approx(before, abs=1)
    show(server, 3, ["set", 2, {"refused": None}])
    wait_for(page, f"!({marked})")
    assert page.get_by_text("Not like that.").count() == 0
    assert below() == pytest.approx(before, abs=1)


def test_a_refusal_stands_before_an_error_and_an_error_before_a_hint(page: Page, server: Server) -> None:
    open_field(page, server, field("wa-input", "input", value="", hint="A hint", error="An error"))
    hint = "document.querySelector('wa-input').hint"
    assert page.evaluate(hint) == "An error"
    show(server, 2, ["set", 2, {"refused": "A refusal"}])
    assert page.evaluate(hint) == "A refusal"
    show(server, 3, ["set", 2, {"refused": None, "error": None}])
    assert page.evaluate(hint) == "A hint"


def test_what_was_taken_back_of_a_field_that_came_later_is_as_it_was(page: Page, server: Server) -> None:
    """Its properties were set before the element knew them."""
    open_field(page, server, field("wa-textarea", "input", value="x", rows=9, placeholder="y"))
    show(server, 2, ["set", 2, {"rows": None, "placeholder": None}])
    assert page.evaluate("document.querySelector('wa-textarea').rows") == 4
    assert page.evaluate("document.querySelector('wa-textarea').placeholder") == ""


def test_a_color_picker_shows_its_colours(page: Page, server: Server) -> None:
    """Its hue, its swatches, and the icon of its pipette, which has another name elsewhere."""
    open_field(page, server, field("wa-color-picker", value="#3559dc", swatches=["#d32f45"]))
    inside = "document.querySelector('wa-color-picker').shadowRoot"
    page.locator("wa-color-picker button").first.click()
    wait_for(page, f"{inside}.querySelector('[part=grid]').checkVisibility()")
    colour = f"getComputedStyle({inside}.querySelector('[part=grid]')).backgroundColor"
    assert page.evaluate(colour) == "rgb(0, 55, 255)"
    wait_for(
        page, f"{inside}.querySelector('wa-icon[name=eyedropper]')?.shadowRoot.querySelector('path') != null"
    )
    page.locator("wa-color-picker [part=swatch]").click()
    assert server.receive() == ["event", 1, 2, "change", "#d32f45"]
