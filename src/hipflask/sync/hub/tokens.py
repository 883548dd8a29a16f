"""Sign-in of devices: tokens that are shown once, and kept as hashes.

    tokens.issue("ann@example.com", "laptop")     → "hft_k3N…", for the device's keyring
    tokens.signed_in("hft_k3N…")                  → "ann@example.com"; None once it has been revoked or has expired

A token is 256 random bits, so its SHA-256 cannot be turned back by guessing, and needs no salt. Who reads the database cannot
sign in with what stands there.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from ...core.errors import EntryError
from .database import Database
from .layout import SCHEMA

PREFIX = "hft_"
# A token that was good is asked for again after this time: so soon counts a revocation, and so seldom costs signing in a query.
FRESH_SECONDS = 3.0
_MOST_REMEMBERED = 10_000
_MOST_LETTERS = 200  # of a token that somebody shows

_IS_GOOD = "revoked IS NULL AND (expires IS NULL OR expires > now())"


@dataclass(frozen=True)
class Token:
    """A sign-in, as a person who looks after them sees it."""

    id: str
    user: str
    device: str
    issued: datetime
    expires: datetime | None
    revoked: datetime | None
    used: datetime | None

    @property
    def state(self) -> str:
        """Whether it is good, in a word."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= datetime.now(UTC) else "good"


class Tokens:
    """The tokens of one hub's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[bytes, tuple[str, float]] = {}

    def issue(self, user: str, device: str = "", expires: datetime | None = None) -> str:
        """A new token for a device of this user; it is known nowhere but here and now."""
        _refuse_bad(user, device, expires)
        token = PREFIX + secrets.token_urlsafe(32)
        self._run(
            f'INSERT INTO {SCHEMA}.token (id, hash, "user", device, expires) VALUES (%s, %s, %s, %s, %s)',
            (secrets.token_hex(4), _hash(token), user, device, expires),
        )
        return token

    def all(self, user: str | None = None) -> list[Token]:
        """All tokens, or those of one user, the oldest first."""
        rows = self._run(
            f'SELECT id, "user", device, issued, expires, revoked, used FROM {SCHEMA}.token '
            'WHERE %s::text IS NULL OR "user" = %s ORDER BY issued, id',
            (user, user),
        )
        return [Token(*row) for row in rows]

    def revoke(self, id: str) -> Token:
        """End a token now; connections that were opened with it end within seconds."""
        return self._changed(id, "revoked = coalesce(revoked, now())")

    def expire(self, id: str, at: datetime) -> Token:
        """Let a token end at a moment; raises EntryError for one that has no time zone."""
        _refuse_naive(at)
        return self._changed(id, "expires = %s", at)

    def signed_in(self, token: str) -> str | None:
        """Whose token this is; None if it is nobody's, or not good any more. An answer may be three seconds old."""
        if not token.startswith(PREFIX) or len(token) > _MOST_LETTERS:
            return None
        hashed = _hash(token)
        known = self._remembered.get(hashed)
        if known is not None and time.monotonic() - known[1] < FRESH_SECONDS:
            return known[0]
        self._remembered.pop(hashed, None)
        user = self._asked(hashed)
        if user is not None:
            self._remember(hashed, user)
        return user

    def good(self, tokens: Collection[str]) -> set[str]:
        """Those that are good at this moment, of many at once: for connections that stand."""
        hashes = {_hash(token): token for token in tokens}
        rows = self._run(
            f"SELECT hash FROM {SCHEMA}.token WHERE hash = ANY(%s) AND {_IS_GOOD}", (list(hashes),)
        )
        return {hashes[bytes(hashed)] for (hashed,) in rows}

    def _asked(self, hashed: bytes) -> str | None:
        rows = self._run(
            f'UPDATE {SCHEMA}.token SET used = now() WHERE hash = %s AND {_IS_GOOD} RETURNING hash, "user"',
            (hashed,),
        )
        # The index has compared already; this one takes as long for every wrong answer.
        return next((user for there, user in rows if compare_digest(bytes(there), hashed)), None)

    def _remember(self, hashed: bytes, user: str) -> None:
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[hashed] = user, time.monotonic()

    def _changed(self, id: str, change: str, *values: Any) -> Token:
        rows = self._run(
            f"UPDATE {SCHEMA}.token SET {change} WHERE id = %s "
            'RETURNING id, "user", device, issued, expires, revoked, used',
            (*values, id),
        )
        self._remembered.clear()
        if not rows:
            raise EntryError(f"There is no token {id!r}. `hipflask hub token list` shows all.")
        return Token(*rows[0])

    def _run(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._database.transaction() as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _refuse_bad(user: str, device: str, expires: datetime | None) -> None:
    if not user.strip() or "\0" in user + device:
        raise EntryError(
            f"A token is somebody's: it takes a user such as 'ann@example.com', got {user!r} on {device!r}."
        )
    if expires is not None:
        _refuse_naive(expires)


def _refuse_naive(at: datetime) -> None:
    if at.tzinfo is None:
        raise EntryError(
            f"A token expires at a moment, so its time needs a zone: got {at}. Write 2027-01-31T00:00Z."
        )
