"""The launchers: what a program's own executable is made of, compiled for every target from the C beside this file.

They are committed as they are, because no user should need a compiler; `scripts/launchers.py` builds them again and finds
the same bytes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...core.errors import BuildError
from ..targets import Target

_HERE = Path(__file__).parent


def binary(target: Target) -> Path:
    """The launcher of a target; raises BuildError if it is not the one that Hipflask came with."""
    file = _HERE / "bin" / file_name(target)
    if not file.is_file():
        raise BuildError(f"{file} is missing. Install Hipflask again.")
    if hashlib.sha256(file.read_bytes()).hexdigest() != _checksums().get(f"bin/{file.name}"):
        raise BuildError(f"{file} is not what checksums.txt beside it says. Install Hipflask again.")
    return file


def file_name(target: Target) -> str:
    """What it is called here: "linux-x86_64", "windows-aarch64.exe"."""
    return f"{target.name}.exe" if target.system == "windows" else target.name


def _checksums() -> dict[str, str]:
    lines = (_HERE / "checksums.txt").read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
