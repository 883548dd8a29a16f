"""Waiting for what a page comes to show."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

PATIENCE = 15.0  # seconds; the machine may be busy with everything else


def wait_until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until `holds()` is true, and return what it returned."""
    end = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)
    return answer


def wait_for(page: Page, expression: str, seconds: float = PATIENCE) -> Any:
    """Wait until an expression holds in the page; Playwright's own way needs `eval`, which the policy refuses."""
    return wait_until(lambda: page.evaluate(expression), expression, seconds)
