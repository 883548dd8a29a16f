"""SQL functions that know exact types: `func.avg`, `func.abs`, `func.coalesce` and `func.nullif`.

`func.sum`, `func.min`, `func.max` and `func.count` need nothing: SQLAlchemy gives the first three the type of their argument. Any
other function would see of a Decimal in SQLite a whole number of its smallest unit, so that round(price) would be wrong by
a factor of 100 without a word: those are refused there.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import Null
from sqlalchemy.sql.functions import Function, GenericFunction, ReturnTypeFromArgs

from ...core.errors import UsageError
from .exact import Exact
from .numbers import Decimal, Float, Int, after_point_of, to_digits

# Functions that give one of their arguments back, or do not look at what it is.
_SAFE = {
    "sum",
    "min",
    "max",
    "avg",
    "abs",
    "coalesce",
    "nullif",
    "count",
    "lag",
    "lead",
    "first_value",
    "last_value",
}


class Average(GenericFunction[Any]):
    """avg(): of whole numbers a float, else of the type that it averages."""

    name = "avg"
    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = next(iter(self.clauses)).type
        if isinstance(mine, Decimal):
            self.type = Decimal(mine.digits, mine.where, is_rounded=True)
        elif isinstance(mine, Exact):
            self.type = Float(mine.where) if isinstance(mine, Int) else mine


class Absolute(ReturnTypeFromArgs[Any]):
    """abs(): of the type of its argument."""

    name = "abs"
    inherit_cache = True


class Alike(ReturnTypeFromArgs[Any]):
    """A function whose arguments are of one type: plain values among them are taken for that."""

    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*_alike(args), **kwargs)


class NullIf(Alike):
    """nullif()."""

    name = "nullif"
    inherit_cache = True


with warnings.catch_warnings():
    warnings.simplefilter("ignore", sa.exc.SAWarning)  # that SQLAlchemy's own is replaced, as is meant here

    class Coalesce(Alike):
        """coalesce()."""

        name = "coalesce"
        inherit_cache = True


def _alike(args: Sequence[Any]) -> list[Any]:
    elements = [arg.__clause_element__() if hasattr(arg, "__clause_element__") else arg for arg in args]
    kinds = [arg.type for arg in elements if isinstance(getattr(arg, "type", None), Exact)]
    if not kinds:
        return elements
    elements = [arg if hasattr(arg, "type") else _literal(arg, kinds[0]) for arg in elements]
    return _of_same_digits(elements) if any(isinstance(kind, Decimal) for kind in kinds) else elements


def _of_same_digits(elements: list[Any]) -> list[Any]:
    after_points = {element: after_point_of(element) for element in elements if not isinstance(element, Null)}
    for element, after_point in after_points.items():
        if after_point is None:
            raise UsageError(
                f"{element} stands beside a Decimal, but is not known to be one: write sa.type_coerce(…, Item.price.type)."
            )
    most = max(after_point or 0 for after_point in after_points.values())
    return [to_digits(element, most) for element in elements]


def _literal(value: Any, kind: Exact) -> Any:
    return sa.null() if value is None else sa.literal(value, kind.coerce_compared_value(None, value))


@compiles(Function, "sqlite")
def _without_scaled_numbers(element: Function[Any], compiler: Any, **kwargs: Any) -> str:
    if element.name.lower() not in _SAFE:
        for clause in element.clauses:
            _refuse_scaled(element.name, clause.type)
    return str(compiler.visit_function(element, **kwargs))


@compiles(sa.Cast, "sqlite")
def _without_scaled_number(element: sa.Cast[Any], compiler: Any, **kwargs: Any) -> str:
    _refuse_scaled("cast", element.clause.type)
    return str(compiler.visit_cast(element, **kwargs))


@compiles(sa.Case, "sqlite")
def _of_one_scale(element: sa.Case[Any], compiler: Any, **kwargs: Any) -> str:
    results = [result for _, result in element.whens] + ([] if element.else_ is None else [element.else_])
    if any(isinstance(result.type, Decimal) for result in results):
        _same_digits(results)
    return str(compiler.visit_case(element, **kwargs))


def _same_digits(results: list[Any]) -> None:
    found = {after_point_of(result) for result in results if not isinstance(result, Null)}
    if len(found) > 1:
        raise UsageError(
            "The results of this case() have different digits after the point. Give plain values the type of the column, as in"
            " `sa.literal(Decimal(7), Item.price.type)`."
        )


def _refuse_scaled(name: str, kind: Any) -> None:
    if isinstance(kind, Decimal):
        raise UsageError(
            f"{name}({kind.where}) would not be the same in SQLite and PostgreSQL. With a Decimal these functions are:"
            f" {', '.join(sorted(_SAFE))}. Select the column, and calculate in Python."
        )
