"""The app's own endpoint, called as a vendor would call it: the same rule, the same JSON, the same unit of work.

One thing is left out: a proof that it is the vendor who calls, since nobody but Amazon can sign as Amazon. The request says in
the WSGI environment, where no header can put it, that it comes from this program itself; the skill's id is checked all the same.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from ..endpoints import TRUSTED
from ..mounting import ALEXA_PATH, DIALOGFLOW_PATH
from .exchange import Json, Send

if TYPE_CHECKING:
    from flask import Flask

SIMULATED_SKILL = "amzn1.ask.skill.simulated"


def door_of(app: Flask, vendor: str) -> Send:
    """What sends a vendor's requests to the app; raises ClickException for an app that nobody can speak to."""
    setting, usual = ("ALEXA_PATH", ALEXA_PATH) if vendor == "alexa" else ("DIALOGFLOW_PATH", DIALOGFLOW_PATH)
    path = app.config.get(setting, usual)
    if "hipflask_voice" not in app.extensions or not path:
        raise click.ClickException(
            f"{app.name} is not spoken to yet. Write @app.launch or @app.intent('WhoIsOn', 'who is on {{base}}') above a function."
        )
    client = app.test_client()

    def send(request: Json) -> Json:
        answer = client.post(path, json=request, environ_overrides={TRUSTED: True})
        if answer.status_code != 200:
            raise click.ClickException(f"{path} answered with {answer.status}: {answer.text.strip()[:300]}")
        came: Json = json.loads(answer.text) if answer.text else {}
        return came

    return send


def skill_id_of(app: Flask) -> str:
    """The id of the skill: the first that the app knows, or one of ours."""
    given = app.config.get("ALEXA_SKILL_ID") or os.environ.get("ALEXA_SKILL_ID")
    known = given.split(",") if isinstance(given, str) else list(given or ())
    return known[0].strip() if known else SIMULATED_SKILL
