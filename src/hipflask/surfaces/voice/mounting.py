"""What happens when a function is decorated: it is looked at once, and the app gets the rules that voices call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from ...core import hints
from ...core.action import Action, Door
from ...core.errors import UsageError
from ..doors import add_signed_door
from .binding import refuse_unknown_converters
from .slots import refuse_unknown_names

ALEXA_PATH, DIALOGFLOW_PATH = "/voice/alexa", "/voice/dialogflow"
_EXTENSION = "hipflask_voice"
TEMPLATES = "templates.yaml"


def mount(scaffold: Any, action: Action, door: Door) -> None:
    """Check one door, and give the app its rules, or each app that a blueprint is registered with."""
    name = action.function.__qualname__
    if door.surface == "intent":
        refuse_unknown_names(name, action, door)
        refuse_unknown_converters(door)
    _refuse_unsayable(name, action)
    if isinstance(scaffold, Blueprint):
        scaffold.record(lambda state: _add_rules(state.app))
    else:
        _add_rules(scaffold)


def _refuse_unsayable(name: str, action: Action) -> None:
    """Raise UsageError for a function whose hint says that it returns what no voice can say."""
    hint = hints.bare(action.plan.returns)[0]
    inner = hints.item(hint) if hints.is_list(hint) else hint
    if hints.is_object(inner):
        raise UsageError(
            f"{name}() returns {getattr(hint, '__name__', hint)}, which a voice cannot say. Return text, or "
            "`Reply(data, speech='…')`, which keeps the data for the other doors."
        )


def _add_rules(app: Any) -> None:
    if _EXTENSION in app.extensions or not hasattr(app, "actions"):
        return
    app.extensions[_EXTENSION] = {}
    ways = (("ALEXA_PATH", ALEXA_PATH, voice_alexa), ("DIALOGFLOW_PATH", DIALOGFLOW_PATH, voice_dialogflow))
    for setting, path, view in ways:
        if path := app.config.get(setting, path):
            add_signed_door(app, path)
            app.add_url_rule(path, view.__name__, view, methods=["POST"], provide_automatic_options=False)
    if (file := Path(app.root_path) / TEMPLATES).is_file():
        from .templates import add_templates

        add_templates(app, file)


def voice_alexa() -> Response:
    """Answer Alexa."""
    from .endpoints import answer_alexa  # cryptography and the codecs, from the first request on

    return answer_alexa()


def voice_dialogflow() -> Response:
    """Answer Dialogflow."""
    from .endpoints import answer_dialogflow

    return answer_dialogflow()
