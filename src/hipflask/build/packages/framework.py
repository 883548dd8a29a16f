"""Hipflask itself, as a bundle has it: copied from the Python that builds, without what only helps to write programs."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath
from typing import Any

from ...core.errors import BuildError
from .requirements import FRAMEWORK

# What a bundle never runs: it is not written in there, not tested, and started by `boot`. Of what builds bundles it has
# what the rest imports.
_LEFT_OUT = ("cli.py", "deploy", "devtools", "testing")
_BUILDING = "build"
_SUFFIXES_LEFT_OUT = (".md", ".pyc", ".pyi", ".typed")
_MENTIONS_BUILDING = re.compile(r"^\s*(?:from|import)\b.*\bbuild\b", re.MULTILINE)
# What says to a program, to its user and to `--why` what this is; not the page that introduces it.
_HEADERS = (
    "Metadata-Version", "Name", "Version", "Summary", "License-Expression", "License-File", "Requires-Python",
    "Requires-Dist", "Provides-Extra",
)  # fmt: skip


def copy_framework(folder: Path) -> None:
    """Put Hipflask into a site-packages, with what `importlib.metadata` says of it; raises BuildError if it is there."""
    home = folder / FRAMEWORK
    if home.exists():
        raise BuildError(
            f"One of the packages brings files into {FRAMEWORK}/, where only Hipflask's own may be. Leave it out."
        )
    source = Path(__file__).parents[2]
    for path in files_in_a_bundle(source):
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, home / path)
    _describe(distribution(FRAMEWORK), folder)


def files_in_a_bundle(source: Path) -> list[str]:
    """Those of the framework's files, by path with "/", that an installed program has."""
    files = [path for path in source.rglob("*") if path.is_file() and path.suffix not in _SUFFIXES_LEFT_OUT]
    names = [path.relative_to(source).as_posix() for path in files]
    rest = [name for name in names if name.split("/")[0] not in (*_LEFT_OUT, _BUILDING)]
    return sorted({*rest, *_of_building(source, rest)})


def _of_building(source: Path, rest: Iterable[str]) -> set[str]:
    """The modules of `build` that the rest of the framework imports, or that these import in turn."""
    needed: set[str] = set()
    modules = (name for name in rest if name.endswith(".py"))
    todo = [
        name for name in modules if _MENTIONS_BUILDING.search((source / name).read_text(encoding="utf-8"))
    ]
    while todo:
        for name in _imported(source, todo.pop()):
            if name.startswith(f"{_BUILDING}/") and name not in needed:
                needed.add(name)
                todo.append(name)
    return needed


def _imported(source: Path, name: str) -> Iterator[str]:
    """The framework's own files that one of them imports, wherever it does so; packages on the way there, too."""
    for node in ast.walk(ast.parse((source / name).read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = list(PurePosixPath(name).parts)[: -node.level]
            base = home + (node.module.split(".") if node.module else [])
            for alias in node.names:
                yield from _files_of(source, [*base, alias.name])


def _files_of(source: Path, parts: list[str]) -> Iterator[str]:
    for length in range(1, len(parts) + 1):
        stem = "/".join(parts[:length])
        yield from (file for file in (f"{stem}.py", f"{stem}/__init__.py") if (source / file).is_file())


def _describe(installed: Distribution, folder: Path) -> None:
    info = folder / f"{FRAMEWORK}-{installed.version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(short_metadata(installed.metadata.get_all), encoding="utf-8", newline="\n")
    for file in installed.files or ():
        if "licenses" in file.parts:
            (info / "licenses").mkdir(exist_ok=True)
            shutil.copyfile(str(file.locate()), info / "licenses" / file.name)


def short_metadata(values: Callable[[str, Any], Any]) -> str:
    """What a package says of itself, without its page and whatever depends on the tool that made it."""
    return "".join(f"{key}: {value}\n" for key in _HEADERS for value in values(key, None) or ())
