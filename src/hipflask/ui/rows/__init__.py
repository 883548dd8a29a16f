"""Rows in memory as `RowSource`s: lists of whatever a program keeps its rows in, and frames.

rows_of([{"name": "Bolt", "price": 3}])        →  a source that can sort, filter, search and group them
columns_of(source, ("price",))                 →  {"price": [3]}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...core.errors import MissingPart
from ...core.rows import Key, Question, RowSource
from .lists import ListSource
from .memory import MemorySource

__all__ = ["columns_of", "rows_of"]

_FRAMES = ("pandas", "polars", "pyarrow", "modin", "cudf")
_AT_ONCE = 10_000  # rows that are read of a source that is not in memory


def rows_of(
    what: object, row_key: str | Callable[[Any], Key] | None = None, names: Sequence[str] | None = None
) -> RowSource | None:
    """A source of the rows that a list, another iterable, a frame or an Arrow table holds; None if it is nothing of the kind.

    Rows are dicts, dataclasses, Structs, named tuples, or objects and plain sequences, whose `names` are given. They are told apart by `row_key`, a
    column or a function of the row, and by their position where there is none.
    """
    if type(what).__module__.partition(".")[0] in _FRAMES or hasattr(what, "__arrow_c_stream__"):
        return _source_of_frame(what, row_key)
    if isinstance(what, str | bytes | bytearray | memoryview | Mapping | type) or not isinstance(
        what, Iterable
    ):
        return None
    return ListSource(what if isinstance(what, Sequence) else [*what], row_key, names)


def _source_of_frame(what: object, row_key: Any) -> RowSource:
    try:
        from .frames import FrameSource
    except ImportError as error:
        raise MissingPart(
            "Frames and Arrow tables are shown with narwhals, which is not installed: pip install hipflask[frames]"
        ) from error
    return FrameSource(what, row_key)


def columns_of(source: RowSource, names: Sequence[str], most: int = 10_000_000) -> dict[str, Sequence[Any]]:
    """The values of whole columns of a source, in its first `most` rows; quick where it is in memory."""
    if isinstance(source, MemorySource):
        return source.whole_columns(names, most)
    columns: dict[str, list[Any]] = {name: [] for name in names}
    reader, first = source.open(lambda: None), 0
    try:
        while first < most:
            lines = reader.read(Question(tuple(names), first, min(_AT_ONCE, most - first))).rows
            for name, values in zip(names, zip(*[line.values for line in lines], strict=True), strict=False):
                columns[name] += values
            first += len(lines)
            if not lines:
                break
    finally:
        reader.close()
    return dict(columns)
