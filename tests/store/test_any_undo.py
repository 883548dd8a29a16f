"""Undo and redo in any order, by two windows and somebody else: compared with what it should come to."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from club import TABLES, Club, Rows, is_same
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hipflask.core.errors import UndoRefused

LONG = os.environ.get("HIPFLASK_LONG") == "1"

CHOICE = st.integers(0, 5)
NAME = st.sampled_from(["a", "b", "ü", "d e"])
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("team"), NAME),
        st.tuples(st.just("player"), NAME, CHOICE),
        st.tuples(st.just("badge"), NAME, st.floats(allow_nan=False), CHOICE),
        st.tuples(st.just("thing"), CHOICE),
        st.tuples(st.just("rename"), st.sampled_from(TABLES[:2]), CHOICE, NAME),
        st.tuples(st.just("points"), CHOICE, st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just("move"), CHOICE, CHOICE),
        st.tuples(st.just("delete"), st.sampled_from(TABLES), CHOICE),
        st.tuples(st.just("replace"), NAME),
    ),
    min_size=1,
    max_size=4,
)


class Statements:
    """Random writes as plain SQL, which go through whatever connection is given."""

    def __init__(self, execute: Any, number: int) -> None:
        self.execute = execute
        self.key = f"{number:04d}"

    def run(self, writes: list[Any]) -> None:
        for place, (kind, *values) in enumerate(writes):
            getattr(self, kind)(f"{self.key}-{place}", *values)

    def pick(self, table: str, choice: int) -> Any:
        found = [row[0] for row in self.execute(f"SELECT id FROM {table} ORDER BY id", ())]
        return found[choice % len(found)] if found else None

    def team(self, key: str, name: str) -> None:
        self.execute("INSERT INTO team (id, name) SELECT ?, ?", (key, name))

    def player(self, key: str, name: str, team: int) -> None:
        self.execute(
            "INSERT INTO player (id, name, team_id) VALUES (?, ?, ?)", (key, name, self.pick("team", team))
        )

    def badge(self, key: str, label: str, weight: float, player: int) -> None:
        values = (key, label, weight, self.pick("player", player))
        self.execute("INSERT INTO badge (id, label, weight, player_id) VALUES (?, ?, ?, ?)", values)

    def thing(self, key: str, team: int) -> None:
        if (found := self.pick("team", team)) is not None:
            self.execute("INSERT INTO thing (team_id) VALUES (?)", (found,))

    def rename(self, key: str, table: str, choice: int, name: str) -> None:
        self.execute(f"UPDATE {table} SET name = ? WHERE id = ?", (name, self.pick(table, choice)))

    def points(self, key: str, choice: int, points: int) -> None:
        self.execute("UPDATE player SET points = ? WHERE id = ?", (points, self.pick("player", choice)))

    def move(self, key: str, player: int, team: int) -> None:
        self.execute(
            "UPDATE player SET team_id = ? WHERE id = ?",
            (self.pick("team", team), self.pick("player", player)),
        )

    def delete(self, key: str, table: str, choice: int) -> None:
        self.execute(f"DELETE FROM {table} WHERE id = ?", (self.pick(table, choice),))

    def replace(self, key: str, label: str) -> None:
        self.execute("INSERT OR REPLACE INTO badge (id, label) VALUES (?, ?)", (key, label))


Step = tuple[Rows, Rows]


def undone(step: Step, now: Rows) -> Rows | None:
    """What is to be there after undoing a step; None if that has to be refused."""
    before, after = step
    wanted = dict(now)
    for place in before.keys() | after.keys():
        old, new, there = before.get(place), after.get(place), now.get(place)
        if repr(old) == repr(new):
            continue
        if old is None or new is None:
            if repr(there) != repr(new):
                return None
            wanted.pop(place, None)
            wanted |= {place: old} if old is not None else {}
            continue
        changed = [name for name in old if repr(old[name]) != repr(new[name])]
        if there is None or any(repr(there[name]) != repr(new[name]) for name in changed):
            return None
        wanted[place] = there | {name: old[name] for name in changed}
    return wanted if fits(wanted) else None


def fits(rows: Rows) -> bool:
    """Whether the file's constraints allow these rows: references lead somewhere, unique values are unique."""
    uniques = [
        (table, row.get("label", row["name"] if table == "team" else None))
        for (table, _), row in rows.items()
    ]
    taken = [each for each in uniques if each[0] in ("team", "badge")]
    references = [("team", row.get("team_id")) for row in rows.values()] + [
        ("player", row.get("player_id")) for row in rows.values()
    ]
    return len(taken) == len(set(taken)) and all(
        key is None or (table, key) in rows for table, key in references
    )


def has_swapped(step: Step) -> bool:
    """Whether unique values went round in a circle, which no order of single statements brings back."""
    owners = [
        {
            (place[0], row.get("label") or row.get("name")): place
            for place, row in rows.items()
            if place[0] in ("team", "badge")
        }
        for rows in step
    ]
    return any(owners[0].get(value, place) != place for value, place in owners[1].items())


class AnyHistory(RuleBasedStateMachine):
    """Two windows and somebody else write, undo and redo, in any order."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.club = Club(Path(self.folder.name))
        self.windows = [self.club.db.history(), self.club.db.history()]
        self.steps: list[tuple[list[Step], list[Step]]] = [([], []), ([], [])]
        self.number = 0
        self.log = self.club.db._open().logs[0]
        self.seen = self.log.newest(self.club.outside)
        self.known = self.club.rows()

    def teardown(self) -> None:
        self.club.close()
        self.folder.cleanup()

    @rule(window=st.sampled_from([0, 1]), writes=WRITES, more=WRITES | st.just([]))
    def act(self, window: int, writes: list[Any], more: list[Any]) -> None:
        seen = [self.club.rows()]
        try:
            with self.club.deed(self.windows[window]):
                for part in (writes, more):
                    with self.club.db.transaction() as session:
                        self.number += 1
                        driver = session.connection().connection.driver_connection
                        Statements(driver.execute, self.number).run(part)  # type: ignore[union-attr]
                    seen.append(self.club.rows())
        except sqlite3.IntegrityError:
            pass  # what was committed of it is a step none the less
        if not all(is_same(seen[0], rows) for rows in seen):
            self.steps[window][1].clear()  # even if it took back itself what it had done
        if not is_same(seen[0], seen[-1]):
            self.steps[window][0].append((seen[0], seen[-1]))

    @rule(writes=WRITES)
    def somebody_else_writes(self, writes: list[Any]) -> None:
        self.number += 1
        self.club.outside.execute("BEGIN IMMEDIATE")
        try:
            Statements(self.club.outside.execute, self.number).run(writes)
            self.club.outside.execute("COMMIT")
        except sqlite3.IntegrityError:
            self.club.outside.execute("ROLLBACK")

    @rule(window=st.sampled_from([0, 1]), times=st.integers(1, 3))
    def undo(self, window: int, times: int) -> None:
        for _ in range(times):
            self.turn(window, 0, self.windows[window].undo)

    @rule(window=st.sampled_from([0, 1]), times=st.integers(1, 3))
    def redo(self, window: int, times: int) -> None:
        for _ in range(times):
            self.turn(window, 1, self.windows[window].redo)

    def turn(self, window: int, way: int, turn: Any) -> None:
        stacks = self.steps[window]
        assert self.windows[window].can_undo() == bool(stacks[0])
        assert self.windows[window].can_redo() == bool(stacks[1])
        before = self.club.rows()
        if not stacks[way]:
            assert turn() is None
            return
        step = stacks[way].pop()
        wanted = undone(step, before)
        try:
            assert turn() == "Test"
        except UndoRefused:
            assert is_same(self.club.rows(), before)
            assert wanted is None or has_swapped(step)
        else:
            after = self.club.rows()
            assert wanted is not None
            assert is_same(after, wanted)
            stacks[1 - way].append((before, after))

    @invariant()
    def the_log_tells_of_every_difference(self) -> None:
        batch = self.log.read(self.club.outside, self.seen)
        now = self.club.rows()
        places = {(change.table, change.key) for change in batch.changes}
        for place in now.keys() | self.known.keys():
            if repr(now.get(place)) != repr(self.known.get(place)):
                assert place in places
        self.seen, self.known = batch.newest, now


AnyHistory.TestCase.settings = settings(
    max_examples=500 if LONG else 40, stateful_step_count=30 if LONG else 15, deadline=None
)
TestAnyHistory = AnyHistory.TestCase
