"""What a replica is sent: a few rows at once, or a download of many, page by page, while others go on writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from hipflask.sync.messages import Begin, Checkpoint, Page, Rows, pack

from .feed import Due, due
from .pushing import key_from, key_to
from .schema import Schema
from .state import Place, Row, State
from .welcoming import Guest, More, Seal, era_of, sealed

Messages = list[Begin | Page | Checkpoint]


class Sender:
    """What one visitor lacks; each step of `news` is of one moment."""

    def __init__(
        self,
        schema: Schema,
        state: Callable[[], State],
        visitor: Guest,
        granted: Callable[[str], frozenset[str]],
        page: int,
    ) -> None:
        self._schema, self._state, self._visitor = schema, state, visitor
        self._granted, self._most = granted, page

    def news(self) -> Iterator[Messages]:
        """Messages, up to a checkpoint; nothing if everything is there."""
        visitor = self._visitor
        if visitor.resume is not None:
            yield from self._download(visitor.resume)
            return
        self._begin_anew_below_floor()
        granted = self._granted(visitor.user)
        found = self._due(granted)
        has_to_say = visitor.is_new or granted != visitor.scopes or self._has_settled() or self._has_answer()
        if not (found or has_to_say):
            visitor.version = self._state().version
        elif len(found) > self._most:
            yield from self._download(self._beginning(granted))
        else:
            begins = [self._begin(len(found), 0)] if self._is_download() else []
            yield [*begins, *self._pages(found, b""), self._checkpoint(granted)]

    def _begin_anew_below_floor(self) -> bool:
        """Whether graves were forgotten that this replica, though it is here, has not been told of: then it has to have all anew."""
        visitor = self._visitor
        is_below = bool(visitor.version or visitor.scopes) and visitor.version < self._state().floor
        if is_below:
            visitor.version, visitor.scopes, visitor.backfill = 0, frozenset(), frozenset()
        return is_below

    def _is_download(self) -> bool:
        visitor = self._visitor
        return bool(visitor.backfill) or not (visitor.version or visitor.scopes)

    def _begin(self, total: int, done: int) -> Begin:
        return Begin(total, done, self._is_download(), sorted(self._visitor.backfill))

    def _beginning(self, granted: frozenset[str]) -> More:
        visitor, state = self._visitor, self._state()
        scopes = sorted(visitor.scopes), sorted(granted)
        era = era_of(state, state.version)
        return More(
            visitor.version,
            *scopes,
            sorted(visitor.backfill),
            state.version,
            era,
            visitor.replica,
            "",
            None,
            0,
        )

    def _download(self, more: More) -> Iterator[Messages]:
        """Pages of rows as they are by then, and at last what has changed since it began: together the state of one version."""
        visitor, granted = self._visitor, frozenset(more.granted)
        visitor.version, visitor.scopes = more.since, frozenset(more.had)
        visitor.backfill = frozenset(more.backfill)
        found = due(self._state(), more.since, visitor.scopes, granted)
        self._add_backfill(found, granted)
        places = found.places(self._schema)
        if more.table:
            at = self._order((more.table, key_from(more.key)))
            places = [place for place in places if self._order(place) > at]
        yield [self._begin(more.done + len(places), more.done)]
        for start in range(0, len(places), self._most):
            chunk = places[start : start + self._most]
            table, key = chunk[-1]
            more = msgspec.structs.replace(more, table=table, key=key_to(key), done=more.done + len(chunk))
            rows = Due()
            for place in chunk:
                self._add(rows, place, granted)
            yield [*self._pages(rows, sealed(self._state(), more))]
        visitor.version, visitor.scopes, visitor.backfill = more.version, granted, frozenset()
        if self._begin_anew_below_floor():
            yield from self._download(self._beginning(self._granted(visitor.user)))
            return
        now = self._granted(visitor.user)
        last = self._due(now, touched_since=more.since)
        yield [*self._pages(last, sealed(self._state(), more)), self._checkpoint(now)]

    def _due(self, granted: frozenset[str], touched_since: int | None = None) -> Due:
        visitor, state = self._visitor, self._state()
        found = due(state, visitor.version, visitor.scopes, granted)
        since = visitor.version if touched_since is None else touched_since
        for place, at in state.touches.get(visitor.replica, {}).items():
            if at > since:
                self._add(found, place, granted)
        self._add_backfill(found, granted)
        return found

    def _add(self, found: Due, place: Place, granted: frozenset[str]) -> None:
        """A row as it is: the whole of it, or that it has gone as far as this user is concerned."""
        row = self._state().shown[place[0]].get(place[1])
        if row is not None and self._scope(place, row) in granted:
            found.add(place, None)
        else:
            found.gone.add(place)

    def _add_backfill(self, found: Due, granted: frozenset[str]) -> None:
        for table in self._visitor.backfill:
            for key, row in self._state().shown.get(table, {}).items():
                if self._scope((table, key), row) in granted:
                    found.add((table, key), None)

    def _order(self, place: Place) -> tuple[int, str]:
        return self._schema.order[place[0]], repr(place[1])

    def _scope(self, place: Place, row: Row) -> str | None:
        shown = self._state().shown
        return self._schema.scope_of(lambda table, key: shown[table].get(key), place[0], row)

    def _has_settled(self) -> bool:
        known = self._state().replicas.get(self._visitor.replica)
        return known is not None and known.settled > self._visitor.settled

    def _has_answer(self) -> bool:
        """Whether somebody waits for all that is committed, and it has become a version."""
        return self._visitor.asked > self._visitor.answered and not self._state().outbox

    def _checkpoint(self, granted: frozenset[str]) -> Checkpoint:
        state, visitor = self._state(), self._visitor
        if self._has_answer():
            visitor.answered = visitor.asked
        known = state.replicas.get(visitor.replica)
        visitor.version, visitor.scopes, visitor.backfill = state.version, granted, frozenset()
        visitor.settled = known.settled if known is not None else 0
        visitor.is_new, visitor.resume = False, None
        seal = Seal(era_of(state, state.version), state.version, sorted(granted), visitor.replica)
        return Checkpoint(sealed(state, seal), state.version, state.stamp, visitor.settled, visitor.answered)

    def _pages(self, found: Due, more: bytes) -> list[Page]:
        """Rows as they are in the newest version, a page for so many of them."""
        places = found.places(self._schema)
        starts = range(0, len(places), self._most)
        return [Page(pack(self._rows(places[at : at + self._most], found)), more) for at in starts]

    def _rows(self, places: Iterable[Place], found: Due) -> list[Rows]:
        groups: dict[tuple[str, tuple[str, ...], bool], Rows] = {}
        for place in places:
            table, key = place
            row = self._state().shown[table].get(key) if place in found.rows else None
            if row is None:
                group = groups.setdefault((table, (), False), Rows(table, [], [], [], False))
                group.gone.append(key_to(key))
                continue
            columns = found.rows[place]
            sent = self._with_documents(place, row if columns is None else self._part(table, row, columns))
            what = (table, (*sent,), columns is None)
            group = groups.setdefault(what, Rows(table, [*sent], [], [], columns is None))
            group.rows.append([*sent.values()])
        return [*groups.values()]

    def _part(self, table: str, row: Row, columns: frozenset[str]) -> Row:
        keys = self._schema.keys[table]
        return {name: value for name, value in row.items() if name in columns or name in keys}

    def _with_documents(self, place: Place, row: Row) -> Row:
        documents = self._state().shown_documents
        states = {f"{name}:document": documents.get((*place, name)) for name in row}
        return {**row, **{name: state for name, state in states.items() if state is not None}}
