"""What an assistant's program starts: the app, loaded, and answering over standard input and output."""

from __future__ import annotations

from flask import Flask
from flask.cli import ScriptInfo

from ...core.action import Registry
from ...core.errors import UsageError
from . import stdio
from .protocol import Protocol


def serve(info: ScriptInfo) -> None:
    """Load the app and answer until the assistant goes; what is printed on the way goes to standard error."""
    with stdio.claimed() as (reader, writer):
        app = info.load_app()
        protocol = protocol_of(app)
        actions_of(app).start("an assistant")
        stdio.serve(protocol, reader, writer)


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
