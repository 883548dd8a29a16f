"""Files of the person's, dragged with a real mouse out of another program onto a page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hipflask.surfaces.window._drops import paths_of

from .stage import HERE, PAINTED, Site, Stage, require

Perform = Callable[..., Stage]

# WebKitGTK 2.50 tells a page that there are files, but neither their names nor what is in them.
HEAR = """<script>
addEventListener('dragover', event => event.preventDefault())
addEventListener('drop', event => {
    event.preventDefault()
    fetch('/dropped?' + event.dataTransfer.types.includes('text/uri-list') + event.dataTransfer.getData('text'))
})
</script>"""


@pytest.fixture
def shown(site: Site, perform: Perform) -> Stage:
    require("Xvfb", "xdotool")
    site.pages["/"] = f"<!doctype html>{HEAR}{PAINTED}"
    stage = perform("webkitgtk")
    stage.open(site.url + "/", placement={"width": 600, "height": 500, "x": 0, "y": 0})
    site.wait_for("/painted")
    stage.do("show", 0)
    stage.wait_for_windows(1)
    return stage


@contextmanager
def source(stage: Stage, *what: str) -> Iterator[None]:
    """A window of another program at 800, 100."""
    command = [sys.executable, str(HERE / "drag_source.py"), "800", "100", *what]
    with subprocess.Popen(command, env=stage.environment) as process:
        try:
            stage.wait(lambda: stage.xdotool("search", "--onlyvisible", "--name", "^source$"), "its window")
            yield
        finally:
            process.kill()


def drag(stage: Stage, site: Site, to: tuple[int, int] = (300, 250)) -> None:
    """Take it slowly: programs ask each other about it all the way."""
    steps = [(840 + (to[0] - 840) * step // 10, 140 + (to[1] - 140) * step // 10) for step in range(11)]
    moves = [word for x, y in steps for word in ("mousemove", x, y, "sleep", 0.05)]
    stage.xdotool("mousemove", 840, 140, "mousedown", 1, *moves, "sleep", 0.3, "mouseup", 1)


def dropped(stage: Stage) -> object:
    stage.do("dropped", 0)
    return stage.heard("dropped")[-1]


def test_the_program_learns_the_paths_and_the_page_gets_its_drop(
    shown: Stage, site: Site, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("plän 50%.txt", "b.csv")]
    for file in files:
        file.write_text("x")
    assert dropped(shown) == []
    with source(shown, *[file.as_uri() for file in files]):
        drag(shown, site)
        assert site.wait_for("/dropped") == "/dropped?true"
        assert dropped(shown) == [str(file) for file in files]


def test_only_the_last_drop_counts_and_a_text_is_no_file(shown: Stage, site: Site, tmp_path: Path) -> None:
    for times, name in enumerate("ab", start=1):
        (tmp_path / name).write_text("x")
        with source(shown, (tmp_path / name).as_uri()):
            drag(shown, site)
            site.wait_for("/dropped?true", times)
        assert dropped(shown) == [str(tmp_path / name)]
    with source(shown, "text:hello"):
        drag(shown, site)
        site.wait_for("/dropped?falsetext:hello")
    assert dropped(shown) == []


def test_what_is_only_dragged_across_is_not_dropped(shown: Stage, site: Site, tmp_path: Path) -> None:
    with source(shown, tmp_path.as_uri()):
        stage = shown
        across = ("mousemove", 300, 250, "sleep", 0.3, "mousemove", 320, 250, "sleep", 0.3)
        stage.xdotool("mousemove", 840, 140, "mousedown", 1, "mousemove", 800, 140, "mousemove", 700, 140)
        stage.xdotool(*across, "mousemove", 900, 700, "sleep", 0.3, "mouseup", 1)
        assert dropped(shown) == []
    with source(shown, "text:hello"):
        drag(shown, site)
        site.wait_for("/dropped?falsetext:hello")
    assert dropped(shown) == []


def test_only_files_of_this_machine_have_a_path() -> None:
    uris = ["file:///a%20b", "file://localhost/c", "file://server/d", "https://example.org/e", "file:///%FF"]
    assert paths_of(uris) == ["/a b", "/c", "/\udcff"]
