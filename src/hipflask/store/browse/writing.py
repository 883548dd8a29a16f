"""Cells that a person has edited, pasted or cleared, written into their rows: through the model, all or none, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...core.errors import EntryError
from ..collecting import paused
from ..models.bound import broken, entered
from ..models.rows import Row
from ..types.choices import Choice
from .conditions import chosen
from .shown import Column, Shown

AT_ONCE = 500

Cell = tuple[tuple[Any, ...], str, object]
Values = dict[str, Any]


def write_cells(session: Session, shown: Shown, cells: Iterable[Cell]) -> None:
    """Put values into cells; raises EntryError where one does not fit, LookupError where a row is gone."""
    wanted: dict[type[Row], dict[tuple[Any, ...], Values]] = {}
    for key, name, value in cells:
        column = shown.column(name)
        if column.model is None or column.model not in shown.owners:
            raise EntryError(f"{name} is calculated, and cannot be changed.")
        own = key[shown.owners[column.model]]
        wanted.setdefault(column.model, {}).setdefault(own, {})[column.attribute] = _fitting(column, value)
    with paused():
        for model, rows in wanted.items():
            _write(session, model, rows)


def remove_rows(session: Session, shown: Shown, keys: Sequence[tuple[Any, ...]]) -> None:
    """Delete the rows of the model that is shown; those that are gone do not matter."""
    if shown.model is None:
        raise EntryError("These rows are calculated, and cannot be deleted.")
    own = list(dict.fromkeys(key[shown.owners[shown.model]] for key in keys))
    with paused():
        for row in _rows(session, shown.model, own).values():
            session.delete(row)
        _flush(session)


def _fitting(column: Column, value: object) -> Any:
    kind, stored = column.expression.type, column.stored
    assert stored is not None
    if isinstance(kind, Choice) and isinstance(value, str) and value:
        return chosen(kind, value)
    return entered(column.name, kind, value, is_optional=bool(stored.nullable))


def _write(session: Session, model: type[Row], rows: dict[tuple[Any, ...], Values]) -> None:
    found = _rows(session, model, list(rows))
    gone = len(rows) - len(found)
    if gone:
        raise LookupError(
            "This row has been deleted meanwhile."
            if gone == 1
            else f"{gone:,} of these rows have been deleted meanwhile."
        )
    for key, values in rows.items():
        for name, value in values.items():
            setattr(found[key], name, value)
    _flush(session)


def _rows(session: Session, model: type[Row], keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Any]:
    columns = sa.inspect(model).primary_key
    found = {}
    for some in _several(keys):
        is_one = len(columns) == 1
        wanted = (
            columns[0].in_([key[0] for key in some])
            if is_one
            else sa.or_(*(_has(columns, key) for key in some))
        )
        for row in session.scalars(sa.select(model).where(wanted)):
            found[tuple(sa.inspect(row).identity)] = row
    return found


def _has(columns: Sequence[Any], key: tuple[Any, ...]) -> Any:
    return sa.and_(*(column == part for column, part in zip(columns, key, strict=True)))


def _several(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(keys), AT_ONCE):
        yield keys[at : at + AT_ONCE]


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise EntryError(broken(error)) from error
