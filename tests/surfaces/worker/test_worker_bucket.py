"""A bucket is a folder, and nothing outside of it."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.errors import UsageError
from hipflask.surfaces.worker.bucket import BucketFolder, misfit

NO_KEYS = [
    "../secret", "a/../../secret", "..", ".", "/etc/passwd", "a//b", "a/", "", "a\0b", "a\nb", "C:\\Windows", "a\\..\\b",
    "C:a", "con", "CON.txt", "a/nul", "com1.log", "LPT9", "a.", "a ", "a/b. /c", "a*b", "what?", "film.part", "Thumbs.db", "a/.DS_Store", "~$a.docx", "x" * 256, "é" * 600,
]  # fmt: skip


@pytest.fixture
def uploads(tmp_path: Path) -> BucketFolder:
    """An empty bucket."""
    return BucketFolder(tmp_path / "buckets", "uploads")


def keys(bucket: BucketFolder) -> list[str]:
    """Of everything in it."""
    return [each.key for each in bucket.files()]


def test_what_is_put_can_be_read(uploads: BucketFolder) -> None:
    """Bytes or a file, under a key with folders, and again in its place."""
    found, etag = uploads.put("2026/who.txt", b"first")
    assert (found.size, etag) == (5, hashlib.md5(b"first").hexdigest())
    uploads.put("2026/who.txt", io.BytesIO(b"second"))
    with uploads.open("2026/who.txt") as file:
        assert file.read() == b"second"
    assert keys(uploads) == ["2026/who.txt"]
    assert uploads.digest("2026/who.txt") == hashlib.md5(b"second").hexdigest()


@pytest.mark.parametrize("key", NO_KEYS)
def test_a_key_never_leaves_the_folder(uploads: BucketFolder, tmp_path: Path, key: str) -> None:
    """Nor is it one that some system would take for something else; a sentence says why."""
    (tmp_path / "secret").write_text("nobody's")
    for attempt in (lambda: uploads.put(key, b"x"), lambda: uploads.open(key), lambda: uploads.delete(key)):
        with pytest.raises(UsageError, match="cannot be the key of an object"):
            attempt()
    assert (tmp_path / "secret").read_text() == "nobody's"


@given(st.text(alphabet="ab./\\:~ \0", max_size=12))
def test_whatever_passes_is_inside(key: str) -> None:
    """Of any text: it is refused, or is the path of something below the folder, on Windows as well."""
    import ntpath
    import posixpath

    if misfit(key) is None:
        for system in (posixpath, ntpath):
            joined = system.normpath(system.join("/buckets/uploads", key))
            assert joined.replace("\\", "/") == f"/buckets/uploads/{key}"


def test_a_link_does_not_lead_out(uploads: BucketFolder, tmp_path: Path) -> None:
    """Somebody may have put one there; it is neither read, nor written through, nor listed."""
    uploads.path.mkdir(parents=True)
    (tmp_path / "secret").write_text("nobody's")
    (uploads.path / "link").symlink_to(tmp_path / "secret")
    (uploads.path / "folder").symlink_to(tmp_path)
    for key in ("link", "folder/secret"):
        with pytest.raises(UsageError, match="leads out"):
            uploads.open(key)
    assert keys(uploads) == []


def test_an_object_appears_as_a_whole(uploads: BucketFolder) -> None:
    """Whoever reads while it is written sees the one before; if writing fails, that one stays, and nothing is left over."""
    uploads.put("a.txt", b"old")

    class Breaks(io.RawIOBase):
        def __init__(self) -> None:
            self._parts: Iterator[bytes] = iter([b"new"])

        def read(self, size: int = -1) -> Any:
            with uploads.open("a.txt") as file:
                assert file.read() == b"old"
            for part in self._parts:
                return part
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="went dead"):
        uploads.put("a.txt", Breaks())  # type: ignore[arg-type]
    with uploads.open("a.txt") as file:
        assert file.read() == b"old"
    assert list((uploads.path.parent / ".unfinished").iterdir()) == []


def test_what_a_killed_program_left_unfinished_goes(uploads: BucketFolder) -> None:
    """After a day, so that nothing goes that is still being written."""
    unfinished = uploads.path.parent / ".unfinished"
    unfinished.mkdir(parents=True)
    for name, age in (("old", 100_000.0), ("new", 10.0)):
        (unfinished / name).write_bytes(b"half")
        os.utime(unfinished / name, (1e9 - age, 1e9 - age))
    uploads.sweep(1e9 - 86_400)
    assert [each.name for each in unfinished.iterdir()] == ["new"]


def test_deleting_removes_empty_folders(uploads: BucketFolder) -> None:
    """Objects have no folders, so none stays behind; other objects do."""
    uploads.put("a/b/c.txt", b"1")
    uploads.put("a/d.txt", b"2")
    assert uploads.delete("a/b/c.txt")
    assert not uploads.delete("a/b/c.txt")
    assert not (uploads.path / "a" / "b").exists()
    assert keys(uploads) == ["a/d.txt"]
    assert uploads.path.is_dir()


def test_what_is_not_there(uploads: BucketFolder) -> None:
    """A key without an object is a KeyError, also where there is a folder of that name."""
    uploads.put("a/b.txt", b"1")
    for key in ("nothing", "a", "a/b.txt/c"):
        with pytest.raises(KeyError):
            uploads.open(key)


def test_a_name_is_that_of_a_file_or_of_a_folder(uploads: BucketFolder) -> None:
    """S3 takes `a` and `a/b` beside each other; a folder cannot, and says so."""
    uploads.put("a", b"1")
    uploads.put("b/c", b"1")
    for key in ("a/b", "b"):
        with pytest.raises(UsageError, match="not both that of a file and of a folder"):
            uploads.put(key, b"2")


def test_what_other_programs_leave_lying_about_is_no_object(uploads: BucketFolder) -> None:
    """Previews, locks, downloads that are under way; every key that can be put is listed, though."""
    uploads.path.mkdir(parents=True)
    for name in (".DS_Store", "Thumbs.db", "~$report.docx", "film.mp4.crdownload", "film.part"):
        (uploads.path / name).write_bytes(b"x")
    for key in (".well-known/who", ".hidden", "real.txt"):
        uploads.put(key, b"x")
    assert sorted(keys(uploads)) == [".hidden", ".well-known/who", "real.txt"]


def test_a_bucket_is_called_as_amazon_calls_them(tmp_path: Path) -> None:
    """Its name is a folder's name here, so that matters for more than tidiness."""
    for name in ("..", "A", "ab", "a/b", "-ab", "a_b"):
        with pytest.raises(UsageError, match="cannot be called"):
            BucketFolder(tmp_path, name)
