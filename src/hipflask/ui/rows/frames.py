"""pandas and Polars frames, Arrow tables, and whatever else speaks Arrow: shown as they were when they were given.

narwhals says the same thing to each library in its own words, and the libraries sort and filter in C what would take Python seconds. What
they do not do in the same way for all kinds of values (objects in pandas, say) Python does: see `natively.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, cast

import narwhals as nw

from ...core.errors import MissingPart, UsageError
from ...core.rows import Key, Question, RowColumn
from . import natively
from .arranging import Rows, arranged
from .functions import is_same
from .grouping import Part
from .kinds import LOOKED_AT, guess
from .memory import MemorySource
from .sorting import Check

_ARROW_READERS = ("pyarrow", "polars", "pandas")  # any of them will do, the first that is installed
_MISSING = (
    "Frames and Arrow tables are shown with narwhals, which is not installed: pip install hipflask[frames]"
)


class FrameSource(MemorySource):
    """Rows in a frame."""

    name = "Row"

    def __init__(self, what: Any, row_key: str | Callable[[Any], Key] | None = None) -> None:
        super().__init__()
        self._frame = _frame(_snapshot(what))
        self._row_key = row_key
        self._is_mutable = _is_mutable(what)
        self._whole: dict[str, list[Any]] = {}  # columns that Python has had to look through

    @cached_property
    def columns(self) -> Sequence[RowColumn]:
        """The columns of the frame."""
        return [self._column(name, dtype) for name, dtype in self._frame.schema.items()]

    def _column(self, name: str, dtype: Any) -> RowColumn:
        kind = natively.kind(dtype) or guess(_values(self._frame[name].head(LOOKED_AT)))
        choices = tuple(dtype.categories) if kind == "choice" else ()
        return RowColumn(
            name, kind, name == self._row_key, choices=choices, digits=getattr(dtype, "scale", None)
        )

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

    def arranged(self, asked: Question, check: Check) -> Part:
        """The rows that pass, in order."""
        texts = [column.name for column in self.columns if column.kind in ("text", "choice", "other")]
        if natively.can(asked, self._frame.schema, texts):
            return natively.arranged(self._frame, asked, texts, check)
        positions = arranged(len(self._frame), self._values_of, texts, asked, check)
        return Rows(positions, self._values_of)

    def _values_of(self, name: str) -> list[Any]:
        if name not in self._whole:
            self._whole[name] = _values(self._frame[name])
        return self._whole[name]

    def is_current(self, part: Part) -> bool:
        """A frame stays as it was."""
        return True

    def lines(
        self, part: Part, positions: Sequence[int], names: Sequence[str]
    ) -> list[tuple[Key, tuple[Any, ...]]]:
        """Key and values of rows."""
        wanted = [*names, self._row_key] if isinstance(self._row_key, str) else names
        known = {name: _values(series) for name, series in self._some(positions, wanted)}
        nothing = [None] * len(positions)
        keys = known[self._row_key] if isinstance(self._row_key, str) else map(self._key, positions)
        values = (
            zip(*[known.get(name, nothing) for name in names], strict=True)
            if names
            else [()] * len(positions)
        )
        return [*zip(keys, values, strict=False)]

    def _some(self, positions: Sequence[int], names: Iterable[str]) -> Iterable[tuple[str, nw.Series[Any]]]:
        known = [name for name in dict.fromkeys(names) if name in self._frame.schema]
        some = self._frame[[*positions], known] if positions and known else self._frame.select(known).head(0)
        return ((name, some[name]) for name in known)

    def whole_columns(self, names: Sequence[str], most: int) -> dict[str, Sequence[Any]]:
        """The values of columns, in the first `most` rows."""
        return {name: _values(self._frame[name].head(most)) for name in names}

    # ── rows by their keys ────────────────────────────────────────────────────────────────────────

    def row(self, key: Key) -> dict[str, Any] | None:
        """The row of that key, as a dict; None if there is none."""
        at = key if self._row_key is None else self._places.get(key)
        return self._row_at(at) if isinstance(at, int) and 0 <= at < len(self._frame) else None

    def _row_at(self, at: int) -> dict[str, Any]:
        return {name: _values(series)[0] for name, series in self._some([at], self._frame.columns)}

    def _key(self, at: int) -> Key:
        return self._row_key(self._row_at(at)) if callable(self._row_key) else at

    @cached_property
    def _places(self) -> dict[Key, int]:
        if isinstance(self._row_key, str):
            return {key: at for at, key in enumerate(self._values_of(self._row_key))}
        return {self._key(at): at for at in range(len(self._frame))}

    def write(self, cells: Iterable[tuple[Key, str, object]]) -> None:
        """Refused: others may hold the same frame, and an Arrow table cannot be changed at all."""
        raise UsageError(
            "A frame is only shown. Give ui.table a list of dicts, `frame.to_dicts()`, to have its cells edited."
        )

    def remove(self, keys: Collection[Key]) -> None:
        """Refused, as writing is."""
        raise UsageError("A frame is only shown. Give ui.table another one, without the rows that are to go.")

    def same_as(self, other: object) -> bool:
        """Whether the other shows an equal frame."""
        return (
            isinstance(other, FrameSource)
            and is_same(self._row_key, other._row_key)
            and not (self._is_mutable or other._is_mutable)
            and type(self._frame.to_native()) is type(other._frame.to_native())
            and self._frame.schema == other._frame.schema
            and bool(self._frame.to_native().equals(other._frame.to_native()))
        )


def _frame(what: Any) -> nw.DataFrame[Any]:
    if hasattr(what, "to_frame") and not hasattr(what, "columns"):  # one column of a frame
        what = what.to_frame()
    if hasattr(what, "collect"):
        raise UsageError("A lazy frame has no rows yet. Give ui.table(frame.collect()).")
    try:
        return nw.from_native(_with_index(what), eager_only=True)
    except TypeError:
        return _from_arrow(what)


def _from_arrow(what: Any) -> nw.DataFrame[Any]:
    for reader in _ARROW_READERS:
        try:
            return nw.from_arrow(what, backend=cast(Any, reader))
        except ImportError:
            pass
    raise MissingPart(
        f"A {type(what).__name__} is read with pyarrow, which is not installed: pip install pyarrow"
    )


def _with_index(what: Any) -> Any:
    """A pandas frame with its index as columns where that says something, and with texts for the names of its columns."""
    index = getattr(what, "index", None)
    if index is None or not hasattr(what, "reset_index"):
        return what
    if type(index).__name__ != "RangeIndex" and not set(index.names) & set(what.columns):
        what = what.reset_index()
    if not all(isinstance(name, str) for name in what.columns):
        what = what.set_axis([_name(name) for name in what.columns], axis=1)
    return what


def _name(name: object) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _values(series: nw.Series[Any]) -> list[Any]:
    """What is in a column, as values of Python's own; None for whatever pandas says is not there."""
    values: list[Any] = series.to_list()
    if series.implementation.is_pandas_like():
        values = [
            None if is_null else value
            for value, is_null in zip(values, series.is_null().to_list(), strict=True)
        ]
    return values if natively.is_plain(series.dtype) else [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime(warn=False)  # pandas counts nanoseconds, which Python does not
    if hasattr(value, "to_pytimedelta"):
        return value.to_pytimedelta()
    return value.tolist() if hasattr(value, "tolist") else value


# ── a frame as it is now ──────────────────────────────────────────────────────────────────────────


def _snapshot(what: Any) -> Any:
    """The frame as it is now, at next to no cost: it shares its memory with the program's own until that is changed."""
    library = _library(what)
    if library == "pandas" and hasattr(what, "columns"):
        return what.copy(deep=False)
    return what.clone() if library == "polars" else what


def _is_mutable(what: Any) -> bool:
    """Whether a snapshot may change after all: before pandas 3, it showed what was written into the frame itself."""
    library = _library(what)
    version = str(getattr(sys.modules.get(library), "__version__", ""))
    return library not in ("pandas", "polars", "pyarrow") or (
        library == "pandas" and version.startswith(("1.", "2."))
    )


def _library(what: Any) -> str:
    return type(what).__module__.partition(".")[0]
