"""What a program that is installed has no use for, of all that comes with Python.

A pattern is a path from the top of the runtime; what it matches goes with everything below it. `*` is any part of a name,
`**` any number of folders, `{stdlib}` the folder of the standard library and `{native}` the one of its compiled modules,
which differ from system to system:

                linux and macos                     windows
    {stdlib}    lib/python3.14                      Lib
    {native}    lib/python3.14/lib-dynload          DLLs

A project adds its own, for and against: `keep=["{stdlib}/tkinter"]` wins over this table, `drop=["{stdlib}/xmlrpc"]` over all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..targets import Target

TABLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Tests of Python itself.",
        (
            "{stdlib}/test",
            "{stdlib}/*/test",
            "{stdlib}/*/tests",
            "{stdlib}/idlelib/idle_test",
            "{native}/_test*",
            "{native}/_ctypes_test*",
            "{native}/_xxtestfuzz*",
            "{native}/xxlimited*",
            "{native}/xxsubtype*",
        ),
    ),
    (
        "Windows that are not ours: Tk, and what is written with it. The window of a program is the system's web view.",
        (
            "{stdlib}/tkinter",
            "{stdlib}/idlelib",
            "{stdlib}/turtledemo",
            "{stdlib}/turtle.py",
            "{native}/_tkinter*",
            "tcl",
            "lib/tcl*",
            "lib/tk*",
            "lib/itcl*",
            "lib/tdbc*",
            "lib/thread*",
            "lib/libtcl*",
            "lib/libtk*",
            "DLLs/tcl*.dll",
            "DLLs/tk*.dll",
            "DLLs/libtommath.dll",
            "DLLs/zlib1.dll",  # Tk's: Python has its own built in
        ),
    ),
    (
        "Installing packages: a bundle has a layer of its own for them, put together when it was built.",
        (
            "{stdlib}/ensurepip",
            "{stdlib}/venv",
            "{stdlib}/site-packages",
            "{stdlib}/dist-packages",
            "{stdlib}/EXTERNALLY-MANAGED",
            "Scripts",
            "BUILD",
        ),
    ),
    (
        "Building C code against Python.",
        (
            "include",
            "libs",
            "lib/pkgconfig",
            "lib/*.a",
            "{stdlib}/config-*",
            "{stdlib}/distutils",
            "{stdlib}/build-details.json",
            "build-details.json",
            "**/*.lib",
            "**/*.exp",
        ),
    ),
    (
        "Debugging symbols, larger than everything else together.",
        ("**/*.pdb", "**/*.dSYM"),
    ),
    (
        "A terminal: a desktop program has none. `code`, `cmd` and `pdb` work without, only less comfortably.",
        (
            "{stdlib}/curses",
            "{native}/_curses*",
            "{native}/readline*",
        ),
    ),
    (
        "Databases of other licences than Python's; `dbm` and `shelve` use SQLite or plain files without them.",
        ("{native}/_dbm*", "{native}/_gdbm*"),
    ),
    (
        "Documentation: the text that `help('if')` prints, manual pages, the descriptions of terminals.",
        ("{stdlib}/pydoc_data", "share", "Doc", "Tools"),
    ),
    (
        "What Python has dropped itself in 3.13, and who still uses it ships a copy; each brings libraries of the system.",
        (
            "{stdlib}/lib2to3",
            "{stdlib}/crypt.py",
            "{native}/_crypt*",
            "{native}/nis.*",
            "{native}/ossaudiodev*",
            "{native}/spwd*",
            "{stdlib}/msilib",
            "{native}/_msi.*",
        ),
    ),
    (
        "Code that somebody's computer runs at every start, and that the builder's must not lend to all others.",
        ("{stdlib}/sitecustomize.py", "{stdlib}/usercustomize.py", "**/*.pth"),
    ),
    (
        "Compiled again, the same for everybody, when the layer is put together.",
        ("**/__pycache__", "**/*.pyc"),
    ),
    (
        "Other ways to start Python: the launcher is the interpreter of a bundle, and its one libpython is loaded by path.",
        (
            "bin",
            "lib/libpython*",
            "pythonw.exe",
            "python3*.exe",
            "pythonw3*.exe",
            "DLLs/*.ico",
            "**/*.cat",
        ),
    ),
)
"""Reasons, each with the patterns that it is the reason for."""


def trim(
    target: Target,
    minor: int,
    *,
    always: Iterable[str] = (),
    keep: Iterable[str] = (),
    drop: Iterable[str] = (),
) -> Callable[[str], bool]:
    """The question whether a path stays; `always` are paths without which nothing starts."""
    essential = frozenset(always)
    ours = _matcher(target, minor, tuple(pattern for _, patterns in TABLE for pattern in patterns))
    kept, dropped = _matcher(target, minor, tuple(keep)), _matcher(target, minor, tuple(drop))

    def stays(path: str) -> bool:
        return path in essential or not (dropped(path) or (ours(path) and not kept(path)))

    return stays


def folders(target: Target, minor: int) -> Folders:
    """Where the standard library and its compiled modules are in a runtime for this target."""
    stdlib = target.stdlib.format(minor=minor)
    return Folders(stdlib, "DLLs" if target.system == "windows" else f"{stdlib}/lib-dynload")


@dataclass(frozen=True, slots=True)
class Folders:
    """The two folders that patterns speak of."""

    stdlib: str
    native: str


@lru_cache
def _matcher(target: Target, minor: int, patterns: tuple[str, ...]) -> Callable[[str], object]:
    where = folders(target, minor)
    named = [each.replace("{stdlib}", where.stdlib).replace("{native}", where.native) for each in patterns]
    # An expression that is never true where there are no patterns: an empty one would match everything.
    return re.compile("|".join(map(_form, named)) or r"(?!)").match


def _form(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*)", pattern.rstrip("/"))
    spelled = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return "".join(spelled.get(part) or re.escape(part) for part in parts) + "(?:/|$)"
