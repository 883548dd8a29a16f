"""A crash of the whole process: what Python writes of it, and who reads that."""

import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hipflask.telemetry.crashes import native

WATCH = "import sys; from pathlib import Path; from hipflask.telemetry.crashes.native import Watch; watch = Watch(Path(sys.argv[1]))\n"


def run(folder: Path, code: str) -> int:
    """Run code in a process that is watched; returns its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH + code, folder], check=False, capture_output=True, timeout=60
    )
    return done.returncode


def test_a_crash_is_read_once(tmp_path: Path) -> None:
    """By whoever looks next."""
    assert run(tmp_path, "import ctypes, json; json.loads('1'); ctypes.string_at(0)") != 0

    [crash] = native.crashes_in(tmp_path)

    assert crash.failures[0].type == "Segmentation fault"
    assert crash.failures[0].frames[-1].function == "string_at"
    assert crash.failures[0].frames[-1].file == "ctypes/__init__.py"
    assert list(native.crashes_in(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_an_end_that_was_meant_leaves_nothing(tmp_path: Path) -> None:
    """Also one with an exception; and one that was forced leaves a file that is no crash."""
    folder = tmp_path / "crashes"
    assert run(folder, "") == 0
    assert run(folder, "raise ValueError") == 1
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path, "import os; os._exit(7)") == 7
    assert list(native.crashes_in(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_a_process_that_runs_is_left_alone(tmp_path: Path) -> None:
    """Two of one program may run beside each other."""
    code = f"{WATCH}print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert list(native.crashes_in(tmp_path)) == []
        assert len(list(tmp_path.iterdir())) == 1
        other.communicate(b"")
    assert not tmp_path.exists()


def test_what_is_in_the_file_of_no_crash() -> None:
    """A file that somebody has put there may hold anything; what an exception said is left out."""
    text = 'Fatal Python error: init: Canary\n\nCurrent thread 0x1 (most recent call first):\n  File "/srv/anna/x", line 3 in Canary\n'
    [failure] = native.parsed(text)
    assert failure.type == "init"
    assert "anna" not in repr(failure)
    assert "Canary" not in repr(failure)
    assert native.parsed("Fatal Python error: Aborted")[0].frames == []


@given(
    st.text()
    | st.text().map(
        lambda text: f'Fatal Python error: {text}\nThread 0x1 \n  File "{text}", line 1 in {text}\n'
    )
)
def test_anything_in_the_file(text: str) -> None:
    """Nothing is raised, and nothing of it is longer than a report takes."""
    assert len(native.parsed(text)) <= native.MOST_THREADS
