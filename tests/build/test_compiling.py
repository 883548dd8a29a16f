"""Compiled files: the same bytes in any order and any folder, believed without a look at the source, right in tracebacks."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from hipflask.build import _compile, compiling
from hipflask.build.compiling import compile_tree, python_for
from hipflask.core.errors import BuildError

PYTHON = Path(sys.executable)
FAILS = "def bat():\n    raise ValueError('struck out')\n"
# From the standard library: what marshal writes of some of these depends on what else the process has seen.
SEVERAL = (
    "asyncio",
    "collections",
    "email",
    "http",
    "importlib",
    "json",
    "xml",
    "ftplib.py",
    "typing.py",
    "ast.py",
)


def compiled(folder: Path) -> dict[str, bytes]:
    """What was written, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.pyc"))}


def write(folder: Path, **sources: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Some code in a Python that has `folder` on its path and compiles nothing itself."""
    return subprocess.run(
        [PYTHON, "-I", "-B", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good part of the standard library, without what is compiled."""
    folder, source = tmp_path_factory.mktemp("library"), Path(sysconfig.get_path("stdlib"))
    for name in SEVERAL:
        if (source / name).is_dir():
            shutil.copytree(
                source / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "test*")
            )
        else:
            shutil.copy(source / name, folder)
    return folder


def test_a_program_starts_from_what_was_compiled(tmp_path: Path) -> None:
    """Without a look at the source: what is edited afterwards has no effect, as it has none in an installed program."""
    folder = write(tmp_path, bases="who = 'first'\n")
    compile_tree(folder, python=PYTHON, prefix_in_tracebacks="<packages>")
    assert list(compiled(folder)) == [f"__pycache__/bases.{sys.implementation.cache_tag}.pyc"]
    write(folder, bases="who = 'second'\n")
    assert run("import bases; print(bases.who)", folder).stdout == "first\n"


def test_a_traceback_shows_where_the_source_is_now(tmp_path: Path) -> None:
    """And its line, though it was compiled in another folder, which is not named."""
    built = write(tmp_path / "built", bases=FAILS)
    compile_tree(built, python=PYTHON, prefix_in_tracebacks="<packages>")
    installed = tmp_path / "installed"
    shutil.copytree(built, installed)
    shutil.rmtree(built)
    said = run("import bases; bases.bat()", installed).stderr
    assert f'File "{installed / "bases.py"}", line 2, in bat' in said
    assert "raise ValueError('struck out')" in said
    assert not any(str(tmp_path).encode() in content for content in compiled(installed).values())


def test_without_its_source_a_traceback_has_the_name_that_was_given(tmp_path: Path) -> None:
    """As far as it goes, without the folder of whoever built it."""
    folder = write(tmp_path / "inner", bases=FAILS)
    compile_tree(tmp_path, python=PYTHON, prefix_in_tracebacks="<packages>")
    (folder / "bases.py").unlink()
    pyc = next(folder.rglob("*.pyc"))
    code = f"import marshal; c = marshal.loads(open({str(pyc)!r}, 'rb').read()[16:]); print(c.co_filename)"
    assert run(code, folder).stdout == "<packages>/inner/bases.py\n"


def test_two_folders_give_the_same_bytes(library: Path, tmp_path: Path) -> None:
    """Also with another number of processes, each of which sees other files before."""
    for name, processes in (("a", 1), ("some where else", 4)):
        shutil.copytree(library, tmp_path / name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "cpu_count", lambda count=processes: count)
            compile_tree(tmp_path / name, python=PYTHON, prefix_in_tracebacks="<stdlib>")
    one, two = compiled(tmp_path / "a"), compiled(tmp_path / "some where else")
    assert len(one) > 100
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_the_order_of_files_changes_nothing(library: Path, tmp_path: Path) -> None:
    """A process that has compiled a thousand files gives the bytes that a fresh one does."""
    shutil.copytree(library, tmp_path / "a")
    named = [(str(path), f"<x>/{path.name}") for path in sorted((tmp_path / "a").rglob("*.py"))]
    compiling._compile_some(PYTHON, named, None)
    first = compiled(tmp_path / "a")
    compiling._compile_some(PYTHON, named[::-1], None)
    backwards = compiled(tmp_path / "a")
    assert [name for name in first if first[name] != backwards[name]] == []


def test_what_else_a_process_holds_changes_nothing() -> None:
    """From Python 3.13 on a text in a program may be one that is interned already, and marshal then writes it in another way."""
    source = b"class Outer:\n    class Inner:\n        def of(self): pass\nname = 'Outer.Inner.of'\n"
    before = _compile._compiled(source, "<x>", None)
    held = [sys.intern("".join(["Outer.", *parts])) for parts in (["Inner"], ["Inner", ".of"])]
    assert _compile._compiled(source, "<x>", None) == before, held


def test_a_second_time_is_taken_from_the_cache(library: Path, tmp_path: Path) -> None:
    """By source, name and Python: what is changed is compiled, and the rest is the same."""
    shutil.copytree(library, tmp_path / "a")
    cache = tmp_path / "cache"
    compile_tree(tmp_path / "a", python=PYTHON, prefix_in_tracebacks="<x>", cache=cache)
    first, kept = compiled(tmp_path / "a"), {path for path in cache.rglob("*") if path.is_file()}
    shutil.copytree(library, tmp_path / "b")
    (tmp_path / "b" / "typing.py").write_text("changed = True\n")
    compile_tree(tmp_path / "b", python=PYTHON, prefix_in_tracebacks="<x>", cache=cache)
    second = compiled(tmp_path / "b")
    assert [name for name in first if first[name] != second[name]] == [
        f"__pycache__/typing.{sys.implementation.cache_tag}.pyc"
    ]
    assert len({path for path in cache.rglob("*") if path.is_file()} - kept) == 1
    # That it is the cache which was read: what stands there comes out.
    for path in kept:
        path.write_bytes(b"from the cache")
    shutil.copytree(library, tmp_path / "c")
    compile_tree(tmp_path / "c", python=PYTHON, prefix_in_tracebacks="<x>", cache=cache)
    assert set(compiled(tmp_path / "c").values()) == {b"from the cache"}
    compile_tree(tmp_path / "c", python=PYTHON, prefix_in_tracebacks="<y>", cache=cache)
    assert b"from the cache" not in compiled(tmp_path / "c").values()


def test_an_apps_own_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    """Before it is in anybody's hands; by its path within the project."""
    write(tmp_path / "pages", front="title = 'Stock'\n\ndef draw(:\n    pass\n")
    with pytest.raises(BuildError, match=r"pages.front\.py, line 3, is not Python: "):
        compile_tree(tmp_path, python=PYTHON, prefix_in_tracebacks="<app>", strict=True)


@pytest.mark.parametrize(
    "mistake", ["print 'hello'\n", "nul = '\0'\n", "# -*- coding: klingon -*-\n", "x = " + "(" * 300 + "\n"]
)
def test_a_librarys_mistake_is_left_as_it_is(tmp_path: Path, mistake: str) -> None:
    """Libraries have files for other versions of Python, and examples of what is wrong; the others are compiled."""
    folder = write(tmp_path, old=mistake, new="fine = True\n")
    compile_tree(folder, python=PYTHON, prefix_in_tracebacks="<packages>")
    assert list(compiled(folder)) == [f"__pycache__/new.{sys.implementation.cache_tag}.pyc"]


def test_the_environment_and_the_folder_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither variables for Python, nor modules that lie about and are called like those that the compiler needs."""
    write(tmp_path / "a", bases=FAILS)
    write(tmp_path / "b", bases=FAILS)
    compile_tree(tmp_path / "a", python=PYTHON, prefix_in_tracebacks="<x>")
    write(tmp_path / "here", json="raise SystemExit('the wrong json')\n")
    monkeypatch.setattr(compiling, "_COMPILER", shutil.copy(compiling._COMPILER, tmp_path / "here"))
    monkeypatch.chdir(tmp_path / "here")
    for name, value in {
        "PYTHONOPTIMIZE": "2",
        "PYTHONPYCACHEPREFIX": str(tmp_path / "away"),
        "PYTHONPATH": ".",
    }.items():
        monkeypatch.setenv(name, value)
    compile_tree(tmp_path / "b", python=PYTHON, prefix_in_tracebacks="<x>")
    assert compiled(tmp_path / "b") == compiled(tmp_path / "a")


def test_a_python_that_does_not_run_is_named(tmp_path: Path) -> None:
    """With what it said last."""
    broken = tmp_path / "python3.14"
    broken.write_text("#!/bin/sh\necho 'libpython3.14.so: cannot open' >&2\nexit 127\n")
    broken.chmod(0o755)
    with pytest.raises(BuildError, match=r"python3\.14 could not compile: libpython3\.14\.so: cannot open"):
        compile_tree(write(tmp_path / "a", bases=FAILS), python=broken, prefix_in_tracebacks="<x>")


def test_this_python_compiles_for_its_own_version() -> None:
    """There is no other of that minor version to be preferred to it."""
    assert python_for(sys.version_info[1]) == Path(sys.executable)


def test_another_python_is_looked_for_and_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says it is none (as the shims of version managers do) is passed over; then what is brought is taken."""
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert python_for(99, lambda: tmp_path / "runtime" / "python") == tmp_path / "runtime" / "python"
    with pytest.raises(BuildError, match=r"none was found.*uv python install 3\.99"):
        python_for(99)


def test_an_installed_python_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name that it has on the PATH, if it is what it says: this one is no 3.98, whatever it is called."""
    says_yes = tmp_path / "python3.99"
    says_yes.write_text("#!/bin/sh\nexit 0\n")
    says_yes.chmod(0o755)
    (tmp_path / "python3.98").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert python_for(99) == says_yes
    with pytest.raises(BuildError):
        python_for(98)


def test_the_header_says_that_nothing_is_to_be_checked(tmp_path: Path) -> None:
    """As PEP 552 has it: the magic number, the flag for an unchecked hash, and the hash."""
    folder = write(tmp_path, bases=FAILS)
    compile_tree(folder, python=PYTHON, prefix_in_tracebacks="<x>")
    (content,) = compiled(folder).values()
    assert content[:4] == importlib.util.MAGIC_NUMBER
    assert content[4:8] == (1).to_bytes(4, "little")
    assert content[8:16] == importlib.util.source_hash(FAILS.encode())
