"""Many texts for one statement: psycopg writes an array element by element in Python, which costs as much as PostgreSQL's own work with them.

connection.execute("… unnest(%s::text[]) …", (array(["tea", 'say "x"', None]),))      {"tea","say \\"x\\"",NULL}
"""

from __future__ import annotations

from collections.abc import Iterable


def array(texts: Iterable[str | None]) -> str:
    """The texts as PostgreSQL reads an array of them."""
    return "{" + ",".join(map(_element, texts)) + "}"


def _element(text: str | None) -> str:
    if text is None:
        return "NULL"
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
