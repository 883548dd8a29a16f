"""What a program can say about its own versions where it runs from its source; tests/build/whole has it in a bundle."""

from __future__ import annotations

import pytest

from hipflask import updates
from hipflask.core.errors import UpdateError


def test_a_program_that_is_being_written_has_no_version_and_no_news() -> None:
    assert updates.version() is None
    assert updates.ready() is None


def test_there_is_nothing_to_look_for_and_nothing_to_start_again() -> None:
    with pytest.raises(UpdateError, match="nothing to update"):
        updates.check()
    with pytest.raises(UpdateError, match="nothing to start again"):
        updates.restart()
