"""`hipflask local --debug`: a process that runs the program, and one that starts it again when a file has been saved."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from ...devtools.sources import Sources
from ...devtools.watch import Watch

AGAIN = 75  # the exit code of a child whose program is to be loaded anew
LOOK_SECONDS = 0.3
_CHILD = "HIPFLASK_LOCAL_CHILD"


def is_child() -> bool:
    """Whether this process is the one that runs the program."""
    return os.environ.get(_CHILD) == "1"


def supervise() -> int:
    """Run this command line in a child, and again as often as it asks for that; returns the last exit code."""
    while True:
        child = subprocess.Popen([sys.executable, *sys.orig_argv[1:]], env=os.environ | {_CHILD: "1"})
        try:
            code = child.wait()
        except KeyboardInterrupt:  # which the child has heard as well
            return child.wait()
        except SystemExit:
            child.terminate()
            child.wait()
            raise
        if code != AGAIN:
            return code


class Saved:
    """Notices that one of the program's files has been saved."""

    def __init__(self) -> None:
        self._watch = Watch(Path.cwd())
        self._sources = Sources()
        self.is_noticed = False

    def wait(self) -> None:
        """Wait until it is."""
        self._watch.follow(map(str, Path.cwd().glob("*.py")))
        while not self.is_noticed:
            time.sleep(LOOK_SECONDS)
            if self._sources.look():
                self._watch.follow(self._sources.files, also=True)
            self.is_noticed = bool(self._watch.changed())

    def then(self, stop: Callable[[], None]) -> None:
        """Have something called as soon as it is."""

        def run() -> None:
            self.wait()
            print("A file has been saved; the program begins anew.", file=sys.stderr)
            stop()

        Thread(target=run, name="hipflask-saved", daemon=True).start()
