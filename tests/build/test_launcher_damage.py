"""What the launcher says and does when files are damaged: a sentence and exit code 3, never a crash, never for ever."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from launched import PythonBundle

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs the launcher for Linux")


@pytest.fixture
def bundle(tmp_path: Path) -> PythonBundle:
    """One that runs the release "first"."""
    bundle = PythonBundle(tmp_path / "stock")
    bundle.set(bundle.release("first"))
    return bundle


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """The sentence of a start that must have failed as the launcher fails."""
    assert answer.returncode == 3, (answer.returncode, answer.stdout, answer.stderr)
    assert answer.stderr.startswith("/") and answer.stderr.rstrip().endswith("."), answer.stderr
    return answer.stderr


def test_each_kind_of_damage_is_told_in_a_sentence(bundle: PythonBundle) -> None:
    """What is wrong, where, and what to do about it."""
    key = bundle.state[0]
    release = bundle.root / "releases" / key
    text = release.read_text(encoding="utf-8")
    for content, sentence in [
        ("", "is no release that this program knows"),
        (text.replace("hipflask=1", "hipflask=2"), "is no release that this program knows"),
        (text.replace("runtime=", "runtime=0"), "the layer 'runtime' of"),
        (text.replace("library=lib/", "library=lib/../lib/"), "the Python library that"),
        (text.replace("library=lib/", "library=/lib/"), "the Python library that"),
        (text.replace("library=lib/", "library=lib/no"), "the Python library that"),
    ]:
        release.write_text(content, encoding="utf-8")
        told = refused(bundle.run())
        assert sentence in told and str(release) in told and "install it again" in told
    release.unlink()
    assert f"{release} cannot be read" in refused(bundle.run())
    for content, sentence in [("", "names no release"), ("release=../../x\n", "names no release")]:
        (bundle.root / "current").write_text(content, encoding="utf-8")
        assert sentence in refused(bundle.run())
    (bundle.root / "current").unlink()
    assert "current cannot be read" in refused(bundle.run())
    assert "current cannot be read" in refused(bundle.run("-c", "1"))


def test_a_library_that_is_none_is_told(bundle: PythonBundle) -> None:
    library = bundle.layer("runtime") / bundle.library
    library.unlink()
    library.write_bytes(b"nothing of the sort")
    assert "Python could not be loaded" in refused(bundle.run())
    library.unlink()
    library.symlink_to(
        "/lib/x86_64-linux-gnu/libm.so.6"
        if os.uname().machine == "x86_64"
        else "/lib/aarch64-linux-gnu/libm.so.6"
    )
    assert "its library is no Python's" in refused(bundle.run())


def test_strange_things_in_place_of_files_do_not_hang_it(bundle: PythonBundle) -> None:
    """A folder, a pipe that nobody writes to, a file without an end."""
    current = bundle.root / "current"
    current.unlink()
    current.mkdir()
    refused(bundle.run())
    current.rmdir()
    os.mkfifo(current)
    refused(bundle.run())
    current.unlink()
    current.symlink_to("/dev/zero")
    refused(bundle.run())
    current.unlink()
    current.write_bytes(b"release=" + b"0" * 70_000)
    refused(bundle.run())


def test_random_damage_never_crashes_it(bundle: PythonBundle) -> None:
    """Bytes changed, cut, doubled and made up: it starts, or says a sentence and ends with 3; never by a signal."""
    chance = random.Random(741)
    key = bundle.state[0]
    bundle.set(key, previous=bundle.release("second"), state="tried")
    files = {file: file.read_bytes() for file in (bundle.root / "current", bundle.root / "releases" / key)}
    outcomes = set()
    for _ in range(100):
        for file, content in files.items():
            file.write_bytes(damaged(content, chance) if chance.random() < 0.7 else content)
        answer = bundle.run("exit", "0")
        outcomes.add(answer.returncode)
        if answer.returncode:
            refused(answer)
    assert outcomes == {0, 3}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes after an accident."""
    kind = chance.randrange(5)
    at = chance.randrange(len(content))
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + chance.randbytes(chance.randrange(1, 9)) + content[at:]
    if kind == 2:
        return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
    if kind == 3:
        return chance.randbytes(chance.randrange(300))
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines * chance.randrange(1, 40))


# ---- telling somebody who has clicked


@pytest.mark.parametrize("program", ["zenity", "kdialog", "xmessage"])
def test_who_has_no_terminal_is_told_in_a_window(bundle: PythonBundle, tmp_path: Path, program: str) -> None:
    """By what their desktop has for it; the sentence arrives as one argument, and the exit code stays 3."""
    (tmp_path / "bin").mkdir()
    stub = tmp_path / "bin" / program
    stub.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/told"\nexit 1\n', encoding="utf-8")
    stub.chmod(0o755)
    (bundle.root / "current").unlink()
    refused(bundle.run(HIPFLASK_NO_DIALOG="", DISPLAY=":99", PATH=str(tmp_path / "bin")))
    told = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert told[-1].removeprefix("--text=").startswith("This program is damaged: ")
    assert told[-1].endswith("current cannot be read. Please install it again.")


def test_where_there_is_no_desktop_only_stderr_is_told(bundle: PythonBundle, tmp_path: Path) -> None:
    (tmp_path / "zenity").write_text(f'#!/bin/sh\ntouch "{tmp_path}/told"\n', encoding="utf-8")
    (tmp_path / "zenity").chmod(0o755)
    (bundle.root / "current").unlink()
    refused(bundle.run(HIPFLASK_NO_DIALOG="", DISPLAY="", WAYLAND_DISPLAY="", PATH=str(tmp_path)))
    refused(bundle.run(DISPLAY=":99", PATH=str(tmp_path)))
    assert not (tmp_path / "told").exists()
