"""An inspector without a window: asks a program for all that it records, as often as the window does.

python -m benchmarks._asking KEY@FOLDER
"""

from __future__ import annotations

import sys
import time

from hipflask.devtools.inspector.live import Live

EVERY_S = 0.1


def main(address: str) -> None:
    """Ask until ended."""
    source = Live(address)
    newest = 0
    while True:
        newest = source.news(newest).newest
        time.sleep(EVERY_S)


if __name__ == "__main__":
    main(sys.argv[1])
