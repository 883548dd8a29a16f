"""The program's own files, as they were when they were loaded: what to watch, and which line a state was made in."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

_INSTALLED = ("site-packages", "dist-packages")
_ELSEWHERE = tuple(
    os.path.realpath(path) + os.sep
    for path in (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), Path(__file__).parents[1])
)
# A call that is spread over more lines than this is told by its first ones.
_LONGEST_CALL = 20


class Sources:
    """The text of every file that the program has loaded. It is read soon after, before somebody saves another."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def look(self) -> bool:
        """Read the files of modules that are new; returns whether there were any."""
        new = [file for module in own_modules() if (file := _file_of(module)) not in self._lines]
        for file in new:
            self._lines[file] = _read(file)
        return bool(new)

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._lines)

    def call_at(self, file: str, number: int) -> str:
        """The line of that number with those that its brackets go on over, without indentation."""
        text = ""
        for line in self._lines.get(os.path.realpath(file), [])[number - 1 : number - 1 + _LONGEST_CALL]:
            text += line.strip()
            if text.count("(") <= text.count(")"):
                break
        return text

    def definition(self, module: ModuleType, name: str) -> str:
        """The line that gives a module's variable its first value."""
        pattern = re.compile(rf"{re.escape(name)}\s*[:=]")
        file = _file_of(module)
        numbers = [number for number, line in enumerate(self._lines.get(file, []), 1) if pattern.match(line)]
        return self.call_at(file, numbers[0]) if numbers else ""


def own_modules() -> Iterator[ModuleType]:
    """The modules that belong to the program: not to Python, not installed, not ours."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and is_own(_file_of(module)):
            yield module


def is_own(file: str) -> bool:
    """Whether a file is one that the program's author would edit."""
    is_installed = any(part in _INSTALLED for part in Path(file).parts)
    return file.endswith(".py") and not is_installed and not file.startswith(_ELSEWHERE)


def _file_of(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return os.path.realpath(file) if isinstance(file, str) else ""


def _read(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
