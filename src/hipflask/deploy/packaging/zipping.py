"""A zip that is the same bytes for the same files: sorted, of one time, of one mode each, compressed in one way."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

from ...build.layer import Layer
from ...core.errors import BuildError

_FIRST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time
_UNIX = 3
_LEVEL = 6  # 9 is a hundredth smaller and takes three times as long


def digest_of(layers: Iterable[Layer]) -> str:
    """What a bundle of these is known by: the listing of its files, which another zlib does not change."""
    return hashlib.sha256("".join(sorted(layer.id for layer in layers)).encode()).hexdigest()


def write_zip(layers: Iterable[Layer], file: Path) -> None:
    """All files of these layers beside each other; raises BuildError where two have one of the same name."""
    entries: dict[str, tuple[Path, bool]] = {}
    for layer in layers:
        for each in layer.files:
            if each.path in entries:
                raise BuildError(
                    f"{each.path} is a file of the project and of one of its packages, and Lambda has one folder for both. "
                    "Give the project's another name."
                )
            entries[each.path] = (layer.folder / each.path, each.is_executable)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, (path, is_executable) in sorted(entries.items()):
            archive.writestr(_header(name, is_executable), path.read_bytes(), compresslevel=_LEVEL)


def _header(name: str, is_executable: bool) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name, _FIRST)
    header.create_system = _UNIX
    header.external_attr = (0o100755 if is_executable else 0o100644) << 16
    header.compress_type = zipfile.ZIP_DEFLATED
    return header
