"""Prometheus's text format, as far as it is figures: names, labels and values. Whoever sends it may be anybody.

hipflask_sessions 3
hipflask_duration_seconds_bucket{kind="handler",name="save",le="0.01"} 17
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_LINES = 50_000
LONGEST_LINE = 4_000

_LINE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}


class Sample(NamedTuple):
    """One line: `name{labels} value`."""

    name: str
    labels: dict[str, str]
    value: float


def samples(text: str) -> Iterator[Sample]:
    """Every line that can be read; the others, and those beyond a bound, are passed over."""
    for number, line in enumerate(text.splitlines()):
        if number >= MOST_LINES:
            return
        if line and not line.startswith("#") and len(line) <= LONGEST_LINE:
            sample = _sample(line)
            if sample is not None:
                yield sample


def _sample(line: str) -> Sample | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    try:
        return Sample(match[1], _labels(match[2] or ""), float(match[3]))
    except ValueError:
        return None


def _labels(text: str) -> dict[str, str]:
    found = {}
    position = 0
    while position < len(text):
        match = _LABEL.match(text, position)
        if match is None:
            raise ValueError
        found[match[1]] = re.sub(r'\\[n"\\]', lambda escape: _ESCAPES[escape[0]], match[2])
        position = match.end()
    return found
