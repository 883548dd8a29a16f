"""A word in between: Alexa says it at once, while the function goes on working.

What it may be, and how many there may be: https://developer.amazon.com/en-US/docs/alexa/custom-skills/send-the-user-a-progressive-response.html.
"""

from __future__ import annotations

import logging

import msgspec

from ...core.progress import Listener
from . import ssml
from .alexa.reading import open_envelope
from .fetching import CannotFetch, fetch
from .turn import is_speaking, request

MOST = 5  # words in one turn, Amazon's limit
_LIMIT = 600  # characters, Amazon's limit for such a word
_WHERE = ("LaunchRequest", "IntentRequest")  # Alexa takes no such word while she plays sound, for one
_ANSWER_LIMIT = 16 * 1024  # bytes
_LOG = logging.getLogger("hipflask.voice")


def aloud() -> Listener:
    """What tells `hipflask.progress(…, message=…)` to somebody who listens: each message once, as many as Alexa takes."""
    told: set[str] = set()

    def tell(_: float, __: float | None, message: str) -> None:
        if message and message not in told and len(told) < MOST:
            told.add(message)
            meanwhile(message)

    return tell


def meanwhile(speech: str) -> bool:
    """Say something now, before the answer; whether it could be said.

    Only Alexa can, up to five times in one turn. Everywhere else, and where it fails, the function simply goes on.
    """
    if not is_speaking() or request.vendor != "alexa":
        return False
    envelope = open_envelope(request.raw)
    system = envelope.system
    is_there = system.api_endpoint and system.api_access_token and envelope.request.type in _WHERE
    if not is_there:
        return False
    words = speech.strip() if ssml.is_ssml(speech) else speech[:_LIMIT]
    message = {
        "header": {"requestId": envelope.request.request_id},
        "directive": {"type": "VoicePlayer.Speak", "speech": words},
    }
    headers = {"Authorization": f"Bearer {system.api_access_token}", "Content-Type": "application/json"}
    url = f"{system.api_endpoint.rstrip('/')}/v1/directives"
    try:
        fetch(url, _ANSWER_LIMIT, msgspec.json.encode(message), headers)
    except CannotFetch as error:
        _LOG.warning("A word in between was not said: %s", error)
        return False
    return True
