"""Alexa, where a skill calls the function itself and not an address: the voice endpoint is asked, and told that who calls is proven.

The proof is Lambda's: only what the function's policy lets in can call it. That policy names the skill, and so does ALEXA_SKILL_ID, without
which nobody is answered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from ...core.errors import EventError
from ..doors import signed_doors_of
from .answered import Answered
from .asked import Asked

SKILL = "ALEXA_SKILL_ID"


def answer(app: Any, event: Any, context: object, respond: Callable[[dict[str, Any]], Answered]) -> Any:
    """What Alexa is to be told; raises EventError where this is not for her, or not from her."""
    from ..voice.endpoints import TRUSTED  # the codecs, which an app without voices does without
    from ..voice.mounting import ALEXA_PATH

    path = app.config.get("ALEXA_PATH", ALEXA_PATH)
    if path not in signed_doors_of(app):
        raise EventError(
            'Alexa asks, and no function of this app is for a voice: write @app.intent("…") before one.'
        )
    if not (app.config.get(SKILL) or os.environ.get(SKILL)):
        raise EventError(
            f"Alexa asks, and no skill is known here: set {SKILL}, in app.config or the environment."
        )
    body = json.dumps(event).encode()
    asked = Asked("POST", path, "", [("content-type", "application/json")], body, "")
    answered = respond({**asked.environ(event, context), TRUSTED: True})
    if answered.status != 200:
        raise EventError(f"Alexa was not answered: {answered.body.decode(errors='replace').strip()}")
    return json.loads(answered.body)
