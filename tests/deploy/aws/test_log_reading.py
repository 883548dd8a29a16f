"""A log that is followed gives each line once, and none is lost, however late and in whatever pages it comes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.errors import DeployError
from hipflask.deploy.aws.logs import LATE, Line, Reading, since

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MOMENT = int(NOW.timestamp() * 1000)


@given(
    st.lists(
        st.tuples(st.integers(0, 60_000), st.integers(0, LATE)), max_size=60
    ),  # when it was printed, and by how much later it is there
    st.lists(st.integers(1, 5_000), min_size=1, max_size=30),  # how long it is between two looks
)
def test_each_line_is_given_once(printed: list[tuple[int, int]], pauses: list[int]) -> None:
    """Lines come late by up to what is allowed for, several in the same millisecond, and one looks now and then."""
    lines = [(Line(at, f"line-{number}", ""), at + late) for number, (at, late) in enumerate(printed)]
    reading, given_, clock = Reading(0), [], 0
    for pause in [*pauses, 100_000]:
        clock += pause
        there = [line for line, visible in lines if visible <= clock and line.at >= reading.begins]
        given_ += reading.take(there)
    assert sorted(line.id for line in given_) == sorted(line.id for line, _ in lines)


def test_lines_of_the_same_millisecond_on_both_sides_of_a_page_are_told_apart() -> None:
    """By Amazon's ids, not by their times."""
    reading = Reading(0)
    assert len(reading.take([Line(5, "a", "x"), Line(5, "b", "x")])) == 2
    assert [line.id for line in reading.take([Line(5, "b", "x"), Line(5, "c", "x")])] == ["c"]


def test_what_is_known_is_forgotten_once_it_cannot_come_again() -> None:
    """Following for a week does not fill the memory."""
    reading = Reading(0)
    for number in range(100):
        reading.take([Line(number * LATE, str(number), "")])
    assert len(reading._known) <= 3


@pytest.mark.parametrize(
    ("words", "seconds"), [("30s", 30), ("10m", 600), ("2h", 7200), ("7d", 604800), ("1w", 604800)]
)
def test_a_while_is_said_in_letters(words: str, seconds: int) -> None:
    """As people do."""
    assert since(words, NOW) == MOMENT - seconds * 1000


def test_a_moment_is_said_as_iso_has_it() -> None:
    """With or without an offset."""
    assert since("2026-11-23T12:00+00:00", NOW) == MOMENT


@pytest.mark.parametrize("words", ["yesterday", "10", "", "10 months", "-5m"])
def test_what_is_neither_is_refused(words: str) -> None:
    """With examples of both."""
    with pytest.raises(DeployError, match="neither a while, as 10m, 2h or 7d, nor a moment"):
        since(words, NOW)
