"""Linux: what surrounds the layers there, and the archive that any Linux can unpack.

    stock-1.4.0/
      stock             the launcher: the program runs from here as it stands
      current, releases/, layers/
      share/            icons and kinds of files, in the folders that desktops look in
      install           puts all this into ~/.local/opt/com.example.stock and the program into the menu
      uninstall         takes it away again, without the user's data

`deb.py` makes a package of the same files, `appimage.py` a single file that runs.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from ..bundle import Bundle
from ..project import Project
from ..release import Release
from ..sign import sign
from ..targets import Target
from . import appimage, deb
from .archives import Entry, of_bundle, write_tar_gz
from .desktop_entry import autostart_entry, desktop_entry, mime_package
from .format import Format
from .icons import png_of

ICON_SIZES = (48, 128, 256)
_PROGRAM = "@"  # where `install` puts the path of the installed program
_HERE = Path(__file__).parent


def folder_name(project: Project) -> str:
    """What the bundle's folder is called: what people type."""
    return project.program


def root_in(folder: Path, project: Project) -> Path:
    """Where `current`, `releases` and `layers` stand within a bundle's folder."""
    return folder


def frame(project: Project, target: Target, release: Release, folder: Path) -> None:
    """Write what surrounds the layers: the launcher, the icons, the kinds of files."""
    from ..launcher import binary

    program = folder / project.program
    _write(program, binary(target).read_bytes())
    program.chmod(0o755)
    for size in ICON_SIZES:
        icon = folder / f"share/icons/hicolor/{size}x{size}/apps/{project.id}.png"
        _write(icon, png_of(project, size))
    if kinds := mime_package(project):
        _write(folder / f"share/mime/packages/{project.id}.xml", kinds.encode())


def archive_name(bundle: Bundle) -> str:
    """What the archive is called."""
    return f"{bundle.project.program}-{bundle.project.version}-{bundle.target}.tar.gz"


def make_archive(bundle: Bundle, file: Path) -> None:
    """Make the .tar.gz, with the scripts that install it for one user and remove it."""
    project = bundle.project
    prefix = f"{project.program}-{project.version}/"
    write_tar_gz(file, [*of_bundle(bundle, prefix), *_beside(project, prefix)])
    sign(project, "sign-linux", file)


def _beside(project: Project, prefix: str) -> list[Entry]:
    """What the archive has beside the bundle: the scripts, and the entries for the desktop without the path in them."""
    share = f"{prefix}share"
    entries = [
        Entry(prefix + name, script(project, name), is_executable=True) for name in ("install", "uninstall")
    ]
    entries.append(
        Entry(f"{share}/applications/{project.id}.desktop", desktop_entry(project, _PROGRAM).encode())
    )
    if project.autostart:
        entries.append(
            Entry(f"{share}/autostart/{project.id}.desktop", autostart_entry(project, _PROGRAM).encode())
        )
    return entries


def script(project: Project, name: str) -> bytes:
    """The script "install" or "uninstall": what it must know of the program, and then what is the same for all."""
    known = {"id": project.id, "name": project.name, "program": project.program, "version": project.version}
    said = "".join(f"{key}={shlex.quote(value)}\n" for key, value in known.items())
    common, own = ((_HERE / f"{part}.sh").read_text(encoding="utf-8") for part in ("installing", name))
    return f"#!/bin/sh\nset -eu\n\n{said}\n{common}\n{own}".encode()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(0o644)


FORMATS: Mapping[str, Format] = {
    "tar.gz": Format("tar.gz", archive_name, make_archive),
    "deb": deb.FORMAT,
    "appimage": appimage.FORMAT,
}
