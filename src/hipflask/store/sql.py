"""Names as they stand in SQL."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name of a table, column or schema, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
