"""A feed of one's own, for a desk that was not told of another: a process beside this one, which ends with it."""

import subprocess
import sys
from pathlib import Path

DEPTH = (__package__ or "").count(".")


class NearbyFeed:
    """A feed on a free port of this computer."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.feed", "--port", "0", "--breakable", "--with-parent"],
            cwd=Path(__file__).parents[1 + DEPTH],
            stdin=subprocess.PIPE,  # closes when we end, however we end
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()
