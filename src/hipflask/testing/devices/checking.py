"""What has to be so, at each step or once all is quiet; numbered as in `docs/topics/sync-promises.md`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hipflask.store.models.shared import merge_of
from hipflask.sync.messages import Checkpoint, Message, MessageRefused, Page, Refused, Rows, unpack
from hipflask.sync.replica.inbox import refusals

from .contents import Contents, Row, difference, kept, left, overlaid
from .device import Device
from .memory.schema import Schema
from .network import Link
from .world import Broken, World

SLACK = 600_000  # ms that the hub's stamps may be ahead of its wall: one for each transaction of a moment


class Checks:
    """The promises, held against a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._schema = Schema(world.version.tables)
        self._versions: dict[int, Contents] = {0: world.form.contents()}
        self._sealed: dict[
            bytes, tuple[frozenset[str], Contents]
        ] = {}  # by seal: scopes, and all rows of that version
        self._granted: dict[str, set[str]] = {user: set() for user in world.users}  # ever
        self._stamp = 0
        self._at: dict[str, int] = {}  # the version that a device has
        self._note_granted()

    # ── the hub ───────────────────────────────────────────────────────────────────────────────────

    def step(self) -> bool:
        """Have the hub make a version, and remember what it was; whether there was one."""
        if not self._world.form.step():
            return False
        self._versions[self._world.form.version()] = self._world.form.contents()
        self._note_granted()
        return True

    def restored(self) -> None:
        """The hub was put back: versions after this one never were, and clocks begin anew."""
        version = self._world.form.version()
        self._versions = {number: rows for number, rows in self._versions.items() if number <= version}
        self._stamp = 0
        self._at.clear()
        self._note_granted()

    def sent(self, link: Link, message: Message) -> None:
        """The hub sends something to a replica."""
        visitor = link.talk.visitor
        assert visitor is not None
        self._note_granted()  # a download goes on with what was granted when it began, also if that was for a moment
        if isinstance(message, Checkpoint):
            self._sealed[message.seal] = frozenset(visitor.scopes), self._version(message.version)
            self._check_stamp(message)
        if isinstance(message, Page):
            for rows in unpack(message.body, list[Rows]):
                self._check_scope(visitor.user, rows)

    def _version(self, number: int) -> Contents:
        """What there was in a version."""
        if number not in self._versions:
            raise Broken(f"5: a checkpoint of version {number}, which there is not")
        return self._versions[number]

    def _check_stamp(self, message: Checkpoint) -> None:
        wall = self._world.form.wall()
        if not 0 <= message.stamp <= wall + SLACK:
            raise Broken(f"15: a checkpoint has the stamp {message.stamp}, and it is {wall}")
        newest = max(self._versions)
        if message.version == newest:
            if message.stamp < self._stamp:
                raise Broken(f"15: stamps went back from {self._stamp} to {message.stamp}")
            self._stamp = message.stamp

    def _check_scope(self, user: str, rows: Rows) -> None:
        """Nobody is ever sent a row of a scope that he never had."""
        keys = self._schema.keys[rows.table]
        for values in rows.rows:
            row = dict(zip(rows.columns, values, strict=True))
            key = self._schema.key_of(rows.table, row)
            if not self._scopes_of(rows.table, key) & self._granted[user]:
                raise Broken(
                    f"8: {user} was sent {rows.table} {key!r}, which was never in a scope of his ({keys})"
                )

    def _scopes_of(self, table: str, key: Any) -> set[str | None]:
        """All scopes that a row was ever in."""
        found: set[str | None] = set()
        for contents in [*self._versions.values(), self._world.form.contents()]:
            row = contents[table].get(key)
            if row is not None:
                found.add(self._scope(contents, table, row))
        return found

    def _scope(self, contents: Contents, table: str, row: Any) -> str | None:
        return self._schema.scope_of(lambda name, key: contents[name].get(key), table, row)

    def _note_granted(self) -> None:
        for user, ever in self._granted.items():
            ever |= {"", *self._world.form.granted(user)}

    # ── devices ───────────────────────────────────────────────────────────────────────────────────

    def refused(self, link: Link | None, error: MessageRefused) -> None:
        """A message was none: that may be only where the network has spoilt it."""
        if link is None or not link.is_spoilt:
            raise Broken(f"6: on a connection that delivered everything in order: {error}")

    def turned_away(self, link: Link | None, refused: Refused) -> None:
        """The hub has ended a connection."""
        is_known = refused.code == "busy" or (
            refused.code == "message" and link is not None and link.is_spoilt
        )
        if not is_known:
            raise Broken(f"14: turned away: {refused.code}: {refused.sentence}")

    def inbox(self, device: Device) -> set[tuple[str, Any]]:
        """Rows of which something was refused."""
        places = {(refusal.table, refusal.key) for refusal in refusals(device.aside)}
        self._world.history.refuse(places, device.lineage)
        return places

    def checkpoint(self, device: Device, message: Checkpoint) -> None:
        """A device has applied a checkpoint: it shows the hub's state of that version, under what was written here."""
        self._check_version(device, message)
        (name,) = device.look("SELECT name FROM _hipflask_replica")[0]
        settled = [
            upto
            for (whose, number), upto in device.uptos.items()
            if whose == name and number <= message.settled
        ]
        device.settled = max([device.settled, *settled])
        device.written = [entry for entry in device.written if entry.sequence > device.settled]
        scopes, state = self._sealed[message.seal]
        expected = overlaid(self._of(state, scopes), left(device.written), self._world.version.by_name)
        self._compare(device, expected, f"3, 5: {device.name} at version {message.version}")

    def _of(self, contents: Contents, scopes: Collection[str | None]) -> Contents:
        """What is in these scopes."""
        return kept(contents, lambda table, row: self._scope(contents, table, row) in scopes)

    def _check_version(self, device: Device, message: Checkpoint) -> None:
        (version,) = device.look("SELECT version FROM _hipflask_replica")[0]
        if version != message.version:
            return  # something was missing, and all is asked for anew
        if version < self._at.get(device.name, 0):
            raise Broken(f"4: {device.name} went back from version {self._at[device.name]} to {version}")
        self._at[device.name] = version

    def _compare(self, device: Device, expected: Contents, where: str) -> None:
        refused = self.inbox(device)
        pending = {(entry.table, entry.key) for entry in device.written}
        kinds: dict[tuple[str, Any], list[str]] = {}
        for entry in device.written:
            kinds.setdefault((entry.table, entry.key), []).append(entry.kind)
        # Made and deleted again before anybody heard of it: somebody else's of the same key may be shown, or not yet.
        refused |= {place for place, each in kinds.items() if (each[0], each[-1]) == ("insert", "delete")}
        crowded = {table for table in expected if self._is_crowded(table, expected[table])}

        def is_excused(table: str, key: Any, name: str) -> bool:
            if (table, key) in refused or (table in crowded and (table, key) in pending):
                return True
            column = self._world.version.by_name[table].columns.get(name)
            is_merged = column is not None and merge_of(column).kind in ("text", "max")
            return is_merged and (table, key) in pending

        known = {name: rows for name, rows in expected.items() if name in device.version.by_name}
        if problem := difference(known, device.contents(), is_excused):
            raise Broken(f"{where}: {problem}")

    def reset(self, device: Device, is_restored: bool) -> None:
        """Everything is sent anew. Under a new name, what the hub had acknowledged under the old one counts as settled."""
        if is_restored:
            self._at.pop(device.name, None)
        (upto,) = device.look("SELECT upto FROM _hipflask_replica")[0]
        device.settled = max(device.settled, upto)

    def _is_crowded(self, table: str, rows: Mapping[Any, Row]) -> bool:
        """Whether not all of these can stand beside each other, so that what was written here has to give way."""
        for names in self._schema.uniques(table):
            values = [tuple(row.get(name) for name in names) for row in rows.values()]
            if len({*values}) < len(values):
                return True
        return False

    def put_back(self, device: Device) -> None:
        """A device's file is an older one."""
        self._at.pop(device.name, None)

    # ── quiet ─────────────────────────────────────────────────────────────────────────────────────

    def who_waits(self) -> str:
        """Who does not have everything yet, or has something that others do not; empty: nobody."""
        for device in self._world.devices:
            if device.replica is None or device.talk is None or not device.talk.is_current:
                return f"{device.name} has no checkpoint yet"
            waiting = device.replica.situation().waiting
            if waiting:
                return f"{waiting} rows of {device.name} are waiting"
            if device.look("SELECT number FROM _hipflask_push"):
                return f"a push of {device.name} is not settled"
        return ""

    def all_equal(self) -> None:
        """Everybody has what he may have, and nothing that anybody wrote is lost or counted twice."""
        hub = self._world.form.contents()
        for device in self._world.devices:
            expected = self._of(hub, {"", *self._world.form.granted(device.user)})
            device.written = []
            self.inbox(device)
            known = {name: rows for name, rows in expected.items() if name in device.version.by_name}
            if problem := difference(known, device.contents(), lambda table, key, name: False):
                raise Broken(f"1, 12: {device.name}, when all was quiet: {problem}")
        if problem := self._world.history.complaint(hub):
            raise Broken(problem)
