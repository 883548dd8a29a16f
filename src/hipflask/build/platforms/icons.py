"""The program's picture in each system's own form, made of one PNG.

    png_of(project, 128)    for Linux
    ico_of(project)         for Windows: seven sizes in one file
    icns_of(project)        for macOS: every size up to the picture's own
    bmp_of(splash)          what the launcher shows until there is a window

Both containers are simple, and Pillow's writers for them leave out sizes that matter or need tools of Apple's: we write our own.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import BuildError, MissingPart
from ..project import Project

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT = Path(__file__).with_name("icon.png")
SMALLEST = 256  # what Windows shows in its larger views; anything less would be blown up
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# A PNG is understood at any size since Windows Vista, but older corners of Windows still show smaller ones as nothing.
_PNG_FROM = 256
# Apple's name of each size in pixels; two of a size are the plain one and the sharp one of half as many points.
_ICNS = (
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic13", 256),
    (b"ic09", 512),
    (b"ic14", 512),
    (b"ic10", 1024),
)


def png_of(project: Project, size: int) -> bytes:
    """The icon as a PNG of `size` by `size` pixels."""
    return _png(_resized(_icon(project), size))


def ico_of(project: Project) -> bytes:
    """The icon as Windows wants it, in every size from 16 to 256 pixels."""
    icon = _icon(project)
    images = [_ico_image(_resized(icon, size)) for size in ICO_SIZES]
    index, offset = b"", 6 + 16 * len(images)
    for size, image in zip(ICO_SIZES, images, strict=True):
        side = size % 256  # 256 is written as 0
        index += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(image), offset)
        offset += len(image)
    return struct.pack("<HHH", 0, 1, len(images)) + index + b"".join(images)


def icns_of(project: Project) -> bytes:
    """The icon as macOS wants it, in every size from 16 pixels to the picture's own, 1024 at most."""
    icon = _icon(project)
    pngs = {size: _png(_resized(icon, size)) for _, size in _ICNS if size <= icon.width}
    entries = b"".join(
        name + struct.pack(">I", 8 + len(pngs[size])) + pngs[size] for name, size in _ICNS if size in pngs
    )
    return b"icns" + struct.pack(">I", 8 + len(entries)) + entries


def bmp_of(picture: Path) -> bytes:
    """A PNG as a BMP of 24 bits, on white where it is transparent: what Windows draws without any library."""
    from PIL.Image import new

    image = _open(picture)
    flat = new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    file = io.BytesIO()
    flat.save(file, "BMP")
    return file.getvalue()


def _icon(project: Project) -> Image:
    path = project.icon or DEFAULT
    icon = _open(path)
    if icon.width != icon.height or icon.width < SMALLEST:
        raise BuildError(
            f"{path} is {icon.width} by {icon.height} pixels. An icon must be square, "
            f"{SMALLEST} pixels or more on each side; 1024 is what macOS shows at best."
        )
    return icon


def _open(path: Path) -> Image:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingPart('Icons are made by Pillow. Run: pip install "hipflask[build]"') from error
    try:
        with Image.open(path, formats=("PNG",)) as image:
            converted = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BuildError(f"{path} cannot be read as a PNG: {error}.") from error
    converted.info.clear()  # what its file says beside it, of screens and programs, would go into every size
    return converted


def _resized(icon: Image, size: int) -> Image:
    from PIL.Image import Resampling

    return icon if icon.width == size else icon.resize((size, size), Resampling.LANCZOS)


def _png(image: Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _ico_image(image: Image) -> bytes:
    """One size: the lower rows first, blue before red, and then a mask that nobody has read since there is transparency."""
    side = image.width
    if side >= _PNG_FROM:
        return _png(image)
    header = struct.pack("<IiiHHIIiiII", 40, side, 2 * side, 1, 32, 0, 0, 0, 0, 0, 0)
    mask_row = (side + 31) // 32 * 4
    return header + image.tobytes("raw", "BGRA", 0, -1) + bytes(mask_row * side)
