"""Which files make up a program: found from its code, without running it.

A project, that is a folder with a pyproject.toml, is taken whole, but for what is plainly not part of it: tests, hidden
files, virtual environments, databases. A script without one takes along the modules beside it that it imports, and the
folders where Flask looks: `static`, `templates`, `migrations`.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import BuildError

# Never part of a program, whatever the project says about the rest; paths within the source folder, "*" for anything.
LEFT_OUT = (
    ".*",  # .git, .env, .venv: hidden files are a person's own
    "__pycache__", "*.py[cod]", "*.egg-info",  # made again
    "build", "dist", "instance", "node_modules", "venv", "env",  # made, or this computer's own data
    "tests", "test", "conftest.py", "test_*.py",
    "*.sqlite", "*.sqlite-*", "*.db", "*.log",  # what the program has kept while it was written
    "*.pem", "*.key", "*.pfx", "*.p12",  # never given away by mistake
    "*.lock", "hipflask-root.json", "pyproject.toml", "Makefile", "Dockerfile*", "requirements*.txt",
)  # fmt: skip
BESIDE_A_SCRIPT = ("static", "templates", "migrations")
_SECRET = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, slots=True)
class Imports:
    """What some source files import: the names after `import` and `from`, as they are written."""

    modules: frozenset[str]
    words: frozenset[str]  # every identifier, for guesses that may only be too generous

    def top(self) -> frozenset[str]:
        """The outermost package of each."""
        return frozenset(name.partition(".")[0] for name in self.modules)


def imports_of(files: Iterable[Path]) -> Imports:
    """What these files import; raises BuildError naming file and line for one that is not Python."""
    modules: set[str] = set()
    words: set[str] = set()
    for file in files:
        for node in ast.walk(_parsed(file)):
            if isinstance(node, ast.Import):
                modules.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                if node.level == 0 and node.module:
                    modules.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
                words.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Name):
                words.add(node.id)
            elif isinstance(node, ast.Attribute):
                words.add(node.attr)
    return Imports(frozenset(modules), frozenset(words))


def files_of_project(
    source: Path, include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> tuple[str, ...]:
    """All files of a project's source folder but those left out; `include` brings some back, `exclude` leaves out more."""
    found = set(_walk(source, lambda path: _matches(path, (*LEFT_OUT, *exclude))))
    for pattern in include:
        every = (
            f"{pattern}/*" if pattern.endswith("**") else pattern
        )  # "docs/**" means the files, as it does in git
        found |= {path.relative_to(source).as_posix() for path in source.glob(every) if path.is_file()}
    return tuple(sorted(found))


def files_of_script(source: Path, module: str) -> tuple[str, ...]:
    """A module or package, what it imports of what is beside it, and Flask's folders."""
    wanted, found = [module.partition(".")[0]], set[str]()
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        files = set(_module(source, name))
        found |= files
        wanted += imports_of(source / file for file in files if file.endswith(".py")).top()
    if not found:
        raise BuildError(f"There is no module or package {module!r} in {source}.")
    if (source / f"{module}.py").is_file():
        for folder in BESIDE_A_SCRIPT:
            found |= {
                f"{folder}/{path}" for path in _walk(source / folder, lambda path: _matches(path, LEFT_OUT))
            }
    return tuple(sorted(found))


def refuse_secrets(source: Path, files: Iterable[str]) -> None:
    """Raise BuildError if a private key is among the files that everybody is about to get."""
    for file in files:
        path = source / file
        if path.stat().st_size < 1 << 20 and _SECRET.search(path.read_bytes()):
            raise BuildError(
                f"{path} holds a private key, and would be given to everybody who gets the program. Move it away, or leave "
                f'it out: exclude = ["{file}"] in [tool.hipflask].'
            )


def _module(source: Path, name: str) -> Iterator[str]:
    if (source / f"{name}.py").is_file():
        yield f"{name}.py"
    elif (source / name).is_dir() and any((source / name).glob("*.py")):
        yield from (f"{name}/{path}" for path in _walk(source / name, lambda path: _matches(path, LEFT_OUT)))


def _walk(folder: Path, is_left_out: Callable[[str], bool]) -> Iterator[str]:
    for where, folders, names in os.walk(folder, followlinks=True):
        inside = Path(where).relative_to(folder)
        folders[:] = sorted(each for each in folders if not is_left_out((inside / each).as_posix()))
        for name in sorted(names):
            path = (inside / name).as_posix()
            if not is_left_out(path):
                yield path


def _matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern names this path, or its last part where the pattern has no "/"."""
    last = path.rpartition("/")[2]
    return any(
        fnmatch.fnmatchcase(path if "/" in pattern else last, pattern.rstrip("/")) for pattern in patterns
    )


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise BuildError(f"{file}{line} is no Python that this version can read: {error}.") from error
