"""A publisher that dies: whoever looks afterwards finds the old release or the new one, whole."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import publishing
import pytest
from publishing import LINUX, ONE, TWO, Installed, Place, ask, contents, now

from hipflask.build.publish import archives, keys


class Killed(BaseException):
    """The publisher is gone."""


def _dying(at: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the publisher die as it is about to give its `at`-th file its name, however that is done."""
    done: list[str] = []
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if len(done) == at:
            raise Killed
        done.append(Path(target).name)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    return done


@pytest.mark.parametrize("rotations", [0, 2])
def test_a_publisher_that_dies_at_any_write_leaves_a_whole_repository(
    place: Place, installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rotations: int
) -> None:
    """Whoever looks afterwards finds the old release or the new one, complete; and publishing again finishes it."""
    installer = tmp_path / "stock.tar.gz"
    installer.write_bytes(b"installer")
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    for _ in range(rotations):
        place.keys = keys.rotate(place.keys, "online", [place.stick], ask, now=now())
    start = tmp_path / "start"
    shutil.copytree(place.public, start)
    seen = set()
    for at in range(50):
        shutil.rmtree(place.public)
        shutil.copytree(start, place.public)
        died = False
        with monkeypatch.context() as patch:
            _dying(at, patch)
            try:
                place.publisher().publish([place.bundle("1.1.0", TWO)], {LINUX.name: [installer]})
            except Killed:
                died = True
        program = Installed(tmp_path / f"program-{at}", installed.url, place.keys.content(1))
        offer = program.look()[1]
        seen.add(offer.release.version)
        assert all(archives.is_there(archive, place.public) for archive in offer.archives.values())
        if not died:
            break
        place.publisher().publish([place.bundle("1.1.0", TWO)], {LINUX.name: [installer]})
        assert program.look()[1].release.version == "1.1.0"
    else:
        pytest.fail("it never came to an end")
    assert at >= 8
    assert seen == {"1.0.0", "1.1.0"}


def test_a_publisher_that_dies_while_the_old_key_is_gone_finishes_the_next_time(
    place: Place, installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Between the new root and the new timestamp nobody is served; publishing again ends that, wherever it stopped."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    for file in place.keys.folder.glob("online-*.pem"):
        file.unlink()
    place.keys = keys.rotate(place.keys, "online", [place.stick], ask, now=now())
    start = tmp_path / "start"
    shutil.copytree(place.public, start)
    for at in range(5):
        shutil.rmtree(place.public)
        shutil.copytree(start, place.public)
        with monkeypatch.context() as patch, contextlib.suppress(Killed):
            _dying(at, patch)
            place.publisher().refresh()
        place.publisher().refresh()
        assert Installed(tmp_path / f"at-{at}", installed.url, place.keys.content(1)).look() is not None


def test_a_publisher_killed_by_the_system_leaves_a_whole_repository(
    place: Place, installed: Installed, tmp_path: Path
) -> None:
    """The same with a process that gets SIGKILL at some moment, half-written files and all."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    script = textwrap.dedent(
        f"""
        import sys; sys.path.insert(0, {str(Path(publishing.__file__).parent)!r})
        from pathlib import Path
        from publishing import *
        place = Place.__new__(Place); place.home = Path({str(place.home)!r})
        place.keys = Keys.read(place.home / "keys"); place.public = place.home / "public"
        place.project = Place.project_in(place.home)
        print("go", flush=True)
        for n in range(1, 500):
            place.publisher().publish([place.bundle(f"1.{{n}}.0", {{"stock.py": f"print({{n}})"}})], {{}}, is_meant=True)
        """
    )
    moments = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.1, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        offer = installed.look()[1]
        assert all(archives.is_there(archive, place.public) for archive in offer.archives.values())
        shutil.rmtree(place.home / "builds")
    place.publisher().publish([place.bundle("2.0.0", TWO)], {})
    assert installed.look()[1].release.version == "2.0.0"
    assert [name for name in contents(place.public) if Path(name).name.startswith(".")] == [".publishing"]
