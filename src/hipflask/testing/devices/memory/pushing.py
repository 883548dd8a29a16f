"""One push, applied whole but for what has to be refused: all is tried, whoever is to blame is left out, and all is tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from hipflask.store.models.shared import PushedChange, PushRule
from hipflask.store.types.exact import Exact
from hipflask.sync.clock import Stamp, stamped
from hipflask.sync.merge import LAST, Merged, MergeText, merge
from hipflask.sync.messages import Change, Changes, Outcome, Value

from .draft import Complaint, Draft
from .mirror import Mirror
from .schema import Schema
from .state import KeyOf, Place, Row, State, Touched

Rules = Mapping[type, Sequence[PushRule]]


class Pushing:
    """One push of one replica."""

    def __init__(
        self, schema: Schema, state: State, mirror: Mirror, rules: Rules, granted: frozenset[str]
    ) -> None:
        self._schema, self._state, self._mirror = schema, state, mirror
        self._granted = granted
        for model in rules:
            model.registry.configure()  # type: ignore[attr-defined]
        self._models: dict[str, tuple[type, Sequence[PushRule]]] = {
            sa.inspect(model).local_table.name: (model, asked) for model, asked in rules.items()
        }

    def apply(self, user: str, replica: str, before: int, pushed: Changes) -> tuple[list[Outcome], int]:
        """Write all that may be written; says what became of the rest, and the newest stamp."""
        self._user = user
        stamps = [
            [
                (stamped(clock, pushed.now, change.seen, before, self._state.clock), replica)
                for clock in change.clocks
            ]
            for change in pushed.changes
        ]
        refused: dict[int, Outcome] = {}
        while True:
            draft = Draft(self._schema, self._state)
            told, bad = self._attempt(draft, pushed.changes, stamps, refused)
            if not bad:
                break
            refused |= bad
        draft.commit(replica)
        outcomes = sorted([*refused.values(), *told.values()], key=lambda outcome: outcome.place)
        for outcome in outcomes:
            change = pushed.changes[outcome.place]
            if change.table in self._schema.tables:
                self._state.outbox.append(Touched((change.table, key_from(change.key)), replica))
        newest = max((stamp for each in stamps for stamp, _ in each), default=before)
        return [outcome for outcome in outcomes if outcome.code], max(before, newest)

    def _attempt(
        self,
        draft: Draft,
        changes: Sequence[Change],
        stamps: list[list[Stamp]],
        refused: Mapping[int, Outcome],
    ) -> tuple[dict[int, Outcome], dict[int, Outcome]]:
        told: dict[int, Outcome] = {}
        bad: dict[int, Outcome] = {}
        for at, change in enumerate(changes):
            if at not in refused:
                outcome = self._one(draft, at, change, stamps[at])
                if outcome is not None:
                    (told if outcome.code in ("", "merged") else bad)[at] = outcome
        complaints = [] if bad else [*draft.complaints(), *self._strangers(draft)]
        if not bad and not complaints:
            complaints = [
                Complaint(draft.causes[place], "check", sentence)
                for place, sentence in self._mirror.write(draft.rows).items()
            ]
        for each in complaints:
            bad.setdefault(each.cause, Outcome(each.cause, each.code, each.sentence, [*each.columns]))
        return told, bad

    def _one(self, draft: Draft, at: int, change: Change, stamps: list[Stamp]) -> Outcome | None:
        """Put one change into the draft; None if it was taken as it came, and no code if it was taken otherwise."""
        problem = self._malformed(change)
        if problem is not None:
            return replace_place(problem, at)
        place = (change.table, key_from(change.key))
        row = draft.get(*place)
        if row is not None and self._schema.scope_of(draft.get, change.table, row) not in self._granted:
            return Outcome(at, "scope", "This row is not yours to change.", [])
        rules = self._schema.rules[change.table]
        states = {name: state for name in rules if (state := draft.document(*place, name)) is not None}
        try:
            merged = merge(change, stamps, row, draft.marks_of(place), rules, states, _merge_text(rules))
        except (TypeError, ValueError) as error:  # of a function of the app's, or an update that is none
            return Outcome(at, "value", str(error), [])
        if merged.code == "deleted":
            return Outcome(at, "deleted", "The row was deleted meanwhile.", list(merged.lost))
        outcome = self._take(draft, at, place, row, merged)
        if outcome is None and merged.code:
            return Outcome(at, merged.code, "Others have changed this later.", list(merged.lost))
        return outcome or self._otherwise(at, change, draft.get(*place))

    def _take(self, draft: Draft, at: int, place: Place, row: Row | None, merged: Merged) -> Outcome | None:
        table, key = place
        after = None
        if merged.kind in ("insert", "update"):
            values = {**(row or self._empty(table)), **merged.values}
            after = self._schema.with_key(table, key, values)
            for name in merged.values:
                if sentence := self._schema.refused_value(table, name, after[name]):
                    return Outcome(at, "value", sentence, [name])
        if merged.kind != "nothing" and (sentence := self._rule(table, merged.kind, row, after)):
            return Outcome(at, "rule", sentence, [])
        if merged.kind == "delete":
            draft.delete(place, merged.marks, at)
            return None
        if after is not None:
            draft.put(place, after, frozenset(merged.values) if merged.kind == "update" else None, at)
        draft.marks[place] = merged.marks
        for name, state in merged.states.items():
            draft.documents[table, key, name] = state
        return None

    def _malformed(self, change: Change) -> Outcome | None:
        table = self._schema.tables.get(change.table)
        if table is None:
            return Outcome(0, "value", f"There is no table {change.table!r} here.", [])
        key = key_from(change.key)
        parts = key if isinstance(key, tuple) else (key,)
        is_whole = change.kind in ("insert", "update", "delete") and len(parts) == len(
            self._schema.keys[change.table]
        )
        counts = (len(change.columns), len(change.values), len(change.clocks))
        wanted = (0, 0, 1) if change.kind == "delete" else (len(change.columns),) * 3
        if not is_whole or counts != wanted or not change.clocks:
            return Outcome(0, "value", "This change says too little, or too much.", [])
        known = self._schema.columns[change.table]
        for name in change.columns:
            if name not in known:
                return Outcome(0, "value", f"There is no column {name!r} in {change.table!r}.", [name])
        for name, part in zip(self._schema.keys[change.table], parts, strict=True):
            if sentence := self._schema.refused_value(change.table, name, part):
                return Outcome(0, "value", sentence, [name])
        return None

    def _empty(self, table: str) -> Row:
        names = self._schema.columns[table]
        return {name: self._schema.default(table, name) for name in names}

    def _otherwise(self, at: int, change: Change, row: Row | None) -> Outcome | None:
        """A note without a code where a rule has made another value of what came: the replica is to see it."""
        rules = self._schema.rules[change.table]
        same = [
            rules.get(name, LAST).kind in ("last", "server") or (row is not None and row[name] == value)
            for name, value in zip(change.columns, change.values, strict=True)
        ]
        return None if all(same) else Outcome(at, "", "", [])

    def _strangers(self, draft: Draft) -> list[Complaint]:
        """Rows that would be where this user may not write."""
        return [
            Complaint(draft.causes[table, key], "scope", "This row would not be yours.")
            for (table, key), row in draft.rows.items()
            if row is not None and self._schema.scope_of(draft.get, table, row) not in self._granted
        ]

    def _rule(self, table: str, kind: Any, old: Row | None, new: Row | None) -> str:
        """What a rule of the app's has against it."""
        model, asked = self._models.get(table, (object, ()))
        for rule in asked:
            try:
                rule(PushedChange(self._user, model, kind, _instance(model, old), _instance(model, new)))
            except ValueError as error:
                return str(error) or "A rule of the hub refuses this."
        return ""


def key_from(key: Any) -> KeyOf:
    """A key as it is kept, of one that came in a message."""
    return tuple(key) if isinstance(key, list) else key


def key_to(key: KeyOf) -> Any:
    """And the other way."""
    return list(key) if isinstance(key, tuple) else key


def replace_place(outcome: Outcome, at: int) -> Outcome:
    """The same about another change."""
    return Outcome(at, outcome.code, outcome.sentence, outcome.columns)


def _instance(model: type, row: Row | None) -> Any:
    """A row as an instance of its model that belongs to no session."""
    if row is None:
        return None
    mapper: Any = sa.inspect(model)
    instance = mapper.class_manager.new_instance()
    for name, column in mapper.columns.items():
        kept: Value = row.get(column.name)
        read = column.type.reader(False) if isinstance(column.type, Exact) else None
        set_committed_value(instance, name, kept if read is None or kept is None else read(kept))
    return instance


def _merge_text(rules: Mapping[str, Any]) -> MergeText | None:
    if all(rule.kind != "text" for rule in rules.values()):
        return None
    from hipflask.sync.texts import merged

    found: Callable[..., tuple[bytes, str]] = merged
    return found
