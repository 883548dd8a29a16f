"""Hipflask: write a Flask app, and it is a desktop program your whole company can double-click."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

    from . import ui
    from .app import Blueprint, Hipflask
    from .core.merging import Merge
    from .core.progress import progress, track
    from .core.results import Reply
    from .store.store import Store
    from .store.types.kinds import Digits, Length
    from .surfaces import events, voice
    from .ui.theme import Theme

__version__ = "0.1.0"
__all__ = [
    "Blueprint",
    "Digits",
    "Hipflask",
    "Length",
    "Mapped",
    "Merge",
    "Reply",
    "Store",
    "Theme",
    "events",
    "progress",
    "track",
    "ui",
    "voice",
]

_HOMES = {
    "Blueprint": ".app",
    "Digits": ".store.types.kinds",
    "Hipflask": ".app",
    "Length": ".store.types.kinds",
    "Mapped": "sqlalchemy.orm",
    "Merge": ".core.merging",
    "Reply": ".core.results",
    "Store": ".store.store",
    "Theme": ".ui.theme",
    "progress": ".core.progress",
    "track": ".core.progress",
}
_ROOMS = {"ui": ".ui", "events": ".surfaces.events", "voice": ".surfaces.voice"}


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(_ROOMS[name], __name__)
    if name not in _HOMES:
        raise AttributeError(f"hipflask has no {name!r}. It has: {', '.join(__all__)}.")
    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value
