"""Text that has been written in HTML."""

from __future__ import annotations

from typing import Unpack

from ..element import Common
from ..tree import Kind, Node
from ._prose import prose

HTML = Kind("html", "hf-prose")


def html(markup: str, **common: Unpack[Common]) -> Node:
    """Show a text written in HTML: its headings, paragraphs, lists, tables, links and pictures; all else is left out.

    It need not come from somebody whom you trust. Styles, forms, frames and scripts are never drawn, and there is no
    way to have them drawn: the window's page would not run them either.

    >>> ui.html("<p>Who is <b>on first</b>, <a href='/bases/2'>What</a> on second.</p>")
    """
    return prose(HTML, markup, common)
