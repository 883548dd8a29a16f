"""The migrations of a project: `migrations/0002_add_age.py`, beside its source.

A file has a function `upgrade()`, and usually `downgrade()`. They are run in the order of their names, and each file of the app's data remembers which ones it has seen: two people who
have both written a 0003 need not put theirs in order.
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from ...core.errors import HipflaskError, MigrationFailed
from .operations import Steps, held_together
from .plan import Step
from .start import migrations_in

_NUMBER = re.compile(r"(\d+)_")


class Script:
    """One migration file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / f"{name}.py"
        self._module: ModuleType | None = None

    @property
    def module(self) -> ModuleType:
        """Its functions; raises MigrationFailed if it cannot be loaded."""
        if self._module is None:
            spec = importlib.util.spec_from_file_location(f"migrations.{self.name}", self.path)
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            with self._told():
                spec.loader.exec_module(module)
            if not callable(getattr(module, "upgrade", None)):
                raise MigrationFailed(
                    f"{self.path} has no function upgrade(), so nothing can be done with it."
                )
            self._module = module
        return self._module

    @property
    def what(self) -> str:
        """What it does, in its own words: the first line of its docstring."""
        return str(self.module.__doc__ or self.name).strip().splitlines()[0].rstrip(".")

    def can_go_back(self) -> bool:
        """Whether it says how to undo it."""
        return callable(getattr(self.module, "downgrade", None))

    def upgrade(self, steps: Steps) -> None:
        """Do what it says."""
        self._call(steps, self.module.upgrade)

    def downgrade(self, steps: Steps) -> None:
        """Undo it."""
        self._call(steps, self.module.downgrade)

    def _call(self, steps: Steps, function: Callable[[], object]) -> None:
        with self._told(), held_together(steps.driver):
            function()

    def _told(self) -> _Told:
        return _Told(self.path)


class _Told:
    """Errors of a migration, with the line that they come from; those about the disk stay what they are."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, HipflaskError) or _is_of_the_disk(error):
            return
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(self.path)
        ]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        said = str(getattr(error, "orig", None) or error)
        raise MigrationFailed(
            f"The migration {self.path.name} failed{f' in line {line}' if line else ''} ({type(error).__name__}: {said}). Nothing has "
            "been changed. Correct it, see `hipflask db try`, and start again."
        ) from error


def _is_of_the_disk(error: Exception) -> bool:
    inner = getattr(error, "orig", error)
    number = getattr(inner, "sqlite_errorcode", 0) & 0xFF
    return number in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
    )


def scripts_in(folder: Path) -> list[Script]:
    """All migrations of a project, in order."""
    return [Script(folder, name) for name in migrations_in(folder)]


def write_script(folder: Path, title: str, up: Iterable[Step], down: Iterable[Step] | None) -> Path:
    """Write a migration into the folder; returns where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_next_number(folder):04}_{_word(title)}.py"
    path.write_text(script_text(title, up, down), encoding="utf-8")
    return path


def script_text(title: str, up: Iterable[Step], down: Iterable[Step] | None) -> str:
    """The text of a migration."""
    up_lines, down_lines = _body(up), None if down is None else _body(down)
    code = "\n".join([*up_lines, *(down_lines or [])])
    head = [f'"""{title.strip()[:1].upper()}{title.strip()[1:].rstrip(".")}."""', ""]
    if "sa." in code:
        head.append("import sqlalchemy as sa")
    head.append("from alembic import op")
    if "plain_type(" in code:
        head += ["", "from hipflask.store.migrate.built import plain_type"]
    parts = ["", "", "def upgrade():", *(up_lines or ["    pass"])]
    if down_lines is not None:
        parts += ["", "", "def downgrade():", *(down_lines or ["    pass"])]
    return "\n".join([*head, *parts]) + "\n"


def _body(steps: Iterable[Step]) -> list[str]:
    return [f"    {line}" if line else "" for step in steps for line in step.lines]


def _next_number(folder: Path) -> int:
    return (
        max((int(match[1]) for name in migrations_in(folder) if (match := _NUMBER.match(name))), default=0)
        + 1
    )


def _word(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50] or "migration"
