"""Write `src/hipflask/build/runtime/runtimes.json`: which Python each target gets, from uv's list of all there are.

    python scripts/runtimes.py crates/uv-python/download-metadata.json        # of a clone of uv
    python scripts/runtimes.py https://raw.githubusercontent.com/astral-sh/uv/main/crates/uv-python/download-metadata.json

A release of Hipflask takes it along, so what `hipflask build` fetches changes with Hipflask's version and at no other time.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hipflask.build.targets import ALL, Target

TABLE = Path(__file__).parent.parent / "src" / "hipflask" / "build" / "runtime" / "runtimes.json"
MINORS = (13, 14)
SYSTEMS = {"windows": "windows", "macos": "darwin", "linux": "linux"}  # ours, and what uv calls them
FORM = "-install_only_stripped.tar.gz"


def main(source: str) -> None:
    """Write the table."""
    TABLE.write_text(table(json.loads(read(source))), encoding="utf-8", newline="\n")


def read(source: str) -> bytes:
    """What is at a URL or in a file."""
    if source.startswith("https://"):
        with urllib.request.urlopen(source, timeout=60) as answer:
            return bytes(answer.read())
    return Path(source).read_bytes()


def table(downloads: Mapping[str, dict[str, Any]]) -> str:
    """The whole of runtimes.json."""
    rows = {
        target.name: {f"3.{minor}": newest(downloads.values(), target, minor) for minor in MINORS}
        for target in ALL
    }
    return json.dumps(rows, indent=2) + "\n"


def newest(downloads: Iterable[dict[str, Any]], target: Target, minor: int) -> dict[str, str]:
    """The latest finished release of a minor version for a target, in the smallest form."""
    fitting = [each for each in downloads if fits(each, target, minor)]
    if not fitting:
        raise SystemExit(f"uv's list has no Python 3.{minor} for {target}.")
    found = max(fitting, key=lambda each: (each["patch"], each["build"]))
    return {"version": f"3.{minor}.{found['patch']}", "url": found["url"], "sha256": found["sha256"]}


def fits(download: Mapping[str, Any], target: Target, minor: int) -> bool:
    """Whether this is a plain CPython for every computer of the target."""
    wanted = {
        "name": "cpython",
        "os": SYSTEMS[target.system],
        "arch": {"family": target.machine, "variant": None},
        "libc": "gnu" if target.system == "linux" else "none",
        "major": 3,
        "minor": minor,
        "prerelease": "",
        "variant": None,
    }
    is_plain = all(download.get(key) == value for key, value in wanted.items())
    return is_plain and bool(download["sha256"]) and download["url"].endswith(FORM)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
