"""Build the launchers of all targets again, and compare them with what is committed: the same source gives the same bytes.

    python scripts/launchers.py                    says which differ, and fails if one does
    python scripts/launchers.py --write            puts the new ones, and their checksums, in the place of the old
    python scripts/launchers.py linux-x86_64       only this one

The compiler is Zig's, for all systems at once; pip brings it into a temporary folder unless it is installed. Another
version of it gives other bytes, so there is one for everybody.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ZIG = "ziglang==0.17.1"
REPOSITORY = Path(__file__).resolve().parent.parent
LAUNCHER = REPOSITORY / "src/hipflask/build/launcher"
STANDIN = REPOSITORY / "tests/build/standin"  # what the tests load in Python's place
CHECKSUMS = LAUNCHER / "checksums.txt"

# No debug information, no build id, no path of this machine: nothing of where and when.
EVERYWHERE = [
    "-std=c11",
    "-Os",
    "-g0",
    "-s",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fvisibility=hidden",
    "-fno-sanitize=undefined",
]
EVERYWHERE += ["-fno-asynchronous-unwind-tables", "-ffunction-sections", "-Wl,--gc-sections"]
COMMON = ["launcher.c", "python.c"]
LINUX = [
    *COMMON,
    "system_posix.c",
    "splash_x11.c",
    *["-ldl", "-rdynamic", "-fPIE", "-pie", "-Wl,--build-id=none"],
]
MACOS = [*COMMON, "system_posix.c", "splash_none.c"]
WINDOWS = [*COMMON, "system_windows.c", "splash_windows.c"]
WINDOWS += ["-municode", "-Wl,--subsystem,windows", "-luser32", "-lgdi32"]
DLL = [
    "standin.c",
    "-shared",
    "-nostdlib",
    "-fno-builtin",
    "-fno-stack-protector",
    "-Wl,--entry,attach",
    "-lkernel32",
]
DLL += ["-isystem", "{headers}/any-windows-any"]


@dataclass(frozen=True)
class Product:
    """One file to be compiled: where it is committed, for which system, of what."""

    file: Path
    system: str
    options: list[str]

    def build(self, zig: Path, place: Path) -> bytes:
        """Compile it; in the folder of its source, so that no path of this machine is in the command."""
        result = place / self.file.name
        source = STANDIN if self.file.is_relative_to(STANDIN) else LAUNCHER
        options = [each.format(headers=zig.parent / "lib/libc/include") for each in self.options]
        command = [str(zig), "cc", "-target", self.system, *EVERYWHERE, *options, "-o", str(result)]
        subprocess.run(command, cwd=source, check=True)
        return result.read_bytes()


# Old systems on purpose: glibc 2.17 is of 2012, and macOS 11 the first for Apple's own processors.
PRODUCTS = {
    "linux-x86_64": Product(LAUNCHER / "bin/linux-x86_64", "x86_64-linux-gnu.2.17", LINUX),
    "linux-aarch64": Product(LAUNCHER / "bin/linux-aarch64", "aarch64-linux-gnu.2.17", LINUX),
    "macos-x86_64": Product(LAUNCHER / "bin/macos-x86_64", "x86_64-macos.11.0", MACOS),
    "macos-aarch64": Product(LAUNCHER / "bin/macos-aarch64", "aarch64-macos.11.0", MACOS),
    "windows-x86_64": Product(LAUNCHER / "bin/windows-x86_64.exe", "x86_64-windows-gnu", WINDOWS),
    "windows-aarch64": Product(LAUNCHER / "bin/windows-aarch64.exe", "aarch64-windows-gnu", WINDOWS),
    "python313": Product(STANDIN / "python313.dll", "x86_64-windows-gnu", DLL),
    "python314": Product(STANDIN / "python314.dll", "x86_64-windows-gnu", [*DLL, "-DCONFIGURED"]),
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the launchers again and compare them.")
    parser.add_argument("--write", action="store_true", help="keep what was built")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(PRODUCTS)}; all if none is given"
    )
    asked = parser.parse_args()
    names = asked.names or list(PRODUCTS)
    with tempfile.TemporaryDirectory(prefix="hipflask-launchers-") as place:
        zig = compiler(Path(place))
        built = {name: PRODUCTS[name].build(zig, Path(place)) for name in names}
    if asked.write:
        keep(built)
    different = [name for name, content in built.items() if not is_committed(PRODUCTS[name].file, content)]
    for name in names:
        print(f"{name}: {'differs from what is committed' if name in different else 'as it is committed'}")
    if CHECKSUMS.read_text(encoding="utf-8") != checksums():
        print(f"{CHECKSUMS.name}: not those of the files beside it")
        return 1
    return 1 if different else 0


def compiler(place: Path) -> Path:
    """Zig: of this environment, if it is the right version, or fetched."""
    name, _, version = ZIG.partition("==")
    program = f"{name}/zig.exe" if os.name == "nt" else f"{name}/zig"
    try:
        installed = metadata.distribution(name)
        if installed.version == version:
            return Path(str(installed.locate_file(program)))
    except metadata.PackageNotFoundError:
        pass
    fetch = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(place / "zig"),
        ZIG,
    ]
    subprocess.run(fetch, check=True)
    return place / "zig" / program


def keep(built: dict[str, bytes]) -> None:
    """Put them where they are committed, and write down what they are."""
    for name, content in built.items():
        file = PRODUCTS[name].file
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755)
    CHECKSUMS.write_text(checksums(), encoding="utf-8")


def is_committed(file: Path, content: bytes) -> bool:
    return file.exists() and file.read_bytes() == content


def checksums() -> str:
    """What checksums.txt has to say, as `sha256sum` would: of the launchers, and of the source that they were made of."""
    files = sorted([*LAUNCHER.glob("*.[ch]"), *LAUNCHER.glob("bin/*")])
    named = ((hashlib.sha256(file.read_bytes()).hexdigest(), file.relative_to(LAUNCHER)) for file in files)
    return "".join(f"{digest}  {file.as_posix()}\n" for digest, file in named)


if __name__ == "__main__":
    sys.exit(main())
