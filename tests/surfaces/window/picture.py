"""Reads PNG files as cairo and Chromium write them, so that tests can look at the colours in a screenshot."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

CHANNELS = {2: 3, 6: 4}  # PNG colour type: RGB, RGBA


class Picture:
    """`picture.at(x, y)` is an (r, g, b) triple."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), f"{path} is no PNG file"
        self.width, self.height, depth, kind = struct.unpack(">IIBB", data[16:26])
        assert depth == 8 and kind in CHANNELS, (depth, kind)
        self._channels = CHANNELS[kind]
        self._rows = self._unfilter(zlib.decompress(_image_data(data)))

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        start = x * self._channels
        red, green, blue = self._rows[y][start : start + 3]
        return red, green, blue

    def colors(self) -> set[tuple[int, int, int]]:
        """Every colour of every tenth pixel."""
        return {self.at(x, y) for x in range(0, self.width, 10) for y in range(0, self.height, 10)}

    def _unfilter(self, raw: bytes) -> list[bytes]:
        length = self.width * self._channels
        rows = [bytes(length)]
        for start in range(0, len(raw), length + 1):
            rows.append(self._unfilter_row(raw[start], raw[start + 1 : start + 1 + length], rows[-1]))
        return rows[1:]

    def _unfilter_row(self, kind: int, coded: bytes, above: bytes) -> bytes:
        if kind == 0:
            return coded
        row, step = bytearray(coded), self._channels
        for i in range(len(row)):
            left, corner = (row[i - step], above[i - step]) if i >= step else (0, 0)
            guesses = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))
            row[i] = (row[i] + guesses[kind]) & 255
        return bytes(row)


def _image_data(data: bytes) -> bytes:
    found, at = b"", 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        found += data[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return found


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda known: abs(guess - known))
