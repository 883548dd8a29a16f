"""What becomes of a row when something of it comes, while something else of it is pending here. No database.

here       name "Nut" (pending; the hub had "Bolt"), stock 8 (the hub had 10, so -2 is pending), price 5
comes      name "Screw", stock 15, price 6
becomes    name "Nut", stock 13, price 6; the hub has now "Screw" and 15
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from ...store.changes.names import Key
from .. import texts
from ..messages import Rows, Value
from .pending import Pending
from .shapes import Row, Shape, from_wire, key_getter

DOCUMENT = ":document"  # after a column's name: the document of its text


class Coming(Struct):  # there is one for each row: a dataclass is made in three times the time
    """What the hub has told of one row since the last checkpoint."""

    values: Row
    is_whole: bool = False
    is_gone: bool = False


@dataclass(slots=True)
class Under:
    """What is known of the hub's side of one row in which something is pending."""

    before: Row = field(default_factory=dict)  # what the hub has
    states: dict[str, bytes] = field(default_factory=dict)  # documents, with all that was pushed
    updates: dict[str, list[bytes]] = field(default_factory=dict)  # of documents, that are not settled


class Outcome(Struct):
    """What the row is to be (None: not there), and what is to be noted of the hub's side."""

    row: Row | None
    before: Row = {}
    states: dict[str, bytes | None] = {}  # None: it has none
    is_lost: bool = False  # what was pending cannot be: the row is gone
    is_broken: bool = False  # part of a row that is not here came: something was missed
    is_met: bool | None = None  # of a row that is new here: whether the hub has one of its key, too


Comings = dict[str, dict[Key, Coming]]


def combined(pages: Iterable[Rows], shapes: Mapping[str, Shape]) -> Comings:
    """All that has come, one thing for each row; what comes later counts. Tables that are not known here are left out."""
    found: Comings = {}
    for rows in pages:
        shape = shapes.get(rows.table)
        if shape is None:
            continue
        table = found.setdefault(rows.table, {})
        for key in rows.gone:
            table[from_wire(key)] = Coming({}, is_gone=True)
        key_of = key_getter(shape, rows.columns)
        for values in rows.rows:
            row = dict(zip(rows.columns, values, strict=True))
            key = key_of(values)
            before = table.get(key)
            if rows.is_whole or before is None or before.is_gone:
                table[key] = Coming(row, rows.is_whole)
            else:
                before.values |= row
    return found


def overlaid(
    shape: Shape, coming: Coming, current: Row | None, pending: Pending | None, under: Under
) -> Outcome:
    """What becomes of one row."""
    before = {
        name: coming.values.get(name) for name in under.before if coming.is_gone or name in coming.values
    }
    if pending is not None and pending.is_gone:
        return Outcome(current, before)
    if coming.is_gone:
        is_kept = pending is not None and pending.kind == "insert"
        is_met = False if is_kept else None
        is_lost = pending is not None and not is_kept
        return Outcome(current if is_kept else None, before, is_lost=is_lost, is_met=is_met)
    if current is None:
        return Outcome(as_here(shape, coming), {}, _documents(shape, coming), is_broken=not coming.is_whole)
    columns = {} if pending is None else pending.columns
    row = current | {
        name: value for name, value in coming.values.items() if name in current and name not in columns
    }
    states = {name: state for name, state in _documents(shape, coming).items() if name not in columns}
    for name in columns:
        if name in shape.sums and name in before:
            row[name] = _plus(current[name], before[name], under.before[name])
        if name in shape.texts and name in coming.values and pending is not None and pending.kind == "update":
            row[name], states[name] = _text(name, coming, current, under)
    is_met = True if pending is not None and pending.kind == "insert" else None
    return Outcome(row, before, states, is_met=is_met)


def as_here(shape: Shape, coming: Coming) -> Row:
    """A row that has come, with the columns that are known here."""
    if coming.values.keys() == shape.known:
        return coming.values
    return {name: coming.values[name] for name in shape.columns if name in coming.values}


def _plus(now: Value, hub: Value, hub_before: Value) -> Value:
    return _number(now) + _number(hub) - _number(hub_before)


def _number(value: Value) -> int | float:
    return value if isinstance(value, int | float) else 0


def _documents(shape: Shape, coming: Coming) -> dict[str, bytes | None]:
    """The documents of the texts that came."""
    if not shape.texts:
        return {}
    found = {name: coming.values.get(f"{name}{DOCUMENT}") for name in shape.texts if name in coming.values}
    return {name: state if isinstance(state, bytes) else None for name, state in found.items()}


def _text(name: str, coming: Coming, current: Row, under: Under) -> tuple[str, bytes]:
    """The hub's document with what was pushed, and on top of it what was written here since."""
    document, old, now = coming.values.get(f"{name}{DOCUMENT}"), under.before.get(name), current[name]
    hub = document if isinstance(document, bytes) else texts.initial(_string(coming.values[name]))
    here = under.states.get(name) or texts.initial(_string(old))
    state = hub
    try:
        for update in under.updates.get(name, ()):
            state = texts.merged(state, None, update)[0]
        return texts.merged(state, None, texts.edited(here, _string(now))[1])[1], state
    except ValueError:  # the hub's text is another by now: whoever wrote here last has the word
        return _string(now), state


def _string(value: Value) -> str:
    return value if isinstance(value, str) else ""
