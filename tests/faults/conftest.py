"""A real Chromium in front of real servers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from faults.waiting import wait_for
from hipflask import Hipflask
from hipflask.testing.chromium import ARGUMENTS
from served import Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# What must never happen on any page: a script or style that the policy refused.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


# Playwright keeps an event loop running in this thread for as long as it lives; the tests of other folders want their own.
@pytest.fixture(scope="package")
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
    context = browser.new_context(viewport={"width": 900, "height": 700})
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must stay without errors and violations."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert page.evaluate("window.violations ?? []") == []
    assert errors == []


@pytest.fixture
def serve(app: Hipflask) -> Iterator[Callable[..., Served]]:
    """Puts `app` on a server, until the test is over."""
    servers: list[Served] = []

    def start(**options: str) -> Served:
        servers.append(Served(app, **options))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def show(app: Hipflask, serve: Callable[..., Served], page: Page) -> Callable[[Callable[[], None]], Page]:
    """Opens a window function in the browser."""
    app.debug = True

    def open_window(function: Callable[[], None]) -> Page:
        app.window("/")(function)
        page.goto(serve().address)
        wait_for(page, "document.querySelector('hf-root hf-part') !== null")
        return page

    return open_window
