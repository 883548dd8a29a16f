"""How an app looks: a handful of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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

    def variables(self) -> dict[str, str]:
        """The CSS custom properties that the page sets on its root."""
        given = {
            "--hf-primary": self.primary,
            "--wa-border-radius-scale": None if self.radius == 1 else str(self.radius),
            "--wa-space-scale": None if self.density == 1 else str(self.density),
            "--wa-font-family-body": self.font,
        }
        return {name: value for name, value in given.items() if value is not None}
