"""The inspector's views, used as a person would use them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devtools.inspector.conftest import Inspect
from devtools.inspector.told import MARKUP, Told, story
from hipflask.core import report
from hipflask.devtools.inspector.report import Report
from hipflask.testing import User

VIEWS = (
    "/",
    "/activity",
    "/queries",
    "/network",
    "/store",
    "/changes",
    "/sync",
    "/logs",
    "/profile",
    "/past",
)


def rows(user: User, label: str) -> list[dict[str, str]]:
    """What a table shows, by its headings."""
    table = user.table(label)
    return [dict(zip(table.headings, row, strict=True)) for row in table.rows]


@pytest.fixture
def user(inspect: Inspect, told: Told) -> Iterator[User]:
    """Somebody at the inspector."""
    with User(inspect(told), patience=6.0) as user:
        yield user


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────


def test_a_session_shows_its_elements_and_the_lines_that_drew_them(user: User) -> None:
    user.open("/")
    user.see("w1 lineup")
    user.see("button “Out”")
    user.see("lineup.py:42")
    user.click("seat · Who")
    user.see("lineup › seat")


def test_a_state_is_given_another_value(user: User, told: Told) -> None:
    user.open("/").see("clicks = ui.state(0)")
    user.type("clicks = ui.state(0)", "7", enter=True)
    assert ("set", "w1", "s1", "7") in told.asked
    user.see("7")


def test_a_value_of_another_type_is_refused_with_a_sentence(user: User) -> None:
    user.open("/").see("clicks = ui.state(0)")
    user.type("clicks = ui.state(0)", "seven", enter=True)
    assert user.notes() == ["seven is no int."]


def test_a_secret_is_neither_shown_nor_offered(user: User) -> None:
    """What the program has masked is no field here."""
    user.open("/").see("•••••")
    assert not [each for each in user.seen() if each.role == "textbox" and each.label == "pin"]


def test_an_element_is_picked_on_the_screen(user: User, told: Told) -> None:
    """The way to it opens, and its line is shown."""
    user.open("/").see("Pick an element")
    user.click("Pick an element")
    user.see("lineup › seat › button")
    assert ("pick", "w1") in told.asked


# ── what was done ─────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_says_why_it_ran(user: User) -> None:
    """The sentence names the column, the row, and whoever changed it."""
    user.open("/activity").see("12")
    drawings = [row for row in rows(user, "Activity") if (row["What"], row["Name"]) == ("draw", "lineup")]
    assert (
        drawings[0]["Because"] == "player.name of 0192f3c4-7a11-0011 changed in another process, and 1 more"
    )


def test_a_handler_says_what_was_pressed(user: User) -> None:
    user.open("/activity").see("12")
    handlers = [row for row in rows(user, "Activity") if row["What"] == "handler"]
    assert handlers[-1]["Because"] == "click button “Save”"
    assert handlers[-1]["Queries"] == "1"


def test_a_span_is_looked_at_closely(user: User) -> None:
    """Its causes, its facts, and the whole trace as a waterfall, through which one can go."""
    user.open("/activity").see("12")
    place = next(at for at, row in enumerate(rows(user, "Activity")) if row["Name"] == "lineup")
    user.table("Activity").select(place)
    user.see("ran again because player.name")
    user.see("and because the state at lineup.py:22 changed, in handler save")
    user.see("8 spans, ")
    user.click("Show what led to it")
    user.see("commit")


def test_only_errors_are_shown_if_one_wants_no_more(user: User) -> None:
    user.open("/activity").see("12")
    user.choose("Show", "Errors")
    assert {row["Because"] for row in rows(user, "Activity")} == {f"raised ValueError: {MARKUP}"}


def test_who_has_whom_drawn_again(user: User) -> None:
    user.open("/queries").see("Who has whom drawn again")
    by_change = [
        row for row in rows(user, "Who has whom drawn again") if row["What changed"] == "player.name"
    ]
    assert [(row["Who"], row["Times"]) for row in by_change] == [("handler save", "12")]
    assert [row["Readers"] for row in rows(user, "Live queries")] == ["2"]


def test_a_slow_statement_is_explained(user: User, told: Told) -> None:
    user.open("/store").see("held by lineup.py:33, 1 thread waiting")
    user.table("Statements").select(0)
    user.click("Explain")
    user.see("SCAN inning")
    user.see("all rows")
    assert ("explain", 91) in told.asked


def test_the_log_is_searched(user: User) -> None:
    user.open("/logs").see("lineup.py:35")
    user.choose("At least", "ERROR")
    assert {row["Level"] for row in rows(user, "Log")} == {"ERROR"}
    user.table("Log").search("nobody says this")
    assert rows(user, "Log") == []


def test_changes_are_gone_through_by_the_page(user: User) -> None:
    user.open("/changes").see("Change log")
    assert rows(user, "Change log")[0]["No."] == "450"
    user.click("Older")
    user.see("250")


def test_the_queue_says_what_was_refused_and_why(user: User) -> None:
    user.open("/sync").see("offline")
    assert [row["Refused as"] for row in rows(user, "Queue")] == ["", "unique"]


def test_what_screens_were_sent(user: User) -> None:
    user.open("/network").see("12")
    assert [row["Frames"] for row in rows(user, "Windows")] == ["12"]
    assert len(rows(user, "Frames")) == 12


# ── profiles and time travel ──────────────────────────────────────────────────────────────────────


def test_a_profile_of_the_next_seconds_or_calls_is_begun(user: User, told: Told) -> None:
    user.open("/profile").see("Look at the next 10 seconds")
    user.click("Look at the next 10 seconds")
    user.choose("Or at a handler or drawing", "handler save")
    user.click("Look at its next 5 calls")
    assert [each for each in told.asked if each[0] == "profile"] == [
        ("profile", 10.0),
        ("profile", "handler", "save", 5),
    ]
    user.see("5 calls, 1.20 s")


def test_one_goes_back_in_time(user: User) -> None:
    """The picture and the states are those of that frame, and what has changed since the one before is marked."""
    user.open("/past").see("Frame 12")
    user.click("One frame back")
    user.see("w1 after frame 11")
    user.see("was 10")
    user.slide("Frame", 2)
    user.see("w1 after frame 3")
    user.see("was 2")


# ── what may go wrong ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("view", VIEWS)
def test_a_program_that_has_ended_leaves_what_it_told(inspect: Inspect, view: str) -> None:
    """Every view still says something, and none fails."""
    with User(inspect(Told(story(3), standing="gone")), patience=6.0) as user:
        user.open(view)
        user.see("has ended. What it told is kept here.")
        if view in ("/", "/store", "/changes", "/sync", "/past"):
            user.see("The program has ended, so it cannot be asked.")
        assert user.errors() == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_program_that_has_told_nothing_yet(inspect: Inspect, view: str) -> None:
    with User(inspect(Told()), patience=6.0) as user:
        user.open(view)
        user.see("lineup.py (4711) answers.")
        assert user.errors() == []


def test_a_crash_report_is_opened(inspect: Inspect, tmp_path: Path) -> None:
    """The same windows, over a file: the error with its lines, and what was done before."""
    found = report.Report(
        version=report.VERSION,
        id="0123456789abcdef",
        when=datetime(2026, 11, 23, 17, 20, tzinfo=UTC),
        program=report.Program("com.example.shop", "Shop", "1.4"),
        machine=report.Machine("1.0", "3.13.1", "Linux"),
        kind="handler",
        function="save",
        failures=[
            report.Failure(
                "ValueError", [report.Frame("shop.py", 12, "save", "int(text)", own=True)], message=MARKUP
            )
        ],
        steps=[
            report.Step(3.2, "event", "click button", 0.002),
            report.Step(0.5, "handler", "save", None, "ValueError"),
        ],
    )
    file = tmp_path / "crash.json"
    file.write_bytes(report.encode(found))
    with User(inspect(Report(file)), patience=6.0) as user:
        user.open("/").see("Report")
        user.see("ValueError")
        user.see("save at shop.py:12")
        user.click("Activity")
        user.see("click button")
        assert user.errors() == []
