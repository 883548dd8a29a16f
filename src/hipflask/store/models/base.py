"""From a class with type hints to a table: what a model that says nothing special gets.

    class Player(db.Model):
        name: Mapped[str]
        base: Mapped[Literal["first", "second"]] = "first"

is a STRICT table `player` with a UUIDv7 key `id`, exact types, the checks that keep other programs' writes in shape, and
`base` with its default both in Python and in the file, so that the column can be added later without writing every row.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import time
import uuid
from collections.abc import Sequence
from threading import Lock
from typing import Annotated, Any, cast, get_args, get_origin

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, TypeResolve, mapped_column
from sqlalchemy.orm.interfaces import MapperProperty

from ...core import hints
from ...core.errors import UnsupportedType, UsageError
from ..engine import VOLATILE
from ..search.index import declare
from ..types.exact import Exact
from ..types.kinds import Digits, Length, type_of
from .rows import Row
from .shared import Scoped, note

# Constraints have names of their own, or a migration could not drop them.
NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def make_base(store: Any) -> type[Row]:
    """The class that a store's models are derived from."""

    class Model(Row, DeclarativeBase):
        """A table of the store; see `docs/topics/models.md`."""

        __store__ = store
        metadata = sa.MetaData(naming_convention=NAMES)

        def __init_subclass__(
            cls,
            *,
            volatile: bool = False,
            search: Sequence[str] = (),
            local: bool = False,
            scope: Scoped | None = None,
            **options: Any,
        ) -> None:
            is_table = "__abstract__" not in vars(cls)
            if is_table:
                _prepare(cls, volatile)
            super().__init_subclass__(**options)
            if is_table and "__table__" in vars(cls):
                _finish(cls)
                if local or scope is not None:
                    note(cast("sa.Table", cls.__table__), local, scope)
                if search:
                    declare(cls, search)

    event.listen(Model, "resolve_type_annotation", _resolve)
    return Model


def uuid7() -> uuid.UUID:
    """A new key: 48 bits of milliseconds and 74 that are random, so that keys made later sort later (RFC 9562).

    Those of one process made within a millisecond sort as they were made: their random part counts up.
    """
    global _last
    now = time.time_ns() // 1_000_000
    with _lock:
        fresh = now << 74 | int.from_bytes(os.urandom(10), "big") >> 6
        # The top bit of the random part stays free for counting.
        _last = value = max(fresh & ~(1 << 73), _last + 1)
    stamp, random = value >> 74, value & ((1 << 74) - 1)
    return uuid.UUID(int=stamp << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & ((1 << 62) - 1))


_last = 0
_lock = Lock()


def hint_of(model: type, name: str) -> Any:
    """The type hint of a column, `Mapped[…]` taken off; None if it was given none, or one that cannot be known yet."""
    for cls in model.__mro__:
        annotation = _annotations(cls).get(name)
        if annotation is None:
            continue
        annotation = _evaluated(cls, annotation)
        return get_args(annotation)[0] if get_origin(annotation) is Mapped else None
    return None


def _evaluated(cls: type, annotation: Any) -> Any:
    """An annotation that is text, under `from __future__ import annotations`, as what it stands for; as it is if that is not there yet."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, vars(sys.modules[cls.__module__]), dict(vars(cls)))
    except NameError:  # a model that comes later, say
        return annotation


def _annotations(cls: type) -> dict[str, Any]:
    """A class's own annotations; from Python 3.14 on they are worked out when they are asked for."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(cls)


def _prepare(cls: Any, volatile: bool) -> None:
    """Before SQLAlchemy looks at the class: its table's name, its key, and its plain defaults."""
    for name, annotation in _annotations(cls).items():
        if isinstance(annotation, str):  # SQLAlchemy would take `Digits(10, 2)` apart at its comma
            cls.__annotations__[name] = _evaluated(cls, annotation)
        value = vars(cls).get(name)
        if not name.startswith("__") and name in vars(cls) and not _is_sqlalchemys(value):
            setattr(cls, name, mapped_column(default=value))
    is_derived = any(hasattr(base, "__table__") for base in cls.__bases__)
    if is_derived or hasattr(cls, "__table__"):
        return
    if "__tablename__" not in vars(cls):
        cls.__tablename__ = re.sub(
            r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__
        ).lower()
    if not _has_key(cls):
        if "id" not in _annotations(cls):
            cls.__annotations__["id"] = Mapped[uuid.UUID]
        cls.id = mapped_column(primary_key=True, sort_order=-1)
    if volatile:
        cls.__table_args__ = _with_schema(getattr(cls, "__table_args__", ()))


def _is_sqlalchemys(value: Any) -> bool:
    is_attribute = isinstance(value, MapperProperty | sa.Column | sa.SQLColumnExpression)
    return is_attribute or type(value).__module__.startswith("sqlalchemy.") or isinstance(value, property)


def _has_key(cls: type) -> bool:
    values = [value for base in cls.__mro__ for value in vars(base).values()]
    columns = [getattr(value, "column", value) for value in values if _is_sqlalchemys(value)]
    is_in_class = any(isinstance(column, sa.Column) and column.primary_key for column in columns)
    args = getattr(cls, "__table_args__", ())
    return is_in_class or any(isinstance(each, sa.PrimaryKeyConstraint) for each in args)


def _with_schema(args: Any) -> Any:
    if isinstance(args, dict):
        return {**args, "schema": VOLATILE}
    *constraints, last = (*args, {}) if not (args and isinstance(args[-1], dict)) else args
    return (*constraints, {**last, "schema": VOLATILE})


def _resolve(resolve: TypeResolve) -> Any:
    hint = hint_of(resolve.cls, resolve.key)
    try:
        return type_of(resolve.resolved_type if hint is None else hint).at(
            f"{resolve.cls.__name__}.{resolve.key}"
        )
    except UnsupportedType as error:
        raise UnsupportedType(f"{resolve.cls.__name__}.{resolve.key}: {error}") from None


def _finish(cls: Any) -> None:
    """After SQLAlchemy has made the table: exact types throughout, checks, defaults of the file, STRICT."""
    table: sa.Table = cls.__table__
    names = {
        column.name: name for name, column in cls.__mapper__.columns.items() if isinstance(column, sa.Column)
    }
    for column in table.columns:
        where = f"{cls.__name__}.{names.get(column.name, column.name)}"
        if not isinstance(column.type, Exact):
            column.type = _exact(cls, column, where)
        if isinstance(column.type, Exact):
            _add_check(table, column)
        _add_defaults(column)
    options = table.dialect_options["sqlite"]
    options["strict"] = True
    # A table by its key saves an index; by a whole number SQLite has one already.
    options["with_rowid"] = len(table.primary_key.columns) == 1 and _is_whole(next(iter(table.primary_key)))
    _refuse_keys_across_files(cls, table)


def _exact(cls: type, column: sa.Column[Any], where: str) -> Any:
    """The exact type for a column that was declared with one of SQLAlchemy's."""
    hint = hint_of(cls, column.name)
    if hint is None or hint is Any:  # it says less than the column's own type
        hint = _python_type(column.type)
    if hint is None:
        return column.type  # somebody's own type, who knows what it does
    base = next(iter(hints.members(hint)), hint)
    if getattr(column.type, "collation", None):
        raise UsageError(
            f"{where} has a collation of its own, which PostgreSQL would not share. Collate where it matters, in the query: "
            f"`{where}.collate('NOCASE')`."
        )
    if isinstance(column.type, sa.String) and column.type.length:
        base = _annotated(base, Length(column.type.length))
    if (
        isinstance(column.type, sa.Numeric)
        and column.type.precision
        and not isinstance(column.type, sa.Float)
    ):
        base = _annotated(base, Digits(column.type.precision, column.type.scale or 0))
    return type_of(base).at(where)


def _annotated(hint: Any, extra: Any) -> Any:
    return Annotated[hint, extra]


def _python_type(kind: Any) -> Any:
    if isinstance(kind, sa.types.TypeDecorator | sa.types.UserDefinedType):
        return None
    try:
        return kind.enum_class or None if isinstance(kind, sa.Enum) else kind.python_type
    except NotImplementedError:
        return None


def _add_check(table: sa.Table, column: sa.Column[Any]) -> None:
    text = column.type.checks(column.name)  # type: ignore[attr-defined]
    if text is not None:
        table.append_constraint(sa.CheckConstraint(sa.text(text), name=column.name))


def _add_defaults(column: sa.Column[Any]) -> None:
    is_key = column.primary_key and not column.foreign_keys
    if is_key and column.default is None and _hint(column) is uuid.UUID:
        sa.ColumnDefault(uuid7)._set_parent_with_dispatch(column)
    default = column.default
    if not isinstance(default, sa.ColumnDefault) or not default.is_scalar or default.arg is None:
        return
    if column.server_default is None and isinstance(column.type, Exact):
        value = sa.literal(default.arg, column.type, literal_execute=True)
        sa.DefaultClause(cast("Any", value))._set_parent_with_dispatch(column)


def _hint(column: sa.Column[Any]) -> Any:
    return column.type.hint if isinstance(column.type, Exact) else None


def _is_whole(column: sa.Column[Any]) -> bool:
    return _hint(column) is int or isinstance(column.type, sa.Integer)


def _refuse_keys_across_files(cls: type, table: sa.Table) -> None:
    for key in table.foreign_keys:
        target = key.target_fullname.rpartition(".")[0]
        if (VOLATILE in target.split(".")) != (table.schema == VOLATILE):
            raise UsageError(
                f"{cls.__name__}.{key.parent.name} refers to {target}, and one of the two is volatile: they are kept in "
                "different files, so nothing could hold them together. Keep the key as a plain column, without ForeignKey."
            )
