"""All benchmarks, one after the other: `python -m benchmarks [--quick] [--json]`; one JSON object per line with --json."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run each in a process of its own, so that none warms anything up for the next; returns how many failed."""
    here = Path(__file__).parent
    names = [file.stem for file in sorted(here.glob("[!_]*.py")) if "\n    main(" in file.read_text("utf-8")]
    codes = [subprocess.call([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]]) for name in names]
    return sum(map(bool, codes))


if __name__ == "__main__":
    sys.exit(main())
