"""Each look, and each colour that an app may take for its own, can be read: in light and in dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import Screen
from hipflask.ui.theme import Look

Show = Callable[..., Screen]
Violations = Callable[[Screen], list[str]]
# What makes a look: the page, a card's ground and corners, a heading's letters, how high a button is.
_FEATURES = """() => {
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const card = document.querySelector('wa-card');
  return [style('html').backgroundColor, getComputedStyle(card).borderRadius, style('h1').fontFamily, style('h1').fontSize,
    String(document.querySelector('wa-button').getBoundingClientRect().height)];
}"""


@pytest.mark.parametrize("look", [look for look in get_args(Look) if look != "plain"])
def test_every_look_can_be_read(app: Hipflask, show: Show, violations: Violations, look: Look) -> None:
    """The plain one is what test_axe.py looks at."""
    app.config["HIPFLASK_THEME"] = ui.Theme(look=look)
    assert violations(show()) == []


@pytest.mark.parametrize(
    "primary", ["black", "white", "yellow", "tomato", "seagreen", "#808080", "navy", "orchid"]
)
def test_every_colour_can_be_read(app: Hipflask, show: Show, violations: Violations, primary: str) -> None:
    app.config["HIPFLASK_THEME"] = ui.Theme(primary=primary)
    assert violations(show()) == []


def test_looks_differ_in_more_than_their_colour(app: Hipflask, show: Show) -> None:
    features = []
    for look in get_args(Look):
        app.config["HIPFLASK_THEME"] = ui.Theme(look=look)
        features.append(show().on_page(lambda page: page.evaluate(_FEATURES)))
    for one in features:
        for other in features:
            assert one is other or sum(a != b for a, b in zip(one, other, strict=True)) >= 3, (one, other)


def test_words_that_are_too_pale_would_be_noticed(app: Hipflask) -> None:
    """On the page itself, in a button, and in a chart, where axe says nothing."""
    from accessibility.conftest import too_pale

    @app.window("/")
    def window() -> None:
        ui.text("Pale", style={"color": "oklch(0.8 0 0)"})
        ui.button("Paler", tone="primary")
        ui.bar_chart("Runs", [1, 2], ["Palest", "So"])

    app.config["HIPFLASK_THEME"] = ui.Theme(
        tokens={"--wa-color-brand-on-loud": "oklch(0.6 0.1 260)", "--wa-color-text-quiet": "#bbb"}
    )
    with Screen(app).open("/") as screen:
        found = " ".join(too_pale(screen))
    assert '"Pale"' in found
    assert '"Paler"' in found
    assert '"Palest"' in found


def test_words_that_are_too_pale_in_the_dark_alone_would_be_noticed(
    app: Hipflask, violations: Violations
) -> None:
    """The page that was looked at in light is looked at in dark as well."""

    @app.window("/")
    def window() -> None:
        ui.heading("Runs")
        ui.text("Murky", style={"color": "#444"})

    with Screen(app).open("/") as screen:
        found = violations(screen)
    assert found
    assert all(line.startswith("in dark: ") for line in found)
    assert any('"Murky"' in line for line in found)
