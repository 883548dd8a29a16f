"""A recorded tree, drawn again with the elements that it was made of, as a picture: nothing in it can be pressed, and nothing in it acts.

    [7, "wa-button", {"text": "Deal", "on": {"click": null}}, []]        →        a button that looks like it

What was recorded is another program's: its scripts and addresses are left out, whatever would leave the picture stays in it, and what
does not look right without them (figures, web components, pictures by address) has its name in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .... import ui
from ....core.errors import UsageError
from ....ui.element import element
from ....ui.tree import Kind

MOST = 4000  # elements; the rest of a larger tree is left out, and said to be

WIDTH = 970  # pixels, of the window that the picture shows
_TAG = re.compile(
    r"(hf|wa)-[a-z-]+|h[1-4]|p|a|img|div|span|ul|ol|li|pre|table|thead|tbody|tr|th|td|code|strong|em|blockquote|hr|br|kbd"
)
_AS_COLUMN = {"hf-root": "the window", "wa-dialog": "a dialog", "wa-drawer": "a drawer"}
_ONLY_A_NAME = {"hf-figure": "a figure", "wa-toast": ""}
_SILENT = frozenset({"hf-title", "hf-silent", "hf-errors", "hf-connection", "hf-refused"})
# What acts on the page around it, or would ask another program for something.
_LEFT_OUT = frozenset(
    {"on", "field", "key", "script", "href", "live", "target", "rel", "busy", "name", "viewer", "link"}
)
_ATTRS_LEFT_OUT = frozenset(
    {"id", "autofocus", "aria-keyshortcuts", "tooltip", "accesskey", "tabindex", "name", "for"}
)

_STAGE = {
    "position": "relative",
    "width": f"{WIDTH}px",
    "min-height": "560px",
    "overflow": "hidden",
    "contain": "layout paint",  # so that what is fixed to its window is fixed to the picture
    "background": "var(--hf-page)",
    "border": "1px solid var(--wa-color-surface-border)",
    "border-radius": "var(--wa-border-radius-m)",
}
_ROOT = {"min-height": "560px", "padding": "1.6rem", "box-sizing": "border-box"}


def draw_picture(tree: Any, label: str, zoom: float) -> None:
    """Draw a tree as `ui.wire.WireNode` travels: [id, tag, props, children]."""
    left = iter(range(MOST))
    with (
        ui.column(
            gap="none", style=_STAGE | {"zoom": f"{zoom:.2f}"}, attrs={"role": "img", "aria-label": label}
        ),
        ui.column(gap="none", attrs={"inert": "inert"}),
    ):
        is_whole = _draw(tree, left)
    if not is_whole:
        ui.text(f"Only the first {MOST:,} elements are shown.", tone="quiet", size="s")


def _draw(node: Any, left: Iterator[int]) -> bool:
    """Draw one node and what is below it; returns False if some of it had no room."""
    if next(left, None) is None:
        return False
    id, tag, props, children = _parts_of(node)
    if tag in _SILENT or (tag in ("wa-dialog", "wa-drawer") and not props.get("open")):
        return True
    try:
        drawn = _element(id, tag, props)
    except UsageError:  # something in it could become a script
        drawn = _name(id, tag)
    with drawn:
        drawn_whole = [_draw(child, left) for child in children]
        return all(drawn_whole)


def _parts_of(node: Any) -> tuple[int, str, Mapping[str, Any], Sequence[Any]]:
    match node:
        case [int(id), str(tag), dict(props), list(children) | tuple(children)]:
            return id, tag, props, children
    return 0, "what cannot be read", {}, ()


def _element(id: int, tag: str, props: Mapping[str, Any]) -> Any:
    if tag in _AS_COLUMN:
        return _as_column(id, tag, props)
    if tag in _ONLY_A_NAME or not _TAG.fullmatch(tag) or _needs_an_address(tag, props):
        return _name(id, _ONLY_A_NAME.get(tag, tag))
    kind = Kind("picture", tag)
    shown = {name: value for name, value in props.items() if _is_harmless(tag, name)}
    attrs = _attrs(shown.pop("attrs", None))
    return element(kind, shown, {"key": id}, attrs)


def _as_column(id: int, tag: str, props: Mapping[str, Any]) -> Any:
    if tag == "hf-root":
        return element(Kind("picture", "hf-column"), {"style": _ROOT}, {"key": id})
    column = ui.column(key=id, style={"padding": "1.2rem", "border": "1px solid var(--wa-color-surface-border)",
                                      "border-radius": "var(--wa-border-radius-l)", "box-shadow": "var(--wa-shadow-l)"})  # fmt: skip
    with column:
        ui.text(props.get("label") or _AS_COLUMN[tag], strong=True)
    return column


def _is_harmless(tag: str, name: str) -> bool:
    return not _acts(name) and (name not in _LEFT_OUT or (tag, name) == ("wa-icon", "name"))


def _acts(name: str) -> bool:
    return name.lower().startswith("on")


def _attrs(attrs: object) -> dict[str, object]:
    known = attrs if isinstance(attrs, dict) else {}
    return {
        name: value
        for name, value in known.items()
        if name.lower() not in _ATTRS_LEFT_OUT and not _acts(name)
    }


def _needs_an_address(tag: str, props: Mapping[str, Any]) -> bool:
    """Whether it shows what is somewhere else, in a program that may not be there any more."""
    source = str(props.get("src") or props.get("image") or "")
    return bool(props.get("script")) or bool(source and not source.startswith("data:image/"))


def _name(id: int, what: str) -> Any:
    style = {
        "padding": "0.6rem 0.9rem",
        "border": "1px dashed var(--wa-color-surface-border)",
        "color": "var(--wa-color-text-quiet)",
    }
    column = ui.column(key=id, style=style)
    with column:
        ui.text(what, size="s")
    return column
