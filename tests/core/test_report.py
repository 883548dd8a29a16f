"""Crash reports as files: written, read again, and whatever else such a file may hold."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core import report
from hipflask.core.errors import ReportUnreadable
from hipflask.core.report import Failure, Frame, Machine, Program, Report, Step

SOME = Report(
    version=report.VERSION,
    id="0123456789abcdef",
    when=datetime.datetime(2026, 11, 23, 17, 20, 31, tzinfo=datetime.UTC),
    program=Program("com.example.stock", "Stock", "1.4.2"),
    machine=Machine("1.0", "3.12.4", "Linux 6.1 x86_64"),
    kind="handler",
    function="save",
    failures=[
        Failure("ValueError", [Frame("stock.py", 12, "save", "total = int(text)", own=True)]),
        Failure("KeyError", [Frame("stock.py", 10, "save", "row[name]", own=True)], link="context"),
    ],
    steps=[Step(3.25, "click", "order", 0.002), Step(0.5, "call", "save", None, "ValueError")],
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A file of a report is that report, and JSON with a line for each field."""
    file = tmp_path / "crash.json"
    file.write_bytes(report.encode(SOME))

    assert report.read(file) == SOME
    assert json.loads(file.read_text())["version"] == 1
    assert file.read_text().count("\n") > 20


def test_a_person_reads_it() -> None:
    """The text says everything that the file says."""
    text = report.as_text(SOME)

    for part in (
        "ValueError in save",
        "Stock 1.4.2",
        "2026-11-23 17:20:31 UTC",
        "Python 3.12.4",
        "stock.py, line 12",
    ):
        assert part in text
    assert "total = int(text)" in text
    assert "while this was handled:\nKeyError" in text
    assert "3.25 s before   click order (2.0 ms)" in text
    assert SOME.place == "stock.py:12"


def test_messages_are_there_only_if_somebody_asks() -> None:
    """What an exception said of itself holds values, so it is put in by itself."""
    told = report.with_messages(SOME, ["'seven' is no number", "\x1b[31mname"])

    assert "seven" not in report.as_text(SOME)
    assert "ValueError: 'seven' is no number" in report.as_text(told)
    assert "\x1b" not in report.as_text(told)
    assert report.decode(report.encode(told)) == told


def _with(**changes: Any) -> bytes:
    return json.dumps(json.loads(report.encode(SOME)) | changes).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\x00\xff\xfe", "not JSON"),
        (report.encode(SOME)[:200], "not JSON"),
        (b"[" * 500_000, "not JSON"),
        (b"[]", "no crash report"),
        (b"{}", "no crash report"),
        (b"null", "no crash report"),
        (_with(version=2), "newer Hipflask"),
        (_with(version="one"), "no crash report"),
        (_with(id="../../etc/passwd"), "no crash report"),
        (_with(kind="k" * 301), "no crash report"),
        (_with(when="yesterday"), "no crash report"),
        (_with(when="2026-11-23T17:20:31"), "no crash report"),
        (_with(when="0001-01-01T00:00:00+14:00"), "no crash report"),
        (_with(failures=[{"type": "E", "frames": [{"file": "a", "line": -1, "function": "f"}]}]), "no crash"),
        (_with(failures=[{"type": "E"}] * 11), "no crash report"),
        (_with(steps=[{"before": 1, "kind": "k", "name": "n"}] * 51), "no crash report"),
        (_with(steps=[{"before": 1e300, "kind": "k", "name": "n"}]), "no crash report"),
        (_with(steps=[{"before": 1, "kind": "k", "name": "n", "seconds": -1e300}]), "no crash report"),
        (b" " * (report.LARGEST_FILE + 1), "larger than any"),
    ],
)
def test_a_file_that_is_no_report(data: bytes, said: str, tmp_path: Path) -> None:
    """Whatever it holds, there is a sentence that names the file."""
    file = tmp_path / "crash.json"
    file.write_bytes(data)

    with pytest.raises(ReportUnreadable, match=f"crash.json .*{said}"):
        report.read(file)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder or nothing at all has a sentence, too."""
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(ReportUnreadable, match="cannot be read"):
            report.read(path)


def test_a_file_of_a_later_edition() -> None:
    """What it has more is left alone."""
    assert report.decode(_with(weather="fine")) == SOME


def test_what_a_terminal_would_obey() -> None:
    """Colours, bells and turned writing come out of no file."""
    read = report.decode(_with(kind="\x1b]0;owned\x07", function="\u202eevas"))

    assert not set("\x1b\x07\u202e") & set(report.as_text(read))


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda value: json.dumps(value).encode())
)
def test_anything_at_all(data: bytes) -> None:
    """Nothing but the one error comes out of reading."""
    with pytest.raises(ReportUnreadable):
        report.decode(data)
