"""`hipflask db …`: what one does with a store by hand.

Here is only the group; each part of the store brings its commands. They import what is heavy when they run, because every
start of an app adds this group to its command line.
"""

from __future__ import annotations

from typing import Any

import click
import flask

from ..core.errors import UsageError

EXTENSION = "hipflask.store"  # where an app has its store

db = click.Group("db", help="Look after the app's data: migrations, backups, checks, tables in and out.")


def store() -> Any:
    """The store of the app that the command line was called for."""
    found = flask.current_app.extensions.get(EXTENSION)
    if found is None:
        raise UsageError(f"{flask.current_app.name} has no store: write `db = Store(app)`.")
    return found
