"""A file that is uploaded reaches its handler, and is gone afterwards unless it was kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import EntryError, UsageError
from hipflask.testing import User
from hipflask.ui.uploads import UploadedFile, safe_name


def test_the_handler_gets_the_file(app: Hipflask, user: User, tmp_path: Path) -> None:
    """What it keeps stays where it is put; what it does not is deleted."""
    got: list[UploadedFile] = []

    def take(prefix: str, file: UploadedFile) -> None:
        got.append(file)
        assert file.read_text() == "Who is on first"
        if file.name == "keep.txt":
            assert file.keep(tmp_path) == tmp_path / "keep.txt"

    @app.window("/")
    def window() -> None:
        ui.upload("Line-up", on_upload=take, args=("x",), multiple=True)

    user.open("/")
    user.upload("Line-up", "keep.txt", "Who is on first", "text/plain")
    user.upload("Line-up", "../../lose.txt", "Who is on first")
    assert [(file.name, file.size, file.type) for file in got] == [
        ("keep.txt", 15, "text/plain"),
        ("lose.txt", 15, ""),
    ]
    assert (tmp_path / "keep.txt").read_bytes() == b"Who is on first"
    assert not any(file.path.parent.exists() for file in got)


def test_an_async_handler_has_the_file_until_it_ends(app: Hipflask, user: User) -> None:
    read: list[bytes] = []
    paths: list[Path] = []

    async def take(file: UploadedFile) -> None:
        await asyncio.sleep(0.01)
        read.append(file.read_bytes())
        paths.append(file.path)

    @app.window("/")
    def window() -> None:
        ui.upload("Line-up", on_upload=take)

    user.open("/")
    user.upload("Line-up", "a.txt", "Who")
    assert read == [b"Who"]
    assert not paths[0].exists()


def test_what_is_too_large_or_ends_otherwise_is_turned_down(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.upload("Line-up", on_upload=print, accept=[".csv", ".TXT"], max_mb=0.00001)

    user.open("/")
    with pytest.raises(EntryError, match=r"a\.exe does not end in \.csv or \.txt"):
        user.upload("Line-up", "a.exe", "Who")
    with pytest.raises(EntryError, match=r"a\.csv is larger than 1e-05 MB"):
        user.upload("Line-up", "a.csv", "Who is on first")


def test_no_event_can_pretend_to_be_a_file(app: Hipflask, user: User) -> None:
    """A screen speaks of files by uploading them; a path in an event is not looked at."""
    got: list[object] = []

    @app.window("/")
    def window() -> None:
        ui.upload("Line-up", on_upload=got.append)

    user.open("/")
    node = user.find("Line-up").shown.id
    user.screen.event(node, "upload", {"name": "a", "size": 1, "type": "", "path": "/etc/passwd"})
    user.screen.event(node, "upload", None)
    user.seen()
    assert got == []


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("..", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.txt", "ab.txt"),
        ("CON.txt", "file-CON.txt"),
        ("exe\u202egpj.scr", "exegpj.scr"),
        ("Ünï 1.txt", "Ünï 1.txt"),
        ("half\ud800.txt", "half.txt"),
        ("x" * 400 + ".csv", "x" * 146 + ".csv"),
        ("ü" * 200, "ü" * 75),
    ],
)
def test_names_are_made_safe(given: str, safe: str) -> None:
    """Nothing leads elsewhere, hides what it is, or means a device."""
    assert safe_name(given) == safe


@pytest.mark.parametrize("options", [{"accept": "csv"}, {"accept": ["csv"]}, {"max_mb": 0}])
def test_options_that_cannot_work_are_refused(app: Hipflask, user: User, options: dict[str, object]) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.upload("Line-up", on_upload=print, **options)  # type: ignore[arg-type]

    with pytest.raises(UsageError, match=r"ui\.upload"):
        user.open("/")
