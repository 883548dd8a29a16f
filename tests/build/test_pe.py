"""A Windows program's icon, version and manifest, read back by ourselves, by icoutils, by binutils and under Wine."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from wine import Wine

from hipflask.build.launcher import binary
from hipflask.build.platforms.pe import (
    ICON,
    ICON_GROUP,
    MANIFEST,
    MANIFEST_KIND,
    VERSION,
    VersionInfo,
    checksum,
    edit,
    resources,
)
from hipflask.build.targets import ALL, Target
from hipflask.core.errors import BuildError
from lacking import lacking

SIZES = [16, 24, 32, 48, 64, 256]
INFO = VersionInfo(
    "Größe & Maß",
    "1.4.2rc1",
    "Søren Ærlig A/S",
    "Zählt 数 Dinge",
    "© 2026 Søren",
    file_name="Größe & Maß.exe",
)

ASK = """
Set files = CreateObject("Scripting.FileSystemObject")
Set answer = files.CreateTextFile("C:\\answer.txt")
answer.WriteLine files.GetFileVersion("C:\\edited.exe")
"""


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A launcher as it was compiled."""
    return binary(Target.parse("windows")).read_bytes()


@pytest.fixture(scope="module")
def ico() -> bytes:
    """An icon in six sizes, each in another shade so that they cannot be mixed up."""
    pictures = [Image.new("RGBA", (size, size), (size % 256, 80, 160, 255)) for size in SIZES]
    file = io.BytesIO()
    pictures[-1].save(file, format="ICO", append_images=pictures[:-1], sizes=[(size, size) for size in SIZES])
    return file.getvalue()


@pytest.fixture(scope="module")
def edited(plain: bytes, ico: bytes) -> bytes:
    return edit(plain, icon=ico, version=INFO, manifest=MANIFEST)


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        lacking(name)
    assert found is not None
    return found


def output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_compiled_launcher_has_no_resources(plain: bytes) -> None:
    assert resources(plain) == {}


def test_all_that_was_put_in_is_found_again(edited: bytes, ico: bytes) -> None:
    found = resources(edited)
    assert found[MANIFEST_KIND, 1] == MANIFEST
    assert [number for kind, number in found if kind == ICON] == list(range(1, len(SIZES) + 1))
    for i in range(len(SIZES)):
        size, offset = struct.unpack_from("<II", ico, 6 + 16 * i + 8)
        assert found[ICON, i + 1] == ico[offset : offset + size]
    for value in (INFO.name, INFO.version, INFO.publisher, INFO.description, INFO.copyright, INFO.file_name):
        assert f"{value}\0".encode("utf-16-le") in found[VERSION, 1]


def test_the_same_in_gives_the_same_out(plain: bytes, ico: bytes, edited: bytes) -> None:
    assert edit(plain, icon=ico, version=INFO, manifest=MANIFEST) == edited


def test_what_was_compiled_stays_as_it_was(plain: bytes, edited: bytes) -> None:
    """All sections, to the byte; of the headers only what speaks of resources, of the size and of the sum."""
    (offset,) = struct.unpack_from("<I", plain, 0x3C)
    (headers,) = struct.unpack_from("<I", plain, offset + 24 + 60)
    assert edited[headers : len(plain)] == plain[headers:]
    step, size = (struct.unpack_from("<I", edited, offset + 24 + place)[0] for place in (32, 56))
    start, length = struct.unpack_from("<II", edited, offset + 24 + 112 + 2 * 8)
    assert size == -(-(start + length) // step) * step, "the size in memory does not end with the new section"
    assert len(edited) % 512 == 0


@pytest.mark.parametrize("target", [target for target in ALL if target.system == "windows"], ids=str)
def test_it_works_for_both_processors(target: Target, ico: bytes) -> None:
    edited = edit(binary(target).read_bytes(), icon=ico, version=INFO)
    assert len(resources(edited)) == len(SIZES) + 2


def test_editing_again_replaces_and_leaves_the_rest(edited: bytes, plain: bytes, ico: bytes) -> None:
    """None means "as it was"; and nothing of what was replaced is left behind in the file."""
    again = edit(edited, version=VersionInfo("Other", "2"))
    assert resources(again)[ICON_GROUP, 1] == resources(edited)[ICON_GROUP, 1]
    assert "Other".encode("utf-16-le") in again
    assert INFO.publisher.encode("utf-16-le") not in again
    assert edit(again, version=INFO) == edited
    assert edit(edit(plain, manifest=MANIFEST), icon=ico, version=INFO) == edited


def test_a_smaller_icon_takes_the_larger_ones_pictures_along(edited: bytes) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (32, 32)).save(file, format="ICO", sizes=[(32, 32)])
    found = resources(edit(edited, icon=file.getvalue()))
    assert [number for kind, number in found if kind == ICON] == [1]


def test_the_sum_of_the_file_is_right(edited: bytes) -> None:
    """As imagehlp computes it: over the file with the sum's own place empty."""
    (offset,) = struct.unpack_from("<I", edited, 0x3C)
    place = offset + 24 + 64
    (written,) = struct.unpack_from("<I", edited, place)
    assert written == checksum(edited[:place] + bytes(4) + edited[place + 4 :])
    assert checksum(b"\x01\x00\xff\xff") == 1 + 4  # 1 + 65535 carries one over


def test_icoutils_finds_the_icon(edited: bytes, tmp_path: Path) -> None:
    """Another program's reading of the same resources: each size, with its colour."""
    exe, icon = tmp_path / "a.exe", tmp_path / "a.ico"
    exe.write_bytes(edited)
    listed = output(tool("wrestool"), "-l", exe)
    assert [listed.count(f"--type={kind} ") for kind in (3, 14, 16, 24)] == [6, 1, 1, 1]
    subprocess.run([tool("wrestool"), "-x", "-t", "14", "-o", icon, exe], check=True)
    assert all(f"--width={size} --height={size}" in output(tool("icotool"), "-l", icon) for size in SIZES)
    with Image.open(icon) as picture:
        assert picture.ico.getimage((48, 48)).convert("RGBA").getpixel((5, 5)) == (48, 80, 160, 255)  # type: ignore[attr-defined]


def test_binutils_finds_the_section(edited: bytes, tmp_path: Path) -> None:
    exe = tmp_path / "a.exe"
    exe.write_bytes(edited)
    headers = output(tool("objdump"), "-p", exe)
    assert "The .rsrc Resource Directory section" in headers
    assert "Corrupt" not in headers
    sections = output(tool("objdump"), "-h", exe)
    assert sections.count(".rsrc") == 1


def test_windows_own_functions_read_the_version(edited: bytes, windows: Wine) -> None:
    """Wine's are written after Windows'; a script asks them for the numbers that installers compare."""
    (windows.drive / "edited.exe").write_bytes(edited)
    (windows.drive / "ask.vbs").write_text(ASK, encoding="ascii")
    windows.run("cscript", r"C:\ask.vbs")
    assert (windows.drive / "answer.txt").read_text(encoding="ascii").strip() == "1.4.2.0"


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("1.4.0", (1, 4, 0, 0)),
        ("2026.11.23.7", (2026, 11, 23, 7)),
        ("3", (3, 0, 0, 0)),
        ("1.2.3.4.5", (1, 2, 3, 4)),
        ("1.70000", (1, 65535, 0, 0)),
        ("next", (0, 0, 0, 0)),
    ],
)
def test_a_version_is_four_numbers(plain: bytes, version: str, numbers: tuple[int, ...]) -> None:
    content = resources(edit(plain, version=VersionInfo("A", version)))[VERSION, 1]
    at = content.index(struct.pack("<I", 0xFEEF04BD))
    high, low = struct.unpack_from("<II", content, at + 8)
    assert (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF) == numbers


def test_what_is_no_icon_is_refused(plain: bytes, ico: bytes) -> None:
    for wrong in (b"", b"\x89PNG\r\n\x1a\n", ico[:100], b"\0\0\1\0\0\0"):
        with pytest.raises(BuildError, match="no icon in Windows' form"):
            edit(plain, icon=wrong)


def test_what_is_no_program_is_refused(plain: bytes) -> None:
    for wrong in (b"", b"MZ", b"\x7fELF" + bytes(500), plain[:200], b"MZ" + bytes(58) + b"\xff\xff\xff\x7f"):
        with pytest.raises(BuildError, match="no program for Windows"):
            edit(wrong, manifest=MANIFEST)


def test_a_signed_program_is_refused(edited: bytes) -> None:
    """Its signature would be void, and nobody would notice before Windows does."""
    (offset,) = struct.unpack_from("<I", edited, 0x3C)
    signed = bytearray(edited)
    struct.pack_into("<II", signed, offset + 24 + 112 + 4 * 8, len(edited), 8)
    with pytest.raises(BuildError, match="then sign it"):
        edit(bytes(signed) + bytes(8), manifest=MANIFEST)
