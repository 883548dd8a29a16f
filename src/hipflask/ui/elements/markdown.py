"""Text that has been written in Markdown."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Unpack

from ...core.errors import MissingPart
from ..element import Common
from ..tree import Kind, Node
from ._prose import prose

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MARKDOWN = Kind("markdown", "hf-prose")


def markdown(text: str, **common: Unpack[Common]) -> Node:
    """Show a text written in Markdown (CommonMark, with tables and ~~strikethrough~~); HTML in it is shown as it is.

    It needs `pip install hipflask[markdown]`, and need not come from somebody whom you trust.

    >>> ui.markdown("Who is *on first*, **What** on [second](https://example.org/second).")
    """
    return prose(MARKDOWN, _reader().render(text), common)


@cache
def _reader() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise MissingPart(
            "ui.markdown needs markdown-it-py, which is not installed: pip install hipflask[markdown]"
        ) from error
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
