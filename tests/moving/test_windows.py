"""Several real windows of one program: opened from code, asked before they close, remembered, one instance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hipflask.core.errors import MissingPart
from hipflask.surfaces.window import _gtk, headless
from surfaces.window import drag_source
from surfaces.window.stage import missing, require

from .program import Program, close, key, place, wait_until, xdotool

# A key that is pressed before a window has drawn reaches nobody, and only time tells when it has.
pytestmark = pytest.mark.alone

APP = """
import asyncio, sys, time
from hipflask import Hipflask, ui

app = Hipflask(__name__)
shared = ui.State(0)
MODE = {mode!r}

@app.window("/", title="Main")
def main():
    own = ui.state(0)
    ui.heading(f"shared {{shared.value}}, own {{own.value}}")
    ui.shortcut("F2", lambda: ui.open_window(second, args={{"name": "Two"}}))
    ui.shortcut("F3", lambda: shared.update(lambda n: n + 1))
    ui.shortcut("F4", lambda: own.update(lambda n: n + 1))
    ui.shortcut("F5", lambda: print(f"shared {{shared.value}} own {{own.value}}"))
    ui.shortcut("F6", lambda: ui.open_window(second, args=("Three",), title="Given", width=400, height=300))
    ui.shortcut("F7", ui.close_window)
    ui.shortcut("F8", lambda: (ui.copy("Who's on first"), print(ui.paste())))
    ui.shortcut("F9", lambda: ui.navigate(second, args=("Here",)))
    ui.upload("Upload here", on_upload=lambda file: print("uploaded", file.name, file.read_text()))
    with ui.drop_area("Drop here", on_drop=lambda paths: print("dropped", *paths)):
        for _ in range(12):
            ui.text("…")
    if MODE in ("refuse", "agree", "slow", "fail", "later"):
        ui.on_close({{"refuse": refuse, "agree": agree, "slow": slow, "fail": fail, "later": later}}[MODE])

@app.window("/second/<name>", width=500, height=350)
def second(name: str):
    own = ui.state(0)
    ui.title(f"{{name}} {{shared.value}}")
    ui.shortcut("F4", lambda: own.update(lambda n: n + 1))
    ui.shortcut("F5", lambda: print(f"second {{own.value}}"))

def refuse():
    print("asked")
    return False

def agree():
    print("asked")

def slow():
    print("asked")
    time.sleep(60)

def fail():
    print("asked")
    raise RuntimeError("it is broken")

async def later():
    await asyncio.sleep(0.1)
    print("asked")
    return False

if __name__ == "__main__":
    app.run({run})
    print("ended")
"""

Start = Callable[..., Program]


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    require("Xvfb", "xdotool")
    try:
        _gtk.load()
    except MissingPart as error:
        missing(str(error))
    monkeypatch.delenv("HIPFLASK_SHELL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with headless.display():
        yield


@pytest.fixture(params=["", "debug=True"], ids=["run", "debug"])
def how(request: pytest.FixtureRequest) -> str:
    """As people start it, and as it is while it is being written, when the windows belong to another process."""
    return str(request.param)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    programs: list[Program] = []

    def run(mode: str = "none", how: str = "", **env: str) -> Program:
        file = tmp_path / "app.py"
        file.write_text(APP.format(mode=mode, run=how))
        programs.append(Program(file, env=env))
        return programs[-1]

    yield run
    for program in programs:
        program.stop()


def test_a_second_window_has_its_own_session_and_shares_what_is_shared(start: Start, how: str) -> None:
    program = start(how=how)
    main = program.shows("Main")["Main"]
    key(main, "F2")
    second = program.shows("Main", "Two 0")["Two 0"]
    assert place(second)[2:] == (500, 350)
    key(main, "F3")
    program.shows("Main", "Two 1")
    key(second, "F4", "F4", "F5")
    program.says("second 2")
    key(main, "F4", "F5")
    program.says("shared 1 own 1")
    close(main)
    program.shows("Two 1")
    program.says_nothing()  # it goes on: there is a window yet
    close(second)
    program.says("ended")
    program.ends()


def test_a_window_is_opened_with_a_title_and_size_of_its_own(start: Start) -> None:
    program = start()
    key(program.shows("Main")["Main"], "F6")
    given = program.shows("Main", "Given")["Given"]
    assert place(given)[2:] == (400, 300)


def test_a_window_that_is_asked_before_it_closes_may_stay(start: Start, how: str) -> None:
    program = start("refuse", how)
    main = program.shows("Main")["Main"]
    for _ in range(2):
        close(main)
        program.says("asked")
        program.says_nothing()  # and it has been answered by then
    program.shows("Main")
    key(main, "F7")  # close_window() does not ask
    program.says("ended")


def test_an_async_handler_may_refuse_too(start: Start) -> None:
    program = start("later")
    close(program.shows("Main")["Main"])
    program.says("asked")
    program.says_nothing()
    program.shows("Main")


def test_a_window_closes_when_those_asked_agree(start: Start, how: str) -> None:
    program = start("agree", how)
    close(program.shows("Main")["Main"])
    program.says("asked")
    program.says("ended")
    program.ends()


@pytest.mark.parametrize("mode", ["slow", "fail"])
def test_one_who_does_not_answer_holds_the_window_once_only(start: Start, mode: str) -> None:
    program = start(mode)
    main = program.shows("Main")["Main"]
    close(main)
    program.says("asked")
    close(main)  # somebody is impatient
    program.says_nothing(3.0)
    program.shows("Main")
    close(main)
    program.says("ended")


def test_the_clipboard(start: Start, how: str) -> None:
    program = start(how=how)
    key(program.shows("Main")["Main"], "F8")
    program.says("Who's on first")


def test_a_window_stands_where_it_stood_the_last_time(start: Start) -> None:
    program = start()
    main = program.shows("Main")["Main"]
    xdotool("windowsize", "--sync", main, "640", "480")
    xdotool("windowmove", "--sync", main, "77", "55")
    wait_until(lambda: place(main) == (77, 55, 640, 480), "the move")
    close(main)
    program.ends()
    assert place(start().shows("Main")["Main"]) == (77, 55, 640, 480)


def test_a_broken_memory_of_places_is_no_reason_not_to_start(start: Start, tmp_path: Path) -> None:
    program = start()
    close(program.shows("Main")["Main"])
    program.ends()
    [folder] = (tmp_path / "state" / "hipflask").iterdir()
    (folder / "windows.json").write_text("{")
    program = start()
    close(program.shows("Main")["Main"])
    program.ends()


def test_a_second_start_brings_the_first_to_the_front_and_ends(start: Start) -> None:
    first = start()
    main = first.shows("Main")["Main"]
    xdotool("windowminimize", main)
    second = start()
    second.says("ended")
    second.ends()
    assert any("running already" in line for line in second.errors)
    first.shows("Main")
    close(main)
    first.says("ended")
    third = start()  # and after its end there is a new first
    third.shows("Main")


def test_a_program_that_was_killed_is_not_running(start: Start) -> None:
    first = start()
    first.shows("Main")
    first.stop()
    first.shows()
    start().shows("Main")


@pytest.mark.parametrize(("where", "said"), [(150, "uploaded who.csv Who"), (500, "dropped {file}")])
def test_files_are_dropped_from_another_program(start: Start, tmp_path: Path, where: int, said: str) -> None:
    (tmp_path / "who.csv").write_text("Who")
    program = start()
    main = program.shows("Main")["Main"]
    xdotool("windowmove", "--sync", main, "0", "0")
    source = Program(Path(drag_source.__file__), "1050", "100", (tmp_path / "who.csv").as_uri())
    try:
        program.shows("Main", "source")
        steps = [(1080 - 78 * step, 140 + (where - 140) * step // 10) for step in range(11)]
        moves = [word for x, y in steps for word in ("mousemove", str(x), str(y), "sleep", "0.05")]
        xdotool("mousemove", "1080", "140", "mousedown", "1", *moves, "sleep", "0.5", "mouseup", "1")
        program.says(said.format(file=tmp_path / "who.csv"))
    finally:
        source.stop()


def test_going_elsewhere_in_a_window_and_back(start: Start) -> None:
    program = start()
    main = program.shows("Main")["Main"]
    key(main, "F4", "F9")
    program.shows("Here 0")
    key(main, "alt+Left")
    program.shows("Main")
    key(main, "F5")
    program.says("shared 0 own 1")
