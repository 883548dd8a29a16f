r"""setup.exe: made by NSIS from `setup.nsi`, which is the same for every program, and a few lines about this one.

    make(bundle, Path("stock-1.4.0-setup.exe"))

writes a folder with `setup.nsi`, the icon and `bundle.nsh`, which has one !define for each word and three macros:

    !define NAME "Stock"
    !macro FILES                what to unpack: a SetOutPath for each folder and a File for each file, by name, since NSIS
                                would take a folder's files in whatever order the disk has them
    !macro FORGET_EARLIER       which layers and releases stay when an older version is replaced
    !macro ASSOCIATE            the entries of `associations.py`

and runs makensis there. Nothing in the result tells when, where or by whom it was made.
"""

from __future__ import annotations

import functools
import io
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ...core.errors import BuildError
from ..bundle import Bundle
from ..current import FILE as CURRENT
from ..layer import SHORT
from ..project import Project
from ..sign import sign
from .associations import PROGRAM, Claim, Value, claims_of, values_of
from .format import Format
from .icons import ico_of, png_of
from .names import check, check_length, paths_of, program_of

_SCRIPTS = ("setup.nsi", "setup_checks.nsh", "setup_registry.nsh")
# The program in the setup file that unpacks it. Debian's NSIS has one of 64 bits; NSIS's own download has not, and a stub of
# 32 bits does as well on every Windows, but nothing at all under a Wine of 64 bits: with exit code 0.
_STUBS = ("amd64-unicode", "x86-unicode")
_LAST_LINES = 12
_SIDE_SIZE, _SIDE_ICON, _SIDE_COLOUR = (164, 314), 96, (236, 239, 244)  # the size is NSIS's


def needs() -> str | None:
    """Which tool is missing, and how one gets it."""
    if _makensis() is not None:
        return None
    return (
        "setup.exe is made by makensis, which is not installed. Debian and Ubuntu: apt install nsis. "
        "macOS: brew install makensis. Windows: winget install NSIS.NSIS. The zip needs nothing."
    )


def make(bundle: Bundle, file: Path) -> None:
    """Write the setup file; raises BuildError if it cannot be made."""
    missing = needs()
    if missing:
        raise BuildError(missing)
    check(bundle)
    check_length(bundle)
    with tempfile.TemporaryDirectory(prefix="hipflask-nsis-") as name:
        folder = Path(name)
        (folder / "icon.ico").write_bytes(ico_of(bundle.project))
        (folder / "side.bmp").write_bytes(_side_of(bundle.project))
        (folder / "bundle.nsh").write_text("\n".join(script_of(bundle)) + "\n", encoding="utf-8")
        for script in _SCRIPTS:
            shutil.copy(Path(__file__).with_name(script), folder)
        _write_signer(bundle.project, folder)
        _run(folder)
        sign(bundle.project, "sign-windows", folder / "setup.exe")
        shutil.copyfile(folder / "setup.exe", file)


def script_of(bundle: Bundle) -> Iterator[str]:
    """The lines of `bundle.nsh`."""
    project, release = bundle.project, bundle.release
    defines = {
        "ID": project.id,
        "NAME": project.name,
        "NAME_IN_MENUS": project.name.replace("&", "&&"),
        "PROGRAM": program_of(project),
        "VERSION": release.version,
        "NUMBERS": numbers_of(release.version),
        "PUBLISHER": project.publisher,
        "DESCRIPTION": project.description,
        "HOMEPAGE": project.homepage,
        "KILOBYTES": str(_kilobytes(bundle)),
        "FOR_ARM": "1" if bundle.target.machine == "aarch64" else "",
    }
    for word, value in defines.items():
        if value or word not in ("HOMEPAGE", "FOR_ARM"):
            yield f"!define {word} {_quoted(value)}"
    yield f'!define CURRENT "{(bundle.root / CURRENT).absolute()}"'
    yield from _macro("FILES", _unpacking(bundle))
    yield from _macro("FORGET_EARLIER", _forgetting(bundle))
    yield from _macro("ASSOCIATE", _associating(bundle.project))


def file_name(bundle: Bundle) -> str:
    """What the setup file is called."""
    return f"{bundle.project.program}-{bundle.release.version}-{bundle.target}-setup.exe"


def numbers_of(version: str) -> str:
    """A version as Windows has them, four numbers below 65536: "1.4.0rc1" is "1.4.0.0"."""
    numbers = [min(int(digits), 0xFFFF) for digits in re.findall(r"\d+", re.split(r"[^\d.]", version)[0])]
    return ".".join(str(number) for number in [*numbers, 0, 0, 0, 0][:4])


def _unpacking(bundle: Bundle) -> Iterator[str]:
    """The files, but for `current`, which the script writes when all others are there."""
    present = PurePosixPath()
    yield 'SetOutPath "$INSTDIR"'
    for path in paths_of(bundle):
        if path == PurePosixPath(CURRENT):
            continue
        if path.parent != present:
            present = path.parent
            yield f"SetOutPath {_quoted(_in_place(present))}".replace("$$INSTDIR", "$INSTDIR")
        yield f'File "{(bundle.root / path).absolute()}"'  # read by makensis itself: a $ is a $ here


def _in_place(folder: PurePosixPath) -> str:
    return "\\".join(("$INSTDIR", *folder.parts))


def _forgetting(bundle: Bundle) -> Iterator[str]:
    kept = {
        "layers": sorted(layer[:SHORT] for layer in bundle.release.layers.values()),
        "releases": [bundle.release.key],
    }
    for folder, stay in kept.items():
        yield 'FindFirst $0 $1 "$INSTDIR\\' + folder + '\\*"'
        yield '${DoWhile} $1 != ""'
        yield '${If} $1 != "."'
        yield '${AndIf} $1 != ".."'
        yield from (f"${{AndIf}} $1 != {_quoted(name)}" for name in stay)
        yield f'RMDir /r "$INSTDIR\\{folder}\\$1"'
        yield f'Delete "$INSTDIR\\{folder}\\$1"'
        yield "${EndIf}"
        yield "FindNext $0 $1"
        yield "${Loop}"
        yield "FindClose $0"


def _associating(project: Project) -> Iterator[str]:
    yield from map(_writing, values_of(project))
    for claim in claims_of(project):
        yield from _claiming(claim)


def _claiming(claim: Claim) -> Iterator[str]:
    """Nobody else has it: neither for this user nor for all of them."""
    mark = claim.mark
    yield f'ReadRegStr $0 HKCU {_quoted(mark.key)} ""'
    yield f'ReadRegStr $1 HKLM {_quoted(mark.key)} ""'
    yield '${If} "$0$1" == ""'
    yield from map(_writing, (*claim.more, mark))
    yield "${EndIf}"


def _writing(value: Value) -> str:
    return f"WriteRegStr HKCU {_quoted(value.key)} {_quoted(value.name)} {_quoted(value.data).replace(PROGRAM, '$9')}"


def _macro(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"!macro {name}"
    yield from (f"  {line}" for line in lines)
    yield "!macroend"


def _quoted(text: str) -> str:
    escaped = text.replace("$", "$$").replace('"', '$\\"').replace("\r", "").replace("\n", "$\\n")
    return f'"{escaped}"'


def _kilobytes(bundle: Bundle) -> int:
    return sum((bundle.root / path).stat().st_size for path in paths_of(bundle)) // 1024 + 1


def _side_of(project: Project) -> bytes:
    """The picture beside the last page: the icon, where NSIS would show a computer of 2003."""
    from PIL import Image

    picture = Image.new("RGB", _SIDE_SIZE, _SIDE_COLOUR)
    with Image.open(io.BytesIO(png_of(project, _SIDE_ICON))) as icon:
        picture.paste(icon, ((_SIDE_SIZE[0] - _SIDE_ICON) // 2, 48), icon)
    file = io.BytesIO()
    picture.save(file, "BMP")
    return file.getvalue()


def _write_signer(project: Project, folder: Path) -> None:
    """What makensis calls to have the uninstaller signed, which nobody but itself ever sees as a file."""
    if "sign-windows" not in project.hooks:
        return
    (folder / "project.pickle").write_bytes(pickle.dumps(project))
    (folder / "signer.py").write_text(
        f"import pathlib, pickle, sys\nsys.path[:] = {sys.path!r}\n"
        "from hipflask.build.sign import sign\n"
        "project = pickle.loads(pathlib.Path(__file__).with_name('project.pickle').read_bytes())\n"
        "sign(project, 'sign-windows', pathlib.Path(sys.argv[1]))\n"
    )
    with (folder / "bundle.nsh").open("a", encoding="utf-8") as script:
        command = f'"{sys.executable}" "{folder / "signer.py"}" "%1"'
        script.write(f"!uninstfinalize '{command}' = 0\n")


def _run(folder: Path) -> None:
    makensis = _makensis()
    assert makensis is not None
    process = subprocess.run(
        [makensis, "-V2", "-INPUTCHARSET", "UTF8", f"-DSTUB={_stub(makensis)}", "setup.nsi"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Names of files are read in the locale's letters, which must be all there are.
        env=os.environ | {"LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"},
    )
    if process.returncode or not (folder / "setup.exe").exists():
        lines = process.stdout.decode(errors="replace").splitlines()[-_LAST_LINES:]
        told = "\n".join(f"    {line}" for line in lines if line.strip())
        raise BuildError(f"makensis has ended with {process.returncode}:\n{told}")


def _makensis() -> str | None:
    return shutil.which("makensis") or shutil.which("makensis", path=r"C:\Program Files (x86)\NSIS")


@functools.cache
def _stub(makensis: str) -> str:
    """The best that this NSIS has."""
    told = subprocess.run([makensis, "-HDRINFO"], capture_output=True, text=True, check=False).stdout
    home = re.search(r"NSISDIR=([^,\n]*)", told)
    stubs = Path(home[1].strip()) / "Stubs" if home else Path()
    return next((stub for stub in _STUBS if (stubs / f"lzma_solid-{stub}").exists()), _STUBS[-1])


FORMAT = Format("setup.exe", file_name, make, needs)
