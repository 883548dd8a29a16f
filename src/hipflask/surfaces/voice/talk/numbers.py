"""Numbers in English words: "twenty five" is 25, "two point five" is 2.5, "twenty fifth" is the 25th.

In every language digits are numbers, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: number for number, word in enumerate(_UNITS)} | {"oh": 0}
_ROUND = {word: 10 * number for number, word in enumerate(_TENS) if word}
_LARGE = {"thousand": 1000, "million": 10**6, "billion": 10**9}
_ORDINALS = {
    "first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine", "twelfth": "twelve",
    "twentieth": "twenty", "thirtieth": "thirty",
}  # fmt: skip


def number(words: Sequence[str]) -> int | float | None:
    """The number that words say; None if they say none."""
    if words and words[0] in ("minus", "negative"):
        found = number(words[1:])
        return -found if found is not None else None
    if len(words) == 1 and (found_digits := re.fullmatch(r"[0-9]+(\.[0-9]+)?", words[0])):
        return float(words[0]) if found_digits[1] else int(words[0])
    if "point" in words:
        at = list(words).index("point")
        whole, digits = number(words[:at]), [_SMALL.get(word) for word in words[at + 1 :]]
        if not isinstance(whole, int) or not digits or any(digit is None or digit > 9 for digit in digits):
            return None
        return float(f"{whole}.{''.join(map(str, digits))}")
    return _whole(words)


def whole(words: Sequence[str]) -> int | None:
    """The whole number that words say."""
    found = number(words)
    return found if isinstance(found, int) else None


def ordinal(words: Sequence[str]) -> int | None:
    """The place in a row that words say: "twenty fifth", "25th"."""
    if not words:
        return None
    *head, last = words
    if found := re.fullmatch(r"([0-9]+)(?:st|nd|rd|th)", last):
        return int(found[1]) if not head else None
    cardinal = _ORDINALS.get(last) or (last.removesuffix("th") if last.endswith("th") else None)
    return _whole([*head, cardinal]) if cardinal else None


def _whole(words: Sequence[str]) -> int | None:
    """A sum of thousands, hundreds and what is below them, each smaller than the one before."""
    if not words or words[-1] == "and":
        return None
    total, part, smallest = 0, 0, 10**12
    for at, word in enumerate(words):
        if word == "and" and at and words[at - 1] in ("hundred", *_LARGE):
            continue
        if word in ("a", "an") and words[at + 1 : at + 2] in (["hundred"], ["thousand"], ["million"]):
            word = "one"
        if word in _LARGE:
            if not part or _LARGE[word] >= smallest:
                return None
            total, part, smallest = total + part * _LARGE[word], 0, _LARGE[word]
        elif word == "hundred":
            if not 0 < part < 10:
                return None
            part *= 100
        elif (more := _below_hundred(word)) is not None and _fits(part, more):
            part += more
        else:
            return None
    return total + part


def _below_hundred(word: str) -> int | None:
    if word in _SMALL or word in _ROUND:
        return _SMALL.get(word, _ROUND.get(word))
    return int(word) if word.isdecimal() and word.isascii() and len(word) <= 3 else None


def _fits(part: int, more: int) -> bool:
    """Whether one number may follow the other: "twenty five" and not "five twenty"."""
    if not part:
        return True
    return (part % 100 == 0 and 0 < more < 100) or (part % 100 >= 20 and part % 10 == 0 and 0 < more < 10)
