"""How an app looks: one of our looks, and a handful of values of one's own.

What a theme sets are CSS custom properties, the tokens, out of which `client/src/style.css` makes everything else; they
are listed in docs/topics/look.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from ..core.errors import UsageError

Look = Literal["plain", "paper", "desk"]

# What each look sets; colours follow from a few of them, in light and in dark.
LOOKS: dict[str, dict[str, str]] = {
    "plain": {},
    # A page of a book: warm, with a serif above and no shadows.
    "paper": {
        "--hf-primary": "#9c3d1c",
        "--hf-tint": "#a58f56",
        "--hf-tint-strength": "3.4",
        "--hf-surface": "0.988",
        "--wa-border-radius-scale": "0.35",
        "--wa-font-family-heading": 'Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, "Noto Serif", "DejaVu Serif", serif',
        "--wa-font-weight-heading": "700",
        "--wa-shadow-s": "none",
        "--hf-heading-scale": "1.12",
    },
    # Three monitors full of numbers: grey, square and tight.
    "desk": {
        "--hf-primary": "#0b7a75",
        "--hf-tint-strength": "0",
        "--wa-border-radius-scale": "0.2",
        "--wa-space-scale": "0.72",
        "--wa-font-size-scale": "0.8125",
        "--wa-shadow-s": "none",
        "--hf-heading-scale": "0.86",
        "--hf-card-header": "var(--wa-color-surface-lowered)",
    },
}

# A name, a number after # or a function; which names and functions there are the browser knows.
_COLOR = re.compile(r"[a-zA-Z]+|#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-z-]+\([^;{}]*\)")
_TOKEN = re.compile(r"--[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Theme:
    """How an app looks: `Hipflask(__name__, theme=Theme(look="paper", primary="seagreen"))`.

    `look` is what one begins with: "plain", "paper" (warm, with serifs) or "desk" (grey, square and tight); all else
    changes it. `primary` is any CSS colour, `radius` a factor (0 for square corners), `density` a factor for space (below
    1 for tight), `font` a CSS font family, and `tokens` are any others of the CSS custom properties in
    docs/topics/look.md. `scheme` "auto" follows the system between light and dark.
    """

    primary: str | None = None
    radius: float | None = None
    density: float | None = None
    font: str | None = None
    scheme: Literal["auto", "light", "dark"] = "auto"
    look: Look = "plain"
    tokens: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.primary is not None and not (
            isinstance(self.primary, str) and _COLOR.fullmatch(self.primary)
        ):
            _refuse("primary", "a CSS colour such as 'seagreen' or '#2a8a5c'", self.primary)
        if self.font is not None and not _is_value(self.font):
            _refuse("font", "a CSS font family such as 'Georgia, serif'", self.font)
        if self.scheme not in ("auto", "light", "dark"):
            _refuse("scheme", "'auto', 'light' or 'dark'", self.scheme)
        if self.look not in get_args(Look):
            _refuse("look", "'plain', 'paper' or 'desk'", self.look)
        for name, factor in (("radius", self.radius), ("density", self.density)):
            is_factor = isinstance(factor, int | float) and not isinstance(factor, bool) and 0 <= factor <= 10
            if factor is not None and not is_factor:
                _refuse(name, "a factor from 0 to 10", factor)
        if not isinstance(self.tokens, Mapping) or not all(map(_is_token, self.tokens.items())):
            _refuse("tokens", "CSS custom properties such as {'--wa-font-size-scale': '1.1'}", self.tokens)

    def variables(self) -> dict[str, str]:
        """The CSS custom properties that the page sets on its root."""
        given = {
            "--hf-primary": self.primary,
            "--wa-border-radius-scale": None if self.radius is None else f"{self.radius:g}",
            "--wa-space-scale": None if self.density is None else f"{self.density:g}",
            "--wa-font-family-body": self.font,
        }
        own = {name: value for name, value in given.items() if value is not None}
        return {**LOOKS[self.look], **own, **self.tokens}


def _is_token(item: tuple[object, object]) -> bool:
    name, value = item
    return isinstance(name, str) and _TOKEN.fullmatch(name) is not None and _is_value(value)


def _is_value(value: object) -> bool:
    """Whether this is a text that stands for one value, and ends no declaration."""
    return isinstance(value, str) and not set(value) & set(";{}")


def _refuse(name: str, takes: str, got: object) -> None:
    raise UsageError(f"ui.Theme: {name} takes {takes}, got {got!r}.")
