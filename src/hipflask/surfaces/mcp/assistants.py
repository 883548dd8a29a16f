"""The configuration files of assistants on this computer: where they are, and how a program is added to one.

Others have written those files, so nothing of what stands there is lost: one that is not plain JSON is left alone, the rest keeps
its place, and a copy of the file as it was stays beside it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.errors import UsageError

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assistant:
    """A program that reads a file to know whom it may ask."""

    name: str
    title: str
    file: Path
    key: str = "mcpServers"
    says_type: bool = False
    folder: Path | None = None  # of its own, where its file lies among others'

    @property
    def is_here(self) -> bool:
        """Whether it seems to be installed."""
        return (self.folder or self.file.parent).is_dir()

    def entry(self, command: list[str]) -> Entry:
        """What its file has to say of a program."""
        kind = {"type": "stdio"} if self.says_type else {}
        return {**kind, "command": command[0], "args": command[1:]}


def assistants(platform: str, home: Path, environ: Mapping[str, str]) -> dict[str, Assistant]:
    """The assistants that we know, on a system."""
    data = _data_folder(platform, home, environ)
    known = [
        Assistant("claude", "Claude", data / "Claude" / "claude_desktop_config.json"),
        Assistant(
            "claude-code", "Claude Code", home / ".claude.json", says_type=True, folder=home / ".claude"
        ),
        Assistant("cursor", "Cursor", home / ".cursor" / "mcp.json"),
        Assistant("vscode", "Visual Studio Code", data / "Code" / "User" / "mcp.json", "servers", True),
        Assistant("windsurf", "Windsurf", home / ".codeium" / "windsurf" / "mcp_config.json"),
        Assistant("gemini", "Gemini CLI", home / ".gemini" / "settings.json"),
    ]
    return {each.name: each for each in known}


def _data_folder(platform: str, home: Path, environ: Mapping[str, str]) -> Path:
    if platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config")


def add(assistant: Assistant, name: str, command: list[str]) -> Path | None:
    """Add a program to an assistant's file; returns the copy of what was there, if there was something."""
    file = assistant.file.resolve()  # where a link leads, so that it stays one
    content = _read(file, assistant.key)
    servers = content.setdefault(assistant.key, {})
    before = servers.get(name, {})
    servers[name] = {**before, **assistant.entry(command)}
    if servers[name] == before:
        return None
    kept = _keep(file) if file.exists() else None
    _write(file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return kept


def _read(file: Path, key: str) -> dict[str, Any]:
    if not file.exists():
        return {}
    text = file.read_text(encoding="utf-8-sig")
    try:
        content = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise UsageError(
            f"{file} is not plain JSON ({error}), so it is left as it is. Add there what `hipflask mcp install --print` shows."
        ) from None
    servers = content.get(key, {}) if isinstance(content, dict) else None
    if not isinstance(servers, dict) or not all(isinstance(each, dict) for each in servers.values()):
        raise UsageError(
            f"{file} has another form than expected ({key!r} as an object of objects), so it is left as it is."
        )
    known: dict[str, Any] = content
    return known


def _keep(file: Path) -> Path:
    """A copy beside it, under a name that is free."""
    number = 1
    while (copy := file.with_name(f"{file.name}.backup{number}")).exists():
        number += 1
    shutil.copy2(file, copy)
    return copy


def _write(file: Path, text: str) -> None:
    """All of it or nothing, with the rights that the file had."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.write_text(text, encoding="utf-8")
    if file.exists():
        shutil.copymode(file, new)
    os.replace(new, file)
