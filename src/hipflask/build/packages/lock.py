"""Which packages a bundle has, to the byte: `hipflask.lock`, beside the project's `pyproject.toml`.

    format = 1

    [linux-x86_64]
    python = "3.14"
    inputs = "0a4f3b…"
    packages = [
        { name = "flask", version = "3.1.3", file = "flask-3.1.3-py3-none-any.whl", sha256 = "f4bcbe…" },
    ]

For each target one wheel of each package was chosen, once. A bundle that is built later, or by somebody else, has the very
same ones, until the requirements change (what still fits stays as it is) or newer ones are asked for. `inputs` is a digest of
what was asked for, by which it is known that the choice is out of date.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from ...core.errors import BuildError
from ..current import replace
from ..project import Project
from ..targets import Target
from .requirements import requirements_of
from .resolving import Pin, resolve

FILE = "hipflask.lock"
FORMAT = 1
PRESENT = "present:"  # in the digest of what was asked for: no requirement begins so
_HEAD = (
    "# The packages of the bundles that `hipflask build` makes; written by it. Keep it with the source: whoever builds the\n"
    "# same source then gets the same bundle.\n"
    f"format = {FORMAT}\n"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The packages chosen for one target, for which Python, and from what."""

    python: str
    inputs: str
    pins: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """What `hipflask.lock` says, by the names of the targets."""

    choices: Mapping[str, Choice] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, name: str = FILE) -> Self:
        """What it says in a project's folder: nothing where there is none; raises BuildError if it cannot be understood."""
        file = folder / name
        try:
            said = tomllib.loads(file.read_text(encoding="utf-8"))
            if said.pop("format", None) != FORMAT:
                raise ValueError(f"it is not of format {FORMAT}")
            return cls({name: _choice(table) for name, table in said.items()})
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BuildError(
                f"{file} cannot be used ({error}). Take it from your version control, or delete it: the next build "
                "chooses packages anew."
            ) from error

    def write(self, folder: Path, name: str = FILE) -> None:
        """Write it into a project's folder."""
        tables = [_table(name, choice) for name, choice in sorted(self.choices.items())]
        replace(folder / name, "\n".join([_HEAD, *tables]).encode())

    def for_target(self, target: Target, minor: int, requirements: Iterable[str]) -> tuple[Pin, ...] | None:
        """What was chosen for just this, or None."""
        choice = self.choices.get(target.name)
        is_current = (
            choice is not None and choice.python == f"3.{minor}" and choice.inputs == inputs(requirements)
        )
        return choice.pins if choice is not None and is_current else None

    def preferred(self, target: Target) -> tuple[Pin, ...]:
        """The versions to keep where they still fit: of this target, then of the others, that all may have the same."""
        others = (choice for name, choice in sorted(self.choices.items()) if name != target.name)
        own = [self.choices[target.name]] if target.name in self.choices else []
        pins: dict[str, Pin] = {}
        for choice in [*own, *others]:
            for pin in choice.pins:
                pins.setdefault(pin.name, pin)
        return tuple(pins.values())

    def choosing(
        self, target: Target, minor: int, requirements: Iterable[str], pins: tuple[Pin, ...]
    ) -> Lock:
        """The lock that says this of a target, and of the others what this one says."""
        return Lock({**self.choices, target.name: Choice(f"3.{minor}", inputs(requirements), pins)})


def pinned(
    project: Project,
    target: Target,
    minor: int,
    *,
    requirements: Sequence[str] | None = None,
    present: Sequence[str] = (),
    sdists: Sequence[str] = (),
    offline: bool = False,
    upgrade: bool = False,
) -> tuple[Pin, ...]:
    """The packages of a project's bundle: as the lock has them, or chosen now and written there.

    With `upgrade` they are chosen anew, without regard to what is there. `requirements` stand in for all that the project
    and Hipflask ask for, where a target needs less of it; `present` are packages that the target has already.
    """
    lock = Lock.read(project.folder, project.lock)
    requirements = requirements_of(project) if requirements is None else requirements
    asked = [*requirements, *(f"{PRESENT} {name}" for name in present)]
    known = lock.for_target(target, minor, asked)
    if known is not None and not upgrade:
        return known
    pins = resolve(
        requirements,
        target,
        minor,
        prefer=() if upgrade else lock.preferred(target),
        sdists=sdists,
        present=present,
        folder=project.folder,
        offline=offline,
    )
    lock.choosing(target, minor, asked, pins).write(project.folder, project.lock)
    return pins


def inputs(requirements: Iterable[str]) -> str:
    """A digest of what is asked for."""
    return hashlib.sha256("\n".join(sorted(requirements)).encode()).hexdigest()


def _choice(table: dict[str, Any]) -> Choice:
    return Choice(table["python"], table["inputs"], tuple(sorted(Pin(**pin) for pin in table["packages"])))


def _table(name: str, choice: Choice) -> str:
    # A string of JSON is one of TOML.
    lines = [f"    {{ {_pairs(asdict(pin))} }},\n" for pin in choice.pins]
    return (
        f"[{name}]\npython = {json.dumps(choice.python)}\ninputs = {json.dumps(choice.inputs)}\n"
        f"packages = [\n{''.join(lines)}]\n"
    )


def _pairs(pin: Mapping[str, str]) -> str:
    return ", ".join(f"{key} = {json.dumps(value)}" for key, value in pin.items() if value)
