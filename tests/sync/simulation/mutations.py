"""Each protection taken out, one at a time: which promise does the simulator see broken, and at which seed?

    python -m tests.sync.simulation.mutations

A protection that nobody misses is either none, or not tested. So every one of them has to be caught.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from hipflask.store.changes.log import Log
from hipflask.sync.merge import Rule
from hipflask.sync.messages import Ack, Change
from hipflask.sync.replica import receiving, settling, tables, weighing
from hipflask.sync.replica.store import StoreReplica
from hipflask.testing.devices.faults import Faults
from hipflask.testing.devices.memory import MemoryHub, draft, feed, news, pushing, schema, state, welcoming
from hipflask.testing.devices.running import simulate

MOST_SEEDS = 1_000
STEPS = 200
Patches = list[tuple[Any, str, Any]]


def push_twice() -> Patches:
    """A push that comes again is applied again."""
    push = MemoryHub.push

    def again(self: MemoryHub, visitor: Any, parts: Any) -> Any:
        known = self.state.replicas.get(visitor.replica)
        if known is not None:
            self.state.replicas[visitor.replica] = replace(known, applied=parts[0].number - 1)
        return push(self, visitor, parts)

    return [(MemoryHub, "push", again)]


def no_overlay() -> Patches:
    """What comes from the hub is written over what was written here."""
    overlaid = weighing.overlaid
    return [
        (
            weighing,
            "overlaid",
            lambda shape, coming, row, pending, under: overlaid(shape, coming, row, None, under),
        )
    ]


def settled_by_ack() -> Patches:
    """What was written here ends with the acknowledgement, not with the checkpoint that has it."""
    acked = StoreReplica.acked

    def at_once(self: StoreReplica, ack: Any) -> None:
        acked(self, ack)
        with tables.writing(self._connection):
            settling.settle(self._connection, ack.number)

    return [(StoreReplica, "acked", at_once)]


def no_scope() -> Patches:
    """Everybody is sent everything."""
    make = news.Sender.__init__

    def open_to_all(self: Any, of: Any, now: Any, visitor: Any, granted: Any, page: int) -> None:
        make(self, of, now, visitor, lambda user: frozenset(["", *now().feed]), page)

    return [(news.Sender, "__init__", open_to_all)]


def no_leaving() -> Patches:
    """Rows of a scope that was lost stay on the device."""
    due = feed.due
    return [(news, "due", lambda now, since, had, granted: due(now, since, had & granted, granted))]


def no_entering() -> Patches:
    """Whoever comes back is thought to have everything of the scopes that he may have now."""
    due = feed.due
    return [
        (
            news,
            "due",
            lambda now, since, had, granted: due(now, since, had | granted if since else had, granted),
        )
    ]


def no_era() -> Patches:
    """A seal of before the hub was restored still counts."""
    return [(welcoming, "_is_of_its_era", lambda now, era, version: True)]


def no_tickets() -> Patches:
    """Two copies of a file are one device."""

    def known(self: MemoryHub, visitor: Any) -> Any:
        return self.state.replicas.get(visitor.replica)

    return [
        (welcoming, "_shows", lambda known, hello: True),
        (MemoryHub, "_shown_ticket", known),
        (MemoryHub, "_refuse_the_past", lambda self, visitor: None),
    ]


def no_past() -> Patches:
    """A connection goes on after another one of the same device has taken over."""

    def known(self: MemoryHub, visitor: Any) -> Any:
        return self.state.replicas.get(visitor.replica)

    return [(MemoryHub, "_shown_ticket", known), (MemoryHub, "_refuse_the_past", lambda self, visitor: None)]


def torn_versions() -> Patches:
    """A version has only half of what is committed when it is made."""
    step = feed.step

    def half(of: Any, now: Any, at: int) -> bool:
        written = [each for each in now.outbox if isinstance(each, state.Written)]
        late = written[len(written) // 2 :] if len(written) > 1 else []
        now.outbox = [each for each in now.outbox if not any(each is one for one in late)]
        made = step(of, now, at)
        now.outbox = [*late, *now.outbox]
        return made

    return [(sys.modules[MemoryHub.__module__], "step", half)]


def by_comparison() -> Patches:
    """What changed is found out by comparing rows, and not from what was written."""
    step = feed.step

    def compared(of: Any, now: Any, at: int) -> bool:
        def is_other(each: Any) -> bool:
            table, key = each.place
            return now.rows[table].get(key) != now.shown[table].get(key)

        now.outbox = [each for each in now.outbox if not isinstance(each, state.Written) or is_other(each)]
        return step(of, now, at)

    return [(sys.modules[MemoryHub.__module__], "step", compared)]


def updates_revive() -> Patches:
    """A change brings a row back that was deleted."""
    merge = pushing.merge

    def revive(change: Change, stamps: Any, row: Any, *rest: Any) -> Any:
        if row is None and change.kind == "update" and change.table == "item":
            filled = {"name": str(change.key)} | dict(zip(change.columns, change.values, strict=True))
            names, values = [*filled], [*filled.values()]
            change = Change("item", change.key, "insert", names, values, [0] * len(filled), change.seen)
            stamps = [(2**60, "back")] * len(filled)
        return merge(change, stamps, row, *rest)

    return [(pushing, "merge", revive)]


def unseen_stamps() -> Patches:
    """A change is as old as its device's clock says, even if it replaced something newer."""
    return [
        (
            pushing,
            "stamped",
            lambda clock, now, seen, before, hub_now: min(hub_now - max(now - clock, 0), hub_now),
        )
    ]


def no_touch() -> Patches:
    """Who was refused is not told what is there instead."""
    return [(feed, "_touch", lambda now, replica, place: None)]


def no_groups() -> Patches:
    """Each column of an address wins or loses for itself."""
    make = schema.Schema.__init__

    def apart(self: Any, of: Any) -> None:
        make(self, of)
        self.rules = {
            name: {column: Rule(rule.kind, "", rule.function) for column, rule in rules.items()}
            for name, rules in self.rules.items()
        }

    return [(schema.Schema, "__init__", apart)]


def no_pin() -> Patches:
    """The log forgets what was never pushed."""
    return [(Log, "settled", lambda self, connection: None)]


def no_transaction() -> Patches:
    """A checkpoint is written one statement at a time."""

    @contextmanager
    def loose(connection: Any) -> Iterator[None]:
        yield

    return [(receiving, "writing", loose)]


def no_floor() -> Patches:
    """Who was away for too long is told only of what still has a grave."""
    forget = feed.forget

    def quietly(now: Any, graves: int, changes: int) -> None:
        floor = now.floor
        forget(now, graves, changes)
        now.floor = floor

    return [(sys.modules[MemoryHub.__module__], "forget", quietly)]


def no_backfill() -> Patches:
    """A new version of the app does not ask for columns that it did not know."""
    return [(StoreReplica, "_has_more", lambda self, me, name: False)]


def no_rest() -> Patches:
    """Where everything is sent anew, what does not come stays."""
    return [(receiving.Receiving, "_absent", lambda self, shape: ())]


def no_constraints() -> Patches:
    """The hub takes references to nothing, and values twice."""
    return [(draft.Draft, "complaints", lambda self: [])]


def lost_news() -> Patches:
    """A download ends with its last page, without what has changed since it began."""
    due = news.Sender._due

    def nothing(self: Any, granted: Any, touched_since: int | None = None) -> Any:
        return due(self, granted) if touched_since is None else feed.Due()

    return [(news.Sender, "_due", nothing)]


def no_numbers() -> Patches:
    """Of two copies of a file that number alike, the second one is told what came of the first one's push."""

    def same(self: MemoryHub, visitor: Any, known: Any, number: int, digest: bytes) -> Ack:
        return Ack(number, [*known.outcomes])

    return [(MemoryHub, "_again", same)]


def no_floor_here() -> Patches:
    """Who is connected is told only of what still has a grave."""
    return [(news.Sender, "_begin_anew_below_floor", lambda self: False)]


def no_rollback() -> Patches:
    """A transaction whose COMMIT fails is left open."""

    @contextmanager
    def trusting(connection: Any, begin: str) -> Iterator[None]:
        connection.execute(begin)
        try:
            yield
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    return [(tables, "_transaction", trusting)]


PROTECTIONS: dict[str, Callable[[], Patches]] = {
    "a push counts once": push_twice,
    "pending columns overlay": no_overlay,
    "until they are settled": settled_by_ack,
    "scopes: nothing outside": no_scope,
    "scopes: what is left goes": no_leaving,
    "scopes: what is new comes": no_entering,
    "seals: eras": no_era,
    "tickets": no_tickets,
    "tickets: the past is over": no_past,
    "a version is one snapshot": torn_versions,
    "masks of what was written": by_comparison,
    "a delete wins": updates_revive,
    "later than what was seen": unseen_stamps,
    "touches": no_touch,
    "columns together": no_groups,
    "the log is pinned": no_pin,
    "a checkpoint is atomic": no_transaction,
    "graves have a floor": no_floor,
    "new columns are filled": no_backfill,
    "what does not come goes": no_rest,
    "keys and uniqueness": no_constraints,
    "downloads catch up": lost_news,
    "graves: who is connected": no_floor_here,
    "pushes that number alike": no_numbers,
    "a commit may fail": no_rollback,
}


# What goes wrong where it matters; at others, all that a seed chooses.
FOCUS: dict[str, list[str]] = {
    "a push counts once": ["break_both", "kill"],
    "scopes: what is left goes": ["newcomer"],
    "seals: eras": ["keep_hub", "put_back_hub"],
    "tickets": ["copy", "keep", "put_back"],
    "tickets: the past is over": ["copy", "break_here"],
    "masks of what was written": ["newcomer"],
    "a delete wins": ["break_here"],
    "later than what was seen": ["jump"],
    "columns together": ["break_here"],
    "the log is pinned": ["prune", "break_both"],
    "a checkpoint is atomic": ["kill_soon"],
    "graves have a floor": ["forget", "break_both"],
    "new columns are filled": ["upgrade"],
    "what does not come goes": ["forget", "break_both"],
    "keys and uniqueness": ["newcomer"],
    "downloads catch up": ["newcomer"],
    "graves: who is connected": ["forget"],
    "pushes that number alike": ["copy", "keep", "put_back", "break_here"],
    "a commit may fail": ["fill"],
}


def focused(protection: str) -> Any:
    """Faults of these kinds alone, so that a seed comes to the point."""
    make = Faults.__init__

    def narrow(self: Faults, *world: Any) -> None:
        make(self, *world)
        names = FOCUS.get(protection)
        if names is not None:
            self.chosen = [getattr(self, name) for name in names]

    return patch.object(Faults, "__init__", narrow)


@contextmanager
def without(protection: str) -> Iterator[None]:
    """Everything as it is, but for one protection."""
    patches = [patch.object(*each) for each in PROTECTIONS[protection]()]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in reversed(patches):
            each.stop()


def caught(protection: str, seeds: range) -> tuple[int, str] | None:
    """The first seed that finds out, and what it says."""
    for seed in seeds:
        with focused(protection):
            with without(protection):
                failure = simulate(seed, steps=STEPS)
            if (
                failure is not None and simulate(seed, steps=STEPS) is None
            ):  # with everything in place it is kept
                return seed, failure.problem.partition("\n")[0]
    return None


def main() -> int:
    """Print the table; 1 if something was not caught."""
    missed = 0
    for protection in sys.argv[1:] or PROTECTIONS:
        found = caught(protection, range(MOST_SEEDS))
        missed += found is None
        said = "NOT CAUGHT" if found is None else f"seed {found[0]:>4}   {found[1][:110]}"
        print(f"{protection:28} {said}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.sync.simulation.mutations", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    sys.exit(main())
