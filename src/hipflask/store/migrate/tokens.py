"""The pieces of a text of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>[xX]?'(?:[^']|'')*')"""
    r"""|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])|(?P<word>[^\W\d][\w$]*)|(?P<number>[\d.]\w*)|(?P<other>.)""",
    re.S,
)


@dataclass(frozen=True)
class Token:
    """One piece of SQL; `same` is equal for pieces that mean the same."""

    text: str
    same: str
    start: int
    end: int
    is_word: bool


def tokens(sql: str) -> list[Token]:
    """The pieces of a text of SQL, without spaces and comments."""
    found = []
    for match in _TOKEN.finditer(sql):
        text = match[0]
        if match.lastgroup == "space":
            continue
        same = text if match.lastgroup == "text" else unquoted(text).lower()
        found.append(Token(text, same, match.start(), match.end(), match.lastgroup == "word"))
    return found


def unquoted(text: str) -> str:
    """A name without its quotes."""
    if len(text) > 1 and text[0] in '"`[':
        inner = text[1:-1]
        return inner.replace('""', '"') if text[0] == '"' else inner
    return text


def same_of(found: Iterable[Token]) -> str:
    """One text that is equal for pieces that mean the same."""
    return " ".join(token.same for token in found)


def source_of(sql: str, found: list[Token]) -> str:
    """The text that pieces were taken from."""
    return sql[found[0].start : found[-1].end] if found else ""


def split(found: list[Token]) -> Iterator[list[Token]]:
    """The parts between commas that are in no parentheses."""
    part: list[Token] = []
    depth = 0
    for token in found:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def closing(found: list[Token], begin: int) -> int:
    """Where the parenthesis that opens there is closed."""
    depth = 0
    for place in range(begin, len(found)):
        depth += {"(": 1, ")": -1}.get(found[place].text, 0)
        if depth == 0:
            return place
    return len(found)
