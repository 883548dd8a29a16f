"""From what people type into a search field to what FTS5 looks for. Whatever they type, it is never an error. Pure.

bolt nut          → "bolt" "nut"*                rows with both words; the last one may still be being typed
bolt "hex nut"    → "bolt" "hex nut"             words in this order
bolt* -rusty nut  → "bolt"* "nut"* NOT "rusty"
"hex nu           → "hex nu"*                    the closing quote is still to come
AND (name: ^*     → "AND" "(name:" "^"           signs that mean something to FTS5 mean nothing here
"""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_WORDS = 50

_PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s"]+))')


class Wanted(NamedTuple):
    """What is to be in a row, and what must not be, in FTS5's language; empty where nothing is asked for."""

    present: str
    absent: str


def wanted(text: str) -> Wanted:
    """What a text asks for."""
    present: list[str] = []
    absent: list[str] = []
    is_open = False
    for part in list(_PART.finditer(text.replace("\0", " ")))[:MOST_WORDS]:
        words = part["phrase"] if part["word"] is None else part["word"].rstrip("*")
        if not any(map(str.isalnum, words)):  # signs alone are no words, and no row would have them
            continue
        is_open = not part["end"]  # a word, or a phrase whose end is still being typed
        is_prefix = part["word"] is not None and part["word"].endswith("*")
        (absent if part["minus"] else present).append(f'"{words}"' + "*" * is_prefix)
        last_is_present = not part["minus"]
    if present and is_open and last_is_present and not present[-1].endswith("*"):
        present[-1] += "*"
    return Wanted(" ".join(present), " OR ".join(absent))
