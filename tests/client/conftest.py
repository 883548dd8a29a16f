"""A real Chromium, and a server that plays the session by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hipflask.testing.chromium import ARGUMENTS

from .server import STATIC, Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# What must never happen on any page: a refused script or style, an error nobody caught.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
"""


# Playwright keeps an event loop running in this thread for as long as it lives; the tests of other folders want their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def one_server() -> Iterator[Server]:
    if not (STATIC / "manifest.json").exists():
        pytest.fail("the client is not built: run `npm ci && npm run build` in client/")
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def server(one_server: Server) -> Server:
    one_server.forget()
    return one_server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Iterator[Page]:
    """A page that must stay without errors, policy violations and requests to anywhere else."""
    page = context.new_page()
    errors: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "request", lambda request: outside.append(request.url) if is_outside(request.url, server) else None
    )
    yield page
    assert page.evaluate("window.violations ?? []") == []
    assert errors == []
    assert outside == []


def is_outside(url: str, server: Server) -> bool:
    return not url.startswith((server.url, "data:", "blob:", "about:"))


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return tmp_path
