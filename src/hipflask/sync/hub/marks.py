"""When the values of rows were written, in the hub's own table: `merge.Marks` there and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import psycopg

from ..merge import Marks
from .arrays import array
from .layout import SCHEMA

Cursor = psycopg.Cursor[Any]
NONE = Marks()

_encode = msgspec.json.Encoder().encode
_columns = msgspec.json.Decoder(dict[str, tuple[int, str]]).decode


def read(cursor: Cursor, table: int, keys: Collection[str]) -> dict[str, Marks]:
    """The marks of those rows of a table that have any, held for this transaction; locked in the order of their keys."""
    cursor.execute(
        "SELECT key, born, born_by, gone, gone_by, columns::text "
        f'FROM unnest(%s::text[]) AS wanted (key) JOIN {SCHEMA}.marks USING (key) WHERE "table" = %s '
        "ORDER BY key FOR UPDATE OF marks",
        (array(keys), table),
    )
    return {key: unpacked(*packed) for key, *packed in cursor}


def write(cursor: Cursor, table: int, marks: Mapping[str, Marks], known: Collection[str]) -> None:
    """Write marks down; `known` says of which rows there were some, as `read` gave them.

    Where others have written the first marks of a row meanwhile, UniqueViolation: what was decided without knowing them is to
    be decided again.
    """
    old = {key: each for key, each in marks.items() if key in known}
    new = {key: each for key, each in marks.items() if key not in known}
    if old:
        cursor.execute(
            f"UPDATE {SCHEMA}.marks SET born = new.born, born_by = new.born_by, gone = new.gone, gone_by = new.gone_by, "
            f'columns = new.columns::jsonb FROM {_ROWS} WHERE marks."table" = %s AND marks.key = new.key',
            (*_arrays(old), table),
        )
    if new:
        cursor.execute(
            f'INSERT INTO {SCHEMA}.marks ("table", key, born, born_by, gone, gone_by, columns) '
            f"SELECT %s, key, born, born_by, gone, gone_by, columns::jsonb FROM {_ROWS}",
            (table, *_arrays(new)),
        )


_ROWS = (
    "unnest(%b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::text[]) "  # in binary, for speed
    "AS new (key, born, born_by, gone, gone_by, columns)"
)


def unpacked(
    born: int | None, born_by: str | None, gone: int | None, gone_by: str | None, columns: str
) -> Marks:
    """Marks from the columns of the table."""
    return Marks(
        None if born is None else (born, born_by or ""),
        _columns(columns),
        None if gone is None else (gone, gone_by or ""),
    )


def _arrays(marks: Mapping[str, Marks]) -> tuple[list[Any], ...]:
    rows = [
        (key, *(each.born or (None, None)), *(each.gone or (None, None)), _encode(each.columns).decode())
        for key, each in sorted(marks.items())
    ]
    return tuple(map(list, zip(*rows, strict=True)))
