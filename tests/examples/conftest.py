"""The examples, imported as their readers run them; afresh for every test, since some keep data in their module."""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from desk_feeds import Running
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hipflask.testing import User
from hipflask.testing.chromium import ARGUMENTS

EXAMPLES = Path(__file__).parents[2] / "examples"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(autouse=True)
def chance() -> Iterator[None]:
    """Tests here shuffle by seed; other tests are to have the chance that they had."""
    before = random.getstate()
    yield
    random.setstate(before)


@pytest.fixture
def poker(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return _imported("poker", monkeypatch)


@pytest.fixture
def lineup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The line-up, with the usual three."""
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "lineup.sqlite"))
    lineup = _imported("lineup", monkeypatch)
    lineup.begin()
    yield lineup
    lineup.db.close()


@pytest.fixture
def inventory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The stockroom, empty."""
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "inventory.sqlite"))
    inventory = _imported("inventory", monkeypatch)
    yield inventory
    inventory.db.close()


@pytest.fixture
def uniquify(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The bench for ways to make a list unique, with no run yet."""
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "uniquify.sqlite"))
    uniquify = _imported("uniquify", monkeypatch)
    yield uniquify
    uniquify.db.close()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The trading desk, at a feed that has a hundredth of the usual to say."""
    feed = Running(rate=200)
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "desk.sqlite"))
    monkeypatch.setenv("DESK_FEED", feed.url)
    desk = _imported("desk.app", monkeypatch)
    desk.feed = feed
    yield desk
    desk.engine.stop()
    desk.db.close()
    feed.stop()


@pytest.fixture
def player(poker: ModuleType) -> Iterator[User]:
    """Somebody at a poker table; patient, since odds take a process and a second of computing."""
    with User(poker.app, patience=120) as user:
        yield user.open("/")


def _imported(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))  # kept on the path, for the processes that import it too
    package = name.partition(".")[0]
    for known in [each for each in sys.modules if each == package or each.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, known)
    return importlib.import_module(name)


# Playwright keeps an event loop running in this thread for as long as it lives; other tests want their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("HIPFLASK_REQUIRE_ALL") == "1":
            pytest.fail("Chromium is not installed, and HIPFLASK_REQUIRE_ALL=1 allows no skipping")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
