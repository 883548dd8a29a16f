"""`@app.intent` and its kin: each records a door and returns the function as it was."""

from __future__ import annotations

from ...core.action import Registry


class VoiceDecorators:
    """The decorators of functions that are spoken to."""

    actions: Registry
