"""The picture that the launcher shows on Linux while Python loads, on a screen that nobody sees."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from launched import PythonBundle, surroundings
from PIL import Image

from hipflask.build.launcher import binary
from hipflask.build.targets import ALL, Target
from lacking import lacking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shows a window of X11")

SIZE = (311, 97)  # an odd width: rows of a BMP are padded to four bytes
SCREEN = (800, 600)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server of our own."""
    for each in ("Xvfb", "xwininfo", "import"):
        if shutil.which(each) is None:
            lacking(each)
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "{}x{}x24".format(*SCREEN),
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


class Splashed:
    """A start of the program under a display, with a picture in its release."""

    def __init__(self, folder: Path, display: str) -> None:
        self.bundle = PythonBundle(folder / "stock")
        self.bundle.set(self.bundle.release("first", splash="art/splash.bmp"))
        self.file = self.bundle.layer("first") / "art" / "splash.bmp"
        self.file.parent.mkdir()
        self.display = display
        self.started: list[subprocess.Popen[bytes]] = []
        picture = Image.new("RGB", SIZE, (200, 30, 60))
        picture.paste((10, 220, 40), (0, 0, 20, 10))  # the top left corner, to see that it stands upright
        picture.save(self.file)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.bundle.command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=surroundings(DISPLAY=self.display),
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Whatever is still running is killed, as the system does when memory is short."""
        for process in self.started:
            process.kill()
            process.communicate()


@pytest.fixture
def splashed(tmp_path: Path, display: str) -> Iterator[Splashed]:
    splashed = Splashed(tmp_path, display)
    yield splashed
    splashed.end()


def windows(display: str) -> list[tuple[int, ...]]:
    """Width, height, and place of what is to be seen on the screen."""
    command = ["xwininfo", "-display", display, "-root", "-children"]
    while (listed := subprocess.run(command, capture_output=True, check=False)).returncode:
        pass  # a window went while it was being described
    found = re.findall(rb"0x\w+ .*?  (\d+)x(\d+)\+-?\d+\+-?\d+  \+(-?\d+)\+(-?\d+)", listed.stdout)
    return [tuple(map(int, each)) for each in found]


def until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + 12  # less than the 20 seconds after which the picture goes by itself
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.02)


def line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def type_enter(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def test_it_is_shown_in_the_middle_until_the_program_has_a_window(splashed: Splashed, tmp_path: Path) -> None:
    """The picture as it is, the right way up; and gone when the program says so, which then goes on."""
    process = splashed.start("splash")
    assert line(process) == b"up\n"
    left, top = (SCREEN[0] - SIZE[0]) // 2, (SCREEN[1] - SIZE[1]) // 2
    until(lambda: windows(splashed.display) == [(*SIZE, left, top)])
    photograph = tmp_path / "screen.png"
    subprocess.run(["import", "-display", splashed.display, "-window", "root", photograph], check=True)
    with Image.open(photograph) as screen:
        pixels = screen.convert("RGB")
        assert pixels.getpixel((left + 2, top + 2)) == (10, 220, 40)
        assert pixels.getpixel((left + SIZE[0] - 2, top + SIZE[1] - 2)) == (200, 30, 60)
        assert pixels.getpixel((left - 2, top + 2)) == (0, 0, 0)
    type_enter(process)
    assert line(process) == b"done\n"
    until(lambda: windows(splashed.display) == [])
    assert process.poll() is None


def test_it_is_gone_with_the_program(splashed: Splashed) -> None:
    """However that ends: nobody wants to look at the picture of a program that is not there."""
    process = splashed.start("splash")
    assert line(process) == b"up\n"
    until(lambda: len(windows(splashed.display)) == 1)
    splashed.end()
    until(lambda: windows(splashed.display) == [])


@pytest.mark.parametrize("arguments", [["splash", "--headless"], ["--selftest"], ["-c", "input()"]])
def test_it_is_not_shown_to_who_looks_for_something_else(splashed: Splashed, arguments: list[str]) -> None:
    splashed.start(*arguments)
    last = time.monotonic() + 0.5
    while time.monotonic() < last:
        assert windows(splashed.display) == []


def test_its_process_is_nobodys_child(splashed: Splashed) -> None:
    """A program that waits for its children must not find one that it never had."""
    process = splashed.start("splash")
    assert line(process) == b"up\n"
    until(lambda: len(windows(splashed.display)) == 1)
    children = subprocess.run(
        ["ps", "--ppid", str(process.pid), "-o", "pid="], capture_output=True, check=False
    )
    assert children.stdout == b""


def test_a_damaged_picture_is_no_hindrance(splashed: Splashed) -> None:
    """Cut, changed, or of another kind: the program runs, and what would have shown it has ended."""
    whole = splashed.file.read_bytes()
    chance = random.Random(3)
    for number in range(12):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(54)] = chance.randrange(256)
        splashed.file.write_bytes(content[: chance.randrange(len(content))] if number % 3 == 0 else content)
        process = splashed.start("exit", "7")
        process.communicate(timeout=60)  # its stdout is closed only when the other process has ended too
        assert process.returncode == 7


@pytest.mark.parametrize("part", [0.0, 0.001, 0.5, 0.99])
def test_half_a_picture_is_not_shown(splashed: Splashed, part: float) -> None:
    """And taking away what was never there does no harm: nobody reads from the pipe any more, and Python ignores that."""
    whole = splashed.file.read_bytes()
    splashed.file.write_bytes(whole[: int(len(whole) * part)])
    process = splashed.start("splash")
    assert line(process) == b"up\n"
    last = time.monotonic() + 0.4
    while time.monotonic() < last:
        assert windows(splashed.display) == []
    type_enter(process)
    assert line(process) == b"done\n"
    assert process.poll() is None


@pytest.mark.parametrize("target", [target for target in ALL if target.system != "macos"], ids=str)
def test_the_program_finds_its_end_by_name(target: Target) -> None:
    """In each launcher's table of exported names, where `ctypes` looks; a Mac's shows no picture, and has none."""
    assert b"hipflask_splash_done" in binary(target).read_bytes()
