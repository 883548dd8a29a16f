"""What a replica has, written down so that only the hub can have written it: given with every checkpoint, and shown again.

    seal = Seal("era7", 4711, ("", "team:5"), "d3f0…")
    seals.seal(seal)      → b"…" with an HMAC in front; the replica keeps it and cannot make one
    seals.opened(b"…")    → the same Seal; None for anything that we have not sealed

So the hub need not remember its replicas, and nobody can ask for what left a scope that he never had.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, TypeVar

import msgspec

from .database import Connection
from .layout import SCHEMA

_BYTES = 32  # of SHA-256


class Seal(msgspec.Struct, array_like=True, frozen=True):
    """A state of the hub that a replica has: of which version, of which scopes."""

    era: str
    version: int
    scopes: tuple[str, ...]
    replica: str


S = TypeVar("S", bound=msgspec.Struct)


class Seals:
    """Seals that are signed with one hub's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, content: msgspec.Struct) -> bytes:
        """The content with its signature."""
        body = msgspec.msgpack.encode(content)
        return self._signature(type(content), body) + body

    def opened(self, sealed: bytes, kind: type[S] = Seal) -> S | None:  # type: ignore[assignment]
        """The content, if it was sealed as one of this kind with this secret; None if not."""
        signature, body = sealed[:_BYTES], sealed[_BYTES:]
        if not hmac.compare_digest(signature, self._signature(kind, body)):
            return None
        try:
            return msgspec.msgpack.decode(body, type=kind)
        except msgspec.MsgspecError:  # sealed by a version whose seals looked differently
            return None

    def _signature(self, kind: type[Any], body: bytes) -> bytes:
        # The kind is signed as well: where a download broke off is no state that anybody has.
        return hmac.digest(self._secret, kind.__name__.encode() + b"\0" + body, hashlib.sha256)


def seals_of(connection: Connection) -> Seals:
    """The seals of a hub, by the secret in its database."""
    (secret,) = connection.execute(f"SELECT secret FROM {SCHEMA}.state").fetchone() or (b"",)
    return Seals(secret)


def standing(connection: Connection, seal: Seal) -> str:
    """Why a state that was sealed once cannot be gone on from ("restored", "expired"); empty if it can.

    An era ends where the next one begins. A version behind that end, or an era that nobody knows, is from a time that was
    taken back when the database was restored.
    """
    version, floor = connection.execute(f"SELECT version, floor FROM {SCHEMA}.state").fetchone() or (0, 0)
    if seal.version > last_of(connection, seal.era, version):
        return "restored"
    return "expired" if seal.version < floor else ""


def last_of(connection: Connection, era: str, version: int) -> int:
    """The last version of an era, -1 if there was no such era; `version` is the newest of all."""
    if era == "":  # before the first
        return 0
    row = connection.execute(
        f"SELECT (SELECT min(after.first) FROM {SCHEMA}.era after WHERE after.first > era.first) FROM {SCHEMA}.era WHERE name = %s",
        (era,),
    ).fetchone()
    if row is None:
        return -1
    return version if row[0] is None else min(version, row[0] - 1)


def era_of(connection: Connection, version: int) -> str:
    """The era in which a version was made; empty before the first."""
    row = connection.execute(
        f"SELECT name FROM {SCHEMA}.era WHERE first <= %s ORDER BY first DESC, begun DESC LIMIT 1", (version,)
    ).fetchone()
    return row[0] if row else ""
