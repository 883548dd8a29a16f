"""Lines of the program's own code, by their places."""

from __future__ import annotations

import linecache
import sys
from functools import lru_cache
from pathlib import Path


def text_at(place: str) -> str:
    """The line that `shop/orders.py:12` names; "" if it cannot be found."""
    file, _, line = place.rpartition(":")
    found = _found(file)
    return linecache.getline(found, int(line)).strip() if found and line.isdecimal() else ""


def name_at(place: str) -> str:
    """What the line gives a value to: `clicks` of `clicks = ui.state(0)`; the line's text where it does no such thing."""
    text = text_at(place)
    name, sign, _ = text.partition("=")
    name = name.partition(":")[0].strip()  # `clicks: State[int] = …`
    return name if sign and name.isidentifier() else text


@lru_cache(maxsize=1024)
def _found(file: str) -> str:
    return next((str(each) for folder in sys.path if (each := Path(folder) / file).is_file()), "")
