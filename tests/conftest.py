"""What all tests share: an app, somebody at its window, and how long property tests look for a counterexample.

That is moments in every run, always with the same examples, and far longer under HIPFLASK_LONG=1 (`make soak`).

`make test` runs several files beside each other, each in one process. A test that measures time or frames would blame what runs
beside it: marked `alone`, it waits until the others rest, and they until it has ended.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hipflask import Hipflask
from hipflask.surfaces.pages import host_of
from hipflask.testing import User
from room import room

# Threads draw what some of these tests look at, so no example has a time that could be promised.
_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("quick", max_examples=60, derandomize=True, database=None, **_CALM)
settings.register_profile("long", max_examples=5000, print_blob=True, **_CALM)
settings.load_profile("long" if os.environ.get("HIPFLASK_LONG") == "1" else "quick")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test: beside others, or `alone`."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    folder: Path = item.config._tmp_path_factory.getbasetemp().parent  # type: ignore[attr-defined]
    with room(folder, is_alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(autouse=True)
def _unmarked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget that an earlier test used Flask's command line in this process: `app.run()` would do nothing for good."""
    monkeypatch.delenv("FLASK_RUN_FROM_CLI", raising=False)


@pytest.fixture
def app() -> Iterator[Hipflask]:
    """An app without windows yet; its threads end with the test."""
    app = Hipflask("hipflask_under_test", root_path=os.path.dirname(__file__))
    app.secret_key = "for tests"
    yield app
    host_of(app).close()


@pytest.fixture
def user(app: Hipflask) -> Iterator[User]:
    """Somebody at a window of `app`."""
    with User(app) as user:
        yield user
