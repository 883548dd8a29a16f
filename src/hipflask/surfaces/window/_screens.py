"""The monitors of this machine, for shells that have no library to ask: from the system itself.

Those for Windows and macOS were written by their documentation, and have never been run by us.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from typing import Any

from hipflask.core.desk import Monitor
from hipflask.surfaces.window.placing import numbered

SECONDS = 2
# `0: +*HDMI-1 2560/600x1440/340+1920+0  HDMI-1`: a star is the primary one; slashes go before millimetres.
LINE = re.compile(r"^ *\d+: \+(\*?)(\S+) (\d+)/\d+x(\d+)/\d+\+(-?\d+)\+(-?\d+)")
MOST = 16


def screens() -> list[Monitor]:
    """The monitors, with their numbers; none where nobody says."""
    try:
        if sys.platform == "win32":
            return numbered(_of_windows())
        return numbered(_of_macos() if sys.platform == "darwin" else _of_xrandr())
    except (OSError, AttributeError, subprocess.SubprocessError):
        return []


def _of_xrandr() -> list[Monitor]:
    if not shutil.which("xrandr"):
        return []
    command = ["xrandr", "--listactivemonitors"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return read_xrandr(done.stdout)


def read_xrandr(said: str) -> list[Monitor]:
    """The monitors that `xrandr --listactivemonitors` has told of, the primary one first."""
    found = [match for line in said.splitlines() if (match := LINE.match(line))]
    found.sort(key=lambda match: not match[1])
    return [
        Monitor(name, int(x), int(y), int(width), int(height))
        for _, name, width, height, x, y in (match.groups() for match in found)
    ]


class _Rectangle(ctypes.Structure):
    _fields_ = [(edge, ctypes.c_long) for edge in ("left", "top", "right", "bottom")]


class _MonitorInfo(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_ulong),
        ("whole", _Rectangle),
        ("work", _Rectangle),
        ("flags", ctypes.c_ulong),
        ("device", ctypes.c_wchar * 32),
    ]


def _of_windows() -> list[Monitor]:
    user: Any = ctypes.WinDLL("user32")  # type: ignore[attr-defined,unused-ignore]
    found: list[tuple[bool, Monitor]] = []
    kind = ctypes.WINFUNCTYPE(  # type: ignore[attr-defined,unused-ignore]
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
    )

    def note(handle: int, *_: object) -> int:
        info = _MonitorInfo(size=ctypes.sizeof(_MonitorInfo))
        if user.GetMonitorInfoW(ctypes.c_void_p(handle), ctypes.byref(info)):
            work, is_primary = info.work, bool(info.flags & 1)
            size = work.right - work.left, work.bottom - work.top
            found.append((is_primary, Monitor(info.device, work.left, work.top, *size)))
        return 1

    user.EnumDisplayMonitors(None, None, kind(note), None)
    return [monitor for _, monitor in sorted(found, key=lambda each: not each[0])]


class _Rect(ctypes.Structure):
    _fields_ = [(part, ctypes.c_double) for part in ("x", "y", "width", "height")]


def _of_macos() -> list[Monitor]:
    graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    graphics.CGDisplayBounds.restype = _Rect
    numbers, count = (ctypes.c_uint32 * MOST)(), ctypes.c_uint32()
    graphics.CGGetActiveDisplayList(MOST, numbers, ctypes.byref(count))  # the main one first
    bounds = [graphics.CGDisplayBounds(ctypes.c_uint32(number)) for number in numbers[: count.value]]
    return [Monitor(None, int(each.x), int(each.y), int(each.width), int(each.height)) for each in bounds]
