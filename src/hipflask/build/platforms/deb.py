"""A package for Debian, Ubuntu and whatever else has dpkg, made without any tool of theirs.

A .deb is an `ar` archive of three members: the form's version, what dpkg is to know (`control`), and the files:

    opt/com.example.stock/…                   the bundle, with the file `managed`: updates are the administrator's
    usr/bin/stock                             a link to the launcher
    usr/share/applications, icons, mime       for the desktop; dpkg's triggers tell it that they have come or gone
    etc/xdg/autostart                         if the program starts with the session
    usr/share/doc/…/copyright

The package is called after the program's id, not its name: a "hello" or a "stock" of Debian's own would replace ours one day.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import tempfile
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from ..bundle import Bundle
from ..project import Project
from ..sign import sign
from .archives import Entry, of_bundle, write_tar
from .desktop_entry import autostart_entry, desktop_entry
from .format import Format

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Any of these shows the window: the first is what it is made for, the others are browsers that can do without their frame.
_WINDOW = (
    "libwebkit2gtk-4.1-0 | libwebkit2gtk-4.0-37 | chromium | google-chrome-stable | microsoft-edge-stable"
)
_OLDEST_GLIBC = 17  # 2.17 is what the launcher is built for
_GLIBC = re.compile(rb"\0GLIBC_2\.(\d{1,3})(?:\.\d+)?(?=\0)")
# dpkg removes the files that it has put there. What the program has left beside them when an administrator ran it goes, too.
# DPKG_ROOT is empty but where dpkg works on another system's files without entering them.
_AFTER_REMOVAL = """#!/bin/sh
set -e
case "$1" in
  remove|purge) rm -rf "$DPKG_ROOT/opt/{id}" ;;
esac
"""


def file_name(bundle: Bundle) -> str:
    """What the package's file is called, as Debian calls its own."""
    project = bundle.project
    return f"{project.id}_{project.version}_{ARCHITECTURES[bundle.target.machine]}.deb"


def make(bundle: Bundle, file: Path) -> None:
    """Make the package."""
    entries = sorted(_entries(bundle), key=lambda entry: entry.path)
    with file.open("wb") as package, tempfile.TemporaryFile() as data:
        _write_xz(data, entries)
        control = io.BytesIO()
        _write_xz(control, _control_files(bundle, entries))
        package.write(b"!<arch>\n")
        _add_member(package, "debian-binary", io.BytesIO(b"2.0\n"))
        _add_member(package, "control.tar.xz", control)
        _add_member(package, "data.tar.xz", data)
    sign(bundle.project, "sign-linux", file)


FORMAT = Format("deb", file_name, make)


def control(bundle: Bundle, entries: Iterable[Entry]) -> str:
    """What dpkg is to know of the package."""
    project = bundle.project
    lines = {
        "Package": project.id,
        "Version": project.version,
        "Architecture": ARCHITECTURES[bundle.target.machine],
        "Maintainer": project.publisher,
        "Installed-Size": str(sum(-(-entry.size // 1024) for entry in entries)),
        "Depends": f"libc6 (>= 2.{_newest_glibc(bundle)}), {_WINDOW}",
        "Section": "misc",
        "Priority": "optional",
        "Homepage": project.homepage,
        "Description": _folded(project),
    }
    return "".join(f"{key}: {value}\n" for key, value in lines.items() if value)


def _entries(bundle: Bundle) -> list[Entry]:
    project = bundle.project
    home = f"opt/{project.id}"
    program = f"/{home}/{project.program}"
    files = [_placed(entry, home) for entry in of_bundle(bundle)]
    files += [
        Entry(f"{home}/managed", b"dpkg\n"),
        Entry(f"usr/bin/{project.program}", link=program),
        Entry(f"usr/share/applications/{project.id}.desktop", desktop_entry(project, program).encode()),
        Entry(f"usr/share/doc/{project.id}/copyright", _copyright(project).encode()),
    ]
    if project.autostart:
        files.append(Entry(_autostart(project), autostart_entry(project, program).encode()))
    return files


def _placed(entry: Entry, home: str) -> Entry:
    path = f"usr/{entry.path}" if entry.path.startswith("share/") else f"{home}/{entry.path}"
    return Entry(path, entry.content, entry.is_executable)


def _autostart(project: Project) -> str:
    return f"etc/xdg/autostart/{project.id}.desktop"


def _copyright(project: Project) -> str:
    source = f"Source: {project.homepage}\n" if project.homepage else ""
    return f"{project.name} {project.version}\n{source}Copyright: {project.publisher}\n"


def _control_files(bundle: Bundle, entries: list[Entry]) -> list[Entry]:
    project = bundle.project
    files = [
        Entry("control", control(bundle, entries).encode()),
        Entry("md5sums", "".join(map(_md5_line, entries)).encode()),
        Entry("postrm", _AFTER_REMOVAL.format(id=project.id).encode(), is_executable=True),
    ]
    if project.autostart:
        # What is in /etc is the administrator's to change, and dpkg must be told so.
        files.append(Entry("conffiles", f"/{_autostart(project)}\n".encode()))
    return files


def _md5_line(entry: Entry) -> str:
    if entry.link:
        return ""
    with entry.open() as content:
        return f"{hashlib.file_digest(content, 'md5').hexdigest()}  {entry.path}\n"


def _folded(project: Project) -> str:
    """A line of its own, and then the rest with a space before each line."""
    lines = textwrap.wrap(project.description, 78)
    if len(lines) > 1:
        return "\n ".join([project.name, *lines])
    return f"{project.description}\n {project.name} {project.version}, by {project.publisher}"


def _newest_glibc(bundle: Bundle) -> int:
    """The least glibc that all of it runs with: the newest that any of its native files asks for."""
    newest = _OLDEST_GLIBC
    for layer in bundle.layers:
        for file in layer.files:
            content = (layer.folder / file.path).read_bytes()
            if content.startswith(b"\x7fELF"):
                newest = max([newest, *(int(found[1]) for found in _GLIBC.finditer(content))])
    return newest


def _write_xz(file: IO[bytes], entries: Iterable[Entry]) -> None:
    with lzma.open(file, "wb") as packed:
        write_tar(packed, entries, is_package=True)


def _add_member(package: IO[bytes], name: str, content: IO[bytes]) -> None:
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    package.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{size:<10}`\n".encode())
    while block := content.read(1 << 20):
        package.write(block)
    package.write(b"\n" * (size % 2))
