"""`hipflask mcp install`: which command starts the app for an assistant, and whose files are told of it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from flask import Flask

from ...core.errors import UsageError
from .assistants import Assistant, add, assistants
from .serving import protocol_of


def install(
    app: Flask, command: list[str], name: str | None, clients: Sequence[str], *, only_print: bool = False
) -> Iterator[str]:
    """Add the app, which this command starts, to assistants' files, and say so line by line.

    A file that cannot be added to keeps nobody else from being told; it is what is raised in the end.
    """
    if not protocol_of(app).catalogue.has_anything:
        raise UsageError(
            f"{app.name} has nothing for assistants yet: decorate a function with @app.tool() first."
        )
    called = re.sub(r"[^A-Za-z0-9_-]+", "-", name or _name_of(app)).strip("-") or "app"
    chosen = _chosen(clients)
    if only_print:
        yield from _printed(chosen, called, command)
        return
    if not chosen:
        raise UsageError(
            f"None of the assistants that are known here ({', '.join(_titles())}) is on this computer. `--client NAME` "
            "writes the file of one all the same, and --print shows what others need."
        )
    refused = []
    for assistant in chosen:
        try:
            kept = add(assistant, called, command)
        except UsageError as error:
            refused.append(str(error))
            continue
        yield f"{assistant.title} knows {called} now: {assistant.file}" + (
            f" (as it was: {kept.name})" if kept is not None else ""
        )
    if refused:
        raise UsageError("\n".join(refused))


def _printed(chosen: Sequence[Assistant], called: str, command: list[str]) -> Iterator[str]:
    """What the files need, and what most others do, which have the same form."""
    for assistant in chosen:
        yield f"{assistant.title}, {assistant.file}:"
        yield _as_json({assistant.key: {called: assistant.entry(command)}})
    if not chosen:
        yield "Most assistants take this, in a file of their own:"
        yield _as_json({"mcpServers": {called: {"command": command[0], "args": command[1:]}}})


def _as_json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _name_of(app: Flask) -> str:
    """The app's own name, or its folder's where that says nothing: an assistant has several programs."""
    return Path(app.root_path).name if app.name in ("app", "wsgi", "main") else app.name


def command_for(import_path: str | None, folder: Path) -> list[str]:
    """What starts the app from anywhere: its file by its whole path, since an assistant starts it somewhere else."""
    return [sys.executable, "-m", "hipflask.cli", "--app", _from_anywhere(import_path, folder), "mcp"]


def _from_anywhere(import_path: str | None, folder: Path) -> str:
    given = import_path or next(
        (name for name in ("wsgi.py", "app.py") if (folder / name).is_file()), "app.py"
    )
    path, colon, variable = _split(given)
    candidates = [
        folder / path,
        folder / f"{path.replace('.', os.sep)}.py",
        folder / path.replace(".", os.sep),
    ]
    found = next((each for each in candidates if each.exists()), None)
    return (str(found.resolve()) if found is not None else path) + colon + variable


def _split(given: str) -> tuple[str, str, str]:
    """A path and the app's name in it; the colon of C:\\ is part of the path."""
    drive, rest = (given[:2], given[2:]) if re.match(r"[A-Za-z]:[\\/]", given) else ("", given)
    path, colon, variable = rest.partition(":")
    return drive + path, colon, variable


def _chosen(names: Sequence[str]) -> list[Assistant]:
    known = _known()
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r} is not one of {', '.join(known)}.", param_hint="'--client'")
    return [known[name] for name in names] or [each for each in known.values() if each.is_here]


def _known() -> dict[str, Assistant]:
    return assistants(sys.platform, Path.home(), os.environ)


def _titles() -> list[str]:
    return [each.title for each in _known().values()]
