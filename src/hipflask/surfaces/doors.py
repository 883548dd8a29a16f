"""The paths of an app that a guard lets through: programs that are no browser come in there, with a credential of their own.

A list, and so little that whoever decorates a function can load it; what is done with it is in `guard.py`.
"""

from __future__ import annotations

from typing import Any

# In app.config, while `hipflask serve` runs: doors may derive theirs from it.
SERVE_TOKEN = "HIPFLASK_SERVE_TOKEN"
_DOORS, _SIGNED_DOORS = "hipflask_doors", "hipflask_signed_doors"  # in app.extensions


def add_door(app: Any, path: str) -> None:
    """Have `hipflask serve` let this path through to the app, which asks there for a credential of its own."""
    app.extensions.setdefault(_DOORS, set()).add(path)


def doors_of(app: Any) -> frozenset[str]:
    """The paths of an app that ask for a credential of their own."""
    return frozenset(app.extensions.get(_DOORS, ()))


def add_signed_door(app: Any, path: str) -> None:
    """Have every server let POST to this path through to the app, which answers nothing there that is not proven."""
    app.extensions.setdefault(_SIGNED_DOORS, set()).add(path)


def signed_doors_of(app: Any) -> frozenset[str]:
    """The paths of an app to which every request proves by itself who has sent it."""
    return frozenset(app.extensions.get(_SIGNED_DOORS, ()))
