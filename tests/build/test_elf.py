"""Libraries of Linux are stripped of what is not loaded, and of nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hipflask.build.packages.elf import strip, stripped
from lacking import lacking

CODE = """
static const char *words[] = {"who", "what", "i don't know"};
static __thread int calls;
int counted[1000];
const char *on_base(int base) { calls++; counted[base]++; return words[base]; }
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with what a debugger reads, made here."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        lacking("A C compiler for Linux")
    folder = tmp_path_factory.mktemp("library")
    (folder / "bases.c").write_text(CODE)
    subprocess.run(
        [str(compiler), "-g", "-shared", "-fPIC", "-o", "bases.so", "bases.c"], cwd=folder, check=True
    )
    return folder / "bases.so"


def test_a_stripped_library_still_works(library: Path, tmp_path: Path) -> None:
    """In another process, for a library is loaded once only."""
    copy = tmp_path / "bases.so"
    copy.write_bytes(stripped(library.read_bytes()))
    code = "import ctypes; f = ctypes.CDLL({!r}).on_base; f.restype = ctypes.c_char_p; print(f(1).decode(), f(2).decode())"
    done = subprocess.run(
        [sys.executable, "-c", code.format(str(copy))], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("what i don't know\n", "")


def test_it_has_no_symbols_but_those_that_are_loaded(library: Path) -> None:
    """As binutils sees it, which finds nothing to complain of; and about as small as binutils would make it."""
    reader, other = shutil.which("readelf"), shutil.which("strip")
    if reader is None or other is None:
        lacking("binutils")
    copy, theirs = library.with_name("ours.so"), library.with_name("theirs.so")
    copy.write_bytes(stripped(library.read_bytes()))
    done = subprocess.run([str(reader), "-aW", copy], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert ".debug_info" not in done.stdout and ".symtab" not in done.stdout
    assert ".dynsym" in done.stdout and "on_base" in done.stdout
    subprocess.run([str(other), "--strip-unneeded", "-o", theirs, library], check=True)
    assert abs(copy.stat().st_size - theirs.stat().st_size) < 256
    assert copy.stat().st_size < library.stat().st_size


def test_what_is_stripped_already_stays_as_it_is(library: Path) -> None:
    """Twice is once."""
    once = stripped(library.read_bytes())
    assert stripped(once) == once


@pytest.mark.parametrize("cut", [0, 3, 20, 63, 64, 1000, 5000])
def test_a_damaged_library_stays_as_it_is(library: Path, cut: int) -> None:
    """It is not for us to say what is wrong with it."""
    damaged = library.read_bytes()[:cut]
    assert stripped(damaged) == damaged


def test_what_is_no_library_stays_as_it_is(library: Path, tmp_path: Path) -> None:
    """A text that is called so, a library of Windows, one for 32 bits."""
    for content in (
        b"GROUP ( libc.so.6 )",
        b"MZ\x90\x00" * 50,
        b"\x7fELF\x01\x01" + library.read_bytes()[6:],
    ):
        (tmp_path / "a.so").write_bytes(content)
        assert strip(tmp_path) == 0
        assert (tmp_path / "a.so").read_bytes() == content


def test_a_folder_is_stripped_with_all_below(library: Path, tmp_path: Path) -> None:
    """Also libraries with a version behind their name."""
    (tmp_path / "a.libs").mkdir()
    shutil.copy(library, tmp_path / "a.libs" / "libbases.so.1.2")
    saved = strip(tmp_path)
    assert saved > 0
    assert (tmp_path / "a.libs" / "libbases.so.1.2").stat().st_size == library.stat().st_size - saved
