"""A table over reads that are quick, slow, called off, or fail: it shows what there is and never holds up its window."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import User
from hipflask.ui.tables.asked import Asked
from hipflask.ui.tables.columns import resolve
from hipflask.ui.tables.ids import Ids
from hipflask.ui.tables.plan import Plan
from hipflask.ui.tables.view import View
from hipflask.ui.workers import Workers
from ui.tables.doubles import Trades, trades


@pytest.fixture
def source() -> Trades:
    return trades(200)


@pytest.fixture
def window(app: Hipflask, source: Trades) -> None:
    @app.window("/")
    def trades_window() -> None:
        clicks = ui.state(0)
        ui.table(source, label="Trades", search=True)
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))


def prop(user: User, name: str) -> object:
    node = next(node for node in user.screen.tree.nodes.values() if node.tag == "hf-table")
    return node.props.get(name)


def until(condition: object, seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.005)


@pytest.mark.usefixtures("window")
def test_the_first_paint_has_the_first_rows(user: User, source: Trades) -> None:
    """The page that the browser fetches carries them; nothing has to be asked for."""
    user.open("/")
    assert prop(user, "rows")["keys"] == [*range(1, 51)]  # type: ignore[index]
    assert len(source.questions) == 1


@pytest.mark.usefixtures("window")
def test_a_slow_first_read_does_not_keep_the_window_from_being_drawn(user: User, source: Trades) -> None:
    """The window is there without the rows, says that it is reading, works, and shows them when they come."""
    source.gate.clear()
    began = time.monotonic()
    user.open("/")
    assert time.monotonic() - began < 1
    assert prop(user, "reading") is True
    user.click("0 clicks")
    assert user.see("1 clicks")
    source.gate.set()
    until(lambda: prop(user, "reading") is False)
    assert user.table().cell(0, "Name") == "T0"


@pytest.mark.usefixtures("window")
def test_a_slow_read_is_shown_as_under_way_and_keeps_the_rows(user: User, source: Trades) -> None:
    """Sorting takes its time: the rows from before stay, the table says that it reads, the window works."""
    user.open("/")
    table = user.table()
    source.gate.clear()
    user.screen.event(
        table._node, "ask", {"order": [["price", True]], "filters": [], "search": "", "group": []}
    )
    began = time.monotonic()
    until(lambda: prop(user, "reading") is True)
    assert 0.1 < time.monotonic() - began < 1
    assert prop(user, "rows")["keys"][0] == 1  # type: ignore[index]
    user.click("0 clicks")
    user.see("1 clicks")
    source.gate.set()
    until(lambda: prop(user, "reading") is False)
    assert table.column("Name")[0] == "T199"


@pytest.mark.usefixtures("window")
def test_a_newer_question_calls_off_the_one_that_is_being_read(user: User, source: Trades) -> None:
    """A person who types a search does not wait for the letters before the last."""
    user.open("/")
    table = user.table()
    source.gate.clear()
    for search in ("T1", "T19", "T199"):
        user.screen.event(table._node, "ask", {"order": [], "filters": [], "search": search, "group": []})
        time.sleep(0.05)
    source.gate.set()
    assert table.column("Name") == ["T199"]
    assert source.cancelled >= 1
    assert len(source.questions) <= 4


@pytest.mark.usefixtures("window")
def test_a_person_may_call_off_what_takes_too_long(user: User, source: Trades) -> None:
    """Then the rows from before stay, nothing is read any more, and the next question is."""
    user.open("/")
    table = user.table()
    source.gate.clear()
    user.screen.event(table._node, "ask", {"order": [], "filters": [], "search": "T7", "group": []})
    until(lambda: prop(user, "reading") is True)
    user.screen.event(table._node, "cancel", None)
    until(lambda: prop(user, "reading") is False)
    source.gate.set()
    read = len(source.questions)
    assert len(table.rows) == 50
    assert len(source.questions) == read
    table.search("T199")
    assert table.column("Name") == ["T199"]


@pytest.mark.usefixtures("window")
def test_a_read_that_fails_says_so_and_keeps_the_rows(
    user: User, source: Trades, caplog: pytest.LogCaptureFixture
) -> None:
    """The sentence of the source stands in the table; the next question is another try."""
    caplog.set_level(logging.CRITICAL, logger="hipflask.ui.tables.reads")
    user.open("/")
    table = user.table()
    source.fault = OSError("The disk is gone.")
    table.search("T1")
    assert table.failure == "The disk is gone."
    assert len(table.rows) == 50
    source.fault = None
    table.search("T199")
    assert table.failure == ""
    assert table.column("Name") == ["T199"]


@pytest.mark.usefixtures("window")
def test_a_source_that_fails_and_changes_is_not_asked_at_every_change(
    user: User, source: Trades, caplog: pytest.LogCaptureFixture
) -> None:
    """Two hundred changes a second are not two hundred failures a second; it is tried again after a while."""
    caplog.set_level(logging.CRITICAL, logger="hipflask.ui.tables.reads")
    user.open("/")
    source.fault = OSError("The disk is gone.")
    user.table().search("T1")
    before = len(source.questions)
    for _ in range(100):
        source.tell()
        time.sleep(0.002)
    assert len(source.questions) - before <= 1
    source.fault = None
    until(lambda: prop(user, "failure") is None, 4)


@pytest.mark.usefixtures("window")
def test_scrolling_shows_the_rows_there_and_says_for_which_view_they_are(user: User) -> None:
    user.open("/")
    table = user.table()
    table.scroll_to(100, 20)
    assert table.column("Name") == [f"T{number}" for number in range(100, 120)]
    assert prop(user, "rows")["view"] == 1  # type: ignore[index]
    assert table.total == 200


@pytest.mark.usefixtures("window")
def test_rows_bear_the_number_of_the_view_that_they_were_read_for(user: User, source: Trades) -> None:
    """Somebody who scrolls on while rows are read never gets those of one place under the number of another."""
    user.open("/")
    table = user.table()
    seen: list[tuple[int, int]] = []

    def scroll_on() -> None:
        number = len(seen) + 2
        seen.append((number, 0))
        source.meanwhile = scroll_on if number < 20 else lambda: None
        user.screen.session.node(table._node).stream.heard(  # type: ignore[union-attr]
            "view", {"number": number, "first": number * 3, "count": 5}
        )
        rows = prop(user, "rows")
        assert rows["view"] in (0, 1) or rows["first"] == rows["view"] * 3  # type: ignore[index]

    source.meanwhile = scroll_on
    table.scroll_to(3, 5)
    until(lambda: prop(user, "rows")["view"] == 20)  # type: ignore[index]
    assert table.column("Name")[0] == "T60"


def test_an_answer_is_shown_under_the_number_that_it_was_asked_for(workers: Workers) -> None:
    """Also when something else is asked for by the time that it comes."""
    source = trades(100)
    plan = Plan(source, resolve(source.columns, None, False), Asked())
    view = View(workers, plan, Asked(), lambda: None, lambda error, what: None)
    view.look_at(10, 5, 1)
    view.bring_up_to_date(())
    view.reads.wait(3)
    view.look_at(20, 5, 2)
    read = view.reads.take()
    assert read is not None
    rows: Any = view.receive(read, Ids(), ())
    assert (rows["view"], rows["first"]) == (1, 10)
    view.close()


@pytest.mark.usefixtures("window")
def test_a_change_that_comes_while_rows_are_read_is_not_missed(user: User, source: Trades) -> None:
    """The answer was made before it; so there is another one, by whatever thread it was read."""
    user.open("/")
    table = user.table()
    for number in range(10):

        def change(number: int = number) -> None:
            source.meanwhile = lambda: None
            source.put(7, price=1000.0 + number)

        source.meanwhile = change
        source.put(8, price=float(number))
        until(lambda: table.cell(7, "Price") == f"1,00{number}")  # noqa: B023


@pytest.mark.usefixtures("window")
def test_keys_that_nobody_can_mean_any_more_are_forgotten(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hipflask.ui.tables.ids.MOST", 60)
    user.open("/")
    table = user.table()
    for first in range(0, 200, 20):
        table.scroll_to(first, 20)
    assert len(user.screen.session.node(table._node).stream.ids._ids) <= 100  # type: ignore[union-attr]
    assert table.cell(180, "Name") == "T180"


@pytest.mark.usefixtures("window")
def test_when_the_rows_in_sight_are_gone_the_last_ones_are_shown(user: User, source: Trades) -> None:
    user.open("/")
    table = user.table()
    table.scroll_to(150, 20)
    for key in range(20, 200):
        del source.rows[key]
    source.tell()
    until(lambda: table.total == 20)
    assert table.column("Name") == [f"T{number}" for number in range(20)]


@pytest.mark.usefixtures("window")
def test_a_change_sends_the_cells_that_differ_and_nothing_else(user: User, source: Trades) -> None:
    user.open("/")
    table = user.table()
    before = len(user.screen.calls)
    source.put(7, price=99.0)
    until(lambda: table.cell(7, "Price") == "99")
    assert user.screen.calls[before:] == [(table._node, "cells", [[7], [1], [99.0], None])]


@pytest.mark.usefixtures("window")
def test_changes_that_come_while_the_screen_paints_are_one_read(user: User, source: Trades) -> None:
    """A hundred changes in a moment: some frames, some reads, and the last value in the end."""
    user.open("/")
    table = user.table()
    before = len(source.questions)
    for number in range(1000):
        source.put(7, price=float(number))
    until(lambda: table.cell(7, "Price") == "999")
    assert len(source.questions) - before < 500


@pytest.mark.usefixtures("window")
def test_a_window_that_closes_follows_nothing_any_more(user: User, source: Trades) -> None:
    user.open("/")
    assert len(source.readers) == 1
    user.close()
    assert source.readers == []


def test_a_table_that_is_not_drawn_any_more_follows_nothing(app: Hipflask, user: User) -> None:
    source = trades()

    @app.window("/")
    def window() -> None:
        is_shown = ui.state(True)
        if is_shown.value:
            ui.table(source)
        ui.button("Hide", on_click=lambda: is_shown.set(False))

    user.open("/")
    user.click("Hide")
    assert source.readers == []


def test_a_drawing_that_fails_after_the_table_leaves_it_as_it_was(app: Hipflask, user: User) -> None:
    """The new source's reader is closed again, the old one goes on."""
    sources = [trades(1), trades(2)]

    @app.window("/")
    def window() -> None:
        which = ui.state(0)
        ui.table(sources[which.value])
        if which.value:
            raise RuntimeError("no")
        ui.button("Next", on_click=lambda: which.set(1))

    user.open("/")
    user.click("Next")
    assert user.errors() != []
    assert [len(source.readers) for source in sources] == [1, 0]
    sources[0].put(0, name="X")
    user.see("X")


def test_a_drawing_again_keeps_the_place_and_reads_no_more_than_once(app: Hipflask, user: User) -> None:
    source = trades(200)

    @app.window("/")
    def window() -> None:
        clicks = ui.state(0)
        ui.table(source)
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))

    user.open("/")
    table = user.table()
    table.sort("Price", descending=True)
    table.scroll_to(100, 10)
    before = len(source.questions)
    user.click("0 clicks")
    user.see("1 clicks")
    assert table.column("Name")[0] == "T99"
    assert len(source.questions) - before <= 1
    assert len(source.readers) == 1


def test_another_source_is_shown_at_the_same_place_with_what_the_person_asked_for(
    app: Hipflask, user: User
) -> None:
    sources = [trades(200), trades(300)]

    @app.window("/")
    def window() -> None:
        which = ui.state(0)
        ui.table(sources[which.value], search=True)
        ui.button("Next", on_click=lambda: which.set(1))

    user.open("/")
    table = user.table()
    table.sort("Price", descending=True)
    table.search("T1")
    table.scroll_to(20, 10)
    user.click("Next")
    assert table.column("Name")[0] == "T179"
    assert [len(source.readers) for source in sources] == [0, 1]


def test_what_the_code_says_anew_counts_before_what_a_person_had_asked_for(app: Hipflask, user: User) -> None:
    source = trades(5)

    @app.window("/")
    def window() -> None:
        is_turned = ui.state(False)
        ui.table(source, sort="-size" if is_turned.value else "size")
        ui.button("Turn", on_click=lambda: is_turned.set(True))

    user.open("/")
    table = user.table()
    table.sort("Name")
    user.click("Turn")
    assert table.column("Name")[0] == "T4"


def test_columns_that_the_code_changes_are_read_again(app: Hipflask, user: User) -> None:
    source = trades(3)

    @app.window("/")
    def window() -> None:
        has_size = ui.state(False)
        ui.table(source, ["name", "size"] if has_size.value else ["name"])
        ui.button("More", on_click=lambda: has_size.set(True))

    user.open("/")
    assert user.table().headings == ["Name"]
    user.click("More")
    assert user.table().rows == [["T0", "0"], ["T1", "10"], ["T2", "20"]]


def test_a_screen_that_lost_its_way_is_given_all_rows(app: Hipflask, user: User) -> None:
    """What had been sent as cells since is in the tree that it is given anew."""
    source = trades(3)

    @app.window("/")
    def window() -> None:
        ui.table(source)

    user.open("/")
    source.put(1, price=7.0)
    until(lambda: user.table().cell(1, "Price") == "7")
    user.screen.session.resync("for a test")
    user.screen.session.wait_until_settled(3)
    assert user.table().cell(1, "Price") == "7"
