"""One small GET or POST: of the web alone, without redirects, of no more than so many bytes, without waiting for long."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

SECONDS = 5.0


class CannotFetch(Exception):
    """What was to be fetched did not come; the message says why."""


def fetch(url: str, limit: int, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
    """What is at an address; raises CannotFetch."""
    import http.client  # 25 ms, with what they bring, that most voices never need
    import urllib.error
    import urllib.request

    if not url.startswith(("https://", "http://")):  # urllib would open files, too
        raise CannotFetch(f"{url!r} is no address of the web.")
    request = urllib.request.Request(url, data, dict(headers or {}))
    try:
        with _opener().open(request, timeout=SECONDS) as answer:
            body: bytes = answer.read(limit + 1)
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise CannotFetch(f"{url}: {error}") from error
    if len(body) > limit:
        raise CannotFetch(f"{url}: more than {limit} bytes")
    return body


@cache
def _opener() -> Any:
    import urllib.request

    class NoRedirects(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            """Nowhere: an address that was found good says nothing about another."""

    return urllib.request.build_opener(NoRedirects)
