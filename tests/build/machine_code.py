"""Just enough of two formats of programs to check what a compiler has made: Mach-O and its signature, for macOS."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

EXECUTABLE = 2
PROCESSORS = {0x0100_0007: "x86_64", 0x0100_000C: "aarch64"}
LOAD_LIBRARY, SIGNATURE, VERSION_OLD, VERSION = 0xC, 0x1D, 0x24, 0x32
ADHOC = 0x2
SUPER_BLOB, CODE_DIRECTORY = 0xFADE_0CC0, 0xFADE_0C02


@dataclass(frozen=True)
class MachO:
    """A program for macOS: its headers are little-endian commands, one after another."""

    content: bytes

    @property
    def processor(self) -> str:
        magic, kind, _, file_type = struct.unpack_from("<IIII", self.content)
        assert magic == 0xFEED_FACF and file_type == EXECUTABLE
        return PROCESSORS[kind]

    @property
    def commands(self) -> list[tuple[int, bytes]]:
        (count,) = struct.unpack_from("<I", self.content, 16)
        found, at = [], 32
        for _ in range(count):
            kind, size = struct.unpack_from("<II", self.content, at)
            found.append((kind & 0x7FFF_FFFF, self.content[at : at + size]))
            at += size
        return found

    @property
    def oldest_macos(self) -> tuple[int, int]:
        """The first version that it says it runs on."""
        for kind, command in self.commands:
            if kind in (VERSION, VERSION_OLD):
                (version,) = struct.unpack_from("<I", command, 12 if kind == VERSION else 8)
                return version >> 16, version >> 8 & 0xFF
        raise AssertionError("it names no version of macOS")

    @property
    def libraries(self) -> list[str]:
        found = [command for kind, command in self.commands if kind == LOAD_LIBRARY]
        return [each[struct.unpack_from("<I", each, 8)[0] :].rstrip(b"\0").decode() for each in found]

    @property
    def signature(self) -> CodeDirectory | None:
        """What it is signed with, if it is."""
        for kind, command in self.commands:
            if kind == SIGNATURE:
                offset, size = struct.unpack_from("<II", command, 8)
                return CodeDirectory.of(self.content[offset : offset + size], offset)
        return None


@dataclass(frozen=True)
class CodeDirectory:
    """The part of a signature that holds a hash of every page of the program; big-endian, as Apple once was."""

    flags: int
    limit: int  # bytes that are signed
    page: int  # bytes of a page
    hashes: list[bytes]
    identifier: str
    offset: int  # of the signature in the file

    @classmethod
    def of(cls, blob: bytes, offset: int) -> CodeDirectory:
        magic, _, count = struct.unpack_from(">III", blob)
        assert magic == SUPER_BLOB
        places = [struct.unpack_from(">II", blob, 12 + 8 * i)[1] for i in range(count)]
        start = next(each for each in places if struct.unpack_from(">I", blob, each)[0] == CODE_DIRECTORY)
        _, _, _, flags, first, name, _, slots, limit = struct.unpack_from(">9I", blob, start)
        size, kind, _, page = struct.unpack_from(">BBBB", blob, start + 36)
        assert (size, kind) == (32, 2), "its hashes are not SHA-256"
        hashes = [blob[start + first + size * i : start + first + size * (i + 1)] for i in range(slots)]
        identifier = blob[start + name : blob.index(b"\0", start + name)].decode()
        return cls(flags, limit, 1 << page, hashes, identifier, offset)

    def is_of(self, content: bytes) -> bool:
        """Whether every page of the program has the hash that was signed."""
        pages = [content[at : min(at + self.page, self.limit)] for at in range(0, self.limit, self.page)]
        return [hashlib.sha256(page).digest() for page in pages] == self.hashes
