"""Where a program keeps what belongs to this computer alone."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from flask import Flask

from ..core.bundled import program_id


def folder_of(app: Flask) -> Path:
    """Where this program keeps what belongs to this computer alone: where its windows stood, and whether it runs."""
    import platformdirs

    program = program_id()
    if program is not None:  # its code is in another folder with every release
        return platformdirs.user_state_path(program, appauthor=False)
    where = hashlib.sha256(f"{app.root_path}\0{app.name}".encode()).hexdigest()[:8]
    name = re.sub(r"[^\w-]", "_", app.name)
    return platformdirs.user_state_path("hipflask", appauthor=False) / f"{name}-{where}"
