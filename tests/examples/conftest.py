"""The examples, imported as their readers run them; afresh for every test, since some keep data in their module."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hipflask.testing import User

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def chance() -> Iterator[None]:
    """Tests here shuffle by seed; other tests are to have the chance that they had."""
    before = random.getstate()
    yield
    random.setstate(before)


@pytest.fixture
def poker(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return _imported("poker", monkeypatch)


@pytest.fixture
def lineup(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return _imported("lineup", monkeypatch)


@pytest.fixture
def player(poker: ModuleType) -> Iterator[User]:
    """Somebody at a poker table; patient, since odds take a process and a second of computing."""
    with User(poker.app, patience=120) as user:
        yield user.open("/")


def _imported(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))  # kept on the path, for the processes that import it too
    monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module(name)
