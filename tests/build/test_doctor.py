"""What `hipflask doctor` finds, on this computer and on others that are only described."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hipflask.build.doctor import COMPUTER, PROJECT, Finding, Mark, diagnose, report
from hipflask.build.machine import ThisMachine
from hipflask.build.packages.lock import Choice, Lock
from hipflask.build.packages.resolving import Pin
from hipflask.build.platforms.format import Format
from hipflask.build.project import Project, Updates
from hipflask.build.runtime.cache import Cache
from hipflask.build.runtime.table import NEWEST, row
from hipflask.build.targets import ALL, Target

NOW = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
LINUX = Target("linux", "x86_64")


@dataclass
class Described:
    """A computer that has everything, but for what a test takes away."""

    host: Target = LINUX
    mirrors: tuple[str, ...] = ()
    uv: str | None = "0.12.0"
    parts: frozenset[str] = frozenset({"PIL", "tuf", "cryptography"})
    pythons: frozenset[int] = frozenset({13, 14})
    files: frozenset[str] = frozenset(row(target).sha256 for target in ALL)
    flaws: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    programs: frozenset[str] = frozenset({"signtool"})
    free: int = 50_000_000_000
    answers: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def uv_version(self) -> str | None:
        return self.uv

    def has_part(self, module: str) -> bool:
        return module in self.parts

    def has_python(self, minor: int) -> bool:
        return minor in self.pythons

    def has_file(self, sha256: str) -> bool:
        return sha256 in self.files

    def has_program(self, name: str, folder: Path) -> bool:
        return name in self.programs

    def flaw_of_launcher(self, target: Target) -> str | None:
        return self.flaws.get(target.name)

    def refusal_of(self, form: Format) -> str | None:
        return self.refusals.get(form.name)

    def room(self) -> int:
        return self.free

    def now(self) -> datetime.datetime:
        return NOW

    def reaches(self, url: str) -> bool:
        self.asked.append(url)
        return url in self.answers


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(
        folder=tmp_path, source=tmp_path, app="stock", files=(), id="com.example.stock", name="Stock", program="stock",
        version="1.0", publisher="Example Ltd", description="Stock",
    )  # fmt: skip


def found(findings: list[Finding], about: str, what: str) -> Finding:
    (finding,) = (each for each in findings if (each.about, each.what) == (about, what))
    return finding


def test_a_computer_that_has_everything_lacks_nothing() -> None:
    """And nothing is asked of the network."""
    machine = Described()
    assert [each for each in diagnose(None, machine) if each.mark is Mark.MISSING] == []
    assert machine.asked == []


@pytest.mark.parametrize(
    ("change", "about", "what", "note"),
    [
        ({"uv": None}, COMPUTER, "uv", "pip install"),
        ({"uv": "0.11.18"}, COMPUTER, "uv", 'too old: pip install "uv>=0.11.19"'),
        ({"parts": frozenset({"tuf", "cryptography"})}, COMPUTER, "Pillow", 'for icons: pip install "hipflask[build]"'),
        ({"free": 100_000_000}, COMPUTER, "disk", "0.1 GB free; bundles of all targets take up to 2 GB"),
        ({"flaws": {"macos-aarch64": "it is damaged"}}, "macos-aarch64", "launcher", "it is damaged"),
        ({"refusals": {"msi": "apt install wixl"}}, "windows-x86_64", "msi", "apt install wixl"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_remedy(
    change: dict[str, object], about: str, what: str, note: str
) -> None:
    """One thing at a time; the rest stays well."""
    findings = diagnose(None, replace(Described(), **change))  # type: ignore[arg-type]
    finding = found(findings, about, what)
    assert finding.mark is Mark.MISSING
    assert note in finding.note
    assert {each.what for each in findings if each.mark is Mark.MISSING} == {what}


def test_newer_uvs_are_new_enough() -> None:
    """Versions are numbers, not letters."""
    for version in ("0.11.19", "0.11.100", "0.12.0", "1.0.0"):
        assert found(diagnose(None, Described(uv=version)), COMPUTER, "uv").mark is Mark.GOOD


def test_what_the_build_gets_by_itself_is_not_missing() -> None:
    """The runtime, and a Python that compiles: one learns that the next build needs the network."""
    findings = diagnose(None, Described(files=frozenset(), pythons=frozenset()))
    assert [each for each in findings if each.mark is Mark.MISSING] == []
    assert "next build downloads" in found(findings, "windows-x86_64", "runtime").note
    assert found(findings, COMPUTER, f"Python {NEWEST}").mark is Mark.OPEN


def test_what_cannot_be_tried_here_is_said() -> None:
    """Built is not run: only this computer's own kind can be started on it."""
    findings = diagnose(None, Described())
    for target in ALL:
        finding = found(findings, target.name, "trying it")
        if target == LINUX:
            assert finding.mark is Mark.GOOD
        else:
            assert finding.mark is Mark.OPEN
            assert "not run" in finding.note and "--ci github" in finding.note


def test_the_network_is_asked_only_when_asked_to() -> None:
    """At the mirrors where there are some, else where runtimes come from."""
    machine = Described(
        answers=frozenset({"https://mirror.example"}), mirrors=("https://mirror.example", "/nowhere")
    )
    marks = [each.mark for each in diagnose(None, machine, ask_network=True) if each.what == "downloads"]
    assert marks == [Mark.GOOD, Mark.MISSING]
    assert machine.asked == ["https://mirror.example", "/nowhere"]
    machine = Described()
    diagnose(None, machine, ask_network=True)
    assert [url.partition(":")[0] for url in machine.asked] == ["https"]


def test_a_projects_lock_is_read(project: Project) -> None:
    """Which targets have their packages, and for which Python; one that cannot be read is told, and the rest as well."""
    pins = (Pin("flask", "3.1.3", "flask-3.1.3-py3-none-any.whl", "0" * 64),)
    Lock({"linux-x86_64": Choice("3.11", "0", pins)}).write(project.folder)
    findings = diagnose(project, Described())
    assert found(findings, "linux-x86_64", "packages").note == "1 in hipflask.lock"
    assert found(findings, "macos-x86_64", "packages").mark is Mark.OPEN
    assert found(findings, COMPUTER, "Python 3.11").mark is Mark.OPEN
    assert "--runtime" in found(findings, "linux-x86_64", "runtime").note
    (project.folder / "hipflask.lock").write_text("format = 99")
    findings = diagnose(project, Described())
    assert found(findings, PROJECT, "hipflask.lock").mark is Mark.MISSING
    assert found(findings, "macos-x86_64", "launcher").mark is Mark.GOOD


@pytest.mark.parametrize(
    ("command", "mark", "note"),
    [
        ("signtool sign {file}", Mark.GOOD, "signtool"),
        ("elsewhere {file}", Mark.MISSING, "elsewhere is not on this computer"),
        ("'signtool {file}", Mark.MISSING, "cannot be split"),
        ("", Mark.MISSING, "cannot be split"),
    ],
)
def test_the_programs_of_hooks_are_looked_for(project: Project, command: str, mark: Mark, note: str) -> None:
    """Before a build of ten minutes ends at the last step."""
    finding = found(
        diagnose(replace(project, hooks={"sign-windows": command}), Described()), PROJECT, "sign-windows"
    )
    assert (finding.mark, note in finding.note) == (mark, True)


def test_without_hooks_one_learns_what_users_will_see(project: Project) -> None:
    """It is no fault: in a company one may tell them."""
    findings = diagnose(project, Described())
    for hook, word in (("sign-windows", "unknown publisher"), ("sign-macos", "system settings")):
        assert found(findings, PROJECT, hook).mark is Mark.OPEN
        assert word in found(findings, PROJECT, hook).note


@pytest.mark.parametrize(
    ("expires", "mark", "note"),
    [
        ("2028-01-01T00:00:00Z", Mark.GOOD, "good until 2028-01-01"),
        ("2026-12-23T00:00:00Z", Mark.MISSING, "expires in 30 days, on 2026-12-23: hipflask keys renew"),
        ("2026-11-22T00:00:00Z", Mark.MISSING, "has expired, on 2026-11-22: hipflask keys renew"),
        (None, Mark.MISSING, "cannot be read"),
        (17, Mark.MISSING, "cannot be read"),
    ],
)
def test_root_metadata_that_expires_soon_is_told(
    project: Project, expires: object, mark: Mark, note: str
) -> None:
    """Installed programs take no update when it has."""
    root = project.folder / "root.json"
    root.write_text(json.dumps({"signed": {"expires": expires}} if expires else []))
    known = replace(project, updates=Updates("https://example.com", root))
    finding = found(diagnose(known, Described()), PROJECT, "updates")
    assert (finding.mark, note in finding.note) == (mark, True)


def test_this_computer_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The questions as they are really asked."""
    machine = ThisMachine(Cache(tmp_path / "cache", ()))
    assert machine.host == Target.host()
    assert machine.has_part("flask") and not machine.has_part("no_such_module")
    assert machine.has_python(sys.version_info[1]) and not machine.has_python(99)
    assert machine.flaw_of_launcher(LINUX) is None
    assert machine.room() > 0 and machine.now().tzinfo is datetime.UTC
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert not machine.has_file(digest)
    place = Cache(tmp_path / "cache", ()).place(digest)
    place.parent.mkdir(parents=True)
    place.touch()
    assert machine.has_file(digest)
    (tmp_path / "sign.sh").touch(0o755)
    assert machine.has_program("./sign.sh", tmp_path) and not machine.has_program("./other.sh", tmp_path)
    assert machine.has_program("sh", tmp_path) == (shutil.which("sh") is not None)
    monkeypatch.setenv("PATH", "/nonexistent")
    findings = diagnose(None, machine)
    assert "apt install nsis" in found(findings, "windows-x86_64", "setup.exe").note
    assert "apt install wixl" in found(findings, "windows-x86_64", "msi").note
    for about, what in (("windows-x86_64", "zip"), ("macos-aarch64", "app.zip"), ("linux-x86_64", "deb")):
        assert found(findings, about, what).mark is Mark.GOOD


@pytest.fixture
def server() -> Iterator[str]:
    """One that has nothing, and says so."""

    class Nothing(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(404)

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Nothing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_whoever_answers_is_reached(tmp_path: Path, server: str) -> None:
    """Also with 404: a mirror has no page at its top. A folder is reached if it is there."""
    machine = ThisMachine(Cache(tmp_path, ()))
    assert machine.reaches(server)
    assert not machine.reaches("http://127.0.0.1:9")
    assert machine.reaches(str(tmp_path)) and not machine.reaches(str(tmp_path / "none"))


def test_the_report_is_set_in_columns() -> None:
    """A paragraph for each; plain signs where the terminal has no others."""
    findings = [
        Finding("linux-x86_64", "deb", Mark.GOOD),
        Finding("linux-x86_64", "appimage", Mark.MISSING, "get it"),
        Finding(PROJECT, "updates", Mark.OPEN, "not said"),
    ]
    assert report(findings, "utf-8") == (
        "linux-x86_64\n  ✓ deb\n  ✗ appimage  get it\n\nthis project\n  – updates  not said\n"
    )
    plain = report(findings, "ascii")
    assert plain.isascii()
    assert plain.splitlines()[1:3] == ["  + deb", "  ! appimage  get it"]


def test_the_command_prints_it(tmp_path: Path) -> None:
    """In a folder without a project, too."""
    command = [sys.executable, "-m", "hipflask", "doctor"]
    if shutil.which("hipflask", path=str(Path(sys.executable).parent)):
        command = [str(Path(sys.executable).parent / "hipflask"), "doctor"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("this computer\n")
    for target in ALL:
        assert f"\n{target.name}\n" in done.stdout
