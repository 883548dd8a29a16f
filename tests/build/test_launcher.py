"""The launcher, run for real on Linux with a real Python: what it passes on, and which release it starts."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest
from launched import PythonBundle, surroundings

from hipflask.build import launcher
from hipflask.build.targets import ALL, Target
from hipflask.core.errors import BuildError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs the launcher for Linux")

STRANGE = [
    "two words",
    'a "quoted" word',
    "it's",
    "Ünïcödé ✓",
    "",
    "back\\slash",
    "$HOME",
    "*",
    "--option=x",
    "-c",
]


@pytest.fixture
def bundle(tmp_path: Path) -> PythonBundle:
    """One that runs the release "first", in a folder that scripts tend to trip over."""
    bundle = PythonBundle(tmp_path / "Ein Ordner für Größe")
    bundle.set(bundle.release("first"))
    return bundle


# ---- what the program is given


def test_arguments_arrive_as_they_were_typed(bundle: PythonBundle) -> None:
    """Spaces, quotes, letters of any language, nothing at all, and what looks like an option after the first."""
    assert bundle.said(*STRANGE)["arguments"] == STRANGE


def test_an_argument_that_is_no_text_arrives_too(bundle: PythonBundle) -> None:
    """Old file names are in Latin-1; Python has its way of carrying them."""
    assert os.fsencode(bundle.said(b"caf\xe9")["arguments"][0]) == b"caf\xe9"


def test_python_is_the_bundles_own(bundle: PythonBundle) -> None:
    """Its prefix is the runtime's layer, its path the layers, isolated from the rest, and `sys.executable` the launcher."""
    said = bundle.said()
    runtime = str(bundle.layer("runtime"))
    assert said["prefix"] == said["exec_prefix"] == runtime
    assert (said["isolated"], said["utf8"], said["no_bytecode"]) == (1, 1, 1)
    assert said["executable"] == str(bundle.launcher)
    assert all(path.startswith(str(bundle.root)) for path in said["path"])
    assert said["path"][-2:] == [str(bundle.layer("packages")), str(bundle.layer("first"))]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX", "en_US.ISO-8859-1"])
def test_the_locale_changes_nothing(bundle: PythonBundle, locale: str) -> None:
    """Finder and systemd start programs without one; a path with letters beyond ASCII is the same path nevertheless."""
    said = bundle.said("Größe", LC_ALL=locale)
    assert said["arguments"] == ["Größe"]
    assert said["prefix"] == str(bundle.layer("runtime"))


def test_what_the_user_has_set_for_another_python_is_ignored(bundle: PythonBundle, tmp_path: Path) -> None:
    (tmp_path / "whose.py").write_text("RELEASE = 'an intruder'", encoding="utf-8")
    said = bundle.said(
        PYTHONHOME="/nowhere", PYTHONPATH=str(tmp_path), PYTHONSTARTUP="/x", HIPFLASK_BUNDLE="/x"
    )
    assert said["release"] == "first"


def test_one_variable_is_set_and_no_other(bundle: PythonBundle) -> None:
    """Children of the program, its own and others', find their environment as the user has it."""
    before = surroundings()
    said = bundle.said()
    for environment in said["environment"], said["child"][2]:
        added = {key: value for key, value in environment.items() if before.get(key) != value}
        assert added.pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8"  # Python's own, where the user has no locale
        assert added == {"HIPFLASK_BUNDLE": str(bundle.root / "releases" / bundle.state[0])}
        assert set(before) <= set(environment)


def test_it_may_be_started_through_a_link_and_from_anywhere(bundle: PythonBundle, tmp_path: Path) -> None:
    """/usr/bin/stock is a link into /opt/stock."""
    link = tmp_path / "a link"
    link.symlink_to(bundle.launcher)
    assert bundle.said(command=str(link), cwd=Path("/"))["executable"] == str(bundle.launcher)
    assert bundle.said(command="./stock", cwd=bundle.root)["prefix"] == str(bundle.layer("runtime"))


def test_it_may_be_found_on_the_path(bundle: PythonBundle) -> None:
    said = bundle.said(command="stock", PATH=f"{bundle.root}:{os.environ['PATH']}")
    assert said["executable"] == str(bundle.launcher)


def test_its_exit_code_is_the_programs(bundle: PythonBundle) -> None:
    assert bundle.run("exit", "75").returncode == 75


def test_a_python_without_a_library_runs_as_a_program(tmp_path: Path) -> None:
    """Some Linux Pythons have none; `sys.executable` is that program then, and all else is the same."""
    bundle = PythonBundle(tmp_path / "Größe", library=False)
    bundle.set(bundle.release("first"))
    said = bundle.said(*STRANGE)
    assert said["arguments"] == STRANGE
    assert said["prefix"] == str(bundle.layer("runtime"))
    assert said["executable"] == str(bundle.layer("runtime") / "bin" / "python3")
    assert said["release"] == "first"


# ---- as a Python interpreter


def test_it_is_a_python_for_its_children(bundle: PythonBundle) -> None:
    """`sys.executable -c …` is the same Python with the same path."""
    said = bundle.said()
    prefix, path, _ = said["child"]
    assert prefix == said["prefix"]
    assert [each for each in said["path"] if each not in path] == []


def test_modules_and_options_run_as_with_any_python(bundle: PythonBundle) -> None:
    assert bundle.run("-m", "platform").returncode == 0
    assert bundle.run("-X", "importtime", "-c", "print(7)").stdout == "7\n"
    assert (
        bundle.run("-V").stdout
        == bundle.run("-c", "import platform; print('Python', platform.python_version())").stdout
    )
    assert bundle.run("-h").returncode == 0
    assert bundle.run("-c", "import sys; print(sys.argv)", "a", "-b").stdout == "['-c', 'a', '-b']\n"
    assert "SyntaxError" in bundle.run("-c", "1 +").stderr


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_of_multiprocessing_work(bundle: PythonBundle, method: str) -> None:
    """They are started as `sys.executable -c …`, and import the program's own modules."""
    (bundle.layer("packages") / "hipflask" / "work.py").write_text("def double(x):\n    return 2 * x\n")
    program = (
        "import multiprocessing as m, hipflask.work as w\n"
        f"with m.get_context({method!r}).Pool(2) as pool: print(pool.map(w.double, [1, 2, 3]))"
    )
    answer = bundle.run("-c", program)
    assert answer.stdout == "[2, 4, 6]\n", answer.stderr


def test_a_child_keeps_the_release_of_its_parent(bundle: PythonBundle) -> None:
    """An update that came meanwhile is for the next start; and a child changes nothing."""
    first = bundle.state[0]
    bundle.set(bundle.release("second"), previous=first, state="new")
    before = bundle.state
    say = "import whose; print(whose.RELEASE)"
    assert bundle.run("-c", say, HIPFLASK_BUNDLE=str(bundle.root / "releases" / first)).stdout == "first\n"
    assert bundle.run("-c", say).stdout == "second\n"
    assert bundle.state == before
    assert not (bundle.root / "trying").exists()


def test_a_release_from_elsewhere_is_not_taken(bundle: PythonBundle) -> None:
    """The variable may be another program's, or somebody's who wants code to run."""
    root, other = str(bundle.root), "/" + "x" * (len(str(bundle.root)) - 1)
    second = bundle.release("second")
    say = "import whose; print(whose.RELEASE)"
    assert bundle.run("-c", say, HIPFLASK_BUNDLE=f"{root}/releases/{second}").stdout == "second\n"
    strange = (
        f"{other}/releases/{second}",
        f"{root}/releases/../releases/{second}",
        f"{root}/releases/{second}/",
    )
    for foreign in ("/etc/passwd", f"{root}/releases/0123456789abcdef", f"{root}/releases/", *strange):
        assert bundle.run("-c", say, HIPFLASK_BUNDLE=foreign).stdout == "first\n"


# ---- the binaries in the package


@pytest.mark.parametrize("target", ALL, ids=str)
def test_every_target_has_its_launcher(target: Target) -> None:
    assert launcher.binary(target).is_file()


def test_they_were_made_of_the_source_beside_them() -> None:
    """Who changes the C and does not compile it again is told so here, without a compiler: see scripts/launchers.py."""
    folder = Path(launcher.__file__).parent
    files = sorted([*folder.glob("*.[ch]"), *folder.glob("bin/*")])
    listed = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder)}" for file in files
    ]
    assert (folder / "checksums.txt").read_text(encoding="utf-8").splitlines() == listed


def test_a_changed_launcher_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged download or a meddled-with installation does not end in somebody's bundle."""
    target = Target.host()
    for name in "checksums.txt", f"bin/{launcher.file_name(target)}":
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((Path(launcher.__file__).parent / name).read_bytes())
    monkeypatch.setattr(launcher, "_HERE", tmp_path)
    file = launcher.binary(target)
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(BuildError, match="is not what checksums"):
        launcher.binary(target)
    file.unlink()
    with pytest.raises(BuildError, match="is missing"):
        launcher.binary(target)
