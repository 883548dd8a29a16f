"""The download page: honest, whole without a script, and with nothing in it that somebody else put there."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from publishing import Place, served

from hipflask.build.project import Project, Updates
from hipflask.build.publish import page, scripts
from hipflask.build.publish.installers import Download
from hipflask.build.targets import ALL
from lacking import lacking, needs_browser

PROJECT = replace(
    Place.project_in(Path("/nowhere")), updates=Updates("http://example.com/stock", Path("root.json"))
)
SIGNED = {"sign-windows": "x {file}", "sign-macos": "x {file}", "notarize-macos": "x {file}"}
NAMES = {
    "windows": ("stock-1.4.0-{}-setup.exe", "stock-1.4.0-{}.msi"),
    "macos": ("stock-1.4.0-{}.app.zip",),
    "linux": ("com.example.stock_1.4.0_{}.deb", "stock-1.4.0-{}.tar.gz"),
}
DOWNLOADS = [
    Download(
        target.name,
        "1.4.0",
        f"installers/stable/1.4.0/{target}/{name.format(target)}",
        12_100_000,
        f"{at}" * 64,
    )
    for at, target in enumerate(ALL)
    for name in NAMES[target.system]
]


def _html(project: Project = PROJECT, downloads: list[Download] = DOWNLOADS) -> str:
    return page.html(project, "", downloads, {"linux": "curl -fsSL http://example.com/stock/install.sh | sh"})


class _Parsed(HTMLParser):
    """Every tag, and whether each that was opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_every_download_is_a_link_with_its_size_and_its_sha256() -> None:
    """One blue button for each system, and nothing left out."""
    text = _html()
    parsed = _Parsed(text)
    assert parsed.open == []
    links = {attributes["href"]: attributes for attributes in parsed.all("a")}
    assert set(links) == {download.path for download in DOWNLOADS}
    assert sorted(href for href, each in links.items() if each["class"] == "button first") == [
        "installers/stable/1.4.0/linux-x86_64/com.example.stock_1.4.0_linux-x86_64.deb",
        "installers/stable/1.4.0/macos-aarch64/stock-1.4.0-macos-aarch64.app.zip",
        "installers/stable/1.4.0/windows-x86_64/stock-1.4.0-windows-x86_64-setup.exe",
    ]
    assert all(f"<dd>{download.sha256}</dd>" in text for download in DOWNLOADS)
    assert text.count("12.1 MB") == len(DOWNLOADS)


def test_the_policy_allows_its_own_style_and_script_and_nothing_else() -> None:
    """By their hashes; so text that got into the page from anywhere could not run."""
    text = _html()
    policy = next(each["content"] for each in _Parsed(text).all("meta") if each.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\bstyle=|\bon\w+=|src=\"(?!data:)", text)


def test_what_a_project_says_of_itself_cannot_become_markup() -> None:
    """Names and sentences are text, whatever is in them; an address that is no web address is no link."""
    evil = '"><script>alert(1)</script>@STYLE@'
    project = replace(PROJECT, name=evil, description=evil, publisher=evil, homepage="javascript:alert(1)")
    downloads = [replace(DOWNLOADS[0], path=f"installers/{evil}")]
    parsed = _Parsed(_html(project, downloads))
    assert len(parsed.all("script")) == len(parsed.all("style")) == 1
    assert "javascript:" not in _html(project, downloads)
    assert len(parsed.all("a")) == 1


def test_unsigned_builds_say_what_people_will_see_and_signed_ones_do_not() -> None:
    """Honest, and only where it is true."""
    unsigned, signed = _html(), _html(replace(PROJECT, hooks=SIGNED))
    for words in ("Run anyway", "More info", "Open Anyway", "Privacy &amp; Security"):
        assert words in unsigned
        assert words not in signed
    half = _html(replace(PROJECT, hooks={"sign-macos": "x {file}"}))
    assert "Open Anyway" in half  # signed and not notarised is refused as well


def test_the_same_releases_make_the_same_page(tmp_path: Path) -> None:
    """No date and nothing of the computer in it; written once, it is left alone."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        page.write(PROJECT, "stable", DOWNLOADS, tmp_path / name)
    one, two = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two")
    )
    assert one == two
    assert sorted(one) == ["index.html", "install.ps1", "install.sh"]
    assert len(one["index.html"]) < 60_000
    before = (tmp_path / "one/index.html").stat().st_mtime_ns
    page.write(PROJECT, "stable", DOWNLOADS, tmp_path / "one")
    assert (tmp_path / "one/index.html").stat().st_mtime_ns == before


def test_scripts_are_there_only_for_what_they_can_install(tmp_path: Path) -> None:
    """A release for Windows alone has no install.sh, and one that was there goes."""
    page.write(PROJECT, "stable", DOWNLOADS, tmp_path)
    page.write(PROJECT, "stable", [each for each in DOWNLOADS if each.target == "windows-x86_64"], tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index.html", "install.ps1"]
    assert "install.sh" not in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(("size", "words"), [(0, "0 bytes"), (999, "999 bytes"), (2_511, "2.5 kB"), (999_600, "1.0 MB"), (12_100_000, "12.1 MB"), (123_456_789, "123 MB"), (10**13, "10000 GB")])  # fmt: skip
def test_sizes_are_as_people_read_them(size: int, words: str) -> None:
    """In thousands, as the systems themselves show them."""
    assert page.size_of(size) == words


def test_a_template_is_filled_once() -> None:
    """What a value contains stays as it is, and so does every other sign."""
    assert scripts.fill("a@b @NAME@ @NAME@ c@", {"NAME": "@NAME@", "b": "?"}) == "a@b @NAME@ @NAME@ c@"


@contextmanager
def _install_script(tmp_path: Path, *, damage: bool = False) -> Iterator[tuple[str, Path]]:
    """The script as a server sends it, with an archive whose `install` notes that it ran."""
    public, home = tmp_path / "public", tmp_path / "a home"
    home.mkdir()
    script = tmp_path / "install"
    script.write_text('#!/bin/sh\necho "installed from $(basename "$(dirname "$0")")" > "$HOME/proof"\n')
    machine = os.uname().machine
    path = f"installers/stable/1.4.0/linux-{machine}/stock ü-1.4.0.tar.gz"
    (public / path).parent.mkdir(parents=True)
    with tarfile.open(public / path, "w:gz") as archive:
        archive.add(script, "stock-1.4.0/install")
    sha256 = hashlib.sha256((public / path).read_bytes()).hexdigest()
    if damage:
        (public / path).write_bytes(b"something else")
    with served(public) as url:
        project = replace(PROJECT, updates=Updates(url, Path("root.json")))
        page.write(project, "stable", [Download(f"linux-{machine}", "1.4.0", path, 1, sha256)], public)
        line = re.search(r"<code>(curl .*?)</code>", (public / "index.html").read_text())
        assert line is not None
        yield line[1], home


def _run(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)}
    return subprocess.run(["sh", "-c", line], env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(
    os.name != "posix" or shutil.which("curl") is None, reason="a POSIX shell and curl run this script"
)
def test_the_line_on_the_page_downloads_checks_and_installs(tmp_path: Path) -> None:
    """Pasted into a real shell; what it downloaded is gone afterwards."""
    with _install_script(tmp_path) as (line, home):
        ran = _run(line, home)
    assert ran.returncode == 0, ran.stderr
    assert (home / "proof").read_text() == "installed from stock-1.4.0\n"
    assert [file.name for file in home.iterdir()] == ["proof"]


@pytest.mark.skipif(
    os.name != "posix" or shutil.which("curl") is None, reason="a POSIX shell and curl run this script"
)
def test_the_line_on_the_page_installs_nothing_else(tmp_path: Path) -> None:
    """An archive with other bytes is not even unpacked."""
    with _install_script(tmp_path, damage=True) as (line, home):
        ran = _run(line, home)
    assert ran.returncode == 1
    assert "Nothing was installed" in ran.stderr
    assert list(home.iterdir()) == []


@pytest.mark.skipif(
    os.name != "posix" or shutil.which("curl") is None, reason="a POSIX shell and curl run this script"
)
def test_on_macos_the_app_goes_to_the_users_applications_in_place_of_the_former(tmp_path: Path) -> None:
    """With a `uname` that says what a Mac's says; the rest is real."""
    if shutil.which("unzip") is None:
        lacking("unzip")
    public, home, tools = tmp_path / "public", tmp_path / "home", tmp_path / "tools"
    former = home / "Applications/Stock Ü.app/Contents"
    for folder in (public, former, tools):
        folder.mkdir(parents=True)
    (former / "former").write_text("")
    (tools / "uname").write_text('#!/bin/sh\n[ "$1" = -s ] && echo Darwin || echo arm64\n')
    (tools / "uname").chmod(0o755)
    with zipfile.ZipFile(public / "stock.app.zip", "w") as archive:
        archive.writestr("Stock Ü.app/Contents/MacOS/Stock", "new")
    sha256 = hashlib.sha256((public / "stock.app.zip").read_bytes()).hexdigest()
    with served(public) as url:
        project = replace(PROJECT, updates=Updates(url, Path("root.json")))
        page.write(
            project, "stable", [Download("macos-aarch64", "1.4.0", "stock.app.zip", 1, sha256)], public
        )
        ran = _run(f"PATH='{tools}':$PATH; curl -fsSL {url}install.sh | sh", home)
    assert ran.returncode == 0, ran.stderr
    assert (home / "Applications/Stock Ü.app/Contents/MacOS/Stock").read_text() == "new"
    assert [each.name for each in (home / "Applications").iterdir()] == ["Stock Ü.app"]
    assert not (home / "Applications/Stock Ü.app/Contents/former").exists()


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell reads this script")
def test_half_a_script_does_nothing(tmp_path: Path) -> None:
    """A connection that breaks leaves functions that nobody calls."""
    page.write(PROJECT, "stable", DOWNLOADS, tmp_path)
    lines = (tmp_path / "install.sh").read_text().splitlines()
    assert lines[-1] == "main"
    for end in range(0, len(lines) - 1, 4):
        ran = subprocess.run(["sh"], input="\n".join(lines[:end]), capture_output=True, text=True, timeout=30)
        assert ran.stdout == ""


def test_the_page_marks_the_visitors_system_in_a_real_browser(tmp_path: Path) -> None:
    """The policy's hashes let its own style and script through, and the browser has nothing to complain of."""
    needs_browser()
    from playwright.sync_api import sync_playwright

    from hipflask.surfaces.window.browser import find
    from hipflask.testing.chromium import ARGUMENTS

    page.write(PROJECT, "stable", DOWNLOADS, tmp_path)
    with served(tmp_path) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=ARGUMENTS)
        tab = browser.new_page(user_agent="Mozilla/5.0 (X11; Linux x86_64)")
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        tab.goto(url)
        assert tab.locator("section.yours").count() == 1
        assert tab.evaluate("getComputedStyle(document.querySelector('section')).borderRadius") == "16px"
        tab.set_viewport_size({"width": 320, "height": 700})
        for summary in tab.locator("summary").all():
            summary.click()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320
        browser.close()
    assert complaints == []
