"""The resources of a Windows program: the icon that Explorer shows, who made it and which version it is, and its manifest.

    plain = binary(Target.parse("windows")).read_bytes()
    stock = edit(plain, icon=ico, version=VersionInfo("Stock", "1.4.0", "Example Ltd", file_name="Stock.exe"), manifest=MANIFEST)
    resources(stock)        {(3, 1): <a picture>, (14, 1): <which pictures are the icon>, (16, 1): <version>, (24, 1): <manifest>}

A program (PE, "portable executable") is a few headers and then sections, each with a name, a place in the file and one in
memory. Resources are the section ".rsrc", a tree three levels deep: kind, number, language. It is put behind all others, so
nothing else moves, and what was compiled stays as it was, byte for byte.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ...core.errors import BuildError

ICON, ICON_GROUP, VERSION, MANIFEST_KIND = 3, 14, 16, 24  # kinds of resources, as Windows numbers them
ENGLISH = 0x0409  # the language under which Windows looks last, and so always
UNICODE = 0x04B0

# Sharp on every monitor, no question for an administrator's password, today's buttons in message boxes; paths longer than
# 260 characters, and UTF-8 in what old parts of Windows call "the" character set.
MANIFEST = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <dependency>
    <dependentAssembly>
      <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
    </dependentAssembly>
  </dependency>
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security>
      <requestedPrivileges>
        <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
      </requestedPrivileges>
    </security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application>
      <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
    </application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
      <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
    </windowsSettings>
  </application>
</assembly>
"""

Resources = Mapping[tuple[int, int], bytes]  # by kind and number


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """What Windows shows about a program: in its properties, in the task manager, when it asks whether it may run."""

    name: str
    version: str
    publisher: str = ""
    description: str = ""
    copyright: str = ""
    file_name: str = ""


def edit(
    exe: bytes,
    *,
    icon: bytes | None = None,
    version: VersionInfo | None = None,
    manifest: bytes | None = None,
) -> bytes:
    """A program with other resources, those that are None as they were; raises BuildError for what is no such program.

    `icon` is a whole .ico file. A signature would not survive this, so a signed program is refused: sign afterwards.
    """
    image = _Image(exe)
    kept = image.resources()
    if icon is not None:
        kept = {key: content for key, content in kept.items() if key[0] not in (ICON, ICON_GROUP)} | _icon(
            icon
        )
    if version is not None:
        kept[VERSION, 1] = _version(version)
    if manifest is not None:
        kept[MANIFEST_KIND, 1] = manifest
    return image.with_resources(kept)


def resources(exe: bytes) -> Resources:
    """The resources of a program, by kind and number."""
    return _Image(exe).resources()


# ---- the file

_SECTION = struct.Struct(
    "<8sIIIIIIHHI"
)  # name, size and place in memory, size and place in the file, …, flags
_READABLE_DATA = 0x4000_0040


class _Image:
    """A program, with the few places of its headers that matter here."""

    def __init__(self, exe: bytes) -> None:
        self.exe = exe
        try:
            self.coff = struct.unpack_from("<I", exe, 0x3C)[0] + 4
            self.count, options = struct.unpack_from("<2xH12xH", exe, self.coff)
            self.options = self.coff + 20
            magic = struct.unpack_from("<H", exe, self.options)[0]
            if exe[:2] != b"MZ" or exe[self.coff - 4 : self.coff] != b"PE\0\0" or magic not in (0x10B, 0x20B):
                raise struct.error
            self.directories = self.options + (112 if magic == 0x20B else 96)
            self.table = self.options + options
            self.memory_step, self.file_step = struct.unpack_from("<II", exe, self.options + 32)
            self.sections = [
                _SECTION.unpack_from(exe, self.table + i * _SECTION.size) for i in range(self.count)
            ]
            self.place = struct.unpack_from("<I", exe, self.directories + 2 * 8)[0]
            signature = struct.unpack_from("<I", exe, self.directories + 4 * 8)[0]
        except struct.error:
            raise BuildError(
                "This is no program for Windows: its headers are damaged, or it has none."
            ) from None
        if signature:
            raise BuildError(
                "A signed program cannot be changed. Give it its icon and version first, then sign it."
            )

    def resources(self) -> dict[tuple[int, int], bytes]:
        """What its tree of resources holds."""
        found = [section for section in self.sections if self._holds_resources(section)]
        if not found:
            return {}
        _, _, start, size, offset, *_ = found[0]
        section = self.exe[offset : offset + size]
        return {
            (kind, number): self._content(section, start, leaf)
            for kind, numbers in _entries(section, 0)
            for number, languages in _entries(section, numbers)
            for _, leaf in _entries(section, languages)
        }

    def with_resources(self, contents: Resources) -> bytes:
        """The same program with these resources, at its end."""
        sections = self.sections
        if sections and self._holds_resources(sections[-1]):
            sections = sections[:-1]
        elif self.place:
            raise BuildError(
                "This program has its resources between other sections, so they cannot be replaced."
            )
        start = _up(max(each[2] + max(each[1], each[3]) for each in sections), self.memory_step)
        offset = _up(max(each[4] + each[3] for each in sections), self.file_step)
        content = _tree(contents, start)
        size = _up(len(content), self.file_step)
        header = (b".rsrc", len(content), start, size, offset, 0, 0, 0, 0, _READABLE_DATA)
        if self.table + (len(sections) + 1) * _SECTION.size > min(each[4] for each in sections if each[4]):
            raise BuildError("This program has no room for the header of another section.")
        behind = self.exe[max(each[4] + each[3] for each in self.sections) :]
        result = bytearray(self.exe[:offset].ljust(offset, b"\0") + content.ljust(size, b"\0") + behind)
        _SECTION.pack_into(result, self.table + len(sections) * _SECTION.size, *header)
        struct.pack_into("<H", result, self.coff + 2, len(sections) + 1)
        struct.pack_into("<II", result, self.directories + 2 * 8, start, len(content))
        data = sum(each[3] for each in [*sections, header] if each[9] & 0x40)
        struct.pack_into("<I", result, self.options + 8, data)
        struct.pack_into("<I", result, self.options + 56, _up(start + len(content), self.memory_step))
        struct.pack_into("<I", result, self.options + 64, 0)
        struct.pack_into("<I", result, self.options + 64, checksum(bytes(result)))
        return bytes(result)

    def _holds_resources(self, section: tuple[bytes, int, int, int]) -> bool:
        return bool(self.place) and section[2] == self.place

    def _content(self, section: bytes, start: int, leaf: int) -> bytes:
        place, size = struct.unpack_from("<II", section, leaf)
        return section[place - start : place - start + size]


def checksum(exe: bytes) -> int:
    """The sum that Windows demands of drivers and scanners compare: 16 bits at a time, plus the length."""
    words = array("H", exe + bytes(-len(exe) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(exe)


def _up(value: int, step: int) -> int:
    return -(-value // step) * step


# ---- the tree of resources: directories of 16 bytes with entries of 8, then leaves of 16, then what they stand for

_BRANCH = 0x8000_0000


def _tree(contents: Resources, start: int) -> bytes:
    kinds = [(kind, sorted(keys)) for kind, keys in groupby(sorted(contents), key=lambda key: key[0])]
    numbers_at = 16 + 8 * len(kinds)
    languages_at = numbers_at + sum(16 + 8 * len(keys) for _, keys in kinds)
    leaves_at = languages_at + 24 * len(contents)
    content_at = leaves_at + 16 * len(contents)

    top, middle, low, leaves, data = _directory(len(kinds)), b"", b"", b"", b""
    for kind, keys in kinds:
        top += struct.pack("<II", kind, _BRANCH | numbers_at + len(middle))
        middle += _directory(len(keys))
        for key in keys:
            middle += struct.pack("<II", key[1], _BRANCH | languages_at + len(low))
            low += _directory(1) + struct.pack("<II", ENGLISH, leaves_at + len(leaves))
            leaves += struct.pack("<IIII", start + content_at + len(data), len(contents[key]), 0, 0)
            data += contents[key] + bytes(-len(contents[key]) % 8)
    return top + middle + low + leaves + data


def _directory(count: int) -> bytes:
    return struct.pack("<IIHHHH", 0, 0, 0, 0, 0, count)


def _entries(section: bytes, at: int) -> Iterator[tuple[int, int]]:
    at &= ~_BRANCH
    named, numbered = struct.unpack_from("<12xHH", section, at)
    for i in range(named + numbered):
        yield struct.unpack_from("<II", section, at + 16 + 8 * i)


# ---- icon and version


def _icon(ico: bytes) -> dict[tuple[int, int], bytes]:
    """An .ico file as resources: each picture by itself, and the list of them."""
    try:
        zero, kind, count = struct.unpack_from("<HHH", ico)
        entries = [struct.unpack_from("<8sII", ico, 6 + 16 * i) for i in range(count)]
    except struct.error:
        zero, kind, count, entries = 1, 0, 0, []
    if (zero, kind) != (0, 1) or not count or any(size + offset > len(ico) for _, size, offset in entries):
        raise BuildError(f"This is no icon in Windows' form (.ico): it begins with {ico[:6].hex(' ')!r}.")
    pictures = {(ICON, i): ico[offset : offset + size] for i, (_, size, offset) in enumerate(entries, 1)}
    listed = b"".join(struct.pack("<8sIH", shape, size, i) for i, (shape, size, _) in enumerate(entries, 1))
    return pictures | {(ICON_GROUP, 1): ico[:6] + listed}


def _version(info: VersionInfo) -> bytes:
    texts = {
        "Comments": info.description,
        "CompanyName": info.publisher,
        "FileDescription": info.name,  # what the task manager calls it
        "FileVersion": info.version,
        "InternalName": info.file_name.removesuffix(".exe"),
        "LegalCopyright": info.copyright,
        "OriginalFilename": info.file_name,
        "ProductName": info.name,
        "ProductVersion": info.version,
    }
    strings = b"".join(_node(key, value, b"") for key, value in texts.items() if value)
    table = _node("StringFileInfo", "", _node(f"{ENGLISH:04x}{UNICODE:04x}", "", strings))
    translation = _node("VarFileInfo", "", _node("Translation", struct.pack("<HH", ENGLISH, UNICODE), b""))
    return _node("VS_VERSION_INFO", _fixed(info.version), table + translation)


def _fixed(version: str) -> bytes:
    """The version as four numbers, of what begins with some: "1.4rc2" is 1.4.0.0; installers compare these."""
    begin = re.match(r"\d+(\.\d+){0,3}", version)
    numbers = [min(int(each), 0xFFFF) for each in begin[0].split(".")] if begin else []
    one, two, three, four = [*numbers, 0, 0, 0, 0][:4]
    both = (one << 16 | two, three << 16 | four)
    windows, program = 0x40004, 1
    return struct.pack("<13I", 0xFEEF04BD, 0x10000, *both, *both, 0x3F, 0, windows, program, 0, 0, 0)


def _node(key: str, value: bytes | str, children: bytes) -> bytes:
    """One piece of a version: its length, its value's, whether that is text, a key, the value, the pieces within it."""
    is_text = isinstance(value, str)
    content = value if isinstance(value, bytes) else (value + "\0").encode("utf-16-le") if value else b""
    length = len(content) // 2 if is_text else len(content)
    head = _padded(struct.pack("<HHH", 0, length, is_text) + (key + "\0").encode("utf-16-le"))
    whole = _padded(head + content) + children if children else head + content
    return _padded(struct.pack("<H", len(whole)) + whole[2:])


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)
