"""What the last look for updates came to, kept for whoever is asked why a program is not up to date."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from ...core.errors import BuildError, UpdateError
from ..current import replace
from ..release import read_lines, write_lines
from .installation import Installation

FILE = "status"


def note(installation: Installation, result: str) -> None:
    """Keep what a check or an installation came to; where that cannot be written down, it is not."""
    lines = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", "result": " ".join(result.split())}
    with contextlib.suppress(OSError, BuildError):
        installation.updates.mkdir(parents=True, exist_ok=True)
        replace(installation.updates / FILE, write_lines(lines).encode())


def status(installation: Installation) -> str:
    """What runs, what the next start runs, and what the last look for updates came to: a few lines for people."""
    release, current = installation.release, installation.current
    lines = [f"{release.name} {release.version} ({release.target}, {release.channel}) in {installation.root}"]
    with contextlib.suppress(BuildError, UpdateError):
        if installation.waiting is not None:
            lines.append(f"The next start runs version {installation.waiting.version}.")
    if current.refused:
        lines.append(
            f"The release {current.refused} was installed and did not work, so it is not installed again."
        )
    if installation.refusal is not None:
        lines.append(installation.refusal)
    return "\n".join([*lines, _last(installation)])


def _last(installation: Installation) -> str:
    try:
        known = read_lines((installation.updates / FILE).read_text(encoding="utf-8"))
        return f"Last looked for updates at {known['at']}: {known['result']}"
    except (OSError, UnicodeDecodeError, BuildError, KeyError):
        return "Has not looked for updates yet."
