"""Tables take rows as they come, show them as they should, and refuse what makes no sense with what to write; lists take anything."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
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
    """A None is an empty cell; a column of numbers stands to the right, heading and all."""

    @app.window("/")
    def window() -> None:
        ui.table([("Who", 0.301), ("What", None)], ["Player", "Average"])

    table = user.open("/").table()
    assert table.headings == ["Player", "Average"]
    assert table.rows == [["Who", "0.301"], ["What", ""]]
    assert [column["align"] for column in table._shown.props["columns"]] == ["start", "end"]


def test_columns_choose_and_name(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.table([Data("Who", 1)], {"on_base": "Base"})

    user.open("/")
    assert texts(user, "columnheader") == ["Base"]
    assert texts(user, "cell") == ["1"]


def test_no_rows_are_a_table_with_headings(app: Hipflask, user: User) -> None:
    """And when there are some, they are shown."""

    @app.window("/")
    def window() -> None:
        rows = ui.state([])
        ui.table(rows.value, ["player", "base"])
        ui.button("Fill", on_click=lambda: rows.set([{"player": "Who", "base": 1}]))

    user.open("/")
    assert texts(user, "columnheader") == ["Player", "Base"]
    user.click("Fill")
    assert user.table().rows == [["Who", "1"]]


def test_an_empty_list_may_be_sorted_grouped_and_edited_by_what_will_be_in_it(
    app: Hipflask, user: User
) -> None:
    @app.window("/")
    def window() -> None:
        rows = ui.state([])
        ui.table(rows.value, sort="-base", totals={"base": "sum"}, editable=["base"])
        ui.button(
            "Fill", on_click=lambda: rows.set([{"player": "Who", "base": 1}, {"player": "What", "base": 2}])
        )

    table = user.open("/").table()
    assert (table.headings, table.rows) == ([], [])
    user.click("Fill")
    assert table.rows == [["What", "2"], ["Who", "1"]]
    assert table.totals == {"Base": "3"}
    table.edit("Who", "Base", "5")
    assert table.totals == {"Base": "7"}


def test_a_list_that_a_handler_changes_is_shown_changed(app: Hipflask, user: User) -> None:
    """The list is a state: whatever happens to it, the table has what it has."""

    @app.window("/")
    def window() -> None:
        names = ui.state(["Who", "What"])
        ui.table([(name,) for name in names.value], ["Player"], row_key=lambda row: row[0], select="one")
        ui.button("Turn", on_click=lambda: names.value.reverse())
        ui.button("Add", on_click=lambda: names.value.append("Why"))

    table = user.open("/").table()
    table.select("Who")
    user.click("Turn")
    assert table.column("Player") == ["What", "Who"]
    assert table.selected == [["Who"]]
    user.click("Add")
    assert table.column("Player") == ["What", "Who", "Why"]


def test_more_rows_than_any_screen_shows_are_no_trouble(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.table([(number,) for number in range(100_000)], ["Number"])

    table = user.open("/").table()
    assert table.total == 100_000
    table.scroll_to(99_990)
    assert table.column("Number")[-1] == "99,999"


def test_columns_say_how_they_are_shown(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.table(
            [{"name": "Who", "share": 0.256, "pay": Decimal("1234.5"), "days": [1, 2, None]}],
            [
                ui.table_column("name", heading="Player", width=120, pinned="start"),
                ui.table_column("share", format="percent", digits=1),
                ui.table_column("pay", format="currency:EUR"),
                ui.table_column("days", sparkline=True),
                ui.table_column("twice", value=lambda row: row["share"] * 2, digits=2),
            ],
        )

    table = user.open("/").table()
    assert table.rows == [["Who", "25.6%", "EUR 1,234.50", "1.0, 2.0, None", "0.51"]]
    name, *_, twice = table._shown.props["columns"]
    assert (name["heading"], name["width"], name["pinned"]) == ("Player", 120, "start")
    assert (twice["kind"], twice["align"], twice["sortable"]) == ("float", "end", False)


def test_cells_have_tones_by_value_or_by_row(app: Hipflask, user: User) -> None:
    """A tone follows the value; a function that fails is told of once, and its cells stay plain."""
    rows = [{"name": "Who", "runs": 12, "out": False}, {"name": "What", "runs": -1, "out": True}]

    def boom(value: object) -> None:
        raise RuntimeError("a bug")

    @app.window("/")
    def window() -> None:
        ui.table(
            rows,
            [
                ui.table_column("name", tone=lambda value, row: "quiet" if row["out"] else None),
                ui.table_column("runs", tone=lambda runs: "danger" if runs < 0 else "success"),
                ui.table_column("out", tone={True: "warning"}),
                ui.table_column("again", value=lambda row: row["runs"], tone=boom),
            ],
            editable=True,
        )

    table = user.open("/").table()
    assert [table.tone("What", name) for name in ("Name", "Runs", "Out", "Again")] == [
        "quiet", "danger", "warning", None,
    ]  # fmt: skip
    assert table.tone("Who", "Runs") == "success"
    table.edit("Who", "Runs", "-3")
    assert table.tone("Who", "Runs") == "danger"
    assert len(user.errors()) == 1


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"columns": ["player", "height"]}, "no column 'height'.*value=lambda row"),
        ({"columns": ["player", "player"]}, "twice"),
        ({"columns": "player"}, r"Write \['player'\]"),
        ({"columns": [7]}, "ui.table_column"),
        ({"sort": "height"}, "a - before the name"),
        ({"group": "height"}, "sort or group"),
        ({"totals": {"height": "sum"}}, "height"),
        ({"totals": {"player": "median"}}, "'sum'"),
        ({"editable": ["height"]}, "height"),
        ({"select": "two"}, "'many'"),
        ({"selected": "Who"}, r"ui\.state\(None\)"),
        ({"menu": [print]}, "ui.table_action"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_write(
    app: Hipflask, user: User, options: dict[str, Any], hint: str
) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.table([{"player": "Who"}], **options)

    with pytest.raises(UsageError, match=hint):
        user.open("/")


@pytest.mark.parametrize("source", [7, None, "rows", object()])
def test_what_holds_no_rows_is_refused(app: Hipflask, user: User, source: object) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.table(source)

    with pytest.raises(UsageError, match=r"ui\.table shows a model"):
        user.open("/")


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"format": "money"}, "currency:EUR"),
        ({"width": 3}, "pixels"),
        ({"align": "left"}, "'start'"),
        ({"pinned": "left"}, "'start'"),
        ({"digits": -1}, "0 to 20"),
        ({"tone": "red"}, "function of the value"),
        ({"value": 7}, "function of the row"),
    ],
)
def test_a_column_that_cannot_be_shown_so_is_refused(options: dict[str, Any], hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        ui.table_column("name", **options)


def test_an_action_needs_a_function() -> None:
    with pytest.raises(UsageError, match="function of the row"):
        ui.table_action("Close", "close")  # type: ignore[arg-type]


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


def test_a_state_that_a_tone_has_read_paints_the_cells_anew(app: Hipflask, user: User) -> None:
    """As often as it changes, and without the window being drawn again."""
    drawn: list[int] = []
    limit: ui.State[int] = ui.State(5)
    rows = [{"runs": 3}, {"runs": 7}]

    @app.window("/")
    def window() -> None:
        drawn.append(1)
        clicks = ui.state(0)
        ui.table(rows, [ui.table_column("runs", tone=lambda runs: "danger" if runs > limit.value else None)])
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.set(clicks.value + 1))

    table = user.open("/").table()
    user.click("0 clicks")
    for value, tones in ((8, [None, None]), (2, ["danger", "danger"]), (5, [None, "danger"])):
        limit.set(value)
        assert [table.tone(row, "Runs") for row in (0, 1)] == tones
    assert len(drawn) == 2
    user.close()
    assert limit._watchers == ()


def test_two_rows_of_one_key_are_told_of_once(app: Hipflask, user: User) -> None:
    """They are shown all the same."""

    @app.window("/")
    def window() -> None:
        ui.table([{"player": "Who"}, {"player": "Who"}], row_key="player")

    assert user.open("/").table().rows == [["Who"], ["Who"]]
    assert len(user.errors()) == 1


def test_keys_that_are_no_keys_fail_the_table_and_not_the_window(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        clicks = ui.state(0)
        ui.table([{"player": ["Who"]}], row_key="player")
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.set(clicks.value + 1))

    table = user.open("/").table()
    assert "unhashable" in table.failure
    user.click("0 clicks")
    user.see("1 clicks")
