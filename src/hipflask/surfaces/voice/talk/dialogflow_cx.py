"""Dialogflow CX, as far as a webhook can tell: session parameters, and a page whose form collects what an intent needs.

The agent that is simulated is the one that `models/dialogflow_cx.py` makes: a page for each intent that cannot do without something, a
form with what that is, and the intent's name as the webhook's tag. What the session knows already stands in a form from the beginning.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..models.vocabulary import Intent, Vocabulary
from . import phrases
from .dialogflow import cx_value
from .exchange import Exchange, Json, Send
from .hearing import Meaning, hear
from .matching import find
from .words import Word, split

_AGENT = "projects/simulated/locations/global/agents/simulated"
_WELCOME = Intent("Default Welcome Intent", "")


class DialogflowCX:
    """A chat in front of a CX agent."""

    name = "Dialogflow CX"

    def __init__(
        self,
        vocabulary: Vocabulary,
        send: Send,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._vocabulary = vocabulary
        self._send = send
        self._clock = clock
        self._begin()

    def _begin(self) -> None:
        self._session = f"{_AGENT}/sessions/{uuid.uuid4()}"
        self._parameters: Json = {}
        self._page: Intent | None = None  # whose form is not complete

    def launch(self) -> Exchange:
        """Open the agent without asking anything yet."""
        self._page = None
        return self._call(_WELCOME, {}, "", event="WELCOME")

    def hear(self, text: str) -> Exchange:
        """Say something; nothing at all is not heard."""
        words = split(text)
        if not words:
            return Exchange(notes=["Dialogflow waits"])
        if phrases.opens(words, self._vocabulary.invocation_name, self._vocabulary.locale):
            return self.launch()
        return self._fill(self._page, text, words) if self._page else self._match(text, words)

    def close(self) -> Exchange | None:
        """Go away; Dialogflow tells nobody."""
        return None

    # ── what is meant ─────────────────────────────────────────────────────────────────────────────

    def _match(self, text: str, words: Sequence[Word]) -> Exchange:
        intents = [each for each in self._vocabulary.intents if not each.name.startswith("AMAZON.")]
        found = find(intents, words, self._clock(), self._vocabulary.locale)
        if found is None:
            exchange = self._call(Intent("", ""), {}, text, event="sys.no-match-default")
            exchange.notes.append("no phrase fits: sys.no-match-default")
            return exchange
        return self._call(found.intent, found.slots, text)

    def _fill(self, page: Intent, text: str, words: Sequence[Word]) -> Exchange:
        slot = next(each for each in page.slots if each.name in self._missing(page))
        meaning = hear(slot, words, self._clock())
        is_free = slot.kind == "text" and not slot.values
        if meaning is None or is_free:
            other = find(self._vocabulary.intents, words, self._clock(), self._vocabulary.locale)
            if other is not None and other.own_words:
                return self._match(text, words)
        return self._call(page, {} if meaning is None else {slot.name: meaning}, text)

    def _missing(self, page: Intent) -> list[str]:
        return [
            slot.name for slot in page.slots if slot.is_required and self._parameters.get(slot.name) is None
        ]

    # ── what is sent, and what comes back ─────────────────────────────────────────────────────────

    def _call(self, intent: Intent, meanings: Mapping[str, Meaning], text: str, event: str = "") -> Exchange:
        for slot in intent.slots:
            if slot.name in meanings and meanings[slot.name].is_known:
                self._parameters[slot.name] = cx_value(slot, meanings[slot.name], self._clock())
        request = self._request(intent, meanings, text, event)
        came = self._send(request)
        self._keep(intent, came)
        exchange = Exchange(
            _speech(came), card=_card(came), suggestions=_suggestions(came), wire=[(request, came)]
        )
        exchange.is_over = str(came.get("targetPage", "")).endswith("/END_SESSION")
        if exchange.is_over:
            self._begin()
        return exchange

    def _request(self, intent: Intent, meanings: Mapping[str, Meaning], text: str, event: str) -> Json:
        form = [
            {
                "displayName": slot.name,
                "required": True,
                "state": "EMPTY" if self._parameters.get(slot.name) is None else "FILLED",
                "value": self._parameters.get(slot.name),
                "justCollected": slot.name in meanings,
            }
            for slot in intent.slots
            if slot.is_required  # as the agent's form has them; what else was said is the session's alone
        ]
        found = {
            name: {"originalValue": meaning.text, "resolvedValue": self._parameters.get(name)}
            for name, meaning in meanings.items()
        }
        page = intent.name if intent.has_dialog else "START_PAGE"
        request: Json = {
            "detectIntentResponseId": str(uuid.uuid4()),
            "fulfillmentInfo": {"tag": intent.name},
            "pageInfo": {
                "currentPage": f"{_AGENT}/flows/simulated/pages/{page}",
                "formInfo": {"parameterInfo": form},
            },
            "sessionInfo": {"session": self._session, "parameters": dict(self._parameters)},
            "languageCode": self._vocabulary.locale.lower(),
            "messages": [],
        }
        if intent.name:
            request["intentInfo"] = {
                "lastMatchedIntent": f"{_AGENT}/intents/{intent.name}",
                "displayName": intent.name,
                "parameters": found,
                "confidence": 1.0,
            }
        return {**request, **({"triggerEvent": event} if event else {}), **({"text": text} if text else {})}

    def _keep(self, intent: Intent, came: Mapping[str, Any]) -> None:
        """The session's parameters as they are now; what is null, or invalid in the form, is to be asked for again."""
        for name, value in ((came.get("sessionInfo") or {}).get("parameters") or {}).items():
            if value is None:
                self._parameters.pop(name, None)
            else:
                self._parameters[name] = value
        form = ((came.get("pageInfo") or {}).get("formInfo") or {}).get("parameterInfo") or ()
        for each in form:
            if each.get("state") == "INVALID":
                self._parameters.pop(each["displayName"], None)
        self._page = intent if self._missing(intent) else None


def _messages(came: Mapping[str, Any]) -> list[Json]:
    return (came.get("fulfillmentResponse") or {}).get("messages") or []


def _speech(came: Json) -> str:
    spoken = (str(each["outputAudioText"]["ssml"]) for each in _messages(came) if "outputAudioText" in each)
    texts = [text for each in _messages(came) for text in (each.get("text") or {}).get("text") or ()]
    return next(spoken, " ".join(texts))


def _rich(came: Json) -> list[Json]:
    payloads = (each.get("payload") or {} for each in _messages(came))
    return [part for each in payloads for row in each.get("richContent") or () for part in row]


def _card(came: Json) -> tuple[str, ...]:
    for part in _rich(came):
        if part.get("type") == "info":
            image = ((part.get("image") or {}).get("rawUrl")) or ""
            return tuple(str(each) for each in (part.get("title"), part.get("subtitle"), image) if each)
    return ()


def _suggestions(came: Json) -> tuple[str, ...]:
    chips = (part for part in _rich(came) if part.get("type") == "chips")
    return tuple(str(each["text"]) for part in chips for each in part.get("options") or ())
