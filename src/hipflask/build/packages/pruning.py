"""What wheels bring that no installed program ever uses, and why it may go.

Licences stay, and so does whatever somebody might import: a table of exceptions to "all of it", not the other way round.
"""

from __future__ import annotations

import re
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple

from ..targets import SYSTEMS, Target


class Rule(NamedTuple):
    """Files that go: by their path within site-packages, where "*" stands for anything, "/" too."""

    files: str
    why: str
    systems: tuple[str, ...] = SYSTEMS


RULES = (
    Rule("*.dist-info/INSTALLER", "notes of the installer about itself"),
    Rule("*.dist-info/RECORD", "what was installed where, before any of it went"),
    Rule("*.dist-info/REQUESTED", "notes of the installer"),
    Rule("*.dist-info/WHEEL", "how the wheel was made"),
    Rule("*.dist-info/direct_url.json", "where it was on the computer that built"),
    Rule("*.dist-info/uv_*.json", "where uv keeps it there"),
    Rule("*.dist-info/sboms/*", "lists of what the wheel was made of: half a megabyte of platformdirs'"),
    Rule(".lock", "uv's own, while it installed"),
    Rule("bin/*", "commands, with the path of the Python that built in their first line"),
    Rule("Scripts/*", "the same, of Windows"),
    Rule("*/__pycache__/*", "compiled by whatever Python was at hand; the right one does it later"),
    Rule("__pycache__/*", "the same"),
    Rule("*.pyi", "types, for those who write programs"),
    Rule("*/py.typed", "a mark that there are such types"),
    Rule("*.pyx", "sources of what is there compiled"),
    Rule("*.pxd", "the same"),
    Rule("*.pxi", "the same"),
    Rule("*.c", "the same"),
    Rule("*.cpp", "the same"),
    Rule("*.h", "for compilers"),
    Rule("*.hpp", "for compilers"),
    Rule("*.lib", "for linkers, on Windows"),
    Rule("*.pdb", "for debuggers, on Windows"),
    Rule("*.dSYM/*", "for debuggers, on macOS: 9 MB of PyObjC's"),
    Rule("PyObjCTest/*", "tests of PyObjC: 20 MB"),
    Rule("greenlet/tests/*", "tests"),
    Rule("matplotlib/tests/*", "tests"),
    Rule("numpy/*tests/*", "tests"),
    Rule("pandas/tests/*", "tests"),
    Rule("psutil/tests/*", "tests"),
    Rule("scipy/*tests/*", "tests"),
    Rule("sklearn/*tests/*", "tests"),
    Rule("alembic/testing/*", "for Alembic's own tests"),
    Rule("mako/testing/*", "for Mako's own tests"),
    Rule("sqlalchemy/testing/*", "for SQLAlchemy's own tests and those of its dialects"),
    Rule("pythonnet/runtime/*.xml", "documentation of its C# part"),
    Rule("webview/lib/*.jar", "of Android"),
    Rule("webview/lib/*", "of Windows", ("macos", "linux")),
)


def prune(folder: Path, target: Target) -> None:
    """Take what no program uses on this target out of a site-packages, and the folders that are empty then."""
    patterns = (rule.files for rule in RULES if target.system in rule.systems)
    goes = re.compile("|".join(map(translate, patterns)))
    for path in sorted(folder.rglob("*")):
        if path.is_file() and goes.match(path.relative_to(folder).as_posix()):
            path.unlink()
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
