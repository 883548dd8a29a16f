"""What is not shown even to whoever looks inside: by its name, and by the field that it is typed into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..records import MASKED

_NAME = re.compile(
    r"pass(?:word|wd|phrase|code)|passwort|kennwort|secret|token|credential|authori[sz]ation|cookie|bearer|signature"
    r"|api_?key|private_?key|access_?key|secret_?key|signing_?key|(?:^|[^a-z])(?:key|pwd|pin|otp|cvc|cvv|iban|ssn)$",
    re.I,
)
# `password='x'` in a text that some class has written of itself.
_PAIR = re.compile(r"""(\w+)(['"]?\s*[:=]\s*)('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s,;)}\]]+)""")
_SQL_LITERAL = re.compile(r"'(?:[^']|'')*'?|(?<![\w.])\d+(?:\.\d+)?\b")
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# A row's key and that of a tree's node are no secrets, and the point of many records.
_KEYS_OF_ROWS = frozenset({"key", "keys"})


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether what has that name is likely to be a secret; `key` alone is a row's."""
    if name in _KEYS_OF_ROWS:
        return False
    return _NAME.search(_PARTS.sub("_", name).replace("-", "_").replace(" ", "_")) is not None


def masked_text(text: str) -> str:
    """The same text, with stars for what stands there as `password='…'`."""
    if "=" not in text and ":" not in text:
        return text
    return _PAIR.sub(lambda pair: f"{pair[1]}{pair[2]}{MASKED}" if is_secret(pair[1]) else pair[0], text)


@lru_cache(maxsize=256)
def names_a_secret(sql: str) -> bool:
    """Whether a statement speaks of a column that is likely to hold one; then neither its literals nor its parameters are told."""
    return any(is_secret(word) for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", sql))


def masked_sql(sql: str) -> str:
    """A statement; its literals are taken out where it speaks of a secret."""
    return _SQL_LITERAL.sub(MASKED, sql) if names_a_secret(sql) else sql


def is_secret_field(props: Mapping[str, Any]) -> bool:
    """Whether what is typed into the element with these props is a secret."""
    attrs = props.get("attrs")
    told = {**attrs, **props} if isinstance(attrs, Mapping) else props
    if told.get("type") == "password":
        return True
    names = (told.get(each) for each in ("name", "label", "autocomplete", "aria-label"))
    return any(isinstance(each, str) and is_secret(each) for each in names)
