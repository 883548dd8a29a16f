"""Samples of stacks, put together into the tree of a flame graph, and that into a file of speedscope's. Pure.

flame = Flame()
flame.add(["main\\0app.py\\x001", "save\\0app.py\\x0012"], 0.001)        as pyinstrument names functions, outermost first
flame.call()                                                            → Call("main", …, children=[Call("save", …)])
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ....core import lines
from ..records import Call, Profile

MOST_CALLS = 20_000  # of one tree; what is called beyond that counts for its caller
DEEPEST = 400
_SCHEMA = "https://www.speedscope.app/file-format-schema.json"


@dataclass(slots=True)
class _Stem:
    seconds: float = 0.0
    own_seconds: float = 0.0
    children: dict[str, _Stem] = field(default_factory=dict)


class Flame:
    """One tree while it grows; it takes as much room as there are different ways through the program."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._root = _Stem()
        self._calls = 0
        self.samples = 0

    def add(self, stack: Sequence[str], seconds: float) -> None:
        """Time that was spent in the last function of a stack."""
        self.samples += 1
        stem = self._root
        stem.seconds += seconds
        for each in stack[:DEEPEST]:
            name = each.partition("\x01")[0]
            child = stem.children.get(name)
            if child is None:
                if self._calls >= MOST_CALLS:
                    break
                self._calls += 1
                child = stem.children[name] = _Stem()
            child.seconds += seconds
            stem = child
        stem.own_seconds += seconds

    def call(self) -> Call:
        """The tree, the slowest first at each place."""
        return Call(self._name, "", self._root.seconds, self._root.own_seconds, _called(self._root))


def _called(stem: _Stem) -> list[Call]:
    slowest = sorted(stem.children.items(), key=lambda pair: -pair[1].seconds)
    return [Call(*_named(name), child.seconds, child.own_seconds, _called(child)) for name, child in slowest]


def _named(identifier: str) -> tuple[str, str]:
    """A function's name, and where it is written."""
    function, _, place = identifier.partition("\x00")
    file, _, line = place.partition("\x00")
    return function, f"{lines.short(file)}:{line}" if file and not file.startswith("<") else file


def speedscope(profile: Profile) -> str:
    """A profile as https://www.speedscope.app reads it: each tree from its slowest branch to its quickest."""
    frames: dict[tuple[str, str], int] = {}
    profiles = []
    for tree in profile.threads:
        events: list[dict[str, object]] = []
        _write(tree, 0.0, frames, events)
        profiles.append(
            {
                "type": "evented",
                "name": tree.function,
                "unit": "seconds",
                "startValue": 0,
                "endValue": tree.seconds,
                "events": events,
            }
        )
    return json.dumps(
        {
            "$schema": _SCHEMA,
            "name": profile.what,
            "exporter": "hipflask",
            "activeProfileIndex": 0,
            "shared": {"frames": [_frame(*each) for each in frames]},
            "profiles": profiles,
        }
    )


def _write(
    call: Call, at: float, frames: dict[tuple[str, str], int], events: list[dict[str, object]]
) -> float:
    number = frames.setdefault((call.function, call.place), len(frames))
    events.append({"type": "O", "frame": number, "at": at})
    below = at
    for child in call.children:
        below = _write(child, below, frames, events)
    end = max(below, at + call.seconds)
    events.append({"type": "C", "frame": number, "at": end})
    return end


def _frame(function: str, place: str) -> dict[str, object]:
    file, _, line = place.rpartition(":")
    return {"name": function, "file": file, "line": int(line)} if line.isdecimal() else {"name": function}
