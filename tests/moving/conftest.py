"""A real Chromium in front of real servers, as in `faults`."""

from __future__ import annotations

from faults.conftest import browser, context, page, serve

__all__ = ["browser", "context", "page", "serve"]
