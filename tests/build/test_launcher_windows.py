"""The launcher for Windows, under Wine, with a library in Python's place that writes down what it was given.

Only files are believed: under Wine a program that never ran may end with 0. What Wine cannot show is whether the mark of
the web is taken off, because its file systems have no streams.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from launched import Bundle
from wine import Wine

from hipflask.build.current import Current
from hipflask.build.launcher import binary
from hipflask.build.platforms.pe import MANIFEST, VersionInfo, edit
from hipflask.build.targets import Target

STANDIN = Path(__file__).parent / "standin"
STRANGE = [
    "two words",
    'a "quoted" word',
    "Ünïcödé ✓ 数",
    "",
    "back\\slash\\",
    '\\"',
    "%PATH%",
    "--option=x",
    "-c",
]


class WineBundle(Bundle):
    """One for Windows, whose Python is one of the stand-ins."""

    def __init__(self, root: Path, library: str, windows: Wine) -> None:
        super().__init__(root)
        self.library = library
        self.launcher = root / "Größe.exe"
        self.said_file = root.parent / "said"
        self.environment = windows._env | {"STANDIN_SAYS": in_wine(self.said_file), "HIPFLASK_NO_DIALOG": "1"}
        self.launcher.write_bytes(binary(Target.parse("windows", "x86_64")).read_bytes())
        self.lay("packages", {"x": ""})
        self.lay("runtime", {"x": ""})
        shutil.copy(STANDIN / library, self.layer("runtime"))

    def start(self, *arguments: str, **changed: str) -> subprocess.Popen[bytes]:
        self.said_file.unlink(missing_ok=True)
        command = ["wine", str(self.launcher), *arguments]
        return subprocess.Popen(command, env={**self.environment, **changed}, stderr=subprocess.PIPE)

    def run(self, *arguments: str, **changed: str) -> tuple[int, str]:
        """Start it and wait; returns its exit code and what it wrote to stderr."""
        process = self.start(*arguments, **changed)
        _, errors = process.communicate(timeout=120)
        return process.returncode, errors.decode()

    def said(self, key: str) -> list[str]:
        """What the stand-in has written about something."""
        lines = self.said_file.read_text(encoding="utf-8").splitlines()
        return [line.partition("=")[2] for line in lines if line.partition("=")[0] == key]


def in_wine(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


@pytest.fixture(params=["python313.dll", "python314.dll"])
def bundle(request: pytest.FixtureRequest, tmp_path: Path, windows: Wine) -> WineBundle:
    """One that runs the release "first", with either way to start Python."""
    bundle = WineBundle(tmp_path / "Ein Ordner für 数", request.param, windows)
    bundle.set(bundle.release("first"))
    return bundle


def test_python_is_told_what_it_is_to_be(bundle: WineBundle) -> None:
    """Its home is the runtime's layer; the arguments arrive as they were typed; one variable names the release."""
    code, errors = bundle.run(*STRANGE, "exit", "7")
    assert (code, errors) == (7, "")
    assert bundle.said("home") == [in_wine(bundle.layer("runtime"))]
    before = [in_wine(bundle.launcher), "-I", "-B", "-X", "utf8", "-m", "hipflask.boot"]
    assert bundle.said("argument") == [*before, *STRANGE, "exit", "7"]
    assert bundle.said("bundle") == [in_wine(bundle.root / "releases" / bundle.state[0])]


def test_a_configuration_makes_it_a_program_of_its_own(bundle: WineBundle) -> None:
    """From 3.14 on: `sys.executable` is the launcher, Ctrl+C works, arguments are read as a command line's."""
    bundle.run("exit", "0")
    if bundle.library == "python313.dll":
        assert bundle.said("executable") == []
        return
    assert bundle.said("executable") == [in_wine(bundle.launcher)]
    settings = ["utf8_mode", "configure_locale", "configure_c_stdio", "install_signal_handlers", "parse_argv"]
    assert [bundle.said(name) for name in settings] == [["1"]] * len(settings)


def test_it_is_a_python_for_its_children(bundle: WineBundle) -> None:
    """`sys.executable -c …` runs the release of the parent, and changes nothing."""
    first = bundle.state[0]
    bundle.set(bundle.release("second"), previous=first, state="new")
    before = bundle.state
    assert bundle.run("-c", "print()", HIPFLASK_BUNDLE=in_wine(bundle.root / "releases" / first))[0] == 0
    assert bundle.said("argument")[1:] == ["-I", "-B", "-X", "utf8", "-c", "print()"]
    assert bundle.said("bundle") == [in_wine(bundle.root / "releases" / first)]
    assert bundle.state == before


def test_what_is_missing_is_told(bundle: WineBundle) -> None:
    """With 3, in a sentence that names the file; and no box waits for a click where nobody could."""
    (bundle.layer("runtime") / bundle.library).unlink()
    code, errors = bundle.run("exit", "0")
    assert code == 3
    assert not bundle.said_file.exists()
    assert "the Python library that" in errors and "install it again" in errors
    (bundle.layer("runtime") / bundle.library).write_bytes(b"no library")
    code, errors = bundle.run("exit", "0")
    assert (code, "Python could not be loaded" in errors) == (3, True)
    (bundle.root / "current").unlink()
    code, errors = bundle.run("exit", "0")
    assert (code, "current cannot be read" in errors) == (3, True)


def test_why_python_does_not_start_is_told(tmp_path: Path, windows: Wine) -> None:
    """From 3.14 on; before, Python says so itself and ends the process."""
    bundle = WineBundle(tmp_path / "stock", "python314.dll", windows)
    bundle.set(bundle.release("first"))
    code, errors = bundle.run("exit", "fail")
    assert code == 3
    assert "Python could not be started: the stand-in was asked to." in errors


def test_a_release_is_tried_and_gone_back_from(bundle: WineBundle) -> None:
    """As on Linux: the lock is a file that nobody else can open while the first start lives."""
    first, second = bundle.state[0], bundle.release("second")
    bundle.set(second, previous=first, state="new")
    started = bundle.start("exit", "wait")
    wait_for(bundle.said_file)
    assert Current.read(bundle.root) == Current(second, first, "tried")

    bundle.run("exit", "0")
    assert bundle.said("bundle") == [in_wine(bundle.root / "releases" / second)]
    assert Current.read(bundle.root) == Current(second, first, "tried")

    started.kill()
    started.communicate()
    bundle.run("exit", "0")
    assert bundle.said("bundle") == [in_wine(bundle.root / "releases" / first)]
    assert Current.read(bundle.root) == Current(first, "", "healthy", refused=second)
    assert {each.name for each in bundle.root.iterdir()} == {
        "Größe.exe",
        "current",
        "layers",
        "releases",
        "trying",
    }


def wait_for(file: Path) -> None:
    """Until the stand-in has written all that it has to say."""
    last = time.monotonic() + 60
    while not (file.exists() and "done=1" in file.read_text(encoding="utf-8")):
        assert time.monotonic() < last, "the program did not come up"
        time.sleep(0.05)


def test_it_runs_with_a_manifest_and_a_version_too(bundle: WineBundle) -> None:
    """Edited as every program's launcher is: the loader reads the headers that were changed."""
    plain = bundle.launcher.read_bytes()
    bundle.launcher.write_bytes(edit(plain, version=VersionInfo("Größe", "1.2"), manifest=MANIFEST))
    assert bundle.run("exit", "5")[0] == 5
    assert bundle.said("done") == ["1"]


def test_no_variable_of_this_test_is_needed(bundle: WineBundle) -> None:
    """Where there is no display there is no box either: a service's failure must not wait for ever."""
    (bundle.root / "current").unlink()
    started = bundle.start(HIPFLASK_NO_DIALOG="")
    started.communicate(timeout=120)
    assert started.returncode == 3
