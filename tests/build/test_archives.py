"""Archives that are the same bytes for the same files, whoever makes them, when and where."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest
from bundles import bundle

from hipflask.build.platforms.archives import Entry, of_bundle, of_folder, write_tar, write_tar_gz, write_zip
from hipflask.core.errors import BuildError

LONG = "layers/" + "a-rather-long-name/" * 9 + "größe.py"
ENTRIES = [
    Entry("stock", b"\x7fELF", is_executable=True),
    Entry("layers/a/x.py", b"x = 1\n"),
    Entry("layers/a.txt", b"between a and a/ in no order that a disk has"),
    Entry(LONG, b"# long\n"),
]


@pytest.mark.parametrize("write", [write_zip, write_tar_gz])
def test_the_order_in_which_a_disk_gives_them_makes_no_difference(tmp_path: Path, write: object) -> None:
    assert callable(write)
    shuffled = ENTRIES[:]
    random.Random(4).shuffle(shuffled)
    write(tmp_path / "one", ENTRIES)
    write(tmp_path / "other", shuffled)
    assert shuffled != ENTRIES
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_tar_gz_does_not_say_when_it_was_made_or_what_it_is_called(tmp_path: Path) -> None:
    write_tar_gz(tmp_path / "stock.tar.gz", ENTRIES)
    content = (tmp_path / "stock.tar.gz").read_bytes()
    assert content[3:8] == bytes(5)
    with tarfile.open(tmp_path / "stock.tar.gz") as archive:
        assert {member.mtime for member in archive} == {946_684_800}


def test_a_zip_has_one_date_and_the_names_of_any_letters(tmp_path: Path) -> None:
    write_zip(tmp_path / "stock.zip", ENTRIES)
    with zipfile.ZipFile(tmp_path / "stock.zip") as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert archive.getinfo(LONG).flag_bits & 0x800
        assert archive.read(LONG) == b"# long\n"


def test_a_package_names_its_folders_before_what_is_in_them() -> None:
    stream = io.BytesIO()
    write_tar(stream, [Entry("opt/a/b", b"1"), Entry("usr/bin/b", link="/opt/a/b")], is_package=True)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as archive:
        members = archive.getmembers()
    assert [member.name for member in members] == [
        ".",
        "./opt",
        "./opt/a",
        "./usr",
        "./usr/bin",
        "./opt/a/b",
        "./usr/bin/b",
    ]
    assert members[-1].linkname == "/opt/a/b"


def test_what_a_layer_calls_executable_is_so_whatever_the_disk_says(tmp_path: Path) -> None:
    """As on Windows, where no file has such a bit, and where a layer knows what was meant."""
    stock = bundle(tmp_path, native=b"\x7fELF")
    for path in stock.folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    runs = {entry.path.rpartition("/")[2] for entry in of_bundle(stock) if entry.is_executable}
    assert runs == {"lager-buro", "python3"}


def test_a_folder_without_layers_is_as_its_disk_says(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "run").write_bytes(b"")
    (tmp_path / "sub" / "run").chmod(0o755)
    (tmp_path / "read").write_bytes(b"")
    entries = sorted(of_folder(tmp_path, "top/"))
    assert [(entry.path, entry.is_executable) for entry in entries] == [
        ("top/read", False),
        ("top/sub/run", True),
    ]


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(BuildError, match="link is a link, and a bundle has files only"):
        of_folder(tmp_path)
