"""A form in which a bundle reaches people: an installer, a package, an archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..bundle import Bundle


def nothing() -> str | None:
    """What a format needs that is made by Python alone."""
    return None


@dataclass(frozen=True, slots=True)
class Format:
    """One form: what its file is called, how it is made, and what must be installed for that.

    `needs()` is None if it can be made here, or else a sentence that says which outside tool is missing and where one gets it.
    """

    name: str  # as in `hipflask build --format`: "deb", "app.zip"
    file_name: Callable[[Bundle], str]
    make: Callable[[Bundle, Path], None]
    needs: Callable[[], str | None] = nothing
