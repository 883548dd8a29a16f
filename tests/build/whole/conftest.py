"""One program, built once for all tests that only look at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.build.whole.program import Installed, Program

from hipflask.surfaces.window import headless

if sys.platform != "linux":
    pytest.skip("--runtime host packs a Linux Python", allow_module_level=True)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The project; tests that build other versions of it take a project of their own."""
    program = Program(tmp_path_factory.mktemp("bundle") / "für alle")
    program.make_keys()
    return program


@pytest.fixture(scope="session")
def bundle(program: Program) -> Path:
    """Version 1.0.0, built."""
    return program.build("1.0.0")


@pytest.fixture(scope="module")
def screen() -> Iterator[None]:
    """A screen that nobody sees, for all programs of a module; the tests after it must find none."""
    with headless.display():
        yield


@pytest.fixture
def installed(bundle: Path, tmp_path: Path, screen: None) -> Installed:
    """Version 1.0.0 in somebody's home, whose name needs quotes."""
    return Installed(bundle, tmp_path / "Zoë's home")
