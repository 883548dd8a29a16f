"""Where an app's data is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..core.bundled import program_id
from ..core.errors import UsageError

CONFIG = "STORE"
ENVIRONMENT = "HIPFLASK_STORE"


def file_of(app: Any) -> Path:
    """The file of an app's store: where the configuration or the environment says, else with the source or with the user's data."""
    chosen = app.config.get(CONFIG) or os.environ.get(ENVIRONMENT)
    if chosen is None:
        return default_folder(app) / f"{app.name}.sqlite"
    if not isinstance(chosen, str | os.PathLike) or str(chosen).startswith((":", "sqlite:")):
        raise UsageError(
            f"{CONFIG} takes the path of a file, got {chosen!r}. Several threads, windows and programs meet in that file, so it "
            "cannot be in memory: write app.config['STORE'] = 'data/app.sqlite'."
        )
    path = Path(chosen).expanduser()
    return path if path.is_absolute() else Path(app.root_path) / path


def default_folder(app: Any) -> Path:
    """`instance/` beside the source while one develops; in a bundle, the folder for the data of this user's programs."""
    program = program_id()
    if program is None:
        return Path(app.instance_path)
    import platformdirs

    return platformdirs.user_data_path(program, appauthor=False)


def migrations_of(app: Any) -> Path:
    """Where the migrations of a project are: beside its source, so that they are part of what is shipped."""
    return Path(app.root_path) / "migrations"


def volatile_file(store: Path) -> Path:
    """Where the volatile models of a store are kept."""
    return store.with_name(f"{store.stem}.volatile{store.suffix}")
