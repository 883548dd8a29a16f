"""Cards: what the vendor's app shows beside what is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...core.errors import UsageError


@dataclass(frozen=True)
class Card:
    """One card, of the kinds that Alexa has."""

    kind: Literal["Simple", "Standard", "LinkAccount", "AskForPermissionsConsent"]
    title: str | None = None
    text: str | None = None
    small_image: str | None = None
    large_image: str | None = None
    permissions: tuple[str, ...] = ()


def card_of(given: object) -> Card | None:
    """The card that `Reply(card=…)` means: one, or a title and a text, or a title."""
    if given is None or isinstance(given, Card):
        return given
    if isinstance(given, str):
        return Card("Simple", given)
    if isinstance(given, tuple) and len(given) == 2 and all(isinstance(each, str) for each in given):
        return Card("Simple", *given)
    raise UsageError(f"A card is a title and a text, as card=('Line-up', 'Who: first'), not {given!r}.")
