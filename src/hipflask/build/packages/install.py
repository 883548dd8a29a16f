"""The packages of a bundle: a site-packages for a target, filled by uv, rid of what no program uses, Hipflask put in.

    install(pins, target, 14, folder, cache=Path("~/.cache/hipflask"))

The same pins make the same files, wherever and whenever: nothing is left in there of the time, the folder or the computer.
What uv has once put together for the same pins is kept in the cache; a build after that copies it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from email.parser import Parser
from pathlib import Path

from ...core.errors import BuildError
from ..runtime.cache import keep
from ..targets import Target
from . import uv
from .elf import strip
from .framework import copy_framework, short_metadata
from .pruning import RULES, prune
from .requirements import name_of
from .resolving import Pin, for_target

Say = Callable[[str], None]
# Changes with whatever is done to a tree here, besides the rules: what older versions kept is then not used again.
_FORM = "1"
_NO_PROGRAMS = (".dll", ".dylib", ".py", ".pyd", ".so")


def install(
    pins: Sequence[Pin],
    target: Target,
    minor: int,
    folder: Path,
    *,
    cache: Path,
    offline: bool = False,
    within: Path | None = None,
    say: Say = lambda _: None,
) -> None:
    """Fill an empty folder as the site-packages of a target; raises BuildError, and then what is in it is of no use.

    `within` is the project's folder, whose settings for uv hold here as they did when the pins were chosen.
    """
    kept = cache / "packages" / _key(pins, target, minor)
    if not kept.is_dir():
        say(f"Installing {len(pins)} packages for {target}")
        keep(kept, lambda tree: _fill(tree, pins, target, minor, within, offline))
    shutil.copytree(kept, folder, dirs_exist_ok=True, copy_function=shutil.copy)
    copy_framework(folder)


def _key(pins: Iterable[Pin], target: Target, minor: int) -> str:
    lines = [_FORM, repr(RULES), target.name, str(minor), *(repr(pin) for pin in sorted(pins))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _fill(
    tree: Path, pins: Sequence[Pin], target: Target, minor: int, within: Path | None, offline: bool
) -> None:
    tree.mkdir()
    sources = [pin for pin in pins if pin.is_source]
    with tempfile.TemporaryDirectory(prefix="hipflask-") as scratch:
        asked = Path(scratch) / "requirements.txt"
        asked.write_text("".join(pin.line for pin in pins), encoding="utf-8")
        arguments: list[str | Path] = ["pip", "install", "--requirement", asked, "--target", tree]
        arguments += ["--require-hashes", "--no-deps", "--no-compile-bytecode", "--link-mode", "copy"]
        arguments += for_target(target, minor, [pin.name for pin in sources])
        if words := uv.attempt(arguments, folder=within, offline=offline):
            raise BuildError(f"The packages for {target} could not be installed. uv says:\n{words}")
    _refuse_links(tree)
    for pin in sources:
        _check_pure(tree, pin)
    prune(tree, target)
    _say_what_runs(tree)
    if target.system == "linux":
        strip(tree)


def _refuse_links(tree: Path) -> None:
    for path in tree.rglob("*"):
        if path.is_symlink():
            raise BuildError(f"A package has a link, {path.relative_to(tree)}, and a bundle has files only.")


def _say_what_runs(tree: Path) -> None:
    # Wheels made on Linux call every library executable. None needs it, and a Windows that builds would not know of it.
    for path in tree.rglob("*"):
        if path.is_file() and (path.suffix in _NO_PROGRAMS or ".so." in path.name):
            path.chmod(0o644)


def _check_pure(tree: Path, pin: Pin) -> None:
    """What was built here must fit everywhere; and say of itself the same, whichever version of its tools built it."""
    info = next(each for each in tree.glob("*.dist-info") if name_of(each.name.partition("-")[0]) == pin.name)
    tags = [
        line for line in (info / "WHEEL").read_text(encoding="utf-8").splitlines() if line.startswith("Tag:")
    ]
    if not tags or not all(tag.endswith("-none-any") for tag in tags):
        raise BuildError(
            f"{pin.name} is published as source only, and is not pure Python: what is built of it here runs here alone. "
            "Do without it, or build wheels of it for your targets and name the folder they are in by UV_FIND_LINKS."
        )
    about = Parser().parsestr((info / "METADATA").read_text(encoding="utf-8"))
    (info / "METADATA").write_text(short_metadata(about.get_all), encoding="utf-8", newline="\n")
