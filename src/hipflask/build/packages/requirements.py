"""What a program asks for, before uv chooses versions: what Hipflask itself needs there, and what the project names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.metadata import metadata

from ...core.errors import BuildError
from ...core.words import join
from ..project import Project

FRAMEWORK = "hipflask"
OF_THE_STORE = ("sqlalchemy", "alembic")
# The client verifies updates with it; it is in the extra for those who build, who need more besides.
OF_UPDATES = "tuf"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"""(?:\band\s+)?\bextra\s*==\s*['"]([^'"]+)['"]\s*$""")


def requirements_of(project: Project) -> list[str]:
    """All that its bundle needs besides Hipflask: as pip takes it, with markers that are still to be evaluated for a target."""
    installed = metadata(FRAMEWORK)
    return chosen(
        installed.get_all("Requires-Dist") or [], installed.get_all("Provides-Extra") or [], project
    )


def chosen(declared: Iterable[str], extras: Sequence[str], project: Project) -> list[str]:
    """What of Hipflask's `declared` requirements this project has, and its own.

    Without a store those of the store are left out here, not in the result: another package may well need SQLAlchemy.
    """
    for extra in project.extras:
        if extra not in extras:
            raise BuildError(f"Hipflask has no extra {extra!r} (in `extras`). It has: {join(extras, 'and')}.")
    wanted = []
    for requirement, extra in map(_without_extra, declared):
        name = name_of(requirement)
        is_of_updates = project.updates is not None and name == OF_UPDATES
        if name in OF_THE_STORE and not project.store:
            continue
        if not extra or extra in project.extras or is_of_updates:
            wanted.append(requirement)
    return sorted({*wanted, *map(_checked, project.requires)})


def name_of(requirement: str) -> str:
    """The package that a requirement is about, in the one spelling that indexes know it by."""
    found = _NAME.match(requirement.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _without_extra(requirement: str) -> tuple[str, str]:
    """A line of Hipflask's metadata without the extra that it belongs to, and that extra."""
    what, _, marker = requirement.partition(";")
    found = _EXTRA.search(marker)
    if found is None:
        return requirement.strip(), ""
    rest = marker[: found.start()].strip()
    return (f"{what.strip()}; {rest}" if rest else what.strip()), found[1]


def _checked(requirement: str) -> str:
    # In a file of requirements a line that begins with a hyphen is an option, and one with a slash may be a folder.
    if not name_of(requirement) or len(requirement.splitlines()) != 1 or "/" in requirement.partition("@")[0]:
        raise BuildError(
            f"{requirement!r} (in `requires`) names no package. Write it as pip does: 'pandas>=3', or "
            "'ours @ https://files.example.com/ours-1.0-py3-none-any.whl'."
        )
    return requirement.strip()
