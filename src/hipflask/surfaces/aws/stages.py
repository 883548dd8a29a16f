"""What of a path is the app's own, and what stands before it in public: a stage, or the base path of a custom domain.

https://abc.execute-api.eu-central-1.amazonaws.com/prod/on/first     script "/prod", path "/on/first"
https://games.example.com/on/first          (stage prod)             script "",      path "/on/first"
https://example.com/games/on/first          (base path /games)       script "/games", path "/on/first"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote


def split_stage(path: str, stage: str, domain: str) -> tuple[str, str]:
    """The script name and the app's own path, where a path begins with the stage: payload 2.0."""
    rest = _after(path, f"/{stage}") if stage != "$default" else None
    if rest is None:
        return "", path
    # Under a name of one's own the stage is part of the event's path, but not of the address that people see.
    return f"/{stage}" if ".execute-api." in domain else "", rest


def split_resource(path: str, whole: str, resource: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The script name and the app's own path, where the resource that was matched is told: payload 1.0.

    `whole` is the path with the stage, if it has one; all that stands before what the resource has matched is no part of the app's path.
    """
    own = resource
    for name, value in values.items():
        own = own.replace(f"{{{name}+}}", str(value)).replace(f"{{{name}}}", str(value))
    for inner in (unquote(own), path):
        if inner.startswith("/") and path.endswith(inner) and whole.endswith(inner):
            return whole.removesuffix(inner), inner
    return "", path


def _after(path: str, prefix: str) -> str | None:
    """What follows the prefix, beginning with a slash; None if the path is not below it."""
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(f"{prefix}/") else None
