"""`hipflask new NAME`: a folder with a program that runs, its tests, and what says how to go on."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import UsageError

_HERE = Path(__file__).parent / "templates"
_PLACEHOLDER = "PROJECT-NAME"
# What packaging tools take as a project's name, without what they would change.
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", re.IGNORECASE)
# Test runners and imports would find the project in place of these.
_TAKEN = {"app", "flask", "hipflask", "pytest", "test", "tests"}


def new(place: Path, template: str) -> list[Path]:
    """Make a project in the folder `place`, which must not be there yet; returns the files, relative to it."""
    refuse_odd_name(place.name)
    if place.exists() or place.is_symlink():
        raise UsageError(f"{place} is there already. Choose another name, or move it away first.")
    made = []
    for source, target in _files(template):
        text = source.read_text(encoding="utf-8").replace(_PLACEHOLDER, place.name)
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        (place / target).write_text(text, encoding="utf-8")
        made.append(target)
    return sorted(made)


def _files(template: str) -> Iterator[tuple[Path, Path]]:
    """What to copy: each file of the template, and where it belongs."""
    for root in (_HERE / "common", _HERE / template):
        for source in root.rglob("*"):
            # Templates are no modules of ours, and their .gitignore is not for us: so they have other names here.
            if source.is_file() and source.suffix != ".pyc":
                target = source.relative_to(root).as_posix().replace(".py-tpl", ".py")
                yield source, Path(".gitignore" if target == "gitignore" else target)


def refuse_odd_name(name: str) -> None:
    """Raise UsageError for what packaging tools or imports would take for something else."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a project's name. Begin with a letter, and use letters, digits and single hyphens "
            "or underscores between them, as in: hipflask new line-up"
        )
    if name.lower() in _TAKEN or keyword.iskeyword(name):
        raise UsageError(
            f"A project called {name!r} would be mistaken for something else of that name. "
            f"Choose another, as in: hipflask new my-{name}"
        )
