"""Versions: what changed in which scope, and what a replica of one version lacks of another.

The rules are those of the hub in PostgreSQL, written down once more without a database: `step` turns all that was committed since into
the next version, and `due` says what lies between what somebody has and what he may have now.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace

from .schema import Schema
from .state import Fed, Place, Row, Rows, Settled, State, Touched, Written

MOST_COLUMNS = 20  # so many versions back is it known which columns of a row have changed
Columns = frozenset[str] | None  # None: all of them


@dataclass
class Due:
    """Rows that have to be sent (with which columns), and keys of those that have gone; a row that is in both is there."""

    rows: dict[Place, Columns] = field(default_factory=dict)
    gone: set[Place] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.rows) + len(self.gone - self.rows.keys())

    def add(self, place: Place, columns: Columns) -> None:
        """A row is due; what is due of it already stays so."""
        before = self.rows.get(place, frozenset())
        self.rows[place] = None if columns is None or before is None else columns | before

    def places(self, schema: Schema) -> list[Place]:
        """All of them, in an order that is always the same: tables that others refer to first."""
        order = schema.order
        return sorted({*self.rows, *self.gone}, key=lambda place: (order[place[0]], repr(place[1])))


def step(schema: Schema, state: State, now: int) -> bool:
    """Make the next version of all that was committed since; whether there was anything."""
    outbox, state.outbox = state.outbox, []
    if not outbox:
        return False
    state.version += 1
    state.stamp = state.clock
    written = [each for each in outbox if isinstance(each, Written)]
    columns: dict[Place, Columns] = {}
    origins: dict[Place, set[str]] = defaultdict(set)
    for each in written:
        before = columns.get(each.place, frozenset())
        columns[each.place] = None if each.columns is None or before is None else before | each.columns
        origins[each.place].add(each.origin)
    for place, changed in _with_dependents(schema, state, columns).items():
        _feed(schema, state, place, changed, now)
    for said in outbox:
        if isinstance(said, Touched):
            _touch(state, said.replica, said.place)
        elif isinstance(said, Settled) and said.replica in state.replicas:
            known = state.replicas[said.replica]
            state.replicas[said.replica] = replace(known, settled=max(known.settled, said.number))
    for place, names in origins.items():
        # Who wrote it has it already, whatever the feed knows: it may have come and gone within this version, and his scope may be
        # taken from him before he hears of it.
        is_new = place[1] not in state.shown[place[0]]
        if len(names) > 1 or is_new or place[1] not in state.rows[place[0]]:
            for name in names - {""}:
                _touch(state, name, place)
    for table, key in columns:
        _show(schema, state, table, key)
    return True


def due(state: State, since: int, had: frozenset[str], granted: frozenset[str]) -> Due:
    """What somebody lacks who has version `since` of the scopes in `had`, and may have those in `granted`."""
    found = Due()
    start = bisect_right(state.log, since, key=lambda entry: entry[0])
    for _, scope, place in state.log[start:]:
        if scope in had & granted:
            fed = state.feed[scope].get(place)
            if fed is None:
                continue
            if fed.is_gone:
                found.gone.add(place)
            else:
                found.add(place, None if fed.born > since else _columns(fed, since))
    for scope in granted - had:
        for place, fed in state.feed.get(scope, {}).items():
            if not fed.is_gone:
                found.add(place, None)
    for scope in had - granted:
        for place, fed in state.feed.get(scope, {}).items():
            # Born since or not: a download may have brought it already, and who made it had it from the beginning.
            if not fed.is_gone or fed.version > since:
                found.gone.add(place)
    return found


def forget(state: State, graves: int, changes: int) -> None:
    """Forget the graves of before one moment, and what changed in which column before another."""
    for scope, fed in state.feed.items():
        for place, entry in [*fed.items()]:
            if entry.is_gone and entry.at < graves:
                state.floor = max(state.floor, entry.version)
                del fed[place]
            elif entry.at < changes:
                fed[place] = replace(entry, columns=((entry.version, None),))
        state.feed[scope] = fed
    state.log = [entry for entry in state.log if entry[2] in state.feed[entry[1]]]


def _with_dependents(schema: Schema, state: State, changed: dict[Place, Columns]) -> dict[Place, Columns]:
    """With those further down a path to a scope, which may be in another one now."""
    tables = {table for table, _ in changed}
    found = dict(changed)
    for table in schema.is_down_a_path:
        if tables & schema.above[table]:
            for key in {*state.rows[table], *state.shown[table]}:
                if _scope(schema, state.shown, table, key) != _scope(schema, state.rows, table, key):
                    found.setdefault((table, key), None)
    return found


def _feed(schema: Schema, state: State, place: Place, columns: Columns, now: int) -> None:
    before, after = _scope(schema, state.shown, *place), _scope(schema, state.rows, *place)
    version = state.version
    if before is not None and before != after:
        fed = state.feed[before][place]
        state.feed[before][place] = replace(fed, version=version, is_gone=True, at=now)
        state.log.append((version, before, place))
    if after is not None:
        fed_there = state.feed.setdefault(after, {})
        if before == after:
            old = fed_there[place]
            known = (*old.columns, (version, columns))
            if len(known) > MOST_COLUMNS:
                known = ((known[1][0], None), *known[2:])
            fed_there[place] = replace(old, version=version, at=now, columns=known)
        else:
            # Who was away while it was elsewhere has had it since it came here first.
            born = fed_there[place].born if place in fed_there else version
            fed_there[place] = Fed(born, version, False, now, ((version, None),))
        state.log.append((version, after, place))


def _columns(fed: Fed, since: int) -> Columns:
    """Which columns have changed since; all, where nobody knows any more."""
    known = [columns for version, columns in fed.columns if version > since]
    if not known or None in known:
        return None
    return frozenset().union(*(columns for columns in known if columns is not None))


def _scope(schema: Schema, rows: Rows, table: str, key: object) -> str | None:
    def get(name: str, of: object) -> Row | None:
        return rows[name].get(of)

    row = rows[table].get(key)
    return None if row is None else schema.scope_of(get, table, row)


def _touch(state: State, replica: str, place: Place) -> None:
    state.touches.setdefault(replica, {})[place] = state.version


def _show(schema: Schema, state: State, table: str, key: object) -> None:
    for name, rule in schema.rules[table].items():
        document = state.documents.get((table, key, name)) if rule.kind == "text" else None
        if document is None:
            state.shown_documents.pop((table, key, name), None)
        else:
            state.shown_documents[table, key, name] = document
    row = state.rows[table].get(key)
    if row is None:
        state.shown[table].pop(key, None)
    else:
        state.shown[table][key] = row
