"""Workspaces as a matter of thinking, and in their file: what brings one back, and what had been left."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.desk import OpenWindow
from hipflask.core.spots import Spot
from hipflask.surfaces.window.shell import Placement
from hipflask.surfaces.workspace import Diary, Standing, arrange
from hipflask.surfaces.workspaces import Workspaces


def at(path: str, x: int = 0) -> Standing:
    return Standing(OpenWindow(path), Placement(10, 10, x, 0))


PATHS = st.lists(st.sampled_from(["/", "/a", "/b?x=1"]), max_size=6)


@given(PATHS, PATHS)
def test_every_window_is_moved_opened_or_left_over_once(wanted: list[str], there: list[str]) -> None:
    """As few are opened as can be, and whoever opens the same workspace again opens none."""
    standings = [at(path, number) for number, path in enumerate(wanted)]
    windows = {str(number): at(path) for number, path in enumerate(there)}
    found = arrange(standings, windows)
    assert sorted([*map(id, found.opens), *(id(each) for _, each in found.moves)]) == sorted(
        map(id, standings)
    )
    assert sorted([*found.others, *(name for name, _ in found.moves)]) == sorted(windows)
    assert all(windows[name].asked.path == each.asked.path for name, each in found.moves)
    assert not {each.asked.path for each in found.opens} & {windows[name].asked.path for name in found.others}
    after = windows | {f"new {number}": each for number, each in enumerate(found.opens)}
    assert arrange(standings, after).opens == []


def diary(*paths: str) -> Diary:
    kept = Diary()
    for path in paths:
        kept.note(path, at(path))
    return kept


def left(kept: Diary, now: float) -> list[str]:
    return [each.asked.path for each in kept.left(now)]


def test_windows_that_close_together_at_the_end_were_left_together() -> None:
    kept = diary("/a", "/b", "/c")
    for time, path in ((10.0, "/a"), (10.8, "/c"), (11.6, "/b")):
        kept.closed(path, time)
    assert left(kept, 99.0) == ["/a", "/b", "/c"]


def test_one_that_was_closed_before_was_not_left() -> None:
    kept = diary("/a", "/b", "/c")
    for time, path in ((10.0, "/a"), (11.1, "/b"), (11.2, "/c")):
        kept.closed(path, time)
    assert left(kept, 99.0) == ["/b", "/c"]


def test_quitting_may_take_its_time() -> None:
    """Each window may ask something first; but who opens another one has not quit."""
    kept = diary("/a", "/b")
    kept.quit_wanted(10.0)
    kept.closed("/a", 10.1)
    kept.closed("/b", 40.0)
    assert left(kept, 40.0) == ["/a", "/b"]
    kept = diary("/a", "/b")
    kept.quit_wanted(10.0)
    kept.closed("/a", 10.1)
    kept.note("/c", at("/c"))
    kept.closed("/b", 40.0)
    kept.closed("/c", 40.1)
    assert left(kept, 41.0) == ["/b", "/c"]


def test_what_is_open_yet_was_left_as_it_stands_now() -> None:
    kept = diary("/a", "/b")
    kept.note("/a", at("/a", 5).shows("/c"))
    kept.closed("/b", 10.0)
    assert kept.left(20.0) == [at("/c", 5)]
    assert left(kept, 10.5) == ["/c", "/b"]


def test_they_are_found_again_in_their_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "workspaces.json"
    saved = [at("/a", 7), Standing(OpenWindow("/b", "Title", 3, 4, Spot("next", (0.5, 0, 0.5, 1))))]
    kept = Workspaces(file)
    kept.put("morning", saved)
    kept.put("", [at("/")])
    kept.put("old", [at("/")])
    kept.delete("old")
    kept.delete("never")
    kept.flush()
    again = Workspaces(file)
    assert again.get("morning") == saved
    assert again.get("old") is None
    assert again.paths() == {"morning": ["/a", "/b"]}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', "\0\0", '{"a": [{"asked": 1}'])
def test_a_damaged_file_is_no_reason_not_to_start(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "workspaces.json"
    file.write_text(content)
    with caplog.at_level(logging.WARNING):
        assert Workspaces(file).paths() == {}
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(
    "damaged",
    [
        {"asked": {"path": "no path"}},
        {"asked": {"path": "//elsewhere"}},
        {"asked": {"path": "/a"}, "placement": {"width": -1, "height": 5}},
        {"asked": {"path": "/a"}, "placement": {"width": "wide", "height": 5}},
        {"asked": {"path": "/a", "spot": {"monitor": 0}}},
        {"asked": {"path": "/a", "spot": {"area": [0, 0, 1e300, 1]}}},
        None,
    ],
)
def test_a_damaged_window_is_left_out_and_the_others_stay(tmp_path: Path, damaged: object) -> None:
    file = tmp_path / "workspaces.json"
    file.write_text(json.dumps({"a": [{"asked": {"path": "/good"}}, damaged]}))
    assert Workspaces(file).paths() == {"a": ["/good"]}
