"""Some lines of a program's source, around a place that it names."""

from __future__ import annotations

from pathlib import Path

AROUND = 3
MOST_BYTES = 2_000_000


def excerpt(folder: str, place: str) -> str:
    """The lines around "app.py:12", with their numbers and a mark at the one that is meant; empty if it cannot be read.

    Only Python in the program's own folder is: a place is a text that another program has told.
    """
    file, _, line = place.rpartition(":")
    path = Path(folder, file).resolve()
    is_ours = bool(folder) and path.is_relative_to(Path(folder).resolve()) and path.suffix == ".py"
    if not (is_ours and line.isdecimal() and path.is_file() and path.stat().st_size < MOST_BYTES):
        return ""
    return _around(path.read_text("utf-8", "replace").splitlines(), int(line))


def _around(lines: list[str], meant: int) -> str:
    if not 0 < meant <= len(lines):
        return ""
    shown = range(max(meant - AROUND, 1), min(meant + AROUND, len(lines)) + 1)
    wide = len(str(shown[-1]))
    return "\n".join(f"{'▸' if at == meant else ' '} {at:>{wide}}  {lines[at - 1]}" for at in shown)
