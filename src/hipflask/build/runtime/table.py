"""Which Python a bundle is made of: `runtimes.json`, written by `scripts/runtimes.py`.

    row(Target.parse("linux"), "3.14")      Row("3.14.7", "https://github.com/…/cpython-3.14.7…stripped.tar.gz", "9f86…")

They are python-build-standalone's: they run from any folder, need nothing that a system may lack, and exist for every target.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ...core.errors import BuildError
from ...core.words import join
from ..targets import Target

NEWEST = "3.14"


@dataclass(frozen=True, slots=True)
class Row:
    """One archive of python-build-standalone."""

    version: str
    url: str
    sha256: str


def row(target: Target, python: str | None = None) -> Row:
    """What there is for a target and "3.14" or "3.14.7"; the newest where none is asked for; raises BuildError if there is none."""
    rows = _table()[target.name]
    minor = ".".join((python or NEWEST).split(".")[:2])
    found = rows.get(minor)
    if found is None or python not in (None, minor, found.version):
        there = join([f"{minor} ({row.version})" for minor, row in rows.items()], "or")
        raise BuildError(
            f"There is no Python {python} for {target} in this version of Hipflask. Write {there}, or give one with "
            "--runtime PATH."
        )
    return found


@cache
def _table() -> dict[str, dict[str, Row]]:
    text = files(__package__).joinpath("runtimes.json").read_text(encoding="utf-8")
    return {
        target: {minor: Row(**row) for minor, row in rows.items()}
        for target, rows in json.loads(text).items()
    }
