"""The stockroom: found as one types, totals that follow whoever changes something, undo, and imports beside everything else."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from hipflask.testing import Screen, User
from lacking import lacking

EXAMPLES = Path(__file__).parents[2] / "examples"
BOLT = "B-1 Hex bolt M8 zinc"
DAY = datetime.date(2026, 11, 2)
HEAD = "code,name,unit,price,low_at,supplier_code\n"


@pytest.fixture
def keeper(inventory: ModuleType) -> Iterator[User]:
    """Somebody at the list, with two kinds of bolts and a hinge."""
    db, models = inventory.db, inventory.data
    with inventory.app.app_context(), db.transaction():
        models.Supplier.create(code="ABBOTT", name="Abbott Hardware")
        models.Supplier.create(code="COST", name="Costello & Sons")
        hex_bolt = models.Item.create(code="B-1", name="Hex bolt M8 zinc", price=Decimal("0.12"), low_at=10)
        models.Item.create(code="B-2", name="Hex bolt M10 brass", price=Decimal("0.30"), supplier_code="COST")
        models.Item.create(code="H-1", name="Hinge", unit="box", price=Decimal(26))
        for quantity in (100, -20):
            models.Movement.create(item_code=hex_bolt.code, day=DAY, quantity=quantity, note="Counted")
    with User(inventory.app, patience=20) as user:
        yield user.open("/")


def items(user: User) -> list[str]:
    """The codes of the items in the list, from top to bottom."""
    return [
        found.label.split()[0] for found in user.seen() if found.role == "button" and "-" in found.label[:3]
    ]


def shows(user: User, *codes: str) -> None:
    """Wait until the list shows these items, in this order."""
    comes_to([*codes], lambda: items(user))


def comes_to(value: object, read: Callable[[], object]) -> None:
    """Wait until something is as it should be: windows follow the store a moment later."""
    deadline = time.monotonic() + 20
    while read() != value and time.monotonic() < deadline:
        time.sleep(0.01)
    assert read() == value


def bring_in(person: User | Screen, name: str, content: str) -> None:
    """Import a file."""
    person.click("Import")
    person.upload("Drop a table here, or choose one", name, content)


def table(count: int, start: int = 0) -> list[str]:
    """Lines of a file to import."""
    return [f"N-{n},Nail {n} mm,pcs,0.0{n % 10},0,\n" for n in range(start, start + count)]


# ── list and search ───────────────────────────────────────────────────────────────────────────────


def test_what_is_typed_is_found(keeper: User) -> None:
    shows(keeper, "B-2", "B-1", "H-1")
    keeper.see("3 items")
    keeper.type("Search", "bolt hex")
    shows(keeper, "B-2", "B-1")
    keeper.type("Search", "hex -brass")
    shows(keeper, "B-1")
    keeper.type("Search", "h-1")
    shows(keeper, "H-1")
    keeper.type("Search", "nut")
    keeper.see("Nothing like that.")


def test_of_many_items_a_page_is_shown(inventory: ModuleType, keeper: User) -> None:
    said = inventory.app.test_cli_runner().invoke(args=["sample", "250"]).output
    assert said.startswith("250 items, ")
    keeper.see("253 items, the first 100 of them here")
    comes_to(100, lambda: len(items(keeper)))


def test_what_is_running_low_can_be_looked_at_alone(keeper: User) -> None:
    keeper.see_not("1 running low")
    keeper.click(BOLT)
    keeper.type("Low at", "81")
    keeper.see("80 pcs are left, and there should be 81.")
    keeper.see("1 running low")
    keeper.click("Only what is running low")
    shows(keeper, "B-1")
    keeper.press("Ctrl+Z")
    keeper.press("Ctrl+Z")  # the switch wrote nothing, so there is nothing else to take back
    keeper.see("Nothing like that.")


# ── one item ──────────────────────────────────────────────────────────────────────────────────────


def test_totals_follow_what_comes_in_and_goes_out(keeper: User) -> None:
    keeper.click(BOLT)
    keeper.see("80 pcs")
    keeper.see("9.60 €")
    keeper.click("Went out")
    keeper.type("Quantity", "75")
    keeper.type("Note", "Site 4")
    keeper.click("Book")
    keeper.see("5 pcs are left, and there should be 10.")
    keeper.see("0.60 €")
    keeper.type("Price in €", "1.10")
    keeper.see("5.50 €")
    keeper.press("Ctrl+Z")
    keeper.press("Ctrl+Z")
    keeper.see("9.60 €")
    keeper.press("Ctrl+Y")
    keeper.see("0.60 €")
    assert keeper.errors() == []


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        (
            "Price in €",
            "0.125",
            "This takes a decimal number of at most 12 digits, 2 of them after the point.",
        ),
        ("Price in €", "-1", "This must be at least 0."),
        ("Low at", "a few", "This is not a number."),
    ],
)
def test_what_does_not_fit_is_said_at_the_field(
    inventory: ModuleType, keeper: User, label: str, typed: str, sentence: str
) -> None:
    keeper.click(BOLT)
    keeper.type(label, typed)
    assert keeper.find(label).shown.props["refused"] == sentence
    item = inventory.db.get(inventory.data.Item, "B-1")
    assert (item.price, item.low_at) == (Decimal("0.12"), 10)


def test_a_name_typed_at_the_item_is_in_every_list(inventory: ModuleType, keeper: User) -> None:
    with User(inventory.app) as other:
        other.open("/items/H-1")
        other.type("Name", "Door hinge")
        other.choose("Supplier", "Abbott Hardware")
    keeper.type("Search", "door")
    shows(keeper, "H-1")
    assert inventory.db.get(inventory.data.Item, "H-1").supplier_code == "ABBOTT"


def test_an_item_comes_and_goes_and_comes_back(inventory: ModuleType, keeper: User) -> None:
    keeper.click("New item")
    keeper.type("Code", "B-1")
    keeper.type("Name", "Nail")
    keeper.click("Add")
    keeper.see("There is a B-1 already.")
    keeper.type("Code", "N-1")
    keeper.click("Add")
    shows(keeper, "B-2", "B-1", "H-1", "N-1")
    keeper.see("0 pcs")
    keeper.click(BOLT)
    keeper.click("Delete")
    keeper.see("Choose an item to see what came and went.")
    assert inventory.db.count(inventory.data.Movement) == 0
    keeper.click("Undo")
    keeper.click(BOLT)
    keeper.see("80 pcs")
    keeper.click("Undo")
    shows(keeper, "B-2", "B-1", "H-1")
    comes_to(True, lambda: keeper.find("Undo").is_disabled)


def test_a_movement_is_taken_back(keeper: User) -> None:
    keeper.click(BOLT)
    keeper.type("Note on +100, 02 Nov 2026", "Counted twice")
    keeper.click("Take back -20, 02 Nov 2026")
    keeper.see("100 pcs")
    keeper.press("Ctrl+Z")
    keeper.see("80 pcs")
    keeper.press("Ctrl+Z")
    comes_to("Counted", lambda: keeper.find("Note on +100, 02 Nov 2026").value)


def test_suppliers_in_a_window_of_their_own(inventory: ModuleType, keeper: User) -> None:
    keeper.click("Suppliers")
    assert keeper.machine.opened == ["/suppliers"]
    keeper.click("H-1 Hinge")
    with User(inventory.app) as other:
        other.open("/suppliers")
        comes_to(True, lambda: other.find("Delete COST").is_disabled)
        other.click("Delete ABBOTT")
        other.type("Name of COST", "Costello & Daughters")
        other.type("Code", "MILL")
        other.type("Name", "Mill Street Metals")
        other.click("Add")
        other.find("Name of MILL")
    keeper.choose("Supplier", "Mill Street Metals")
    assert inventory.db.get(inventory.data.Item, "H-1").supplier_code == "MILL"
    keeper.choose("Supplier", "Costello & Daughters")
    keeper.choose("Supplier", "Nobody")
    assert inventory.db.get(inventory.data.Item, "H-1").supplier_code is None


# ── whoever changes it ────────────────────────────────────────────────────────────────────────────


def test_a_scanner_books_by_the_web(inventory: ModuleType, keeper: User) -> None:
    keeper.click("H-1 Hinge")
    answer = inventory.app.test_client().post("/items/H-1/move", json={"quantity": 4, "note": "Door"})
    assert answer.get_json()["item_code"] == "H-1"
    keeper.see("4 box")
    keeper.see("104.00 €")
    assert inventory.app.test_client().get("/stock/hinge").get_json() == {"Hinge": 4}


def test_another_process_books(keeper: User, inventory: ModuleType) -> None:
    keeper.click("H-1 Hinge")
    command = [sys.executable, "-m", "hipflask.cli", "--app", str(EXAMPLES / "inventory"), "move", "H-1", "7"]
    subprocess.run(command, check=True, env={**os.environ, "HIPFLASK_STORE": str(inventory.db.file)})
    keeper.see("7 box")
    keeper.see("182.00 €")


def test_the_sqlite3_shell_changes_what_windows_show(keeper: User, inventory: ModuleType) -> None:
    program = shutil.which("sqlite3") or lacking("The sqlite3 command line")
    keeper.click(BOLT)
    sql = "UPDATE movement SET quantity = 50 WHERE quantity = -20; UPDATE item SET name = 'Bolt' WHERE code = 'B-1'"
    subprocess.run([program, str(inventory.db.file), sql], check=True)
    keeper.see("150 pcs")
    keeper.find("B-1 Bolt")


def test_the_shell_says_how_many_there_are(inventory: ModuleType, keeper: User) -> None:
    answer = inventory.app.test_cli_runner().invoke(args=["stock", "m8"])
    assert answer.output == "Hex bolt M8 zinc: 80\n"


# ── tables in and out ─────────────────────────────────────────────────────────────────────────────


def test_every_bad_line_has_its_sentence(inventory: ModuleType, keeper: User) -> None:
    lines = [
        HEAD, "N-1,Nail,pcs,0.02,0,COST\n", "N-2,Nail,pcs,a dozen,0,\n", "N-3,Nail,barrel,1,0,\n", "N-4,Nail\n",
        "N-5,Nail,pcs,1,0,NOBODY\n", "N-1,Nail,pcs,1,0,\n", "B-1,Bolt,pcs,0.50,0,\n",
    ]  # fmt: skip
    bring_in(keeper, "nails.csv", "".join(lines))
    assert keeper.notes() == ["2 items from nails.csv."]
    said = [found.label for found in keeper.seen() if found.role == "listitem"]
    assert said == [
        "line 3, price: expected a decimal number of at most 12 digits, 2 of them after the point such as 12.50, got 'a dozen'",
        "line 4, unit: expected one of 'pcs', 'box', 'm', 'l' or 'kg', got 'barrel'",
        "line 5: expected 6 fields, got 'N-4,Nail': there are 2",
        "line 6, supplier_code: expected the key of a row that is there, got 'NOBODY'",
        "line 7, code: expected a key that line 2 does not have, got 'N-1'",
    ]
    shows(keeper, "B-1", "B-2", "H-1", "N-1")
    keeper.click("All right")
    keeper.see_not("Left out")
    keeper.click("Undo")
    shows(keeper, "B-2", "B-1", "H-1")
    keeper.find(BOLT)


def test_a_table_of_something_else_is_refused_in_a_sentence(keeper: User) -> None:
    bring_in(keeper, "players.csv", "name,base\nWho,first\n")
    assert keeper.notes() == [
        "The first line has to name columns, and 'base' is none of the columns of Item: code, name, unit, price, low_at, "
        "supplier_code. Nothing was written."
    ]
    assert keeper.errors() == []
    keeper.see_not("Importing")


def test_what_is_exported_can_be_imported(inventory: ModuleType, keeper: User, tmp_path: Path) -> None:
    keeper.will_choose(tmp_path / "items.csv")
    keeper.click("Export")
    assert keeper.notes() == ["3 items in items.csv."]
    keeper.click("H-1 Hinge")
    keeper.click("Delete")
    bring_in(keeper, "items.csv", (tmp_path / "items.csv").read_text())
    shows(keeper, "B-2", "B-1", "H-1")


def test_other_windows_go_on_while_a_large_table_comes_in(inventory: ModuleType, keeper: User) -> None:
    """What is searched and booked in a second window is done before the import of the first one has ended."""
    events: list[str] = []
    content = "".join([HEAD, *table(50_000)])

    def import_all() -> None:
        bring_in(keeper, "nails.csv", content)
        events.append("imported")

    with User(inventory.app, patience=120) as other, ThreadPoolExecutor() as threads:
        other.open("/")
        coming = threads.submit(import_all)
        other.type("Search", "nail")
        other.click("N-0 Nail 0 mm")
        other.click("Came in")
        other.type("Quantity", "3")
        other.click("Book")
        other.see("0.00 €")
        events.append("booked")
        coming.result()
        other.see("50,000 items, the first 100 of them here")
        assert other.errors() == []
    assert events == ["booked", "imported"]
    assert keeper.notes() == ["50,000 items from nails.csv."]
    assert keeper.errors() == []


# ── in a browser ──────────────────────────────────────────────────────────────────────────────────

# Every width that the bar has had.
WATCH = """() => {
    window.seen = new Set();
    new MutationObserver(() => {
        const bar = document.querySelector("wa-progress-bar");
        if (bar) window.seen.add(bar.value);
    }).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


def test_in_a_real_browser(inventory: ModuleType, keeper: User) -> None:
    with Screen(inventory.app, patience=20, width=1240, height=900) as screen:
        screen.open("/")
        screen.type("Search", "m8")
        screen.click("B-1 Hex bolt M8 zinc")
        screen.type("Name", "Hex bolt M8 black")
        screen.find("B-1 Hex bolt M8 black")
        screen.on_page(lambda page: page.get_by_role("heading", name="Inventory").click())
        screen.press("Control+z")  # in the field it would be the browser's own, which takes back letters
        screen.find("B-1 Hex bolt M8 zinc")
        screen.type("Search", "")
        screen.on_page(lambda page: page.evaluate(WATCH))
        bring_in(screen, "nails.csv", "".join([HEAD, *table(20_000)]))
        screen.see("20,003 items, the first 100 of them here")
        assert len(screen.on_page(lambda page: page.evaluate("[...window.seen]"))) > 5
        assert screen.errors() == []
