"""What of a statement may be told to anybody: what it does, and its text with every value taken out. Pure.

    outline("SELECT name FROM player WHERE base = 'first' LIMIT 3", {"player", "name", "base"})
        → Outline("SELECT player", "SELECT name FROM player WHERE base = ? LIMIT ?")

SQLite takes "Who" in double quotes for text where no column is called that, so what is in quotes stays only if it is a name that the
models have. Comments go: who makes SQL by hand writes anything into them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

LONGEST = 4000

_TOKEN = re.compile(
    r"""
    (?P<gone>   \s+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<value>  [xX]?'(?:[^']|'')*(?:'|\Z) | \.?\d(?:[eE][+-]?\d|[\w.])* )
  | (?P<quoted> "(?:[^"]|"")*(?:"|\Z) | `(?:[^`]|``)*(?:`|\Z) | \[[^\]]*(?:\]|\Z) )
  | (?P<marker> \?\d* | [:@$][^\W\d]\w* )
  | (?P<word>   [^\W\d][\w$]* )
  | (?P<sign>   \|\||->>?|[<>=!]=|<[<>]|>>|. )
    """,
    re.X | re.S,
)
_VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "VALUES"}
_OTHERS = {
    "WITH",
    "PRAGMA",
    "EXPLAIN",
    "CREATE",
    "DROP",
    "ALTER",
    "ANALYZE",
    "REINDEX",
    "VACUUM",
    "ATTACH",
    "DETACH",
}
_OTHERS |= {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"}
_BEFORE_TABLES = {"FROM", "INTO", "UPDATE"}
_NO_TABLES = {"OR", "ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK", "SELECT"}
_LIST = re.compile(r"\?(?:\s*,\s*\?)+")
_SPACE = re.compile(r"\s+")


class Outline(NamedTuple):
    """A statement without values."""

    name: str  # what it does to which table
    sql: str


@lru_cache(maxsize=2048)
def outline(sql: str, names: frozenset[str]) -> Outline:
    """What the statement does, and its text; `names` are those of all tables and columns."""
    kept = list(_kept(sql[: 4 * LONGEST], names))
    tokens = [token for token in kept if token != " "]
    verb, at = _verb(tokens)
    if verb not in _VERBS | _OTHERS:  # no statement at all, so every word of it may be anything
        return Outline("SQL", "…")
    text = _LIST.sub("?, …", _SPACE.sub(" ", "".join(kept))).strip()
    table = _table(tokens[at:])
    name = f"{verb} {table}" if table else verb
    return Outline(name, text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _kept(sql: str, names: frozenset[str]) -> Iterator[str]:
    """What stays of a statement, piece by piece."""
    for match in _TOKEN.finditer(sql):
        kind, token = match.lastgroup, match[0]
        if kind == "value" or (kind == "quoted" and token[1:-1] not in names) or kind == "marker":
            yield "?"
        elif kind == "quoted":
            yield f'"{token[1:-1]}"'
        else:
            yield " " if kind == "gone" else token


def _verb(tokens: Sequence[str]) -> tuple[str, int]:
    """The first word; after WITH, that of the statement behind it."""
    first = next((at for at, token in enumerate(tokens) if token != "("), 0)
    if not tokens or tokens[first].upper() != "WITH":
        return (tokens[first].upper() if tokens else ""), first
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if depth == 0 and token.upper() in _VERBS:
            return token.upper(), at
    return "WITH", 0


def _table(tokens: Sequence[str]) -> str:
    is_next = False
    for at, token in enumerate(tokens):
        bare = token.strip('"')
        if is_next and bare.isidentifier() and bare.upper() not in _NO_TABLES:
            is_in_file = tokens[at + 1 : at + 2] == ["."]
            if not is_in_file or len(tokens) <= at + 2:
                return bare
            within = tokens[at + 2].strip('"')
            return within if bare == "main" else f"{bare}.{within}"
        is_next = token.upper() in _BEFORE_TABLES or (is_next and bare.upper() in _NO_TABLES)
    return ""
