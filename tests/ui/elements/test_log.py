"""A log sends a new line by itself, and keeps the newest."""

from __future__ import annotations

from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def test_a_new_line_is_one_small_patch(app: Hipflask, user: User) -> None:
    """And neither the window nor any other line is drawn again."""
    drawn: list[int] = []
    lines = ui.State([f"line {number}" for number in range(900)])

    @app.window("/")
    def window() -> None:
        drawn.append(1)
        ui.log(lines)

    user.open("/")
    patches: list[Any] = []
    apply = user.screen.tree.apply
    user.screen.tree.apply = lambda patch: (patches.append(patch), apply(patch))[1]  # type: ignore[method-assign]
    lines.update(lambda old: [*old, "the newest"])
    user.see("the newest")
    lines.update(lambda old: [*old, "and one more"])
    user.see("and one more")
    assert [patch[0] for patch in patches] == ["create", "create"]
    assert patches[1][3][0][2] == {"text": "and one more"}
    assert len(str(patches)) < 300
    assert drawn == [1]


def test_only_the_newest_are_on_the_screen(app: Hipflask, user: User) -> None:
    """Give or take a block; the oldest leave as new ones come."""
    lines = ui.State([str(number) for number in range(5000)])

    @app.window("/")
    def window() -> None:
        ui.log(lines, newest=100, label="Numbers")

    def shown() -> list[str]:
        return [found.label for found in user.seen() if found.role == "text"]

    user.open("/")
    assert shown()[0] == "4900"
    lines.update(lambda old: [*old, *(str(number) for number in range(5000, 5050))])
    user.see("5049")
    assert (shown()[0], len(shown())) == ("4950", 100)
    assert user.find("Numbers").role == "log"


@pytest.mark.parametrize("lines", ["Who", 5])
def test_what_is_no_list_of_lines_is_refused(app: Hipflask, user: User, lines: Any) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.log(lines)

    with pytest.raises(UsageError, match=r"ui\.log takes a list of texts"):
        user.open("/")
