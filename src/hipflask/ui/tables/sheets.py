"""Rows as spreadsheets take them from the clipboard (tabs and line ends), and as a file of CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from .cells import plain_text

_NEEDS_QUOTES = re.compile(r'[\t\r\n"]')


def as_tabs(rows: Iterable[Sequence[object]]) -> str:
    """Rows as a spreadsheet takes them: cells between tabs; those with tabs, quotes or line ends in quotes."""
    return "\n".join("\t".join(map(_quoted, row)) for row in rows)


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as lines of CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([plain_text(value) for value in row] for row in rows)
    return text.getvalue()


def _quoted(value: object) -> str:
    text = plain_text(value)
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
