"""What PostgreSQL has against a change, in a code and a sentence; and which of its errors are not about a change at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors

from ...core.words import join
from .deciding import SERVER_FAULT

Cursor = psycopg.Cursor[Any]

# Classes of errors that any change would meet: connections, collisions, a database that may not be written, rights, statements
# that do not fit the tables, rows held by somebody, resources, operators. Trying again may help, refusing a change would not.
_NOT_OF_A_CHANGE = ("08", "25", "28", "3D", "3F", "40", "42", "53", "55", "57", "58", "F0", "XX")


@dataclass(frozen=True)
class Fault:
    """Why a change was not written, as its `Outcome` will say."""

    code: str
    sentence: str
    columns: Sequence[str] = ()
    is_of_key: bool = False  # there is a row of this key already


def is_of_a_change(error: psycopg.Error, connection: psycopg.Connection[Any]) -> bool:
    """Whether it is what was to be written that cannot be, and everything else can go on."""
    state = error.sqlstate or ""
    return bool(state) and not connection.closed and state[:2] not in _NOT_OF_A_CHANGE


def fault_of(cursor: Cursor, error: psycopg.Error, is_delete: bool) -> Fault:
    """The fault of one change; the transaction has to be usable again."""
    match error:
        case errors.UniqueViolation():
            columns, is_key = _indexed(cursor, error)
            return Fault("unique", f"Another row has the same {join(columns, 'and')}.", columns, is_key)
        case errors.ForeignKeyViolation() | errors.RestrictViolation() if is_delete:
            return Fault("reference", "Other rows refer to this one.")
        case errors.ForeignKeyViolation():
            return _reference(cursor, error)
        case errors.CheckViolation() | errors.ExclusionViolation():
            return Fault("check", f"This does not fit ({error.diag.constraint_name}).")
        case errors.NotNullViolation():
            name = error.diag.column_name or "a column"
            return Fault("value", f"{name} has to have a value.", [name])
        case errors.RaiseException():  # a trigger of the app's database
            return Fault("rule", error.diag.message_primary or "The hub's database is against this.")
        case errors.NoDataFound():
            return Fault("deleted", "The row was deleted meanwhile.")
        case psycopg.DataError() | errors.ProgramLimitExceeded():
            return Fault("value", f"The hub's database does not take this: {error.diag.message_primary}.")
    return Fault("server", SERVER_FAULT)


def _indexed(cursor: Cursor, error: psycopg.Error) -> tuple[list[str], bool]:
    """The columns that have to be unique together, and whether they are the key."""
    found = cursor.execute(
        "SELECT array_agg(a.attname::text ORDER BY a.attnum), bool_or(i.indisprimary) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE c.relname = %s AND n.nspname = %s",
        (error.diag.constraint_name, error.diag.schema_name),
    ).fetchone()
    columns, is_key = found or (None, False)
    return columns or ["value"], bool(is_key)  # an index of expressions alone has no columns


def _reference(cursor: Cursor, error: psycopg.Error) -> Fault:
    found = cursor.execute(
        "SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey) "
        "WHERE k.conname = %s AND c.relname = %s AND n.nspname = %s",
        (error.diag.constraint_name, error.diag.table_name, error.diag.schema_name),
    ).fetchone()
    columns = found[0] if found and found[0] else []
    return Fault("reference", f"{join(columns, 'and')} refers to something that is not there.", columns)
