"""Triggers that write down what has changed in a shared table: one row for all rows that a statement has changed in the same way.

    UPDATE item SET price = 2 WHERE shelf = 'A3'     by psql, say, and three rows

makes the trigger on `item` (number 7, whose column `price` has number 2) add to the outbox

    xid    table  keys                     kind  mask   at             origin  rows
    8812   7      {'0199…','019a…','019b…'}  u     0b100  1795385931042          3

Once per statement, not per row: PostgreSQL hands the trigger all changed rows as two tables, `fresh` and `stale`. There are no values, as in
a store's own log: whoever wants them reads the row. More rows than `CHUNK` are written down in several parts, so that the sequencer can take
a large statement bit by bit.

* A changed key is a delete and an insert: the two tables are joined by key, and what has no partner was one of those.
* Before a TRUNCATE there are no such tables; one row of kind `t` says that all that the feed knows has to be looked at.
* `origin` is the replica whose push it is, empty for everybody else.
* The functions are SECURITY DEFINER: whoever may write the table is captured, without rights to our schema.
* The triggers fire ALWAYS, also where a restore or replication has set `session_replication_role`.

Every microsecond here is one of everybody's who writes. So the usual statement of a single row is the first that is tried, and arrays are made
without an aggregate, and without numbering rows, for as long as there are few.

Here is only text; `install.py` runs it and `watch.py` looks whether it is all in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from ...store.changes.capture import bit
from ...store.sql import quoted
from ...store.types.json_type import Json
from .keys import KeyForm
from .layout import ORIGIN, SCHEMA

PREFIX = "hipflask_"
ALL = -1
# More are slower, too: from 128 kB on the memory of each array comes from the system, page by page.
CHUNK = 1_000
# So many chunks are found by passing over those before; from then on numbering all rows is cheaper.
_FEW = 5

_INTO = f'INSERT INTO {SCHEMA}.outbox ("table", keys, rows, kind, mask, at, origin)'
_NOW = f"date_part('epoch', clock_timestamp()) * 1000, coalesce(current_setting('{ORIGIN}', true), '')"


def functions(table: sa.Table, number: int, columns: Mapping[str, int], key: KeyForm) -> dict[str, str]:
    """The body of each trigger function, by the event that fires it."""
    return {
        "insert": _all_of(number, key.of("fresh"), "fresh", "i"),
        "delete": _all_of(number, key.of("stale"), "stale", "d"),
        "truncate": f"BEGIN {_INTO} VALUES ({number}, '{{}}', 1, 't', {ALL}, {_NOW}); RETURN NULL; END",
        "update": _update(table, number, columns, key),
    }


def chunks(keys: str, also: str = "") -> str:
    """SQL: the rows of a query with a column `key` in chunks, as `keys` and `rows`; separately for other columns of it, if they are named."""
    return (
        f"SELECT array_agg(key) AS keys, count(*) AS rows{also} FROM "
        f"(SELECT *, (row_number() OVER () - 1) / {CHUNK} AS chunk FROM ({keys}) AS one) AS numbered GROUP BY chunk{also}"
    )


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


def _all_of(number: int, key: str, changed: str, kind: str) -> str:
    """All rows of a statement, which were inserted or deleted. Names of variables are ones that no column has."""
    values = f"'{kind}', {ALL}, {_NOW}"
    one = f"SELECT {number}, ARRAY[{key}], 1, {values} FROM {changed} WHERE NOT EXISTS (SELECT FROM {changed} OFFSET 1)"
    # OFFSET 0 has it made once, though it is used three times.
    chunk = (
        f"SELECT {number}, keys, cardinality(keys), {values} FROM (SELECT ARRAY("
        f"SELECT {key} FROM {changed} LIMIT {CHUNK} OFFSET hipflask_done) OFFSET 0) AS chunk (keys) WHERE cardinality(keys) > 0"
    )
    rest = f"SELECT {number}, keys, rows, {values} FROM ({chunks(f'SELECT {key} AS key FROM {changed} OFFSET hipflask_done')}) AS rest"
    return (
        f"BEGIN {_INTO} {one}; IF NOT FOUND THEN DECLARE hipflask_done int := 0; hipflask_rows int; BEGIN LOOP "
        f"{_INTO} {chunk} RETURNING rows INTO hipflask_rows; "
        f"EXIT WHEN hipflask_rows IS DISTINCT FROM {CHUNK}; hipflask_done := hipflask_done + {CHUNK}; "
        f"IF hipflask_done = {_FEW * CHUNK} THEN {_INTO} {rest}; EXIT; END IF; "
        "END LOOP; END; END IF; RETURN NULL; END"
    )


def _update(table: sa.Table, number: int, columns: Mapping[str, int], key: KeyForm) -> str:
    names = [column.name for column in table.primary_key]
    mask = _mask(table, names, columns)
    same = " AND ".join(f"fresh.{quoted(name)} = stale.{quoted(name)}" for name in names)
    is_new, is_gone = (f"{alias}.{quoted(names[0])} IS NULL" for alias in ("stale", "fresh"))
    # LIMIT has it planned for a single row, also where the first statement of a session has changed many.
    one = (
        f"SELECT {key.of('fresh')} AS key, {mask} AS mask FROM (SELECT * FROM fresh LIMIT 1) AS fresh "
        f"JOIN (SELECT * FROM stale LIMIT 1) AS stale ON {same} WHERE NOT EXISTS (SELECT FROM fresh OFFSET 1)"
    )
    # A FULL JOIN is never done by nested loops. Plans are kept per session, and one of those, made for a single row, would be slow
    # for a million.
    every = (
        f"SELECT CASE WHEN {is_gone} THEN {key.of('stale')} ELSE {key.of('fresh')} END AS key, "
        f"CASE WHEN {is_new} THEN 'i' WHEN {is_gone} THEN 'd' ELSE 'u' END::\"char\" AS kind, "
        f"CASE WHEN {is_new} OR {is_gone} THEN {ALL} ELSE {mask} END AS mask FROM fresh FULL JOIN stale ON {same}"
    )
    return (
        f"BEGIN {_INTO} SELECT {number}, ARRAY[key], 1, 'u', mask, {_NOW} FROM ({one}) AS one WHERE mask <> 0; "
        f"IF NOT FOUND THEN {_INTO} SELECT {number}, keys, rows, kind, mask, {_NOW} FROM "
        f"({chunks(f'SELECT * FROM ({every}) AS each WHERE mask <> 0', ', kind, mask')}) AS changed; END IF; RETURN NULL; END"
    )


def _mask(table: sa.Table, key: Sequence[str], columns: Mapping[str, int]) -> str:
    """SQL: the columns of which a row has another value than before."""
    by_bit: dict[int, list[str]] = {}
    for name, column_number in columns.items():
        if name not in key:
            by_bit.setdefault(bit(column_number), []).append(_is_other(table, name))
    cases = [
        f"CASE WHEN {' OR '.join(tests)} THEN {1 << place}::bigint ELSE 0 END"
        for place, tests in by_bit.items()
    ]
    return " | ".join(cases) or "0"


def _is_other(table: sa.Table, name: str) -> str:
    fresh, stale = f"fresh.{quoted(name)}", f"stale.{quoted(name)}"
    if name in table.columns and isinstance(
        table.columns[name].type, Json
    ):  # 1 and 1.0 are the same to JSONB, and other texts
        fresh, stale = f"{fresh}::text", f"{stale}::text"
    return f"{fresh} IS DISTINCT FROM {stale}"


def _dollars(body: str) -> str:
    return f"$hipflask${body}$hipflask$"
