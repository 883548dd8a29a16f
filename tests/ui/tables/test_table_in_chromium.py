"""The whole way: a person at a real browser, the wire, the controller, the store; and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.testing import Screen
from lacking import needs_browser

NOTES = {0: "<b>bold</b>", 1: "\u202eright to left", 2: "a\x07b\x01c", 3: "x" * 1_000_000, 4: "</script>"}


@pytest.fixture
def screen(app: Hipflask, tmp_path: Path) -> Iterator[Screen]:
    needs_browser()
    app.config["STORE"] = str(tmp_path / "trades.sqlite")
    db = Store(app)

    class Trade(db.Model):  # type: ignore[name-defined, misc]
        symbol: Mapped[str]
        price: Mapped[Decimal | None]
        note: Mapped[str | None]

    @app.window("/")
    def trades() -> None:
        ui.table(Trade, editable=True, sort="symbol", search=True, label="Trades", height="24rem")

    app.extensions["trades"] = db, Trade
    with app.app_context():
        db.write(
            Trade,
            [
                {"symbol": f"S{number:04}", "price": Decimal(number) / 4, "note": NOTES.get(number)}
                for number in range(3000)
            ],
        )
    with Screen(app) as screen:
        yield screen.open("/")
    db.close()


def price(app: Hipflask, symbol: str) -> Any:
    db, trade = app.extensions["trades"]
    with app.app_context():
        return db.first(trade, symbol=symbol).price


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def cells(screen: Screen) -> list[str]:
    return [found.label for found in screen.seen() if found.role == "cell"]


def test_a_person_edits_pastes_takes_back_and_searches(app: Hipflask, screen: Screen) -> None:
    screen.see("S0000")
    screen.on_page(lambda page: page.locator("hf-table .grid").focus())
    screen.press("ArrowRight")
    for keys in ("9", "9", ".", "5", "Enter"):
        screen.press(keys)
    until(lambda: price(app, "S0000") == Decimal("99.5"))
    for keys in ("n", "o", "Enter"):
        screen.press(keys)
    screen.see("99.5")
    assert price(app, "S0001") == Decimal("0.25")
    screen.press("Escape")
    screen.press("Control+z")
    until(lambda: price(app, "S0000") == 0)
    screen.type("Search", "S2999")
    until(lambda: "S2999" in cells(screen) and "S0000" not in cells(screen))


def test_what_others_commit_is_painted(app: Hipflask, screen: Screen) -> None:
    db, trade = app.extensions["trades"]
    screen.see("S0003")
    with app.app_context(), db.transaction():
        db.first(trade, symbol="S0003").price = Decimal("1234.5")
    screen.see("1,234.5")


def test_texts_of_any_kind_are_data_and_nothing_else(screen: Screen) -> None:
    """Markup, controls, letters that run the other way, a megabyte in one row."""
    screen.see("<b>bold</b>")
    assert screen.on_page(lambda page: page.locator("hf-table b, hf-table script").count()) == 0
    assert any("right to left" in text for text in cells(screen))
    assert max(map(len, cells(screen))) < 1000


def test_a_browser_is_handed_the_export_as_a_download(screen: Screen, tmp_path: Path) -> None:
    """It keeps the files of its computer to itself; 3,000 rows of which it has seen 30."""
    screen.type("Search", "S0")
    screen.see("1,000 rows")

    def download(page: Any) -> None:
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as found:
            page.get_by_role("menuitem", name="As CSV").click()
        found.value.save_as(tmp_path / "trades.csv")

    screen.on_page(download)
    lines = (tmp_path / "trades.csv").read_bytes().decode().split("\r\n")
    assert lines[0] == "Symbol,Price,Note"
    assert lines[1] == "S0000,0,<b>bold</b>"
    assert lines[1000] == "S0999,249.75,"
