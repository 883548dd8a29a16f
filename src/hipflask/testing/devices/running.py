"""One seed from beginning to end, and the shortest form of it that still fails."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from hipflask.store.models.shared import shared_tables
from hipflask.store.store import Store
from hipflask.sync.replica import store as replica_store

from .device import Version
from .example import example
from .hubs import MemoryForm
from .simulation import Devices
from .world import Broken, World

STEPS = 300


@dataclass(frozen=True)
class Failure:
    """A seed that leads to something that may not be."""

    seed: int
    form: str
    steps: int
    problem: str
    told: tuple[str, ...]

    def __str__(self) -> str:
        command = (
            f"python -m hipflask.testing.devices --seed {self.seed} --form {self.form} --steps {self.steps}"
        )
        return f"{self.problem}\n\nAgain: {command}"


def simulate(seed: int, form: str = "memory", steps: int = STEPS, stores: Any = None) -> Failure | None:
    """What a seed leads to; None if every promise was kept."""
    random = Random(seed)
    newer, older = stores or _example()
    page = random.choice([3, 10, 5_000])
    with tempfile.TemporaryDirectory(prefix="hipflask-devices-", dir=_somewhere()) as name:
        folder = Path(name)
        version = _version(newer, folder)
        hub = MemoryForm(newer, shared_tables(newer.metadata), random, page)
        world = World(version, hub, folder, random, _version(older, folder) if older else None)
        for user in world.users:
            world.add(user, version=random.choice([world.version, world.older or world.version]))
        try:
            with patch.object(replica_store, "MOST_AT_ONCE", random.choice([2, 10, 20_000])):
                Devices(world).run(steps)
        except Broken as error:
            return Failure(seed, form, steps, str(error), tuple(world.told))
        finally:
            for device in world.devices:
                device.end()
            hub.close()
    return None


def _version(store: Store, folder: Path) -> Version:
    """A version of the app; its file is made once."""
    version = Version(store, folder / f"version-{id(store)}.sqlite", _made.get(id(store)))
    _made[id(store)] = version.image
    return version


_made: dict[int, bytes] = {}


@cache
def _example() -> tuple[Store, Store]:
    return example(), example(is_old=True)


def _somewhere() -> str | None:
    """In memory, where there is such a place: nobody's power goes off here."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def shortest(failure: Failure) -> Failure:
    """The same seed with fewer steps, as long as it fails."""
    steps = failure.steps // 2
    while steps > 0:
        found = simulate(failure.seed, failure.form, steps)
        if found is None:
            return failure
        failure, steps = found, steps // 2
    return failure
