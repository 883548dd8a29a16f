"""What surrounds a signed application of macOS, as a layer of what is published: an update needs the new one's seal."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from ..bundle import Bundle
from ..platforms import macos


def framed(bundle: Bundle, folder: Path) -> Bundle:
    """A bundle as it is published: with its frame, copied into `folder`, if it is sealed; else as it is."""
    frame = macos.frame_of(bundle, folder) if bundle.target.system == "macos" else None
    if frame is None:
        return bundle
    release = dataclasses.replace(bundle.release, frame=frame.id)
    return dataclasses.replace(bundle, release=release, layers=(*bundle.layers, frame))
