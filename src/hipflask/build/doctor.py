"""`hipflask doctor`: what can be built on this computer, what can be tried on it, and what is missing for the rest.

    diagnose(project)       → [Finding("windows-x86_64", "setup.exe", Mark.MISSING, "setup.exe is made by makensis, …"), …]
    report(findings)        → the lines that are printed

What is asked of the computer goes through a `Machine`, so the judgement is the same for one that is only described.
"""

from __future__ import annotations

import datetime
import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from ..core.errors import BuildError
from .machine import Machine, ThisMachine
from .packages.lock import Lock
from .platforms import platform_of
from .project import Project
from .runtime.table import NEWEST, row
from .targets import ALL, Target

LEAST_UV = (0, 11, 19)
ENOUGH_BYTES = 2_000_000_000  # six bundles, their layers, and what was downloaded for them
SOON = datetime.timedelta(days=60)
COMPUTER, PROJECT = "this computer", "this project"
_INSTALL = 'pip install "hipflask[build]"'
_PARTS = {"PIL": "Pillow", "tuf": "tuf", "cryptography": "cryptography"}
_FOR = {"PIL": "icons", "tuf": "publishing", "cryptography": "keys and publishing"}
_SIGNS = {"windows": "sign-windows", "macos": "sign-macos"}
_UNSIGNED = {
    "windows": "not said: Windows warns of an unknown publisher when the setup file is opened for the first time",
    "macos": "not said: macOS opens the program only after its user has allowed it in the system settings",
}


class Mark(Enum):
    """What a finding amounts to: its sign, and the same for a terminal that has no such sign."""

    GOOD = ("✓", "+")
    MISSING = ("✗", "!")
    OPEN = ("–", "-")  # neither: it is got when needed, may be left out, or cannot be known here


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it belongs to, what it is, how it is, and what there is to say or to do."""

    about: str
    what: str
    mark: Mark
    note: str = ""


def diagnose(
    project: Project | None, machine: Machine | None = None, *, ask_network: bool = False
) -> list[Finding]:
    """Everything there is to say; without a project, what holds for any. Only `ask_network` goes beyond this computer."""
    machine = machine or ThisMachine()
    lock = _lock_of(project)
    findings = [*_of_computer(machine, lock if isinstance(lock, Lock) else Lock())]
    if ask_network:
        findings += _of_network(machine)
    for target in ALL:
        findings += _of_target(target, project, lock if isinstance(lock, Lock) else Lock(), machine)
    if project is not None:
        if isinstance(lock, str):
            findings.append(Finding(PROJECT, "hipflask.lock", Mark.MISSING, lock))
        findings += _of_project(project, machine)
    return findings


def report(findings: Iterable[Finding], encoding: str | None = None) -> str:
    """The findings as lines, in paragraphs; signs are plain where the terminal's encoding has no others."""
    lines = []
    for about, group in groupby(findings, key=lambda finding: finding.about):
        found = list(group)
        width = max(len(finding.what) for finding in found)
        lines.append(about)
        for finding in found:
            sign = _sign(finding.mark, encoding or sys.stdout.encoding)
            lines.append(f"  {sign} {finding.what.ljust(width)}  {finding.note}".rstrip())
        lines.append("")
    return "\n".join(lines)


def _sign(mark: Mark, encoding: str) -> str:
    fine, plain = mark.value
    try:
        fine.encode(encoding)
    except UnicodeEncodeError:
        return plain
    return fine


def _lock_of(project: Project | None) -> Lock | str:
    if project is None:
        return Lock()
    try:
        return Lock.read(project.folder)
    except BuildError as error:
        return str(error)


# ── this computer ─────────────────────────────────────────────────────────────────────────────────


def _of_computer(machine: Machine, lock: Lock) -> Iterator[Finding]:
    yield Finding(COMPUTER, "system", Mark.GOOD, machine.host.name)
    yield _of_uv(machine.uv_version())
    for module, name in _PARTS.items():
        note = f"for {_FOR[module]}"
        if machine.has_part(module):
            yield Finding(COMPUTER, name, Mark.GOOD, note)
        else:
            yield Finding(COMPUTER, name, Mark.MISSING, f"{note}: {_INSTALL}")
    for minor in sorted({NEWEST, *(choice.python for choice in lock.choices.values())}):
        yield _of_python(minor, machine)
    room = machine.room()
    enough = f"{room / 1e9:.1f} GB free"
    if room < ENOUGH_BYTES:
        enough += f"; bundles of all targets take up to {ENOUGH_BYTES / 1e9:.0f} GB"
    yield Finding(COMPUTER, "disk", Mark.GOOD if room >= ENOUGH_BYTES else Mark.MISSING, enough)


def _of_uv(version: str | None) -> Finding:
    if version is None:
        return Finding(COMPUTER, "uv", Mark.MISSING, f"finds and fetches packages: {_INSTALL}")
    numbers = tuple(int(digits) for digits in re.findall(r"\d+", version)[:3])
    if numbers < LEAST_UV:
        least = ".".join(map(str, LEAST_UV))
        return Finding(COMPUTER, "uv", Mark.MISSING, f'{version} is too old: pip install "uv>={least}"')
    return Finding(COMPUTER, "uv", Mark.GOOD, version)


def _of_python(minor: str, machine: Machine) -> Finding:
    what = f"Python {minor}"
    if machine.has_python(int(minor.partition(".")[2])):
        return Finding(COMPUTER, what, Mark.GOOD, "compiles what a bundle with it holds")
    note = f"compiles what a bundle with it holds, and is fetched by the first build; or: uv python install {minor}"
    return Finding(COMPUTER, what, Mark.OPEN, note)


def _of_network(machine: Machine) -> Iterator[Finding]:
    for url in machine.mirrors or (_source_of(ALL[0]),):
        if machine.reaches(url):
            yield Finding(COMPUTER, "downloads", Mark.GOOD, url)
        else:
            note = f"{url} does not answer: name another place in HIPFLASK_MIRROR, or build with --offline what is here"
            yield Finding(COMPUTER, "downloads", Mark.MISSING, note)


def _source_of(target: Target) -> str:
    parts = urlsplit(row(target).url)
    return f"{parts.scheme}://{parts.netloc}"


# ── each target ───────────────────────────────────────────────────────────────────────────────────


def _of_target(target: Target, project: Project | None, lock: Lock, machine: Machine) -> Iterator[Finding]:
    flaw = machine.flaw_of_launcher(target)
    yield Finding(target.name, "launcher", Mark.MISSING if flaw else Mark.GOOD, flaw or "")
    choice = lock.choices.get(target.name)
    yield _of_runtime(target, choice.python if choice else NEWEST, machine)
    if project is not None:
        yield (
            Finding(target.name, "packages", Mark.GOOD, f"{len(choice.pins)} in hipflask.lock")
            if choice
            else Finding(
                target.name, "packages", Mark.OPEN, "not in hipflask.lock; the next build chooses them"
            )
        )
    for name, form in platform_of(target).FORMATS.items():
        refusal = machine.refusal_of(form)
        yield Finding(target.name, name, Mark.MISSING if refusal else Mark.GOOD, refusal or "")
    if target == machine.host:
        yield Finding(target.name, "trying it", Mark.GOOD, "start it with --selftest")
    else:
        note = "can be built here, and not run: `hipflask build --ci github` prints a workflow that runs it elsewhere"
        yield Finding(target.name, "trying it", Mark.OPEN, note)


def _of_runtime(target: Target, minor: str, machine: Machine) -> Finding:
    try:
        python = row(target, minor)
    except BuildError:  # the packages in the lock were chosen for another
        return Finding(
            target.name, "runtime", Mark.OPEN, f"Python {minor}, which is built with --runtime only"
        )
    if machine.has_file(python.sha256):
        return Finding(target.name, "runtime", Mark.GOOD, f"Python {python.version}, downloaded")
    return Finding(
        target.name, "runtime", Mark.OPEN, f"Python {python.version}, which the next build downloads"
    )


# ── this project ──────────────────────────────────────────────────────────────────────────────────


def _of_project(project: Project, machine: Machine) -> Iterator[Finding]:
    for hook, command in sorted(project.hooks.items()):
        yield _of_hook(project, hook, command, machine)
    for system, hook in _SIGNS.items():
        if hook not in project.hooks:
            yield Finding(PROJECT, hook, Mark.OPEN, _UNSIGNED[system])
    if project.updates is None:
        yield Finding(PROJECT, "updates", Mark.OPEN, "not said: installed programs stay as they are")
    else:
        yield _of_root(project.updates.root, machine.now())


def _of_hook(project: Project, hook: str, command: str, machine: Machine) -> Finding:
    try:
        program = shlex.split(command)[0]
    except (ValueError, IndexError):
        return Finding(PROJECT, hook, Mark.MISSING, f"cannot be split into words: {command}")
    if machine.has_program(program, project.folder):
        return Finding(PROJECT, hook, Mark.GOOD, program)
    return Finding(
        PROJECT, hook, Mark.MISSING, f"{program} is not on this computer; the build would end there"
    )


def _of_root(file: Path, now: datetime.datetime) -> Finding:
    """The root metadata: programs that are installed take no update when it has expired."""
    try:
        expires = datetime.datetime.fromisoformat(json.loads(file.read_bytes())["signed"]["expires"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        note = (
            f"{file} cannot be read ({error}). Make keys, and copy their root.json there: hipflask keys make"
        )
        return Finding(PROJECT, "updates", Mark.MISSING, note)
    left = expires - now
    if left < SOON:
        when = f"expires in {left.days} days" if left > datetime.timedelta() else "has expired"
        return Finding(
            PROJECT,
            "updates",
            Mark.MISSING,
            f"{file.name} {when}, on {expires:%Y-%m-%d}: hipflask keys renew",
        )
    return Finding(PROJECT, "updates", Mark.GOOD, f"{file.name} is good until {expires:%Y-%m-%d}")
