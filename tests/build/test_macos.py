"""An application for macOS: what is in it, what its zip keeps, and in which order it is signed."""

from __future__ import annotations

import os
import plistlib
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bundles import bundle, project

from hipflask.build.bundle import Bundle
from hipflask.build.current import Current, release_of
from hipflask.build.launcher import binary
from hipflask.build.layer import Layer
from hipflask.build.platforms import macos
from hipflask.build.targets import Target
from hipflask.core.errors import BuildError
from lacking import lacking

MACH_O, ARM = 0xFEEDFACF, 0x0100000C
CODE_SIGNATURE = 0x1D
MARK = b"signed by Example Ltd\n"


@pytest.fixture
def stock(tmp_path: Path) -> Bundle:
    """An application nobody has signed."""
    return bundle(tmp_path, "macos")


def zipped(stock: Bundle, folder: Path) -> Path:
    """The zip of an application."""
    file = folder / macos.zip_name(stock)
    macos.make_zip(stock, file)
    return file


def test_the_application_is_called_as_people_call_it(stock: Bundle) -> None:
    assert stock.folder.name == "Lager & Büro.app"
    assert stock.root == stock.folder / "Contents" / "Resources"
    contents = {path.relative_to(stock.folder).as_posix() for path in (stock.folder / "Contents").glob("*/*")}
    assert contents == {
        "Contents/MacOS/Lager & Büro",
        "Contents/Resources/current",
        "Contents/Resources/icon.icns",
        "Contents/Resources/layers",
        "Contents/Resources/releases",
    }
    assert (stock.folder / "Contents/PkgInfo").read_bytes() == b"APPL????"


def test_what_macos_is_to_know(stock: Bundle) -> None:
    content = (stock.folder / "Contents" / "Info.plist").read_bytes()
    said = plistlib.loads(content)
    assert said["CFBundleIdentifier"] == "com.example.stock"
    assert said["CFBundleName"] == said["CFBundleDisplayName"] == "Lager & Büro"
    assert said["CFBundleShortVersionString"] == said["CFBundleVersion"] == "1.4.0"
    assert (stock.folder / "Contents" / "MacOS" / said["CFBundleExecutable"]).is_file()
    assert (stock.folder / "Contents" / "Resources" / said["CFBundleIconFile"]).read_bytes()[:4] == b"icns"
    assert said["LSMinimumSystemVersion"] == "13.0"
    assert said["NSHighResolutionCapable"] is True
    assert said["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["stock"]
    assert list(said) == sorted(said)


def test_a_file_type_is_declared_and_opened_by_one_name(tmp_path: Path) -> None:
    said = macos.info(project(tmp_path))
    [declared], [opened] = said["UTImportedTypeDeclarations"], said["CFBundleDocumentTypes"]
    assert declared["UTTypeIdentifier"] == "com.example.stock.stock"
    assert opened["LSItemContentTypes"] == ["com.example.stock.stock"]
    assert declared["UTTypeTagSpecification"] == {
        "public.filename-extension": ["stock"],
        "public.mime-type": ["application/x-stock"],
    }
    plain = macos.info(project(tmp_path, file_types=(), schemes=()))
    assert not {"UTImportedTypeDeclarations", "CFBundleDocumentTypes", "CFBundleURLTypes"} & plain.keys()


def load_commands(program: bytes) -> list[int]:
    """What a Mach-O file says is in it."""
    magic, processor, _, kind, count, _ = struct.unpack_from("<IIIIII", program)
    assert (magic, processor, kind) == (MACH_O, ARM, 2)
    commands, place = [], 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", program, place)
        commands.append(command)
        place += size
    return commands


def test_the_launcher_is_to_the_byte_what_was_built(stock: Bundle, tmp_path: Path) -> None:
    original = binary(Target.parse("macos")).read_bytes()
    assert CODE_SIGNATURE in load_commands(original)
    program = stock.folder / "Contents" / "MacOS" / "Lager & Büro"
    assert program.read_bytes() == original
    assert os.access(program, os.X_OK)
    with zipfile.ZipFile(zipped(stock, tmp_path)) as archive:
        assert archive.read("Lager & Büro.app/Contents/MacOS/Lager & Büro") == original


def test_the_zip_keeps_names_and_what_can_be_run(stock: Bundle, tmp_path: Path) -> None:
    with zipfile.ZipFile(zipped(stock, tmp_path)) as archive:
        entries = archive.infolist()
    assert {entry.filename.split("/")[0] for entry in entries} == {"Lager & Büro.app"}
    modes = {entry.filename: entry.external_attr >> 16 for entry in entries}
    assert all(stat.S_ISREG(mode) for mode in modes.values())
    runs = {name.rpartition("/")[2] for name, mode in modes.items() if mode & 0o111}
    assert runs == {"Lager & Büro", "python3"}
    assert all(entry.flag_bits & 0x800 for entry in entries if not entry.filename.isascii())
    assert any(entry.filename.endswith("/größe.py") for entry in entries)


def test_another_unzipper_gets_the_same_bundle(stock: Bundle, tmp_path: Path) -> None:
    if shutil.which("bsdtar") is None and shutil.which("unzip") is None:
        lacking("unzip")
    out = tmp_path / "out"
    out.mkdir()
    command = ["bsdtar", "-xf"] if shutil.which("bsdtar") else ["unzip", "-q"]
    subprocess.run(
        [*command, zipped(stock, tmp_path)], cwd=out, check=True, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    root = macos.root_in(out / stock.folder.name, stock.project)
    release = release_of(root, Current.read(root).release)
    for name, layer in release.layers.items():
        assert Layer.of(name, release.home(name, root)).id == layer


def test_the_same_application_is_the_same_zip(stock: Bundle, tmp_path: Path) -> None:
    other = bundle(tmp_path / "another place", "macos")
    for path in other.folder.rglob("*"):
        os.utime(path, (1, 1))
    assert zipped(stock, tmp_path).read_bytes() == zipped(other, tmp_path / "another place").read_bytes()


@pytest.mark.parametrize("name", ["AC/DC", "Time: now", ".hidden"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildError, match="cannot be the name of an application"):
        macos.folder_name(project(tmp_path, name=name))


# ── signing ───────────────────────────────────────────────────────────────────────────────────────

Signing = Callable[[str], dict[str, str]]
# What a tool of Apple's form does: it changes a library, and for an application it writes what seals it.
SEALS = f"""
import os, sys
from pathlib import Path
file, log = Path(sys.argv[1]), Path(sys.argv[0]).with_name("log")
with log.open("a") as lines:
    print(sys.argv[2], file.name, file=lines)
if file.is_dir():
    seal = file / "Contents/_CodeSignature/CodeResources"
    seal.parent.mkdir(exist_ok=True)
    seal.write_text(str(sorted(path.stat().st_size for path in file.rglob("*") if path.is_file())))
elif sys.argv[2] == "sign":
    with file.open("ab") as content:
        content.write({MARK!r})
"""


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    """The project's commands: one that does the work, and then some lines of Python more."""

    def hooks(more: str = "") -> dict[str, str]:
        script = tmp_path / "sign.py"
        script.write_text(SEALS + more)
        command = f"'{sys.executable}' '{script}' {{file}}"
        return {"sign-macos": f"{command} sign", "notarize-macos": f"{command} notarize"}

    return hooks


def native() -> bytes:
    """A library of macOS, as a package has it."""
    return binary(Target.parse("macos")).read_bytes()


def log_of(tmp_path: Path) -> list[str]:
    """What the commands were called with, in order."""
    return (tmp_path / "log").read_text(encoding="utf-8").splitlines()


def test_what_is_inner_is_signed_first_and_the_zip_goes_to_the_notaries(
    tmp_path: Path, signing: Signing
) -> None:
    stock = bundle(tmp_path, "macos", native=native(), hooks=signing())
    file = zipped(stock, tmp_path)
    assert log_of(tmp_path) == ["sign native.so", "sign Lager & Büro.app", f"notarize {file.name}"]
    with zipfile.ZipFile(file) as archive:
        signed = {name for name in archive.namelist() if archive.read(name).endswith(MARK)}
        assert "Lager & Büro.app/Contents/_CodeSignature/CodeResources" in archive.namelist()
    assert {name.rpartition("/")[2] for name in signed} == {"native.so"}


def test_the_release_names_what_has_been_signed(tmp_path: Path, signing: Signing) -> None:
    plain = bundle(tmp_path / "plain", "macos", native=native())
    stock = bundle(tmp_path, "macos", native=native(), hooks=signing())
    zipped(stock, tmp_path)
    assert stock.release.packages != plain.release.packages
    assert stock.release.runtime == plain.release.runtime
    assert Layer.of("packages", stock.release.home("packages", stock.root)).id == stock.release.packages


def test_an_application_is_sealed_once(tmp_path: Path, signing: Signing) -> None:
    stock = bundle(tmp_path, "macos", hooks=signing())
    macos.seal(stock)
    first = zipped(stock, tmp_path).read_bytes()
    assert zipped(stock, tmp_path).read_bytes() == first
    assert log_of(tmp_path).count("sign Lager & Büro.app") == 1


def test_an_update_can_put_a_sealed_application_together(tmp_path: Path, signing: Signing) -> None:
    """From its frame, its layers, its release and the file `current`: to the byte what was sealed."""
    stock = bundle(tmp_path, "macos", native=native(), hooks=signing())
    macos.seal(stock)
    frame = macos.frame_of(stock, tmp_path / "frame")
    assert frame is not None
    assert {file.path for file in frame.files if file.is_executable} == {"Contents/MacOS/Lager & Büro"}
    again = tmp_path / "again" / stock.folder.name
    shutil.copytree(frame.folder, again)
    root = macos.root_in(again, stock.project)
    for layer in stock.layers:
        shutil.copytree(layer.folder, root / layer.home)
    (root / "releases").mkdir()
    (root / "releases" / stock.release.key).write_text(stock.release.text, encoding="utf-8")
    Current(stock.release.key).write(root)
    assert Layer.of("app", again).files == Layer.of("app", stock.folder).files


def test_nobodys_application_needs_no_frame(stock: Bundle, tmp_path: Path) -> None:
    assert macos.frame_of(stock, tmp_path / "frame") is None


def test_a_seal_that_changes_a_layer_is_refused(tmp_path: Path, signing: Signing) -> None:
    deep = """
if file.is_dir():
    for library in file.rglob("*.so"):
        library.write_bytes(library.read_bytes() + b"again")
"""
    stock = bundle(tmp_path, "macos", native=native(), hooks=signing(deep))
    with pytest.raises(BuildError, match=r"sign-macos has changed the packages within Lager & Büro\.app"):
        macos.seal(stock)


def test_a_command_that_signs_nothing_is_noticed(tmp_path: Path) -> None:
    stock = bundle(tmp_path, "macos", hooks={"sign-macos": "true {file}"})
    with pytest.raises(BuildError, match="has no signature in it"):
        macos.seal(stock)


def test_what_the_notaries_staple_is_in_the_zip(tmp_path: Path, signing: Signing) -> None:
    staple = """
if sys.argv[2] == "notarize":
    Path(sys.argv[3], "Contents/CodeResources").write_text("the ticket")
"""
    hooks = signing(staple)
    stock = bundle(tmp_path, "macos", hooks=hooks | {"notarize-macos": hooks["notarize-macos"] + " {app}"})
    with zipfile.ZipFile(zipped(stock, tmp_path)) as archive:
        assert archive.read("Lager & Büro.app/Contents/CodeResources") == b"the ticket"


def test_notaries_who_refuse_stop_the_build(tmp_path: Path, signing: Signing) -> None:
    refuse = "\nif sys.argv[2] == 'notarize':\n    sys.exit('status: Invalid')\n"
    stock = bundle(tmp_path, "macos", hooks=signing(refuse))
    with pytest.raises(BuildError, match=r"notarize-macos has ended with 1(.|\n)*status: Invalid"):
        zipped(stock, tmp_path)
