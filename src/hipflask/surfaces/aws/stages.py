"""What of a path is the app's own, and what was put before it: a stage, or the base path of a custom domain."""

from __future__ import annotations


def split_stage(path: str, stage: str, domain: str) -> tuple[str, str]:
    """The script name and the app's own path, where the path may begin with the stage."""
    rest = after(path, f"/{stage}") if stage != "$default" else None
    if rest is None:
        return "", path
    # Under a name of one's own the stage is part of the event's path, but not of the address that people see.
    return f"/{stage}" if ".execute-api." in domain else "", rest


def after(path: str, prefix: str) -> str | None:
    """What follows the prefix, beginning with a slash; None if the path is not below it."""
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(f"{prefix}/") else None
