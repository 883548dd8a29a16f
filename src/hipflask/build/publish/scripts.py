"""The scripts that install a program from a shell: `curl … | sh` on macOS and Linux, `irm … | iex` on Windows.

What a browser downloads is marked as coming from elsewhere, and unsigned programs that are so marked meet warnings. A
company that has no certificates can have its people paste one line instead. Each script has the SHA-256 of what it installs.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from ..project import Project
from .installers import Download

_HERE = Path(__file__).parent
# What uname and Windows call the systems and processors.
_UNAME = {
    "linux-x86_64": "Linux-x86_64",
    "linux-aarch64": "Linux-aarch64 | Linux-arm64",
    "macos-x86_64": "Darwin-x86_64",
    "macos-aarch64": "Darwin-arm64",
}
_PROCESSORS = {"windows-x86_64": "AMD64", "windows-aarch64": "ARM64"}
_WAYS = {".tar.gz": "install_archive", ".app.zip": "install_app"}


def shell(project: Project, url: str, name: str, downloads: Sequence[Download]) -> str | None:
    """The script for macOS and Linux; None if nothing that was published can be installed that way."""
    cases = {}
    for download in downloads:
        way = next((way for suffix, way in _WAYS.items() if download.name.endswith(suffix)), None)
        if download.target in _UNAME and way:
            address = shlex.quote(url + quote(download.path))
            cases[_UNAME[download.target]] = (
                f"version={download.version} file={address} sum={download.sha256} how={way}"
            )
    lines = [f"    {pattern}) {what} ;;" for pattern, what in sorted(cases.items())]
    return _fill("install.sh", project, url, name, lines)


def powershell(project: Project, url: str, name: str, downloads: Sequence[Download]) -> str | None:
    """The script for Windows; None if no setup.exe was published."""
    lines = []
    for download in downloads:
        if download.target in _PROCESSORS and download.name.endswith("setup.exe"):
            address = (url + quote(download.path)).replace("'", "''")
            lines.append(
                f"    '{_PROCESSORS[download.target]}' {{ $version = '{download.version}'; $file = '{address}'; $sum = '{download.sha256}' }}"
            )
    return _fill("install.ps1", project, url, name, sorted(lines))


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template with its "@NAME@" replaced; what a value contains is not looked at again."""
    parts = text.split("@")
    # Between two signs stands a name, or else the sign was an ordinary one.
    filled, at = [parts[0]], 1
    while at < len(parts):
        if at + 1 < len(parts) and parts[at] in values:
            filled += [values[parts[at]], parts[at + 1]]
            at += 2
        else:
            filled.append(f"@{parts[at]}")
            at += 1
    return "".join(filled)


def _fill(file: str, project: Project, url: str, name: str, cases: Sequence[str]) -> str | None:
    if not cases:
        return None
    values = {"PROGRAM": project.program, "URL": url, "SELF": name, "CASES": "\n".join(cases)}
    return fill((_HERE / file).read_text(encoding="utf-8"), values)
