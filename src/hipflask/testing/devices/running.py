"""One seed from beginning to end, and the shortest form of it that still fails."""

from __future__ import annotations

import logging
import os
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from unittest.mock import patch

from hipflask.store.models.shared import shared_tables
from hipflask.store.store import Store
from hipflask.sync.replica import receiving

from .device import Version
from .example import example
from .hubs import HubForm, MemoryForm
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


def try_out(
    store: Store, seeds: Iterable[int] = range(20), *, steps: int = 200, form: str = "memory"
) -> None:
    """Let devices with the models of a store live through these seeds; raises Broken, with the seed and what happened, if a promise was broken.

    `form="postgres"` has a real hub, and takes some ten times as long.
    """
    for seed in seeds:
        failure = simulate_stores((store, None), seed, form, steps)
        if failure is not None:
            again = simulate_stores((store, None), seed, form, steps, is_telling=True) or failure
            last = "\n".join(again.told[-40:])
            raise Broken(f"Seed {seed}, {steps} steps: {failure.problem}\n\nWhat happened last:\n{last}")


def simulate(seed: int, form: str = "memory", steps: int = STEPS) -> Failure | None:
    """What a seed leads to, with the example's models; None if every promise was kept."""
    return simulate_stores(_example(), seed, form, steps)


def counted(seed: int, form: str = "memory", steps: int = STEPS) -> tuple[Failure | None, Counter[str]]:
    """The same, and what has gone wrong on the way, and how often."""
    happened = Counter[str]()
    return simulate_stores(_example(), seed, form, steps, happened=happened), happened


def story(failure: Failure) -> tuple[str, ...]:
    """All that happens on the way to a failure, a line for each thing."""
    again = simulate_stores(_example(), failure.seed, failure.form, failure.steps, is_telling=True)
    return again.told if again is not None else ()


def simulate_stores(
    stores: tuple[Store, Store | None],
    seed: int,
    form: str,
    steps: int,
    *,
    is_telling: bool = False,
    happened: Counter[str] | None = None,
) -> Failure | None:
    """The same with the models of any store, and of an older version of it, or None."""
    newer, older = stores
    random = Random(seed)
    with tempfile.TemporaryDirectory(prefix="hipflask-devices-", dir=_somewhere()) as name, _small(random):
        folder = Path(name)
        hub = _hub(form, newer, random)
        old = _version(older, folder) if older is not None else None
        world = World(_version(newer, folder), hub, folder, random, old, is_telling=is_telling)
        try:
            for user in world.users:
                world.add(user, version=random.choice([world.version, old or world.version]))
            Devices(world).run(steps)
        except Broken as error:
            return Failure(seed, form, steps, str(error), tuple(world.told))
        except Exception as error:
            where = "".join(traceback.format_exception(error)[-4:])
            return Failure(seed, form, steps, f"14: {error!r}\n{where}", tuple(world.told))
        finally:
            if happened is not None:
                happened.update(world.happened)
            for device in world.devices:
                device.end()
            hub.close()
    return None


@contextmanager
def _small(random: Random) -> Iterator[None]:
    """What is large in an app is small here: so many rows are a large download already."""
    logging.disable(logging.WARNING)  # of what is provoked here
    try:
        with patch.object(receiving, "MOST_AT_ONCE", random.choice([2, 10, 20_000])):
            yield
    finally:
        logging.disable(logging.NOTSET)


def _hub(form: str, store: Store, random: Random) -> HubForm:
    page = random.choice([3, 10, 5_000])
    if form == "memory":
        return MemoryForm(store, shared_tables(store.metadata), random, page)
    from .postgres import PostgresForm

    return PostgresForm(store, shared_tables(store.metadata), page)


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
