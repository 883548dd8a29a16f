"""How a stack stands, and what can be done with one that stands so: pure, from what Amazon says of it.

CREATE_COMPLETE, UPDATE_COMPLETE, UPDATE_ROLLBACK_COMPLETE   ready: it can be changed
REVIEW_IN_PROGRESS                                           planned: somebody looked at a first change set and did not go on
CREATE_FAILED, ROLLBACK_COMPLETE, ROLLBACK_FAILED            stillborn: its first creation failed; it has to be deleted
UPDATE_ROLLBACK_FAILED                                       stuck: an update failed, and so did its rolling back
DELETE_FAILED                                                half gone: it has to be deleted to the end
*_IN_PROGRESS                                                busy: somebody is changing it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

APP_TAG = "hipflask:app"
STAGE_TAG = "hipflask:stage"


class Standing(Enum):
    """What can be done with a stack."""

    READY = "ready"
    PLANNED = "planned"
    STILLBORN = "stillborn"
    STUCK = "stuck"
    HALF_GONE = "half gone"
    BUSY = "busy"
    GONE = "gone"


_ODD = {
    "REVIEW_IN_PROGRESS": Standing.PLANNED,
    "CREATE_FAILED": Standing.STILLBORN,
    "ROLLBACK_COMPLETE": Standing.STILLBORN,
    "ROLLBACK_FAILED": Standing.STILLBORN,
    "UPDATE_ROLLBACK_FAILED": Standing.STUCK,
    "IMPORT_ROLLBACK_FAILED": Standing.STUCK,
    "DELETE_FAILED": Standing.HALF_GONE,
    "DELETE_COMPLETE": Standing.GONE,
}


@dataclass(frozen=True)
class Stack:
    """A stack, as far as it matters here."""

    id: str
    name: str
    status: str
    reason: str = ""
    since: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    change_set: str = ""
    is_protected: bool = False

    @property
    def standing(self) -> Standing:
        """What can be done with it."""
        if self.status in _ODD:
            return _ODD[self.status]
        return Standing.BUSY if self.status.endswith("_IN_PROGRESS") else Standing.READY


@dataclass(frozen=True)
class Place:
    """Which stack is meant: one stage of one app."""

    stack: str
    app: str
    stage: str

    @property
    def tags(self) -> dict[str, str]:
        """What marks the stack as ours. It never changes: a changed tag would touch every resource of the stack."""
        return {APP_TAG: self.app, STAGE_TAG: self.stage}

    @property
    def words(self) -> str:
        """The stage as an option of the command line, for sentences that say what to type."""
        return f" --stage {self.stage}"


def strangeness(stack: Stack, place: Place) -> str | None:
    """Why a stack must not be touched: it is not this app's; None if it is."""
    owner, stage = stack.tags.get(APP_TAG), stack.tags.get(STAGE_TAG)
    if (owner, stage) == (place.app, place.stage):
        return None
    whose = f"it is stage {stage} of the app {owner}" if owner else "Hipflask did not make it"
    return (
        f"There is a stack {stack.name} already, and {whose}, so nothing was changed. Give this app another name: "
        '`name = "…"` in [tool.hipflask.deploy] of pyproject.toml.'
    )


def obstacle(stack: Stack, place: Place, who: str = "") -> str | None:
    """Why a stack cannot be changed as it stands, and what to do first; None if it can."""
    name, words = stack.name, place.words
    match stack.standing:
        case Standing.BUSY:
            by = f" by {who}" if who else ""
            since = f" since {stack.since:%Y-%m-%d %H:%M} UTC" if stack.since else ""
            return (
                f"The stack {name} is being changed ({stack.status}{since}{by}). `--wait` waits for it and then goes on; "
                f"`hipflask deploy{words} --follow` only watches."
            )
        case Standing.STILLBORN:
            return (
                f"The stack {name} could not be created the last time ({stack.status}{_because(stack)}) and can only be "
                f"deleted: `hipflask delete{words}`, then deploy again."
            )
        case Standing.STUCK:
            return (
                f"The last update of {name} failed, and so did its rolling back ({stack.status}{_because(stack)}). "
                f"`hipflask deploy{words} --rollback` goes on with rolling back; `--skip NAME` leaves out a resource that cannot be."
            )
        case Standing.HALF_GONE:
            return (
                f"The stack {name} has been deleted in part ({stack.status}{_because(stack)}). "
                f"`hipflask delete{words}` deletes the rest; then deploy again."
            )
        case _:
            return None


def _because(stack: Stack) -> str:
    return f": {stack.reason}" if stack.reason else ""
