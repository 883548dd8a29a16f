"""Several real windows on three monitors: where they open, what becomes of them when a monitor goes, and workspaces."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hipflask.core.errors import MissingPart
from hipflask.surfaces.window import _gtk
from surfaces.window.stage import missing

from . import monitors as screen
from .monitors import FRAME, HEIGHT, WIDTH, Monitors, area, three_monitors
from .program import Program, close, key, wait_until

# A key that is pressed before a window has drawn reaches nobody, and only time tells when it has.
pytestmark = pytest.mark.alone

long = pytest.mark.skipif(
    "HIPFLASK_LONG" not in os.environ, reason="the same under the supervisor; HIPFLASK_LONG=1"
)

APP = """
from hipflask import Hipflask, ui
import flask

app = Hipflask(__name__)

@app.window("/", title="Main", monitor=1, area="left half", at_start=True)
def main():
    ui.heading("Main")
    ui.shortcut("F2", lambda: ui.open_window(chart, args=("EUR",)))
    ui.shortcut("F3", lambda: ui.open_window(chart, args=("JPY",), title="Beside", monitor="next", area=(0.5, 0.5, 0.5, 0.5)))
    ui.shortcut("F4", lambda: print([(m.number, m.name, m.x, m.width, m.is_primary) for m in ui.monitors()]))
    ui.shortcut("F5", lambda: (ui.save_workspace("morning"), print(ui.workspaces())))
    ui.shortcut("F6", lambda: ui.open_workspace("morning"))
    ui.shortcut("F7", lambda: ui.open_workspace("morning", close_others=True))
    ui.shortcut("F8", lambda: (ui.delete_workspace("morning"), print(ui.workspaces())))
    ui.shortcut("F9", lambda: ui.open_window(gone))

@app.window("/blotter", title="Blotter", monitor=3, area="whole", at_start=True)
def blotter():
    ui.heading("Blotter")

@app.window("/chart/<name>", width=500, height=350, monitor=2)
def chart(name: str):
    ui.title(f"Chart {{name}}")
    ui.shortcut("F2", lambda: ui.navigate(chart, args=("GBP",)))

@app.window("/gone")
def gone():
    if {is_gone}:
        flask.abort(404)
    ui.title("Gone")

if __name__ == "__main__":
    app.run({run})
    print("ended")
"""

LEFT_HALF = (0, 0, WIDTH // 2, HEIGHT)
THIRD = (2 * WIDTH, 0, WIDTH, HEIGHT)
Start = Callable[..., Program]


@pytest.fixture
def monitors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitors]:
    try:
        _gtk.load()
    except MissingPart as error:
        missing(str(error))
    monkeypatch.delenv("HIPFLASK_SHELL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with three_monitors(tmp_path) as three:
        yield three


@pytest.fixture
def start(tmp_path: Path, monitors: Monitors) -> Iterator[Start]:
    programs: list[Program] = []

    def run(how: str = "", *, is_gone: bool = False) -> Program:
        file = tmp_path / "app.py"
        file.write_text(APP.format(run=how, is_gone=is_gone))
        programs.append(Program(file))
        return programs[-1]

    yield run
    for program in programs:
        program.stop()


def stands(window: str, *where: int) -> None:
    wait_until(lambda: area(window) == where, f"{where}; it stands at {area(window)}")


def stands_within(window: str, monitor: int) -> None:
    def is_within() -> bool:
        x, _, width, _ = area(window)
        return width > 0 and monitor * WIDTH <= x and x + width - 2 * FRAME[0] <= (monitor + 1) * WIDTH

    wait_until(is_within, f"monitor {monitor}; it stands at {area(window)}")


@pytest.mark.parametrize("how", ["", "debug=True"], ids=["run", "debug"])
def test_windows_open_where_their_program_likes_them(start: Start, how: str) -> None:
    """With their frames inside the area; "next" is to the right of the window that asks."""
    program = start(how)
    there = program.shows("Main", "Blotter")
    stands(there["Main"], *LEFT_HALF)
    stands(there["Blotter"], *THIRD)
    key(there["Main"], "F4")
    program.says(
        f"[(1, 'DUMMY0', 0, {WIDTH}, True), (2, 'DUMMY1', {WIDTH}, {WIDTH}, False), (3, 'DUMMY2', {2 * WIDTH}, {WIDTH}, False)]"
    )
    key(there["Main"], "F2")
    there = program.shows("Main", "Blotter", "Chart EUR")
    x, y, width, height = area(there["Chart EUR"])
    assert (width, height) == (508, 374)
    assert abs(x + width / 2 - 1.5 * WIDTH) < 10
    assert abs(y + height / 2 - HEIGHT / 2) < 15
    key(there["Main"], "F3")
    there = program.shows("Main", "Blotter", "Chart EUR", "Beside")
    stands(there["Beside"], WIDTH + WIDTH // 2, HEIGHT // 2, WIDTH // 2, HEIGHT // 2)


def test_a_lost_monitor_loses_no_window_and_gets_them_back(start: Start, monitors: Monitors) -> None:
    """One that stood where its program liked it, and one that a person had put there."""
    program = start()
    there = program.shows("Main", "Blotter")
    stands(there["Blotter"], *THIRD)
    move(there["Main"], 2 * WIDTH + 100, 0)
    settle()
    monitors.unplug(2)
    stands(there["Blotter"], WIDTH, 0, WIDTH, HEIGHT)
    stands_within(there["Main"], 1)
    settle()
    monitors.plug(2)
    stands(there["Blotter"], *THIRD)
    stands(there["Main"], 2 * WIDTH + 100, 0, *LEFT_HALF[2:])


def test_what_is_moved_while_its_monitor_is_away_stays(start: Start, monitors: Monitors) -> None:
    program = start()
    there = program.shows("Main", "Blotter")
    move(there["Main"], 2 * WIDTH + 100, 0)
    settle()
    monitors.unplug(2)
    stands_within(there["Main"], 1)
    settle()
    move(there["Main"], 200, 0)
    settle()
    monitors.plug(2)
    stands(there["Blotter"], *THIRD)
    settle()
    stands(there["Main"], 200, 0, *LEFT_HALF[2:])


def test_a_monitor_that_is_away_at_a_start_has_its_window_at_the_next(
    start: Start, monitors: Monitors
) -> None:
    program = start()
    there = program.shows("Main", "Blotter")
    move(there["Main"], 2 * WIDTH + 100, 0)
    settle()
    for window in there.values():
        close(window)
    program.ends()
    monitors.unplug(2)
    program = start()
    there = program.shows("Main", "Blotter")
    stands_within(there["Main"], 1)
    settle()
    for window in there.values():
        close(window)
    program.ends()
    monitors.plug(2)
    there = start().shows("Main", "Blotter")
    stands(there["Main"], 2 * WIDTH + 100, 0, *LEFT_HALF[2:])


@pytest.mark.parametrize(
    "how", ["restore=True", pytest.param("restore=True, debug=True", marks=long)], ids=["run", "debug"]
)
def test_the_windows_that_were_left_open_again_at_the_next_start(start: Start, how: str) -> None:
    """Those closed at once, with the addresses they had come to; not one that was closed before."""
    program = start(how)
    there = program.shows("Main", "Blotter")
    key(there["Main"], "F2")
    there = program.shows("Main", "Blotter", "Chart EUR")
    key(there["Chart EUR"], "F2")
    there = program.shows("Main", "Blotter", "Chart GBP")
    move(there["Chart GBP"], 300, 300)
    settle()
    close(there["Blotter"])
    program.shows("Main", "Chart GBP")
    settle(1.2)
    key(there["Main"], "ctrl+q")
    program.says("ended")
    program.ends()
    there = start(how).shows("Main", "Chart GBP")
    stands(there["Chart GBP"], 300, 300, 508, 374)
    stands(there["Main"], *LEFT_HALF)


def test_a_program_that_was_killed_opens_what_it_had(start: Start, tmp_path: Path) -> None:
    program = start("restore=True")
    there = program.shows("Main", "Blotter")
    close(there["Blotter"])
    program.shows("Main")
    key(there["Main"], "F2")
    program.shows("Main", "Chart EUR")
    settle(2.0)
    program.stop()
    start("restore=True").shows("Main", "Chart EUR")


def test_what_is_no_more_is_left_out(start: Start, tmp_path: Path) -> None:
    """A window function that is not there, an address that answers 404, a window that is damaged."""
    program = start("restore=True")
    there = program.shows("Main", "Blotter")
    key(there["Main"], "F9")
    there = program.shows("Main", "Blotter", "Gone")
    key(there["Main"], "ctrl+q")
    program.ends()
    [folder] = (tmp_path / "state" / "hipflask").iterdir()
    file = folder / "workspaces.json"
    known = json.loads(file.read_text())
    assert len(known[""]) == 3
    known[""] += [{"asked": {"path": "/never"}}, {"asked": {"path": "//elsewhere"}}, {"nonsense": 1}]
    file.write_text(json.dumps(known))
    program = start("restore=True", is_gone=True)
    program.shows("Main", "Blotter")
    program.says_nothing(1.0)
    program.shows("Main", "Blotter")
    said = "".join(program.errors)
    assert "/gone is left out" in said
    assert "/never is left out" in said
    assert "'//elsewhere' is no path" in said


def test_where_nothing_is_left_to_restore_it_starts_as_the_first_time(start: Start, tmp_path: Path) -> None:
    program = start("restore=True")
    there = program.shows("Main", "Blotter")
    key(there["Main"], "F9")
    there = program.shows("Main", "Blotter", "Gone")
    close(there["Main"])
    close(there["Blotter"])
    program.shows("Gone")
    settle(1.2)
    close(there["Gone"])
    program.ends()
    start("restore=True", is_gone=True).shows("Main", "Blotter")


@pytest.mark.parametrize("how", ["", pytest.param("debug=True", marks=long)], ids=["run", "debug"])
def test_a_workspace_brings_its_windows_back(start: Start, how: str) -> None:
    """Those that are open move, the missing ones open, others stay unless they are to be closed."""
    program = start(how)
    there = program.shows("Main", "Blotter")
    move(there["Main"], 100, 0)
    settle()
    key(there["Main"], "F5")
    program.says("['morning']")
    move(there["Main"], 500, 0)
    close(there["Blotter"])
    program.shows("Main")
    key(there["Main"], "F2")
    program.shows("Main", "Chart EUR")
    key(there["Main"], "F6")
    there = program.shows("Main", "Blotter", "Chart EUR")
    stands(there["Main"], 100, 0, *LEFT_HALF[2:])
    stands(there["Blotter"], *THIRD)
    key(there["Main"], "F7")
    program.shows("Main", "Blotter")
    key(there["Main"], "F8")
    program.says("[]")


def move(window: str, x: int, y: int) -> None:
    """Move a window by hand, after a person would have seen it."""
    settle()
    screen.move(window, x, y)


def settle(seconds: float = 1.0) -> None:
    """Until it has been noticed that windows rest."""
    time.sleep(seconds)
