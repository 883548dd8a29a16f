"""A program in a folder of its own under --debug, and a real browser to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.client.conftest import CHROMIUM

from hipflask.testing.chromium import ARGUMENTS

from .written import Written


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Callable[..., Written]]:
    """Writes a program and starts it; whatever the test has left of it is ended."""
    programs: list[Written] = []

    def start(code: str, *command: str, files: Mapping[str, str] | None = None) -> Written:
        programs.append(Written(tmp_path, code, command or ("serve", "--port", "0"), files or {}))
        return programs[-1]

    yield start
    for program in programs:
        program.end()
        assert not program.processes(), "processes were left behind"
