"""A little bundle of each system: its Python is a script that says how it was called, all the rest is as in a large one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from PIL import Image

from hipflask.build.bundle import Bundle
from hipflask.build.current import Current
from hipflask.build.layer import Layer
from hipflask.build.platforms import linux, macos
from hipflask.build.project import FileType, Project
from hipflask.build.release import Release
from hipflask.build.sign import sign_layer
from hipflask.build.targets import Target

PYTHON = b'#!/bin/sh\necho "$HIPFLASK_BUNDLE"\nprintf "%s\\n" "$@"\n'
PLATFORMS = {"linux": linux, "macos": macos}


def icon(folder: Path) -> Path:
    """A plain picture, which takes less time to make smaller than ours."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "icon.png"
    if not file.exists():
        Image.new("RGB", (256, 256), "teal").save(file)
    return file


def project(folder: Path, **said: Any) -> Project:
    """A program that says everything; `said` says it otherwise."""
    known: dict[str, Any] = {
        "folder": folder,
        "source": folder,
        "app": "stock",
        "files": (),
        "id": "com.example.stock",
        "name": "Lager & Büro",
        "program": "lager-buro",
        "version": "1.4.0",
        "publisher": "Example Ltd <help@example.com>",
        "description": "What is on the shelves.",
        "homepage": "https://example.com/stock",
        "file_types": (FileType(".stock", "Lists <of> stock", "application/x-stock", "/import"),),
        "schemes": ("stock",),
    }
    return Project(**known | said)


def bundle(folder: Path, system: str = "linux", *, native: bytes = b"", **said: Any) -> Bundle:
    """A bundle in `folder`, assembled in the order that everybody assembles in; `native` is put into its packages."""
    platform = PLATFORMS[system]
    target, what = Target.parse(system), project(folder, **{"icon": icon(folder)} | said)
    files: dict[str, dict[str, bytes]] = {
        "runtime": {"bin/python3": PYTHON, "lib/python3.13/os.py": b"# the standard library\n"},
        "packages": {"größe.py": b"# a name of more than ASCII\n", "native.so": native or b"no library"},
        "app": {"stock.py": b"print('stock')\n", "Preise 2026.csv": b"1;2\n"},
    }
    layers = [
        _layer(what, target, name, folder / "layers" / name, content) for name, content in files.items()
    ]
    ids = {layer.name: layer.id for layer in layers}
    release = Release(what.id, what.name, what.version, target.name, "stable", "3.13.0", "", **ids)
    top = folder / platform.folder_name(what)
    root = platform.root_in(top, what)
    for layer in layers:
        shutil.copytree(layer.folder, root / layer.home)
    (root / "releases").mkdir()
    (root / "releases" / release.key).write_text(release.text, encoding="utf-8")
    Current(release.key).write(root)
    platform.frame(what, target, release, top)
    return Bundle(what, target, release, tuple(layers), top, root)


def _layer(what: Project, target: Target, name: str, folder: Path, files: dict[str, bytes]) -> Layer:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755 if path.startswith("bin/") else 0o644)
    sign_layer(what, target, folder)
    return Layer.of(name, folder)
