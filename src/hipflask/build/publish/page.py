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
# The usual processor of each system first.
_MACHINES = {
    "windows-x86_64": "64-bit",
    "windows-aarch64": "ARM",
    "macos-aarch64": "Apple silicon",
    "macos-x86_64": "Intel",
    "linux-x86_64": "64-bit",
    "linux-aarch64": "ARM",
}
# By how a file's name ends, and what most people want first: what it is, and what one should know of it.
_KINDS = {
    "setup.exe": ("Installer", ""),
    ".app.zip": ("App", ""),
    ".deb": ("Debian and Ubuntu", "for everybody on the computer; does not update itself"),
    ".AppImage": ("AppImage", "one file that runs as it is"),
    ".tar.gz": ("Any Linux", "unpack, then run “install”"),
    ".msi": ("MSI", "for administrators; does not update itself"),
    ".zip": ("Zip", "unpack and run, nothing is installed"),
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
        "ICON": _data(png_of(project, 192)),
        "SMALL_ICON": _data(png_of(project, 32)),
        "STYLE": style,
        "STYLE_HASH": _csp_hash(style),
        "SCRIPT": script,
        "SCRIPT_HASH": _csp_hash(script),
        "SYSTEMS": "\n".join(_system(project, system, downloads, lines) for system in _SYSTEMS),
    }
    return scripts.fill(_read("page.html"), values)


def _system(project: Project, system: str, downloads: Sequence[Download], lines: dict[str, str]) -> str:
    mine = sorted((each for each in downloads if each.target.startswith(system)), key=_order)
    if not mine:
        return ""
    usual = [download for download in mine if _kind(download) == _kind(mine[0])]
    others = [download for download in mine if download not in usual]
    parts = [
        f'<section id="{system}" aria-labelledby="{system}-title">',
        f'<div class="title"><h2 id="{system}-title">{_SYSTEMS[system]}</h2><span class="badge">Your system</span></div>',
        _buttons(usual, first=mine[0]),
        _warning(project, system),
        _line(system, lines.get(system)),
        _details("Other downloads", _buttons(others)) if others else "",
        _sums(mine),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _buttons(downloads: Iterable[Download], first: Download | None = None) -> str:
    return f"<ul>\n{''.join(_button(download, is_first=download is first) for download in downloads)}</ul>"


def _button(download: Download, *, is_first: bool) -> str:
    title, note = _kind(download)
    facts = [_MACHINES.get(download.target, download.target), size_of(download.size), note]
    return (
        f'<li><a class="button{" first" if is_first else ""}" href="{escape(quote(download.path))}" download>'
        f"<b>{escape(title)}</b><span>{escape(' · '.join(fact for fact in facts if fact))}</span></a></li>\n"
    )


def _warning(project: Project, system: str) -> str:
    """What somebody sees who opens a download that no known publisher has signed: said before it frightens them."""
    name, publisher = escape(project.name), escape(project.publisher)
    if system == "windows" and "sign-windows" not in project.hooks:
        return _details(
            "Windows will warn you: “Windows protected your PC”",
            f"<p>{name} is not signed with a certificate that Windows knows, so Windows cannot say who made it. If you trust "
            f"{publisher} and this page:</p>\n"
            "<ol><li>Choose <b>More info</b>.</li><li>Choose <b>Run anyway</b>.</li></ol>\n"
            "<p>Your browser may ask before that whether to keep the file. Some companies do not allow “Run anyway”; "
            "then ask your administrator.</p>",
        )
    if system == "macos" and not {"sign-macos", "notarize-macos"} <= set(project.hooks):
        return _details(
            "macOS will refuse at first: “Apple could not verify”",
            f"<p>{name} has not been sent to Apple for checking, so macOS does not open it at once. If you trust {publisher} "
            "and this page:</p>\n"
            f"<ol><li>Open {name} and choose <b>Done</b>, not “Move to Bin”.</li>"
            "<li>Open <b>System Settings → Privacy &amp; Security</b> and scroll down.</li>"
            "<li>Choose <b>Open Anyway</b> and enter your password.</li></ol>\n"
            "<p>This is needed once. On macOS 14 and older, Control-click the app and choose Open.</p>",
        )
    return ""


def _line(system: str, line: str | None) -> str:
    if line is None:
        return ""
    where = "PowerShell" if system == "windows" else "a terminal"
    return _details(
        f"Install from {where} instead, without these questions"
        if system != "linux"
        else f"Install from {where} instead",
        f'<pre tabindex="0"><code>{escape(line)}</code></pre>\n'
        '<p class="quiet">Downloads it, checks its SHA-256 and installs it for you alone. It runs what this server sends: '
        "use it where you trust the server.</p>",
    )


def _sums(downloads: Iterable[Download]) -> str:
    rows = "".join(f"<div><dt>{escape(each.name)}</dt><dd>{each.sha256}</dd></div>\n" for each in downloads)
    return _details("SHA-256 of each file", f"<dl>{rows}</dl>")


def _details(summary: str, content: str) -> str:
    return f"<details><summary>{summary}</summary>\n{content}</details>"


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


def _order(download: Download) -> tuple[int, int, str]:
    kinds, machines = list(_KINDS.values()), list(_MACHINES)
    kind, target = _kind(download), download.target
    return (
        kinds.index(kind) if kind in kinds else len(kinds),
        machines.index(target) if target in machines else len(machines),
        download.path,
    )


def _kind(download: Download) -> tuple[str, str]:
    return next(
        (kind for suffix, kind in _KINDS.items() if download.name.endswith(suffix)), (download.name, "")
    )


def _data(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _put(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink(missing_ok=True)
    elif not file.is_file() or file.read_bytes() != text.encode():
        replace(file, text.encode())
