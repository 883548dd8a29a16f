"""A theme is one of our looks with a few values of one's own."""

from __future__ import annotations

from typing import get_args

import pytest

from hipflask import ui
from hipflask.core.errors import UsageError
from hipflask.ui.theme import LOOKS, Look


def test_a_theme_that_says_nothing_sets_nothing() -> None:
    assert ui.Theme().variables() == {}


def test_ones_own_values_stand_before_those_of_the_look() -> None:
    paper = ui.Theme(look="paper").variables()
    own = ui.Theme(
        look="paper", primary="seagreen", radius=2, density=0.5, tokens={"--hf-tint": "navy"}
    ).variables()
    assert own == paper | {
        "--hf-primary": "seagreen",
        "--wa-border-radius-scale": "2",
        "--wa-space-scale": "0.5",
        "--hf-tint": "navy",
    }


def test_every_look_has_its_tokens() -> None:
    assert set(LOOKS) == set(get_args(Look))
    for look in get_args(Look):
        assert ui.Theme(look=look).variables() == LOOKS[look]
        assert ui.Theme(tokens=LOOKS[look]).variables() == LOOKS[look]  # and all of them are well written


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ({"look": "dark"}, "'plain', 'paper' or 'desk', got 'dark'"),
        ({"tokens": {"color": "red"}}, "CSS custom properties"),
        ({"tokens": {"--x": "red; } body {"}}, "CSS custom properties"),
        ({"tokens": {"--x": 1}}, "CSS custom properties"),
        ({"tokens": "--x: 1"}, "CSS custom properties"),
        ({"radius": True}, "a factor from 0 to 10, got True"),
        ({"density": 11}, "a factor from 0 to 10, got 11"),
        ({"font": "Georgia; color: red"}, "a CSS font family"),
    ],
)
def test_what_is_no_theme_is_refused(given: dict[str, object], takes: str) -> None:
    with pytest.raises(UsageError, match=takes):
        ui.Theme(**given)  # type: ignore[arg-type]
