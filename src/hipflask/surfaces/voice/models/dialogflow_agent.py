"""What an agent of either edition of Dialogflow is made of: entity types, words that stand in for values, ids, and its zip."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

from .vocabulary import Place, Value, Vocabulary

Json = Any

_TYPES = {
    "whole": "@sys.number-integer",
    "number": "@sys.number",
    "date": "@sys.date",
    "period": "@sys.date-period",
    "moment": "@sys.date-time",
    "time": "@sys.time",
    "duration": "@sys.duration",
    "text": "@sys.any",
}
_SHOWN = {
    "whole": "three",
    "number": "2.5",
    "date": "tomorrow",
    "period": "next week",
    "moment": "tomorrow at noon",
    "time": "half past three",
    "duration": "five minutes",
    "text": "something",
}
_NAMESPACE = uuid.UUID(
    "3a4f5c1e-98a2-5d6b-8a5e-6a1f3b6f9c11"
)  # ids are made from names, so that they stay what they are
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of every file in the zip


def type_of(slot: Place) -> str:
    """The entity of a slot: Dialogflow's own, the author's wish, or one of the agent's."""
    return slot.wish("dialogflow") or (f"@{slot.type}" if slot.type else _TYPES[slot.kind])


def shown_in(slot: Place) -> str:
    """What somebody might say in a slot, for a training phrase."""
    return slot.values[0].words[0] if slot.values else _SHOWN[slot.kind]


def own_types(vocabulary: Vocabulary) -> dict[str, tuple[Value, ...]]:
    """The entity types that the agent has to bring, with their values."""
    return {
        slot.type: slot.values
        for intent in vocabulary.intents
        for slot in intent.slots
        if slot.type and type_of(slot) == f"@{slot.type}"
    }


def words_of(value: Value) -> list[str]:
    """Everything that may be said for a value; what the function gets is among it."""
    return list(dict.fromkeys((*value.words, value.id)))


def id_of(*names: str) -> str:
    """An id that is the same whenever the agent is made."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


def zipped(files: dict[str, Json]) -> bytes:
    """The files as the zip that the console imports; the same bytes for the same files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _LONG_AGO), written(content))
    return target.getvalue()


def written(content: Json) -> str:
    """One file's text."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
