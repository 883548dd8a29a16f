"""The place that a window is meant to have, as a matter of arithmetic: wishes in words, monitors lost and found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.desk import Monitor
from hipflask.core.errors import UsageError
from hipflask.core.spots import AREAS, Spot, spot
from hipflask.surfaces.window._screens import read_xrandr
from hipflask.surfaces.window.berth import Berth
from hipflask.surfaces.window.placing import beside, locate, numbered
from hipflask.surfaces.window.shell import Placement

LAPTOP, HDMI, DP = THREE = numbered(
    [Monitor("eDP-1", 0, 0, 1920, 1080), Monitor("HDMI-1", 1920, 0, 2560, 1440), Monitor("DP-1", 4480, 0, 1000, 1000)]
)  # fmt: skip
TWO = [LAPTOP, DP]
THERE = Placement(800, 600, 2400, 100, "HDMI-1", monitor_x=1920, monitor_y=0)


def test_monitors_are_numbered_from_the_primary_one_and_then_from_the_left() -> None:
    primary, left, right = (Monitor(name, x, 0, 10, 10) for name, x in (("p", 50), ("l", 0), ("r", 90)))
    assert [(each.name, each.number) for each in numbered([primary, right, left])] == [
        ("p", 1),
        ("l", 2),
        ("r", 3),
    ]
    assert numbered([]) == []


@pytest.mark.parametrize("name", AREAS)
def test_areas_lie_within_their_monitor(name: str) -> None:
    found = locate(Spot(2, AREAS[name]), (1, 1), THREE)
    assert found.x is not None and found.y is not None
    assert 1920 <= found.x < found.x + found.width <= 4480
    assert 0 <= found.y < found.y + found.height <= 1440


def test_thirds_meet_without_a_gap() -> None:
    parts = [locate(Spot(3, AREAS[f"{side} third"]), (1, 1), THREE) for side in ("left", "middle", "right")]
    assert [(part.x, part.width) for part in parts] == [(4480, 333), (4813, 334), (5147, 333)]


def test_without_an_area_a_window_stands_in_the_middle() -> None:
    found = locate(Spot("HDMI-1"), (1000, 400), THREE)
    assert (found.x, found.y, found.width, found.height) == (2700, 520, 1000, 400)


def test_a_monitor_that_is_not_there_is_the_last_one() -> None:
    assert locate(Spot(9), (10, 10), THREE).monitor == "DP-1"
    assert locate(Spot("VGA-1"), (10, 10), TWO).monitor == "DP-1"


def test_next_is_the_one_after_that_of_the_window_that_asks() -> None:
    assert [beside(Spot("next"), Placement(1, 1, x, 5), THREE).monitor for x in (5, 2000, 4500)] == [2, 3, 1]
    assert beside(Spot("next"), None, THREE) == Spot("next")


@pytest.mark.parametrize("area", ["middle", (0, 0, 1), (0, 0, 0, 1), (0.5, 0, 0.6, 1), (-0.1, 0, 1, 1), (0, 0, "1", 1), (0, 0, float("nan"), 1), 5])  # fmt: skip
def test_an_area_that_is_none_is_refused(area: object) -> None:
    with pytest.raises(UsageError, match=r"ui\.open_window"):
        spot("ui.open_window", None, area)


@pytest.mark.parametrize("monitor", [0, -1, True, "", 1.5, []])
def test_a_monitor_that_is_none_is_refused(monitor: object) -> None:
    with pytest.raises(UsageError, match=r"ui\.monitors"):
        spot("ui.open_window", monitor, None)


def test_words_make_a_spot() -> None:
    assert spot("w", None, None) is None
    assert spot("w", None, "left half") == Spot(1, (0, 0, 0.5, 1))
    assert spot("w", "next", "maximized") == Spot("next", None, maximized=True)
    assert spot("w", 2, (0.1, 0, 0.9, 1)) == Spot(2, (0.1, 0, 0.9, 1))


def test_a_lost_monitor_changes_nothing_of_what_is_meant() -> None:
    berth = Berth(THERE, (800, 600))
    assert berth.seen(berth.take(THREE), THREE) == THERE
    put = berth.changed(TWO)
    assert put is not None and put.monitor == "eDP-1"
    assert berth.seen(put, TWO) is None
    assert berth.meant == THERE
    assert berth.changed(THREE) == THERE


def test_what_a_window_manager_does_at_once_is_not_the_persons_doing() -> None:
    """It carries the window off before we hear of the monitor, and corrects the place that we choose."""
    berth = Berth(THERE, (800, 600))
    berth.seen(berth.take(THREE), THREE)
    assert berth.seen(Placement(800, 600, 40, 40, "eDP-1"), TWO) is None
    berth.changed(TWO)
    assert berth.seen(Placement(800, 600, 1100, 120, "eDP-1"), TWO) is None
    assert berth.seen(Placement(800, 600, 1100, 120, "eDP-1"), TWO) is None
    assert berth.changed(THREE) == THERE


def test_moved_by_hand_the_new_place_is_meant() -> None:
    berth = Berth(THERE, (800, 600))
    berth.seen(berth.take(THREE), THREE)
    berth.seen(berth.changed(TWO) or THERE, TWO)
    moved = Placement(800, 600, 10, 10, "eDP-1", monitor_x=0, monitor_y=0)
    assert berth.seen(moved, TWO) == moved
    assert berth.changed(THREE) is None


def test_where_its_program_likes_it_is_nothing_to_remember() -> None:
    berth = Berth(Spot(2, AREAS["left half"]), (800, 600))
    put = berth.take(THREE)
    assert put.monitor == "HDMI-1"
    assert berth.seen(put, THREE) is None
    moved = Placement(300, 300, 5, 5, "eDP-1")
    assert berth.seen(moved, THREE) == moved


def test_a_window_on_a_monitor_that_stays_is_left_alone() -> None:
    berth = Berth(Placement(800, 600, -300, 100, "eDP-1", monitor_x=0, monitor_y=0), (800, 600))
    berth.seen(berth.take([LAPTOP, HDMI]), [LAPTOP, HDMI])
    assert berth.changed([LAPTOP]) is None


def test_a_monitor_that_is_smaller_for_a_while_has_its_windows_as_before() -> None:
    berth = Berth(Placement(2000, 1300, 2400, 100, "HDMI-1", monitor_x=1920, monitor_y=0), (1, 1))
    before = berth.take(THREE)
    berth.seen(before, THREE)
    small = [LAPTOP, Monitor("HDMI-1", 1920, 0, 1024, 768, 2), DP]
    put = berth.changed(small)
    assert put is not None and (put.width, put.height) == (1024, 768)
    assert berth.seen(put, small) is None
    assert berth.changed(THREE) == before


SOME_MONITORS = st.lists(st.sampled_from(THREE), unique=True, min_size=1).map(
    lambda some: sorted(some, key=lambda monitor: monitor.number)
)


@given(st.lists(SOME_MONITORS, max_size=8), st.integers(0, 3000), st.integers(0, 1000))
def test_whatever_comes_and_goes_with_all_monitors_back_it_is_back(
    history: list[list[Monitor]], x: int, y: int
) -> None:
    """And meanwhile it is always wholly on a monitor that is there."""
    berth = Berth(Placement(500, 400, 1920 + min(x, 2000), y, "HDMI-1", monitor_x=1920, monitor_y=0), (1, 1))
    home = here = berth.take(THREE)
    berth.seen(here, THREE)
    for there in [*history, THREE]:
        here = berth.changed(there) or here
        assert berth.seen(here, there) in (None, home)
        assert any(
            each.x <= (here.x or 0) and (here.x or 0) + here.width <= each.x + each.width for each in there
        )
    assert here == home


def test_what_xrandr_says_is_read() -> None:
    said = "Monitors: 2\n 0: +DP-1 1920/508x1080/286+-1920+0  DP-1\n 1: +*eDP-1 2560/600x1440/340+0+10  eDP-1\nnonsense\n"
    assert read_xrandr(said) == [Monitor("eDP-1", 0, 10, 2560, 1440), Monitor("DP-1", -1920, 0, 1920, 1080)]
