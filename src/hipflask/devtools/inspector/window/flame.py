"""A profile as the rows of a <flame-graph>: from the outermost function inwards, each group from left to right.

frames([Call("main", "app.py:3", 2.0, 0.5, [Call("deal", "app.py:9", 1.5, 1.5, [])])])
# [["main", "app.py:3", "own", 0, 0.0, 2.0, 0.5], ["deal", "app.py:9", "own", 1, 0.0, 1.5, 1.5]]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path, PurePath

from ..records import Call

Frame = list[str | int | float]

MOST = 20_000  # a browser would labour over more, and nobody could see them


def frames(calls: Sequence[Call], folder: str = "") -> list[Frame]:
    """The rows, with one above all where there are several trees; `folder` is the program's own."""
    if len(calls) == 1:
        top = calls[0]
    else:
        top = Call("All threads", "", sum(call.seconds for call in calls), 0.0, list(calls))
    return list(islice(_rows(top, folder), MOST))


def _rows(top: Call, folder: str) -> Iterator[Frame]:
    waiting = [(top, 0, 0.0)]
    while waiting:
        call, depth, start = waiting.pop()
        kind = kind_of(call.place, folder)
        yield [call.function, call.place, kind, depth, start, call.seconds, call.own_seconds]
        inside = sorted(call.children, key=lambda inner: -inner.seconds)
        starts = list(accumulate((each.seconds for each in inside), initial=start))[:-1]
        waiting += [
            (inner, depth + 1, at) for inner, at in zip(reversed(inside), reversed(starts), strict=True)
        ]


def kind_of(place: str, folder: str) -> str:
    """Whose code is at a place: "own", "hipflask", "library" or "python"."""
    file = place.rpartition(":")[0] or place
    first = PurePath(file).parts[0] if file else ""
    if first == "hipflask":
        return "hipflask"
    if not file or first.startswith("<"):
        return "python"
    path = Path(folder, file)
    if folder and path.is_relative_to(folder) and "site-packages" not in path.parts and path.exists():
        return "own"
    return "python" if first.removesuffix(".py") in sys.stdlib_module_names else "library"
