"""Layers: the same content is the same layer, and unpacking believes nothing."""

from __future__ import annotations

import contextlib
import io
import lzma
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.build.layer import Layer, is_inside, unpack
from hipflask.core.errors import BuildError


def made(folder: Path, files: dict[str, bytes]) -> Layer:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Layer.of("app", folder)


FILES = {"main.py": b"print()", "data/ä ö.txt": "ü".encode(), "bin/tool": b"\x7fELF"}


def test_the_same_content_is_the_same_layer_wherever_it_is(tmp_path: Path) -> None:
    one, other = made(tmp_path / "a", FILES), made(tmp_path / "b b", dict(reversed(FILES.items())))
    os.utime(tmp_path / "a" / "main.py", (1, 1))
    assert one.id == other.id
    one.archive(tmp_path / "one")
    other.archive(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize("change", ["content", "name", "mode"])
def test_any_change_is_another_layer(tmp_path: Path, change: str) -> None:
    before = made(tmp_path, FILES).id
    file = tmp_path / "main.py"
    if change == "content":
        file.write_bytes(b"print(1)")
    elif change == "name":
        file.rename(tmp_path / "main2.py")
    else:
        file.chmod(0o755)
    assert Layer.of("app", tmp_path).id != before


def test_what_is_unpacked_is_the_layer_again(tmp_path: Path) -> None:
    layer = made(tmp_path / "a", FILES)
    (tmp_path / "a" / "bin" / "tool").chmod(0o755)
    layer = Layer.of("app", tmp_path / "a")
    layer.archive(tmp_path / "archive")
    unpack(tmp_path / "archive", tmp_path / "b", most=layer.size)
    assert Layer.of("app", tmp_path / "b").id == layer.id
    assert os.access(tmp_path / "b" / "bin" / "tool", os.X_OK)


def test_more_than_was_said_is_not_unpacked(tmp_path: Path) -> None:
    """A small archive can be a very large folder: the bound is on what comes out."""
    layer = made(tmp_path / "a", {"zeros": bytes(10_000_000)})
    layer.archive(tmp_path / "archive")
    assert (tmp_path / "archive").stat().st_size < 10_000
    with pytest.raises(BuildError, match="more than the 1000 bytes"):
        unpack(tmp_path / "archive", tmp_path / "b", most=1000)


def archive_of(entry: tarfile.TarInfo, content: bytes = b"") -> io.BytesIO:
    entry.size = len(content)
    raw = io.BytesIO()
    with lzma.open(raw, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(entry, io.BytesIO(content))
    return io.BytesIO(raw.getvalue())


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "c:evil", "a\\..\\evil", "~/../../x"])
def test_nothing_lands_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildError, match="no layer can have"):
        unpack(archive_of(tarfile.TarInfo(name), b"x"), tmp_path / "in", most=100)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_files_are_unpacked(tmp_path: Path, kind: bytes) -> None:
    entry = tarfile.TarInfo("link")
    entry.type, entry.linkname = kind, "/etc/passwd"
    with pytest.raises(BuildError, match="no layer can have"):
        unpack(archive_of(entry), tmp_path / "in", most=100)


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """An archive that names a file twice is none that we have made."""
    raw = io.BytesIO()
    with lzma.open(raw, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for _ in range(2):
            tar.addfile(tarfile.TarInfo("same"), io.BytesIO())
    with pytest.raises(BuildError, match="twice"):
        unpack(io.BytesIO(raw.getvalue()), tmp_path / "in", most=100)


@given(st.binary(max_size=300))
def test_no_archive_breaks_more_than_itself(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    with contextlib.suppress(BuildError):
        unpack(io.BytesIO(content), folder / "in", most=1000)
    assert [path for path in folder.iterdir() if path.name != "in"] == []


@pytest.mark.parametrize("at", [0, 7, 40, -20, -1])
def test_flipped_bits_are_noticed(tmp_path: Path, at: int) -> None:
    layer = made(tmp_path / "a", FILES)
    layer.archive(tmp_path / "archive")
    content = bytearray((tmp_path / "archive").read_bytes())
    content[at] ^= 0x10
    try:
        unpack(io.BytesIO(bytes(content)), tmp_path / "b", most=layer.size)
    except BuildError:
        return
    assert Layer.of("app", tmp_path / "b").id != layer.id


@pytest.mark.skipif(os.name != "posix", reason="Windows has no links for everybody")
@pytest.mark.parametrize("target", ["main.py", "data"])
def test_a_layer_has_no_links(tmp_path: Path, target: str) -> None:
    made(tmp_path, FILES)
    (tmp_path / "link").symlink_to(tmp_path / target)
    with pytest.raises(BuildError, match="link is a link"):
        Layer.of("app", tmp_path)


@given(st.text(max_size=30))
def test_what_is_said_to_be_inside_is_inside(path: str) -> None:
    if is_inside(path):
        assert Path(os.path.normpath(Path("/layer") / path)).is_relative_to("/layer")
