"""How an app looks: a handful of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..core.errors import UsageError

# A name, a number after # or a function; which names and functions there are the browser knows.
_COLOR = re.compile(r"[a-zA-Z]+|#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-z-]+\([^;{}]*\)")


@dataclass(frozen=True, slots=True)
class Theme:
    """How an app looks: `Hipflask(__name__, theme=Theme(primary="seagreen"))`.

    `primary` is any CSS colour, `radius` a factor (0 for square corners), `density` a factor for space (below 1 for
    tight), `font` a CSS font family. `scheme` "auto" follows the system between light and dark.
    """

    primary: str | None = None
    radius: float = 1.0
    density: float = 1.0
    font: str | None = None
    scheme: Literal["auto", "light", "dark"] = "auto"

    def __post_init__(self) -> None:
        if self.primary is not None and not (
            isinstance(self.primary, str) and _COLOR.fullmatch(self.primary)
        ):
            _refuse("primary", "a CSS colour such as 'seagreen' or '#2a8a5c'", self.primary)
        if self.font is not None and (not isinstance(self.font, str) or set(self.font) & set(";{}")):
            _refuse("font", "a CSS font family such as 'Georgia, serif'", self.font)
        if self.scheme not in ("auto", "light", "dark"):
            _refuse("scheme", "'auto', 'light' or 'dark'", self.scheme)
        for name, factor in (("radius", self.radius), ("density", self.density)):
            if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 <= factor <= 10:
                _refuse(name, "a factor from 0 to 10", factor)

    def variables(self) -> dict[str, str]:
        """The CSS custom properties that the page sets on its root."""
        given = {
            "--hf-primary": self.primary,
            "--wa-border-radius-scale": None if self.radius == 1 else str(self.radius),
            "--wa-space-scale": None if self.density == 1 else str(self.density),
            "--wa-font-family-body": self.font,
        }
        return {name: value for name, value in given.items() if value is not None}


def _refuse(name: str, takes: str, got: object) -> None:
    raise UsageError(f"ui.Theme: {name} takes {takes}, got {got!r}.")
