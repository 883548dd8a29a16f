"""The Linux shell as a person meets it: real WebKitGTK on a private screen, moved with a real mouse and keyboard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hipflask.core.errors import MissingPart
from hipflask.surfaces.window import _gtk

from .picture import Picture
from .stage import PAINTED, Site, Stage, missing, require, wait_until

Perform = Callable[..., Stage]
BUTTON = """<button style="position:fixed;left:100px;top:100px;width:200px;height:100px" onclick="{}">Press</button>"""
TELL = "<script>addEventListener('load', () => fetch('/told?' + [{}].map(encodeURIComponent).join('&')))</script>"


@pytest.fixture(autouse=True)
def _needs_the_real_thing() -> None:
    require("Xvfb", "xdotool")
    try:
        _gtk.load()
    except MissingPart as error:
        missing(str(error))


@pytest.fixture
def shown(site: Site, perform: Perform) -> Callable[..., Stage]:
    """Opens a page made of `body`, waits until it has painted, and shows its window."""

    def show(body: str, environment: dict[str, str] | None = None, **options: object) -> Stage:
        site.pages["/"] = f"<!doctype html><title>The page's own title</title>{body}{PAINTED}"
        stage = perform("webkitgtk", **(environment or {}))
        stage.open(site.url + "/", **options)
        site.wait_for("/painted")
        stage.do("show", 0)
        stage.wait_for_windows(1)
        return stage

    return show


def test_every_function_of_the_table_exists() -> None:
    gtk = _gtk.load()
    names = [line.split()[1] for line in _gtk.PROTOTYPES.splitlines() if line.strip()]
    assert [name for name in names if getattr(gtk, name).argtypes is None] == []
    with pytest.raises(AttributeError, match="gtk_no_such_thing is not in the table"):
        gtk.gtk_no_such_thing  # noqa: B018


def test_a_page_paints_and_runs_timers_at_full_speed_before_its_window_is_on_the_screen(
    site: Site, perform: Perform
) -> None:
    count = "<script>let n = 0; setInterval(() => n++, 10); setTimeout(() => fetch('/ticks?' + n + '&' +"
    count += " document.visibilityState), 1000)</script>"
    site.pages["/"] = f"<!doctype html><h1>Hello</h1>{count}{PAINTED}"
    stage = perform("webkitgtk")
    stage.open(site.url + "/")
    site.wait_for("/painted")
    ticks, visibility = site.wait_for("/ticks?").removeprefix("/ticks?").split("&")
    assert int(ticks) > 20, "an unmapped view gets one tick a second"
    assert visibility == "visible"
    assert stage.visible() == []
    stage.do("show", 0)
    stage.wait_for_windows(1)


def test_a_real_click_reaches_the_page_and_the_page_the_server(
    shown: Callable[..., Stage], site: Site
) -> None:
    stage = shown(BUTTON.format("fetch('/clicked')"))
    stage.click(200, 150)
    site.wait_for("/clicked")


def test_typing_goes_to_the_page_without_a_click_first(shown: Callable[..., Stage], site: Site) -> None:
    shown("<input autofocus oninput=\"fetch('/typed?' + this.value)\">").press("h", "i")
    site.wait_for("/typed?hi")


def test_every_window_that_is_shown_is_painted_on_the_screen(site: Site, perform: Perform) -> None:
    require("import")
    stage = perform("webkitgtk")
    for number in range(5):
        color = (50 * number, 170, 0)
        site.pages[f"/{number}"] = f"<!doctype html><style>html {{ background: rgb{color} }}</style>{PAINTED}"
        stage.open(f"{site.url}/{number}")
        site.wait_for("/painted", times=number + 1)
        stage.do("show", number)
        stage.wait(partial(stage.shows, color, 500, 400), f"window {number} in {color}")


@pytest.mark.parametrize("on_screen", [False, True], ids=["hidden", "shown"])
def test_a_screenshot_has_the_size_and_the_colours_of_the_page(
    on_screen: bool, site: Site, perform: Perform, tmp_path: Path
) -> None:
    box = "<div style='position:fixed;left:0;top:0;width:50px;height:40px;background:rgb(255,0,0)'></div>"
    site.pages["/"] = f"<!doctype html><body style='background:rgb(0,0,255)'>{box}{PAINTED}"
    stage = perform("webkitgtk")
    stage.open(site.url + "/", width=320, height=240)
    site.wait_for("/painted")
    if on_screen:
        stage.do("show", 0)
        stage.wait_for_windows(1)
    assert stage.do("screenshot", 0, str(tmp_path / "a page.png")) == {"did": "screenshot"}
    picture = Picture(tmp_path / "a page.png")
    assert (picture.width, picture.height) == (320, 240)
    assert picture.at(25, 20) == (255, 0, 0)
    assert picture.at(300, 200) == (0, 0, 255)


def test_a_screenshot_that_cannot_be_written_says_why(shown: Callable[..., Stage]) -> None:
    answer = shown("Hello").do("screenshot", 0, "/no/such/folder/page.png")["error"]
    assert answer.startswith("WindowError: No picture could be taken for /no/such/folder/page.png: ")


@pytest.mark.parametrize("name", ["C", "C.UTF-8", "POSIX"])
def test_in_the_c_locale_pages_speak_english_and_intl_works(name: str, site: Site, perform: Perform) -> None:
    script = TELL.format("navigator.language, new Intl.NumberFormat(navigator.language).format(1234.5)")
    site.pages["/"] = f"<!doctype html>{script}"
    perform("webkitgtk", LC_ALL=name, LANG=name).open(site.url + "/")
    assert site.wait_for("/told") == "/told?en&1%2C234.5"


@pytest.mark.parametrize(
    ("option", "variable", "seen"),
    [("system", "", "false"), ("dark", "", "true"), ("light", "dark", "true"), ("dark", "light", "false")],
)
def test_dark_and_light_reach_the_page(
    option: str, variable: str, seen: str, site: Site, perform: Perform
) -> None:
    site.pages["/"] = TELL.format("matchMedia('(prefers-color-scheme: dark)').matches")
    perform("webkitgtk", HIPFLASK_SCHEME=variable).open(site.url + "/", scheme=option)
    assert site.wait_for("/told") == f"/told?{seen}"


def test_the_close_button_ends_run_and_tells(shown: Callable[..., Stage]) -> None:
    stage = shown("Hello")
    stage.press_close_button(stage.visible()[0])
    assert stage.first("closed") == 0
    assert stage.end() == 0
    assert {"ran": True} in stage.said
    assert stage.errors == []


def test_control_w_closes_one_window_and_control_q_all(shown: Callable[..., Stage], site: Site) -> None:
    stage = shown("Hello")
    for _ in range(2):
        stage.do("open", site.url + "/", {})
    stage.do("show", 1)
    stage.wait_for_windows(2)
    stage.click(400, 400)
    stage.press("ctrl+w")
    stage.wait_for_windows(1)
    stage.click(400, 400)
    stage.press("ctrl+q")
    assert stage.end() == 0
    assert sorted(message["closed"] for message in stage.said if "closed" in message) == [0, 1, 2]


def test_quit_from_another_thread_ends_run_and_closes_what_is_open(shown: Callable[..., Stage]) -> None:
    stage = shown("Hello")
    stage.do("quit")
    assert stage.end() == 0
    assert {"closed": 0} in stage.said


def test_quit_before_run_lets_run_return_at_once(perform: Perform) -> None:
    stage = perform("webkitgtk")
    stage.do("quit")
    assert stage.end() == 0


@pytest.mark.parametrize(
    ("number", "code", "trace"),
    [(signal.SIGINT, -signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, 128 + signal.SIGTERM, "")],
)
def test_a_signal_ends_run_promptly_and_lets_the_program_clean_up(
    number: signal.Signals, code: int, trace: str, shown: Callable[..., Stage]
) -> None:
    stage = shown("Hello")
    before = time.monotonic()
    stage.player.send_signal(number)
    assert stage.end() == code
    assert time.monotonic() - before < 5
    assert {"ran": True} in stage.said
    assert trace in stage.complaint()


def test_two_windows_share_their_cookies_and_run_ends_with_the_second(
    shown: Callable[..., Stage], site: Site
) -> None:
    site.headers["/"] = {"Content-Type": "text/html", "Set-Cookie": "token=secret; HttpOnly; SameSite=Strict"}
    stage = shown("Hello")
    site.pages["/second"] = f"<title>Second</title>{PAINTED}"
    stage.do("open", site.url + "/second", {})
    site.wait_for("/painted", times=2)
    stage.do("show", 1)
    stage.wait_for_windows(2)
    assert site.cookies[site.heard.index("/second")] == "token=secret"
    stage.do("close", 0)
    assert stage.first("closed") == 0
    stage.wait(lambda: stage.names() == ["Second"], "the first to go")
    stage.do("close", 1)
    assert stage.end() == 0


def test_titles_follow_the_page_until_one_is_set(shown: Callable[..., Stage]) -> None:
    stage = shown(BUTTON.format("document.title = 'Changed by the page'"))
    stage.wait(lambda: stage.names() == ["The page's own title"], "the page's title")
    stage.click(200, 150)
    stage.wait(lambda: stage.names() == ["Changed by the page"], "the page's new title")
    stage.do("title", 0, "Set – by us")
    stage.wait(lambda: stage.names() == ["Set – by us"], "our title")
    stage.click(200, 150)


def test_a_window_that_cannot_be_resized_has_its_size(shown: Callable[..., Stage], site: Site) -> None:
    shown(TELL.format("innerWidth, innerHeight"), width=500, height=300, resizable=False)
    site.wait_for("/told?500&300")


def test_a_given_title_is_not_overruled_by_the_page(shown: Callable[..., Stage]) -> None:
    assert shown("Hello", title="Line-up", keeps_title=True).names() == ["Line-up"]


def test_another_page_can_be_loaded(shown: Callable[..., Stage], site: Site) -> None:
    site.pages["/next"] = "<title>Next</title>"
    stage = shown("Hello")
    stage.do("load", 0, site.url + "/next")
    stage.wait(lambda: stage.names() == ["Next"], "the next page")


def test_after_closing_every_call_is_harmless_and_a_screenshot_says_so(
    shown: Callable[..., Stage], site: Site, tmp_path: Path
) -> None:
    stage = shown("Hello")
    stage.do("open", site.url + "/", {})
    stage.do("close", 0)
    stage.first("closed")
    for order in (["show", 0], ["close", 0], ["load", 0, site.url], ["title", 0, "late"]):
        assert stage.do(*order) == {"did": order[0]}
    answer = stage.do("screenshot", 0, str(tmp_path / "late.png"))["error"]
    assert answer.endswith("late.png: the window has closed.")
    assert stage.errors == []


LINKS = """
<a href="{other}/elsewhere" style="position:fixed;left:20px;top:20px">another place</a>
<a href="{home}/report" target="_blank" style="position:fixed;left:20px;top:80px">a new window</a>
<a href="{home}/near" style="position:fixed;left:20px;top:140px">at home</a>
<a href="file:///etc/hostname" style="position:fixed;left:20px;top:200px">a file</a>
<a href="{other}/elsewhere" target="_blank" style="position:fixed;left:20px;top:260px">another place's window</a>
"""


def test_only_links_to_ourselves_are_followed_inside(
    shown: Callable[..., Stage], site: Site, tmp_path: Path
) -> None:
    other = Site()
    try:
        browser = _write_browser(tmp_path)
        site.pages["/near"] = "<title>Near</title>"
        site.pages["/report"] = "<title>Report</title>"
        stage = shown(LINKS.format(other=other.url, home=site.url), {"BROWSER": f"{browser} %s"})
        stage.click(40, 28)
        opened = tmp_path / "opened.txt"
        wait_until(opened.exists, "the browser's start")
        stage.click(40, 268)
        wait_until(lambda: len(opened.read_text().splitlines()) == 2, "the browser's second start")
        assert opened.read_text() == f"{other.url}/elsewhere\n" * 2
        stage.click(40, 208)
        stage.click(40, 148)
        site.wait_for("/near")
        stage.wait(lambda: stage.names() == ["Near"], "the page at home")
        assert other.heard == []
        assert len(opened.read_text().splitlines()) == 2
    finally:
        other.close()


def test_a_link_to_a_new_window_of_ours_opens_one(shown: Callable[..., Stage], site: Site) -> None:
    site.pages["/report"] = "<title>Report</title>"
    stage = shown(LINKS.format(other="http://127.0.0.1:9", home=site.url))
    stage.click(40, 88)
    stage.wait_for_windows(2)
    stage.wait(lambda: sorted(stage.names()) == ["Report", "The page's own title"], "its title")


def test_a_redirect_to_another_place_is_not_shown_inside(
    shown: Callable[..., Stage], site: Site, tmp_path: Path
) -> None:
    other = Site()
    try:
        other.pages["/"] = "<title>Elsewhere</title>"
        away = f"<script>setTimeout(() => location = '{other.url}/', 300)</script>"
        stage = shown(away, {"BROWSER": f"{_write_browser(tmp_path)} %s"})
        wait_until((tmp_path / "opened.txt").exists, "the browser's start")
        assert stage.names() == ["The page's own title"]
    finally:
        other.close()


def _write_browser(folder: Path) -> Path:
    """A default browser that only notes what it was asked to open."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >> {folder}/opened.txt\n')
    program.chmod(0o755)
    return program


def test_the_context_menu_is_for_editing_only(shown: Callable[..., Stage]) -> None:
    stage = shown(
        "<textarea style='position:fixed;left:300px;top:300px;width:200px;height:100px'></textarea>"
    )
    stage.click(100, 100, button=3)
    time.sleep(0.5)
    assert len(stage.visible()) == 1
    stage.click(400, 350, button=3)
    stage.wait_for_windows(2)


def test_in_debug_the_context_menu_is_everywhere(shown: Callable[..., Stage]) -> None:
    stage = shown("Hello", debug=True)
    stage.click(100, 100, button=3)
    stage.wait_for_windows(2)


def test_zooming_by_keyboard(shown: Callable[..., Stage], site: Site) -> None:
    stage = shown("<script>onresize = () => fetch('/wide?' + innerWidth)</script>", width=990)
    stage.click(400, 400)
    for key, width in (("ctrl+plus", 900), ("ctrl+0", 990), ("ctrl+minus", 1089), ("ctrl+equal", 990)):
        stage.press(key)
        site.wait_for(f"/wide?{width}", times=1 if key != "ctrl+equal" else 2)


def test_a_page_whose_process_dies_is_reloaded_once_and_then_explained(
    shown: Callable[..., Stage], site: Site
) -> None:
    stage = shown("Hello")
    for times in (1, 2):
        for process in stage.children("WebKitWebProces"):
            os.kill(process, signal.SIGKILL)
        if times == 1:
            site.wait_for("/painted", times=2)
    stage.wait(lambda: stage.names() == ["This page stopped working"], "the explanation")
    assert [path for path in site.heard if path == "/"] == ["/", "/"]


def test_what_the_page_offers_for_download_is_saved_where_the_person_says(
    shown: Callable[..., Stage], site: Site, tmp_path: Path
) -> None:
    site.pages["/table"] = "name;base\nWho;first\n"
    site.headers["/table"] = {
        "Content-Type": "text/csv",
        "Content-Disposition": "attachment; filename=table.csv",
    }
    link = f"<a href='{site.url}/table' style='position:fixed;left:20px;top:20px'>save the table</a>"
    (tmp_path / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="{tmp_path}"\n')
    stage = shown(link, {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)})
    stage.click(40, 28)
    stage.wait_for_windows(2)
    stage.xdotool("mousemove", 300, 200)
    saved = tmp_path / "table.csv"

    def save() -> bool:  # again, if the dialog was not ready for the key yet
        stage.press("Return")
        time.sleep(0.5)
        return saved.exists()

    stage.wait(save, "the download")
    wait_until(lambda: saved.read_text() == site.pages["/table"], "all of it")
    wait_until(lambda: "The page's own title" in stage.names(), "the window with the page, as it was")


def test_a_program_ends_promptly_while_its_save_dialog_is_open(
    shown: Callable[..., Stage], site: Site, tmp_path: Path
) -> None:
    site.pages["/table"] = "name;base"
    site.headers["/table"] = {"Content-Disposition": "attachment; filename=table.csv"}
    link = f"<a href='{site.url}/table' style='position:fixed;left:20px;top:20px'>save the table</a>"
    stage = shown(link, {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)})
    stage.click(40, 28)
    stage.wait_for_windows(2)
    stage.player.send_signal(signal.SIGINT)
    assert stage.end() == -signal.SIGINT


def test_without_a_screen_the_message_shows_two_ways_out(perform: Perform) -> None:
    stage = perform("webkitgtk", "none", DISPLAY="", WAYLAND_DISPLAY="")
    assert stage.end() == 1
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in stage.complaint()
    assert "hipflask run --headless" in stage.complaint()
    assert "hipflask serve" in stage.complaint()


def test_a_screen_that_does_not_answer_is_named(perform: Perform) -> None:
    stage = perform("webkitgtk", "none", DISPLAY=":987", WAYLAND_DISPLAY="")
    assert stage.end() == 1
    assert "the one that DISPLAY=:987 names does not answer" in stage.complaint()


def test_run_on_another_thread_is_refused(shown: Callable[..., Stage]) -> None:
    answer = shown("Hello").do("run")["error"]
    assert answer.startswith("UsageError: Shell.run() was called on another thread")


def test_a_script_can_take_a_picture_on_the_main_thread_without_run(site: Site, tmp_path: Path) -> None:
    site.pages["/"] = "<body style='background:rgb(0,0,255)'>"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from hipflask.surfaces.window import WindowOptions, choose, headless\n"
        "with headless.display():\n"
        "    window = choose('webkitgtk').open(sys.argv[1], WindowOptions(width=200, height=100))\n"
        "    window.screenshot(Path(sys.argv[2]))\n"
    )
    target = tmp_path / "page.png"
    subprocess.run([sys.executable, "-c", script, site.url + "/", str(target)], check=True, timeout=60)
    picture = Picture(target)
    assert (picture.width, picture.height) == (200, 100)
