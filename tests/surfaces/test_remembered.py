"""The notebook in its file: whole or not at all, small, and nobody else's."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.surfaces import jotter, remembered
from hipflask.surfaces.pages import host_of
from hipflask.surfaces.remembered import Remembered
from served import Visitor, served


def test_what_is_written_down_is_there_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "new" / "notebook.json"
    book = Remembered(file)
    book["table"] = {"widths": {"price": 90}, "order": ["a", "b"]}
    book["gone"] = 1
    del book["gone"]
    book.flush()
    assert dict(Remembered(file)) == {"table": {"widths": {"price": 90}, "order": ["a", "b"]}}


def test_what_was_given_can_change_without_being_remembered() -> None:
    book, layout = Remembered(), {"hidden": ["a"]}
    book["table"] = layout
    layout["hidden"].append("b")
    book["table"]["hidden"].append("c")
    assert book["table"] == {"hidden": ["a"]}


def test_a_column_that_is_dragged_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(jotter, "write_whole", lambda file, content: written.append(content))
    monkeypatch.setattr(jotter, "REST_SECONDS", 0.2)
    book = Remembered(tmp_path / "notebook.json")
    for width in range(100):
        book["table"] = {"price": width}
    book.flush()
    assert len(written) == 1
    assert b"99" in written[0]
    book["table"] = {"price": 99}
    book.flush()
    assert len(written) == 1  # nothing new


def test_it_is_written_a_moment_later_and_at_the_end_of_the_program(tmp_path: Path) -> None:
    """Whatever way the program ends by itself."""
    file = tmp_path / "notebook.json"
    script = (
        "import sys, time; from pathlib import Path; from hipflask.surfaces.remembered import Remembered\n"
        "Remembered(Path(sys.argv[1]))['a'] = 1; time.sleep(float(sys.argv[2])); "
        "print(Path(sys.argv[1]).exists()); sys.exit(3)"
    )
    for wait, is_there in (("0", "False"), ("1.5", "True")):
        file.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", script, file, wait], capture_output=True, text=True, check=False
        )
        assert (done.stdout.strip(), done.returncode) == (is_there, 3), done.stderr
        assert dict(Remembered(file)) == {"a": 1}


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "notebook.json"
    book = Remembered(file)
    book["a"] = "before"
    book.flush()

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(jotter.os, "fsync", full)
    book["a"] = "after"
    book.flush()
    assert dict(Remembered(file)) == {"a": "before"}
    assert [each.name for each in tmp_path.iterdir()] == ["notebook.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"1"])
def test_a_damaged_file_is_forgotten(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notebook.json"
    file.write_bytes(content)
    book = Remembered(file)
    assert len(book) == 0
    book["a"] = 1
    book.flush()
    assert dict(Remembered(file)) == {"a": 1}


def test_two_instances_do_not_take_each_others_notes_away(tmp_path: Path) -> None:
    file = tmp_path / "notebook.json"
    one, other = Remembered(file), Remembered(file)
    one["one"] = other["other"] = 1
    one.flush()
    other.flush()
    assert set(Remembered(file)) == {"one", "other"}


def test_it_does_not_outgrow_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "LARGEST_BOOK", 1000)
    book = Remembered()
    for number in range(50):
        book[f"note {number}"] = "x" * 40
        book["kept"] = number  # what is written again and again is not what goes
    assert len(book) < 25
    assert "note 49" in book and "kept" in book and "note 0" not in book


@pytest.mark.parametrize("value", [object(), {1, "a", object()}, "x" * 200_000, b"\xff" * 200_000])
def test_what_is_no_note_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="'a' cannot be remembered"):
        Remembered()["a"] = value


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "notebook.json"
    book = Remembered(file)

    def write(name: int) -> None:
        for number in range(50):
            book[f"{name}"] = number
            if number % 10 == 0:
                book.flush()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book.flush()
    assert dict(Remembered(file)) == {str(name): 49 for name in range(6)}


def test_people_in_browsers_share_no_notebook(app: Hipflask) -> None:
    @app.window("/")
    def window() -> None:
        ui.text("Here")

    with served(app) as server:
        for _ in range(2):
            Visitor(server).enter().page()
        one, other = host_of(app).sessions()
        one.notebook["table"] = 1
        assert "table" not in other.notebook
