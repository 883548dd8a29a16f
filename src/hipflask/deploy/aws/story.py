"""The story of one change of a stack, from the events that Amazon tells: a line for each, and what went wrong first.

UPDATE_IN_PROGRESS  Thumbnail          Lambda::Function
UPDATE_FAILED       Thumbnail          Lambda::Function   Uploaded file must be a non-empty zip      ← the root cause
UPDATE_FAILED       Orders             SQS::Queue         Resource update cancelled                  ← a consequence
UPDATE_ROLLBACK_…   shop-dev           CloudFormation::Stack
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Event:
    """One thing that happened to one resource."""

    id: str
    resource: str
    kind: str
    status: str
    reason: str = ""
    physical: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether this went wrong."""
        return self.status.endswith("_FAILED")

    @property
    def is_consequence(self) -> bool:
        """Whether it went wrong only because something else had: cancelled, or told of the stack as a whole."""
        return "cancelled" in self.reason.lower() or self.kind == STACK or not self.reason

    @property
    def line(self) -> str:
        """The event as a person reads it."""
        kind = self.kind.removeprefix("AWS::")
        return f"{self.status:<28}{self.resource:<32} {kind}  {self.reason}".rstrip()


@dataclass
class Story:
    """What has happened so far."""

    failures: list[Event] = field(default_factory=list)
    is_over: bool = False
    _known: set[str] = field(default_factory=set)

    def take(self, events: Iterable[Event]) -> list[Event]:
        """Those that are new, in their order; failures are kept."""
        new = []
        for event in events:
            if event.id not in self._known:
                self._known.add(event.id)
                new.append(event)
                self.is_over = (
                    self.is_over if event.kind != STACK else not event.status.endswith("_IN_PROGRESS")
                )
        self.failures += [event for event in new if event.is_failure]
        return new

    def why(self) -> list[str]:
        """What went wrong, the root cause first, what only followed from it last and without repeating it."""
        causes = [event for event in self.failures if not event.is_consequence]
        rest = [event for event in self.failures if event.is_consequence and event.kind != STACK]
        lines = [f"{event.resource} ({event.kind.removeprefix('AWS::')}): {event.reason}" for event in causes]
        if rest:
            lines.append(
                "Called off because of that: " + ", ".join(dict.fromkeys(event.resource for event in rest))
            )
        return lines
