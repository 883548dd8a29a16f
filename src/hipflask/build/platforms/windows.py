r"""Windows: what surrounds the layers there, and the forms in which they reach people.

    Stock\
      Stock.exe         the launcher, with the program's icon, name and version in it: it runs from here as it stands
      current, releases\, layers\

`nsis.py` makes the setup file of it, `msi.py` the package for those who manage many computers; the zip is the folder itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..bundle import Bundle
from ..project import Project
from ..release import Release
from ..sign import sign
from ..targets import Target
from . import msi, nsis
from .archives import of_bundle, write_zip
from .format import Format
from .icons import ico_of
from .names import check, check_name, program_of


def folder_name(project: Project) -> str:
    """What the bundle's folder is called: as the program is."""
    check_name(project.name)
    return project.name


def root_in(folder: Path, project: Project) -> Path:
    """Where `current`, `releases` and `layers` stand within a bundle's folder."""
    return folder


def frame(project: Project, target: Target, release: Release, folder: Path) -> None:
    """Write what surrounds the layers: the launcher, which is signed if the project says how."""
    from ..launcher import binary
    from .pe import MANIFEST, VersionInfo, edit

    check_name(project.name)
    program = program_of(project)
    version = VersionInfo(
        name=project.name,
        version=release.version,
        publisher=project.publisher,
        description=project.name,  # what the task manager calls it
        copyright=project.publisher,
        file_name=program,
    )
    folder.mkdir(parents=True, exist_ok=True)
    plain = binary(target).read_bytes()
    (folder / program).write_bytes(edit(plain, icon=ico_of(project), version=version, manifest=MANIFEST))
    sign(project, "sign-windows", folder / program)


def zip_name(bundle: Bundle) -> str:
    """What the zip is called."""
    return f"{bundle.project.program}-{bundle.release.version}-{bundle.target}.zip"


def make_zip(bundle: Bundle, file: Path) -> None:
    """Make the zip: one folder, which runs wherever it is unpacked."""
    check(bundle)
    write_zip(file, of_bundle(bundle, f"{bundle.project.name}/"))


FORMATS: Mapping[str, Format] = {
    "setup.exe": nsis.FORMAT,
    "msi": msi.FORMAT,
    "zip": Format("zip", zip_name, make_zip),
}
