"""Three monitors that nobody sees, each of which can be unplugged: an X server with the dummy driver, and a window manager.

Xvfb has one output, and GTK counts outputs. Needs xserver-xorg-core, xserver-xorg-video-dummy, x11-xserver-utils and jwm.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hipflask.surfaces.window.headless import ALONE
from surfaces.window import stage
from surfaces.window.stage import PATIENCE, missing, require

from .program import wait_until, xdotool

WIDTH, HEIGHT, PANEL = 1280, 720, 40
FRAME = (4, 20)  # of the window manager, to the left and above; (8, 24) in all
DRIVERS = Path("/usr/lib/xorg/modules/drivers")
MODE = ["mode", "74.5", "1280", "1344", "1472", "1664", "720", "723", "728", "748"]

CONFIG = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
  Option "AllowMouseOpenFail" "true"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 3840 1080
  EndSubSection
EndSection
"""


class Monitors:
    """The monitors of a screen, numbered from 0, from left to right."""

    def plug(self, number: int) -> None:
        """Plug one in, at its place."""
        name = f"DUMMY{number}"
        run("xrandr", "--addmode", name, "mode")
        run("xrandr", "--output", name, "--mode", "mode", "--pos", f"{number * WIDTH}x0")
        run("xrandr")  # has the server look what is connected; GTK believes what it found last

    def unplug(self, number: int) -> None:
        """Take one away."""
        run("xrandr", "--output", f"DUMMY{number}", "--off")


@contextmanager
def three_monitors(folder: Path) -> Iterator[Monitors]:
    """Three of 1280 × 720 beside each other, the left one being the primary, with a window manager and without a panel."""
    require("Xorg", "xrandr", "jwm", "xdotool", "xwininfo", "xprop")
    if not (DRIVERS / "dummy_drv.so").exists():
        missing("xserver-xorg-video-dummy is not installed")
    with ExitStack() as stack:
        number = _start(stack, folder)
        environment = {**ALONE, "DISPLAY": f":{number}", "XAUTHORITY": None}
        before = {name: os.environ.get(name) for name in environment}
        stack.callback(_apply, before)
        _apply(environment)
        monitors = Monitors()
        run("xrandr", "--newmode", *MODE)
        for each in range(3):
            monitors.plug(each)
        run("xrandr", "--output", "DUMMY0", "--primary")
        _manage(stack)
        yield monitors


def area(window: str) -> tuple[int, int, int, int]:
    """What a window takes up with its frame, as a person sees it: left, top, width and height."""
    said = subprocess.run(["xwininfo", "-id", window], capture_output=True, text=True, check=False).stdout
    values = dict(line.strip().split(": ", 1) for line in said.splitlines() if ": " in line)
    names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
    if not set(names) <= values.keys():
        return 0, 0, 0, 0
    x, y, width, height = (int(values[name]) for name in names)
    return x - FRAME[0], y - FRAME[1], width + 2 * FRAME[0], height + FRAME[1] + FRAME[0]


def move(window: str, x: int, y: int) -> None:
    """Move a window by hand, the corner of its frame to this place."""
    xdotool("windowmove", "--sync", window, str(x), str(y))
    wait_until(lambda: area(window)[:2] == (x, y), f"the move to {x}, {y}; it is at {area(window)}")


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout


def _start(stack: ExitStack, folder: Path) -> str:
    """Start the server with a number that is free, and end it with the stack."""
    (folder / "monitors.conf").write_text(CONFIG)
    reading, writing = os.pipe()
    command = ["Xorg", "-config", "monitors.conf", "-logfile", str(folder / "monitors.log"), "-displayfd", str(writing)]  # fmt: skip
    server = subprocess.Popen(
        [*command, "-noreset", "-nolisten", "tcp", "-novtswitch", "-sharevts"],
        cwd=folder, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    stack.callback(_end, server)
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.readline().strip()
    if not number:
        missing("an X server that runs here: " + (folder / "monitors.log").read_text()[-500:])
    return number


def _manage(stack: ExitStack) -> None:
    config = Path(stage.__file__).with_name("desktop.jwmrc").read_text()
    bare = "\n".join(line for line in config.splitlines() if "<Tray" not in line)
    file = Path(os.environ.get("TMPDIR", "/tmp"), f"hipflask-jwm-{os.getpid()}")
    file.write_text(bare)
    stack.callback(file.unlink)
    manager = subprocess.Popen(["jwm", "-f", str(file)], stderr=subprocess.DEVNULL)
    stack.callback(_end, manager)
    wait_until(lambda: "window id" in run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "the window manager")
    time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _apply(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
