"""All that there is in a simulation: devices, links, a hub, a clock, and what was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .device import Device, Version
from .history import History
from .hubs import HubForm
from .network import Link

PROCESSES = 2  # of the hub
BEGIN = 1_795_000_000_000  # ms


class Broken(AssertionError):
    """A promise was not kept."""


@dataclass
class World:
    """Everything that a seed decides about."""

    version: Version
    form: HubForm
    folder: Path
    random: Random
    older: Version | None = None
    users: tuple[str, ...] = ("ann", "bob", "cyd")
    now: int = BEGIN
    links: list[Link] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    is_telling: bool = False
    told: list[str] = field(default_factory=list)  # what has happened, in words
    made: int = 0
    happened: Counter[str] = field(default_factory=Counter)  # what has gone wrong, and how often

    def __post_init__(self) -> None:
        self.history = History(self.version.by_name)
        self.now = self.form.pass_time(self.now)

    def pass_time(self, passed: int) -> None:
        """So many ms later."""
        self.now = self.form.pass_time(self.now + passed)
        for device in self.devices:
            device.power.wall = self.now + device.clock_error

    def file(self, what: str) -> Path:
        """A new file."""
        self.made += 1
        return self.folder / f"{what}-{self.made}.sqlite"

    def add(self, user: str, file: Path | None = None, version: Version | None = None) -> Device:
        """A new device; with a file, one that brings it along."""
        file = file or self.file("device")
        device = Device(f"{user} at {file.stem}", user, file, version or self.version)
        device.power.wall = self.now
        self.devices.append(device)
        return device

    def tell(self, what: str) -> None:
        """Note that something has happened."""
        if self.is_telling:
            self.told.append(f"{self.now - BEGIN:>12,} ms  {what}")
