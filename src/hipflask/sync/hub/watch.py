"""Whether all writes of the shared tables are captured, and what to do where they were not.

Somebody may drop or disable a trigger (`ALTER TABLE … DISABLE TRIGGER ALL` before a bulk load, say). What was written meanwhile nobody
knows, so everything in the table counts as changed: it is sent again, and what is gone is noticed by the feed, which knows what there was.
"""

from __future__ import annotations

from collections.abc import Iterable

from .capture import ALL, PREFIX, chunks, create_function, create_trigger, functions, trigger_name
from .database import Connection, Database
from .layout import SCHEMA
from .tables import HubTable

_FOUND = """
    SELECT t.tgname, t.tgenabled = 'A', p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = %s::regclass AND t.tgname LIKE %s"""


def check(database: Database, tables: Iterable[HubTable]) -> list[str]:
    """Put right what no longer captures; a sentence for each table of which something may have been missed."""
    with database.connection() as connection:
        wrong = [table for table in tables if missing(connection, table)]
    sentences = []
    for table in wrong:
        with database.transaction() as connection:
            sentences += [
                f"The trigger {what} of the table {table.name!r} was gone or disabled, so changes may have been missed: "
                "it is in place again, and all rows of the table are sent anew."
                for what in put_right(connection, table)
            ]
    return sentences


def missing(connection: Connection, table: HubTable) -> list[str]:
    """The names of triggers that are not there, or do not fire."""
    found = {name for name, fires, _ in _triggers(connection, table) if fires}
    return [trigger_name(event) for event in _events(table) if trigger_name(event) not in found]


def put_right(connection: Connection, table: HubTable) -> list[str]:
    """Have every write captured from now on; if some were not, all rows count as changed. Says which triggers were missing."""
    texts = {name: text for name, _, text in _triggers(connection, table)}
    if any(texts.get(trigger_name(event)) != body for event, body in _events(table).items()):
        for event, body in _events(table).items():
            connection.execute(create_function(table.number, event, body))
    lacking = missing(connection, table)
    if lacking:
        # Nobody writes from here to the commit, so nothing falls between what is read now and what is captured then.
        connection.execute(f"LOCK TABLE {table.sql} IN SHARE ROW EXCLUSIVE MODE")
        for event in _events(table):
            if trigger_name(event) in lacking:
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger_name(event)} ON {table.sql}")
                for statement in create_trigger(table.sql, table.number, event):
                    connection.execute(statement)
        look_at_everything(connection, table)
    return lacking


def look_at_everything(connection: Connection, table: HubTable) -> None:
    """Have the sequencer look at every row of a table, and at every row that it knew."""
    every = table.key.of("t")
    connection.execute(
        f'INSERT INTO {SCHEMA}.outbox ("table", keys, rows, kind, mask, at, origin) '
        f"SELECT {table.number}, keys, rows, 'r', {ALL}, 0, '' FROM ({chunks(f'SELECT {every} AS key FROM {table.sql} t')}) AS every "
        f"UNION ALL SELECT {table.number}, '{{}}', 1, 't', {ALL}, 0, '' "
        f'WHERE EXISTS (SELECT 1 FROM {SCHEMA}.feed WHERE "table" = {table.number})'
    )


def _triggers(connection: Connection, table: HubTable) -> list[tuple[str, bool, str]]:
    return connection.execute(_FOUND, (table.sql, PREFIX.replace("_", r"\_") + "%")).fetchall()


def _events(table: HubTable) -> dict[str, str]:
    return functions(table.table, table.number, table.numbers, table.key)
