"""Dialogflow ES, as far as a webhook can tell: contexts with their lifespans, slot filling, events.

hear("who plays")  → WhoIsOn, base empty     ← "Which base?"
hear("first")      → WhoIsOn, base: "first"
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..models.vocabulary import Intent, Vocabulary
from . import phrases
from .dialogflow import CANCELS, es_value
from .exchange import Exchange, Json, Send
from .hearing import Meaning, hear
from .matching import find
from .words import Word, keys, split

_WELCOME, _FALLBACK = "Default Welcome Intent", "Default Fallback Intent"
_MOST_EVENTS = 5


class DialogflowES:
    """A chat in front of an ES agent."""

    name = "Dialogflow"

    def __init__(
        self,
        vocabulary: Vocabulary,
        send: Send,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._vocabulary = vocabulary
        self._send = send
        self._clock = clock
        self._session = f"projects/simulated/agent/sessions/{uuid.uuid4()}"
        self._contexts: dict[str, tuple[int, Json]] = {}
        self._filling: tuple[Intent, Json] | None = None

    def launch(self) -> Exchange:
        """Open the agent without asking anything yet."""
        return self._query(Intent(_WELCOME, ""), {}, "WELCOME")

    def hear(self, text: str) -> Exchange:
        """Say something; nothing at all is not heard."""
        words = split(text)
        if not words:
            return Exchange(notes=["Dialogflow waits"])
        if phrases.opens(words, self._vocabulary.invocation_name, self._vocabulary.locale):
            return self.launch()
        if self._filling is not None:
            return self._fill(*self._filling, text, words)
        return self._match(text, words)

    def close(self) -> Exchange | None:
        """Go away; Dialogflow tells nobody."""
        return None

    # ── what is meant ─────────────────────────────────────────────────────────────────────────────

    def _match(self, text: str, words: Sequence[Word]) -> Exchange:
        found = find(self._open(), words, self._clock(), self._vocabulary.locale)
        if found is None:
            return self._query(Intent(_FALLBACK, ""), {}, text, f"no phrase fits: {_FALLBACK}")
        return self._query(found.intent, self._parameters(found.intent, found.slots), text)

    def _open(self) -> list[Intent]:
        """The intents whose contexts are there, and that are no Alexa's."""
        there = set(self._contexts)
        return [
            each
            for each in self._vocabulary.intents
            if set(each.contexts) <= there and not each.name.startswith("AMAZON.")
        ]

    def _parameters(self, intent: Intent, meanings: Mapping[str, Meaning]) -> Json:
        found: Json = {slot.name: [] if slot.is_list else "" for slot in intent.slots}
        for slot in intent.slots:
            if slot.name in meanings:
                found[slot.name] = es_value(slot, meanings[slot.name], self._clock())
        return found

    def _fill(self, intent: Intent, parameters: Json, text: str, words: Sequence[Word]) -> Exchange:
        """The answer to what the agent has asked for; anything else that fits a phrase is meant itself."""
        if " ".join(keys(words)) in CANCELS:
            self._filling = None
            return Exchange(notes=["slot filling has been called off"])
        slot = next(each for each in intent.slots if each.name in _missing(intent, parameters))
        meaning = hear(slot, words, self._clock())
        is_free = slot.kind == "text" and not slot.values
        if meaning is None or is_free:
            other = find(self._open(), words, self._clock(), self._vocabulary.locale)
            if other is not None and other.own_words:
                return self._match(text, words)
        if meaning is not None:
            parameters = {**parameters, slot.name: es_value(slot, meaning, self._clock())}
        return self._query(intent, parameters, text)

    # ── what is sent, and what comes back ─────────────────────────────────────────────────────────

    def _query(
        self, intent: Intent, parameters: Json, text: str, note: str = "", events: int = 0
    ) -> Exchange:
        is_complete = not _missing(intent, parameters)
        self._filling = None if is_complete else (intent, parameters)
        self._contexts = {
            name: (count - 1, held) for name, (count, held) in self._contexts.items() if count > 0
        }
        request = self._request(intent, parameters, text, is_complete)
        came = self._send(request)
        self._keep(came.get("outputContexts") or ())
        follow = came.get("followupEventInput")
        if follow and events < _MOST_EVENTS:
            later = self._happen(follow, events + 1)
            later.wire.insert(0, (request, came))
            return later
        exchange = Exchange(
            _speech(came), card=_card(came), suggestions=_suggestions(came), wire=[(request, came)]
        )
        exchange.notes += [note] if note else []
        return exchange

    def _request(self, intent: Intent, parameters: Json, text: str, is_complete: bool) -> Json:
        project = self._session.partition("/sessions/")[0]
        return {
            "responseId": str(uuid.uuid4()),
            "queryResult": {
                "queryText": text,
                "action": intent.name,
                "parameters": parameters,
                "allRequiredParamsPresent": is_complete,
                "outputContexts": [self._context(name, *held) for name, held in self._contexts.items()],
                "intent": {
                    "name": f"{project}/intents/{uuid.uuid5(uuid.NAMESPACE_URL, intent.name)}",
                    "displayName": intent.name,
                    **({"isFallback": True} if intent.name == _FALLBACK else {}),
                },
                "intentDetectionConfidence": 1.0,
                "languageCode": self._vocabulary.locale.lower(),
            },
            "originalDetectIntentRequest": {"payload": {}},
            "session": self._session,
        }

    def _context(self, name: str, count: int, parameters: Json) -> Json:
        return {
            "name": f"{self._session}/contexts/{name}",
            "lifespanCount": count,
            "parameters": parameters,
        }

    def _keep(self, contexts: Sequence[Mapping[str, Any]]) -> None:
        for each in contexts:
            name, count = each["name"].rpartition("/")[2], int(each.get("lifespanCount") or 0)
            self._contexts.pop(name, None)
            if count:
                self._contexts[name] = (count, each.get("parameters") or {})

    def _happen(self, event: Mapping[str, Any], events: int) -> Exchange:
        """Go on as if an event had happened: each intent of ours has one of its own name."""
        name = str(event.get("name", ""))
        intent = next((each for each in self._open() if each.name.casefold() == name.casefold()), None)
        if name == "WELCOME":
            intent = Intent(_WELCOME, "")
        if intent is None:
            return Exchange(notes=[f"no intent has the event {name!r}, so nothing happens"])
        given = {slot.name: [] if slot.is_list else "" for slot in intent.slots} | dict(
            event.get("parameters") or {}
        )
        return self._query(intent, given, name, events=events)


def _missing(intent: Intent, parameters: Mapping[str, Any]) -> list[str]:
    return [
        slot.name for slot in intent.slots if slot.is_required and parameters.get(slot.name) in ("", [], None)
    ]


def _speech(came: Json) -> str:
    """The telephone's SSML where there is some, since it says most; otherwise the text."""
    for message in came.get("fulfillmentMessages") or ():
        spoken = message.get("telephonySynthesizeSpeech") or {}
        if spoken.get("ssml"):
            return str(spoken["ssml"])
    return str(came.get("fulfillmentText") or "")


def _card(came: Json) -> tuple[str, ...]:
    for message in came.get("fulfillmentMessages") or ():
        if card := message.get("card"):
            return tuple(str(card[name]) for name in ("title", "subtitle", "imageUri") if card.get(name))
    return ()


def _suggestions(came: Json) -> tuple[str, ...]:
    replies = (message.get("quickReplies") or {} for message in came.get("fulfillmentMessages") or ())
    return tuple(str(word) for each in replies for word in each.get("quickReplies") or ())
