"""Who writes reports: what they hear of, and that nothing becomes worse by it."""

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hipflask.core import report, uncaught
from hipflask.core.report import Program
from hipflask.telemetry.crashes import reporter
from hipflask.telemetry.crashes.reporter import Reporter
from hipflask.telemetry.crashes.steps import MOST

CANARY = "Canary-Anna-4711"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Reporter]:
    yield reporter.begin(tmp_path / "crashes", Program("com.example.stock", "Stock", "1.4"))
    reporter.end()


def fail(number: int = 0) -> None:
    raise ValueError(f"{CANARY} {number}")


def caught(number: int = 0) -> ValueError:
    with pytest.raises(ValueError) as error:
        fail(number)
    return error.value


def test_what_was_done_before_is_told_by_names_alone(writer: Reporter) -> None:
    """The newest of it."""
    assert uncaught.did is not None
    uncaught.did("click", "earlier")
    for number in range(MOST):
        uncaught.did("click", f"handler_{number}")
    uncaught.tell("click of node 7", caught())

    [file] = writer.shelf.files()
    written = report.read(file)
    assert CANARY not in file.read_text()
    assert (written.kind, written.function, written.program.name) == ("click of node 7", "caught", "Stock")
    assert [step.name for step in written.steps] == [f"handler_{number}" for number in range(MOST)]
    assert all(0 <= step.before < 10 for step in written.steps)


def test_threads_and_the_program_itself(writer: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was told before is told still."""
    told: list[object] = []
    writer.end()
    monkeypatch.setattr(threading, "excepthook", told.append)
    monkeypatch.setattr(sys, "excepthook", lambda *raised: told.append(raised))
    writer.begin()

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(KeyError, KeyError(CANARY), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert len(told) == 3
    kinds = sorted(report.read(file).kind for file in writer.shelf.files())
    assert kinds == ["a thread", "the program"]


def test_who_means_to_end_is_not_reported(writer: Reporter) -> None:
    """Neither is anything once it has ended."""
    for error in (KeyboardInterrupt(), SystemExit(1), GeneratorExit()):
        assert uncaught.tell("a handler", error) == ""
    reporter.end()
    assert uncaught.tell("a handler", caught()) == ""
    assert writer.shelf.files() == []
    assert uncaught.did is None


def test_a_flood_is_one_report(writer: Reporter) -> None:
    """Of a place, from many threads at once."""
    writer.address = "/reports/{}".format
    addresses: set[str] = set()

    def flood() -> None:
        for number in range(200):
            addresses.add(uncaught.tell("a task", caught(number)))

    threads = [threading.Thread(target=flood) for _ in range(4)]
    before = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.process_time() - before < 20
    assert len(writer.shelf.files()) == len(addresses) == 1


def test_what_an_error_said_is_in_memory_alone(writer: Reporter) -> None:
    """For its person to read; the file has nothing of it."""
    found = writer.write("a handler", caught())
    fresh = writer.find(found)
    assert fresh is not None
    assert fresh.messages == [f"{CANARY} 0"]
    assert CANARY not in writer.shelf.files()[0].read_text()
    again = Reporter(writer.shelf.folder, writer.program).find(found)
    assert again is not None
    assert again.report == fresh.report
    assert again.messages == []


def test_a_folder_that_cannot_be_written_makes_nothing_worse(tmp_path: Path) -> None:
    """The report is there as long as the process, and the program goes on."""
    (tmp_path / "file").write_text("")
    writer = reporter.begin(tmp_path / "file" / "crashes", Program("app", "App"))
    try:
        writer.address = "/reports/{}".format
        address = uncaught.tell("a handler", caught())
        assert writer.find(address.rpartition("/")[2]) is not None
    finally:
        reporter.end()
    assert (tmp_path / "file").read_text() == ""


def test_whatever_goes_wrong_with_a_report(writer: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it comes out."""

    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(writer.shelf, "put", broken)
    assert uncaught.tell("a handler", caught()) == ""


def test_nothing_of_this_computer_or_its_person(writer: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder of theirs, no name, no variable, no word of the command line."""
    monkeypatch.setenv("HIPFLASK_TOKEN", CANARY)
    monkeypatch.setenv("USER", CANARY)
    monkeypatch.setattr("platform.node", lambda: CANARY)
    monkeypatch.setattr("platform.release", lambda: f"6.18.44-{CANARY}")
    monkeypatch.setattr("socket.gethostname", lambda: CANARY)
    monkeypatch.setattr(sys, "argv", [CANARY])
    writer.write("a handler", caught())
    text = writer.shelf.files()[0].read_text()
    for secret in (CANARY, str(Path.home()), str(Path.cwd()), str(writer.shelf.folder)):
        assert secret not in text
