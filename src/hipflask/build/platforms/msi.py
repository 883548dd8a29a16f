"""The .msi, for those who manage many computers: Intune, group policies, `msiexec /i stock.msi /qn`.

It installs for one user, as setup.exe does, and into the same place; but whoever manages the computers brings new versions, so
the file `managed` in it says "msi", and the program does not update itself.

Made by wixl from a page of XML, which `xml_of(bundle)` writes: a <Directory> for each folder and in it a <Component> for each
file, known by the program and the path, so a file that two versions have is one thing to Windows. It can be chosen for what it
opens, and takes nothing that only one program can have: on such computers that is a policy's to say. wixl puts the time and a
random number into the result, and packs how old the files are; `same_bytes.py` and copies of the files take that out again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...core.errors import BuildError
from ..bundle import Bundle
from ..sign import sign
from .associations import PROGRAM, Value, values_of
from .format import Format
from .icons import ico_of
from .names import check, check_length, paths_of, program_of
from .same_bytes import make_same

# What is installed beside the bundle: who brings new versions, and the launcher's lock, which would stay behind otherwise.
BESIDE = {"managed": "msi\n", "trying": ""}
# Everything that is named after a program is derived from its id, and this: never change it, or upgrades end.
_FAMILY = uuid.UUID("6d0b1b0e-6c1e-5b1c-9a53-0b8f0d2f4c11")
_LAST_LINES = 12
# wixl knows no ARM; what is for any Windows is for such a one, too, and nothing here stands where 32 and 64 bits differ.
_ARCHITECTURES = {"x86_64": "x64", "aarch64": "x86"}


def needs() -> str | None:
    """Which tool is missing, and how one gets it."""
    if shutil.which("wixl") is not None:
        return None
    return (
        "The .msi is made by wixl, which is not installed. Debian and Ubuntu: apt install wixl. macOS: brew install msitools. "
        "On Windows it comes with MSYS2, as mingw-w64-x86_64-msitools. setup.exe and the zip do not need it."
    )


def file_name(bundle: Bundle) -> str:
    """What the file is called."""
    return f"{bundle.project.program}-{bundle.release.version}-{bundle.target}.msi"


def make(bundle: Bundle, file: Path) -> None:
    """Write the .msi; raises BuildError if it cannot be made."""
    missing = needs()
    if missing:
        raise BuildError(missing)
    check(bundle)
    check_length(bundle)
    with tempfile.TemporaryDirectory(prefix="hipflask-msi-") as name:
        folder = Path(name)
        _copy(bundle, folder / "files")
        (folder / "program.ico").write_bytes(ico_of(bundle.project))
        (folder / "program.wxs").write_bytes(xml_of(bundle))
        _run(folder, _ARCHITECTURES[bundle.target.machine])
        made = folder / "program.msi"
        make_same(made)
        sign(bundle.project, "sign-windows", made)
        shutil.copyfile(made, file)


def xml_of(bundle: Bundle) -> bytes:
    """What wixl makes the .msi of."""
    project = bundle.project
    wix = Element("Wix", xmlns="http://schemas.microsoft.com/wix/2006/wi")
    product = SubElement(
        wix,
        "Product",
        Id=_guid(bundle, f"product {bundle.release.key}"),
        UpgradeCode=_guid(bundle, "program"),
        Name=project.name,
        Manufacturer=project.publisher,
        Version=version_of(bundle.release.version),
        Language="1033",
        Codepage="65001",
    )
    _head(product, bundle)
    feature = SubElement(product, "Feature", Id="Program", Title=project.name, Level="1")
    for component in _files(product, bundle):
        SubElement(feature, "ComponentRef", Id=component)
    indent(wix)
    # To wixl $ begins a variable, everywhere.
    page: bytes = tostring(wix, encoding="utf-8", xml_declaration=True)
    return page.replace(b"$", b"$$") + b"\n"


def version_of(version: str) -> str:
    """A version as Windows Installer compares it: three numbers, of which the first two end at 255."""
    numbers = [int(digits) for digits in re.findall(r"\d+", re.split(r"[^\d.]", version)[0])]
    three = [*numbers, 0, 0, 0][:3]
    if any(number > most for number, most in zip(three, (255, 255, 65535), strict=True)) or any(numbers[3:]):
        raise BuildError(
            f"An .msi cannot have the version {version}: Windows compares three numbers, the first two up to 255 and the "
            "third up to 65535. Write 26.11.2 for 2026.11.2, or make a setup.exe, which has no such limit."
        )
    return ".".join(map(str, three))


def _head(product: Element, bundle: Bundle) -> None:
    project = bundle.project
    SubElement(
        product, "Package", InstallerVersion="200", Compressed="yes", InstallScope="perUser",
        Description=project.name, Comments=project.description or project.name,
    )  # fmt: skip
    SubElement(product, "Media", Id="1", Cabinet="program.cab", EmbedCab="yes")
    _replacing(product, bundle)
    SubElement(product, "Icon", Id="program.ico", SourceFile="program.ico")
    properties = {
        "ARPPRODUCTICON": "program.ico",
        "ARPNOMODIFY": "1",
        "ARPURLINFOABOUT": project.homepage,
        "REINSTALLMODE": "amus",  # files are replaced even if somebody has changed them since
    }
    for name, value in properties.items():
        if value:
            SubElement(product, "Property", Id=name, Value=value)


def _replacing(product: Element, bundle: Bundle) -> None:
    """Earlier versions go first. This very one, too: 1.4.0rc1 and 1.4.0 are the same to Windows, and not the same program."""
    *two, third = version_of(bundle.release.version).split(".")
    next_one = ".".join((*two, str(int(third) + 1)))
    upgrade = SubElement(product, "Upgrade", Id=_guid(bundle, "program"))
    SubElement(
        upgrade, "UpgradeVersion", Property="EARLIER", Minimum="0.0.0", IncludeMinimum="yes", Maximum=next_one, OnlyDetect="no"
    )  # fmt: skip
    SubElement(
        upgrade, "UpgradeVersion", Property="NEWER", Minimum=next_one, IncludeMinimum="yes", OnlyDetect="yes"
    )  # fmt: skip
    refused = SubElement(
        product, "Condition", Message=f"A newer version of {bundle.project.name} is installed."
    )
    refused.text = "NOT NEWER"
    sequence = SubElement(product, "InstallExecuteSequence")
    SubElement(sequence, "RemoveExistingProducts", After="InstallValidate")


def _files(product: Element, bundle: Bundle) -> Iterator[str]:
    """A component for each file; the launcher's has the shortcut and what is told to Windows, too."""
    project = bundle.project
    target = SubElement(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    SubElement(target, "Directory", Id="ProgramMenuFolder")
    local = SubElement(target, "Directory", Id="LocalAppDataFolder")
    programs = SubElement(local, "Directory", Id="PROGRAMS", Name="Programs")
    home = SubElement(programs, "Directory", Id="HOME", Name=project.name)
    folders = {PurePosixPath(): home}
    for path in [*paths_of(bundle), *map(PurePosixPath, BESIDE)]:
        component = _component(_folder(folders, path.parent), bundle, path.as_posix())
        key = _name("f", path.as_posix())
        SubElement(component, "File", Id=key, Name=path.name, Source=f"files/{path}", KeyPath="yes")
        if path == PurePosixPath(program_of(project)):
            SubElement(
                component, "Shortcut", Id="Shortcut", Directory="ProgramMenuFolder", Name=project.name, Target=f"[#{key}]",
                WorkingDirectory="HOME", Description=project.description,
            )  # fmt: skip
            for value in values_of(project):
                _registry(component, bundle, value)
        yield component.attrib["Id"]


def _component(folder: Element, bundle: Bundle, what: str) -> Element:
    is_64 = "yes" if bundle.target.machine == "x86_64" else "no"
    return SubElement(folder, "Component", Id=_name("c", what), Guid=_guid(bundle, what), Win64=is_64)


def _registry(component: Element, bundle: Bundle, value: Value) -> None:
    program = f"[#{_name('f', program_of(bundle.project))}]"
    # Brackets stand for properties here; a program's own are rare, and written so they stand for themselves.
    data = re.sub(r"[\[\]]", lambda found: f"[\\{found[0]}]", value.data).replace(PROGRAM, program)
    entry = SubElement(component, "RegistryValue", Root="HKCU", Key=value.key, Type="string", Value=data)
    if value.name:
        entry.set("Name", value.name)


def _folder(folders: dict[PurePosixPath, Element], path: PurePosixPath) -> Element:
    if path not in folders:
        parent = _folder(folders, path.parent)
        folders[path] = SubElement(parent, "Directory", Id=_name("d", path.as_posix()), Name=path.name)
    return folders[path]


def _name(kind: str, what: str) -> str:
    """An identifier: 72 characters at most, of few kinds."""
    return f"{kind}{uuid.uuid5(_FAMILY, what).hex}"


def _guid(bundle: Bundle, what: str) -> str:
    return f"{{{str(uuid.uuid5(_FAMILY, f'{bundle.project.id} {what}')).upper()}}}"


def _copy(bundle: Bundle, target: Path) -> None:
    """The files under their own names, all equally old: the cabinet keeps their times."""
    for path in paths_of(bundle):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle.root / path, target / path)
    for name, content in BESIDE.items():
        (target / name).write_text(content)
    for file in target.rglob("*"):
        os.utime(file, (315532800, 315532800))  # the first of 1980: a cabinet knows no earlier day


def _run(folder: Path, architecture: str) -> None:
    command = ["wixl", "-a", architecture, "-o", "program.msi", "program.wxs"]
    process = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}, check=False,
    )  # fmt: skip
    if process.returncode or not (folder / "program.msi").exists():
        lines = process.stdout.decode(errors="replace").splitlines()[-_LAST_LINES:]
        told = "\n".join(f"    {line}" for line in lines)
        raise BuildError(f"wixl has ended with {process.returncode}:\n{told}")


FORMAT = Format("msi", file_name, make, needs)
