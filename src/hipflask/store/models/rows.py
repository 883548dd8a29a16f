"""What every row can do: be made, changed and deleted; and what it refuses once it has been drawn.

A row that was read while drawing, or whose unit of work has ended, is a snapshot: it says what was there then. `update`,
`delete` and `bind` on it act on the row of that key as it is now, in the unit of work of whoever calls them.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast, dataclass_transform

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.state import InstanceState

from ...core.errors import MISSING, RowGone, UsageError
from ...core.ports import Snapshot
from ..search.index import search
from ..types.exact import Exact, ValueRefused
from .bound import BoundField

DRAWING = "hipflask.drawing"  # in a session's info: the rows that it reads are for looking at

_STATE = "_sa_instance_state"
_set = object.__setattr__


@dataclass_transform(kw_only_default=True)
class Row(Snapshot):
    """The base of all models."""

    __store__: ClassVar[Any]
    __abstract__ = True

    def __init__(self, *args: Any, **values: Any) -> None:
        """A new row, with its values by name, or in the order in which the model names its columns."""
        model = type(self)
        if args:
            values = {**_by_place(model, args, values), **values}
        exacts = _exacts(model)
        for name, value in values.items():
            exact = exacts.get(name)
            if exact is not None:
                value = _fitting(exact, value, model, name)
            elif not hasattr(model, name):
                raise UsageError(unknown(model, name))
            _set(self, name, value)
        for name, default in defaults_of(model).items():
            if name not in values and name not in self.__dict__:
                if default is MISSING:
                    raise UsageError(_missing(model, values))
                _set(self, name, default() if callable(default) else default)

    @classmethod
    def create(cls, **values: Any) -> Self:
        """Write a new row; returns it."""
        row = cls(**values)
        with cls.__store__.writing(f"{cls.__name__}.create") as session:
            session.add(row)
            session.flush()
        return row

    @classmethod
    def search(cls, text: str, /) -> sa.Select[tuple[Self]]:
        """The rows in which the words of a text are found, the best first, as a query: `db.all(Item.search("bolt nut"))`.

        The last word may be the beginning of one, words in quotes stand in this order, and `-word` must not be there. An empty text
        finds all rows. The model says what is searched: `class Item(db.Model, search=("name", "notes")):`.
        """
        return search(cls, text)

    def update(self, **values: Any) -> Self:
        """Write other values into the row; returns it as it is now. Raises RowGone if it has been deleted meanwhile.

        A value may be calculated by the database, so that nothing that others write meanwhile is lost:
        `player.update(points=Player.points + 1)`.
        """
        with self.__store__.writing(f"{type(self).__name__}.update") as session:
            row = current(self, session)
            if row is None:
                raise RowGone(f"{self!r} has been deleted meanwhile, so it cannot be changed.")
            for name, value in values.items():
                if not hasattr(type(self), name):
                    raise UsageError(unknown(type(self), name))
                setattr(row, name, value)
            session.flush()
        return cast("Self", row)

    def delete(self) -> None:
        """Take the row out of the store; one that is gone already is no error."""
        with self.__store__.writing(f"{type(self).__name__}.delete") as session:
            row = current(self, session)
            if row is not None:
                session.delete(row)
                session.flush()

    def __setattr__(self, name: str, value: Any) -> None:
        state: InstanceState[Any] | None = self.__dict__.get(_STATE)
        if state is not None:
            if state.key is not None and _is_snapshot(state) and name in state.manager:
                raise UsageError(_read_only(self, name, value))
            exact = _exacts(type(self)).get(name)
            if exact is not None:
                value = _fitting(exact, value, type(self), name)
        _set(self, name, value)

    def __field__(self, name: object, /) -> BoundField:
        column = getattr(name, "key", name)
        if column not in _exacts(type(self)) or getattr(name, "class_", type(self)) not in type(self).__mro__:
            raise UsageError(
                f"bind=({type(self).__name__}, {name}) names no column of that model. It has: {', '.join(_exacts(type(self)))}. "
                f"Write `bind=(row, {type(self).__name__}.{next(iter(_exacts(type(self))))})`."
            )
        return BoundField(self, column, _exacts(type(self))[column])

    def __alike__(self, other: object, /) -> bool:
        return type(self) is type(other) and _says_same(self, other, set())

    def __plain__(self) -> dict[str, Any]:
        """The values of all columns, for JSON."""
        return {name: getattr(self, name) for name in _names(type(self))}

    def __repr__(self) -> str:
        loaded = (f"{name}={self.__dict__[name]!r}" for name in _names(type(self)) if name in self.__dict__)
        return f"{type(self).__name__}({', '.join(loaded)})"


def key_of(row: Row) -> tuple[Any, ...] | None:
    """The key of a row that is, or was, in the store."""
    key = sa.inspect(row).key
    return None if key is None else tuple(key[1])


def kept_key(row: Row) -> Any:
    """Its key as SQLite keeps it: a value, or a tuple of them."""
    columns = _mapper(type(row)).primary_key
    values = key_of(row) or ()
    kept = tuple(
        column.type.writer(False)(value) if isinstance(column.type, Exact) else value
        for column, value in zip(columns, values, strict=True)
    )
    return kept[0] if len(kept) == 1 else kept


def current(row: Row, session: Session) -> Row | None:
    """The row of the same key, as it is now, in that session; None if it is gone."""
    if row in session:
        return row
    key = key_of(row)
    if key is None:
        raise UsageError(f"{row!r} was never written. Write it: {type(row).__name__}.create(…).")
    return session.get(type(row), key)


def _is_snapshot(state: InstanceState[Any]) -> bool:
    session = state.session
    return session is None or DRAWING in session.info


def _says_same(one: Any, other: Any, seen: set[int]) -> bool:
    """Whether two rows, and the rows that are loaded with them, hold the same; widened when unsure."""
    if one is other or id(one) in seen:
        return True
    seen.add(id(one))
    mine = {name: value for name, value in one.__dict__.items() if name != _STATE}
    others = {name: value for name, value in other.__dict__.items() if name != _STATE}
    return mine.keys() == others.keys() and all(
        _alike(value, others[name], seen) for name, value in mine.items()
    )


def _alike(one: Any, other: Any, seen: set[int]) -> bool:
    if isinstance(one, Row) and isinstance(other, Row):
        return type(one) is type(other) and key_of(one) == key_of(other) and _says_same(one, other, seen)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_alike(*pair, seen) for pair in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)


def _fitting(exact: Exact, value: Any, model: type[Row], name: str) -> Any:
    """A value in the form that is kept; what the database is to calculate goes through as it is."""
    if value is None:
        column = _mapper(model).columns[name]
        return (
            None
            if column.nullable or column.primary_key
            else exact.refuse(None, "it has to have a value, or be `… | None`")
        )
    try:
        return exact.check(value)
    except ValueRefused:
        if hasattr(value, "__clause_element__") or isinstance(value, sa.ClauseElement):
            return value
        raise


# ── what a model is made of, looked at once ───────────────────────────────────────────────────────


def _mapper(model: type[Row]) -> Any:
    return sa.inspect(model)


def _exacts(model: type[Row]) -> dict[str, Exact]:
    """The exact types of its columns, by attribute."""
    known = model.__dict__.get("__exacts__")
    if known is None:
        known = {
            name: column.type
            for name, column in _mapper(model).columns.items()
            if isinstance(column, sa.Column) and isinstance(column.type, Exact)
        }
        type.__setattr__(model, "__exacts__", known)
    return cast("dict[str, Exact]", known)


def _names(model: type[Row]) -> list[str]:
    return list(_mapper(model).columns.keys())


def defaults_of(model: type[Row]) -> dict[str, Any]:
    """What each column begins with where nothing is given; MISSING where something has to be."""
    known = model.__dict__.get("__defaults__")
    if known is None:
        known = {
            name: default
            for name, column in _mapper(model).columns.items()
            if isinstance(column, sa.Column) and (default := _default(column)) is not _LATER
        }
        type.__setattr__(model, "__defaults__", known)
    return cast("dict[str, Any]", known)


_LATER = object()  # the file gives it, or a relationship does


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if isinstance(default, sa.ColumnDefault) and default.is_scalar:
        return default.arg
    if isinstance(default, sa.ColumnDefault) and default.is_callable:
        return lambda: default.arg(None)
    is_given_later = column.primary_key or column.foreign_keys or column.server_default is not None
    if default is not None or is_given_later:
        return _LATER
    return None if column.nullable else MISSING


def _by_place(model: type[Row], args: tuple[Any, ...], values: dict[str, Any]) -> dict[str, Any]:
    if not args:
        return {}
    names = [name for name, column in _mapper(model).columns.items() if not column.primary_key]
    if len(args) > len(names):
        raise UsageError(f"{model.__name__} has {len(names)} columns to fill, got {len(args)} values.")
    given = dict(zip(names, args, strict=False))
    twice = given.keys() & values.keys()
    if twice:
        raise UsageError(
            f"{model.__name__} was given {', '.join(sorted(twice))} twice: by place and by name."
        )
    return given


def unknown(model: type[Row], name: str) -> str:
    return f"{model.__name__} has no {name!r}. It has: {', '.join(_names(model))}."


def _missing(model: type[Row], values: dict[str, Any]) -> str:
    missing = [
        name for name, default in defaults_of(model).items() if default is MISSING and name not in values
    ]
    example = ", ".join(f"{name}=…" for name in missing)
    return f"{model.__name__} needs {', '.join(missing)}: write `{model.__name__}({example})`, or give the column a default."


def _read_only(row: Row, name: str, value: Any) -> str:
    return (
        f"{type(row).__name__}.{name} was assigned to on a row that is only a snapshot: it was read to be drawn, or its unit of "
        f"work has ended, so {value!r} would have been written nowhere. In a handler, write `row.update({name}=…)`; to let a "
        f"person edit it, `bind=(row, {type(row).__name__}.{name})`."
    )
