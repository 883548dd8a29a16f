"""Tables take rows as they come; lists take anything."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


@dataclass
class Data:
    player: str
    on_base: int


class Packed(msgspec.Struct):
    player: str
    on_base: int


Named = namedtuple("Named", "player on_base")
ROWS: list[Any] = [{"player": "Who", "on_base": 1}, Data("Who", 1), Packed("Who", 1), Named("Who", 1)]


def texts(user: User, role: str) -> list[str]:
    return [found.label for found in user.seen() if found.role == role]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
def test_each_kind_of_row_names_its_own_columns(app: Hipflask, user: User, row: object) -> None:
    @app.window("/")
    def window() -> None:
        ui.table([row])

    user.open("/")
    assert texts(user, "columnheader") == ["Player", "On base"]
    assert texts(user, "cell") == ["Who", "1"]


def test_plain_sequences_are_given_their_headings(app: Hipflask, user: User) -> None:
    """A None is an empty cell; a column of numbers is marked, so that it stands to the right, heading and all."""

    @app.window("/")
    def window() -> None:
        ui.table([("Who", 0.301), ("What", None)], ["Player", "Average"])

    user.open("/")
    assert texts(user, "columnheader") == ["Player", "Average"]
    assert texts(user, "cell") == ["Who", "0.301", "What", ""]
    assert user.find("Average").shown.props["attrs"]["number"] is True
    assert "attrs" not in user.find("Who").shown.props


def test_columns_choose_and_name(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.table([Data("Who", 1)], {"on_base": "Base"})

    user.open("/")
    assert texts(user, "columnheader") == ["Base"]
    assert texts(user, "cell") == ["1"]


def test_rows_with_keys_move_instead_of_being_written_anew(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        names = ui.state(["Who", "What"])
        ui.table([(name,) for name in names.value], ["Player"], row_key=lambda row: row[0])
        ui.button("Turn", on_click=lambda: names.set(["What", "Who"]))

    user.open("/")
    before = {found.label: found.shown.id for found in user.seen() if found.role == "cell"}
    user.click("Turn")
    after = {found.label: found.shown.id for found in user.seen() if found.role == "cell"}
    assert [*after] == ["What", "Who"]
    assert after == before


@pytest.mark.parametrize(
    ("rows", "hint"),
    [([(1,)] * 1001, "pagination"), ([("Who",)], "Give them"), (["Who"], "a row is a dict")],
)
def test_what_it_cannot_show_is_refused_with_what_to_write(
    app: Hipflask, user: User, rows: list[object], hint: str
) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.table(rows)

    with pytest.raises(UsageError, match=hint):
        user.open("/")


def test_a_list_shows_its_items_and_what_is_drawn_inside(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        with ui.list(["Who", 2], numbered=True), ui.item("Third: "):
            ui.button("What")

    user.open("/")
    assert texts(user, "listitem") == ["Who", "2", "Third: "]
    assert user.find("Who").shown.parent.tag == "ol"  # type: ignore[union-attr]
    assert user.find("What").role == "button"


def test_an_item_belongs_in_a_list(app: Hipflask, user: User) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.item("Who")

    with pytest.raises(UsageError, match=r"with ui\.list"):
        user.open("/")
