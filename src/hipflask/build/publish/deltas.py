"""What those need to download who have a former layer: the files that are new or changed, and the listing of the new layer.

    old layer                    new layer                    the delta
    a.py        sha256 1…        a.py        sha256 1…        .hipflask-delta   (the three lines of the new layer)
    b.py        sha256 2…        b.py        sha256 9…        b.py
    gone.py     sha256 3…        new.py      sha256 4…        new.py

`.hipflask-delta` is the text that a layer's id is the sha256 of: who has unpacked the delta, and copied the rest from the
old layer, knows whether it is whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..layer import File
from ..offer import LISTING

# A delta is one more line in an offer that everybody downloads, and one more file to keep: it has to be worth that.
_LEAST_SHARE = 0.3
_LEAST_BYTES = 1_000


__all__ = ["LISTING", "changed", "is_worthwhile", "listing"]


def changed(new: Iterable[File], old: Iterable[File]) -> tuple[File, ...]:
    """The files of a layer that an older one has not under the same name, with the same content and the same permission."""
    there = {file.line for file in old}
    return tuple(sorted(file for file in new if file.line not in there))


def listing(files: Iterable[File]) -> str:
    """The text that a layer's id is the sha256 of."""
    return "".join(file.line for file in sorted(files))


def is_worthwhile(delta: int, whole: int) -> bool:
    """Whether an archive of `delta` bytes is enough smaller than one of `whole` bytes to be offered beside it."""
    saved = whole - delta
    return saved >= whole * _LEAST_SHARE and saved >= _LEAST_BYTES
