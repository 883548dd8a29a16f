"""The folder of reports: a few, the newest, and no more trouble than there is."""

import datetime
import os
from pathlib import Path

import pytest

from hipflask.core.report import VERSION, Failure, Machine, Program, Report
from hipflask.telemetry.crashes.shelf import MOST_PLACES, MOST_REPORTS, SECONDS_BETWEEN, Shelf


def made(number: int) -> Report:
    """The report of that second."""
    when = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC) + datetime.timedelta(seconds=number)
    program, machine = Program("app", "App"), Machine("1", "3", "Linux")
    return Report(VERSION, f"{number:016x}", when, program, machine, "handler", "f", [Failure("ValueError")])


def test_the_newest_are_kept(tmp_path: Path) -> None:
    """Twenty of them, whatever else lies in the folder."""
    (tmp_path / "notes.txt").write_text("mine")
    shelf = Shelf(tmp_path)
    for number in range(MOST_REPORTS + 5):
        assert shelf.put(made(number), is_seen=True)

    assert len(shelf.files()) == MOST_REPORTS
    assert shelf.get(f"{5:016x}") == made(5)
    assert shelf.get(f"{4:016x}") is None
    assert (tmp_path / "notes.txt").exists()


def test_one_report_for_a_place_and_a_minute() -> None:
    """A flood of one error writes once a minute, and one of many errors is remembered within bounds."""
    now = 0.0
    shelf = Shelf(Path("nowhere"), lambda: now)
    ids = {shelf.claim("app.py:1", str(number)) for number in range(10_000)}
    assert ids == {"0"}
    now = SECONDS_BETWEEN + 1
    assert shelf.claim("app.py:1", "new") == "new"
    for number in range(10_000):
        assert shelf.claim(f"app.py:{number + 2}", f"new {number}") == f"new {number}"
    assert len(shelf._claimed) == MOST_PLACES


def test_a_report_that_nobody_was_told_of_is_told_of_once(tmp_path: Path) -> None:
    """The newest of them, and only then are they like the others."""
    shelf = Shelf(tmp_path)
    for number in range(3):
        shelf.put(made(number), is_seen=number == 2)

    assert Shelf(tmp_path).take_unseen() == f"{1:016x}"
    assert Shelf(tmp_path).take_unseen() == ""
    assert Shelf(tmp_path).get(f"{1:016x}") == made(1)


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    """A file where the folder should be; a disk that is full; a file that is not a report's."""
    (tmp_path / "file").write_text("")
    assert not Shelf(tmp_path / "file").put(made(1), is_seen=True)
    assert Shelf(tmp_path / "file").files() == []
    assert Shelf(tmp_path / "none").files() == []
    assert Shelf(tmp_path / "none").take_unseen() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_leaves_no_part_of_a_report(tmp_path: Path) -> None:
    """What could not be written whole is taken away again."""
    report = made(1)
    os.symlink("/dev/full", tmp_path / f"{report.when:%Y%m%dT%H%M%S}-{report.id}.json.new")

    assert not Shelf(tmp_path).put(report, is_seen=True)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_no_report(tmp_path: Path) -> None:
    """Somebody's editor, or a disk, has left something else there."""
    shelf = Shelf(tmp_path)
    shelf.put(made(1), is_seen=True)
    shelf.files()[0].write_bytes(b"\x00" * 100)
    assert shelf.get(f"{1:016x}") is None
