"""A question of ours that waits for its answer.

    "who is on tenth"  →  "I heard tenth. Which base do you mean: first or second?"     asked, and remembered
    "second"           →  Dialogflow knows no intent for that: it is taken for the base, and WhoIsOn goes on

Alexa asks by itself where the skill has a dialog, and does not tell us the words where it has not; so this is for Dialogflow. Whatever is
said that has an intent of its own ends the question.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from .binding import Misfit
from .heard import FALLBACK, Heard, Slot

KEY = "hipflask.pending"  # among the session's attributes
MOST_TRIES = 3  # whoever has not been understood so often wants something else


class _Pending(msgspec.Struct):
    intent: str
    slot: str
    values: dict[str, Any]
    tries: int


def resumed(heard: Heard) -> tuple[Heard, int]:
    """What was heard, as the answer to the question that waits for one; and how often it has been asked."""
    pending = _taken(heard)
    if pending is None or FALLBACK not in heard.names or not heard.text:
        return heard, 0
    values = {**pending.values, pending.slot: heard.text}
    slots = {name: Slot(name, value) for name, value in values.items()}
    return replace(heard, names=(pending.intent,), slots=slots), pending.tries


def remember(heard: Heard, misfit: Misfit, tries: int) -> None:
    """Have the next words taken for this slot, if nothing else is meant by them."""
    if heard.vendor == "alexa" or tries >= MOST_TRIES:
        return
    values = {name: slot.value for name, slot in heard.slots.items() if name != misfit.slot.name}
    pending = _Pending(heard.intent, misfit.slot.name, values, tries + 1)
    heard.session.attributes[KEY] = msgspec.to_builtins(pending)


def _taken(heard: Heard) -> _Pending | None:
    try:
        return msgspec.convert(heard.session.attributes.pop(KEY, None), _Pending | None)
    except msgspec.ValidationError:
        return None
