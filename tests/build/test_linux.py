"""The archive for any Linux: it runs as it is unpacked, installs itself for one user, and goes away again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bundles import bundle, project

from hipflask.build.bundle import Bundle
from hipflask.build.platforms import linux
from hipflask.build.platforms.desktop_entry import desktop_entry, exec_of, mime_package
from hipflask.build.project import FileType
from lacking import lacking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this is what happens on Linux")


class Person:
    """Somebody with a home whose name needs quotes, who has unpacked an archive."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.place = home / ".local/opt/com.example.stock"
        self.link = home / ".local/bin/lager-buro"
        self.share = home / ".local/share"

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """What happens when this person runs something."""
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=self.home)

    def unpacks(self, archive: Path) -> Path:
        """The folder that comes out of an archive."""
        downloads = self.home / "Down loads"
        shutil.rmtree(downloads, ignore_errors=True)
        downloads.mkdir()
        assert self.run("tar", "-xzf", archive, "-C", downloads).returncode == 0
        return next(downloads.iterdir())

    def installs(self, archive: Path) -> str:
        """What the script says when it has installed it."""
        done = self.run(self.unpacks(archive) / "install")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def files(self) -> set[str]:
        """Every file at home, without what the desktop makes itself of what it has been told."""
        made = {
            "mimeinfo.cache",
            "aliases",
            "generic-icons",
            "globs",
            "globs2",
            "icons",
            "magic",
            "mime.cache",
        }
        made |= {"subclasses", "treemagic", "types", "version", "XMLnamespaces"}
        found = {path for path in self.home.rglob("*") if not path.is_dir() or path.is_symlink()}
        return {
            path.relative_to(self.home).as_posix()
            for path in found
            if not (path.name in made and self.share in path.parents)
            and self.share / "mime/application" not in path.parents
            and self.home / "Down loads" not in path.parents
        }


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """A person, at the beginning with nothing at all."""
    home = tmp_path / 'Zoë "Z" O\'Neil $HOME \\'
    home.mkdir()
    return Person(home)


@pytest.fixture
def stock(tmp_path: Path) -> Bundle:
    """A bundle for Linux that starts with the session."""
    return bundle(tmp_path / "build", autostart=True)


@pytest.fixture
def archive(stock: Bundle, tmp_path: Path) -> Path:
    """Its archive."""
    file = tmp_path / linux.archive_name(stock)
    linux.make_archive(stock, file)
    return file


def test_the_archive_is_called_after_program_version_and_target(archive: Path) -> None:
    assert archive.name == "lager-buro-1.4.0-linux-x86_64.tar.gz"


def test_everything_is_in_one_folder_and_what_runs_can_be_run(archive: Path) -> None:
    with tarfile.open(archive) as content:
        members = content.getmembers()
    assert {member.name.split("/")[0] for member in members} == {"lager-buro-1.4.0"}
    runs = {member.name.rpartition("/")[2] for member in members if member.mode & 0o100}
    assert runs == {"lager-buro", "python3", "install", "uninstall"}
    assert all(member.isfile() for member in members)


def test_the_program_runs_as_it_is_unpacked(archive: Path, person: Person) -> None:
    folder = person.unpacks(archive)
    release, *arguments = person.run(folder / "lager-buro", "a file.stock").stdout.splitlines()
    assert Path(release).parent == folder / "releases"
    assert arguments[-1] == "a file.stock"


def test_installed_it_starts_by_its_name(archive: Path, person: Person) -> None:
    assert "is installed in" in person.installs(archive)
    release, *arguments = person.run(person.link, "a file.stock").stdout.splitlines()
    assert Path(release).parent == person.place / "releases"
    assert arguments[-1] == "a file.stock"


def test_installed_it_is_in_the_menu_and_the_desktop_finds_it_valid(archive: Path, person: Person) -> None:
    person.installs(archive)
    entry = person.share / "applications/com.example.stock.desktop"
    autostart = person.home / ".config/autostart/com.example.stock.desktop"
    if shutil.which("desktop-file-validate") is None:
        lacking("desktop-file-validate")
    done = person.run("desktop-file-validate", entry, autostart)
    assert done.returncode == 0, done.stdout
    program = str(person.place / "lager-buro")
    assert f"Exec={exec_of(program)} %u\n" in entry.read_text(encoding="utf-8")
    escaped = program.replace("\\", "\\\\")
    assert f"TryExec={escaped}\n" in autostart.read_text(encoding="utf-8")
    assert (person.share / "icons/hicolor/256x256/apps/com.example.stock.png").is_file()


def test_a_click_in_the_menu_starts_it_whatever_the_home_is_called(archive: Path, person: Person) -> None:
    """GLib reads the entry, as desktops do, and starts what it says with a file that a person has clicked at."""
    if shutil.which("gio") is None:
        lacking("gio, of libglib2.0-bin,")
    person.installs(archive)
    proof = person.home / "proof"
    python = next(person.place.glob("layers/*/bin/python3"))
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/{proof.name}"\n')
    done = person.run(
        "gio", "launch", person.share / "applications/com.example.stock.desktop", "/tmp/June 1.stock"
    )
    assert done.returncode == 0, done.stderr
    for _ in range(100):
        if proof.exists() and proof.read_text():
            break
        subprocess.run(["sleep", "0.05"])
    assert proof.read_text().splitlines()[-1] in ("/tmp/June 1.stock", "file:///tmp/June%201.stock")


def test_its_files_and_addresses_are_its_own(archive: Path, person: Person) -> None:
    for name in ("gio", "update-mime-database", "update-desktop-database"):
        if shutil.which(name) is None:
            lacking(name)
    person.installs(archive)
    assert "application/x-stock:*.stock" in (person.share / "mime/globs").read_text()
    for kind in ("application/x-stock", "x-scheme-handler/stock"):
        first, *_ = person.run("gio", "mime", kind).stdout.splitlines()
        assert first.endswith(": com.example.stock.desktop")


def test_uninstalled_it_leaves_what_the_person_has_made_and_nothing_else(
    archive: Path, person: Person
) -> None:
    person.installs(archive)
    made = person.share / "com.example.stock/store.sqlite"
    made.parent.mkdir()
    made.write_text("what somebody has made")
    (person.place / "updates").mkdir()
    (person.place / "updates/root.json").write_text("{}")
    done = person.run(person.place / "uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert person.files() == {made.relative_to(person.home).as_posix()}
    again = person.run(person.unpacks(archive) / "uninstall")
    assert again.returncode == 1
    assert "is not installed" in again.stderr


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The archive of a later version, which opens no files any more."""
    later = bundle(tmp_path / "later", autostart=True, version="1.5.0", file_types=())
    file = tmp_path / linux.archive_name(later)
    linux.make_archive(later, file)
    return file


def test_installed_over_an_older_one_it_takes_its_place(archive: Path, newer: Path, person: Person) -> None:
    person.installs(archive)
    (person.place / "updates").mkdir()
    (person.place / "updates/seen.json").write_text('{"version": 7}')
    (person.home / ".config/autostart/com.example.stock.desktop").unlink()
    person.installs(newer)
    [release] = (person.place / "releases").iterdir()
    assert "version=1.5.0\n" in release.read_text(encoding="utf-8")
    assert (person.place / "updates/seen.json").read_text() == '{"version": 7}'
    assert not (person.home / ".config/autostart/com.example.stock.desktop").exists()
    assert not (person.share / "mime/packages/com.example.stock.xml").exists()
    assert not list(person.place.parent.glob("*.old")) + list(person.place.parent.glob("*.new"))


@pytest.fixture
def running(archive: Path, person: Person) -> Iterator[Path]:
    """The installed program, while it runs: something in its folder that does."""
    person.installs(archive)
    program = person.place / "layers" / "busy"
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([program, "60"])
    yield program
    process.kill()
    process.wait()


def test_a_program_that_runs_is_left_alone(running: Path, archive: Path, person: Person) -> None:
    before = person.files()
    for script in (person.place / "uninstall", person.unpacks(archive) / "install"):
        done = person.run(script)
        assert done.returncode == 1
        assert "is running. Close it first." in done.stderr
    assert person.files() == before
    assert running.exists()


def test_a_command_of_somebody_elses_stays(archive: Path, person: Person) -> None:
    person.link.parent.mkdir(parents=True)
    person.link.write_text("another program")
    assert "is another program's" in person.installs(archive)
    assert person.run(person.place / "uninstall").returncode == 0
    assert person.link.read_text() == "another program"


def test_the_installed_one_does_not_install_itself(archive: Path, person: Person) -> None:
    person.installs(archive)
    done = person.run(person.place / "install")
    assert done.returncode == 1
    assert "is installed already" in done.stderr
    assert (person.place / "current").is_file()


def test_the_scripts_are_clean(tmp_path: Path) -> None:
    if shutil.which("shellcheck") is None:
        lacking("shellcheck")
    for name in ("install", "uninstall"):
        script = tmp_path / name
        script.write_bytes(linux.script(project(tmp_path), name))
        done = subprocess.run(["shellcheck", script], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_the_same_bundle_is_the_same_archive(archive: Path, tmp_path: Path) -> None:
    other = bundle(tmp_path / "another place", autostart=True)
    for path in other.folder.rglob("*"):
        os.utime(path, (1, 1))
    linux.make_archive(other, tmp_path / "other.tar.gz")
    assert (tmp_path / "other.tar.gz").read_bytes() == archive.read_bytes()


def test_what_people_write_does_not_break_the_entry(tmp_path: Path) -> None:
    odd = project(tmp_path, name="Back\\slash", description="50 % & more", schemes=(), file_types=())
    entry = desktop_entry(odd, '/opt/a "b" `c` $d \\e 5%/f')
    assert "Name=Back\\\\slash\n" in entry
    assert 'Exec="/opt/a \\\\"b\\\\" \\\\`c\\\\` \\\\$d \\\\\\\\e 5%%/f"\n' in entry
    assert "MimeType" not in entry


def test_a_program_is_given_a_path_unless_it_may_be_an_address(tmp_path: Path) -> None:
    both = project(tmp_path)
    assert 'Exec="/p" %u\n' in desktop_entry(both, "/p")
    assert 'Exec="/p" %f\n' in desktop_entry(replace(both, schemes=()), "/p")
    assert 'Exec="/p"\n' in desktop_entry(replace(both, schemes=(), file_types=()), "/p")


@pytest.mark.parametrize("name", ["tar.gz", "deb"])
def test_what_has_been_made_is_signed(tmp_path: Path, name: str) -> None:
    """A signature for Linux is beside the file, as gpg writes it."""
    stock = bundle(tmp_path, hooks={"sign-linux": "cp {file} {file}.asc"})
    form = linux.FORMATS[name]
    file = tmp_path / form.file_name(stock)
    form.make(stock, file)
    assert Path(f"{file}.asc").read_bytes() == file.read_bytes()


def test_a_kind_that_others_know_too_keeps_its_picture(tmp_path: Path) -> None:
    kinds = (
        FileType(".csv", "Table", "text/csv", "/t"),
        FileType(".stock", "List", "application/x-stock", "/s"),
    )
    package = mime_package(replace(project(tmp_path), file_types=kinds))
    assert package.count("<icon") == 1
    assert package.index("<icon") > package.index("application/x-stock")
