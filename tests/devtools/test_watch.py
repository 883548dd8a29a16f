"""Noticing changes: what counts as one, and what does not."""

from __future__ import annotations

import os
import py_compile
from pathlib import Path
from threading import Timer

import pytest

from hipflask.devtools.watch import FolderWatch, Watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "app.py"
    file.write_text("before")
    return file


@pytest.fixture
def watch(file: Path) -> Watch:
    watch = Watch(file.parent)
    watch.follow([str(file)])
    return watch


def rename_over(file: Path) -> None:
    other = file.with_suffix(".new")
    other.write_text("after!")
    other.rename(file)


@pytest.mark.parametrize("change", [lambda file: file.write_text("after!"), Path.unlink, rename_over])
def test_a_change_is_noticed_once(watch: Watch, file: Path, change: object) -> None:
    """Saved in place, gone, or another file by its name."""
    assert watch.changed() == []
    change(file)  # type: ignore[operator]
    assert watch.changed() == [str(file)]
    assert watch.changed() == []


def test_a_file_that_is_not_there_yet_is_waited_for(watch: Watch, file: Path) -> None:
    other = file.with_name("later.py")
    watch.follow([str(other)])
    assert watch.changed() == []
    other.touch()
    assert watch.changed() == [str(other)]


def test_what_changes_before_it_is_known_to_belong_is_noticed(tmp_path: Path) -> None:
    """Saved while the program that imports it is still being loaded."""
    module = tmp_path / "module.py"
    module.write_text("before")
    watch = Watch(tmp_path)
    module.write_text("after")
    watch.follow([str(module)])
    assert watch.changed() == [str(module)]


def test_a_file_that_is_being_written_is_waited_for(watch: Watch, file: Path) -> None:
    """One change, though there are many."""
    file.write_text("")
    timers = [Timer(0.01 * n, file.write_text, [f"after {n}" * n]) for n in range(1, 6)]
    for timer in timers:
        timer.start()
    assert watch.changed() == [str(file)]
    for timer in timers:
        timer.join()
    assert file.read_text() == "after 5" * 5
    assert watch.changed() == []


def test_a_folder_changes_by_its_modules_alone(watch: Watch, file: Path) -> None:
    watch.follow([str(file.parent)])
    for name in ("picture.png", "__pycache__"):
        (file.parent / name).mkdir()
    assert watch.changed() == []
    (file.parent / "package").mkdir()
    assert watch.changed() == [str(file.parent)]


def test_compiled_code_is_not_trusted_after_a_change(watch: Watch, file: Path) -> None:
    """Python would: it compares size and whole seconds only."""
    file.write_text("value = 1")
    watch.changed()
    before = os.stat(file)
    compiled = Path(str(py_compile.compile(str(file))))
    file.write_text("value = 2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert watch.changed() == [str(file)]
    assert not compiled.exists()


def test_templates_in_any_depth(tmp_path: Path) -> None:
    page = tmp_path / "templates" / "deep" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text("before")
    watch = FolderWatch()
    watch.follow((str(tmp_path / "templates"),))
    assert not watch.has_changed()
    page.write_text("after")
    assert watch.has_changed()
    assert not watch.has_changed()
    page.with_name("new.html").touch()
    assert watch.has_changed()
