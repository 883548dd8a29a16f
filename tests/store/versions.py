"""A program in several versions on one file: each has models of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result
from flask.testing import FlaskCliRunner

from hipflask import Hipflask
from hipflask.store.store import Store

Define = Callable[[Store], Any]


class Program:
    """Starts one version after the other; what `define(db)` gives back are the version's models."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "instance" / "program.sqlite"
        self.migrations = folder / "migrations"
        self._running: list[Store] = []

    def version(self, define: Define) -> tuple[Store, Any]:
        """A version of it, which has not looked at its file yet."""
        self.stop()
        app = Hipflask("program", root_path=str(self.folder))
        app.config["STORE"] = self.file
        db = Store(app)
        self._running.append(db)
        self.app = app
        return db, define(db)

    def start(self, define: Define) -> tuple[Store, Any]:
        """A version of it that has opened its file."""
        db, models = self.version(define)
        assert db.engine is not None
        return db, models

    def stop(self) -> None:
        """Let go of the file."""
        while self._running:
            self._running.pop().close()

    def command(self, *words: str, answers: str | None = None) -> Result:
        """`hipflask db …` with the version that was named last."""
        self.stop()
        return FlaskCliRunner(self.app).invoke(args=["db", *words], input=answers)

    @property
    def backups(self) -> list[Path]:
        """All backups, oldest first."""
        return sorted((self.folder / "instance" / "program.backups").glob("*_migration.sqlite"))
