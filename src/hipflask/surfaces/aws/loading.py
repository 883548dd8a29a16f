"""The app that a function answers with, found by the environment that it runs in, with its secrets."""

from __future__ import annotations

import os
from typing import Any

from ...core.errors import UsageError

HUB_DATABASE = "HUB_DATABASE"  # as for `hipflask hub`
APP, FUNCTION, SECRET = "HIPFLASK_APP", "HIPFLASK_FUNCTION", "HIPFLASK_SECRET_"


def load() -> Any:
    """The app that HIPFLASK_APP names, as for Flask's command line: a module, and after a colon what it is called there."""
    from flask.cli import NoAppException, locate_app

    module, _, name = os.environ.get(APP, "").partition(":")
    if not module:
        raise UsageError(
            f'{APP} is not set. It names the app of this function: {APP}="shop:app" for `app` in shop.py.'
        )
    if any(variable.startswith(SECRET) for variable in os.environ):
        from .secrets import fetch  # a millisecond of which most functions need nothing

        fetch(os.environ)
    # A script ends with app.run(), which must do nothing while it is only imported: this is how Flask asks for that.
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    try:
        return locate_app(module, name or None)
    except NoAppException as error:
        raise UsageError(f"{APP} names {module!r}, and there is no such app: {error.message}") from error
    finally:
        del os.environ["FLASK_RUN_FROM_CLI"]


def function() -> str | None:
    """The name of the door that this function is for; None if it is for the web, Alexa, and whatever else comes."""
    return os.environ.get(FUNCTION)
