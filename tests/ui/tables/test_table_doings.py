"""What a person does with rows: choose, open, unfold, act on them, take them elsewhere, arrange the columns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import EntryError
from hipflask.testing import User
from hipflask.testing.user import NotSeen
from ui.tables.doubles import Trades, trades


@pytest.fixture
def source() -> Trades:
    return trades(5)


Show = Callable[..., Any]


@pytest.fixture
def show(app: Hipflask, user: User, source: Trades) -> Show:
    """Opens a window with a table of these options."""

    def opened(**options: Any) -> Any:
        @app.window("/")
        def window() -> None:
            ui.table(source, **options)

        return user.open().table()

    return opened


def test_the_row_that_is_chosen_is_kept_in_a_state_by_its_key(show: Show, source: Trades) -> None:
    chosen: ui.State[Any] = ui.State(None)
    told: list[object] = []
    table = show(selected=chosen, on_select=told.append)
    table.select("T3")
    assert chosen.value == 3
    assert told == [source.rows[3]]
    assert table.selected == [["T3", "3.5", "30"]]


def test_several_rows_are_kept_as_a_list_or_a_set(show: Show, source: Trades) -> None:
    chosen: ui.State[Any] = ui.State(set())
    told: list[object] = []
    table = show(selected=chosen, select="many", on_select=told.append)
    table.select("T3", "T0")
    assert chosen.value == {3, 0}
    assert told == [[source.rows[3], source.rows[0]]]
    table.select_all()
    assert chosen.value == {0, 1, 2, 3, 4}


def test_what_the_program_selects_is_seen_without_drawing_again(app: Hipflask, user: User) -> None:
    """Also in another window: the state is shared."""
    chosen: ui.State[Any] = ui.State(None)
    drawn: list[int] = []
    source = trades()

    @app.window("/")
    def window() -> None:
        drawn.append(1)
        ui.table(source, selected=chosen)

    table = user.open().table()
    chosen.set(2)
    assert table.selected == [["T2", "2.5", "20"]]
    assert drawn == [1]


def test_a_state_that_is_followed_no_more_knows_nobody(show: Show, user: User) -> None:
    chosen: ui.State[Any] = ui.State(None)
    show(selected=chosen)
    assert chosen._watchers != ()
    user.close()
    assert chosen._watchers == ()


def test_a_row_that_is_opened_is_given_to_the_handler(show: Show, source: Trades) -> None:
    told: list[object] = []
    show(on_open=told.append).open("T2")
    assert told == [source.rows[2]]


def test_a_row_that_is_gone_is_not_given_to_a_handler(show: Show, source: Trades, user: User) -> None:
    told: list[object] = []
    table = show(on_open=told.append)
    number = table._id("T2")
    del source.rows[2]
    user.screen.event(table._node, "open", {"id": number})
    assert table.refusals() == ["This row is not there any more."]
    assert told == []


def test_an_action_is_called_for_each_row_or_once_for_all(show: Show, source: Trades) -> None:
    told: list[object] = []
    together: list[object] = []
    table = show(
        select="many",
        menu=[
            ui.table_action("Close", told.append, icon="x", tone="danger"),
            ui.table_action("Compare", together.append, together=True),
        ],
    )
    table.act("Close", "T1", "T2")
    table.act("Compare", "T1", "T2")
    assert told == [source.rows[1], source.rows[2]]
    assert together == [[source.rows[1], source.rows[2]]]
    with pytest.raises(NotSeen, match="Close"):
        table.act("Open", "T1")


def test_an_action_may_be_async_or_raise(show: Show, user: User) -> None:
    told: list[object] = []

    async def wait(row: dict[str, Any]) -> None:
        await asyncio.sleep(0.01)
        told.append(row["name"])

    def refuse(row: dict[str, Any]) -> None:
        raise EntryError("Not today.")

    def fail(row: dict[str, Any]) -> None:
        raise ValueError("a bug")

    table = show(menu=[ui.table_action(each.__name__, each) for each in (wait, refuse, fail)], select="many")
    table.act("wait", "T1", "T2")
    assert told == ["T1", "T2"]
    table.act("refuse", "T1")
    assert table.refusals() == ["Not today."]
    table.act("fail", "T1")
    assert len(user.errors()) == 1


def test_details_are_drawn_below_the_row_and_follow_it(show: Show, user: User, source: Trades) -> None:
    table = show(details=lambda row: ui.text(f"More of {row['name']}"))
    user.see_not("More of")
    table.unfold("T2")
    user.see("More of T2")
    assert table._shown.props["detailed"] == table._id("T2")
    table.unfold(None)
    user.see_not("More of")


def test_columns_are_arranged_and_remembered_by_the_name_of_the_table(
    app: Hipflask, user: User, source: Trades
) -> None:
    """In another window of the same program they stand the same; a hidden column is not read any more."""

    @app.window("/")
    def window() -> None:
        ui.table(source, name="trades")

    table = user.open().table()
    table.arrange(order=["size", "price", "name"], hidden=["price"], widths={"size": 120})
    assert table.headings == ["Size", "Name"]
    assert source.questions[-1].columns == ("name", "size")
    assert user.open().table().headings == ["Size", "Name"]
    table = user.table()
    table.arrange(hidden=[])
    assert table.rows[1] == ["10", "1.5", "T1"]


@pytest.mark.parametrize("wrong", [7, {"order": 7}, {"widths": {"name": "wide"}}, {"hidden": [1]}, []])
def test_a_remembered_layout_that_makes_no_sense_is_as_if_there_were_none(
    app: Hipflask, user: User, source: Trades, wrong: Any
) -> None:
    from hipflask.surfaces.pages import host_of

    host_of(app).notebook["table trades"] = wrong

    @app.window("/")
    def window() -> None:
        ui.table(source, name="trades")

    assert user.open().table().headings == ["Name", "Price", "Size"]


def test_all_that_is_shown_is_exported_as_it_is_asked_for(
    show: Show, user: User, source: Trades, tmp_path: Path
) -> None:
    """Sorted and filtered, with the columns in sight and their headings; texts that need quotes have them."""
    source.rows[1]["name"] = 'a "quoted", name\nof two lines'
    table = show(columns=["name", ui.table_column("price", heading="Preis"), "size"])
    table.arrange(hidden=["size"])
    table.filter("Preis", "<", 4)
    table.sort("Preis", descending=True)
    user.will_choose(tmp_path / "out.csv")
    table.export()
    user.screen.session.wait_for(lambda: "told" in [call[1] for call in user.screen.calls], 3)
    text = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
    assert text == 'Name,Preis\r\nT3,3.5\r\nT2,2.5\r\n"a ""quoted"", name\nof two lines",1.5\r\nT0,0.5\r\n'


def test_a_file_that_cannot_be_written_is_a_sentence(show: Show, user: User, tmp_path: Path) -> None:
    table = show()
    user.will_choose(tmp_path / "no such folder" / "out.csv")
    table.export()
    user.screen.session.wait_for(lambda: bool(table.refusals()), 3)
    assert table.refusals() == ["The file could not be written: No such file or directory."]
    assert user.errors() == []


def test_rows_beyond_what_is_loaded_are_copied_by_the_program(show: Show, user: User, source: Trades) -> None:
    source.rows[1]["name"] = "a\tb"
    table = show()
    user.screen.event(table._node, "copy", {"from": 0, "to": 1, "columns": ["name", "size"]})
    user.screen.session.wait_for(lambda: "copied" in [call[1] for call in user.screen.calls], 3)
    assert user.screen.calls[-1][2] == ['T0\t0\n"a\tb"\t10']
    user.screen.event(table._node, "copy", {"from": 0, "to": 2_000_000, "columns": ["name"]})
    assert "too much to copy" in table.refusals()[0]


def test_what_is_copied_is_read_until_the_source_is_sure_where_it_is(
    show: Show, user: User, source: Trades
) -> None:
    """A guess of where in ten million rows a place is will do for the eye, and for nothing else."""
    table = show()
    source.is_exact = False
    user.screen.event(table._node, "copy", {"from": 1, "to": 1, "columns": ["name"]})
    user.screen.session.wait_for(lambda: len(source.readers) > 1, 3)
    assert "copied" not in [call[1] for call in user.screen.calls]
    source.is_exact = True
    source.tell()
    user.screen.session.wait_for(lambda: "copied" in [call[1] for call in user.screen.calls], 3)
    assert [call[2] for call in user.screen.calls if call[1] == "copied"] == [["T1"]]


def test_the_values_of_a_column_are_suggested_for_its_filter(show: Show, user: User, source: Trades) -> None:
    source.rows[1]["name"] = "T4"
    table = show()
    table.filter("Price", ">", 0.6)
    user.screen.event(table._node, "suggest", {"column": "name"})
    user.screen.session.wait_for(lambda: "suggested" in [call[1] for call in user.screen.calls], 3)
    assert [call[2] for call in user.screen.calls if call[1] == "suggested"] == [["name", ["T2", "T3", "T4"]]]


def test_rows_are_folded_into_groups_and_out_again(show: Show, source: Trades) -> None:
    for key, row in source.rows.items():
        row["name"] = "even" if key % 2 == 0 else "odd"
    table = show(group="name", totals={"size": "sum"})
    assert table.rows == [["even", "", "60"], ["odd", "", "40"]]
    assert table.totals == {"Size": "100"}
    table.fold("odd")
    assert table.column("Price") == ["", "", "1.5", "3.5"]
    table.fold("even")
    table.fold(0, is_open=False)
    assert table.total == 4
    table.group()
    assert table.total == 5
