"""The inspector's windows over a program that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.inspector.told import Told, story
from hipflask import Hipflask
from hipflask.devtools.inspector import window
from hipflask.devtools.inspector.source import Source
from hipflask.devtools.inspector.window.app import add_windows
from hipflask.devtools.inspector.window.looks import THEME
from hipflask.surfaces.pages import host_of

Inspect = Callable[[Source], Hipflask]


@pytest.fixture
def inspect() -> Iterator[Inspect]:
    """Makes the inspector's app over a source; all of it ends with the test."""
    ends: list[Callable[[], None]] = []

    def make(source: Source) -> Hipflask:
        app = Hipflask("inspector_under_test", root_path=str(Path(window.__file__).parent), theme=THEME)
        app.secret_key = "for tests"
        ends.append(add_windows(app, source).close)
        ends.append(host_of(app).close)
        return app

    yield make
    for end in ends:
        end()


@pytest.fixture
def told() -> Told:
    """A program that has told of some presses of a button."""
    return Told(story(12))
