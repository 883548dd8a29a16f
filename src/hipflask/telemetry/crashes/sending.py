"""Sending a report to whoever has written the program, when its person has pressed Send: by their own mail program, or over HTTPS.

    to = Address.of("mailto:help@example.com")      or "https://example.com/crashes"; raises UsageError

Over HTTPS the very bytes that the window shows are posted, to that address alone: no redirect is followed, nothing is read of the answer but
its status, and the whole may take no longer than a person waits.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from threading import Thread
from urllib.parse import quote, urlsplit

from ...core.errors import NotSent, UsageError

SECONDS = 20.0
LONGEST_MAIL = (
    1800  # of the whole address: Windows takes some 2,000 letters, and no program says how many it takes
)

_MAIL = re.compile(r"mailto:[^\s?&#@]+@[^\s?&#@]+")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where reports go, as the developer has said in `CRASH_REPORTS_TO`."""

    url: str

    @classmethod
    def of(cls, given: object) -> Address:
        """The address that was given; raises UsageError for one that a report must not go to."""
        if isinstance(given, str) and (_MAIL.fullmatch(given) or _is_safe(given)):
            return cls(given)
        raise UsageError(
            f"CRASH_REPORTS_TO={given!r} is no address for crash reports. Give a mail address, 'mailto:help@example.com', or one that "
            "takes a POST over HTTPS, 'https://example.com/crashes'."
        )

    @property
    def is_mail(self) -> bool:
        """Whether the person's own mail program sends it."""
        return self.url.startswith("mailto:")

    @property
    def name(self) -> str:
        """Who gets it, for a person."""
        return self.url.removeprefix("mailto:") if self.is_mail else str(urlsplit(self.url).netloc)

    def mail(self, subject: str, text: str) -> str:
        """The address that opens a mail with as much of a text as goes into one."""
        address = f"{self.url}?subject={quote(subject[:200])}&body="
        lines = text.splitlines()
        body = _body(lines)
        while lines and len(address) + len(body) > LONGEST_MAIL:
            lines.pop()
            body = _body([*lines, "… (the rest is in the file that Save… writes; please attach it)"])
        return address + body

    def post(self, data: bytes) -> None:
        """Post a report; raises NotSent if it was not taken."""
        said: list[str] = []
        # A thread of its own, as an answer that drips in letter by letter is never late for Python's own time limit.
        thread = Thread(
            target=lambda: said.append(_posted(self.url, data)), name="hipflask-report", daemon=True
        )
        thread.start()
        thread.join(SECONDS)
        if said != [""]:
            why = said[0] if said else f"it has not answered within {SECONDS:.0f} seconds"
            raise NotSent(f"{self.name} has not taken the report: {why}. Save it, and send the file by mail.")


def _is_safe(given: str) -> bool:
    try:
        parts = urlsplit(given)
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        return (is_near or parts.scheme == "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _body(lines: list[str]) -> str:
    return quote("\r\n".join(lines))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Its person has agreed to one address, and to no other."""


def _posted(url: str, data: bytes) -> str:
    """Post, and return what went wrong, "" if nothing did."""
    headers = {"Content-Type": "application/json", "User-Agent": "Hipflask"}
    request = urllib.request.Request(url, data, headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
            return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
    except urllib.error.HTTPError as error:
        with error:
            return f"it answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return f"it cannot be reached ({type(reason).__name__})"
