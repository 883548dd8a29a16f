"""The app as one of its stages has it."""

from __future__ import annotations

import os
from typing import Any

from flask.cli import ScriptInfo

from .configuration import Settings
from .describing import WEB


def load_app(info: ScriptInfo, settings: Settings) -> Any:
    """The app, imported with the environment that it has on AWS: what it declares may depend on that.

    What this shell says otherwise does not count, because it will not be there; secrets are there, and not here.
    """
    os.environ.update(settings.of(WEB).environment)
    return info.load_app()
