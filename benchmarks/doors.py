"""A function behind its other doors: an assistant's call over standard streams, a voice's, and a command of the shell; cold and warm.

    python -m benchmarks.doors [--quick] [--json]

What is measured at each door, and how, stands in the module of that door: `_assistants.py`, `_voices.py`, `_commands.py`.
"""

from __future__ import annotations

from . import _assistants, _commands, _voices
from ._measure import Result, machine, main, ratio


def measure(quick: bool) -> Result:
    """One door after the other."""
    doors = {
        "mcp": _assistants.figures(quick),
        "alexa": _voices.figures(quick),
        "command": _commands.figures(quick),
    }
    ours = {name: figure for figures in doors.values() for name, figure in figures.pop("ours").items()}
    ratios = {
        _name(who, door, what): ratio(theirs, ours, f"{door}_{what}_ms")
        for door, figures in doors.items()
        for who, theirs in figures.items()
        for what in ("cold", "call")
        if f"{door}_{what}_ms" in theirs
    }
    peers = {who: theirs for figures in doors.values() for who, theirs in figures.items()}
    return Result("doors", ours, peers, ratios, machine(**_assistants.PINS, **_voices.PINS, **_commands.PINS))


def _name(who: str, door: str, what: str) -> str:
    """`mcp_sdk_call`; of commands `flask_command_cold`, since there is more to Flask."""
    return f"{who}_command_{what}" if door == "command" else f"{who}_{what}"


if __name__ == "__main__":
    main("Functions behind their other doors, beside the official packages.", measure)
