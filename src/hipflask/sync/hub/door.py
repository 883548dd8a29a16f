"""Who is let in: a token, no browser, and not after too many wrong tokens from one address.

A wrong token costs a look into the database, which is what the limit is for; nobody guesses 256 bits. An address may be a whole
office's, so a token that was good lately is let in from there nevertheless.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

K = TypeVar("K")
V = TypeVar("V")

FAILURES_AT_ONCE = 10
SECONDS_PER_FAILURE = 6.0
MOST_REMEMBERED = 10_000  # addresses, and tokens that were good


class Tokens(Protocol):
    """The sign-ins that there are."""

    def signed_in(self, token: str) -> str | None:
        """Whose token this is; None if it is nobody's, or not any more."""

    def good(self, tokens: Collection[str]) -> Collection[str]:
        """Those of them that are good now."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who may come in."""

    user: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotLetIn:
    """The status to answer, a sentence for the person, and when to try again, in seconds."""

    status: int
    sentence: str
    retry_after: int = 0


class Door:
    """Lets replicas in, one after the other; it may be asked from several threads."""

    def __init__(self, tokens: Tokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._clock = clock
        self._full_again: OrderedDict[str, float] = OrderedDict()  # when an address has all its tries back
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def enter(self, address: str, headers: Mapping[str, str]) -> Guest | NotLetIn:
        """Somebody from this address comes with these headers, whose names are in lower case."""
        if "origin" in headers:
            return NotLetIn(
                403, "The hub speaks with replicas, not with pages in a browser: no Origin header, please."
            )
        token = _bearer(headers.get("authorization", ""))
        if token is None:
            return NotLetIn(
                401,
                "Sign in with a device's token: `Authorization: Bearer …`. `hipflask hub token issue` makes one.",
            )
        mark = hashlib.sha256(token.encode()).digest()
        if mark not in self._known and (wait := self._wait(address)):
            return NotLetIn(
                429, f"Too many wrong tokens came from {address}. Try again in {wait} seconds.", wait
            )
        user = self._tokens.signed_in(token)
        if user is None:
            self._failed(address)
            self._known.pop(mark, None)
            return NotLetIn(
                401,
                "This token is not known here, or it has expired or was revoked. Ask for a new one, and sign in again.",
            )
        _remember(self._known, mark, None)
        return Guest(user, token)

    def _wait(self, address: str) -> int:
        """For how many seconds nobody unknown is let in from there."""
        allowed = self._clock() + (FAILURES_AT_ONCE - 1) * SECONDS_PER_FAILURE
        return max(0, math.ceil(self._full_again.get(address, 0.0) - allowed))

    def _failed(self, address: str) -> None:
        full = max(self._full_again.get(address, 0.0), self._clock()) + SECONDS_PER_FAILURE
        _remember(self._full_again, address, full)


def _bearer(authorization: str) -> str | None:
    kind, _, token = authorization.partition(" ")
    token = token.strip()
    return token if kind.lower() == "bearer" and token.isascii() and token else None


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST_REMEMBERED:
        kept.popitem(last=False)
