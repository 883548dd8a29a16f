"""What a surface hands to a function as it is, and nobody can send."""

from __future__ import annotations

from typing import Any

from .hints import bare, members


class Given:
    """A parameter whose type hint is a class of this kind gets the surface's own object, such as a raw event."""


def is_given(hint: Any) -> bool:
    """Whether a surface fills a parameter of this hint with an object of its own."""
    bases = [bare(member)[0] for member in members(hint)]
    return bool(bases) and all(isinstance(base, type) and issubclass(base, Given) for base in bases)
