"""How releases are read from where they are published: a web server, or a folder that a company shares.

    web = Web(Patience())
    for block in web.read("https://example.com/stock/metadata/timestamp.json", seconds=60):
        …

Who answers is not trusted: The Update Framework's signatures decide about what is read (see `trust.py`). What is left for
this file is that nobody can keep the program waiting or have it ask where it should not:

* the time for an answer is limited as a whole, down to the last header, so one byte a minute leads nowhere;
* the caller counts the bytes, and stops when there are more than there may be;
* only https:, file: and, for this computer itself, http: are followed, in redirects too. An update over plain http: could not
  be forged either, but whoever listens would learn which version runs here; `allow_http` is for networks where that is
  no matter.

Proxies are those of the environment and the system; certificates those of the system.
"""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from ...core.errors import UpdateError
from .words import clock_says

_AT_ONCE = 1 << 16
_HERE = ("localhost", "127.0.0.1", "::1")
# Where systems keep what OpenSSL should trust, for a Python that was built elsewhere and looks in other places.
_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)


_DATES = (9, 10)  # OpenSSL's for a certificate that is not valid yet, or no longer


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an update waits for whoever answers."""

    silence: float = 30  # seconds without a byte
    check: float = 60  # seconds for all that a check reads
    slowest: int = 4096  # bytes a second that a layer comes with, at least, taken as a whole

    def for_size(self, size: int) -> float:
        """The seconds that a download of so many bytes may take."""
        return self.silence + size / self.slowest


class Web:
    """Reads addresses, within limits."""

    def __init__(self, patience: Patience, *, allow_http: bool = False) -> None:
        self.patience = patience
        self.allow_http = allow_http

    def read(self, url: str, seconds: float) -> Iterator[bytes]:
        """What is there, block by block; raises OSError, HTTPException or UpdateError, TimeoutError after so many seconds."""
        self.check(url)
        clock = _Clock(self.patience.silence, seconds)
        with closing(self._open(url, clock)) as stream:
            while block := stream.read1(_AT_ONCE):
                clock.left()
                yield block

    def check(self, url: str) -> None:
        """Refuse an address that updates do not come from: raises UpdateError."""
        parts = urlsplit(url)
        is_here = parts.hostname in _HERE
        if parts.scheme not in ("https", "file") and not (
            parts.scheme == "http" and (is_here or self.allow_http)
        ):
            raise UpdateError(
                f"Updates come from https: or file: addresses, got {url!r}. An address with plain http: is taken for this "
                "computer itself only, because everybody on the way can read along."
            )

    def _open(self, url: str, clock: _Clock) -> Any:
        if urlsplit(url).scheme == "file":
            return path_of(url).open("rb")
        request = urllib.request.Request(
            url, headers={"User-Agent": "Hipflask", "Accept-Encoding": "identity"}
        )
        return self._opener(clock).open(request, timeout=clock.left())

    def _opener(self, clock: _Clock) -> urllib.request.OpenerDirector:
        # Not build_opener, which would also follow ftp:, data: and file:.
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            _Http(clock),
            _Https(clock),
            _Redirect(self),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            opener.add_handler(handler)
        return opener


def path_of(url: str) -> Path:
    """The file that a file: address means; `file://server/share/…` is a shared folder of Windows."""
    parts = urlsplit(url)
    host = "" if parts.hostname in (None, *_HERE) else f"//{parts.netloc}"
    return Path(urllib.request.url2pathname(host + parts.path))


def of_network(error: Exception, url: str) -> str:
    """What keeps an address from being read."""
    if isinstance(error, urllib.error.HTTPError):
        return f"{url} was answered with {error.code} ({error.reason})."
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"{url} was answered too slowly, and the answer was given up ({reason})."
    if isinstance(reason, ssl.SSLCertVerificationError):
        clock = f" This computer's clock says {clock_says()}." if reason.verify_code in _DATES else ""
        return f"{url} is not who it says to be: {reason.verify_message}.{clock}"
    if isinstance(reason, http.client.HTTPException):
        return f"{url} was answered in a form that is no HTTP ({type(reason).__name__}: {reason})."
    return f"{url} could not be read ({reason})."


class _Clock:
    """What is left of the time that an answer may take."""

    def __init__(self, silence: float, seconds: float) -> None:
        self.silence = silence
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        """For how many seconds to wait for the next byte; raises TimeoutError if there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the whole answer is over")
        return min(left, self.silence)


class _Timed(io.RawIOBase):
    """A socket's stream that asks the clock before every read: a time limit of the socket alone begins anew with every byte."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, clock: _Clock) -> None:
        super().__init__()
        self.raw, self.sock, self.clock = raw, sock, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.sock.settimeout(self.clock.left())
        count = self.raw.readinto(buffer)
        return None if count is None else int(count)

    def close(self) -> None:
        self.raw.close()
        super().close()


def _response(clock: _Clock) -> type[http.client.HTTPResponse]:
    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp: Any = io.BufferedReader(_Timed(self.fp.detach(), sock, clock))

    return Response


class _Http(urllib.request.HTTPHandler):
    def __init__(self, clock: _Clock) -> None:
        super().__init__()
        self.connection: Any = type(
            "Connection", (http.client.HTTPConnection,), {"response_class": _response(clock)}
        )

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, clock: _Clock) -> None:
        super().__init__()
        self.certificates = _certificates()
        self.connection: Any = type(
            "Connection", (http.client.HTTPSConnection,), {"response_class": _response(clock)}
        )

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.connection, req, context=self.certificates)


class _Redirect(urllib.request.HTTPRedirectHandler):
    def __init__(self, web: Web) -> None:
        self.web = web

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        # From http: to file: urllib itself lets nobody be led.
        try:
            self.web.check(newurl)
        except UpdateError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _certificates() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ssl.get_default_verify_paths().cafile is None:
        for file in filter(os.path.isfile, _CERTIFICATES):
            context.load_verify_locations(file)
            break
    return context
