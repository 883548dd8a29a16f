"""All benchmarks, one after the other: `python -m benchmarks [--quick] [--json]`; one JSON object per line with --json."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ._measure import end_when_told

SHORTER = {"desk_soak": ["--minutes", "2"]}  # an hour is for who asks for it by name


def main() -> int:
    """Run each in a process of its own, so that none warms anything up for the next; returns how many failed."""
    here = Path(__file__).parent
    names = [file.stem for file in sorted(here.glob("[!_]*.py")) if "\n    main(" in file.read_text("utf-8")]
    end_when_told()
    return sum(_run(name) != 0 for name in names)


def _run(name: str) -> int:
    more = [] if "--quick" in sys.argv else SHORTER.get(name, [])
    with subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:], *more]) as process:
        try:
            return process.wait()
        finally:
            process.terminate()  # so that it ends its servers; it has ended already unless we are told to


if __name__ == "__main__":
    sys.exit(main())
