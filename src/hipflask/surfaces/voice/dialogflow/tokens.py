"""ID tokens that Google has signed: the account that calls, and for whom the token was made.

A token is `header.claims.signature`, each in base64url. The signature is RS256 by one of Google's keys, which are fetched from Google
and kept for an hour; the claims name the issuer, the audience, the account and the time.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ....core.errors import MissingPart
from ..fetching import CannotFetch, fetch

KEYS = "https://www.googleapis.com/oauth2/v3/certs"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
LEEWAY = timedelta(seconds=60)

_KEPT_FOR = timedelta(hours=1)
_NOT_AGAIN_FOR = timedelta(minutes=1)  # a token with an invented key has nothing fetched sooner
_KEYS_LIMIT = 64 * 1024  # bytes
_TOKEN_LIMIT = 8 * 1024  # characters


class BadToken(Exception):
    """The token proves nothing; the message is for the log."""


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    exp: int
    iat: int
    email: str = ""
    email_verified: bool = False


class _Key(msgspec.Struct, frozen=True):
    kid: str
    n: str
    e: str


class _Keys(msgspec.Struct, frozen=True):
    keys: list[_Key]


@dataclass
class IdTokens:
    """Tells the tokens of one service account, made for one audience, from all others."""

    audience: str
    account: str
    fetch_keys: Callable[[], bytes] = field(default=lambda: fetch(KEYS, limit=_KEYS_LIMIT), repr=False)
    _keys: dict[str, _Key] = field(default_factory=dict, init=False, repr=False)
    _fetched: datetime | None = field(default=None, init=False, repr=False)

    def check(self, token: str, now: datetime) -> None:
        """Raise BadToken unless the account is calling, just now, and us."""
        header, claims, signed, signature = _taken_apart(token)
        if header.alg != "RS256":
            raise BadToken(f"The token is signed by {header.alg!r}, and Google uses RS256.")
        _verify(self._key(header.kid, now), signature, signed)
        self._check_claims(claims, now.timestamp())

    def _check_claims(self, claims: _Claims, now: float) -> None:
        if claims.iss not in ISSUERS:
            raise BadToken(f"The token was issued by {claims.iss!r}, not by Google.")
        if claims.aud != self.audience:
            raise BadToken(f"The token is for {claims.aud!r}, not for DIALOGFLOW_AUDIENCE.")
        if claims.email != self.account or not claims.email_verified:
            raise BadToken(f"The token is that of {claims.email!r}, not of DIALOGFLOW_SERVICE_ACCOUNT.")
        leeway = LEEWAY.total_seconds()
        if not claims.iat - leeway <= now <= claims.exp + leeway:
            raise BadToken("The token has expired, or is from the future.")

    def _key(self, kid: str, now: datetime) -> _Key:
        age = None if self._fetched is None else now - self._fetched
        if age is None or age > (_KEPT_FOR if kid in self._keys else _NOT_AGAIN_FOR):
            self._fetched = now
            self._keys = self._read()
        if kid not in self._keys:
            raise BadToken("The token is signed by a key that is none of Google's.")
        return self._keys[kid]

    def _read(self) -> dict[str, _Key]:
        try:
            found = msgspec.json.decode(self.fetch_keys(), type=_Keys)
        except (CannotFetch, ValueError) as error:
            raise BadToken(f"Google's keys cannot be fetched: {error}") from None
        return {key.kid: key for key in found.keys}


def _taken_apart(token: str) -> tuple[_Header, _Claims, bytes, bytes]:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _TOKEN_LIMIT:
        raise BadToken("That is no token.")
    try:
        header, claims, signature = (_decoded(part) for part in parts)
        return (
            msgspec.json.decode(header, type=_Header),
            msgspec.json.decode(claims, type=_Claims),
            f"{parts[0]}.{parts[1]}".encode(),
            signature,
        )
    except (ValueError, RecursionError):
        raise BadToken("The token cannot be read.") from None


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _verify(key: _Key, signature: bytes, signed: bytes) -> None:
    try:
        from cryptography.exceptions import InvalidSignature  # secrets and passwords need none of it
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
        from cryptography.hazmat.primitives.hashes import SHA256
    except ImportError:
        raise MissingPart(
            'Google\'s tokens are proven by their signatures, which needs cryptography: pip install "hipflask[voice]".'
        ) from None
    try:
        public: Any = RSAPublicNumbers(_number(key.e), _number(key.n)).public_key()
        public.verify(signature, signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        raise BadToken("The token is not signed by Google.") from None


def _number(text: str) -> int:
    return int.from_bytes(_decoded(text))
