"""What an assistant's program starts: the app, loaded, and answering over standard input and output."""

from __future__ import annotations

import os

from flask import Flask
from flask.cli import ScriptInfo

from ...core.action import Registry
from ...core.errors import UsageError
from ..folder import folder_of
from . import stdio
from .conversation import Conversation
from .neighbours import relay
from .protocol import Protocol


def serve(info: ScriptInfo, *, alone: bool = False) -> None:
    """Load the app and answer until the assistant goes; what is printed on the way goes to standard error.

    If the program is open on this computer it is the one that answers, unless told to do it `alone`.
    """
    with stdio.claimed() as (reader, writer):
        app = info.load_app()
        protocol = protocol_of(app)
        messages, write = stdio.lines(reader), stdio.writing(writer)
        if not alone and relay(folder_of(app), messages, write):
            os._exit(0)  # a thread waits for more input, and nothing can wake it up when the window has gone
        actions_of(app).start("an assistant")
        Conversation(protocol, write).follow(messages)


def protocol_of(app: Flask) -> Protocol:
    """What answers assistants for an app."""
    return Protocol(app, actions_of(app))


def actions_of(app: Flask) -> Registry:
    """The actions of an app; raises UsageError if it can have none."""
    actions = getattr(app, "actions", None)
    if not isinstance(actions, Registry):
        raise UsageError(
            f"{app.name} is a plain Flask app, and assistants call functions that are decorated with @app.tool(): "
            "write `app = Hipflask(__name__)`."
        )
    return actions
