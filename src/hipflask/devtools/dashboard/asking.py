"""What a target answers, within bounds: it may be gone, slow, or no server of ours at all."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from ...core.errors import HipflaskError, UsageError
from ...telemetry.connection import Connection, basic

SECONDS = 4.0
MOST_BYTES = 8_000_000


class NoAnswer(HipflaskError):
    """A target did not give its figures; the message says why, in a few words."""


def address(given: str) -> SplitResult:
    """The address of a target as a person writes it: `9100`, `127.0.0.1:9100` and `http://127.0.0.1:9100/metrics` are one."""
    text = f"127.0.0.1:{given}" if given.isdecimal() else given
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        is_meant = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        is_meant = False
    if not is_meant or not text.isprintable() or " " in text:
        raise UsageError(
            "A target is the address at which a program shows its figures, such as http://127.0.0.1:9100/metrics: what "
            "`hipflask serve --metrics` and `hipflask hub --metrics` say when they start."
        )
    return url._replace(path=url.path if url.path not in ("", "/") else "/metrics")


def ask(url: SplitResult, headers: Mapping[str, str] | None = None) -> str:
    """The text at an address; raises NoAnswer."""
    context = ssl.create_default_context() if url.scheme == "https" else None
    connection = Connection(url, context, 2 * SECONDS)
    watch = Timer(SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        return _asked(connection, url, {**basic("Authorization", url), **(headers or {})})
    except OSError as error:
        raise NoAnswer(_late() if connection.is_cut else _words(error)) from None
    except (http.client.HTTPException, ValueError):
        raise NoAnswer(_late() if connection.is_cut else "what answers there is no web server") from None
    finally:
        watch.cancel()
        connection.end()


def _asked(connection: Connection, url: SplitResult, headers: Mapping[str, str]) -> str:
    path = f"{url.path}?{url.query}" if url.query else url.path
    connection.request("GET", path, headers={"Accept": "text/plain", **headers})
    answer = connection.getresponse()
    if answer.status != 200:
        raise NoAnswer(f"it answers {answer.status}")
    body = answer.read(MOST_BYTES + 1)
    if connection.is_cut:
        raise NoAnswer(_late())
    if len(body) > MOST_BYTES:
        raise NoAnswer(f"its answer is longer than {MOST_BYTES // 1_000_000} MB")
    return body.decode("utf-8", "replace")


def _words(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, TimeoutError):
        return _late()
    if isinstance(error, ssl.SSLError):
        return "its certificate is not trusted, or it speaks no TLS"
    return "the connection broke" if isinstance(error, ConnectionError) else "it cannot be reached"


def _late() -> str:
    return f"no answer within {SECONDS:g} seconds"
