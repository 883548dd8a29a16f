"""The rows of a query as a file of CSV or JSON lines.

    db.export(Player, "players.csv")
    db.export(db.select(Player.name, Team.name.label("team")).join(Team), "teams.jsonl")

The file has that name once all of it is there; until then, and if something goes wrong, what had the name before stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...core.errors import UsageError
from ..backup.backup import Progress, saying, synced
from ..bulk import BITE
from ..models.rows import Row
from ..types.json_type import Json
from .lines import is_csv
from .texts import json_of, text_of

_NEEDS_QUOTES = frozenset('",\r\n')


def export(session: Session, query: Any, file: Path, progress: Progress | None = None) -> int:
    """Write the rows of a model or a query to a file, as they are at this moment; returns how many."""
    as_csv = is_csv(file)
    line = _csv_line if as_csv else _json_line
    names, statement = _columns(query)
    types = [column.type for column in statement.selected_columns]
    total = int(
        session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
    )
    partial = file.with_name(f".{file.name}.{uuid.uuid4().hex}.partial")
    count = 0
    try:
        with saying(file), partial.open("wb") as out:
            if as_csv:
                out.write(_joined(names))
            rows = session.connection().execution_options(yield_per=BITE).execute(statement)
            for bite in rows.partitions():
                out.writelines(line(names, types, row) for row in bite)
                count += len(bite)
                if progress is not None:
                    progress(count, max(count, total))
        with saying(file):
            synced(partial)
            partial.replace(file)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return count


def _csv_line(names: Sequence[str], types: Sequence[Any], row: Sequence[Any]) -> bytes:
    return _joined([text_of(value, isinstance(kind, Json)) for value, kind in zip(row, types, strict=True)])


def _joined(fields: Iterable[str | None]) -> bytes:
    return (",".join(map(_quoted, fields)) + "\n").encode()


def _quoted(field: str | None) -> str:
    if field is None:
        return ""
    if field and _NEEDS_QUOTES.isdisjoint(field):
        return field
    return '"' + field.replace('"', '""') + '"'


def _json_line(names: Sequence[str], types: Sequence[Any], row: Sequence[Any]) -> bytes:
    return json_of(dict(zip(names, row, strict=True))) + b"\n"


def _columns(query: Any) -> tuple[list[str], Any]:
    """The names and the query of the columns: those of a model by its own names for them."""
    query = sa.select(query) if isinstance(query, type) else query
    found: list[tuple[str, Any]] = []
    for part in query.column_descriptions:
        if isinstance(part["expr"], type) and issubclass(part["expr"], Row):
            mapper = sa.inspect(part["expr"])
            found += [(name, getattr(part["expr"], name)) for name, _ in mapper.columns.items()]
        else:
            found.append((part["name"], part["expr"]))
    names = [name for name, _ in found]
    if len(set(names)) < len(names) or not all(names):
        raise UsageError(
            f'The columns to export are {", ".join(map(str, names))}: each needs a name of its own. Write `.label("…")`.'
        )
    columns = [column.label(name) for name, column in found]
    return names, query.with_only_columns(*columns, maintain_column_froms=True)
