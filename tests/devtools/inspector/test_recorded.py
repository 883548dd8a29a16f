"""What the window keeps of what it is told, and how it puts that into rows, traces and sentences."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from devtools.inspector.told import Told, calls, story
from hipflask.devtools.inspector.records import Call, Cause, News, Span, Unanswered
from hipflask.devtools.inspector.window import flame, sentences
from hipflask.devtools.inspector.window.asking import Answer, Questions
from hipflask.devtools.inspector.window.recorded import Recorded
from hipflask.devtools.inspector.window.sieve import Sieve
from hipflask.devtools.inspector.window.source_lines import excerpt
from hipflask.devtools.inspector.window.traces import waterfall


def take(recorded: Recorded, times: int, at_once: int = 70) -> None:
    """Tell it of so many presses of a button."""
    told = story(times)
    for start in range(0, len(told), at_once):
        some = told[start : start + at_once]
        recorded.take(News(some, some[-1].number, 0, []))


def test_only_the_newest_are_kept() -> None:
    """Rows, records, spans and traces: none of them grows with what a program tells."""
    recorded = Recorded(most=200)
    take(recorded, 1000)
    most = 200 + recorded.slack
    kept = (recorded.doings, recorded.logs, recorded._records, recorded._spans, recorded._traces)
    assert all(0 < len(each) <= most for each in kept)
    assert recorded.doings[-1].number == 9999
    assert recorded.record(9999) is not None and recorded.record(1) is None
    assert len(recorded.totals.statements) == 2


def test_rows_that_pass_are_one_list_that_grows() -> None:
    """So a table goes on where it was; those that are given up go from it, too."""
    recorded, sieve = Recorded(most=100), Sieve()  # type: ignore[var-annotated]

    def pour() -> list[int]:
        return [
            row.number for row in sieve.pour(recorded.doings, "handlers", lambda row: row.kind == "handler")
        ]

    told = story(40)
    recorded.take(News(told[:100], 100, 0, []))
    first = sieve.pour(recorded.doings, "handlers", lambda row: row.kind == "handler")
    assert pour() == list(range(4, 101, 10))
    recorded.take(News(told[100:], 400, 0, []))
    assert pour()[-1] == 394 and sieve.rows is first
    assert pour()[0] >= recorded.doings[0].number


def test_a_trace_is_a_waterfall() -> None:
    """Each span stands below the one within which it was, in the order of time, where its time lies."""
    recorded = Recorded()
    take(recorded, 1)
    [draw] = [row for row in recorded.doings if row.name == "lineup"]
    span = recorded.record(draw.number)
    assert isinstance(span, Span)
    bars = waterfall(recorded.trace(span.trace))
    assert [(bar.span.name, bar.depth) for bar in bars] == [
        ("click button", 0), ("save", 1), ("commit", 2), ("INSERT player", 3), ("lineup", 2), ("SELECT player", 3), ("seat", 3), ("frame", 1),
    ]  # fmt: skip
    assert all(0 <= bar.left <= bar.left + bar.width <= 1.001 for bar in bars)


def test_spans_that_name_each_other_as_parents_are_no_end() -> None:
    """What a program tells may make no sense."""
    one = Span(1, 1, 0.0, "draw", "a", "", "t", "1" * 16, {}, {}, parent="2" * 16)
    other = Span(2, 1, 0.0, "draw", "b", "", "t", "2" * 16, {}, {}, parent="1" * 16)
    itself = Span(3, 1, 0.0, "draw", "c", "", "t", "3" * 16, {}, {}, parent="3" * 16)
    assert [bar.span.name for bar in waterfall([one, other, itself])] == ["c"]


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (
            Cause("change", "player.name", values={"key": "7", "whose": "another process"}),
            "player.name of 7 changed in another process",
        ),
        (
            Cause("change", "player", values={"key": "7", "whose": "the hub"}),
            "player of 7 changed at the hub",
        ),
        (Cause("state", "app.py:12"), "the state at app.py:12 changed"),
        (Cause("parent", "lineup"), "what it stands in was drawn again (lineup)"),
        (Cause("reload", "lineup"), "the program was loaded again"),
        (Cause("arguments", "player"), "it was called with other arguments (player)"),
        (Cause("weather", "rain"), "weather rain"),
    ],
    ids=lambda value: value.kind if isinstance(value, Cause) else "",
)
def test_a_cause_is_a_sentence(cause: Cause, sentence: str) -> None:
    assert sentences.because(cause) == sentence


def test_a_profile_becomes_rows() -> None:
    """From the outermost inwards, the longest first, each beginning where the one before it ends."""
    rows = flame.frames([calls()])
    assert [row[0] for row in rows[:3]] == ["_work", "save", "odds"]
    assert rows[0][2] == "hipflask"
    by_name = {row[0]: row for row in rows}
    assert by_name["commit"][4] == pytest.approx(by_name["save"][5])
    assert by_name["sorted"][2] == "python" and by_name["execute"][2] == "library"


def test_a_profile_without_end_is_cut() -> None:
    call = Call("deep", "app.py:1", 1.0, 1.0, [])
    for _ in range(flame.MOST + 10):
        call = Call("deep", "app.py:1", 1.0, 0.0, [call])
    assert len(flame.frames([call])) == flame.MOST


def test_only_python_of_the_programs_own_is_read(tmp_path: Path) -> None:
    """A place is a text that another program has told."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text("one\ntwo\nthree\n")
    (tmp_path / "secret.py").write_text("password = 1\n")
    (tmp_path / "app" / "notes.txt").write_text("dear diary\n")
    folder = str(tmp_path / "app")
    assert excerpt(folder, "app.py:2") == "  1  one\n▸ 2  two\n  3  three"
    for place in (
        "../secret.py:1",
        f"{tmp_path}/secret.py:1",
        "notes.txt:1",
        "app.py:99",
        "app.py:x",
        "gone.py:1",
        "",
    ):
        assert excerpt(folder, place) == ""
    assert excerpt("", "app.py:1") == ""


def test_nobody_is_asked_for_what_nobody_looks_at() -> None:
    """A question is asked while somebody follows it, again when it has changed, and one that fails keeps none of the others."""

    class Watcher:
        told = 0

        def changed(self) -> None:
            self.told += 1

    questions, watcher, asked = Questions(), Watcher(), []
    try:

        def ask() -> int:
            asked.append(1)
            return len(asked)

        question = questions("count", ask, 0.01)
        broken = questions("broken", lambda: 1 // 0, 0.01)
        refused = questions("refused", Told(standing="gone").sessions, 0.01)
        time.sleep(0.2)
        assert asked == []
        for each in (broken, refused, question):
            each.watch(watcher)
        deadline = time.monotonic() + 5
        while len(asked) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        question.unwatch(watcher)
        time.sleep(0.2)
        count = len(asked)
        time.sleep(0.3)
        assert len(asked) == count >= 3 and watcher.told >= 3
        assert broken.answer == Answer(None, "This could not be asked: ZeroDivisionError.")
        assert refused.answer == Answer(
            None, str(Unanswered("The program has ended, so it cannot be asked."))
        )
    finally:
        questions.close()


@pytest.mark.parametrize("at", [-1e11, 1e17])
def test_a_clock_that_is_far_off(at: float) -> None:
    """A report may come from a computer without a battery, or from somebody who has made it up."""
    assert sentences.clock(at).startswith("--:--:--")
