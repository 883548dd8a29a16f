"""The systems that a bundle can be made for.

Target.parse("windows").name            "windows-x86_64"
Target.parse("macos", "arm64").uv       "aarch64-apple-darwin"
Target.host()                           the one that this program runs on
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import Self

from ..core.errors import BuildError
from ..core.words import join

SYSTEMS = ("windows", "macos", "linux")
MACHINES = ("x86_64", "aarch64")
# What people and tools call the two kinds of processor.
_ALSO_CALLED = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64"}
# What most computers of a system have, for a build that was not told: Apple has made no other since 2020.
_USUAL = {"windows": "x86_64", "macos": "aarch64", "linux": "x86_64"}
_UV_PLATFORMS = {
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "windows-aarch64": "aarch64-pc-windows-msvc",
    "macos-x86_64": "x86_64-apple-darwin",
    "macos-aarch64": "aarch64-apple-darwin",
    "linux-x86_64": "x86_64-manylinux_2_28",
    "linux-aarch64": "aarch64-manylinux_2_28",
}


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One kind of computer: a system ("windows", "macos" or "linux") and its processor ("x86_64" or "aarch64")."""

    system: str
    machine: str

    @classmethod
    def parse(cls, system: str, machine: str | None = None) -> Self:
        """The target that somebody means by these words; raises BuildError if there is none."""
        if machine is None and "-" in system:
            system, machine = system.split("-", 1)
        system = system.lower()
        if system not in SYSTEMS:
            raise BuildError(f"{system!r} is no system to build for. Write {join(SYSTEMS, 'or')}.")
        machine = (machine or _USUAL[system]).lower()
        machine = _ALSO_CALLED.get(machine, machine)
        if machine not in MACHINES:
            raise BuildError(f"{machine!r} is no processor to build for. Write {join(MACHINES, 'or')}.")
        return cls(system, machine)

    @classmethod
    def host(cls) -> Self:
        """What this program itself runs on."""
        system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
        return cls.parse(system, platform.machine())

    @property
    def name(self) -> str:
        """As it stands in file names and releases: "windows-x86_64"."""
        return f"{self.system}-{self.machine}"

    @property
    def uv(self) -> str:
        """What uv calls it, for `--python-platform`."""
        return _UV_PLATFORMS[self.name]

    @property
    def stdlib(self) -> str:
        """The folder of the standard library within a runtime, with "{minor}" for what changes with the version."""
        return "Lib" if self.system == "windows" else "lib/python3.{minor}"

    def __str__(self) -> str:
        return self.name


ALL = tuple(Target(system, machine) for system in SYSTEMS for machine in MACHINES)
