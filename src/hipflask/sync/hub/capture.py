"""Triggers that write down what has changed in a shared table: one small row per changed row, for the sequencer.

    UPDATE item SET price = 2 WHERE shelf = 'A3'     by psql, say, and three rows

makes the trigger on `item` (number 7, whose column `price` has number 2) add to the outbox

    xid    table  key      kind  mask   at             origin
    8812   7      '0199…'  u     0b100  1795385931042                three times, in one INSERT

Once per statement, not per row: PostgreSQL hands the trigger all changed rows as two tables, `fresh` and `stale`. So a million
rows of COPY cost one INSERT … SELECT. There are no values, as in a store's own log: whoever wants them reads the row.

* A changed key is a delete and an insert: the two tables are joined by key, and what has no partner was one of those.
* Before a TRUNCATE there are no such tables; one row of kind `t` says that all that the feed knows has to be looked at.
* `origin` is the replica whose push it is, empty for everybody else.
* The functions are SECURITY DEFINER: whoever may write the table is captured, without rights to our schema.
* The triggers fire ALWAYS, also where a restore or replication has set `session_replication_role`.

Here is only text; `install.py` runs it and `watch.py` looks whether it is all in place.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ...store.changes.capture import bit
from ...store.sql import quoted
from ...store.types.json_type import Json
from .keys import KeyForm
from .layout import ORIGIN, SCHEMA

PREFIX = "hipflask_"
ALL = -1

_INTO = f'INSERT INTO {SCHEMA}.outbox ("table", key, kind, mask, at, origin) SELECT'
# Both are the same for all rows of a statement. Their names are ones that no column has.
_DECLARED = (
    "DECLARE hipflask_at bigint := extract(epoch FROM clock_timestamp()) * 1000; "
    f"hipflask_origin text := coalesce(current_setting('{ORIGIN}', true), ''); "
)


def functions(table: sa.Table, number: int, columns: Mapping[str, int], key: KeyForm) -> dict[str, str]:
    """The body of each trigger function, by the event that fires it."""
    return {
        "insert": _function(
            f"{_INTO} {number}, {key.of('fresh')}, 'i', {ALL}, hipflask_at, hipflask_origin FROM fresh;"
        ),
        "delete": _function(
            f"{_INTO} {number}, {key.of('stale')}, 'd', {ALL}, hipflask_at, hipflask_origin FROM stale;"
        ),
        "truncate": _function(f"{_INTO} {number}, '', 't', {ALL}, hipflask_at, hipflask_origin;"),
        "update": _function(_update(table, number, columns, key)),
    }


def create_function(number: int, event: str, body: str) -> str:
    """The statement that makes a trigger function, or makes it anew."""
    return (
        f"CREATE OR REPLACE FUNCTION {function_name(number, event)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, pg_temp AS {_dollars(body)}"
    )


def create_trigger(table: str, number: int, event: str) -> list[str]:
    """The statements that make a trigger, and have it fire whatever the session's role in replication."""
    tables = {
        "insert": "REFERENCING NEW TABLE AS fresh ",
        "delete": "REFERENCING OLD TABLE AS stale ",
        "update": "REFERENCING OLD TABLE AS stale NEW TABLE AS fresh ",
    }.get(event, "")
    name = trigger_name(event)
    return [
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} {tables}FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {function_name(number, event)}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def trigger_name(event: str) -> str:
    """A trigger's name, the same on every table."""
    return f"{PREFIX}{event}"


def function_name(number: int, event: str) -> str:
    """The name of a table's trigger function."""
    return f"{SCHEMA}.captured_{number}_{event}"


def _update(table: sa.Table, number: int, columns: Mapping[str, int], key: KeyForm) -> str:
    names = [column.name for column in table.primary_key]
    by_bit: dict[int, list[str]] = {}
    for name, column_number in columns.items():
        if name not in names:
            by_bit.setdefault(bit(column_number), []).append(_is_other(table, name))
    cases = [
        f"CASE WHEN {' OR '.join(tests)} THEN {1 << place}::bigint ELSE 0 END"
        for place, tests in by_bit.items()
    ]
    # A FULL JOIN is never done by nested loops. Plans are kept per session, and one of those, made for a single row, would be slow
    # for a million.
    same = " AND ".join(f"fresh.{quoted(name)} = stale.{quoted(name)}" for name in names)
    is_new, is_gone = (f"{alias}.{quoted(names[0])} IS NULL" for alias in ("stale", "fresh"))
    return (
        f"{_INTO} {number}, key, kind, mask, hipflask_at, hipflask_origin FROM ("
        f"SELECT CASE WHEN {is_gone} THEN {key.of('stale')} ELSE {key.of('fresh')} END AS key, "
        f"CASE WHEN {is_new} THEN 'i' WHEN {is_gone} THEN 'd' ELSE 'u' END::\"char\" AS kind, "
        f"CASE WHEN {is_new} OR {is_gone} THEN {ALL} ELSE {' | '.join(cases) or '0'} END AS mask "
        f"FROM fresh FULL JOIN stale ON {same}) AS changed WHERE mask <> 0;"
    )


def _is_other(table: sa.Table, name: str) -> str:
    fresh, stale = f"fresh.{quoted(name)}", f"stale.{quoted(name)}"
    if name in table.columns and isinstance(
        table.columns[name].type, Json
    ):  # 1 and 1.0 are the same to JSONB, and other texts
        fresh, stale = f"{fresh}::text", f"{stale}::text"
    return f"{fresh} IS DISTINCT FROM {stale}"


def _function(statement: str) -> str:
    return f"{_DECLARED}BEGIN {statement} RETURN NULL; END"


def _dollars(body: str) -> str:
    return f"$hipflask${body}$hipflask$"
