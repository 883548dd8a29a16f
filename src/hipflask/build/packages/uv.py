"""uv, which finds and fetches packages for systems other than this one.

It reads its own settings (`UV_DEFAULT_INDEX`, `uv.toml`, `[tool.uv]` of the project that is built), keeps its own cache, and
is told here only what has to be the same for everybody.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ...core.errors import MissingPart

NO_UV = 'Bundles are put together with uv, which is not installed. Run: pip install "hipflask[build]"'
# What would change the content of a bundle from one person's shell to the next.
_NOT_HANDED_ON = (
    "MACOSX_DEPLOYMENT_TARGET", "UV_COMPILE_BYTECODE", "UV_PREFIX", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET",
    "VIRTUAL_ENV",
)  # fmt: skip
# A Python is there already: this one. Without this uv would fetch another, of the version that is asked about.
_TOLD = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
_NOT_REACHED = re.compile(r"error sending request|Failed to fetch|dns error", re.IGNORECASE)
_LEAD = re.compile(r"^\s*(error|cause|hint): ?", re.MULTILINE)


def find() -> str:
    """The path of uv, or MissingPart."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        raise MissingPart(NO_UV) from error


def attempt(arguments: Sequence[str | Path], *, folder: Path | None = None, offline: bool = False) -> str:
    """Run uv in `folder`, whose settings it reads; "" if it did what it was asked, else why it could not, in its own words."""
    done = _run([*arguments, "--quiet", *(["--offline"] if offline else [])], folder)
    if done.returncode == 0:
        return ""
    words = essence(done.stderr) or f"exit code {done.returncode}"
    return words + (_about_the_index() if _NOT_REACHED.search(words) else "")


def answer(arguments: Sequence[str | Path]) -> str:
    """What uv has to say; "" if it does not know, or is not there itself."""
    try:
        return _run(arguments, None).stdout.strip()
    except MissingPart:
        return ""


def essence(said: str) -> str:
    """What uv said when it failed, from where it begins to be about the failure."""
    lines = [line for line in said.strip().splitlines() if line.strip()]
    first = next((number for number, line in enumerate(lines) if line.startswith("error:")), 0)
    return _LEAD.sub("", "\n".join(lines[first:])).strip()


def _run(arguments: Sequence[str | Path], folder: Path | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [find(), *map(str, arguments)],
        cwd=folder,
        env={**{key: value for key, value in os.environ.items() if key not in _NOT_HANDED_ON}, **_TOLD},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _about_the_index() -> str:
    # Its address is not repeated: it may hold a password.
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    has_own = "PIP_INDEX_URL" in os.environ or (
        subprocess.run(
            asked, capture_output=True, check=False, env={**os.environ, "PIP_NO_INPUT": "1"}
        ).returncode
        == 0
    )
    if not has_own or any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return ""
    return (
        "\npip has been given an index of its own on this computer (`pip config list`), but uv reads only its own "
        "settings: set UV_DEFAULT_INDEX to the same address."
    )
