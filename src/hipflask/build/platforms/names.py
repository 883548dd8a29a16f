"""What Windows can call a file, and how long the way to it may be."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ...core.errors import BuildError
from ..bundle import Bundle
from ..project import Project

LONGEST = 259  # characters of a whole path, which all of Windows and its programs can still open
# Nobody's name in a company is longer than the twenty letters that Windows' own accounts allow.
_HOME = "\\".join(["C:", "Users", "twenty-letters-long-", "AppData", "Local", "Programs"])
_DEVICES = r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])"
_DEVICE = re.compile(rf"{_DEVICES}[ ]*(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def program_of(project: Project) -> str:
    """What the launcher is called."""
    return f"{project.name}.exe"


def paths_of(bundle: Bundle) -> list[PurePosixPath]:
    """Every file of a bundle, as it is called within it; sorted, the files of a folder before its folders'."""
    paths = (
        PurePosixPath(path.relative_to(bundle.root).as_posix())
        for path in bundle.root.rglob("*")
        if path.is_file()
    )
    return sorted(paths, key=lambda path: (path.parent.parts, path.name))


def check(bundle: Bundle) -> None:
    """Raise BuildError if the bundle has a file that Windows cannot have at the usual place of a program."""
    seen: dict[str, PurePosixPath] = {}
    for path in paths_of(bundle):
        for part in path.parts:
            _check_part(part, f"The file {path}")
        other = seen.setdefault(str(path).lower(), path)
        if other != path:
            raise BuildError(f"{other} and {path} are one file on Windows. Give one of them another name.")


def check_length(bundle: Bundle) -> None:
    """Raise BuildError if the way to some file would be too long for Windows, at the usual place of a program."""
    longest = max(paths_of(bundle), key=lambda path: len(str(path)))
    over = len(rf"{_HOME}\{bundle.project.name}\{longest}") - LONGEST
    if over > 0:
        raise BuildError(
            f"{longest} would have {LONGEST + over} characters with the folder of a user whose name has 20 letters, and "
            f"Windows opens {LONGEST}. Give it, or the program, a name that is {over} shorter."
        )


def check_name(name: str) -> None:
    """Raise BuildError if a program cannot be called so on Windows, where its name is that of its file and its folder."""
    _check_part(name, f"The name {name!r}")
    if len(name) > 64:
        raise BuildError(
            f"The name {name!r} has {len(name)} letters. Files and shortcuts bear it: 64 are the most."
        )


def _check_part(part: str, what: str) -> None:
    found = _FORBIDDEN.search(part)
    if found:
        raise BuildError(
            f"{what} has {found[0]!r} in it, which no file can have on Windows. Call it something else."
        )
    if _DEVICE.fullmatch(part):
        raise BuildError(f"{what} is what Windows calls a device: {part}. Call it something else.")
    if not part or part != part.strip(" ") or part.endswith("."):
        raise BuildError(
            f"{what} begins or ends with what Windows takes away: {part!r}. Call it something else."
        )
