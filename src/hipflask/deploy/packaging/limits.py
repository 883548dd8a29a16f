"""How large a function's code may be, and what to say where it is larger: what takes the space, package by package."""

from __future__ import annotations

from collections.abc import Sequence

from ...build.why import Part, lines_of, megabytes
from ...core.errors import BuildError

# AWS's 250 MB and 50 MB, of 1024² bytes.
UNPACKED = 250 << 20
DIRECT = 50 << 20
_MOST_PARTS = 15


def refuse_too_large(parts: Sequence[Part], size: int) -> None:
    """Raise BuildError, with the table of what is in it, for more than Lambda unpacks; `size` is in bytes, unpacked."""
    if size > UNPACKED:
        raise BuildError(
            f"The bundle has {megabytes(size)} unpacked, and Lambda takes {megabytes(UNPACKED)}. This is what takes the "
            f"space:\n{lines_of(parts, _MOST_PARTS)}\n"
            "Do without one of them, leave files of the project out (`exclude` in [tool.hipflask]), or fetch large data from a "
            "bucket when it is needed."
        )


def remark_on(size: int) -> str | None:
    """What to say of a zip of so many bytes that only a bucket brings to Lambda."""
    if size <= DIRECT:
        return None
    return (
        f"The zip has {megabytes(size)}: more than the {megabytes(DIRECT)} that can be uploaded to a function by itself. "
        "`hipflask deploy` goes by a bucket, as it always does."
    )
