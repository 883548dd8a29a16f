"""Who may call the Dialogflow webhook: whoever knows the secret, or is Google by a token that Google has signed.

| `app.config` or the environment | what Dialogflow is told to send |
|---|---|
| `DIALOGFLOW_SECRET` | the header `Authorization: Bearer …` with it |
| `DIALOGFLOW_BASIC`, as `user:password` | these as basic authentication |
| `DIALOGFLOW_AUDIENCE` and `DIALOGFLOW_SERVICE_ACCOUNT` | an ID token of that account, for that audience |

With none of them nobody is let in.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .tokens import BadToken, IdTokens


class Stranger(Exception):
    """Not let in; the message is for the log."""


@dataclass(frozen=True)
class Doorkeeper:
    """Lets in whoever proves one of the things that are set."""

    secret: str | None = None
    basic: str | None = None
    tokens: IdTokens | None = None

    def check(self, authorization: str, now: datetime | None = None) -> None:
        """Raise Stranger unless the header `Authorization` proves who is asking."""
        scheme, _, proof = authorization.partition(" ")
        proof = proof.strip()
        ways: Mapping[str, Callable[[str, datetime], None]] = {"bearer": self._bearer, "basic": self._basic}
        if not (self.secret or self.basic or self.tokens):
            raise Stranger(
                "Nothing is set by which Dialogflow could prove itself: set DIALOGFLOW_SECRET, and have Dialogflow send "
                "the header `Authorization: Bearer …` with it."
            )
        if scheme.lower() not in ways or not proof:
            raise Stranger("There is no Authorization header with a secret, a password or a token.")
        ways[scheme.lower()](proof, now or datetime.now(UTC))

    def _bearer(self, proof: str, now: datetime) -> None:
        if self.secret and hmac.compare_digest(proof.encode(), self.secret.encode()):
            return
        if self.tokens is None:
            raise Stranger("The secret is wrong.")
        try:
            self.tokens.check(proof, now)
        except BadToken as error:
            raise Stranger(str(error)) from None

    def _basic(self, proof: str, _: datetime) -> None:
        try:
            given = base64.b64decode(proof, validate=True)
        except (binascii.Error, ValueError):
            given = b""
        if not self.basic or not hmac.compare_digest(given, self.basic.encode()):
            raise Stranger("The name or the password is wrong.")
