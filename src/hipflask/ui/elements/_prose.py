"""HTML becomes elements like any others: what is on the list is drawn node by node, and all else is left out.

    <p onclick="steal()">Who's <b>on</b> <script>evil()</script>first?</p>

is a paragraph of three pieces, "Who's ", a bold "on" and " first?". Nothing is ever handed to the browser as markup, so there is
nothing that it could read in another way than we did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from ...core.errors import UsageError
from ...core.ports import Place
from ..element import Common, element
from ..tree import Kind, Node, Props, checked_url
from .heading import HEADINGS
from .image import IMAGE
from .link import LINK, leading_to

_INLINE = (
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "ins",
    "mark",
    "small",
    "sub",
    "sup",
    "code",
    "kbd",
    "q",
    "abbr",
    "span",
    "br",
)
_BLOCKS = (
    "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "figure", "figcaption",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
)  # fmt: skip
_READ = {"p", "div", "blockquote", "li", "dt", "dd", "th", "td", "caption", "figcaption"}
_ROLES = dict.fromkeys(_READ, "text") | {"pre": "code"}
KINDS = {
    tag: Kind(f"prose {tag}", tag, role=_ROLES.get(tag, ""), label="text") for tag in (*_INLINE, *_BLOCKS)
}
KINDS |= {f"h{level}": HEADINGS[min(level, 4)] for level in range(1, 7)}
KINDS |= {"a": LINK, "img": IMAGE}
_STANDS_ALONE = {*_BLOCKS, *(f"h{level}" for level in range(1, 7))}

_VOID = {"br", "hr", "img"}
# What is inside these is not for reading; other tags that are not on the list are left out alone.
_UNREAD = {
    "script",
    "style",
    "template",
    "title",
    "iframe",
    "object",
    "svg",
    "math",
    "textarea",
    "select",
    "noscript",
}
# A second of these ends the first.
_ENDS_ITSELF = {"li", "dt", "dd", "tr", "td", "th"}
# Deeper than anybody writes, and far from where a tree could not be walked.
_DEEPEST = 60
# Blanks between these are no words.
_WITHOUT_WORDS = {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"}


def draw_prose(markup: str, parent: Node) -> None:
    """Draw what is on the list of an HTML text into `parent`."""
    reader = _Reader(parent)
    reader.feed(markup)
    reader.close()


class _Reader(HTMLParser):
    def __init__(self, parent: Node) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, Node]] = [("", parent)]
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unread or tag in _UNREAD:
            self._unread.append(tag) if tag in _UNREAD else None
        elif tag in KINDS and len(self._open) < _DEEPEST:
            self._end_before(tag)
            given = {name: value or "" for name, value in attrs}
            with self._open[-1][1]:
                node = element(KINDS[tag], _props(tag, given), {}, _attrs(tag, given))
            if tag not in _VOID:
                self._open.append((tag, node))

    def _end_before(self, tag: str) -> None:
        """End what nobody has ended, as people do not in HTML."""
        last = self._open[-1][0]
        if (last == "p" and tag in _STANDS_ALONE) or (last == tag and tag in _ENDS_ITSELF):
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            if tag == self._unread[-1]:
                self._unread.pop()
        elif any(tag == name for name, _ in self._open[1:]):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, node = self._open[-1]
        if self._unread or (not data.strip() and _is_between_blocks(tag, node)):
            return
        words = data if any(name == "pre" for name, _ in self._open) else re.sub(r"\s+", " ", data)
        if not node.children and "text" not in node.props and tag:
            node.props["text"] = words
        else:
            with node:
                element(KINDS["span"], {"text": words}, {})


def _is_between_blocks(tag: str, node: Node) -> bool:
    if tag in _WITHOUT_WORDS:
        return True
    last = node.children[-1].kind.tag if node.children else ""
    return last in _STANDS_ALONE or (not last and tag not in _INLINE and "text" not in node.props)


def _props(tag: str, given: Mapping[str, str]) -> Props:
    if tag == "a" and (address := _safe(LINK, given.get("href"))):
        return leading_to(Place(address))
    if tag == "img":
        return {"src": _safe(IMAGE, given.get("src")), "alt": given.get("alt", "")}
    return {"start": int(given["start"])} if tag == "ol" and given.get("start", "").isdecimal() else {}


def _attrs(tag: str, given: Mapping[str, str]) -> dict[str, object]:
    """What says how a table is built and where its words stand."""
    kept = {"colspan", "rowspan"} if tag in ("td", "th") else {"title"}
    attrs: dict[str, object] = {name: given[name] for name in kept if given.get(name)}
    side = (
        re.search(r"text-align:\s*(left|center|right)", given.get("style", ""))
        if tag in ("td", "th")
        else None
    )
    return attrs | ({"align": side[1]} if side else {})


def _safe(kind: Kind, address: str | None) -> str | None:
    """The address, if nothing runs where it leads."""
    try:
        return checked_url(kind, address) if address else None
    except UsageError:
        return None


def prose(kind: Kind, markup: str, common: Common) -> Node:
    """Draw an element that holds an HTML text."""
    node = element(kind, {}, common)
    draw_prose(markup, node)
    return node
