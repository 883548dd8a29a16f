"""Libraries of Linux without what only a debugger reads: uvloop's has 15.7 MB with it and 1.8 without.

An ELF file is what is loaded into memory, as its program headers (segments) say, and then, for tools, a table of sections
and those sections that are not loaded: symbols, lines of source, comments. Everything that is loaded comes first, so what
is loaded can stay where it is, byte for byte; what follows goes, and a shorter table of sections is written anew:

    before   header, segments | .debug_info .debug_line … .symtab .strtab .shstrtab | table of 40 sections
    after    header, segments | .shstrtab | table of 26 sections

`strip` of binutils does the same, but it is not on every computer that builds, knows the processor of that computer only,
and its output differs between versions.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENTS, _SECTIONS, _SEGMENT_COUNT, _SECTION_COUNT, _NAMES_AT = 5, 6, 10, 12, 13  # of the header's fields
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_MAGIC = b"\x7fELF\x02\x01"  # of 64 bits, the smallest byte first: what both of our processors use
_SHARED = 3  # a library, or a program that may be loaded anywhere
_LOADED = 2  # the flag of a section that is in memory
_NAMES = 3  # the type of a table of names
_NOWHERE = 8  # the type of a section that has no bytes in the file
_ALIGNED = 8  # where a table of sections may begin


class _Section(NamedTuple):
    """One line of the table of sections; `name` is where in the table of names it begins."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


def strip(folder: Path) -> int:
    """Strip every library in a folder; says how many bytes that saved."""
    saved = 0
    for path in sorted(folder.rglob("*.so*")):
        before = path.read_bytes()
        after = stripped(before)
        if len(after) < len(before):
            path.write_bytes(after)
            saved += len(before) - len(after)
    return saved


def stripped(content: bytes) -> bytes:
    """A library without what is not loaded; itself, where it is put together in a way that this does not know."""
    if not content.startswith(_MAGIC):
        return content
    try:
        return _stripped(content)
    except (struct.error, IndexError, ValueError):
        return content


def _stripped(content: bytes) -> bytes:
    header = list(_HEADER.unpack_from(content))
    sections = [
        _Section(*_SECTION.unpack_from(content, header[_SECTIONS] + number * _SECTION.size))
        for number in range(header[_SECTION_COUNT])
    ]
    end = _end_of_segments(content, header[_SEGMENTS], header[_SEGMENT_COUNT])
    loaded = [section for section in sections[1:] if section.flags & _LOADED]
    # Symbols name sections by their numbers, so these must not change: the loaded ones have to be the first, as they are.
    is_known = header[1] == _SHARED and loaded and loaded == sections[1 : 1 + len(loaded)]
    if not is_known or any(each.offset + each.size > end for each in loaded if each.type != _NOWHERE):
        return content
    names = content[sections[header[_NAMES_AT]].offset :]
    return _assembled(content[:end], header, [sections[0], *loaded], names)


def _end_of_segments(content: bytes, start: int, count: int) -> int:
    """Where the last byte that is loaded is followed by others."""
    end = start + count * _SEGMENT.size
    for number in range(count):
        _, _, offset, _, _, size, _, _ = _SEGMENT.unpack_from(content, start + number * _SEGMENT.size)
        end = max(end, offset + size)
    return end


def _assembled(loaded: bytes, header: list[int], sections: list[_Section], names: bytes) -> bytes:
    """The file anew: what is loaded, then the names and the table of the sections that are left."""
    strings, table = bytearray(b"\0"), []
    for section in sections:
        name = names[section.name : names.index(b"\0", section.name)]
        is_there = section.link < len(sections)
        table.append(section._replace(name=len(strings) if name else 0, link=section.link if is_there else 0))
        strings += name + b"\0" if name else b""
    own_name = len(strings)
    strings += b".shstrtab\0"
    table.append(_Section(own_name, _NAMES, 0, 0, len(loaded), len(strings), 0, 0, 1, 0))
    body = loaded + strings
    body += bytes(-len(body) % _ALIGNED)
    header[_SECTIONS], header[_SECTION_COUNT], header[_NAMES_AT] = len(body), len(table), len(sections)
    return _HEADER.pack(*header) + body[_HEADER.size :] + b"".join(_SECTION.pack(*each) for each in table)
