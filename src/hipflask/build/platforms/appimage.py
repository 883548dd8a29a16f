"""An AppImage: one file that runs on most Linux computers as it is, without being installed.

It is a small program, the type-2 runtime of the AppImage project, with a squashfs of the bundle behind it, which the runtime
mounts and starts `AppRun` in. Neither comes with Hipflask: the runtime is a file that one downloads once from the AppImage
project's releases (type2-runtime, "runtime-x86_64"), and mksquashfs is part of squashfs-tools.

    HIPFLASK_APPIMAGE_RUNTIME=~/runtime-x86_64 hipflask build --format appimage

What is mounted can only be read, so the file `managed` says that updates are not the program's own affair.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from ...core.errors import BuildError
from ..bundle import Bundle
from ..sign import sign
from ..targets import Target
from .archives import Entry, of_bundle
from .desktop_entry import desktop_entry
from .format import Format
from .icons import png_of

RUNTIME = "HIPFLASK_APPIMAGE_RUNTIME"
_ICON_SIZE = 256
_MACHINES = {"x86_64": 62, "aarch64": 183}  # as an ELF file has them
_ELF_HEADER = 64
# Nothing of the hour, the user or the number of processors; xattrs are what this computer's own file system adds.
_SAME_BYTES = ("-mkfs-time", "0", "-all-time", "0", "-all-root", "-no-xattrs", "-no-exports")
_OPTIONS = ("-noappend", "-no-progress", "-quiet", "-comp", "zstd", *_SAME_BYTES)


def needs() -> str | None:
    """What is missing for an AppImage to be made here, and how to get it."""
    if shutil.which("mksquashfs") is None:
        return "An AppImage needs mksquashfs. Install it with: sudo apt install squashfs-tools"
    given = os.environ.get(RUNTIME, "")
    if not given:
        return (
            "An AppImage begins with the AppImage project's runtime. Download runtime-x86_64 (or runtime-aarch64) from the "
            f"releases of AppImage/type2-runtime on GitHub, and say where it is: {RUNTIME}=/path/of/runtime-x86_64"
        )
    if not Path(given).exists():
        return f"{RUNTIME} says {given}, and there is no such file."
    return None


def file_name(bundle: Bundle) -> str:
    """What the AppImage is called."""
    return f"{bundle.project.program}-{bundle.project.version}-{bundle.target.machine}.AppImage"


def make(bundle: Bundle, file: Path) -> None:
    """Make the AppImage."""
    if missing := needs():
        raise BuildError(missing)
    runtime = _runtime(bundle.target)
    with tempfile.TemporaryDirectory() as scratch:
        folder, image = Path(scratch, "AppDir"), Path(scratch, "squashfs")
        for entry in _entries(bundle):
            _lay(folder, entry)
        _pack(folder, image)
        with file.open("wb") as written, image.open("rb") as packed:
            written.write(runtime)
            shutil.copyfileobj(packed, written)
    file.chmod(0o755)
    sign(bundle.project, "sign-linux", file)


FORMAT = Format("appimage", file_name, make, needs)


def _runtime(target: Target) -> bytes:
    """The runtime; raises BuildError unless the squashfs would be found behind it, and it is for this processor."""
    path = Path(os.environ[RUNTIME])
    if path.is_dir():
        path /= f"runtime-{target.machine}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BuildError(f"The AppImage runtime {path} cannot be read: {error.strerror}.") from error
    if content[:4] != b"\x7fELF" or content[8:11] != b"AI\x02" or len(content) < _ELF_HEADER:
        raise BuildError(f"{path} is no AppImage runtime of type 2.")
    if int.from_bytes(content[18:20], "little") != _MACHINES[target.machine]:
        raise BuildError(f"{path} is an AppImage runtime for another processor than {target.machine}.")
    # The runtime looks for the squashfs where the table of sections ends, which is the last thing in an ELF file.
    (sections,) = struct.unpack_from("<Q", content, 40)
    size, count = struct.unpack_from("<HH", content, 58)
    if sections + size * count != len(content):
        raise BuildError(f"{path} has something behind its end already: it is not the runtime alone.")
    return content


def _entries(bundle: Bundle) -> list[Entry]:
    project = bundle.project
    icon = f"{project.id}.png"
    return [
        *of_bundle(bundle),
        Entry("managed", b"appimage\n"),
        Entry("AppRun", link=project.program),
        Entry(f"{project.id}.desktop", desktop_entry(project, project.program).encode()),
        Entry(icon, png_of(project, _ICON_SIZE)),
        Entry(".DirIcon", link=icon),
    ]


def _lay(folder: Path, entry: Entry) -> None:
    path = folder / entry.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.link:
        path.symlink_to(entry.link)
        return
    with entry.open() as content, path.open("wb") as file:
        shutil.copyfileobj(content, file)
    path.chmod(entry.mode)


def _pack(folder: Path, image: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)  # whatever this user's umask makes of a new folder
    # mksquashfs refuses to be told the time twice, and this variable is the other way to tell it.
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        ["mksquashfs", str(folder), str(image), *_OPTIONS],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip()
        raise BuildError(f"mksquashfs has ended with {done.returncode}: {said}")
