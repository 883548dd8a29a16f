"""What `hipflask doctor` asks of the computer that it runs on."""

from __future__ import annotations

import datetime
import shutil
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from ..core.errors import BuildError
from .compiling import python_for
from .launcher import binary
from .packages import uv
from .platforms.format import Format
from .runtime.cache import Cache
from .targets import Target

_SECONDS = 3.0


class Machine(Protocol):
    """A computer on which bundles might be built."""

    @property
    def host(self) -> Target:
        """What it is itself."""

    @property
    def mirrors(self) -> tuple[str, ...]:
        """Where it looks for downloads before their own places."""

    def uv_version(self) -> str | None:
        """The version of uv, None without one."""

    def has_part(self, module: str) -> bool:
        """Whether a module can be imported."""

    def has_python(self, minor: int) -> bool:
        """Whether there is a Python 3.`minor`."""

    def has_file(self, sha256: str) -> bool:
        """Whether this was downloaded before."""

    def has_program(self, name: str, folder: Path) -> bool:
        """Whether a command could be started from a folder."""

    def flaw_of_launcher(self, target: Target) -> str | None:
        """What is wrong with a target's launcher; None if nothing is."""

    def refusal_of(self, form: Format) -> str | None:
        """Why an installer of this form cannot be made; None if it can."""

    def room(self) -> int:
        """How many bytes are free."""

    def now(self) -> datetime.datetime:
        """The time, in UTC."""

    def reaches(self, url: str) -> bool:
        """Whether something answers there, or the folder is there."""


class ThisMachine:
    """The computer that this runs on."""

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache or Cache()

    @property
    def host(self) -> Target:
        return Target.host()

    @property
    def mirrors(self) -> tuple[str, ...]:
        return self._cache.mirrors

    def uv_version(self) -> str | None:
        # "uv 0.11.19 (…)"; and nothing at all where there is none.
        words = uv.answer(["--version"]).split()
        return words[1] if len(words) > 1 else None

    def has_part(self, module: str) -> bool:
        return find_spec(module) is not None

    def has_python(self, minor: int) -> bool:
        try:
            python_for(minor)
        except BuildError:
            return False
        return True

    def has_file(self, sha256: str) -> bool:
        return self._cache.has(sha256)

    def has_program(self, name: str, folder: Path) -> bool:
        return shutil.which(str(folder / name) if "/" in name else name) is not None

    def flaw_of_launcher(self, target: Target) -> str | None:
        try:
            binary(target)
        except BuildError as error:
            return str(error)
        return None

    def refusal_of(self, form: Format) -> str | None:
        return form.needs()

    def room(self) -> int:
        return shutil.disk_usage(Path.cwd()).free

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    def reaches(self, url: str) -> bool:
        if "://" not in url:
            return Path(url).is_dir()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_SECONDS):
                return True
        except urllib.error.HTTPError:
            return True  # it has answered
        except (OSError, ValueError):
            return False
