"""An HTTP connection that another thread can cut: a timeout ends a wait, but not an answer that never ends."""

from __future__ import annotations

import http.client
import ssl
from base64 import b64encode
from contextlib import suppress
from socket import SHUT_RDWR, socket
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Connection(http.client.HTTPConnection):
    """A connection that another thread can cut, also in the middle of what TLS begins with."""

    def __init__(self, url: SplitResult, context: ssl.SSLContext | None, seconds: float) -> None:
        self._name = url.hostname or ""
        self._context = context
        self._cutter: socket | None = None
        self.is_cut = False
        port = url.port or (443 if context else 80)
        proxy = _proxy_for(url)
        if proxy is None:
            super().__init__(self._name, port, timeout=seconds)
        else:  # a tunnel for http as well: what goes through is the same then
            super().__init__(proxy.hostname or "", proxy.port or 80, timeout=seconds)
            self.set_tunnel(self._name, port, headers=basic("Proxy-Authorization", proxy))

    def connect(self) -> None:
        super().connect()
        self._cutter = self.sock.dup()  # TLS takes the socket itself away
        if self.is_cut:  # before there was anything to cut
            raise TimeoutError
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._name)

    def cut(self) -> None:
        """End whatever is under way; to be called by another thread."""
        self.is_cut = True
        for end in (self._cutter, self.sock):
            if end is not None:
                with suppress(OSError):
                    end.shutdown(SHUT_RDWR)

    def end(self) -> None:
        """Close it for good; `close()` is called by the library itself, as soon as it has an answer's first lines."""
        self.close()
        if self._cutter is not None:
            self._cutter.close()


def basic(header: str, url: SplitResult) -> dict[str, str]:
    """The header by which a user and a password that stand in an address are sent."""
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return {header: f"Basic {b64encode(pair.encode()).decode()}"}


def _proxy_for(url: SplitResult) -> SplitResult | None:
    host = url.hostname or ""
    named = getproxies().get(url.scheme)
    if not named or host in LOOPBACK or proxy_bypass(host):
        return None
    return urlsplit(named if "://" in named else f"http://{named}")
