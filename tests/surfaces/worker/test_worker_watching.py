"""What has happened in a bucket's folder, from what is there and what was told."""

from __future__ import annotations

from hipflask.surfaces.worker.bucket import Found
from hipflask.surfaces.worker.watching import Watch

A, LONGER, B = Found("a", 10, 1), Found("a", 20, 2), Found("b", 5, 3)


def test_a_file_counts_when_it_lies_still() -> None:
    """As long as it grows nobody is told; then once."""
    watch = Watch()
    assert watch.look([A], {}, 0.0) == ([], [])
    assert watch.look([LONGER], {}, 0.9) == ([], [])
    assert watch.look([LONGER], {}, 1.8) == ([], [])
    assert watch.is_waiting
    assert watch.look([LONGER], {}, 2.0) == ([LONGER], [])
    assert watch.look([LONGER], {"a": LONGER}, 2.5) == ([], [])
    assert not watch.is_waiting


def test_a_change_counts_as_new() -> None:
    """In size or in time."""
    watch = Watch()
    told = {"a": A}
    watch.look([Found("a", 10, 9)], told, 0.0)
    assert watch.look([Found("a", 10, 9)], told, 1.0) == ([Found("a", 10, 9)], [])


def test_what_has_gone_is_told_at_once() -> None:
    """Only of what was known, though."""
    watch = Watch()
    assert watch.look([B], {"a": A, "b": B}, 0.0) == ([], ["a"])
    watch.look([A], {}, 1.0)
    assert watch.look([], {}, 5.0) == ([], [])


def test_one_that_comes_back_is_waited_for_anew() -> None:
    """It may be another file of the same name and size."""
    watch = Watch()
    watch.look([A], {}, 0.0)
    watch.look([], {}, 0.5)
    assert watch.look([A], {}, 1.0) == ([], [])
