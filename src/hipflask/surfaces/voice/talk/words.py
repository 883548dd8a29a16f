"""What was typed, as words that can be compared: without capitals, punctuation and the hyphens that nobody says.

"Who's on the 1st?"   →   who  's  on  the  1st
"on 2015-11-25"       →   on  2015-11-25
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ENDS = '.,!?;:"()[]…«»„“”¡¿'
_KEPT_WHOLE = re.compile(
    r"[0-9]{3,4}[0-9X]?-[0-9A-Z-]+|[0-9XT]+[-:.][0-9:.]+", re.I
)  # dates, times and decimals


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as it was typed, and as it is compared."""

    typed: str
    key: str


def split(text: str) -> tuple[Word, ...]:
    """The words of a text."""
    return tuple(
        Word(part, part.casefold()) for chunk in text.replace("’", "'").split() for part in _parts(chunk)
    )


def _parts(chunk: str) -> list[str]:
    bare = chunk.strip(_ENDS)
    if _KEPT_WHOLE.fullmatch(bare):
        return [bare]
    pieces = [piece.strip(_ENDS) for piece in re.split(r"-|('s)$", bare) if piece]
    return [piece for piece in pieces if piece]


def joined(words: Sequence[Word]) -> str:
    """Words as they were typed."""
    return " ".join(word.typed for word in words).replace(" 's", "'s")


def keys(words: Sequence[Word]) -> tuple[str, ...]:
    """Words as they are compared."""
    return tuple(word.key for word in words)
