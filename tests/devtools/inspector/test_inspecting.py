"""The inspector over real programs, as `--inspect` and the keys in a debug window open it, in a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from devtools.inspector.told import MARKUP
from devtools.written import Written
from hipflask.core import report

Write = Callable[..., Written]

PROGRAM = f'''
from hipflask import Hipflask, Mapped, Store, ui

app = Hipflask(__name__)
db = Store(app)

class Player(db.Model):
    name: Mapped[str]

def sign():
    Player.create(name="{MARKUP}")

@app.window("/", title="Line-up")
def lineup():
    clicks = ui.state(0)
    ui.button(f"{{clicks.value}} clicks", on_click=lambda: clicks.update(lambda n: n + 1))
    ui.button("Sign", on_click=sign)
    ui.text(f"{{len(db.all(Player))}} players")
'''

A_REPORT = report.Report(
    version=report.VERSION,
    id="0123456789abcdef",
    when=datetime(2026, 11, 23, tzinfo=UTC),
    program=report.Program("com.example.shop", "Shop"),
    machine=report.Machine("1.0", "3.13.1", "Linux"),
    kind="handler",
    function="save",
    failures=[report.Failure("ValueError", [])],
)


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Windows are addresses that are printed, and what the inspector leaves behind goes with the test."""
    monkeypatch.setenv("HIPFLASK_SHELL", "url")
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("t")))


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Written]]:
    """Starts a program without --debug."""
    programs: list[Written] = []

    def start(*command: str) -> Written:
        programs.append(Written(tmp_path, PROGRAM, command, {}, debug=False))
        return programs[-1]

    yield start
    for program in programs:
        program.end()


def addresses(program: Written, count: int = 2) -> list[str]:
    """Where the windows are that have been opened so far."""
    program.wait_for(lambda: len(set(re.findall(r"Open (http\S+)", program.output))) >= count)
    return list(dict.fromkeys(re.findall(r"Open (http\S+)", program.output)))


def both(page: Page, program: Written) -> tuple[Page, Page]:
    """The program's own page, and the inspector's."""
    other = page.context.new_page()
    found: dict[bool, Page] = {}
    for tab, address in zip((page, other), addresses(program), strict=True):
        tab.goto(address)
        expect(tab).to_have_title(re.compile("."))
        found["Inspector" in tab.title()] = tab
    return found[False], found[True]


def see(page: Page, words: str) -> None:
    expect(page.get_by_text(words).locator("visible=true").first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(
    "command", [("run", "--inspect"), ("serve", "--port", "0", "--inspect")], ids=["run", "serve"]
)
def test_a_program_is_looked_into(
    page: Page, serve: Callable[..., Written], command: tuple[str, ...]
) -> None:
    """Its windows with their states are there, a state is set, an element is picked; when it is killed, what it told stays."""
    program = serve(*command)
    app, inspector = both(page, program)
    app.get_by_role("button", name="0 clicks").click()
    see(inspector, "lineup")
    expect(inspector.get_by_label("clicks")).to_have_value("1", timeout=10_000)
    inspector.get_by_label("clicks").fill("41")
    inspector.get_by_label("clicks").press("Enter")
    see(app, "41 clicks")

    inspector.get_by_role("button", name="Pick an element").click()
    see(app, "Click on an element")
    app.get_by_role("button", name="Sign").click()
    see(inspector, "ui.button")
    see(inspector, "app.py:17")
    see(app, "0 players")  # what was pointed at has not noticed

    app.get_by_role("button", name="Sign").click()
    see(app, "1 players")
    inspector.get_by_role("link", name="Activity").click()
    see(inspector, "click button")
    inspector.get_by_role("link", name="Time travel").click()
    see(inspector, "1 players")
    assert inspector.locator("img[src=x]").count() == 0

    [number] = {
        int(found)
        for found in re.findall(r"process (\d+)", inspector.locator("[role=status]").first.inner_text())
    }
    os.kill(number, signal.SIGKILL)
    see(inspector, "has ended. What it told is kept here.")
    inspector.get_by_role("link", name="Activity").click()
    see(inspector, "click button")


def test_a_program_that_is_loaded_anew_is_followed(page: Page, write: Write) -> None:
    """With --debug, the inspector goes on with each process that a save starts."""
    program = write(PROGRAM, "run", "--inspect")
    app, inspector = both(page, program)
    see(inspector, "lineup")
    program.edit('clicks",', 'presses",')
    see(app, "0 presses")
    app.get_by_role("button", name="0 presses").click()
    expect(inspector.get_by_label("clicks")).to_have_value("1", timeout=20_000)


def test_keys_open_the_inspector_in_debug(page: Page, write: Write) -> None:
    """Ctrl+Alt+I in a window of a program that is being written; it sees the program that comes after the next save, too."""
    program = write(PROGRAM, "run")
    page.goto(addresses(program, 1)[0])
    see(page, "0 clicks")
    page.keyboard.press("Control+Alt+KeyI")
    inspector = page.context.new_page()
    inspector.goto(addresses(program, 2)[1])
    see(inspector, "lineup")
    program.edit('clicks",', 'presses",')
    see(page, "0 presses")
    page.get_by_role("button", name="0 presses").click()
    expect(inspector.get_by_label("clicks")).to_have_value("1", timeout=20_000)


def test_the_inspector_is_inspected(page: Page, serve: Callable[..., Written], tmp_path: Path) -> None:
    """One inspector shows the other's windows."""
    file = tmp_path / "crash.json"
    file.write_bytes(report.encode(A_REPORT))
    program = serve("inspect", str(file), "--inspect")
    tabs = [page, page.context.new_page()]
    for tab, address in zip(tabs, addresses(program), strict=True):
        tab.goto(address)
    named = {tab.locator("h1").inner_text(): tab for tab in tabs}
    assert set(named) == {"Report", "Sessions"}
    see(named["Report"], "ValueError")
    see(named["Sessions"], "sessions_window")


def test_nothing_of_it_is_loaded_unless_it_is_wanted(tmp_path: Path) -> None:
    """Neither the command line nor a program that runs without --inspect imports any of it."""
    (tmp_path / "app.py").write_text(PROGRAM)
    code = (
        "import sys, hipflask.cli, app\n"
        "from hipflask.surfaces.window import choose\n"
        "app.app.actions.start('a window')\n"
        "app.app.test_client().get('/')\n"
        "print([name for name in sys.modules if name.startswith('hipflask.devtools.inspector')])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
