"""Two publishers of one folder: each would offer what it has found there, and what the other has not written yet."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import publishing
import pytest
from publishing import ONE, SOME, TWO, Installed, Place, contents

from hipflask.build.publish.repository import Publisher
from hipflask.core.errors import BuildError

# Publishes, and stops in the middle until it is told to go on.
PUBLISHES = """
import sys; sys.path.insert(0, sys.argv[1])
from pathlib import Path
from publishing import *
from hipflask.build import layer
from hipflask.build.publish import page
place = Place.__new__(Place); place.home = Path(sys.argv[2])
place.keys = Keys.read(place.home / "keys"); place.public = place.home / "public"
place.project = Place.project_in(place.home)
layer._PRESET = 0
def png_of(project, size):
    print("in the middle", flush=True)
    sys.stdin.readline()
    return b"a picture"
page.png_of = png_of
place.publisher().publish([place.bundle("1.1.0", TWO)], {})
"""
DOINGS: dict[str, Callable[[Place, Publisher], object]] = {
    "publish": lambda place, publisher: publisher.publish([place.bundle("1.2.0", ONE)], {}),
    "withdraw": lambda place, publisher: publisher.withdraw("stable"),
    "refresh": lambda place, publisher: publisher.refresh(),
    "prune": lambda place, publisher: publisher.prune(2),
}


def test_the_second_of_two_publishers_is_told(place: Place, installed: Installed) -> None:
    """Whatever it wants to do; the first goes on, and afterwards the second may."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    command = [sys.executable, "-c", PUBLISHES, str(Path(publishing.__file__).parent), str(place.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "in the middle\n"
        before = contents(place.public)
        for does in DOINGS.values():
            with pytest.raises(BuildError, match=r"Another `hipflask publish` is at work in .*public"):
                does(place, place.publisher())
        assert contents(place.public) == before
        assert installed.look()[1].release.version == "1.0.0"
        first.communicate("go on\n", timeout=30)
        assert first.returncode == 0
    assert installed.look()[1].release.version == "1.1.0"
    said = place.publisher().publish([place.bundle("1.2.0", TWO)], {})
    assert said[0].startswith(f"{SOME}: 1.2.0, offered to everybody.")


def test_a_publisher_that_was_killed_is_in_nobodys_way(place: Place) -> None:
    """The system gives back what it held."""
    command = [sys.executable, "-c", PUBLISHES, str(Path(publishing.__file__).parent), str(place.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "in the middle\n"
        first.kill()
        first.communicate()
    assert place.publisher().publish([place.bundle("1.1.0", ONE)], {}) == [
        f"{SOME}: 1.1.0, offered to everybody."
    ]
