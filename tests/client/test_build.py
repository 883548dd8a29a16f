"""The client that is built is the client whose source is here, and it speaks the wire of today."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .server import STATIC

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "client"

# Room for what will come, and a reason to think when it is used up. Bytes, not compressed.
LARGEST = {".js": 320_000, ".css": 40_000}

# Hosts that comments and messages of others name.
COMMENTED = {"webawesome.com", "lit.dev", "github.com", "issues.chromium.org", "bugs.webkit.org"}

needs_node = pytest.mark.skipif(
    not shutil.which("node") or not (CLIENT / "node_modules").exists(),
    reason="needs Node.js and `npm ci` in client/",
)


def test_the_wire_is_the_same_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import wire_types  # type: ignore[import-not-found, unused-ignore]

    assert wire_types.typescript() == wire_types.TARGET.read_text(encoding="utf-8"), (
        f"wire.ts is out of date: {sys.executable} scripts/wire_types.py writes it anew"
    )


@needs_node
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=CLIENT, check=True)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    here = {path.name: path.read_bytes() for path in STATIC.iterdir()}
    assert built.keys() == here.keys(), "the client in static/ is out of date: `npm run build` in client/"
    assert built == here


@needs_node
def test_the_types_are_right() -> None:
    done = subprocess.run(["npm", "run", "check"], cwd=CLIENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def loaded_with(name: str) -> set[str]:
    """This file, and those that it cannot begin without."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += re.findall(r'(?:from|import)"\./([^"]+)"', (STATIC / name).read_text(encoding="utf-8"))
    return found


def test_what_every_window_loads_is_small() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    for kind in ("js", "css"):
        files = loaded_with(manifest[kind])
        assert sum((STATIC / file).stat().st_size for file in files) < LARGEST[f".{kind}"]
        assert len(files) < 10, "each is asked for by itself: put what is loaded later into fewer groups"
    assert {manifest["js"], *manifest["chunks"]} == loaded_with(manifest["js"]), "the page names all of it"
    assert any(file.name not in loaded_with(manifest["js"]) for file in STATIC.glob("*.js"))


def test_nothing_in_the_bundle_names_another_host() -> None:
    for file in [*STATIC.glob("*.js"), *STATIC.glob("*.css")]:
        content = file.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([\w.-]+)", content)) - {"www.w3.org"}
        assert hosts <= COMMENTED, "only in comments and messages"
        assert "sourceMappingURL" not in content
        assert "eval(" not in content and "new Function" not in content


def test_every_package_in_the_bundle_has_its_license_there() -> None:
    licenses = (STATIC / "licenses.txt").read_text(encoding="utf-8")
    for name in ("@awesome.me/webawesome", "lit-html", "lucide-static", "@floating-ui/core"):
        assert re.search(rf"^{name}$", licenses, re.MULTILINE)


def test_icons_are_bare_drawings() -> None:
    icons = json.loads((STATIC / "icons.json").read_text())
    assert len(icons) > 1500
    assert all(re.fullmatch(r"(<[a-z]+( [\w-]+=\"[^\"<>]*\")+ />)+", inner) for inner in icons.values())


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((CLIENT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    ours = lock["packages"][""]["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in ours.values())
