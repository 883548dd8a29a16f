"""What the inspector keeps of what it has heard, and a crash report as a source."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from hipflask.core import report as reports
from hipflask.devtools.inspect_command import inspect
from hipflask.devtools.inspector import records
from hipflask.devtools.inspector.keeping import MOST_AT_ONCE, Keeping
from hipflask.devtools.inspector.records import Unanswered
from hipflask.devtools.inspector.report import Report
from hipflask.devtools.inspector.source import Source


def _note(number: int, process: int = 1) -> records.Note:
    return records.Note(number, process, 0.0, "state", str(number), "", "", "", {}, {})


def test_records_of_all_processes_are_numbered_as_they_come() -> None:
    """And each is found again in its own process by its own number."""
    keeping = Keeping()
    keeping.add([_note(1, 11), _note(2, 11)])
    keeping.add([_note(1, 22)])
    assert [(each.number, each.process) for each in keeping.since(0).records] == [(1, 11), (2, 11), (3, 22)]
    assert keeping.origin(2) == (11, 2)
    assert keeping.origin(3) == (22, 1)
    assert keeping.origin(4) is None
    assert keeping.origin(0) is None


def test_what_is_kept_is_bounded_and_what_is_not_is_counted() -> None:
    """Here, and in the process that could not tell it in time."""
    keeping = Keeping(most=100)
    for number in range(1, 251):
        keeping.add([_note(number)])
    keeping.lost(7)
    news = keeping.since(0)
    assert [each.number for each in news.records] == list(range(151, 251))
    assert news.dropped == 157
    assert keeping.origin(150) is None
    assert keeping.origin(151) == (1, 151)
    assert len(keeping._numbers) <= 100


def test_much_is_told_in_portions() -> None:
    """None is left out."""
    keeping = Keeping()
    keeping.add(_note(number) for number in range(1, 2 * MOST_AT_ONCE + 11))
    heard: list[int] = []
    newest = 0
    while (news := keeping.since(newest)).records:
        heard += [each.number for each in news.records]
        newest = news.newest
    assert heard == list(range(1, 2 * MOST_AT_ONCE + 11))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of a program that went wrong."""
    found = reports.Report(
        version=reports.VERSION,
        id="0" * 16,
        when=datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC),
        program=reports.Program("org.example.lineup", "lineup", "1.2"),
        machine=reports.Machine("0.1.0", "3.11", "Linux"),
        kind="handler",
        function="save",
        failures=[
            reports.Failure("ValueError", [reports.Frame("app.py", 12, "save", "raise ValueError", own=True)])
        ],
        steps=[reports.Step(3.0, "event", "click button", 0.1), reports.Step(1.0, "handler", "<b>save</b>")],
    )
    file = tmp_path / "crash.json"
    file.write_bytes(reports.encode(found))
    return file


def test_a_crash_report_is_a_source(report: Path) -> None:
    """Its steps in their order, and the error at last."""
    source: Source = Report(report)
    assert (source.standing, source.title) == ("file", "crash.json")
    assert "ValueError in save" in source.sentence
    click, save, error = source.news(0).records
    assert isinstance(click, records.Span)
    assert isinstance(error, records.Log)
    assert (click.name, save.name, error.place) == ("click button", "<b>save</b>", "app.py:12")
    assert save.at - click.at == pytest.approx(2)
    assert "app.py, line 12" in error.traceback
    assert source.news(3).records == []
    assert source.programs()[0].versions["lineup"] == "1.2"
    with pytest.raises(Unanswered, match="crash report does not hold that"):
        source.store()


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    """With a sentence."""
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    with pytest.raises(Unanswered, match="no crash report"):
        Report(file)
    with pytest.raises(Unanswered, match="cannot be read"):
        Report(tmp_path / "nowhere.json")


@pytest.mark.parametrize("environment", [{}, {"HIPFLASK_LOOK_AT": "key@/nowhere"}])
def test_the_command_says_what_is_wrong(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence, whatever it was given: a person has got the file from somebody else."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    found = CliRunner().invoke(inspect, [] if environment else [str(file)])
    assert found.exit_code == 1
    assert found.output.startswith("Error: ")
    assert "KEY@FOLDER" in found.output if environment else "no crash report" in found.output
