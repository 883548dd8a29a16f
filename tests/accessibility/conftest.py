"""A window with everything in it, in Chromium, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accessibility.everything import Kept, mount
from hipflask import Hipflask
from hipflask.testing import Screen
from lacking import lacking, needs_browser

CONTRAST = Path(__file__).with_name("contrast.js")
AXE = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(autouse=True)
def _browser() -> None:
    needs_browser()


@pytest.fixture
def kept(app: Hipflask) -> Kept:
    """The window of everything is at "/"; this is what it is told."""
    app.debug = True
    return mount(app)


@pytest.fixture
def show(app: Hipflask, kept: Kept) -> Iterator[Callable[..., Screen]]:
    """Opens that window, in one scheme or the other."""
    screens: list[Screen] = []

    def opened(path: str = "/", **look: Any) -> Screen:
        screens.append(Screen(app, width=1200, height=900, **look))
        return screens[-1].open(path)

    yield opened
    for screen in screens:
        screen.close()


@pytest.fixture
def screen(show: Callable[..., Screen]) -> Screen:
    """The window of everything, in light."""
    return show()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source; it is run in the page and never bundled."""
    if not AXE.exists():
        lacking("axe-core (`npm ci` in client/)")
    return AXE.read_text(encoding="utf-8")


def too_pale(screen: Screen) -> list[str]:
    """Every text on a page that can hardly be told from its ground."""
    looked, found = screen.on_page(lambda page: page.evaluate(CONTRAST.read_text(encoding="utf-8")))
    assert looked, "there was nothing to look at"
    return list(found)


@pytest.fixture
def violations(axe: str) -> Callable[[Screen], list[str]]:
    """All that can be said against a page, a line for each element: by axe, and about contrast where axe cannot tell.

    First as it is, in light, and then in dark, where only what has to do with colours can have become another.
    """

    def said(screen: Screen, options: str) -> list[str]:
        found = screen.on_page(lambda page: page.evaluate(f"{axe}; ({_RUN})({options})"))
        return [_line(*each) for each in found] + too_pale(screen)

    def check(screen: Screen) -> list[str]:
        light = said(screen, "{}")
        darken(screen)
        return light + [f"in dark: {line}" for line in said(screen, _COLOURS)]

    return check


def darken(screen: Screen) -> None:
    """Have the system prefer dark from now on; no colour is on its way to another afterwards."""
    screen.on_page(lambda page: page.emulate_media(color_scheme="dark"))
    assert screen.on_page(lambda page: page.evaluate(_IS_DARK))


_RUN = """async (options) => (await axe.run(document, { resultTypes: ['violations'], ...options })).violations.flatMap(
  ({ id, nodes }) => nodes.map((node) => [id, node.target.flat().join(' '), node.failureSummary]))"""
_COLOURS = "{ runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }"
_IS_DARK = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const isDark = () => document.documentElement.classList.contains("wa-dark");
  const changing = () => document.getAnimations().filter((each) => each instanceof CSSTransition);
  for (const end = performance.now() + 10_000; !isDark() && performance.now() < end; ) await frame();
  for (await frame(); changing().length > 0; await frame()) changing().forEach((each) => each.finish());
  return isDark();
}"""


def _line(rule: str, target: str, summary: str) -> str:
    return f"{rule}: {target}: {' '.join(summary.split())}"
