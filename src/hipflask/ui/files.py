"""Files and folders of the computer that the window is on, chosen in the system's own dialogs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from ..core.desk import ChooseFiles
from ..core.errors import UsageError
from .acting import ask

Types = Mapping[str, Sequence[str]]


def open_file(*, title: str = "", types: Types | None = None, folder: str | Path = "") -> Path | None:
    """Have the person choose a file to open, and wait for that; None if they choose none.

    `types` says which files are offered, by name and endings. In an async handler: `await asyncio.to_thread(ui.open_file)`.
    In a browser, which tells no paths, this raises WindowError; ui.upload is for there.

    >>> def load():
    ...     path = ui.open_file(title="Line-up", types={"Tables": [".csv", ".tsv"]})
    ...     if path is not None:
    ...         print(path.read_text())
    >>> ui.button("Open…", on_click=load)
    """
    return _first(_choose("open_file", "open", title=title, types=types, folder=folder))


def open_files(*, title: str = "", types: Types | None = None, folder: str | Path = "") -> list[Path]:
    """Have the person choose any number of files to open, as with `ui.open_file`; an empty list if they choose none.

    >>> ui.button("Open…", on_click=lambda: print(ui.open_files()))
    """
    return _choose("open_files", "open", title=title, types=types, folder=folder, many=True)


def save_file(
    name: str = "", *, title: str = "", types: Types | None = None, folder: str | Path = ""
) -> Path | None:
    """Have the person say where to save a file, for which `name` is suggested; None if they do not want to.

    The system has asked before a file that exists is chosen. Nothing is written: that is for the caller.

    >>> def export():
    ...     if path := ui.save_file("line-up.csv"):
    ...         path.write_text("first,Who")
    >>> ui.button("Export…", on_click=export)
    """
    return _first(_choose("save_file", "save", title=title, types=types, folder=folder, name=name))


def choose_folder(*, title: str = "", folder: str | Path = "") -> Path | None:
    """Have the person choose a folder, and wait for that; None if they choose none.

    >>> ui.button("Folder…", on_click=lambda: print(ui.choose_folder()))
    """
    return _first(_choose("choose_folder", "folder", title=title, folder=folder))


def _choose(
    what: str,
    kind: Literal["open", "save", "folder"],
    *,
    title: str,
    folder: str | Path,
    types: Types | None = None,
    name: str = "",
    many: bool = False,
) -> list[Path]:
    patterns = tuple((label, tuple(map(_pattern, endings))) for label, endings in (types or {}).items())
    if any(isinstance(endings, str) for endings in (types or {}).values()):
        raise UsageError(f"ui.{what}: types takes lists of endings: types={{'Tables': ['.csv', '.tsv']}}.")
    question = ChooseFiles(kind, title, name, str(folder), patterns, many)
    return [Path(path) for path in ask(f"ui.{what}", question)]


def _pattern(ending: str) -> str:
    return ending if "*" in ending else f"*{ending}" if ending.startswith(".") else f"*.{ending}"


def _first(paths: list[Path]) -> Path | None:
    return paths[0] if paths else None
