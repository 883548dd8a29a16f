"""A zip that is the same bytes for the same files: sorted, of one time, of one mode each, compressed in one way."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ...build.layer import Layer
from ...core.errors import BuildError

_FIRST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time
_UNIX = 3
_LEVEL = 6  # 9 is a hundredth smaller and takes three times as long


def layer_of(name: str, folder: Path) -> Layer:
    """The layer that a folder holds; what can be run is told by its content, since not every system that packages keeps modes."""
    layer = Layer.of(name, folder)
    files = (replace(each, is_executable=_is_program(folder / each.path)) for each in layer.files)
    return Layer(name, folder, tuple(files))


def digest_of(layers: Iterable[Layer]) -> str:
    """What a bundle of these is known by: the listing of its files, which another zlib does not change."""
    return hashlib.sha256("".join(sorted(layer.id for layer in layers)).encode()).hexdigest()


def write_zip(layer: Layer, file: Path) -> None:
    """Put the files of a layer into a zip, which may have others already; raises BuildError where it has one of the same name."""
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        there = set(archive.namelist())
        for each in layer.files:
            if each.path in there:
                raise BuildError(
                    f"{each.path} is a file of the project and of one of its packages, and Lambda has one folder for both. "
                    "Give the project's another name."
                )
            content = (layer.folder / each.path).read_bytes()
            archive.writestr(_header(each.path, each.is_executable), content, compresslevel=_LEVEL)


def _is_program(path: Path) -> bool:
    """Whether it is a script or a binary, and nothing that is imported or loaded."""
    if path.suffix == ".py" or ".so" in path.suffixes:
        return False
    with path.open("rb") as file:
        return file.read(4).startswith((b"#!", b"\x7fELF"))


def _header(name: str, is_executable: bool) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name, _FIRST)
    header.create_system = _UNIX
    header.external_attr = (0o100755 if is_executable else 0o100644) << 16
    header.compress_type = zipfile.ZIP_DEFLATED
    return header
