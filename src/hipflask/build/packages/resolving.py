"""Which wheel of which package fits a target: uv decides, for a system and a Python that need not be here.

resolve(["flask>=3.1"], Target.parse("windows"), 14)     Pin("flask", "3.1.3", "flask-3.1.3-py3-none-any.whl", "f4bcbefc…"), …
"""

from __future__ import annotations

import re
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ...core.errors import BuildError
from ...core.words import join
from ..targets import Target
from . import uv
from .requirements import FRAMEWORK

# Pure Python, needed by pywebview, and published as source only since 2014. Nothing else is built here unasked: what is
# built runs its own code on this computer, and what it makes fits this computer only, unless it is pure.
SDISTS = ("proxy-tools",)
# uv's hints: that there is only source, or that there are wheels for other systems or other Pythons.
_LACKS_WHEEL = re.compile(r"[Ww]heels (?:are required for|are available for|for) `([^`]+)`")
_OUTPUT = "pylock.toml"


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One file of one version of a package; `url` only where a requirement names its place itself ("ours @ https://…")."""

    name: str
    version: str
    file: str
    sha256: str
    url: str = ""

    @property
    def is_source(self) -> bool:
        """Whether a wheel has first to be made of it."""
        return not self.file.endswith(".whl")

    @property
    def line(self) -> str:
        """As a file of requirements has it."""
        which = f"{self.name} @ {self.url}" if self.url else f"{self.name}=={self.version}"
        return f"{which} --hash=sha256:{self.sha256}\n"


def resolve(
    requirements: Iterable[str],
    target: Target,
    minor: int,
    *,
    prefer: Iterable[Pin] = (),
    sdists: Sequence[str] = (),
    present: Sequence[str] = (),
    folder: Path | None = None,
    offline: bool = False,
) -> tuple[Pin, ...]:
    """The packages that fulfil `requirements` on a target under Python 3.`minor`; raises BuildError where there are none.

    Versions in `prefer` are kept where they still fit. What is `present` on the target comes along for nobody, nor does what
    only that needs. Only descriptions of packages are fetched for this, no package.
    """
    with tempfile.TemporaryDirectory(prefix="hipflask-") as name:
        scratch = Path(name)
        asked, left_out, output = scratch / "requirements.in", scratch / "excludes.txt", scratch / _OUTPUT
        asked.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        # The framework's own files come from the Python that builds. A package of its ecosystem that asks for it gets that.
        left_out.write_text("".join(f"{name}\n" for name in (FRAMEWORK, *present)), encoding="utf-8")
        _write_preferences(output, prefer)
        arguments: list[str | Path] = [
            "pip",
            "compile",
            asked,
            "--output-file",
            output,
            "--excludes",
            left_out,
        ]
        arguments += ["--format", "pylock.toml", "--no-header", *for_target(target, minor, sdists)]
        if words := uv.attempt(arguments, folder=folder, offline=offline):
            raise BuildError(_explained(words, target, minor))
        found = tomllib.loads(output.read_text(encoding="utf-8")).get("packages", [])
    return tuple(sorted(_pin(package, minor) for package in found))


def for_target(target: Target, minor: int, sdists: Sequence[str]) -> list[str]:
    """The options with which uv looks for wheels of a target."""
    options = ["--python", sys.executable, "--python-platform", target.uv, "--python-version", f"3.{minor}"]
    options += ["--only-binary", ":all:"]
    return [*options, *(option for name in (*SDISTS, *sdists) for option in ("--no-binary", name))]


def _write_preferences(file: Path, pins: Iterable[Pin]) -> None:
    # uv prefers what its output says already. Of that it looks at names and versions alone.
    tables = [
        f'[[packages]]\nname = "{pin.name}"\nversion = "{pin.version}"\n'
        for pin in sorted(pins)
        if not pin.url
    ]
    if tables:
        file.write_text(
            'lock-version = "1.0"\ncreated-by = "hipflask"\n\n' + "\n".join(tables), encoding="utf-8"
        )


def _pin(package: dict[str, Any], minor: int) -> Pin:
    archive, source, name = package.get("archive"), package.get("sdist"), package["name"]
    files = package.get("wheels") or [file for file in (source, archive) if file]
    if not files:
        raise BuildError(
            f"{name} is required as a folder or a repository, and a bundle takes only what has a checksum. "
            "Build a wheel of it (`uv build --wheel`) and name the folder that it is in by UV_FIND_LINKS."
        )
    file = min(files, key=lambda file: _rank(_name(file), minor))
    version, url = str(package.get("version", "")), str(file.get("url", "")) if archive else ""
    return Pin(name, version, _name(file), file["hashes"]["sha256"], url)


def _name(file: dict[str, Any]) -> str:
    place = str(file.get("url") or file.get("path"))
    return str(file.get("name") or unquote(PurePosixPath(urlsplit(place).path).name))


def _rank(name: str, minor: int) -> tuple[bool, bool, bool, str]:
    """Of several wheels that fit, the first is the one made for just this: in C, for this Python, for one processor."""
    python, _, platform = name.removesuffix(".whl").split("-")[-3:] if name.endswith(".whl") else ("", "", "")
    return platform == "any", python != f"cp3{minor}", "universal2" in platform, name


def _explained(words: str, target: Target, minor: int) -> str:
    lacking = list(dict.fromkeys(_LACKS_WHEEL.findall(words)))
    if not lacking:
        return f"The packages for {target} could not be found. uv says:\n{words}"
    # The hint about an option of uv's that nobody here has given would only mislead.
    told = "\n".join(line.strip() for line in words.splitlines() if "`--no-build`" not in line)
    return (
        f"For {target} and Python 3.{minor} there is no ready-made package (no wheel) of {join(lacking, 'and')}. "
        f"Nothing has been downloaded. uv says:\n{told}\n"
        "Ask for a version that has one, or do without it; if it is pure Python and only its source is published, name it in "
        "`sdists` of [tool.hipflask]: it is then built here."
    )
