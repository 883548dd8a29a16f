"""One picture in each system's own form, read back by Pillow and by the tools of those who draw icons."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from bundles import project
from PIL import Image

from hipflask.build.platforms import icons
from hipflask.core.errors import BuildError
from lacking import lacking


def picture(folder: Path, width: int, height: int | None = None) -> Path:
    """A picture that is red at the top left, and half transparent."""
    image = Image.new("RGBA", (width, height or width), (0, 0, 255, 128))
    image.paste((255, 0, 0, 255), (0, 0, width // 2, width // 2))
    file = folder / "icon.png"
    image.save(file)
    return file


def opened(content: bytes) -> Image.Image:
    """What Pillow sees in it."""
    return Image.open(io.BytesIO(content))


def test_a_program_without_an_icon_has_ours(tmp_path: Path) -> None:
    image = opened(icons.png_of(project(tmp_path), 128))
    assert (image.format, image.size, image.mode) == ("PNG", (128, 128), "RGBA")
    assert image.getpixel((0, 0))[3] == 0
    assert opened(icons.DEFAULT.read_bytes()).size >= (512, 512)


def test_a_png_is_the_programs_own_picture(tmp_path: Path) -> None:
    image = opened(icons.png_of(project(tmp_path, icon=picture(tmp_path, 256)), 48))
    assert image.getpixel((5, 5)) == (255, 0, 0, 255)
    assert image.getpixel((40, 40)) == (0, 0, 255, 128)


def test_windows_gets_seven_sizes_the_right_way_up(tmp_path: Path) -> None:
    content = icons.ico_of(project(tmp_path, icon=picture(tmp_path, 512)))
    file = opened(content)
    assert file.info["sizes"] == {(size, size) for size in (16, 24, 32, 48, 64, 128, 256)}
    for size in icons.ICO_SIZES:
        image = file.ico.getimage((size, size)).convert("RGBA")
        assert image.size == (size, size)
        assert image.getpixel((2, 2)) == (255, 0, 0, 255), size
        assert image.getpixel((size - 3, size - 3)) == (0, 0, 255, 128), size


def test_others_read_what_windows_gets(tmp_path: Path) -> None:
    if shutil.which("icotool") is None:
        lacking("icotool, of icoutils,")
    file = tmp_path / "icon.ico"
    file.write_bytes(icons.ico_of(project(tmp_path)))
    done = subprocess.run(["icotool", "-l", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [
        f"--width={size} " in line
        for size, line in zip(icons.ICO_SIZES, done.stdout.splitlines(), strict=True)
    ]
    subprocess.run(["icotool", "-x", "-o", tmp_path, file], check=True)
    ours = opened((tmp_path / "icon_1_16x16x32.png").read_bytes()).convert("RGBA")
    assert ours.tobytes() == opened(icons.png_of(project(tmp_path), 16)).tobytes()


def entries_of(icns: bytes) -> dict[bytes, bytes]:
    """The parts of a macOS icon by their names."""
    assert icns[:4] == b"icns"
    assert struct.unpack(">I", icns[4:8])[0] == len(icns)
    found, place = {}, 8
    while place < len(icns):
        name, (size,) = icns[place : place + 4], struct.unpack(">I", icns[place + 4 : place + 8])
        found[name] = icns[place + 8 : place + size]
        place += size
    assert place == len(icns)
    return found


def test_macos_gets_every_size_up_to_the_pictures_own(tmp_path: Path) -> None:
    entries = entries_of(icons.icns_of(project(tmp_path, icon=picture(tmp_path, 1024))))
    sizes = {name.decode(): opened(content).size[0] for name, content in entries.items()}
    assert sizes == {
        "icp4": 16,
        "icp5": 32,
        "ic11": 32,
        "ic12": 64,
        "ic07": 128,
        "ic08": 256,
        "ic13": 256,
        "ic09": 512,
        "ic14": 512,
        "ic10": 1024,
    }
    small = entries_of(icons.icns_of(project(tmp_path, icon=picture(tmp_path, 300))))
    assert max(opened(content).size[0] for content in small.values()) == 256


def test_pillow_reads_what_macos_gets(tmp_path: Path) -> None:
    image = opened(icons.icns_of(project(tmp_path, icon=picture(tmp_path, 512))))
    assert image.format == "ICNS"
    image.load()
    assert image.size == (512, 512)
    assert image.getpixel((9, 9)) == (255, 0, 0, 255)


def test_a_splash_is_white_where_it_was_transparent(tmp_path: Path) -> None:
    content = icons.bmp_of(picture(tmp_path, 300, 200))
    assert struct.unpack_from("<IiiHHI", content, 14) == (40, 300, 200, 1, 24, 0)
    image = opened(content)
    assert (image.format, image.mode, image.size) == ("BMP", "RGB", (300, 200))
    assert image.getpixel((9, 9)) == (255, 0, 0)
    assert image.getpixel((290, 190)) == (127, 127, 255)


def test_the_same_picture_is_the_same_bytes_whatever_its_file_says_beside_it(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    plain = project(tmp_path, icon=picture(tmp_path, 256))
    before = icons.png_of(plain, 256), icons.ico_of(plain), icons.icns_of(plain)
    notes = PngInfo()
    notes.add_text("Drawn by", "somebody at night")
    image = opened((tmp_path / "icon.png").read_bytes())
    image.save(tmp_path / "icon.png", pnginfo=notes, dpi=(72, 72), icc_profile=b"of a screen")
    assert (icons.png_of(plain, 256), icons.ico_of(plain), icons.icns_of(plain)) == before


@pytest.mark.parametrize(("width", "height"), [(255, 255), (512, 256), (1, 1)])
def test_what_is_too_small_or_not_square_is_no_icon(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(BuildError, match=f"{width} by {height} pixels. An icon must be square, 256"):
        icons.ico_of(project(tmp_path, icon=picture(tmp_path, width, height)))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", None])
def test_what_is_no_png_is_said_to_be_none(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "broken.png"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BuildError, match=r"broken\.png cannot be read as a PNG"):
        icons.png_of(project(tmp_path, icon=file), 64)


def test_a_png_that_ends_too_early_is_no_icon(tmp_path: Path) -> None:
    file = picture(tmp_path, 256)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(BuildError, match="cannot be read as a PNG"):
        icons.png_of(project(tmp_path, icon=file), 64)
