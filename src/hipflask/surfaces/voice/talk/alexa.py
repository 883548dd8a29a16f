"""Alexa, as far as a skill can tell: sessions, attributes, dialogs, silence.

hear("who is on")      → IntentRequest, dialogState STARTED     ← "Which base?" with Dialog.ElicitSlot
hear("first")          → the same intent, base filled, IN_PROGRESS
hear("")               → nothing is sent: the reprompt; at the second time a SessionEndedRequest
"""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..models.vocabulary import Intent, Vocabulary
from . import phrases
from .alexa_json import exchange_of, is_empty, slot_json
from .exchange import Exchange, Json, Send
from .hearing import Meaning, hear, unknown
from .matching import find
from .words import Word, split

FALLBACK = "AMAZON.FallbackIntent"
_MOST_DELEGATIONS = 5


@dataclass
class Dialog:
    """An intent that is being talked about over several turns."""

    intent: str
    slots: dict[str, Json] = field(default_factory=dict)
    state: str = ""
    confirmation: str = "NONE"
    asking: str = ""  # the slot that was asked for
    confirming: str = ""  # "intent", or the slot that is to be confirmed


class Alexa:
    """A device in front of a skill."""

    name = "Alexa"

    def __init__(
        self,
        vocabulary: Vocabulary,
        send: Send,
        skill_id: str = "amzn1.ask.skill.simulated",
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._vocabulary = vocabulary
        self._send = send
        self._skill_id = skill_id
        self._clock = clock
        self._session = ""
        self._attributes: Json = {}
        self._is_new = False
        self._dialog: Dialog | None = None
        self._last = Exchange()
        self._was_silent = False

    # ── what a person does ────────────────────────────────────────────────────────────────────────

    def launch(self) -> Exchange:
        """Open the skill without asking anything yet."""
        self._begin()
        return self._exchange({"type": "LaunchRequest"})

    def hear(self, text: str) -> Exchange:
        """Say something; nothing at all is silence."""
        words = split(text)
        if not words:
            return self._silence()
        self._was_silent = False
        name = self._vocabulary.invocation_name
        if phrases.opens(words, name, self._vocabulary.locale):
            return self.launch()
        said = phrases.asked(words, name, self._vocabulary.locale)
        if len(said) < len(words) or not self._session:
            self._begin()
        return self._turn(said)

    def close(self) -> Exchange | None:
        """Go away; None if there was no conversation."""
        return self._end("USER_INITIATED") if self._session else None

    def _silence(self) -> Exchange:
        if not self._session:
            return Exchange(notes=["nobody has opened the skill"])
        if self._was_silent or not self._last.reprompt:
            return self._end("EXCEEDED_MAX_REPROMPTS")
        self._was_silent = True
        return Exchange(self._last.reprompt, notes=["nobody answered: the reprompt"])

    # ── what is meant ─────────────────────────────────────────────────────────────────────────────

    def _turn(self, words: Sequence[Word]) -> Exchange:
        dialog = self._dialog
        name = phrases.built_in(words, self._built_in(), self._vocabulary.locale)
        if (
            dialog
            and dialog.confirming
            and (yes := phrases.yes_or_no(words, self._vocabulary.locale)) is not None
        ):
            return self._confirm(dialog, yes)
        if name is not None:
            return self._intent(Dialog(name))
        if dialog and dialog.asking and (answer := self._answer(dialog, words)) is not None:
            return answer
        found = find(self._vocabulary.intents, words, self._clock(), self._vocabulary.locale)
        if found is None:
            return self._intent(Dialog(FALLBACK), f"no sample fits: {FALLBACK}")
        return self._intent(self._meant(found.intent, found.slots))

    def _built_in(self) -> tuple[str, ...]:
        """Amazon's intents that the skill has: those that every skill has, and what functions answer besides."""
        own = (intent.name for intent in self._vocabulary.intents if intent.name.startswith("AMAZON."))
        return tuple(dict.fromkeys((*phrases.ALWAYS, *own)))

    def _answer(self, dialog: Dialog, words: Sequence[Word]) -> Exchange | None:
        """The answer to "Which base?"; None if something else was said."""
        intent = self._vocabulary.intent(dialog.intent)
        slot = intent.slot(dialog.asking) if intent else None
        if slot is None:
            return None
        meaning = hear(slot, words, self._clock())
        is_free = slot.kind == "text" and not slot.values
        if meaning is None or is_free:
            other = find(self._vocabulary.intents, words, self._clock(), self._vocabulary.locale)
            if other is not None and other.own_words:
                return None
        if meaning is None and (slot.values or slot.kind in ("whole", "number")):
            meaning = unknown(slot, words)
        if meaning is None:
            return None
        dialog.slots[slot.name] = slot_json(slot, meaning, self._skill_id)
        return self._intent(dialog)

    def _meant(self, intent: Intent, meanings: Mapping[str, Meaning]) -> Dialog:
        """The dialog about an intent: the one that is going on, if it is about that."""
        dialog = self._dialog
        if dialog is None or dialog.intent != intent.name:
            dialog = Dialog(
                intent.name, {slot.name: slot_json(slot, None, self._skill_id) for slot in intent.slots}
            )
        for name, meaning in meanings.items():
            slot = intent.slot(name)
            if slot is not None:
                dialog.slots[name] = slot_json(slot, meaning, self._skill_id)
        return dialog

    def _confirm(self, dialog: Dialog, yes: bool) -> Exchange:
        status = "CONFIRMED" if yes else "DENIED"
        if dialog.confirming == "intent":
            dialog.confirmation = status
        else:
            dialog.slots[dialog.confirming]["confirmationStatus"] = status
        return self._intent(dialog)

    # ── what is sent ──────────────────────────────────────────────────────────────────────────────

    def _intent(self, dialog: Dialog, note: str = "") -> Exchange:
        intent = self._vocabulary.intent(dialog.intent)
        dialog.state = (dialog.state and "IN_PROGRESS") or "STARTED"
        dialog.asking = dialog.confirming = ""
        self._dialog = dialog
        exchange = self._exchange(self._intent_request(dialog, bool(intent and intent.has_dialog)))
        return _noted(exchange, note)

    def _intent_request(self, dialog: Dialog, has_dialog: bool) -> Json:
        said: Json = {"name": dialog.intent, "confirmationStatus": dialog.confirmation}
        if dialog.slots:
            said["slots"] = copy.deepcopy(dialog.slots)  # what was sent stays as it was
        return {
            "type": "IntentRequest",
            "intent": said,
            **({"dialogState": dialog.state} if has_dialog else {}),
        }

    def _exchange(self, request: Json, delegations: int = 0) -> Exchange:
        envelope = self._envelope(request)
        self._is_new = False
        came = self._send(envelope)
        exchange = exchange_of(came)
        exchange.wire.append((envelope, came))
        self._attributes = came.get("sessionAttributes") or {}
        self._last = exchange
        is_delegated = self._follow(came.get("response", {}).get("directives") or ())
        if exchange.is_over:
            self._forget()
        elif is_delegated:
            return self._delegated(exchange, delegations)
        return exchange

    def _envelope(self, request: Json) -> Json:
        application = {"applicationId": self._skill_id}
        user = {"userId": "amzn1.ask.account.simulated"}
        device = {"deviceId": "amzn1.ask.device.simulated", "supportedInterfaces": {}}
        return {
            "version": "1.0",
            "session": {
                "new": self._is_new,
                "sessionId": self._session,
                "application": application,
                "attributes": self._attributes,
                "user": user,
            },
            "context": {"System": {"application": application, "user": user, "device": device}},
            "request": {
                "requestId": f"amzn1.echo-api.request.{uuid.uuid4()}",
                "timestamp": f"{self._clock().astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
                "locale": self._vocabulary.locale,
                **request,
            },
        }

    # ── what comes back ───────────────────────────────────────────────────────────────────────────

    def _follow(self, directives: Sequence[Json]) -> bool:
        """Do what the directives say of the dialog; whether it is left to Alexa."""
        dialog, self._dialog = self._dialog, None
        for directive in directives:
            kind = directive.get("type", "")
            if not kind.startswith("Dialog.") or dialog is None:
                continue
            self._dialog = dialog = self._updated(dialog, directive.get("updatedIntent"))
            dialog.asking = directive.get("slotToElicit", "")
            dialog.confirming = directive.get("slotToConfirm", "") or (
                "intent" if kind == "Dialog.ConfirmIntent" else ""
            )
            return bool(kind == "Dialog.Delegate")
        return False

    def _updated(self, dialog: Dialog, intent: Mapping[str, Any] | None) -> Dialog:
        if not intent:
            return dialog
        if intent["name"] != dialog.intent:
            dialog = Dialog(intent["name"])
        dialog.slots |= {name: dict(slot) for name, slot in (intent.get("slots") or {}).items()}
        dialog.confirmation = intent.get("confirmationStatus", dialog.confirmation)
        return dialog

    def _delegated(self, exchange: Exchange, delegations: int) -> Exchange:
        """Ask for what is missing as the model says, or tell the skill that nothing is."""
        dialog = self._dialog
        intent = self._vocabulary.intent(dialog.intent) if dialog else None
        if dialog is None or intent is None or delegations >= _MOST_DELEGATIONS:
            return _noted(exchange, "the skill delegates on and on, so it ends here")
        missing = next(
            (each for each in intent.slots if each.is_required and is_empty(dialog.slots.get(each.name))),
            None,
        )
        if missing is not None:
            dialog.asking = missing.name
            exchange.speech = exchange.speech or missing.question
            self._last = exchange
            return _noted(exchange, "Alexa asks by herself, as the model says")
        dialog.state = "COMPLETED"
        later = self._exchange(self._intent_request(dialog, True), delegations + 1)
        later.wire = [*exchange.wire, *later.wire]
        return later

    # ── the session ───────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        self._forget()
        self._session = f"amzn1.echo-api.session.{uuid.uuid4()}"
        self._is_new = True

    def _forget(self) -> None:
        self._session, self._attributes, self._dialog = "", {}, None
        self._last = Exchange()
        self._was_silent = False

    def _end(self, reason: str) -> Exchange:
        envelope = self._envelope({"type": "SessionEndedRequest", "reason": reason})
        came = self._send(envelope)
        self._forget()
        return Exchange(notes=[f"the session has ended: {reason}"], wire=[(envelope, came)], is_over=True)


def _noted(exchange: Exchange, note: str) -> Exchange:
    if note:
        exchange.notes.append(note)
    return exchange
