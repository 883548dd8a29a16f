"""The vocabulary of an app that a command has loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .vocabulary import Vocabulary, vocabulary_of

if TYPE_CHECKING:
    from flask import Flask


def vocabulary(app: Flask, locale: str) -> Vocabulary:
    """What the app understands; a sentence for an app that has no actions."""
    actions = getattr(app, "actions", None)
    if actions is None:
        raise click.ClickException("This is a plain Flask app: only Hipflask's have @app.intent.")
    return vocabulary_of(actions, app.config, locale)
