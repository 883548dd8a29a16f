"""Deltas: who has a former layer and a delta has the new layer, and never one that is hardly smaller than the whole."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.build import layer as layers
from hipflask.build.layer import File, Layer, id_of, unpack
from hipflask.build.offer import Archive
from hipflask.build.publish import archives
from hipflask.build.publish.deltas import LISTING, changed, is_worthwhile, listing
from hipflask.core.errors import BuildError

names = st.text("abc/", min_size=1, max_size=4).filter(lambda name: all(name.split("/")))
files = st.dictionaries(names, st.tuples(st.integers(0, 3), st.booleans())).map(
    lambda found: tuple(
        sorted(
            File(name, 1, hashlib.sha256(bytes([content])).hexdigest(), executable)
            for name, (content, executable) in found.items()
        )
    )
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_PRESET", 0)


@given(files, files)
def test_old_files_and_changed_ones_are_the_new_layer(old: tuple[File, ...], new: tuple[File, ...]) -> None:
    """Every line of the listing is in the delta or in the old layer, just as it is."""
    delta = changed(new, old)
    here = {file.line for file in (*old, *delta)}
    assert {file.line for file in new} <= here
    assert not {file.line for file in delta} & {file.line for file in old}
    assert hashlib.sha256(listing(new).encode()).hexdigest() == id_of(new)


@pytest.mark.parametrize(
    ("delta", "whole", "worthwhile"),
    [
        (700, 10_000, True),
        (7_001, 10_000, False),
        (6_999, 10_000, True),
        (100, 1_050, False),
        (10_000, 10_000, False),
    ],
)
def test_a_delta_must_save_a_third_and_a_thousand_bytes(delta: int, whole: int, worthwhile: bool) -> None:
    """Or it is one line more for everybody and good for nobody."""
    assert is_worthwhile(delta, whole) is worthwhile


def test_a_delta_holds_the_listing_and_what_is_new(tmp_path: Path) -> None:
    """Nothing else; and together with the old files it is the new layer."""
    noise = {f"part{number}.bin": random.Random(number).randbytes(3000).hex() for number in range(8)}
    old = _layer(tmp_path / "old", noise | {"gone.py": "gone"})
    new = _layer(tmp_path / "new", noise | {"part3.bin": "changed", "deep/new.py": "new"})
    public = tmp_path / "public"
    first, second = archives.whole(old, public), archives.whole(new, public)
    delta = archives.delta(new, first, old.id, public, below=second)
    assert delta is not None
    assert delta.size < second.size / 10
    place = tmp_path / "unpacked"
    unpack(public / delta.home, place, most=delta.unpacked)
    assert sorted(file.path for file in Layer.of("app", place).files) == [LISTING, "deep/new.py", "part3.bin"]
    assert (place / LISTING).read_text() == listing(new.files)
    with pytest.raises(BuildError):  # `unpacked` is just enough
        unpack(public / delta.home, tmp_path / "again", most=delta.unpacked - 1)


def test_a_delta_that_saves_nothing_is_not_kept(tmp_path: Path) -> None:
    """Neither offered nor left lying about."""
    old, new = _layer(tmp_path / "old", {"a": "1" * 5000}), _layer(tmp_path / "new", {"a": "2" * 5000})
    public = tmp_path / "public"
    first, second = archives.whole(old, public), archives.whole(new, public)
    assert archives.delta(new, first, old.id, public, below=second) is None
    assert len(list((public / "layers").iterdir())) == 2


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"?")])
def test_no_delta_is_made_against_what_is_gone_or_damaged(tmp_path: Path, spoil: object) -> None:
    """It would turn what people have into something else."""
    old, new = _layer(tmp_path / "old", {"a": "1"}), _layer(tmp_path / "new", {"a": "2"})
    public = tmp_path / "public"
    first = archives.whole(old, public)
    assert archives.delta(new, first, "0" * 64, public, below=Archive("0" * 64, 1 << 30, 0)) is None
    spoil(public / first.home)  # type: ignore[operator]
    assert archives.delta(new, first, old.id, public, below=Archive("0" * 64, 1 << 30, 0)) is None


def test_a_layer_with_a_file_of_that_name_is_refused(tmp_path: Path) -> None:
    """The name is taken."""
    with pytest.raises(BuildError, match="keep their listing in"):
        archives.whole(_layer(tmp_path / "layer", {LISTING: "mine"}), tmp_path / "public")


def _layer(folder: Path, contents: Mapping[str, str]) -> Layer:
    for path, text in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return Layer.of("app", folder)
