"""Viewers: the pages in which Plotly and Vega draw, with nothing else in them and nothing around them that they could reach.

    the window's page                          the viewer, in an <iframe> in <hf-figure>
    strict policy, no eval     ── figure ──▶   Plotly's or Vega's own JavaScript
                               ◀─ "shown" ──   no origin, no cookies, no network, no storage

Both libraries make functions out of text, which a window's policy forbids, and for good. Therefore they run in a page that is sandboxed by its
own policy: of no origin, so that it can neither read the window nor ask the program anything, and allowed to load nothing at all. What it
runs is in the page itself, by its hash; what it shows comes by `postMessage`.

Plotly's JavaScript is the one in the `plotly` package. Vega's is in vl-convert, which puts it together in three seconds with Python locked out:
a process of its own does that, once.
"""

from __future__ import annotations

import hashlib
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock

from . import PATH

_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src {hashes} 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Figure</title>
<style>html, body {{ height: 100%; margin: 0 }} #figure {{ position: relative }}</style>
</head>
<body>
<div id="figure"></div>
{scripts}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A page that shows the figures of one library, and the policy that it is bound by."""

    page: bytes
    policy: str


def address(library: str) -> str:
    """Where a library's viewer is; another one for every version, so that browsers may keep it."""
    return f"{PATH}{library}-{_edition(library)}"


def find(path: str) -> Viewer | None:
    """The viewer at an address; None if there is none. May take seconds, the first time."""
    library = path.removeprefix(PATH).partition("-")[0]
    if library not in _LIBRARIES or path != address(library):
        return None
    with _making:
        return _viewer(library)


_making = Lock()


@cache
def _viewer(library: str) -> Viewer:
    scripts = [_inline(script) for script in (_LIBRARIES[library].script(), _own(library))]
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    page = _PAGE.format(scripts="\n".join(f"<script>{script}</script>" for script in scripts))
    return Viewer(page.encode(), _POLICY.format(hashes=hashes))


def _inline(script: str) -> str:
    """A script that no HTML parser ends early."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(script: str) -> str:
    return b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _own(library: str) -> str:
    here = files(__package__)
    return (here / f"{library}.js").read_text("utf-8") + (here / "viewer.js").read_text("utf-8")


@cache
def _edition(library: str) -> str:
    from importlib.metadata import version

    ours = hashlib.sha256((_own(library) + _PAGE + _POLICY).encode()).hexdigest()[:8]
    return f"{version(_LIBRARIES[library].package)}-{ours}"


# ── the libraries ─────────────────────────────────────────────────────────────────────────────────


def _plotly() -> str:
    return (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")


_BUNDLE = """
import sys
sys.path[:] = {path!r}
import vl_convert
sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())
"""


def _vega() -> str:
    import subprocess

    # Not by multiprocessing, which imports the program itself once more.
    command = [sys.executable, "-c", _BUNDLE.format(path=sys.path)]
    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    return subprocess.run(
        command, stdout=subprocess.PIPE, check=True, creationflags=no_window
    ).stdout.decode()


@dataclass(frozen=True, slots=True)
class _Library:
    package: str  # that brings the JavaScript
    script: Callable[[], str]


_LIBRARIES = {"plotly": _Library("plotly", _plotly), "vega": _Library("vl-convert-python", _vega)}
