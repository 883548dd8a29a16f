"""The two tables of a pyproject.toml that a build reads, as they are written there, checked for their form."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from ...core.errors import BuildError


class FileTypeTable(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """One of `file-types`."""

    extension: str
    name: str
    opens: str
    mime: str = ""


class UpdatesTable(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """`updates`."""

    url: str
    channel: str = "stable"
    root: str = "hipflask-root.json"


class HooksTable(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """`hooks`: commands; see `sign.py`."""

    sign_windows: str = ""
    sign_macos: str = ""
    sign_linux: str = ""
    notarize_macos: str = ""


class Table(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """`[tool.hipflask]`, as people write it."""

    app: str = ""
    id: str = ""
    name: str = ""
    version: str = ""
    publisher: str = ""
    description: str = ""
    homepage: str = ""
    icon: str = ""
    splash: str = ""
    include: list[str] = []
    exclude: list[str] = []
    file_types: list[FileTypeTable] = []
    schemes: list[str] = []
    autostart: bool = False
    single_instance: bool = True
    requires: list[str] | None = None
    sdists: list[str] = []
    store: bool | None = None
    updates: UpdatesTable | None = None
    hooks: HooksTable = HooksTable()
    deploy: dict[str, Any] = {}  # of `hipflask deploy`, which knows what may be in it


class Author(msgspec.Struct):
    """One of `authors` in `[project]`."""

    name: str = ""


class Standard(msgspec.Struct):
    """`[project]`, of which only this much is of use here."""

    name: str = ""
    version: str = ""
    description: str = ""
    authors: list[Author] = []
    dependencies: list[str] = []
    urls: dict[str, str] = {}


class Pyproject(msgspec.Struct):
    """Both tables; all defaults where there is no pyproject.toml."""

    own: Table
    standard: Standard


def read_pyproject(folder: Path) -> Pyproject:
    """What it says there, all defaults where there is none; raises BuildError naming what cannot be."""
    file = folder / "pyproject.toml"
    if not file.is_file():
        return Pyproject(Table(), Standard())
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        standard = msgspec.convert(content.get("project", {}), Standard)
        return Pyproject(msgspec.convert(content.get("tool", {}).get("hipflask", {}), Table), standard)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BuildError(f"{file} cannot be read: {error}.") from error
    except msgspec.ValidationError as error:
        known = ", ".join(sorted(Table.__struct_encode_fields__))
        raise BuildError(
            f"{file}: what [tool.hipflask] says cannot be: {error}. It may have: {known}."
        ) from error
