"""A form in a real browser: every kind of field is filled by hand, and what arrives is what was meant."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from playwright.sync_api import Locator, Page, expect

from faults.waiting import wait_until
from hipflask import ui

Show = Callable[[Callable[[], None]], Page]
Base = Literal["first", "second", "third", "home"]


class Player(msgspec.Struct):
    name: str
    number: Annotated[int, Meta(ge=1, le=99)]
    average: float
    fee: Decimal
    born: datetime.date
    begins: datetime.time
    bats: Literal["left", "right"]
    base: Base
    bases: list[Base] = []
    plays: bool = True
    notes: Annotated[str, Meta(max_length=500)] = ""
    nicknames: list[str] = []


def fill(page: Page, label: str, keys: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.keyboard.type(keys)


def choose(select: Locator, *options: str) -> None:
    select.click()
    for option in options:
        select.get_by_role("option", name=option).click()


def test_every_kind_of_field_is_filled_by_hand(show: Show) -> None:
    taken: list[Player] = []

    async def take(player: Player) -> None:
        await asyncio.sleep(0)
        if player.name == "Nobody":
            raise ValueError("Nobody plays here already.")
        taken.append(player)

    def window() -> None:
        ui.form(Player, on_submit=take, submit="Add", clears=True)

    page = show(window)
    fill(page, "Name", "Nobody")
    fill(page, "Number", "100")
    expect(page.get_by_text("expected a whole number from 1 to 99, got '100'")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_text("expected a whole number")).to_have_count(0)
    fill(page, "Average", "0.301")
    fill(page, "Fee", "1200.50")
    page.locator("wa-input[type=date] input").fill("1906-03-06")
    page.locator("wa-input[type=time] input").fill("19:05")
    page.get_by_role("radio", name="left").click()
    choose(page.locator("wa-select").first, "third")
    choose(page.locator("wa-select").nth(1), "first", "home")
    page.keyboard.press("Escape")
    page.locator("wa-switch", has_text="Plays").click()
    fill(page, "Notes", "Bring the bat.\nAnd the ball.")
    fill(page, "Nicknames", "The Kid, really\nLou")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_have_text("Nobody plays here already.")
    assert page.get_by_label("Name", exact=True).input_value() == "Nobody"
    fill(page, "Name", " but Lou")
    page.keyboard.press("Enter")
    wait_until(lambda: taken, "the player")
    assert taken == [
        Player(
            "Nobody but Lou", 10, 0.301, Decimal("1200.50"), datetime.date(1906, 3, 6), datetime.time(19, 5), "left", "third",
            ["first", "home"], False, "Bring the bat.\nAnd the ball.", ["The Kid, really", "Lou"],
        )
    ]  # fmt: skip
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.get_by_role("alert")).to_have_count(0)


class Letter(msgspec.Struct):
    text: Annotated[str, Meta(max_length=100_000)]


def paste(page: Page, text: str) -> None:
    """At once: Chromium itself takes minutes to type so many lines."""
    page.get_by_role("textbox", name="Text").evaluate(
        "(el, text) => { el.value = text; el.dispatchEvent(new Event('input', {bubbles: true, composed: true})); }",
        text,
    )


def test_a_huge_text_arrives_whole(show: Show) -> None:
    taken: list[Letter] = []

    def window() -> None:
        ui.form(Letter, on_submit=taken.append, submit="Send")

    page = show(window)
    text = "Who's on first? ⚾\n" * 5_000
    paste(page, text)
    page.get_by_role("button", name="Send").click()
    wait_until(lambda: taken, "the letter")
    assert taken == [Letter(text)]
    paste(page, text * 2)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("expected text of at most 100000 characters, got")).to_be_visible()
    assert len(page.get_by_role("textbox", name="Text").input_value()) == 180_000
    assert len(taken) == 1


def test_a_text_that_is_longer_than_any_message_does_not_end_the_window(show: Show) -> None:
    def window() -> None:
        clicks = ui.state(0)
        ui.textarea("Text")
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))

    page = show(window)
    paste(page, "x" * 3_000_000)
    expect(page.get_by_text("This text is too long")).to_be_visible()
    page.get_by_role("button", name="0 clicks").click()
    expect(page.get_by_role("button", name="1 clicks")).to_be_visible()


class Visit(msgspec.Struct):
    name: str
    on: datetime.date | None = None


def test_a_date_that_is_half_typed_is_not_taken_for_none(show: Show) -> None:
    taken: list[Visit] = []

    def window() -> None:
        ui.form(Visit, on_submit=taken.append, submit="Add")

    page = show(window)
    fill(page, "Name", "Who")
    page.locator("wa-input[type=date] input").focus()
    page.keyboard.type("11")  # the month, and no more
    page.get_by_role("button", name="Add").click()
    expect(page.locator("wa-input[type=date]")).to_contain_text("This is not complete yet.")
    page.locator("wa-input[type=date] input").fill("2026-11-22")
    page.get_by_role("button", name="Add").click()
    wait_until(lambda: taken, "the visit")
    assert taken == [Visit("Who", datetime.date(2026, 11, 22))]
