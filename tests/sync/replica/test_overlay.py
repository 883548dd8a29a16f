"""A random history of one replica against a naive hub: what is here is always the hub's state, overlaid by what is not settled.

The hub is a dict that takes every push as it comes. The oracle knows nothing of logs, triggers and befores: it keeps what a person
wrote since the newest settled push, and writes it once more upon the hub's rows.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from shelf import ITEM, Shelf, models

from hipflask.store.engine import connect
from hipflask.sync.messages import Ack, Begin, Changes, Checkpoint, Page, Push, Rows, Welcome, pack, unpack
from hipflask.sync.replica import receiving

DB = models()
KEYS = st.sampled_from("abc")
COLUMNS = st.sampled_from(["price", "stock", "street", "name"])
NUMBERS = st.integers(0, 3)

Row = dict[str, Any]


def value_of(column: str, key: str, number: int) -> Any:
    if column in ("price", "stock"):
        return number
    return f"{key}{number}" if column == "name" else "xyz."[number]


@dataclass
class Written:
    """What a person did to one row: a whole row, None for a delete, or some columns; sums as what was added."""

    key: str
    row: Row | None
    is_update: bool = False


@dataclass
class World:
    """The naive hub, and what a person wrote."""

    hub: dict[str, Row] = field(default_factory=dict)
    version: int = 0
    sent: dict[str, Row] = field(default_factory=dict)  # the hub's rows as of the newest checkpoint
    told: int = 0  # its version
    applied: int = 0
    pushed: dict[int, list[Written]] = field(default_factory=dict)  # what is in pushes that are not settled
    unpushed: list[Written] = field(default_factory=list)


def written_upon(rows: dict[str, Row], writings: list[Written]) -> dict[str, Row]:
    """These writings, upon those rows; what is to change a row that is gone is lost, and inserting is over whatever is there."""
    rows = {key: dict(row) for key, row in rows.items()}
    for each in writings:
        if each.row is None:
            rows.pop(each.key, None)
        elif not each.is_update:
            rows[each.key] = dict(each.row)
        elif each.key in rows:
            row = rows[each.key]
            row |= {name: value + row[name] if name == "stock" else value for name, value in each.row.items()}
    return rows


class Overlay(RuleBasedStateMachine):
    """One device and its naive hub."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(_template(), self.folder / "overlay.sqlite")
        self.shelf = Shelf(self.folder / "overlay.sqlite", DB, _quick)
        self.shelf.own.execute("PRAGMA synchronous = OFF")
        self.world = World()
        self.push: list[Push] = []
        self.is_direct = False

    def teardown(self) -> None:
        self.shelf.close()
        shutil.rmtree(self.folder)
        receiving.MOST_AT_ONCE = 20_000

    @initialize(is_direct=st.booleans())
    def begin(self, is_direct: bool) -> None:
        self.is_direct = is_direct
        self.shelf.welcome()

    # ── here ──────────────────────────────────────────────────────────────────────────────────────

    @rule(key=KEYS, number=NUMBERS)
    def insert(self, key: str, number: int) -> None:
        # A key that others have made meanwhile is what uuids are there to rule out; one's own may come again.
        is_known = key not in self.world.hub or key in self.world.sent
        if self.shelf.item(key) is None and is_known:
            row = {"id": key, "name": f"{key}{number}", "kind": None, "price": number, "stock": number}
            row |= {"notes": "", "street": "", "town": ""}
            self.shelf.write(
                f"INSERT INTO item (id, name, price, stock) VALUES ('{key}', '{key}{number}', {number}, {number})"
            )
            self.world.unpushed.append(Written(key, row))

    @rule(key=KEYS, column=COLUMNS, number=NUMBERS)
    def update(self, key: str, column: str, number: int) -> None:
        before = self.shelf.item(key)
        value = value_of(column, key, number)
        if before is None or before[column] == value:
            return
        self.shelf.write(f"UPDATE item SET {column} = {value!r} WHERE id = '{key}'")
        change = {column: value - before[column] if column == "stock" else value}
        if column == "street":
            change["town"] = before["town"]  # they belong together
        self.world.unpushed.append(Written(key, change, is_update=True))

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        if self.shelf.item(key) is not None:
            self.shelf.write(f"DELETE FROM item WHERE id = '{key}'")
            self.world.unpushed.append(Written(key, None))

    @rule()
    def restart(self) -> None:
        """Another process, and another connection."""
        self.shelf.reopened()
        self.shelf.replica.hello()
        self.shelf.replica.welcomed(Welcome("ann", "one", 0, self.world.applied, ""))

    # ── to the hub ────────────────────────────────────────────────────────────────────────────────

    @rule()
    def take(self) -> None:
        again = self.shelf.replica.push()
        if self.push:
            assert [(each.number, each.body) for each in again] == [
                (each.number, each.body) for each in self.push
            ]
        elif again:
            self.push = again
            self.world.pushed[again[0].number], self.world.unpushed = self.world.unpushed, []

    @precondition(lambda self: self.push)
    @rule()
    def apply(self) -> None:
        """The hub takes it; the acknowledgement may take its time."""
        number = self.push[0].number
        if number <= self.world.applied:
            return
        self.world.applied = number
        self.world.version += 1
        for change in unpack(b"".join(part.body for part in self.push), Changes).changes:
            values = dict(zip(change.columns, change.values, strict=True))
            row = self.world.hub.get(change.key)
            if change.kind == "delete":
                self.world.hub.pop(change.key, None)
            elif row is not None:
                is_added = change.kind == "update" and "stock" in values
                row |= values | ({"stock": row["stock"] + values["stock"]} if is_added else {})
            elif change.kind == "insert":
                self.world.hub[change.key] = values

    @precondition(lambda self: self.push and self.push[0].number <= self.world.applied)
    @rule()
    def acknowledge(self) -> None:
        self.shelf.replica.acked(Ack(self.push[0].number, []))
        self.push = []

    # ── at the hub ────────────────────────────────────────────────────────────────────────────────

    @rule(key=KEYS, column=COLUMNS, number=NUMBERS)
    def others_update(self, key: str, column: str, number: int) -> None:
        if key in self.world.hub:
            self.world.hub[key][column] = value_of(column, key, number)
            self.world.version += 1

    @rule(key=KEYS, number=NUMBERS)
    def others_insert(self, key: str, number: int) -> None:
        is_here = any(each.key == key for each in self._unsettled())
        if key not in self.world.hub and not is_here and self.shelf.item(key) is None:
            row = dict.fromkeys(ITEM, "") | {
                "id": key,
                "name": f"{key}{number}",
                "kind": None,
                "price": number,
                "stock": number,
            }
            self.world.hub[key] = row
            self.world.version += 1

    @rule(key=KEYS)
    def others_delete(self, key: str) -> None:
        if self.world.hub.pop(key, None):
            self.world.version += 1

    # ── from the hub ──────────────────────────────────────────────────────────────────────────────

    @rule(is_reset=st.booleans(), is_cut=st.booleans())
    def checkpoint(self, is_reset: bool, is_cut: bool) -> None:
        world = self.world
        if self.is_direct or is_reset:
            receiving.MOST_AT_ONCE = -1 if self.is_direct else 20_000
            self.shelf.replica.begin(Begin(len(world.hub), 0, is_reset, []))
        pages = _pages({} if is_reset else world.sent, world.hub)
        # What was settled meanwhile and changed nothing in the end is sent as well: the hub touches it.
        pages += self._touched(is_reset)
        for rows in pages:
            self.shelf.replica.page(Page(pack([rows]), b"more" if self.is_direct else b""))
        if is_cut:
            self.shelf.replica.lost()
            if not self.is_direct:
                return
            self.restart()
            self.shelf.replica.begin(Begin(len(world.hub), 1, is_reset, []))
        for number in [each for each in world.pushed if each <= world.applied]:
            del world.pushed[number]
        self.shelf.replica.checkpoint(Checkpoint(b"seal", world.version, world.version, world.applied))
        world.sent, world.told = {key: dict(row) for key, row in world.hub.items()}, world.version

    def _touched(self, is_reset: bool) -> list[Rows]:
        keys = {
            each.key
            for number, some in self.world.pushed.items()
            if number <= self.world.applied
            for each in some
        }
        there = [
            [self.world.hub[key][name] for name in ITEM] for key in sorted(keys) if key in self.world.hub
        ]
        gone = [key for key in sorted(keys) if key not in self.world.hub]
        return [Rows("item", ITEM, there, gone, True)] if keys else []

    def _unsettled(self) -> list[Written]:
        return [each for some in self.world.pushed.values() for each in some] + self.world.unpushed

    @invariant()
    def nothing_pending_is_lost_or_seen_twice(self) -> None:
        if (
            not self.is_direct
            or not self.shelf.own.execute("SELECT is_partial FROM _hipflask_replica").fetchone()[0]
        ):
            wanted = written_upon(self.world.sent, self._unsettled())
            assert {row["id"]: row for row in self.shelf.rows()} == wanted


def _pages(before: dict[str, Row], now: dict[str, Row]) -> list[Rows]:
    """What has changed: whole rows that are new, columns of others."""
    pages = [Rows("item", [], [], sorted(key for key in before if key not in now), True)]
    for key, row in sorted(now.items()):
        if key not in before:
            pages.append(Rows("item", ITEM, [[row[name] for name in ITEM]], [], True))
        elif changed := [name for name in ITEM if row[name] != before[key][name]]:
            pages.append(Rows("item", ["id", *changed], [[key, *(row[name] for name in changed)]], [], False))
    return pages


def _template() -> Path:
    if not _templates:
        _templates.append(Path(tempfile.mkdtemp()) / "template.sqlite")
        Shelf(_templates[0], DB).close()
    return _templates[0]


def _quick(file: Path) -> Any:
    connection = connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


_templates: list[Path] = []
Overlay.TestCase.settings = settings(stateful_step_count=30)
TestOverlay = Overlay.TestCase
