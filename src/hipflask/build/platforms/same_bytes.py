"""Takes the time and the random number out of an .msi, so that the same program is the same bytes.

Both stand in its summary, a "property set" of Microsoft's: a header of 28 bytes, what kind of set it is and where it begins;
there, how many bytes and properties it has, and for each its number and its place:

    9    the package's code, "{EA495430-…}"       here: of what is in the file, so two different files never share one
    12   when it was made, 13 when it was saved   here: the first of January 1980

An .msi is a small file system of its own, but the summary is short, and wixl writes it in one piece.
"""

from __future__ import annotations

import hashlib
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path

_SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
_CODE, _TIMES = 9, (12, 13)
_TEXT, _TIME = 30, 64  # kinds of properties
_CODE_LENGTH = 38
_FIRST_OF_1980 = struct.pack("<Q", 119_600_064_000_000_000)  # in tenths of a microsecond since 1601
_FAMILY = uuid.UUID("9f1f4c5a-6f0e-5d0b-8a3e-0e8a3a1c7b52")


def make_same(file: Path) -> None:
    """Change an .msi of wixl's in its place; one whose summary is written in another way stays as it is."""
    content = bytearray(file.read_bytes())
    code = None
    for number, kind, place in _properties(content):
        if number in _TIMES and kind == _TIME:
            content[place : place + 8] = _FIRST_OF_1980
        elif number == _CODE and kind == _TEXT:
            code = place + 4  # after its length
            content[code : code + _CODE_LENGTH] = bytes(_CODE_LENGTH)
    if code is not None:
        made = str(uuid.uuid5(_FAMILY, hashlib.sha256(content).hexdigest())).upper()
        content[code : code + _CODE_LENGTH] = f"{{{made}}}".encode()
        file.write_bytes(content)


def _properties(content: bytearray) -> Iterator[tuple[int, int, int]]:
    """The number of each property of the summary, its kind, and where its value begins."""
    found = content.find(_SUMMARY)
    if found < 0:
        return
    start = found - 28
    section = start + struct.unpack_from("<I", content, found + 16)[0]
    count = struct.unpack_from("<I", content, section + 4)[0]
    for number, offset in struct.iter_unpack("<II", content[section + 8 : section + 8 + 8 * count]):
        yield number, struct.unpack_from("<I", content, section + offset)[0], section + offset + 4
