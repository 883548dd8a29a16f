"""The download page: one file that needs nothing else, and says beforehand what people will see.

It has no date and no address in it but those of its downloads, so the same releases make the same page. The script only
marks the visitor's own system; without it everything is there. Nothing else may run or be loaded on it (its
Content-Security-Policy names the hashes of its own style and script).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from ..current import replace
from ..platforms.icons import png_of
from ..project import Project
from . import scripts
from .installers import Download

_HERE = Path(__file__).parent
_SYSTEMS = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
_MACHINES = {
    "windows-x86_64": "64-bit",
    "windows-aarch64": "ARM",
    "macos-x86_64": "Intel",
    "macos-aarch64": "Apple silicon",
    "linux-x86_64": "64-bit",
    "linux-aarch64": "ARM",
}
# By how a file's name ends, and the most useful first. Who installs for everybody also updates for everybody.
_KINDS = {
    "setup.exe": "Installer",
    ".app.zip": "App",
    ".deb": "Package for Debian and Ubuntu, updated by its administrator",
    ".AppImage": "AppImage, one file that runs",
    ".tar.gz": "Archive for any Linux",
    ".msi": "MSI package, for administrators",
    ".zip": "Folder in a zip, without installing",
}
_UNITS = ("bytes", "kB", "MB", "GB")


def write(project: Project, channel: str, downloads: Sequence[Download], folder: Path) -> None:
    """Write the page of a channel and its scripts into a published folder: the project's own channel is the front page."""
    assert project.updates is not None  # nothing is published without
    is_front = channel == project.updates.channel
    page, end = ("index.html", "") if is_front else (f"channel-{channel}.html", f"-{channel}")
    url = project.updates.url.rstrip("/") + "/"
    shell = scripts.shell(project, url, f"install{end}.sh", downloads)
    powershell = scripts.powershell(project, url, f"install{end}.ps1", downloads)
    lines = {
        **(
            {
                "macos": f"curl -fsSL {url}install{end}.sh | sh",
                "linux": f"curl -fsSL {url}install{end}.sh | sh",
            }
            if shell
            else {}
        ),
        **({"windows": f"irm {url}install{end}.ps1 | iex"} if powershell else {}),
    }
    _put(folder / f"install{end}.sh", shell)
    _put(folder / f"install{end}.ps1", powershell)
    _put(folder / page, html(project, channel if not is_front else "", downloads, lines))


def html(project: Project, channel: str, downloads: Sequence[Download], lines: dict[str, str]) -> str:
    """The page; `lines` has for each system what one pastes into a shell instead."""
    style, script = _read("page.css"), _read("page.js")
    versions = ", ".join(dict.fromkeys(download.version for download in downloads))
    about = [f"Version {versions}" if versions else "", channel and f"Channel “{channel}”", project.publisher]
    values = {
        "NAME": escape(project.name),
        "VERSION": escape(versions),
        "DESCRIPTION": escape(project.description),
        "ABOUT": escape(" · ".join(part for part in about if part)) + _homepage(project),
        "ICON": "data:image/png;base64," + base64.b64encode(png_of(project, 192)).decode(),
        "STYLE": style,
        "STYLE_HASH": _csp_hash(style),
        "SCRIPT": script,
        "SCRIPT_HASH": _csp_hash(script),
        "SYSTEMS": "\n".join(_system(project, system, downloads, lines) for system in _SYSTEMS) or "",
    }
    return scripts.fill(_read("page.html"), values)


def _system(project: Project, system: str, downloads: Sequence[Download], lines: dict[str, str]) -> str:
    mine = sorted(
        (each for each in downloads if each.target.startswith(system)),
        key=lambda each: (_rank(each), each.target),
    )
    if not mine:
        return ""
    buttons = "\n".join(_button(download, is_first=_rank(download) == _rank(mine[0])) for download in mine)
    return (
        f'<section id="{system}" aria-labelledby="{system}-title">\n'
        f'<div class="title"><h2 id="{system}-title">{_SYSTEMS[system]}</h2><span class="badge">Your system</span></div>\n'
        f"<ul>\n{buttons}\n</ul>\n{_warning(project, system)}{_line(system, lines.get(system))}{_sums(mine)}</section>"
    )


def _button(download: Download, *, is_first: bool) -> str:
    machine = _MACHINES.get(download.target, download.target)
    return (
        f'<li><a class="button{" first" if is_first else ""}" href="{escape(quote(download.path))}" download>'
        f"<b>{escape(_kind(download))}</b><span>{escape(machine)} · {size_of(download.size)}</span></a></li>"
    )


def _warning(project: Project, system: str) -> str:
    """What somebody sees who opens a download that no known publisher has signed: said before it frightens them."""
    name, publisher = escape(project.name), escape(project.publisher)
    if system == "windows" and "sign-windows" not in project.hooks:
        return (
            f"<details><summary>Windows will warn you: “Windows protected your PC”</summary>\n"
            f"<p>{name} is not signed with a certificate that Windows knows, so it cannot say who made it. If you trust "
            f"{publisher} and this page:</p>\n"
            "<ol><li>Choose <b>More info</b>.</li><li>Choose <b>Run anyway</b>.</li></ol>\n"
            "<p>Your browser may ask before that whether to keep the file. Some companies do not allow “Run anyway”; "
            "ask your administrator.</p></details>\n"
        )
    if system == "macos" and not {"sign-macos", "notarize-macos"} <= set(project.hooks):
        return (
            f"<details><summary>macOS will refuse at first: “Apple could not verify”</summary>\n"
            f"<p>{name} has not been sent to Apple for checking, so macOS does not open it at once. If you trust {publisher} "
            "and this page:</p>\n"
            f"<ol><li>Open {name}, and choose <b>Done</b>, not “Move to Bin”.</li>"
            "<li>Open <b>System Settings → Privacy &amp; Security</b> and scroll down.</li>"
            "<li>Choose <b>Open Anyway</b> and enter your password.</li></ol>\n"
            "<p>This is needed once. On macOS 14 and older it is enough to Control-click the app and choose Open.</p></details>\n"
        )
    return ""


def _line(system: str, line: str | None) -> str:
    if line is None:
        return ""
    where = "PowerShell" if system == "windows" else "Terminal"
    return (
        f"<details><summary>Install from {where} instead, without the browser</summary>\n"
        f'<pre tabindex="0"><code>{escape(line)}</code></pre>\n'
        '<p class="quiet">Downloads it, checks its SHA-256 and installs it for you alone. It runs what this server sends: '
        "use it where you trust the server.</p></details>\n"
    )


def _sums(downloads: Iterable[Download]) -> str:
    rows = "".join(f"<div><dt>{escape(each.name)}</dt><dd>{each.sha256}</dd></div>" for each in downloads)
    return f"<details><summary>SHA-256</summary>\n<dl>{rows}</dl></details>\n"


def _homepage(project: Project) -> str:
    # Anything but a web address would be a link that does something else.
    if not project.homepage.startswith(("https://", "http://")):
        return ""
    return f' · <a href="{escape(project.homepage)}" rel="noopener">{escape(project.homepage.partition("://")[2].rstrip("/"))}</a>'


def size_of(size: int) -> str:
    """Bytes as people read them: "12.1 MB"."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit == 0 or amount >= 99.5 else f"{amount:.1f} {_UNITS[unit]}"


def _rank(download: Download) -> int:
    return next((at for at, suffix in enumerate(_KINDS) if download.name.endswith(suffix)), len(_KINDS))


def _kind(download: Download) -> str:
    return next((kind for suffix, kind in _KINDS.items() if download.name.endswith(suffix)), download.name)


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _put(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink(missing_ok=True)
    elif not file.is_file() or file.read_bytes() != text.encode():
        replace(file, text.encode())
