"""What belongs into the person's own browser or mail program and not into our window."""

from __future__ import annotations

import logging
import threading
import webbrowser
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
SAFE = {"http", "https", "mailto", "tel"}  # others could start any program that registered a scheme
INSIDE = {"about", "blob", "data", "javascript"}  # made by the page itself


def origin(url: str) -> str:
    """Scheme, host and port: what a browser means by "the same place"."""
    parts = urlsplit(url.removeprefix("blob:"))
    return f"{parts.scheme}://{parts.netloc}"


def leaves(url: str, homes: set[str]) -> bool:
    """Whether following `url` would take a window away from the origins it was opened for."""
    return urlsplit(url).scheme not in INSIDE and origin(url) not in homes


def open_outside(url: str) -> None:
    """Hand `url` to the program that the person uses for such addresses, without waiting for it."""
    if urlsplit(url).scheme not in SAFE:
        log.warning("A page asked to open %s; only %s addresses are opened.", url, ", ".join(sorted(SAFE)))
        return
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True, name="hipflask-outside").start()
