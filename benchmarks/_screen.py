"""A private X screen whose pixels can be read as they are written.

    with Screen() as screen:
        subprocess.Popen(…, env=screen.environment)
        screen.wait_for(colour, 30)        # until any program has painted that colour

Xvfb keeps its picture in a file that we map, so looking at it costs the programs nothing, and it does not matter who
paints, in how many processes, or how.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from ._servers import environment

GREEN = bytes((16, 202, 49))  # blue, green, red: a colour that no theme has; `rgb(49, 202, 16)`
EVERY = 16  # of the screen's lines is looked at

# No desktop is there to be asked for settings, and being told so late by a bus that does not answer is no part of a start.
ALONE = {
    "GDK_BACKEND": "x11",
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    "NO_AT_BRIDGE": "1",
    "GSETTINGS_BACKEND": "memory",
    "LIBGL_ALWAYS_SOFTWARE": "1",
}


class Screen:
    """Xvfb, for as long as `with` lasts."""

    def __enter__(self) -> Screen:
        if shutil.which("Xvfb") is None:
            raise SystemExit("Xvfb is not on PATH: install it, as `apt install xvfb`")
        self._folder = tempfile.TemporaryDirectory(prefix="hipflask-screen-")
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(
            [*command, "-fbdir", self._folder.name],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as said:
            display = f":{int(said.readline())}"
        self.environment = environment(DISPLAY=display, XDG_STATE_HOME=self._folder.name, **ALONE)
        with (Path(self._folder.name) / "Xvfb_screen0").open("rb") as file:
            self._picture = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = struct.unpack(">25I", self._picture[:100])  # of the format of xwd
        self._begin, self._height, self._line = header[0] + header[19] * 12, header[5], header[12]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._picture.close()
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def shows(self, colour: bytes) -> bool:
        """Whether a line that is looked at has several pixels of this colour."""
        wanted = (colour + b"\0") * 8, (colour + b"\xff") * 8
        starts = range(self._begin, self._begin + self._height * self._line, EVERY * self._line)
        return any(
            self._picture.find(each, start, start + self._line) >= 0 for start in starts for each in wanted
        )

    def wait_for(self, colour: bytes, seconds: float, *, gone: bool = False) -> bool:
        """Look until the colour is there (or gone); returns False if it takes longer."""
        end = time.monotonic() + seconds
        while self.shows(colour) is gone:
            if time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True
