"""Where a window goes, as a matter of arithmetic: monitors that went away, moved or shrank."""

from __future__ import annotations

import random

import pytest

from hipflask.surfaces.window.placing import Monitor, fit, home_of
from hipflask.surfaces.window.shell import Placement

LAPTOP = Monitor("eDP-1", 0, 30, 1920, 1050)  # below a panel
RIGHT = Monitor("HDMI-1", 1920, 0, 2560, 1440)
BOTH = [LAPTOP, RIGHT]


def place(
    monitor: str | None, x: int | None, y: int | None, width: int = 1000, height: int = 700
) -> Placement:
    return Placement(width, height, x, y, monitor)


def corner(placement: Placement) -> tuple[int | None, int | None]:
    return placement.x, placement.y


def test_where_nothing_has_changed_it_stands_where_it_stood() -> None:
    before = Placement(1000, 700, 2400, 100, "HDMI-1", maximized=True, monitor_x=1920, monitor_y=0)
    assert fit(before, BOTH) == before


def test_a_window_goes_with_its_monitor() -> None:
    before = Placement(1000, 700, 2400, 100, "HDMI-1", monitor_x=1920, monitor_y=0)
    now_left = [Monitor("eDP-1", 2560, 30, 1920, 1050), Monitor("HDMI-1", 0, 0, 2560, 1440)]
    assert corner(fit(before, now_left)) == (480, 100)
    assert fit(before, now_left).monitor_x == 0


def test_without_its_monitor_it_stands_at_the_nearest_edge_of_another() -> None:
    assert fit(place("HDMI-1", 2400, 300), [LAPTOP]) == Placement(
        1000, 700, 920, 300, "eDP-1", monitor_x=0, monitor_y=30
    )
    third = Monitor("DP-3", 4480, 0, 1000, 1000)
    assert fit(place("VGA-1", 5000, 100), [*BOTH, third]).monitor == "DP-3"
    assert fit(place("VGA-1", -3000, 100), [*BOTH, third]).monitor == "eDP-1"


def test_a_journey_is_only_made_with_the_same_monitor() -> None:
    gone = Placement(1000, 700, 100, 100, "VGA-1", monitor_x=-5000, monitor_y=0)
    assert corner(fit(gone, BOTH)) == (100, 100)


def test_a_smaller_monitor_makes_the_window_smaller_and_panels_stay_free() -> None:
    small = Monitor("HDMI-1", 1920, 40, 800, 560)
    assert fit(place("HDMI-1", 2400, 100), [LAPTOP, small]) == Placement(
        800, 560, 1920, 40, "HDMI-1", monitor_x=1920, monitor_y=40
    )
    assert corner(fit(place("eDP-1", 0, 0), BOTH)) == (0, 30)


def test_where_places_are_unknown_only_the_size_is_fitted() -> None:
    fitted = fit(place(None, None, None, 5000, 5000), BOTH)
    assert (fitted.width, fitted.height, *corner(fitted)) == (1920, 1050, None, None)
    assert fit(place("HDMI-1", None, None, 2000, 1400), BOTH).width == 2000


def test_monitors_without_a_name_are_told_apart_by_their_place() -> None:
    nameless = [Monitor(None, 0, 0, 1000, 1000), Monitor(None, 1000, 0, 1000, 1000)]
    assert home_of(place(None, 1200, 0, 500, 500), nameless) == nameless[1]
    assert corner(fit(place(None, 1600, 0, 500, 500), nameless)) == (1500, 0)


def test_without_any_monitor_nothing_is_changed() -> None:
    assert fit(place("HDMI-1", 9000, 9000), []) == place("HDMI-1", 9000, 9000)


@pytest.mark.parametrize("seed", range(200))
def test_it_always_lies_wholly_inside_one_monitor(seed: int) -> None:
    chance = random.Random(seed)
    monitors = [
        Monitor(
            name, chance.randint(-3000, 3000), chance.randint(-3000, 3000), *chance.choices((600, 1920), k=2)
        )
        for name in chance.sample(("a", "b", "c"), chance.randint(1, 3))
    ]
    before = Placement(
        chance.randint(1, 4000),
        chance.randint(1, 4000),
        chance.randint(-9000, 9000),
        chance.randint(-9000, 9000),
        chance.choice(("a", "b", "c", None)),
        monitor_x=chance.choice((None, chance.randint(-3000, 3000))),
        monitor_y=chance.choice((None, chance.randint(-3000, 3000))),
    )
    after = fit(before, monitors)
    home = home_of(before, monitors)
    assert after.monitor == home.name
    assert home.name == before.monitor or before.monitor not in [monitor.name for monitor in monitors]
    assert after.x is not None and after.y is not None
    assert home.x <= after.x <= after.x + after.width <= home.x + home.width
    assert home.y <= after.y <= after.y + after.height <= home.y + home.height
    assert fit(after, monitors) == after
