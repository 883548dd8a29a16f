"""A release: one version of a program for one target, as a few lines of text.

The lines are read by the launcher, which is written in C and knows no Python yet; by the program that runs in the bundle;
and by those that are installed already, to learn what they lack. So the form is the simplest that there is: "key=value",
UTF-8, one to a line, no spaces around the sign, no quotes:

    hipflask=1
    id=com.example.stock
    name=Stock
    version=1.4.0
    target=linux-x86_64
    channel=stable
    python=3.14.7
    library=lib/libpython3.14.so.1.0
    runtime=9f86d081884c7d65…
    packages=60303ae22b998861…
    app=fd61a03af4f77d87…

In a bundle it is the file `releases/<key>`, and `current` says which of them runs; see `current.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from ..core.errors import BuildError
from .layer import NAMES, SHORT, home_of

FORMAT = "1"


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a program for one target; `library` is the path of libpython in the runtime's layer, "" if it has none."""

    id: str
    name: str
    version: str
    target: str
    channel: str
    python: str
    library: str
    runtime: str
    packages: str
    app: str
    splash: str = ""  # a BMP in the app's layer, shown by the launcher until there is a window
    frame: str = ""  # macOS: the layer of what surrounds the others, which a signature seals

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `text` says; raises BuildError if that is no release, or one of a form that this version does not know."""
        values = read_lines(text)
        if values.pop("hipflask", None) != FORMAT:
            raise BuildError(f"This is no release of format {FORMAT}: {text[:60]!r}.")
        known = {field.name for field in fields(cls)}
        try:
            release = cls(**{key: value for key, value in values.items() if key in known})
        except TypeError as error:
            raise BuildError(f"A release lacks something: {error}.") from None
        for layer in release.layers.values():
            if len(layer) != 64 or not set(layer) <= set("0123456789abcdef"):
                raise BuildError(f"A release names a layer {layer!r}, which is no sha256.")
        return release

    @property
    def layers(self) -> dict[str, str]:
        """The ids of its layers by their names; three, and a fourth, the frame, where there is one."""
        ids = {name: str(getattr(self, name)) for name in NAMES}
        return ids | ({"frame": self.frame} if self.frame else {})

    @property
    def text(self) -> str:
        """The lines; the same for equal releases."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return write_lines(
            {"hipflask": FORMAT, **{key: value for key, value in values.items() if value or key == "library"}}
        )

    @property
    def key(self) -> str:
        """What it is called in a bundle: 16 hexadecimal digits, of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:SHORT]

    def home(self, layer: str, root: Path) -> Path:
        """Where a layer of this release stands in the bundle at `root`."""
        return root / home_of(self.layers[layer])


def read_lines(text: str) -> dict[str, str]:
    """Lines of "key=value"; raises BuildError for one that is neither that nor empty."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        key, sign, value = line.partition("=")
        if line and not (sign and key):
            raise BuildError(f"A line of a release is not key=value: {line[:60]!r}.")
        if line:
            values[key] = value
    return values


def write_lines(values: Mapping[str, str]) -> str:
    """The other way round; raises BuildError for a value that would not be read back as it is."""
    for key, value in values.items():
        if len(value.splitlines()) > 1 or value.strip() != value:
            raise BuildError(f"{key} must be one line without spaces around it, got {value!r}.")
    return "".join(f"{key}={value}\n" for key, value in values.items())
