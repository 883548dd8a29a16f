"""Pythons that only look like some: archives laid out as python-build-standalone's, with a head that tells their target."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hipflask.build.targets import Target

BUILDER = "/build/ann"
SYSCONFIG = f"""# system configuration generated and used by the sysconfig module
build_time_vars = {{'CC': 'gcc -pthread',
 'CFLAGS': '-O3 '
           '-I{BUILDER}/deps/include',
 'HAVE_FORK': 1,
 'Py_GIL_DISABLED': 0,
 'TZPATH': '/usr/share/zoneinfo:/etc/zoneinfo',
 'prefix': '{BUILDER}/python'}}
"""


@dataclass(frozen=True)
class Link:
    """A symbolic link, or a hard one, and where it leads."""

    to: str
    hard: bool = False


Entry = bytes | Link


def head(target: Target) -> bytes:
    """How a library for a target begins."""
    is_intel = target.machine == "x86_64"
    if target.system == "linux":
        return (
            b"\x7fELF\x02\x01\x01".ljust(18, b"\0")
            + (b"\x3e\0" if is_intel else b"\xb7\0")
            + b"\0GLIBC_2.17\0"
        )
    if target.system == "macos":
        return b"\xcf\xfa\xed\xfe" + (b"\x07\0\0\x01" if is_intel else b"\x0c\0\0\x01")
    pe = b"PE\0\0" + (b"\x64\x86" if is_intel else b"\x64\xaa")
    return b"MZ".ljust(0x3C, b"\0") + b"\x80\0\0\0" + bytes(0x40) + pe


def posix(target: Target, minor: int = 14, patch: int = 7) -> dict[str, Entry]:
    """The parts of an install_only archive for Linux or macOS that matter here."""
    stdlib, shared = f"lib/python3.{minor}", {"linux": "so", "macos": "dylib"}[target.system]
    triple = {"linux": "x86_64-linux-gnu", "macos": "darwin"}[target.system]
    files: dict[str, Entry] = {
        f"bin/python3.{minor}": head(target) + b" static",
        "bin/python3": Link(f"python3.{minor}"),
        "bin/python": Link(f"python3.{minor}"),
        "bin/pip": b"#!/bin/sh\n",
        f"bin/2to3-3.{minor}": Link("pip", hard=True),
        f"include/python3.{minor}/patchlevel.h": f'#define PY_VERSION              "3.{minor}.{patch}"\n'.encode(),
        "lib/itcl4.3.8/itcl.tcl": b"",
        "lib/tcl9.0/init.tcl": b"",
        "lib/tk9.0/tk.tcl": b"",
        "lib/thread3.0.6/pkgIndex.tcl": b"",
        f"lib/libtcl9.0.{shared}": head(target),
        f"lib/libtcl9tk9.0.{shared}": head(target),
        "lib/pkgconfig/python3.pc": b"prefix=${pcfiledir}/../..\n",
        "share/man/man1/python3.1": b"",
        "share/terminfo/x/xterm": b"",
        "share/terminfo/78/xterm": Link("../x/xterm"),
        f"{stdlib}/EXTERNALLY-MANAGED": b"",
        f"{stdlib}/LICENSE.txt": b"PSF",
        f"{stdlib}/__pycache__/os.cpython-314.pyc": b"",
        f"{stdlib}/_sysconfigdata__{triple}.py": SYSCONFIG.encode(),
        f"{stdlib}/_sysconfig_vars__{triple}.json": b'{"prefix": "/build/ann/python", "CC": "gcc"}',
        f"{stdlib}/build-details.json": b'{"base_prefix": "/build/ann/python"}',
        f"{stdlib}/asyncio/__init__.py": b"",
        f"{stdlib}/config-3.{minor}-{triple}/Makefile": b"prefix=/build/ann/python",
        f"{stdlib}/config-3.{minor}-{triple}/libpython3.{minor}.a": b"!<arch>",
        f"{stdlib}/curses/__init__.py": b"",
        f"{stdlib}/dbm/sqlite3.py": b"",
        f"{stdlib}/encodings/__init__.py": b"",
        f"{stdlib}/encodings/big5.py": b"",
        f"{stdlib}/ensurepip/_bundled/pip-26.whl": b"",
        f"{stdlib}/idlelib/idle.py": b"",
        f"{stdlib}/lib-dynload/.empty": b"",
        f"{stdlib}/lib-dynload/_testcapi.so": head(target),
        f"{stdlib}/lib-dynload/_tkinter.so": head(target),
        f"{stdlib}/os.py": b"import sys\n",
        f"{stdlib}/pydoc_data/topics.py": b"",
        f"{stdlib}/site-packages/pip/__init__.py": b"",
        f"{stdlib}/sqlite3/__init__.py": b"",
        f"{stdlib}/test/__init__.py": b"",
        f"{stdlib}/tkinter/__init__.py": b"",
        f"{stdlib}/turtle.py": b"",
        f"{stdlib}/turtledemo/clock.py": b"",
        f"{stdlib}/unittest/__init__.py": b"",
        f"{stdlib}/venv/scripts/common/activate": b"",
    }
    if target.system == "linux":
        files |= {
            f"lib/libpython3.{minor}.so": Link(f"libpython3.{minor}.so.1.0"),
            f"lib/libpython3.{minor}.so.1.0": head(target) + b" libpython",
            "lib/libpython3.so": head(target),
        }
    else:
        files[f"lib/libpython3.{minor}.dylib"] = head(target) + b" libpython"
    return files


def windows(target: Target, minor: int = 14, patch: int = 7) -> dict[str, Entry]:
    """The parts of an install_only archive for Windows that matter here."""
    named = {
        name: head(target) + name.encode()
        for name in (
            "python.exe",
            "pythonw.exe",
            "python3.dll",
            f"python3{minor}.dll",
            "vcruntime140.dll",
            "vcruntime140_1.dll",
            "DLLs/_ctypes.pyd",
            "DLLs/_sqlite3.pyd",
            "DLLs/_ssl.pyd",
            "DLLs/_testcapi.pyd",
            "DLLs/_tkinter.pyd",
            "DLLs/libcrypto-3-x64.dll",
            "DLLs/libffi-8.dll",
            "DLLs/libssl-3-x64.dll",
            "DLLs/libtommath.dll",
            "DLLs/sqlite3.dll",
            "DLLs/tcl90.dll",
            "DLLs/tcl9tk90.dll",
            "DLLs/xxlimited.pyd",
            "DLLs/zlib1.dll",
        )
    }
    return named | {
        f"python3{minor}.pdb": b"symbols",
        "DLLs/_ctypes.pdb": b"symbols",
        "DLLs/py.ico": b"",
        "LICENSE.txt": b"PSF",
        "Lib/__pycache__/os.cpython-314.pyc": b"",
        "Lib/encodings/__init__.py": b"",
        "Lib/ensurepip/__init__.py": b"",
        "Lib/idlelib/idle.pyw": b"",
        "Lib/os.py": b"import sys\n",
        "Lib/pydoc_data/topics.py": b"",
        "Lib/site-packages/pip/__init__.py": b"",
        "Lib/sqlite3/__init__.py": b"",
        "Lib/test/test_os.py": b"",
        "Lib/tkinter/__init__.py": b"",
        "Lib/turtle.py": b"",
        "Lib/venv/scripts/nt/python.exe": head(target),
        "Scripts/.empty": b"",
        "include/patchlevel.h": f'#define PY_VERSION "3.{minor}.{patch}"\n'.encode(),
        "libs/python3.lib": b"!<arch>",
        "tcl/tk9.0/tk.tcl": b"",
    }


def python(target: Target, minor: int = 14, patch: int = 7) -> dict[str, Entry]:
    """What looks like a Python for a target."""
    return (windows if target.system == "windows" else posix)(target, minor, patch)


def pack(file: Path, files: Mapping[str, Entry], top: str = "python/") -> Path:
    """Write an archive, in no particular order; its form goes by its name."""
    kind = file.suffix.removeprefix(".")
    with tarfile.open(file, f"w:{kind}" if kind in ("gz", "xz") else "w") as archive:
        for path, entry in sorted(files.items(), key=lambda each: each[0][::-1]):
            member = tarfile.TarInfo(f"{top}{path}")
            if isinstance(entry, Link):
                member.type = tarfile.LNKTYPE if entry.hard else tarfile.SYMTYPE
                # A hard link names a member of the archive, a symbolic one a place seen from where it is.
                member.linkname = f"{top}{Path(path).parent / entry.to}" if entry.hard else entry.to
                archive.addfile(member)
            else:
                member.size, member.mode = len(entry), 0o755
                archive.addfile(member, io.BytesIO(entry))
    return file


def lay(folder: Path, files: Mapping[str, Entry]) -> Path:
    """Put the files into a folder, links as links."""
    for path, entry in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, Link):
            file.symlink_to(entry.to)
        else:
            file.write_bytes(entry)
    return folder
