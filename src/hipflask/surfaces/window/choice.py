"""Which shell draws the windows on this machine."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable

from hipflask.core.errors import MissingPart, UsageError, WindowError
from hipflask.surfaces.window.shell import Shell

log = logging.getLogger(__name__)


def choose(preference: str | None = None) -> Shell:
    """The best shell that works here, or the one named by `preference` or HIPFLASK_SHELL and no other.

    Call it on the main thread. A named shell that cannot work raises `MissingPart` or `WindowError`.
    """
    if wanted := preference or os.environ.get("HIPFLASK_SHELL"):
        return _named(wanted)
    failures: list[str] = []
    for name in ("webkitgtk", "browser") if sys.platform == "linux" else ("webview", "browser"):
        try:
            shell = SHELLS[name]()
        except (MissingPart, WindowError) as error:
            failures.append(f"{name}: {error}")
            continue
        for failure in failures:
            log.info("Windows are drawn by %s, because of %s", name, failure)
        return shell
    return _url(failures)


def _named(wanted: str) -> Shell:
    if wanted not in SHELLS:
        raise UsageError(f"There is no shell {wanted!r}. HIPFLASK_SHELL may be one of {', '.join(SHELLS)}.")
    return SHELLS[wanted]()


def _webkitgtk() -> Shell:
    from hipflask.surfaces.window.webkitgtk import WebKitGtk

    return WebKitGtk()


def _webview() -> Shell:
    from hipflask.surfaces.window.webview import PyWebView

    return PyWebView()


def _browser() -> Shell:
    from hipflask.surfaces.window.browser import AppMode

    return AppMode()


def _url(reasons: list[str] | None = None) -> Shell:
    from hipflask.surfaces.window.url import PlainUrl

    return PlainUrl(reasons or ())


SHELLS: dict[str, Callable[[], Shell]] = {
    "webkitgtk": _webkitgtk,
    "webview": _webview,
    "browser": _browser,
    "url": _url,
}
