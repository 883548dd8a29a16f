"""Charts take numbers under labels, and refuse what could not be drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def test_several_series_share_their_labels(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.line_chart("Runs", {"Who": [1, 2.5], "What": [0, None]}, ["May", "June"])

    user.open("/")
    props = user.find("Runs", "figure").shown.props
    assert props["kind"] == "line"
    assert props["labels"] == ["May", "June"]
    assert props["series"] == [{"name": "Who", "values": [1, 2.5]}, {"name": "What", "values": [0, None]}]


def test_a_plain_row_of_numbers_is_numbered(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.bar_chart("Runs", [3, 1])

    user.open("/")
    props = user.find("Runs", "figure").shown.props
    assert (props["kind"], props["labels"]) == ("bar", ["1", "2"])


def test_a_pie_has_parts(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.pie_chart("At bat", {"Hits": 3, "Outs": 5}, height="10rem")

    user.open("/")
    props = user.find("At bat", "figure").shown.props
    assert (props["labels"], props["series"][0]["values"]) == (["Hits", "Outs"], [3, 5])
    assert props["style"] == {"height": "10rem"}


@pytest.mark.parametrize(
    ("draw", "hint"),
    [
        (lambda: ui.line_chart("x", [1, 2], ["a"]), "1 labels, and 'x' has 2"),
        (lambda: ui.bar_chart("x", {"a": [1], "b": []}), "'b' has 0"),
        (lambda: ui.bar_chart("x", [float("nan")]), "no number"),
        (lambda: ui.line_chart("x", [True]), "no number"),
        (lambda: ui.pie_chart("x", {"a": -1}), "below 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    app: Hipflask, user: User, draw: Callable[[], object], hint: str
) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        draw()

    with pytest.raises(UsageError, match=hint):
        user.open("/")
