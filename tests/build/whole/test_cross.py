"""Bundles for the systems that this is not, with the real packages of each: everything but their Python is real.

Only a synthetic Python can be had where nothing is downloaded, so what is made here is taken apart and not run.
"""

from __future__ import annotations

import plistlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.build.pythons import pack, python
from tests.build.whole.program import Program

from hipflask.build.current import Current, release_of
from hipflask.build.layer import Layer
from hipflask.build.targets import Target

MINOR = sys.version_info.minor


def built(folder: Path, target: Target, format: str) -> Path:
    """The file that a build for a target has made; in the folder `dist` beside it is the bundle."""
    program = Program(folder / "für alle")
    program.make_keys()
    program.write("1.2.3")
    place = pack(folder / f"cpython-3.{MINOR}.7-{target}.tar.gz", python(target, MINOR))
    said = program.command("build", "--target", target.name, "--runtime", place, "--format", format)
    (file,) = (
        line.rsplit("  ", 1)[0] for line in said.splitlines() if line.startswith("dist/lager-fur-buros")
    )
    return program.project / file


def check_layers(root: Path) -> dict[str, Path]:
    """The layers of a bundle, which are what its release says that they are."""
    release = release_of(root, Current.read(root).release)
    for name, layer in release.layers.items():
        assert Layer.of(name, release.home(name, root)).id == layer
    return {name: release.home(name, root) for name in release.layers}


def natives(layer: Path) -> set[str]:
    """The endings of the native modules in a layer."""
    return {file.name.partition(".")[2] for file in layer.rglob("*") if file.suffix in (".pyd", ".so")}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_windows(tmp_path: Path, machine: str) -> None:
    target = Target("windows", machine)
    with zipfile.ZipFile(built(tmp_path, target, "zip")) as archived:
        archived.extractall(tmp_path / "there")
    (root,) = (tmp_path / "there").iterdir()
    layers = check_layers(root)
    assert root.name == "Lager für Büros"
    assert (root / "Lager für Büros.exe").read_bytes().startswith(b"MZ")
    assert natives(layers["packages"]) <= {
        f"cp3{MINOR}-win_{'amd64' if machine == 'x86_64' else 'arm64'}.pyd",
        "pyd",
    }
    assert not (layers["packages"] / "uvloop").exists()
    assert (layers["packages"] / "webview").is_dir()
    assert (layers["app"] / "__pycache__" / f"stock.cpython-3{MINOR}.pyc").is_file()


def test_macos(tmp_path: Path) -> None:
    target = Target("macos", "aarch64")
    file = built(tmp_path, target, "app.zip")
    subprocess.run(["unzip", "-q", file, "-d", tmp_path / "there"], check=True)
    app = tmp_path / "there" / "Lager für Büros.app"
    about = plistlib.loads((app / "Contents" / "Info.plist").read_bytes())
    assert about["CFBundleIdentifier"] == "com.example.stock"
    assert (app / "Contents" / "MacOS" / "Lager für Büros").stat().st_mode & 0o100
    layers = check_layers(app / "Contents" / "Resources")
    modules = {file.name for file in layers["packages"].rglob("*.so")}
    assert any("darwin" in name for name in modules)
    assert not any("linux" in name for name in modules)
    assert (layers["packages"] / "webview").is_dir()
