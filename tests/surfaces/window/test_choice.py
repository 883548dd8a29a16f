"""Each machine gets the best shell that works there, and a named one gets its way."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from hipflask.core.desk import ChooseFiles
from hipflask.core.errors import MissingPart, UsageError, WindowError
from hipflask.surfaces.window import WindowOptions, choose, headless
from hipflask.surfaces.window.shell import scheme_of
from hipflask.surfaces.window.url import PlainUrl

from .stage import Site, require, wait_until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks what Linux would choose")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without screen and browser."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "HIPFLASK_SHELL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HIPFLASK_BROWSER", str(tmp_path / "nothing"))


@linux_only
def test_a_linux_desktop_gets_webkitgtk() -> None:
    require("Xvfb")
    code = "from hipflask.surfaces.window import choose; print(choose().name)"
    with headless.display():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "webkitgtk\n"


@linux_only
@pytest.mark.usefixtures("nowhere")
def test_where_nothing_works_the_address_is_printed_with_every_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shell = choose()
    assert shell.name == "url"
    window = shell.open("http://127.0.0.1:5000/", WindowOptions())
    shell.open("http://127.0.0.1:5000/second", WindowOptions())
    out, err = capsys.readouterr()
    assert "Open http://127.0.0.1:5000/ in a browser" in out
    assert "Open http://127.0.0.1:5000/second in a browser" in out
    assert err.count("webkitgtk: ") == 1
    assert err.count("browser: No Chromium-like browser was found") == 1
    with pytest.raises(WindowError, match="--headless"):
        window.screenshot(Path("page.png"))
    with pytest.raises(WindowError, match=r"ui\.upload"):
        window.choose_files(ChooseFiles("open"), lambda files: None)
    for ask in (partial(shell.copy, "x"), partial(shell.paste, print), partial(shell.announce, "x", "y")):
        with pytest.raises(WindowError, match="the page in it has to"):
            ask()
    assert window.dropped() == []


@pytest.mark.usefixtures("nowhere")
def test_a_named_shell_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingPart, match="No Chromium-like browser"):
        choose("browser")
    monkeypatch.setenv("HIPFLASK_SHELL", "url")
    assert choose().name == "url"
    monkeypatch.setenv("HIPFLASK_SHELL", "tk")
    with pytest.raises(
        UsageError, match=r"There is no shell 'tk'\. HIPFLASK_SHELL may be one of webkitgtk, webview,"
    ):
        choose()


@pytest.mark.usefixtures("nowhere")
def test_run_of_plain_addresses_ends_with_the_last_or_with_quit() -> None:
    closed: list[int] = []
    shell = PlainUrl()
    first = shell.open("http://127.0.0.1:5000/", WindowOptions(), on_closed=lambda: closed.append(1))
    second = shell.open("http://127.0.0.1:5000/", WindowOptions(), on_closed=lambda: closed.append(2))
    for window in (first, second, first):
        window.close()
    shell.run()
    assert closed == [1, 2]

    shell = PlainUrl()
    shell.open("http://127.0.0.1:5000/", WindowOptions())
    threading.Timer(0.1, shell.quit).start()
    shell.run()


@pytest.mark.usefixtures("nowhere")
def test_where_somebody_can_see_it_the_default_browser_is_opened(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened.txt\n')
    program.chmod(0o755)
    code = (
        "from hipflask.surfaces.window import WindowOptions, choose; import time\n"
        f"choose('url').open('{site.url}/', WindowOptions()); time.sleep(60)"
    )
    monkeypatch.setenv("BROWSER", f"{program} %s")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL) as process:
        wait_until((tmp_path / "opened.txt").exists, "the browser's start")
        process.kill()
    assert (tmp_path / "opened.txt").read_text() == f"{site.url}/\n"


def test_an_unknown_colour_scheme_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scheme_of(WindowOptions(scheme="light")) == "light"
    monkeypatch.setenv("HIPFLASK_SCHEME", "sepia")
    with pytest.raises(UsageError, match=r"no colour scheme 'sepia'\. Write one of system, light, dark"):
        scheme_of(WindowOptions())


def test_importing_the_package_loads_no_gui_library() -> None:
    code = (
        "import sys, hipflask.surfaces.window as window; window.WindowOptions, window.choose, window.headless\n"
        "print([name for name in sys.modules if name.startswith(('webview', 'ctypes')) or 'gtk' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
