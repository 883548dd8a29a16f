"""Who may talk to a server on this machine's loopback: only the window (or browser) that was given a token.

Anything on the machine, and any web page in any browser on it, can connect to 127.0.0.1. Therefore:

* a token, made for one launch, comes in the first URL and becomes an HttpOnly cookie of this port; nothing is
  answered without that cookie, static files included;
* `Host` must name this server, or a page elsewhere could reach it under a name of its own (DNS rebinding);
* `Origin`, where a browser sends one, must be this server, or a page elsewhere could post to it or open its socket.

Programs that are no browser (an assistant, for one) have no cookie. The paths that are for them, `doors`, are let through without
one, and ask for a credential of their own: whoever adds a door promises that nothing behind it answers without.

A voice's servers do not even know this server's name, since they come by way of a proxy. What they send is signed, or carries a
secret, so its paths, `signed_doors`, are let through whatever the name, for POST alone, and never for a page in a browser.

`Guard.check` is a plain function of a request's line and headers; `web.py` does what it says.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode

TOKEN = "_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not let in: the status to answer, and a sentence for the person who sees it."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """A token was good: set this cookie, and go to the same address without the token."""

    location: str
    cookie: str


Verdict = Refusal | Welcome | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a guard looks at of a request; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    is_socket: bool = False


@dataclass(eq=False)
class Guard:
    """Lets in whoever has the cookie of this server; `hosts` are the values of `Host` that name it."""

    port: int
    hosts: frozenset[str]
    lasting_token: str | None = field(
        default=None, repr=False
    )  # accepted any number of times: what `hipflask serve` prints
    doors: frozenset[str] = frozenset()  # exact paths that ask for a credential of their own
    signed_doors: frozenset[str] = (
        frozenset()
    )  # those to which every request proves by itself who has sent it
    _cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _tokens: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def of_loopback(
        cls, port: int, lasting_token: str | None = None, doors: frozenset[str] = frozenset()
    ) -> Guard:
        """The guard of a server on this machine alone."""
        names = ("127.0.0.1", "localhost", "[::1]")
        hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())
        guard = cls(port, frozenset(hosts), lasting_token, doors)
        if lasting_token is not None:
            # A token that outlives the process makes the same cookie each time, so open pages find their way back.
            guard._cookie = hmac.digest(lasting_token.encode(), b"hipflask cookie", "sha256").hex()
        return guard

    def mint(self) -> str:
        """A token that opens the door once."""
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return token

    def check(self, asked: Asked) -> Verdict:
        """None if the request may go on; what to answer instead, otherwise."""
        if self._is_signed(asked):
            return None
        if (host := asked.headers.get("host", "")) not in self.hosts:
            return Refusal(400, f"This server is not called {host!r}.")
        if (strange := _strange_origin(asked, host)) is not None:
            return Refusal(403, f"Pages of {strange} may not talk to this program.")
        if asked.path in self.doors and not asked.is_socket:
            return None
        # The token first, so that it leaves the address bar (and the history) of a browser that has the cookie already.
        token = dict(parse_qsl(asked.query)).get(TOKEN, "")
        if asked.method == "GET" and not asked.is_socket and self._redeem(token):
            return Welcome(_without_token(asked), self._set_cookie())
        if self._has_cookie(asked.headers.get("cookie", "")):
            return None
        return Refusal(403, _STALE if token else _NO_TOKEN)

    def _is_signed(self, asked: Asked) -> bool:
        by_a_server = asked.method == "POST" and not asked.is_socket and "origin" not in asked.headers
        return by_a_server and asked.path in self.signed_doors

    @property
    def _cookie_name(self) -> str:
        return f"hipflask-{self.port}"  # cookies do not know ports, so their names have to

    def _set_cookie(self) -> str:
        return f"{self._cookie_name}={self._cookie}; HttpOnly; SameSite=Strict; Path=/"

    def _has_cookie(self, header: str) -> bool:
        # Taken apart by hand: http.cookies gives up all of them for one that another program on this host has set oddly.
        pairs = (pair.strip().partition("=") for pair in header.split(";"))
        return any(
            name == self._cookie_name and hmac.compare_digest(value.encode(), self._cookie.encode())
            for name, _, value in pairs
        )

    def _redeem(self, token: str) -> bool:
        if self.lasting_token is not None and hmac.compare_digest(
            token.encode(), self.lasting_token.encode()
        ):
            return True
        if token in self._tokens:
            self._tokens.discard(token)
            return True
        return False


class OpenGuard:
    """Lets everybody in whose browser was not sent by another site: `hipflask serve --public`."""

    def check(self, asked: Asked) -> Verdict:
        """None unless a page of another site is asking."""
        strange = _strange_origin(asked, asked.headers.get("host", ""))
        return (
            Refusal(403, f"Pages of {strange} may not talk to this program.") if strange is not None else None
        )


def _strange_origin(asked: Asked, host: str) -> str | None:
    """The origin that asks, if it is another one than this server and could do harm."""
    origin = asked.headers.get("origin")
    if origin is None or (asked.method in SAFE_METHODS and not asked.is_socket):
        return None
    scheme, _, rest = origin.partition("://")
    return None if scheme in ("http", "https") and rest == host else origin


def _without_token(asked: Asked) -> str:
    rest = [(name, value) for name, value in parse_qsl(asked.query, keep_blank_values=True) if name != TOKEN]
    # One slash only: "//elsewhere" would be another host's address.
    path = "/" + quote(asked.path.lstrip("/\\"), safe="/:@!$&'()*+,;=~")
    return f"{path}?{urlencode(rest)}" if rest else path


_NO_TOKEN = (
    "This program is open on this computer, and only its own window may look inside. "
    "Open it from where it was started; `hipflask serve` prints the address to use."
)
_STALE = (
    "This address has been used already, or the program has been started anew since. "
    "Open it again from where it was started; `hipflask serve` prints the address to use."
)
