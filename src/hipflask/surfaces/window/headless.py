"""A screen that nobody sees, so that real windows can be tested and photographed where there is none.

    with headless.display(1280, 900):
        shell = choose("webkitgtk")

Only this process and its children may use it: the cookie in XAUTHORITY is made for it. A connection of our own keeps
the server alive between windows, and ends it with us even if we are killed.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hipflask.core.errors import MissingPart, WindowError

START_SECONDS = 20
PROTOCOL = b"MIT-MAGIC-COOKIE-1"

# What a program on the private screen must not share with the person's own desktop. Without a bus address GLib would
# start a bus for this screen, which dies with it, and then end this process with SIGTERM.
ALONE = {
    "WAYLAND_DISPLAY": None,
    "GDK_BACKEND": "x11",
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    "NO_AT_BRIDGE": "1",
    "GSETTINGS_BACKEND": "memory",
}

NO_XVFB = """Xvfb, the screen that nobody sees, is not installed. Install it with one of
    sudo apt install xvfb
    sudo dnf install xorg-x11-server-Xvfb
    sudo pacman -S xorg-server-xvfb"""
NOT_LINUX = "A screen that nobody sees exists on Linux only; {platform} has no counterpart to Xvfb."


@contextmanager
def display(width: int = 1280, height: int = 900) -> Iterator[str]:
    """Give this process a private screen and yield its name, `":99"`; one that exists already is left alone."""
    program = _find()
    cookie = os.urandom(16)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hipflask-")))
        authority = folder / "Xauthority"
        authority.write_bytes(_authority(cookie))
        name = _start(
            stack, [program, "-screen", "0", f"{width}x{height}x24", "-auth", str(authority)], folder
        )
        stack.callback(_connect(name, cookie).close)
        stack.enter_context(_environment({**ALONE, "DISPLAY": name, "XAUTHORITY": str(authority)}))
        yield name


def _find() -> str:
    if sys.platform != "linux":
        raise WindowError(NOT_LINUX.format(platform=sys.platform))
    if program := shutil.which("Xvfb"):
        return program
    raise MissingPart(NO_XVFB)


def _start(stack: ExitStack, command: list[str], folder: Path) -> str:
    """Start the server, which picks a free number itself, and end it with the stack."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    errors = folder / "errors.txt"
    with errors.open("wb") as stream:
        server = subprocess.Popen(
            [*command, "-displayfd", str(writing), "-nolisten", "tcp", "-terminate"],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=stream,
            start_new_session=True,  # a Ctrl-C in the terminal is for us, and must not take the screen from under us
        )
    os.close(writing)
    stack.callback(_stop, server)
    number = _read_number(reading)
    if not number:
        raise WindowError(f"Xvfb did not start: {errors.read_text(errors='replace').strip() or 'no answer'}")
    return f":{number}"


def _read_number(reading: int) -> str:
    """The display's number; empty if the server ended or said nothing in time."""
    said, until = b"", time.monotonic() + START_SECONDS
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        chunk = os.read(reading, 16) if ready else b""
        if not chunk:
            return ""
        said += chunk
    return said.decode().strip()


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    server.wait()


def _authority(cookie: bytes) -> bytes:
    """The file in which X programs look for the cookie: one entry for every host and every number."""
    fields = (b"", b"", PROTOCOL, cookie)
    return struct.pack(">H", 0xFFFF) + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def _connect(name: str, cookie: bytes) -> socket.socket:
    """Greet the server as X11 wants it and keep the line open; with its last client, the server ends."""
    line = socket.socket(socket.AF_UNIX)
    path = f"/tmp/.X11-unix/X{name[1:]}"
    line.connect(path if os.path.exists(path) else "\0" + path)
    greeting = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(PROTOCOL), len(cookie))
    line.sendall(greeting + PROTOCOL + bytes(-len(PROTOCOL) % 4) + cookie)
    if line.recv(1) != b"\1":
        raise WindowError("Xvfb refused its own cookie.")
    return line


@contextmanager
def _environment(changes: dict[str, str | None]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    _apply(changes)
    try:
        yield
    finally:
        _apply(before)


def _apply(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
