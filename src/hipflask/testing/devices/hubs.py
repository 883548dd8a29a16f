"""The hub of a simulation, in memory or on PostgreSQL, behind one face."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Protocol

import sqlalchemy as sa

from hipflask.core.errors import HubError, StoreError
from hipflask.store.store import Store
from hipflask.sync.parties import Hub

from .contents import Contents
from .memory import MemoryHub
from .memory.hub import Writing


class HubForm(Protocol):
    """What a simulation does with a hub."""

    def process(self, number: int) -> Hub:
        """One of the hub's processes; a number that was stopped is a new one."""

    def stop(self, number: int) -> None:
        """A process is gone."""

    def wall(self) -> int:
        """The hub's clock, in ms."""

    def pass_time(self, now: int) -> int:
        """It is this moment by the simulation's clock; returns that which it really is."""

    def step(self) -> bool:
        """Have the sequencer make a version; whether there was one to make."""

    def take_over(self) -> None:
        """Another process becomes the sequencer."""

    def version(self) -> int:
        """The newest version."""

    def contents(self) -> Contents:
        """All rows, as they are committed."""

    def granted(self, user: str) -> frozenset[str]:
        """The scopes that a user may have."""

    def write(self, writings: Sequence[Writing]) -> bool:
        """Write as another program does, in one transaction; whether that could be."""

    def backup(self) -> Any:
        """All of it as it is now."""

    def restore(self, backup: Any) -> None:
        """Have what a backup has; all processes are to be stopped."""

    def forget(self) -> None:
        """Forget all graves, as after 90 days."""

    def hurt(self, statements: int | None) -> None:
        """Lose the connection to the database after so many statements; None: no more."""

    def close(self) -> None:
        """Give back what it took."""


class MemoryForm:
    """A hub in memory: all processes are one, and a name is all they have."""

    def __init__(self, store: Store, tables: Sequence[sa.Table], random: Random, page: int) -> None:
        self.now = 0
        self._left: int | None = None
        names = Random(random.random())
        self.hub = MemoryHub(
            tables,
            store.push_rules,
            now=self._asked,
            name=lambda: f"{names.getrandbits(64):016x}",
            page=page,
            is_prompt=False,
        )

    def wall(self) -> int:
        return self.now

    def pass_time(self, now: int) -> int:
        self.now = now
        return now

    def process(self, number: int) -> Hub:
        return self.hub

    def stop(self, number: int) -> None:
        pass

    def step(self) -> bool:
        try:
            return self.hub.step() is not None
        except HubError:  # it is done again
            return False

    def take_over(self) -> None:
        self.hub.begin_era()

    def version(self) -> int:
        return self.hub.state.version

    def contents(self) -> Contents:
        return {table: dict(rows) for table, rows in self.hub.state.rows.items()}

    def granted(self, user: str) -> frozenset[str]:
        return self.hub.granted(user)

    def write(self, writings: Sequence[Writing]) -> bool:
        left, self._left = self._left, None
        try:
            self.hub.write(writings)
        except StoreError:
            return False
        finally:
            self._left = left
        return True

    def backup(self) -> Any:
        return self.hub.backup()

    def restore(self, backup: Any) -> None:
        self.hub.restore(backup)

    def forget(self) -> None:
        self._left = None
        self.hub.forget(graves_ms=0, changes_ms=0)

    def hurt(self, statements: int | None) -> None:
        self._left = None if statements is None else statements // 10

    def close(self) -> None:
        pass

    def _asked(self) -> int:
        """The time, for what a device has asked for; there is no answer if the database has gone."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._left = None
                raise HubError("The database is gone.")
        return self.now
