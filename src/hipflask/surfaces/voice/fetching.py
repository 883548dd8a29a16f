"""One small GET or POST over HTTPS: no redirects, no proxies' surprises, no more than so many bytes or seconds."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

SECONDS = 5.0


class CannotFetch(Exception):
    """What was to be fetched did not come; the message says why."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Nowhere: an address that was found good says nothing about another."""


_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch(url: str, limit: int, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
    """What is at an address; raises CannotFetch."""
    request = urllib.request.Request(url, data, dict(headers or {}))
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            body: bytes = answer.read(limit + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise CannotFetch(f"{url}: {error}") from error
    if len(body) > limit:
        raise CannotFetch(f"{url}: more than {limit} bytes")
    return body
