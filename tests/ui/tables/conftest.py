"""An app that knows the rows of the double."""

from __future__ import annotations

import logging

import pytest

from hipflask import Hipflask
from ui.tables.doubles import found_by


@pytest.fixture(autouse=True)
def _knows_trades(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        app: Hipflask = request.getfixturevalue("app")
        app.actions.add_rows(found_by)
        app.logger.setLevel(logging.CRITICAL)
