"""The Python of a bundle, out of archives that look like python-build-standalone's."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror import Mirror, served
from pythons import BUILDER, Link, lay, pack, posix, python, windows

from hipflask.build.layer import Layer
from hipflask.build.runtime import Runtime, provide, table, tree
from hipflask.build.runtime.cache import Cache
from hipflask.build.runtime.table import Row
from hipflask.build.targets import ALL, Target
from hipflask.core.errors import BuildError

LINUX, MACOS, WINDOWS = (Target.parse(each) for each in ("linux", "macos", "windows"))

ON_LINUX = {
    "lib/libpython3.14.so.1.0",
    "lib/python3.14/LICENSE.txt",
    "lib/python3.14/_sysconfig_vars__x86_64-linux-gnu.json",
    "lib/python3.14/_sysconfigdata__x86_64-linux-gnu.py",
    "lib/python3.14/asyncio/__init__.py",
    "lib/python3.14/dbm/sqlite3.py",
    "lib/python3.14/encodings/__init__.py",
    "lib/python3.14/encodings/big5.py",
    "lib/python3.14/lib-dynload/.empty",
    "lib/python3.14/os.py",
    "lib/python3.14/sqlite3/__init__.py",
    "lib/python3.14/unittest/__init__.py",
}
ON_MACOS = {
    path.replace("x86_64-linux-gnu", "darwin").replace("libpython3.14.so.1.0", "libpython3.14.dylib")
    for path in ON_LINUX
}
ON_WINDOWS = {
    "DLLs/_ctypes.pyd",
    "DLLs/_sqlite3.pyd",
    "DLLs/_ssl.pyd",
    "DLLs/libcrypto-3-x64.dll",
    "DLLs/libffi-8.dll",
    "DLLs/libssl-3-x64.dll",
    "DLLs/sqlite3.dll",
    "LICENSE.txt",
    "Lib/encodings/__init__.py",
    "Lib/os.py",
    "Lib/sqlite3/__init__.py",
    "python.exe",
    "python3.dll",
    "python314.dll",
    "vcruntime140.dll",
    "vcruntime140_1.dll",
}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", ())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder für Python"


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server that has a Python for each target, and a table that says so."""
    with served() as mirror:
        rows = {}
        for target in ALL:
            content = pack(tmp_path / "packed.tar.gz", python(target)).read_bytes()
            name = f"cpython-3.14.7-{target}.tar.gz"
            mirror.files[name] = content
            rows[target.name] = {
                "3.14": Row("3.14.7", f"{mirror.url}/{name}", hashlib.sha256(content).hexdigest())
            }
        monkeypatch.setattr(table, "_table", lambda: rows)
        yield mirror


def files(folder: Path) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if not each.is_dir()}


@pytest.mark.parametrize("target", ALL, ids=str)
def test_every_target_gets_a_python_from_the_table(
    target: Target, mirror: Mirror, cache: Cache, folder: Path
) -> None:
    """Trimmed to what is listed above; the second time nothing is downloaded."""
    runtime = provide(None, target, cache, folder=folder)
    wanted = {"linux": ON_LINUX, "macos": ON_MACOS, "windows": ON_WINDOWS}[target.system]
    assert files(folder) == wanted
    assert (
        runtime
        == {
            "linux": Runtime("3.14.7", 14, "lib/libpython3.14.so.1.0", "lib/python3.14", "", "2.17"),
            "macos": Runtime("3.14.7", 14, "lib/libpython3.14.dylib", "lib/python3.14", ""),
            "windows": Runtime("3.14.7", 14, "python314.dll", "Lib", "python.exe"),
        }[target.system]
    )
    again = folder.with_name("again")
    assert provide("fetch", target, cache, folder=again, python="3.14", offline=True) == runtime
    assert Layer.of("runtime", again).id == Layer.of("runtime", folder).id
    assert len(mirror.asked) == 1


def test_no_file_names_a_folder_of_the_builder(cache: Cache, folder: Path, tmp_path: Path) -> None:
    provide(str(pack(tmp_path / "p.tar.gz", python(LINUX))), LINUX, cache, folder=folder)
    assert [path for path in files(folder) if BUILDER.encode() in (folder / path).read_bytes()] == []


def test_what_sysconfig_reads_stays_readable(cache: Cache, folder: Path, tmp_path: Path) -> None:
    """zoneinfo looks for time zones where TZPATH says, so that one stays, folders or not."""
    provide(str(pack(tmp_path / "p.tar.gz", python(LINUX))), LINUX, cache, folder=folder)
    stdlib = folder / "lib" / "python3.14"
    values: dict[str, dict[str, object]] = {}
    exec((stdlib / "_sysconfigdata__x86_64-linux-gnu.py").read_text(), values)
    assert values["build_time_vars"] == {
        "CC": "gcc -pthread",
        "HAVE_FORK": 1,
        "Py_GIL_DISABLED": 0,
        "TZPATH": "/usr/share/zoneinfo:/etc/zoneinfo",
    }
    assert json.loads((stdlib / "_sysconfig_vars__x86_64-linux-gnu.json").read_text()) == {"CC": "gcc"}


@pytest.mark.parametrize("name", ["p.tar.gz", "p.tar.xz", "p.tar"])
@pytest.mark.parametrize("top", ["", "./", "python/", "python/install/"])
def test_an_archive_may_be_of_any_kind_and_have_a_folder_on_top(
    name: str, top: str, cache: Cache, folder: Path, tmp_path: Path
) -> None:
    runtime = provide(str(pack(tmp_path / name, python(LINUX), top)), LINUX, cache, folder=folder)
    assert (runtime.version, runtime.library) == ("3.14.7", "lib/libpython3.14.so.1.0")
    assert files(folder) == ON_LINUX


@pytest.mark.parametrize("target", [LINUX, WINDOWS], ids=str)
def test_a_folder_makes_the_same_layer_as_its_archive(
    target: Target, cache: Cache, folder: Path, tmp_path: Path
) -> None:
    """Also where its links are links, its modes others, and Python has left compiled files in it."""
    entries = {
        path: each for path, each in python(target).items() if not (isinstance(each, Link) and each.hard)
    }
    laid = lay(tmp_path / "laid" / "python", entries).parent
    for each in laid.rglob("*.py"):
        each.chmod(0o700)
    provide(str(laid), target, cache, folder=folder)
    archive = folder.with_name("archive")
    provide(str(pack(tmp_path / "p.tar.gz", python(target))), target, cache, folder=archive)
    assert files(folder) == (ON_LINUX if target == LINUX else ON_WINDOWS)
    assert Layer.of("runtime", folder).id == Layer.of("runtime", archive).id


def test_the_same_archive_makes_the_same_bytes_whatever_the_hash_seed_and_the_mask(
    cache: Cache, folder: Path, tmp_path: Path
) -> None:
    archive = pack(tmp_path / "p.tar.gz", python(LINUX))
    code = (
        "import os, sys; os.umask(int(sys.argv[4])); from pathlib import Path\n"
        "from hipflask.build.runtime import provide; from hipflask.build.runtime.cache import Cache\n"
        "from hipflask.build.targets import Target; from hipflask.build.layer import Layer\n"
        "provide(sys.argv[1], Target.parse('linux'), Cache(Path(sys.argv[2])), folder=Path(sys.argv[3]))\n"
        "print(Layer.of('runtime', Path(sys.argv[3])).id)"
    )
    ids = {
        subprocess.run(
            [sys.executable, "-c", code, str(archive), str(cache.folder), f"{folder}{seed}", mask],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed, mask in (("1", "0"), ("2", "63"))
    }
    assert len(ids) == 1


def test_a_link_becomes_the_file_that_it_leads_to(cache: Cache, folder: Path, tmp_path: Path) -> None:
    """Over several links, soft and hard; one to nothing, to a folder or to itself is left out."""
    entries = python(LINUX) | {
        "lib/python3.14/one.py": Link("two.py"),
        "lib/python3.14/two.py": Link("three.py", hard=True),
        "lib/python3.14/three.py": Link("json/../json/four.py"),
        "lib/python3.14/json/four.py": b"four",
        "lib/python3.14/nothing.py": Link("nowhere.py"),
        "lib/python3.14/folder.py": Link("json"),
        "lib/python3.14/itself.py": Link("itself.py"),
    }
    provide(str(pack(tmp_path / "p.tar.gz", entries)), LINUX, cache, folder=folder)
    new = {"one.py", "two.py", "three.py", "json/four.py"}
    assert files(folder) == ON_LINUX | {f"lib/python3.14/{name}" for name in new}
    assert {(folder / "lib/python3.14" / name).read_bytes() for name in new} == {b"four"}
    assert Layer.of("runtime", folder).files  # which refuses links


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("../../evil.py", b""),
        ("lib/../../../evil.py", b""),
        ("lib/evil.py", Link("../../../evil.py")),
        ("lib/evil.py", Link("/etc/passwd")),
        ("lib/evil.py", Link("../../../../etc/passwd", hard=True)),
        ("lib/python3.14/C:\\evil.py", b""),
        ("lib/python3.14/c:evil.py", b""),
    ],
)
def test_an_archive_that_reaches_outside_is_refused_whole(
    path: str, entry: bytes | Link, cache: Cache, folder: Path, tmp_path: Path
) -> None:
    archive = pack(tmp_path / "p.tar.gz", {**python(LINUX), path: entry})
    with pytest.raises(BuildError, match=r"outside|no name for a file on every system"):
        provide(str(archive), LINUX, cache, folder=folder)
    assert files(folder) == set()
    assert not list(tmp_path.parent.rglob("evil.py"))


def test_an_absolute_path_is_refused(cache: Cache, folder: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "p.tar.gz", {str(tmp_path / "evil.py"): b""}, top="")
    with pytest.raises(BuildError, match="outside"):
        provide(str(archive), LINUX, cache, folder=folder)
    assert not (tmp_path / "evil.py").exists()


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_device_is_refused(kind: bytes, cache: Cache, folder: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "p.tar", python(LINUX))
    with tarfile.open(archive, "a") as more:
        device = tarfile.TarInfo("python/lib/device")
        device.type = kind
        more.addfile(device)
    with pytest.raises(BuildError, match="neither a file nor a folder"):
        provide(str(archive), LINUX, cache, folder=folder)


@pytest.mark.parametrize(("bound", "most"), [("MOST_BYTES", 10_000), ("MOST_FILES", 10)])
def test_an_archive_that_would_fill_the_disk_is_refused(
    bound: str, most: int, cache: Cache, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pack(tmp_path / "p.tar.gz", python(LINUX) | {"lib/python3.14/zeros": bytes(20_000)})
    monkeypatch.setattr(tree, bound, most)
    with pytest.raises(BuildError, match="more than any Python"):
        provide(str(archive), LINUX, cache, folder=folder)
    assert files(folder) == set()


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08 broken"])
def test_what_is_no_archive_is_told(content: bytes, cache: Cache, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "p.tar.gz").write_bytes(content)
    with pytest.raises(BuildError, match=r"p\.tar\.gz"):
        provide(str(tmp_path / "p.tar.gz"), LINUX, cache, folder=folder)


def test_an_archive_that_ends_too_early_is_told(cache: Cache, folder: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "p.tar.gz", python(LINUX))
    archive.write_bytes(archive.read_bytes()[:-200])
    with pytest.raises(BuildError, match="no archive that can be read"):
        provide(str(archive), LINUX, cache, folder=folder)


def test_an_archive_with_a_bit_turned_is_told(cache: Cache, folder: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "p.tar.gz", python(LINUX))
    content = bytearray(archive.read_bytes())
    content[-5] ^= 1  # of the length that gzip notes at the end
    archive.write_bytes(content)
    with pytest.raises(BuildError, match="no archive that can be read"):
        provide(str(archive), LINUX, cache, folder=folder)


@pytest.mark.parametrize("content", [b"build_time_vars = {", b"build_time_vars = open('x')", b"other = {}"])
def test_a_python_that_cannot_say_how_it_was_built_is_told(
    content: bytes, cache: Cache, folder: Path, tmp_path: Path
) -> None:
    """It is read as data: nothing of an archive runs while a bundle is built."""
    path = "lib/python3.14/_sysconfigdata__x86_64-linux-gnu.py"
    archive = pack(tmp_path / "p.tar.gz", python(LINUX) | {path: content})
    with pytest.raises(BuildError, match="does not say how Python was built"):
        provide(str(archive), LINUX, cache, folder=folder)


@pytest.mark.parametrize("made_for", ALL, ids=str)
def test_a_python_for_another_target_is_refused(
    made_for: Target, cache: Cache, folder: Path, tmp_path: Path
) -> None:
    """Whatever it is, and whichever other one was asked for."""
    archive = pack(tmp_path / "p.tar.gz", python(made_for))
    for asked in ALL:
        if asked != made_for:
            with pytest.raises(BuildError, match=f"for {asked}"):
                provide(str(archive), asked, cache, folder=folder.with_name(asked.name))


def test_a_linux_python_without_a_shared_library_keeps_its_program(
    cache: Cache, folder: Path, tmp_path: Path
) -> None:
    entries = {path: each for path, each in python(LINUX).items() if "libpython" not in path}
    runtime = provide(str(pack(tmp_path / "p.tar.gz", entries)), LINUX, cache, folder=folder)
    assert (runtime.library, runtime.executable) == ("", "bin/python3")
    assert files(folder) == ON_LINUX - {"lib/libpython3.14.so.1.0"} | {"bin/python3"}
    assert (folder / "bin/python3").read_bytes().endswith(b" static")
    assert os.access(folder / "bin/python3", os.X_OK)


def test_a_project_keeps_and_drops_what_it_wants(cache: Cache, folder: Path, tmp_path: Path) -> None:
    """Its own patterns win, the ones to drop over the ones to keep."""
    provide(
        str(pack(tmp_path / "p.tar.gz", python(LINUX))),
        LINUX,
        cache,
        folder=folder,
        keep=["{stdlib}/tkinter", "lib/tk*", "{native}/_tk*", "{stdlib}/idlelib"],
        drop=["{stdlib}/asyncio", "{stdlib}/encodings/b*5.py", "{stdlib}/idlelib"],
    )
    assert files(folder) - ON_LINUX == {
        "lib/python3.14/tkinter/__init__.py",
        "lib/tk9.0/tk.tcl",
        "lib/python3.14/lib-dynload/_tkinter.so",
    }
    assert ON_LINUX - files(folder) == {
        "lib/python3.14/asyncio/__init__.py",
        "lib/python3.14/encodings/big5.py",
    }


@pytest.mark.parametrize("pattern", ["{stdlib}/encodings", "{stdlib}", "**/os.py"])
def test_what_no_python_starts_without_cannot_be_dropped(
    pattern: str, cache: Cache, folder: Path, tmp_path: Path
) -> None:
    archive = pack(tmp_path / "p.tar.gz", python(LINUX))
    with pytest.raises(BuildError, match="no Python starts"):
        provide(str(archive), LINUX, cache, folder=folder, drop=[pattern])


def test_the_version_that_was_asked_for_must_be_there(cache: Cache, folder: Path, tmp_path: Path) -> None:
    archive = str(pack(tmp_path / "p.tar.gz", python(LINUX, 13, 2)))
    with pytest.raises(BuildError, match=r"is Python 3\.13\.2, and 3\.14 was asked for"):
        provide(archive, LINUX, cache, folder=folder, python="3.14")
    for asked in ("3.13", "3.13.2", None):
        there = folder.with_name(f"{asked}")
        assert provide(archive, LINUX, cache, folder=there, python=asked).version == "3.13.2"


def test_a_python_that_does_not_say_its_version_is_told_by_its_archive(
    cache: Cache, folder: Path, tmp_path: Path
) -> None:
    entries = {path: each for path, each in posix(LINUX).items() if not path.startswith("include")}
    named = pack(tmp_path / "cpython-3.14.9+20260814.tar.gz", entries)
    assert provide(str(named), LINUX, cache, folder=folder).version == "3.14.9"
    with pytest.raises(BuildError, match=r"patchlevel\.h"):
        provide(str(pack(tmp_path / "p.tar.gz", entries)), LINUX, cache, folder=folder.with_name("other"))


def test_two_pythons_in_one_are_refused(cache: Cache, folder: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "p.tar.gz", posix(LINUX, 13) | posix(LINUX, 14))
    with pytest.raises(BuildError, match=r"found 3\.13 and 3\.14"):
        provide(str(archive), LINUX, cache, folder=folder)


def test_a_folder_that_is_not_empty_is_left_alone(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BuildError, match="not empty"):
        provide(None, LINUX, cache, folder=tmp_path)


def test_a_path_that_is_not_there_is_told(cache: Cache, folder: Path) -> None:
    with pytest.raises(BuildError, match="--runtime fetch, host, or the path"):
        provide("hots", LINUX, cache, folder=folder)


def test_the_host_serves_for_itself_alone(cache: Cache, folder: Path) -> None:
    other = next(target for target in ALL if target != Target.host())
    with pytest.raises(BuildError, match=f"cannot be used for {other}"):
        provide("host", other, cache, folder=folder)


def test_the_folder_of_compiled_modules_is_there_though_nothing_of_it_stays(
    cache: Cache, folder: Path, tmp_path: Path
) -> None:
    """Python warns at every start that lacks it, and a layer has no empty folders."""
    entries = {path: each for path, each in python(LINUX).items() if not path.endswith("/.empty")}
    provide(str(pack(tmp_path / "p.tar.gz", entries)), LINUX, cache, folder=folder)
    assert files(folder) == ON_LINUX


def test_debugging_symbols_stay_at_home(cache: Cache, folder: Path, tmp_path: Path) -> None:
    provide(str(pack(tmp_path / "p.tar.gz", windows(WINDOWS))), WINDOWS, cache, folder=folder)
    assert [path for path in files(folder) if path.endswith((".pdb", ".lib", ".ico"))] == []
