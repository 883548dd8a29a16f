"""A project, the folder that it publishes, and a program that looks there for its updates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from publishing import Installed, Place, served

from hipflask.build import layer
from hipflask.build.publish import page


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes time and is looked at elsewhere: the best compression (it clears 700 MB first), the icon, the disk's own pace."""
    monkeypatch.setattr(layer, "_PRESET", 0)
    monkeypatch.setattr(page, "png_of", lambda project, size: b"a picture")
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def url(place: Place) -> Iterator[str]:
    with served(place.public) as address:
        yield address


@pytest.fixture
def installed(place: Place, url: str, tmp_path: Path) -> Installed:
    return Installed(tmp_path / "installed", url, place.keys.content(1))
