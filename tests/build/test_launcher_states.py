"""Which release the launcher starts, run for real: trials, ways back, and being killed at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launched import PythonBundle, surroundings

from hipflask.build.current import Current

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs the launcher for Linux")


@pytest.fixture
def bundle(tmp_path: Path) -> PythonBundle:
    """One that runs the release "first"."""
    bundle = PythonBundle(tmp_path / "stock")
    bundle.set(bundle.release("first"))
    return bundle


class Started:
    """A start of the program that goes on until it is killed."""

    def __init__(self, bundle: PythonBundle) -> None:
        self.process = subprocess.Popen(bundle.command("wait"), stdout=subprocess.PIPE, env=surroundings())
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"up\n"

    def kill(self) -> None:
        """As the system does when memory is short, or a user in the task manager."""
        self.process.kill()
        assert self.process.wait() == -signal.SIGKILL
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def updated(bundle: PythonBundle) -> tuple[PythonBundle, str, str]:
    """A bundle to which an update has come; with the keys of the old release and the new."""
    first, second = bundle.state[0], bundle.release("second")
    bundle.set(second, previous=first, state="new")
    return bundle, first, second


def test_a_healthy_release_is_just_started(bundle: PythonBundle) -> None:
    before = (bundle.root / "current").read_bytes()
    assert bundle.said()["release"] == "first"
    assert (bundle.root / "current").read_bytes() == before
    assert not (bundle.root / "trying").exists()


def test_a_new_release_is_tried(updated: tuple[PythonBundle, str, str]) -> None:
    bundle, first, second = updated
    assert bundle.said()["release"] == "second"
    assert Current.read(bundle.root) == Current(second, first, "tried")


def test_one_that_ended_before_it_was_well_is_gone_back_from(updated: tuple[PythonBundle, str, str]) -> None:
    """Killed before its window had painted, whatever the reason: the next start has the old one, and remembers why."""
    bundle, first, second = updated
    Started(bundle).kill()
    assert bundle.said()["release"] == "first"
    assert Current.read(bundle.root) == Current(first, "", "healthy", refused=second)
    assert bundle.said()["release"] == "first"


def test_one_that_is_well_is_kept(updated: tuple[PythonBundle, str, str]) -> None:
    """It writes so itself, when its window has painted; being killed later means nothing."""
    bundle, first, second = updated
    started = Started(bundle)
    Current(second, first).write(bundle.root)
    started.kill()
    assert bundle.said()["release"] == "second"
    assert Current.read(bundle.root) == Current(second, first)


def test_a_second_start_beside_the_trial_goes_nowhere_back(updated: tuple[PythonBundle, str, str]) -> None:
    """The first holds the lock, so it is still running: the second is the same release, and leaves `current` alone."""
    bundle, first, second = updated
    started = Started(bundle)
    assert bundle.said()["release"] == "second"
    assert Current.read(bundle.root) == Current(second, first, "tried")
    started.kill()


def test_a_child_does_not_hold_the_lock_for_its_parent(updated: tuple[PythonBundle, str, str]) -> None:
    """What the program leaves behind when it dies must not make the next start believe that it lives."""
    bundle, _, _ = updated
    leave = "import subprocess, sys; subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False)"
    boot = bundle.layer("packages") / "hipflask" / "boot.py"
    whole = boot.read_text()
    boot.write_text(
        f"{leave}\nimport os\nif not os.fork(): __import__('time').sleep(5); os._exit(0)\nos._exit(1)"
    )
    subprocess.run(
        bundle.command(),
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    boot.write_text(whole)
    assert bundle.said()["release"] == "first"


def test_two_starts_at_once_are_one_trial(updated: tuple[PythonBundle, str, str]) -> None:
    """However they fall, both run the new release, and nothing is refused."""
    bundle, first, second = updated
    for _ in range(10):
        bundle.set(second, previous=first, state="new")
        (bundle.root / "trying").unlink(missing_ok=True)
        starts = [
            subprocess.Popen(bundle.command("wait"), stdout=subprocess.PIPE, env=surroundings())
            for _ in range(4)
        ]
        for start in starts:
            assert start.stdout is not None
            assert start.stdout.readline() == b"up\n"
        assert Current.read(bundle.root) == Current(second, first, "tried")
        for start in starts:
            start.kill()
            start.communicate()


def test_the_file_is_replaced_and_not_written_into(updated: tuple[PythonBundle, str, str]) -> None:
    """A second name of the old file still shows the old lines, whole: so does the first until the moment of the change."""
    bundle, first, second = updated
    before = (bundle.root / "current").read_bytes()
    os.link(bundle.root / "current", bundle.root / "old")
    bundle.said()
    assert bundle.state == (second, first, "tried", "")
    assert (bundle.root / "old").read_bytes() == before
    assert (bundle.root / "current").stat().st_mode & 0o777 == 0o644
    assert sorted(each.name for each in bundle.root.iterdir() if each.name.startswith(".")) == []


def test_killed_at_any_moment_it_leaves_a_whole_file(updated: tuple[PythonBundle, str, str]) -> None:
    """`current` is replaced, never written into: a start that dies in between leaves the old lines or the new."""
    bundle, first, second = updated
    allowed = {(second, first, "new", ""), (second, first, "tried", ""), (first, "", "healthy", second)}
    chance = random.Random(5)
    for _ in range(40):
        bundle.set(second, previous=first, state="new")
        for _ in range(2):
            start = subprocess.Popen(
                bundle.command("exit", "0"), env=surroundings(), stderr=subprocess.DEVNULL
            )
            time.sleep(chance.random() * 0.012)
            start.kill()
            start.wait()
            assert bundle.state in allowed


def test_without_anything_to_go_back_to_it_tries_again(bundle: PythonBundle) -> None:
    """A first installation that was killed while it started."""
    bundle.set(bundle.state[0], state="new")
    Started(bundle).kill()
    assert bundle.said()["release"] == "first"
    assert bundle.state[2] == "tried"


def test_what_is_missing_is_gone_back_from_but_not_refused(updated: tuple[PythonBundle, str, str]) -> None:
    """A layer that a scanner has taken away says nothing against the release: it may be installed again."""
    bundle, first, second = updated
    for state in "new", "tried", "healthy":
        bundle.set(second, previous=first, state=state)
        folder = bundle.layer("second")
        folder.rename(bundle.root / "aside")
        assert bundle.said()["release"] == "first"
        assert Current.read(bundle.root) == Current(first)
        (bundle.root / "aside").rename(folder)


def test_nothing_is_gone_back_to_that_is_not_there(updated: tuple[PythonBundle, str, str]) -> None:
    bundle, first, second = updated
    bundle.set(second, previous=first, state="tried")
    (bundle.root / "releases" / first).unlink()
    assert bundle.said()["release"] == "second"
    assert bundle.state == (second, first, "tried", "")


def test_a_folder_that_may_not_be_written_is_no_hindrance(updated: tuple[PythonBundle, str, str]) -> None:
    """An administrator has installed it: it just starts. Root has to give up what lets it write everywhere."""
    bundle, _, _ = updated
    bundle.root.chmod(0o555)
    as_others = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    try:
        before = bundle.state
        for _ in range(2):
            command = [*as_others, *bundle.command()]
            answer = subprocess.run(command, capture_output=True, env=surroundings(), check=True)
            assert json.loads(answer.stdout)["release"] == "second"
        assert bundle.state == before
        assert not (bundle.root / "trying").exists()
    finally:
        bundle.root.chmod(0o755)
