"""Bundles put together by hand for the tests of the launcher: a runtime's insides are links, all else is as it will be."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hipflask.build.launcher import binary
from hipflask.build.runtime_layer import SITECUSTOMIZE
from hipflask.build.targets import Target
from lacking import lacking

# Which Python the bundles of these tests have: any with a shared library will do, so a release can be tried on many.
PYTHON = os.environ.get("HIPFLASK_TEST_PYTHON", sys.executable)

ASK = """
import json, os, sys, sysconfig
names = "LIBDIR", "INSTSONAME", "MULTIARCH"
libdir, name, multiarch = (sysconfig.get_config_var(each) or "" for each in names)
places = [os.path.join(libdir, name), os.path.join(libdir, multiarch, name)]
places += [os.path.join("/usr/lib", multiarch, "libpython" + sysconfig.get_python_version() + ".so.1.0")]
print(json.dumps({
    "program": os.path.realpath(sys.executable), "stdlib": sysconfig.get_path("stdlib"), "minor": sysconfig.get_python_version(),
    "libraries": [each for each in places if ".so" in each and os.path.isfile(each)],
}))
"""

# What stands in for the program: it says what it was given, or does what its first argument asks for.
BOOT = """
import ctypes, json, os, subprocess, sys, time
import whose
if __name__ == "__main__":
    if sys.argv[1:2] == ["wait"]:
        print("up", flush=True)
        time.sleep(60)
    if sys.argv[1:2] == ["splash"]:
        print("up", flush=True)
        input()
        ctypes.CDLL(None).hipflask_splash_done()
        print("done", flush=True)
        input()
    if sys.argv[1:2] == ["exit"]:
        sys.exit(int(sys.argv[2]))
    child = "import json, os, sys; print(json.dumps([sys.prefix, sys.path, dict(os.environ)]))"
    print(json.dumps({
        "arguments": sys.argv[1:], "prefix": sys.prefix, "exec_prefix": sys.exec_prefix, "path": sys.path,
        "executable": sys.executable, "release": whose.RELEASE, "environment": dict(os.environ),
        "isolated": sys.flags.isolated, "utf8": sys.flags.utf8_mode, "no_bytecode": sys.flags.dont_write_bytecode,
        "child": json.loads(subprocess.run([sys.executable, "-c", child], capture_output=True, check=True).stdout),
    }))
"""


def layer_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class Bundle:
    """The folder of an installed program, with releases to be added; its runtime is for subclasses to lay."""

    library = ""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)

    def release(self, name: str, **changed: str) -> str:
        """Add a release, whose program says this name; returns its key."""
        self.lay(name, {"whose.py": f"RELEASE = {name!r}"})
        layers = {"runtime": layer_id("runtime"), "packages": layer_id("packages"), "app": layer_id(name)}
        values = {"hipflask": "1", "name": name, "library": self.library, **layers, **changed}
        text = "".join(f"{key}={value}\n" for key, value in values.items())
        key = layer_id(text)[:16]
        (self.root / "releases").mkdir(exist_ok=True)
        (self.root / "releases" / key).write_text(text, encoding="utf-8")
        return key

    def set(self, release: str, previous: str = "", state: str = "healthy", refused: str = "") -> None:
        """Write `current`."""
        lines = f"release={release}\nprevious={previous}\nstate={state}\nrefused={refused}\n"
        (self.root / "current").write_text(lines, encoding="utf-8")

    @property
    def state(self) -> tuple[str, ...]:
        """What `current` says: release, previous, state, refused."""
        lines = (self.root / "current").read_text(encoding="utf-8").splitlines()
        return tuple(line.partition("=")[2] for line in lines)

    def layer(self, name: str) -> Path:
        """The folder of a layer."""
        return self.root / "layers" / layer_id(name)[:16]

    def lay(self, name: str, files: dict[str, str]) -> None:
        """Write a layer."""
        for path, content in files.items():
            file = self.layer(name) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")


class PythonBundle(Bundle):
    """One for this computer, with a real Python and a program that says what it was given."""

    def __init__(self, root: Path, *, library: bool = True) -> None:
        super().__init__(root)
        self.python = json.loads(subprocess.run([PYTHON, "-c", ASK], capture_output=True, check=True).stdout)
        self.launcher = root / "stock"
        shutil.copy(binary(Target.host()), self.launcher)
        self._lay_runtime(library)
        self.lay("packages", {"hipflask/__init__.py": "", "hipflask/boot.py": BOOT})

    def command(self, *arguments: str | bytes) -> list[str | bytes]:
        return [str(self.launcher), *arguments]

    def run(
        self, *arguments: str | bytes, command: str | None = None, cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Start the program and wait until it has ended."""
        return subprocess.run(
            [command or str(self.launcher), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=120,
            cwd=cwd,
            env=surroundings(**environment),
            check=False,
        )

    def said(self, *arguments: str | bytes, **options: Any) -> dict[str, Any]:
        """Start the program, which must do well; returns what it says of itself."""
        answer = self.run(*arguments, **options)
        assert answer.returncode == 0, answer.stderr
        said: dict[str, Any] = json.loads(answer.stdout)
        return said

    def _lay_runtime(self, library: bool) -> None:
        stdlib = self.layer("runtime") / "lib" / f"python{self.python['minor']}"
        stdlib.mkdir(parents=True)
        for each in Path(self.python["stdlib"]).iterdir():
            if each.name not in {"site-packages", "dist-packages", "sitecustomize.py"}:
                (stdlib / each.name).symlink_to(each)
        (stdlib / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
        if not library:
            (self.layer("runtime") / "bin").mkdir()
            shutil.copy(self.python["program"], self.layer("runtime") / "bin" / "python3")
            return
        if not self.python["libraries"]:
            lacking("A Python with a shared library")
        found = Path(self.python["libraries"][0])
        self.library = f"lib/{found.name}"
        (self.layer("runtime") / self.library).symlink_to(found)


def surroundings(**changed: str) -> dict[str, str]:
    """This process's environment without what would disturb, and with some changes."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HIPFLASK_", "PYTHON"))}
    return {**kept, "HIPFLASK_NO_DIALOG": "1", **changed}
