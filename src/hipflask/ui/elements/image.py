"""A picture."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Unpack

from ...core.errors import UsageError
from ..element import Common, element
from ..tree import Kind, Node

IMAGE = Kind("image", "img", role="img", label="alt")

_SIGNATURES = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"RIFF": "webp",
    b"<svg": "svg+xml",
    b"<?xml": "svg+xml",
}


def image(
    source: str | bytes | Path,
    alt: str = "",
    *,
    width: int | None = None,
    height: int | None = None,
    **common: Unpack[Common],
) -> Node:
    """Show a picture: the app's own URL (`/static/logo.png`), a file's Path, or the bytes of a PNG, JPEG, GIF, WebP or SVG.

    `alt` says in words what it shows; leave it empty for decoration. `width` and `height` are in CSS pixels. Pictures
    from other hosts are not loaded: download them into `static/`, or allow the host in `app.config["HIPFLASK_CSP"]`.

    >>> ui.image(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", alt="A square")
    """
    if isinstance(source, Path):
        source = source.read_bytes()
    if isinstance(source, bytes):
        source = _data_url(source)
    return element(IMAGE, {"src": source, "alt": alt, "width": width, "height": height}, common)


def _data_url(content: bytes) -> str:
    start = content.lstrip()[:16]
    for signature, kind in _SIGNATURES.items():
        if start.startswith(signature):
            return f"data:image/{kind};base64,{b64encode(content).decode()}"
    raise UsageError(
        f"ui.image: {start!r}… is no PNG, JPEG, GIF, WebP or SVG. Convert the picture to one of these."
    )
