"""What a program knows of itself when it runs as a bundle, which `hipflask build` has made.

The launcher names the release that it has started in one environment variable; a release is lines of "key=value" (see
`build/release.py`), of which only the program's id matters here: it is the same in every release, unlike the folder that
the code is in, so what the program keeps on this computer is kept under it.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from .errors import HipflaskError

VARIABLE = "HIPFLASK_BUNDLE"
DESCRIPTION = "hipflask-app.json"
TRUSTED_ROOT = "hipflask-root.json"  # beside it, where all trust in updates begins


def program_id() -> str | None:
    """The id of the program whose bundle this process runs in, or None where it runs from its source."""
    return _line("id")


def program_name() -> str | None:
    """What people call the program whose bundle this process runs in, or None where it runs from its source."""
    return _line("name")


def program_version() -> str | None:
    """The version of the program whose bundle this process runs in, or None where it runs from its source."""
    return _line("version")


def is_on_lambda() -> bool:
    """Whether this process is one of AWS Lambda's."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ and "LAMBDA_TASK_ROOT" in os.environ


def has_splash() -> bool:
    """Whether the launcher shows a picture until there is a window."""
    release = os.environ.get(VARIABLE)
    return bool(release and _lines(release).get("splash"))


def app_folder() -> Path:
    """The folder of the app's own files in a bundle; raises HipflaskError where there is none."""
    for folder in sys.path:
        if Path(folder, DESCRIPTION).is_file():
            return Path(folder)
    raise HipflaskError(f"No folder of {sys.path} has a {DESCRIPTION}: this is no bundle, or a damaged one.")


def description() -> dict[str, Any]:
    """What the app's layer says of the app: how it is loaded, what it opens, where its releases are."""
    content: dict[str, Any] = json.loads((app_folder() / DESCRIPTION).read_text(encoding="utf-8"))
    return content


def _line(key: str) -> str | None:
    release = os.environ.get(VARIABLE)
    return _lines(release).get(key) if release else None


@cache
def _lines(release: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in Path(release).read_text(encoding="utf-8").splitlines())
    lines = {key: value for key, _, value in pairs}
    if not lines.keys() >= {"id", "name"}:
        raise ValueError(
            f"{release}, which {VARIABLE} names, is no release: it has no lines id=… and name=…."
        )
    return lines
