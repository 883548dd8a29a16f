"""A layer: one folder of a bundle, known by what is in it.

A bundle has three, of very different size and age: the runtime (Python itself), the packages, the app. Each is
identified by its content alone, so a release that changes one line needs to carry only the app's layer, and two
computers that build the same thing build the same layers:

    layer = Layer.of("app", folder)     reads every file once
    layer.id                            sha256 of the listing: "<x or -> <sha256> <path>\\n" for each file, by path
    layer.home                          "layers/<first 16 digits of the id>", where it stands in a bundle
    layer.archive(file)                 writes it as .tar.xz, the same bytes for the same layer
    unpack(file, folder)                and the other way round, refusing whatever would land outside

Layers have ordinary files only: no links, which Windows cannot make without privileges, and no empty folders.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Self

from ..core.errors import BuildError

SHORT = 16
NAMES = ("runtime", "packages", "app")
# The runtime is a fiftieth smaller than at xz's usual 6, and is compressed once per release and downloaded by everybody.
# Unpacking takes 64 MiB of memory for it.
_PRESET = 9
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, order=True)
class File:
    """One file of a layer: its path with "/" from the layer's folder, its size in bytes, what is in it."""

    path: str
    size: int
    sha256: str
    is_executable: bool = False

    @property
    def line(self) -> str:
        """As it stands in the listing that a layer is known by."""
        return f"{'x' if self.is_executable else '-'} {self.sha256} {self.path}\n"


@dataclass(frozen=True, slots=True)
class Layer:
    """Some files in a folder, and what identifies them."""

    name: str
    folder: Path
    files: tuple[File, ...]

    @classmethod
    def of(cls, name: str, folder: Path) -> Self:
        """The layer that a folder holds; raises BuildError for a link or anything else that is no ordinary file."""
        return cls(name, folder, tuple(sorted(_scan(folder))))

    @property
    def id(self) -> str:
        """What it is known by: 64 hexadecimal digits."""
        return id_of(self.files)

    @property
    def home(self) -> str:
        """Where it stands in a bundle."""
        return home_of(self.id)

    @property
    def size(self) -> int:
        """In bytes, once installed."""
        return sum(file.size for file in self.files)

    def archive(self, target: Path, *, only: Iterable[str] | None = None) -> None:
        """Write it, or `only` some of its files, as .tar.xz: the same bytes for the same files, whoever does it and when."""
        wanted = None if only is None else frozenset(only)
        with (
            lzma.open(target, "wb", preset=_PRESET) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for file in self.files:
                if wanted is None or file.path in wanted:
                    with (self.folder / file.path).open("rb") as content:
                        archive.addfile(_header(file), content)


def id_of(files: Iterable[File]) -> str:
    """What a layer with these files is known by."""
    listing = "".join(file.line for file in sorted(files))
    return hashlib.sha256(listing.encode()).hexdigest()


def home_of(layer_id: str) -> str:
    """The folder of a layer within a bundle: short, because Windows still has programs that end at 260 characters."""
    return f"layers/{layer_id[:SHORT]}"


def unpack(archive: Path | IO[bytes], folder: Path, *, most: int) -> None:
    """Unpack a layer's archive into a folder, at most `most` bytes; raises BuildError for anything a layer cannot hold.

    Nothing is believed about the archive: neither its paths nor its sizes. What has been unpacked so far when it raises stays
    for the caller to remove.
    """
    left = most
    try:
        with lzma.open(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as entries:
            for entry in entries:
                if not entry.isfile() or not is_inside(entry.name):
                    raise BuildError(f"A layer's archive holds {entry.name!r}, which no layer can have.")
                left -= entry.size
                if left < 0:
                    raise BuildError(
                        f"A layer's archive unpacks to more than the {most} bytes that it was said to have."
                    )
                content = entries.extractfile(entry)
                assert content is not None
                _write(folder / entry.name, content, bool(entry.mode & 0o100))
    except FileExistsError as error:
        raise BuildError(f"A layer's archive has {error.filename} twice.") from error
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise BuildError(f"A layer's archive is damaged: {error}.") from error


def is_inside(path: str) -> bool:
    """Whether a path of an archive stays within the folder that it is unpacked into, on every system."""
    parts = PurePosixPath(path).parts
    is_plain = (
        bool(parts) and not path.startswith("/") and "\\" not in path and ":" not in path and "\0" not in path
    )
    return is_plain and ".." not in parts


def _scan(folder: Path) -> Iterator[File]:
    for where, folders, names in os.walk(folder):
        for name in [*names, *(each for each in folders if (Path(where) / each).is_symlink())]:
            path = Path(where) / name
            if path.is_symlink() or not path.is_file():
                raise BuildError(f"{path} is a link or no ordinary file, and a bundle has files only.")
            yield file_of(path, path.relative_to(folder).as_posix())


def file_of(path: Path, name: str) -> File:
    """What a layer says of the file at `path` when it calls it `name`."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    status = path.stat()
    # Windows keeps no such bit, and bundles for Windows are built without it, so that layers are the same everywhere.
    is_executable = os.name == "posix" and bool(status.st_mode & 0o100)
    return File(name, status.st_size, digest, is_executable)


def _header(file: File) -> tarfile.TarInfo:
    header = tarfile.TarInfo(file.path)
    header.size = file.size
    header.mode = 0o755 if file.is_executable else 0o644
    return header


def _write(path: Path, content: IO[bytes], is_executable: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while block := content.read(_AT_ONCE):
            file.write(block)
    path.chmod(0o755 if is_executable else 0o644)
