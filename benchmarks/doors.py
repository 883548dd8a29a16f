"""A function behind its other doors: an assistant's call over standard streams, cold and warm.

    python -m benchmarks.doors [--quick] [--json]

What is measured at each door, and how, stands in the module of that door: `_assistants.py`.
"""

from __future__ import annotations

from . import _assistants
from ._measure import Result, machine, main, ratio


def measure(quick: bool) -> Result:
    """One door after the other."""
    figures = _assistants.figures(quick)
    ours = figures.pop("ours")
    ratios = {
        f"{who}_{what}": ratio(theirs, ours, f"mcp_{what}_ms")
        for who, theirs in figures.items()
        for what in ("cold", "call")
    }
    return Result("doors", ours, figures, ratios, machine(**_assistants.PINS))


if __name__ == "__main__":
    main("Functions behind their other doors, beside the official packages.", measure)
