"""The app's layer: the project's own files, and what the program must know of itself to open."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..core.bundled import DESCRIPTION, TRUSTED_ROOT
from .project import Project


def copy_app(project: Project, folder: Path) -> None:
    """Fill an empty folder with the app's layer, but for the .pyc files."""
    for name in project.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.source / name, target)
        target.chmod(0o644)  # a script of the project is imported here, not run
    text = json.dumps(description(project), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / DESCRIPTION).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    if project.updates is not None:
        shutil.copyfile(project.updates.root, folder / TRUSTED_ROOT)


def description(project: Project) -> dict[str, Any]:
    """What `core/bundled.py` reads in the bundle."""
    return {
        "app": project.app,
        "file_types": [asdict(each) for each in project.file_types],
        "schemes": list(project.schemes),
        "single_instance": project.single_instance,
        "updates": {"url": project.updates.url, "channel": project.updates.channel}
        if project.updates
        else None,
    }
