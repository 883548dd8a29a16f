"""The system's dialogs for files, used with mouse and keyboard."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hipflask.surfaces.window._dialogs import in_any_case

from .stage import PAINTED, PATIENCE, Site, Stage, require

Perform = Callable[..., Stage]


@pytest.fixture
def shown(site: Site, perform: Perform, tmp_path: Path, request: pytest.FixtureRequest) -> Stage:
    require("Xvfb", "xdotool")
    site.pages["/"] = f"<!doctype html><html style='height:100%' onclick=\"fetch('/clicked')\">{PAINTED}"
    stage = perform("webkitgtk", HOME=str(tmp_path / "home"), XDG_CONFIG_HOME=str(tmp_path / "home"))
    if getattr(request, "param", "managed") == "managed":
        stage.manage()
    stage.open(site.url + "/", placement={"width": 1000, "height": 700, "x": 280, "y": 0})
    site.wait_for("/painted")
    stage.do("show", 0)
    stage.wait_for_windows(1)
    return stage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my files"
    folder.mkdir()
    for name in ("a.csv", "B.CSV", "c.txt"):
        (folder / name).write_text(name)
    return folder


def ask(stage: Stage, folder: Path, **question: object) -> None:
    assert stage.do("choose", 0, {"folder": str(folder), **question}) == {"did": "choose"}
    stage.wait_for_windows(2)


def insist(stage: Stage, *keys: str) -> object:
    """Press keys until the dialog has answered: it may not have been ready for the first."""

    def answered() -> bool:
        stage.press(*keys)
        time.sleep(0.5)
        return bool(stage.heard("chosen"))

    stage.wait(answered, "an answer of the dialog")
    stage.wait_for_windows(1)
    return stage.heard("chosen")[0]


def type_name(stage: Stage, name: str) -> None:
    """A slash opens the place to type a path in."""
    stage.wait(
        lambda: "DIALOG" in stage.property("_NET_WM_WINDOW_TYPE", active(stage)), "the dialog in front"
    )
    time.sleep(0.5)
    stage.xdotool("type", "--delay", "30", name)
    time.sleep(0.5)


def active(stage: Stage) -> str:
    return stage.property("_NET_ACTIVE_WINDOW").rpartition(" ")[2].strip()


def test_one_file(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="open", title="Which line-up?")
    assert "Which line-up?" in shown.names()
    type_name(shown, f"{folder}/c.txt")
    assert insist(shown, "Return") == [str(folder / "c.txt")]


def test_many_files_of_the_types_that_are_wanted(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="open", many=True, types=[["Tables", ["*.csv"]]])
    time.sleep(1)
    chosen = insist(shown, "ctrl+a", "Return")
    assert isinstance(chosen, list)
    assert sorted(chosen) == [str(folder / "B.CSV"), str(folder / "a.csv")]


def test_a_folder(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="folder")
    assert insist(shown, "Return") == [str(folder)]


def test_a_name_to_save_under_is_suggested_and_nothing_is_added_to_it(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="save", name="plan", types=[["Tables", ["*.csv"]]])
    assert insist(shown, "Return") == [str(folder / "plan")]


def test_before_a_file_is_written_over_the_person_is_asked(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="save", name="a.csv")

    def asked() -> bool:
        shown.press("Return")
        time.sleep(0.5)
        return len(shown.visible()) == 3

    shown.wait(asked, "the question")
    assert shown.heard("chosen") == []
    shown.press("Escape")
    shown.wait_for_windows(2)
    assert insist(shown, "Escape") == []


def test_to_change_ones_mind_is_no_file(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="open")
    assert insist(shown, "Escape") == []


# Our window manager strikes out what the dialog has asked it for, so there is none here.
@pytest.mark.parametrize("shown", ["bare"], indirect=True)
def test_the_window_waits_for_its_dialog(shown: Stage, folder: Path, site: Site) -> None:
    window = shown.visible()[0]
    ask(shown, folder, kind="open")
    dialog = next(number for number in shown.visible() if number != window)
    assert "MODAL" in shown.property("_NET_WM_STATE", dialog)
    assert hex(int(window)) in shown.property("WM_TRANSIENT_FOR", dialog)
    shown.click(1200, 300)
    shown.xdotool("mousemove", 500, 350)  # over the dialog, which then has the keyboard
    assert insist(shown, "Escape") == []
    assert "/clicked" not in site.heard
    shown.click(1200, 300)
    site.wait_for("/clicked")


def test_when_the_window_closes_meanwhile_nothing_was_chosen(shown: Stage, folder: Path, site: Site) -> None:
    shown.open(site.url + "/")
    ask(shown, folder, kind="open")
    shown.do("close", 0)
    assert shown.first("chosen") == []
    shown.wait(lambda: not shown.visible(), "the dialog's end")
    shown.do("choose", 0, {"kind": "open"})
    shown.wait(lambda: shown.heard("chosen") == [[], []], "the answer of a window that is gone")
    shown.do("close", 1)
    assert shown.end() == 0


def test_a_program_that_ends_meanwhile_is_answered_too(shown: Stage, folder: Path) -> None:
    ask(shown, folder, kind="save", name="a")
    shown.do("quit")
    assert shown.end() == 0
    assert shown.heard("chosen") == [[]]


def test_after_the_program_has_ended_the_answer_comes_at_once(site: Site) -> None:
    require("Xvfb")
    site.pages["/"] = "Hello"
    script = (
        "import sys\n"
        "from hipflask.core.desk import ChooseFiles\n"
        "from hipflask.surfaces.window import WindowOptions, choose, headless\n"
        "with headless.display():\n"
        "    shell = choose('webkitgtk')\n"
        "    window = shell.open(sys.argv[1], WindowOptions())\n"
        "    shell.quit()\n"
        "    shell.run()\n"
        "    window.choose_files(ChooseFiles('open'), print)\n"
    )
    command = [sys.executable, "-c", script, site.url + "/"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout == "[]\n"


def test_patterns_fit_names_in_capitals() -> None:
    assert in_any_case("*.tar.gz2") == "*.[tT][aA][rR].[gG][zZ]2"
