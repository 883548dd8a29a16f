"""Answers as Alexa takes them: a function of what was heard and what is to be said, with Amazon's limits kept.

Plain words that are too long are cut, at the end of a sentence if there is one, and a warning is logged; what cannot be cut (SSML,
addresses, the whole) is a UsageError.

The limits of speech and of the whole: https://developer.amazon.com/en-US/docs/alexa/custom-skills/request-and-response-json-reference.html; of a card, its title
included: https://developer.amazon.com/en-US/docs/alexa/custom-skills/include-a-card-in-your-skills-response.html; of streams: https://developer.amazon.com/en-US/docs/alexa/custom-skills/audioplayer-interface-reference.html.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ....core.errors import UsageError
from ....core.results import encode_result
from .. import ssml
from ..answers import Answer, Dialog
from ..cards import Card
from ..heard import SESSION_ENDED, Heard, keep_contexts
from .reading import CONTEXTS

SPEECH_LIMIT = CARD_LIMIT = 8000  # characters
IMAGE_LIMIT = 2000
URL_LIMIT, TOKEN_LIMIT = 8000, 1024
TOTAL_LIMIT = 24 * 1024  # bytes

_LOG = logging.getLogger("hipflask.voice")
_PLAYER = ("AudioPlayer.", "PlaybackController.")
_WITHOUT_A_LISTENER = (*_PLAYER, "AlexaSkillEvent.")
_TAKES_OVER = "VideoApp.Launch"  # must not be told whether the session ends

Json = dict[str, Any]


def write(heard: Heard, answer: Answer) -> bytes:
    """The answer as JSON; raises UsageError for what Alexa would refuse."""
    body: Json = {"version": "1.0", "response": _response(heard, answer)}
    if attributes := _attributes(heard):
        body["sessionAttributes"] = attributes
    encoded = encode_result(body)
    if len(encoded) > TOTAL_LIMIT:
        raise UsageError(
            f"This answer has {len(encoded)} bytes, and Alexa takes {TOTAL_LIMIT}, the session's attributes included. "
            "Say less, or keep what is large in the store."
        )
    return encoded


def _response(heard: Heard, answer: Answer) -> Json:
    name = heard.names[-1] if heard.names else ""
    if SESSION_ENDED in heard.names or name.startswith(_WITHOUT_A_LISTENER):
        return _silent(name, answer)
    ends = _ends(answer)
    dialog = _dialog(heard, answer.dialog)
    parts: Json = {
        "outputSpeech": _speech(answer.speech),
        "reprompt": {"outputSpeech": _speech(answer.again)} if answer.again and not ends else None,
        "card": _card(answer.card) if answer.card else None,
        "directives": [*dialog, *answer.directives] or None,
    }
    for directive in answer.directives:
        _check_stream(directive)
    if not any(each["type"] == _TAKES_OVER for each in answer.directives):
        parts["shouldEndSession"] = ends
    return {name: part for name, part in (parts | answer.alexa).items() if part is not None}


def _ends(answer: Answer) -> bool:
    if answer.dialog is not None:
        return False
    return answer.end if answer.end is not None else answer.again is None


def _silent(name: str, answer: Answer) -> Json:
    """Where nobody listens, Alexa takes no words: the end of a session, and what its player tells."""
    if answer.speech or answer.card:
        _LOG.warning("Alexa takes neither speech nor cards in answer to %s: it has been left away.", name)
    directives = [each for each in answer.directives if each["type"].startswith("AudioPlayer.")]
    for directive in directives:
        _check_stream(directive)
    return {"directives": directives} if directives and name.startswith(_PLAYER) else {}


# ── speech ────────────────────────────────────────────────────────────────────────────────────────


def _speech(words: str | None) -> Json | None:
    if not words:
        return None
    if not ssml.is_ssml(words):
        return {"type": "PlainText", "text": cut(words, SPEECH_LIMIT, "speech")}
    marked = words.strip()
    ssml.refuse_malformed(marked)
    if len(marked) > SPEECH_LIMIT:
        raise UsageError(
            f"This speech has {len(marked)} characters of SSML, and Alexa takes {SPEECH_LIMIT}: say less."
        )
    return {"type": "SSML", "ssml": marked}


def cut(words: str, limit: int, what: str) -> str:
    """Words that fit: up to the last sentence that ends within the limit, or as far as it goes."""
    if len(words) <= limit:
        return words
    _LOG.warning("A %s of %d characters has been cut: %d are taken.", what, len(words), limit)
    head = words[:limit]
    end = max(head.rfind(mark) for mark in (". ", "! ", "? ", ".\n", "!\n", "?\n"))
    return head[: end + 1] if end > 0 else head[: limit - 1] + "…"


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────


def _card(card: Card) -> Json:
    if card.kind == "LinkAccount":
        return {"type": card.kind}
    if card.kind == "AskForPermissionsConsent":
        return {"type": card.kind, "permissions": list(card.permissions)}
    images = {"smallImageUrl": card.small_image, "largeImageUrl": card.large_image}
    room = CARD_LIMIT - len(card.title or "") - sum(len(url or "") for url in images.values())
    if room < 0:
        raise UsageError(f"All that is on a card may have {CARD_LIMIT} characters: shorten its title.")
    text = cut(card.text, room, "card") if card.text else card.text
    shown: Json = {"title": card.title, "content" if card.kind == "Simple" else "text": text}
    if card.kind == "Standard" and any(images.values()):
        shown["image"] = {name: _image(url) for name, url in images.items() if url}
    return {"type": card.kind, **{name: part for name, part in shown.items() if part is not None}}


def _image(url: str) -> str:
    if len(url) > IMAGE_LIMIT or not url.startswith("https://"):
        raise UsageError(
            f"A card's picture is an https:// address of at most {IMAGE_LIMIT} characters, not {url[:60]!r}…"
        )
    return url


# ── directives ────────────────────────────────────────────────────────────────────────────────────


def _dialog(heard: Heard, dialog: Dialog | None) -> list[Json]:
    """The directive; none where the skill's model has no dialog for this intent: then it is a plain question."""
    if dialog is None or (not heard.dialog and dialog.updated_intent is None):
        return []
    if dialog.kind == "Delegate" and heard.dialog == "COMPLETED":
        raise UsageError(
            "The dialog is complete, so there is nothing to delegate: test voice.request.dialog first."
        )
    directive: Json = {"type": f"Dialog.{dialog.kind}"}
    if dialog.slot is not None:
        directive["slotToElicit" if dialog.kind == "ElicitSlot" else "slotToConfirm"] = dialog.slot
    if dialog.updated_intent is not None:
        directive["updatedIntent"] = _updated(dialog.updated_intent)
    return [directive]


def _updated(intent: Mapping[str, Any] | str) -> Json:
    if isinstance(intent, str):
        return {"name": intent, "confirmationStatus": "NONE", "slots": {}}
    return dict(intent)


def _check_stream(directive: Json) -> None:
    item = directive.get("audioItem")
    stream = item.get("stream") if isinstance(item, dict) else None
    for name, limit in (("token", TOKEN_LIMIT), ("url", URL_LIMIT)):
        if isinstance(stream, dict) and len(str(stream.get(name, ""))) > limit:
            raise UsageError(f"The {name} of a stream may have {limit} characters.")


def _attributes(heard: Heard) -> Json:
    contexts = keep_contexts(heard.contexts)
    return {**heard.session.attributes, **({CONTEXTS: contexts} if contexts else {})}
