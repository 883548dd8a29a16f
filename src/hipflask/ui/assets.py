"""What the browser is given: the built client, its style sheet, and the icons. Made from `client/` at build time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from ..core.errors import MissingPart

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The names of the built files, which carry a hash of their content and so may be cached for ever."""

    js: str
    css: str
    chunks: tuple[str, ...]  # the files that `js` imports at once


@cache
def manifest() -> Manifest:
    """The names of the built files; raises MissingPart where the client has not been built."""
    return msgspec.json.decode(_read("manifest.json"), type=Manifest)


@cache
def icons() -> dict[str, str]:
    """Every Lucide icon: its name and the markup inside its <svg>."""
    return msgspec.json.decode(_read("icons.json"), type=dict[str, str])


def icon(name: str) -> str | None:
    """One icon as an SVG document, or None if there is no such icon."""
    inner = icons().get(name)
    if inner is None:
        return None
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        + inner
        + "</svg>"
    )


def _read(name: str) -> bytes:
    try:
        return (STATIC / name).read_bytes()
    except FileNotFoundError:
        raise MissingPart(
            "The browser side of Hipflask has not been built. In a checkout run `npm ci && npm run build` in client/ "
            "(or `pip install -e .`, which does both); an installed package always contains it."
        ) from None
