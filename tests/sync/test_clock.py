"""Stamps: when something was written, whatever the device's clock says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hipflask.sync.clock import stamped, tick

times = st.integers(0, 2**48)
any_numbers = st.integers(-(2**70), 2**70)
HALF_PAST_NINE = 9 * 3_600_000 + 30 * 60_000
MINUTE, HOUR = 60_000, 3_600_000


def test_a_clock_that_is_an_hour_fast() -> None:
    """The example of the module: what counts is how long ago it was, by the same clock, and what had been seen."""
    now = HALF_PAST_NINE + HOUR
    assert stamped(now - 20 * MINUTE, now, 0, 0, HALF_PAST_NINE) == HALF_PAST_NINE - 20 * MINUTE
    seen = HALF_PAST_NINE - 30_000
    assert stamped(now - MINUTE, now, seen, 0, HALF_PAST_NINE) == seen + 1


@given(any_numbers, any_numbers, any_numbers, times, times)
def test_never_after_the_present(clock: int, now: int, seen: int, before: int, hub_now: int) -> None:
    """Whatever a device says about its clock and what it has seen, a stamp is not in the hub's future."""
    assert stamped(clock, now, seen, before, hub_now) <= hub_now


@given(times, times, times, times, times)
def test_after_what_was_seen_and_written_before(
    clock: int, now: int, seen: int, before: int, hub_now: int
) -> None:
    """Who saw a value and changed it wins over it, and a device's later push over its earlier ones."""
    stamp = stamped(clock, now, seen, before, hub_now)
    assert stamp > min(seen, hub_now - 1)
    assert stamp >= min(before, hub_now)


@given(times, times, times, times, st.integers(-(2**40), 2**40))
def test_only_ages_count(clock: int, now: int, seen: int, hub_now: int, wrong_by: int) -> None:
    """A clock that is wrong by any amount gives the same stamps as one that is right."""
    assert stamped(clock, now, seen, 0, hub_now) == stamped(
        clock + wrong_by, now + wrong_by, seen, 0, hub_now
    )


@given(times, times, times, times)
def test_order_of_one_device(one: int, other: int, now: int, hub_now: int) -> None:
    """What a device wrote later has no earlier stamp, in one push."""
    first, second = sorted((one, other))
    assert stamped(first, now, 0, 0, hub_now) <= stamped(second, now, 0, 0, hub_now)


@given(st.lists(times, max_size=30))
def test_the_hubs_clock_only_goes_forward(walls: list[int]) -> None:
    """Also where the wall's clock is set back."""
    last = 0
    for wall in walls:
        now = tick(last, wall)
        assert now > last and now >= wall
        last = now
