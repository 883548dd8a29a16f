"""How good something is."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ..element import number
from ..fields import FieldOptions, field
from ..tree import Kind, Node

RATING = Kind("rating", "hf-rating", role="slider", label="label", field="value")


def rating(
    label: str, *, value: float = 0, max: int = 5, halves: bool = False, **options: Unpack[FieldOptions]
) -> Node:
    """Show stars to say how good something is, from 0 to `max`; with `halves` also between two of them.

    >>> joke = ui.state(4)
    >>> ui.rating("Who is on first", bind=joke)
    """
    if max < 1:
        raise UsageError(f"ui.rating({label!r}): max takes a number of stars from 1 up, got {max!r}.")

    def decode(stars: object) -> float:
        given = number(stars)
        if not 0 <= given <= max or given * 2 != int(given * 2) or (given != int(given) and not halves):
            raise ValueError(f"a number of stars from 0 to {max} was expected")
        return given

    props = {"label": label, "max": max, "precision": 0.5 if halves else None}
    return field(RATING, "change", props, options, value=value, decode=decode)
