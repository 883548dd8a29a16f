"""A package for Debian: made without dpkg, and what dpkg makes of it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bundles import bundle

from hipflask.build.bundle import Bundle
from hipflask.build.platforms import deb
from lacking import lacking


@pytest.fixture
def stock(tmp_path: Path) -> Bundle:
    """A bundle for Linux that starts with the session."""
    return bundle(tmp_path, autostart=True)


def tool(name: str) -> str:
    """A program of Debian's, or no test."""
    found = shutil.which(name)
    if found is None:
        lacking(name)
    assert found
    return found


def said(*command: str | Path) -> str:
    """What a program says that ends well."""
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def unpacked(package: Path, folder: Path) -> Path:
    """What is in a package, in a folder."""
    said(tool("dpkg-deb"), "-x", package, folder)
    return folder


@pytest.fixture
def package(stock: Bundle, tmp_path: Path) -> Path:
    """The package of that bundle."""
    file = tmp_path / deb.file_name(stock)
    deb.make(stock, file)
    return file


def test_the_file_is_called_as_debian_calls_its_own(stock: Bundle) -> None:
    assert deb.file_name(stock) == "com.example.stock_1.4.0_amd64.deb"


def test_dpkg_reads_what_it_is_to_know(package: Path) -> None:
    fields = said(tool("dpkg-deb"), "-f", package)
    assert "Package: com.example.stock\nVersion: 1.4.0\nArchitecture: amd64\n" in fields
    assert "Maintainer: Example Ltd <help@example.com>\n" in fields
    assert "Depends: libc6 (>= 2.17), libwebkit2gtk-4.1-0 | " in fields
    assert "Description: What is on the shelves.\n Lager & Büro 1.4.0, by Example Ltd" in fields


def test_a_long_description_is_folded(tmp_path: Path) -> None:
    long = "What is on the shelves, and what should be. " * 5
    stock = bundle(tmp_path, description=long.strip())
    file = tmp_path / "long.deb"
    deb.make(stock, file)
    lines = said(tool("dpkg-deb"), "-f", file, "Description").splitlines()
    assert lines[0] == "Lager & Büro"
    assert " ".join(line.strip() for line in lines[1:]) == long.strip()
    assert all(len(line) <= 80 for line in lines)


def test_the_bundle_is_in_opt_as_it_was(stock: Bundle, package: Path, tmp_path: Path) -> None:
    home = unpacked(package, tmp_path / "root") / "opt" / "com.example.stock"
    for layer in stock.layers:
        for file in layer.files:
            installed = home / layer.home / file.path
            assert hashlib.sha256(installed.read_bytes()).hexdigest() == file.sha256
            assert bool(installed.stat().st_mode & 0o100) == file.is_executable
    assert (home / "current").read_bytes() == (stock.root / "current").read_bytes()
    assert (home / "managed").read_text() == "dpkg\n"
    assert os.access(home / "lager-buro", os.X_OK)


def test_everything_has_its_place_and_belongs_to_root(package: Path) -> None:
    listing = said(tool("dpkg-deb"), "-c", package)
    rows = [line.split(maxsplit=5) for line in listing.splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    assert {row[3] for row in rows} == {"2000-01-01"}
    tops = {row[5].split("/")[1] for row in rows}
    assert tops == {"", "etc", "opt", "usr"}
    assert "./usr/bin/lager-buro -> /opt/com.example.stock/lager-buro" in listing
    assert "drwxr-xr-x root/root         0 2000-01-01 00:00 ./opt/com.example.stock/layers/" in listing
    assert "./usr/share/icons/hicolor/128x128/apps/com.example.stock.png" in listing
    assert "./opt/com.example.stock/share" not in listing


def test_the_desktop_finds_it_valid(package: Path, tmp_path: Path) -> None:
    root = unpacked(package, tmp_path / "root")
    entry = root / "usr/share/applications/com.example.stock.desktop"
    said(tool("desktop-file-validate"), entry, root / "etc/xdg/autostart/com.example.stock.desktop")
    lines = entry.read_text(encoding="utf-8").splitlines()
    assert 'Exec="/opt/com.example.stock/lager-buro" %u' in lines
    assert "MimeType=application/x-stock;x-scheme-handler/stock;" in lines
    assert "StartupWMClass=com.example.stock" in lines


def test_a_file_of_its_kind_is_known_as_such(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool("xdg-mime")
    share = unpacked(package, tmp_path / "root") / "usr/share"
    said(tool("update-mime-database"), share / "mime")
    said(tool("update-desktop-database"), share / "applications")
    file = tmp_path / "June.stock"
    file.write_text("1;2\n")
    monkeypatch.setenv("XDG_DATA_DIRS", f"{share}:/usr/local/share:/usr/share")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for desktop in ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION"):
        monkeypatch.delenv(desktop, raising=False)
    assert (share / "mime" / "globs").read_text().endswith("application/x-stock:*.stock\n")
    assert said("xdg-mime", "query", "default", "application/x-stock").strip() == "com.example.stock.desktop"
    assert (
        said("xdg-mime", "query", "default", "x-scheme-handler/stock").strip() == "com.example.stock.desktop"
    )


def test_a_start_with_the_session_is_the_administrators_to_change(package: Path, tmp_path: Path) -> None:
    said(tool("dpkg-deb"), "-e", package, tmp_path / "control")
    assert (
        tmp_path / "control" / "conffiles"
    ).read_text() == "/etc/xdg/autostart/com.example.stock.desktop\n"
    entry = unpacked(package, tmp_path / "root") / "etc/xdg/autostart/com.example.stock.desktop"
    assert "TryExec=/opt/com.example.stock/lager-buro\n" in entry.read_text()


def test_the_sums_are_right(package: Path, tmp_path: Path) -> None:
    said(tool("dpkg-deb"), "-e", package, tmp_path / "control")
    root = unpacked(package, tmp_path / "root")
    done = subprocess.run(
        ["md5sum", "--check", "--quiet", tmp_path / "control" / "md5sums"], cwd=root, capture_output=True
    )
    assert done.returncode == 0, done.stdout


def test_dpkg_installs_and_removes_it_without_a_trace(package: Path, tmp_path: Path) -> None:
    """Into a root of its own with a database of its own, and what the program wrote beside its files goes as well."""
    if os.name != "posix" or os.geteuid() != 0:
        lacking("root, which dpkg wants to be,")
    root, admin = tmp_path / "root", tmp_path / "root" / "var/lib/dpkg"
    for folder in ("info", "updates", "triggers"):
        (admin / folder).mkdir(parents=True)
    (admin / "status").touch()
    (admin / "available").touch()
    before = listing(root)
    dpkg = [tool("dpkg"), f"--root={root}", "--force-depends", "--force-script-chrootless"]
    said(*dpkg, "--install", package)
    home = root / "opt/com.example.stock"
    assert (home / "current").is_file()
    assert (root / "usr/bin/lager-buro").is_symlink()
    (home / "updates").mkdir()
    (home / "updates" / "root.json").write_text("{}")
    (home / "trying").touch()
    said(*dpkg, "--remove", "com.example.stock")
    assert not home.exists()
    assert (root / "etc/xdg/autostart/com.example.stock.desktop").is_file()
    said(*dpkg, "--purge", "com.example.stock")
    assert listing(root) - before <= {"opt"}


def listing(root: Path) -> set[str]:
    """Everything below a root but dpkg's own notes."""
    paths = {path.relative_to(root).as_posix() for path in root.rglob("*")}
    return {path for path in paths if not path.startswith("var/")}


def test_it_needs_the_glibc_that_its_libraries_need(tmp_path: Path) -> None:
    native = b"\x7fELF" + b"\0GLIBC_2.4\0GLIBC_2.31\0GLIBC_2.3.4\0GLIBCXX_3.4.99\0"
    stock = bundle(tmp_path, native=native)
    file = tmp_path / "new.deb"
    deb.make(stock, file)
    assert "Depends: libc6 (>= 2.31), " in said(tool("dpkg-deb"), "-f", file)


def test_the_same_bundle_is_the_same_package(stock: Bundle, package: Path, tmp_path: Path) -> None:
    other = bundle(tmp_path / "another place", autostart=True)
    for path in other.folder.rglob("*"):
        os.utime(path, (1, 1))
    deb.make(other, tmp_path / "other.deb")
    assert (tmp_path / "other.deb").read_bytes() == package.read_bytes()


def test_nothing_tells_where_it_was_made(package: Path, tmp_path: Path) -> None:
    said(tool("dpkg-deb"), "-R", package, tmp_path / "all")
    for path in (tmp_path / "all").rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert not re.search(re.escape(str(tmp_path)).encode(), path.read_bytes()), path
