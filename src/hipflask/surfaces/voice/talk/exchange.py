"""One turn of a simulated conversation: what was sent, what came back, and what a person hears and sees of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]
Send = Callable[[Json], Json]  # to the app's endpoint, and its answer


@dataclass
class Exchange:
    """What has happened in one turn; `sent` and `came` are what went over the wire, oldest first."""

    speech: str = ""  # as it came: words, or SSML
    reprompt: str = ""
    card: tuple[str, ...] = ()  # its lines
    suggestions: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)  # what the simulator has to say of it
    wire: list[tuple[Json, Json]] = field(default_factory=list)
    is_over: bool = False


class Vendor(Protocol):
    """Somebody who listens, sends what was understood to the app, and says its answer."""

    name: str

    def launch(self) -> Exchange:
        """Open the skill without asking anything yet."""

    def hear(self, text: str) -> Exchange:
        """Say something; nothing at all is silence."""

    def close(self) -> Exchange | None:
        """Go away; None if there was no conversation."""
