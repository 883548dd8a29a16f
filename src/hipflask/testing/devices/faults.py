"""What goes wrong: connections, processes, disks, clocks, files, the hub itself. Each seed has a selection of its own, so that each has its say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipflask.store.changes.log import Log
from hipflask.sync.replica.inbox import drop, refusals, retry

from .checking import Checks
from .contents import Entry, entries, without
from .device import Device, Version
from .network import Link
from .world import PROCESSES, World

MOST_DEVICES = 6
HOUR = 3_600_000


@dataclass(frozen=True)
class _Copy:
    """A device as it was once."""

    file: Path
    at: int
    version: Version
    written: list[Entry]
    uptos: dict[tuple[str, int], int]
    settled: int


class Faults:
    """All that may happen to a world, and its undoing."""

    def __init__(self, world: World, checks: Checks) -> None:
        self._world = world
        self._checks = checks
        self._random = world.random
        self._copies: dict[str, _Copy] = {}
        self._hub_copy: tuple[Any, int] | None = None
        of_links = [self.break_here, self.break_there, self.break_both, self.cut, self.double, self.reorder]
        of_devices = [self.kill, self.kill_soon, self.fill, self.jump, self.inbox, self.prune, self.newcomer]
        of_files = [self.copy, self.keep, self.put_back, self.upgrade]
        of_hubs = [
            self.stop_process,
            self.take_over,
            self.keep_hub,
            self.put_back_hub,
            self.forget,
            self.hurt,
        ]
        every = [*of_links, *of_devices, *of_files, *of_hubs]
        self.chosen = self._random.sample(every, self._random.randint(1, len(every)))

    def one(self) -> None:
        """Something goes wrong; counted, where there was something for it to go wrong with."""
        fault = self._random.choice(self.chosen)
        self._world.tell(f"fault: {fault.__name__}")
        if fault():
            self._world.happened[fault.__name__] += 1

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._world.form.hurt(None)
        for device in self._world.devices:
            device.power.statements_left = None
            device.power.fill(False)

    def device_errors(self, device: Device) -> tuple[type[Exception], ...]:
        """What may be raised on a device at present."""
        return (sqlite3.OperationalError,) if device.power.was_full else ()

    # ── connections ───────────────────────────────────────────────────────────────────────────────

    def break_here(self) -> bool:
        """A device gives its connection up; what it sent may arrive much later."""
        if device := self._device(lambda device: device.link is not None):
            device.hang_up()
            return True
        return False

    def break_there(self) -> bool:
        """The hub gives a connection up; what it sent may arrive much later."""
        if link := self._link(lambda link: link.is_open_there):
            link.hang_up_there()
            return True
        return False

    def break_both(self) -> bool:
        """A connection is gone with all that was under way."""
        if device := self._device(lambda device: device.link is not None):
            link = device.link
            device.hang_up()
            assert link is not None
            link.hang_up_there()
            return True
        return False

    def cut(self) -> bool:
        """Only half of a frame arrives."""
        if link := self._link(lambda link: bool(link.up or link.down)):
            way = link.up or link.down
            at = self._random.randrange(len(way))
            way[at] = way[at][: self._random.randrange(max(len(way[at]), 1))]  # what is cut may be cut again
            link.is_spoilt = True
            return True
        return False

    def double(self) -> bool:
        """A frame arrives twice, once after the other: a hub's answers are in order, whatever carries them."""
        if link := self._link(lambda link: bool(link.up or link.down)):
            way = link.up or link.down
            at = self._random.randrange(len(way))
            way.insert(at, way[at])
            link.is_spoilt = True
            return True
        return False

    def reorder(self) -> bool:
        """What a device says arrives in another order."""
        if link := self._link(lambda link: len(link.up) > 1):
            frames = [*link.up]
            self._random.shuffle(frames)
            link.up.clear()
            link.up.extend(frames)
            link.is_spoilt = True
            return True
        return False

    # ── devices ───────────────────────────────────────────────────────────────────────────────────

    def kill(self) -> bool:
        """A process is killed between two steps."""
        if device := self._device(lambda device: device.is_running):
            device.stop()
            return True
        return False

    def kill_soon(self) -> bool:
        """A process is killed before one of its next statements."""
        if device := self._device():
            device.power.statements_left = self._random.randrange(80)
            return True
        return False

    def fill(self) -> bool:
        """A disk is full, or has room again."""
        if device := self._device():
            device.power.fill(not device.power.is_full, self._random.randrange(12))
            return True
        return False

    def jump(self) -> bool:
        """A device's clock is set."""
        if device := self._device():
            device.clock_error = self._random.choice([0, 1, -1, 24, -24, 87_600, -87_600]) * HOUR
            return True
        return False

    def newcomer(self) -> bool:
        """Somebody has a new device."""
        if len(self._world.devices) < MOST_DEVICES:
            older = self._world.older
            version = older if older is not None and self._random.random() < 0.3 else None
            self._world.add(self._random.choice(self._world.users), version=version)
            return True
        return False

    def inbox(self) -> bool:
        """Somebody tries a refused change again, or drops it."""
        device = self._device()
        found = refusals(device.aside) if device is not None else []
        if device is None or not found:
            return False
        self._checks.inbox(device)  # a process may have been killed, or had no room, as soon as it was told
        refusal = self._random.choice(found)
        if refusal.code == "copied":  # what was added to a sum is not there any more, and pending no longer
            device.written = [without(entry, refusal, device.version.by_name) for entry in device.written]
        if self._random.random() < 0.5:
            drop(device.aside, refusal.id)
            return True
        before = device.contents()
        try:
            retry(device.aside, device.version.tables, refusal.id)
        except ValueError:
            return False
        newest = Log(device.version.all_tables).newest(device.aside)
        done = entries(before, device.contents(), self._world.now, newest)
        device.written += done
        self._world.history.note(device.name, done)
        return True

    def prune(self) -> bool:
        """The log forgets what is old, and settled."""
        if device := self._device():
            log = Log(device.version.all_tables)
            log.prune(device.aside, 0, log.settled(device.aside))
            return True
        return False

    # ── files ─────────────────────────────────────────────────────────────────────────────────────

    def copy(self) -> bool:
        """Somebody copies a device's file to another device, and goes on with both."""
        device = self._device()
        # Before it was ever welcomed, a file has nothing by which two copies of it could be told apart.
        is_named = device is not None and device.look("SELECT name FROM _hipflask_replica") != [("",)]
        if device is not None and is_named and len(self._world.devices) < MOST_DEVICES:
            copy = self._copied(device)
            other = self._world.add(device.user, copy.file, device.version)
            self._take(other, copy)
            other.lineage |= device.lineage
            return True
        return False

    def keep(self) -> bool:
        """A device makes a backup."""
        if device := self._device():
            self._copies[device.name] = self._copied(device)
            return True
        return False

    def put_back(self) -> bool:
        """A device's file is put back to its backup."""
        device = self._device(lambda device: device.name in self._copies)
        if device is not None:
            copy = self._copies[device.name]
            device.put_back(copy.file)
            self._take(device, copy)
            self._checks.put_back(device)
            self._world.history.doubt(device.name, copy.at)
            return True
        return False

    def upgrade(self) -> bool:
        """A device gets the new version of the app."""
        device = self._device(lambda device: device.version is self._world.older)
        if device is not None:
            device.stop()
            device.version = self._world.version
            device.version.upgrade(device.aside)
            return True
        return False

    def _copied(self, device: Device) -> _Copy:
        file = self._world.file("copy")
        target = sqlite3.connect(file)
        device.aside.backup(target)
        target.close()
        return _Copy(
            file, self._world.now, device.version, [*device.written], dict(device.uptos), device.settled
        )

    def _take(self, device: Device, copy: _Copy) -> None:
        device.version = copy.version
        device.written, device.uptos = [*copy.written], dict(copy.uptos)
        device.settled = copy.settled
        self._world.history.double(copy.written)

    # ── the hub ───────────────────────────────────────────────────────────────────────────────────

    def stop_process(self) -> bool:
        """One of the hub's processes is gone, with its connections."""
        process = self._random.randrange(PROCESSES)
        for link in self._world.links:
            if link.process == process:
                link.hang_up_there()
        self._world.form.stop(process)
        return True

    def take_over(self) -> bool:
        """Another process becomes the sequencer."""
        self._world.form.take_over()
        return True

    def hurt(self) -> bool:
        """The hub loses its database after some statements more."""
        self._world.form.hurt(self._random.randrange(40))
        return True

    def keep_hub(self) -> bool:
        """The hub's database is backed up."""
        pending = [entry.at for device in self._world.devices for entry in device.written]
        self._hub_copy = self._world.form.backup(), min(pending, default=self._world.now)
        return True

    def put_back_hub(self) -> bool:
        """The hub's database is put back to its backup."""
        if self._hub_copy is None or self._random.random() < 0.7:
            return False
        backup, since = self._hub_copy
        for link in self._world.links:
            link.hang_up_there()
        for process in range(PROCESSES):
            self._world.form.stop(process)
        self._world.form.restore(backup)
        self._world.history.doubt(None, since)
        self._checks.restored()
        return True

    def forget(self) -> bool:
        """Three months pass: the hub forgets its graves."""
        self._world.form.forget()
        return True

    def _device(self, is_meant: Callable[[Device], bool] = lambda device: True) -> Device | None:
        found = [device for device in self._world.devices if is_meant(device)]
        return self._random.choice(found) if found else None

    def _link(self, is_meant: Callable[[Link], bool]) -> Link | None:
        found = [link for link in self._world.links if is_meant(link)]
        return self._random.choice(found) if found else None
