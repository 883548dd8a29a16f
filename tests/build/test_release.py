"""Releases and which of them runs: lines that a launcher in C reads too."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.build.current import Current, release_of
from hipflask.build.release import Release, read_lines, write_lines
from hipflask.core.errors import BuildError

RELEASE = Release(
    id="com.example.stock",
    name="Lager für Büros",
    version="1.4.0",
    target="linux-x86_64",
    channel="stable",
    python="3.14.7",
    library="lib/libpython3.14.so.1.0",
    runtime="1" * 64,
    packages="2" * 64,
    app="3" * 64,
)


def test_what_is_written_is_read_back() -> None:
    assert Release.parse(RELEASE.text) == RELEASE
    assert (
        Release.parse(replace(RELEASE, frame="4" * 64, splash="splash.bmp").text).layers["frame"] == "4" * 64
    )


def test_what_a_later_version_adds_does_not_matter() -> None:
    """A field that this version does not know changes nothing for it; another form of it does."""
    assert Release.parse(RELEASE.text + "mood=cheerful\n") == RELEASE
    with pytest.raises(BuildError, match="no release of format 1"):
        Release.parse(RELEASE.text.replace("hipflask=1", "hipflask=2"))


def test_the_key_is_of_the_whole_text() -> None:
    assert RELEASE.key != replace(RELEASE, version="1.4.1").key
    assert len(RELEASE.key) == 16


@pytest.mark.parametrize("wrong", ["../../etc", "A" * 64, "1" * 63, ""])
def test_a_layer_is_a_hash(wrong: str) -> None:
    """The launcher makes a path of it."""
    with pytest.raises(BuildError, match=r"no sha256|lacks"):
        Release.parse(RELEASE.text.replace("1" * 64, wrong))


@given(st.text())
def test_any_text_is_a_release_or_refused(text: str) -> None:
    with contextlib.suppress(BuildError):
        Release.parse(text)


@given(st.dictionaries(st.text("abc.", min_size=1), st.text()))
def test_lines_are_read_back_or_refused(values: dict[str, str]) -> None:
    try:
        text = write_lines(values)
    except BuildError:
        return
    assert read_lines(text) == values


def test_current_is_replaced_as_a_whole(tmp_path: Path) -> None:
    Current("a" * 16).write(tmp_path)
    Current("b" * 16, previous="a" * 16, state="new").write(tmp_path)
    assert Current.read(tmp_path) == Current("b" * 16, "a" * 16, "new")
    assert os.listdir(tmp_path) == ["current"]


def test_where_there_is_no_bundle_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="is no bundle"):
        Current.read(tmp_path)
    with pytest.raises(BuildError, match="has no release"):
        release_of(tmp_path, "a" * 16)
