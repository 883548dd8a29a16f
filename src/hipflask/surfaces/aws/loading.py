"""The app that a function answers with, found by the environment that it runs in."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from ...core.errors import UsageError

APP = "HIPFLASK_APP"


def load() -> Any:
    """The app that HIPFLASK_APP names: a module, and after a colon the name there, which is `app` by default."""
    named = os.environ.get(APP, "")
    module, _, name = named.partition(":")
    if not module:
        raise UsageError(
            f'{APP} is not set. It names the app of this function: {APP}="shop:app" for `app` in shop.py.'
        )
    found = getattr(import_module(module), name or "app", None)
    if found is None:
        raise UsageError(f"{APP} is {named!r}, and {module} has no {name or 'app'!r}.")
    return found
