"""When something was written, in the hub's time, whatever the device's clock says.

    A laptop's clock is an hour fast. At 9:30 by the hub it says 10:30, and sends a push:
        name   written at 10:10 by its clock, twenty minutes ago      → 9:10
        price  written at 10:29, and its checkpoint had shown 9:29:30 → 9:29:30 and a millisecond

A stamp is a hybrid logical clock (Kulkarni and others, 2014) that borrows its counter from the milliseconds: the physical part is
the hub's own clock less the age of the change, and the logical part is that a change is later than all that was seen when it was
made. Three bounds make it safe against any clock: never after the hub's present, never before what was seen, and never before the
same device's earlier pushes. Ties go to the greater name of the replica.
"""

from __future__ import annotations

Stamp = tuple[int, str]  # ms of the hub's clock; the replica, "" for a writer in the database itself


def tick(last: int, wall: int) -> int:
    """The hub's clock: the wall's, or a millisecond after the last, if the wall's was set back. For each transaction that stamps."""
    return max(wall, last + 1)


def stamped(clock: int, now: int, seen: int, before: int, hub_now: int) -> int:
    """The stamp of a change of `clock`, in a push that was made at `now` of the same clock.

    `seen` is the stamp of the checkpoint that was there when it was made, `before` the newest stamp of the replica's earlier pushes.
    """
    age = max(now - clock, 0)
    return min(max(hub_now - age, seen + 1, before), hub_now)
