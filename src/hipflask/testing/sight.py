"""What can be seen on a page, read from the browser's own accessibility tree.

What a screen reader is told is what a test is told: roles and names as Chromium computes them, through all shadow roots.
For `ui.input("Name", value="Who")` it has

    LabelText                    said with its field, so not a thing of its own
      StaticText "Name"
    textbox "Name" = "Who"       → Sighted("textbox", "Name", "Who", …)

and a paragraph with a bold word in it, which is three pieces there, is read in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .person import Found

Node = dict[str, Any]

# Chromium's words → those of ARIA that `ui` speaks.
_ROLES = {
    "ColorWell": "textbox", "Date": "textbox", "DateTime": "textbox", "InputTime": "textbox", "searchbox": "textbox",
    "spinbutton": "textbox", "textbox": "textbox", "DisclosureTriangle": "button", "image": "img", "menuItemCheckBox":
    "menuitemcheckbox", "popUpButton": "button", "Code": "code", "Pre": "code", "grid": "table", "treegrid": "table",
}  # fmt: skip
# What is called by what is written in it, or by a label beside it: those words are not said once more.
_WHOLE = {
    "button", "checkbox", "combobox", "img", "listbox", "option", "progressbar", "radio",
    "slider", "switch", "tab", "textbox", "meter",
}  # fmt: skip
# These too, but there may be more of them inside.
_WITH_MORE = ("menuitem", "menuitemcheckbox", "treeitem")
# What is read in one go, whatever pieces it is made of, and what that is called.
_PROSE = {
    "paragraph": "text", "heading": "heading", "link": "link", "listitem": "listitem", "cell": "cell", "gridcell": "cell",
    "columnheader": "columnheader", "rowheader": "rowheader", "term": "text", "definition": "text", "caption": "text",
    "code": "code",
}  # fmt: skip
_INLINE = {
    "StaticText", "emphasis", "strong", "mark", "superscript", "subscript", "insertion", "deletion", "code", "Code", "link",
    "Abbr", "none", "LineBreak",
}  # fmt: skip
# Groups with a name of their own.
_NAMED = {
    "alertdialog",
    "dialog",
    "figure",
    "form",
    "group",
    "log",
    "navigation",
    "note",
    "region",
    "status",
    "table",
    "tree",
}
_SILENT = {"InlineTextBox", "ListMarker", "radio", "option", "ScrollBar"}
_LOW, _HIGH = " (minimum value)", " (maximum value)"  # how the two thumbs of one slider are called


@dataclass(frozen=True)
class Sighted(Found):
    """One element on a page; `nodes` are the numbers that the browser knows it by (two for a slider with two thumbs)."""

    nodes: tuple[int, ...]
    options: dict[str, int] = field(default_factory=dict)  # the radios of a group


class Sight:
    """One look at a page; `ask` tells what only the element itself knows: its role and value, or None."""

    def __init__(self, nodes: list[Node], ask: Callable[[int], tuple[str, Any] | None]) -> None:
        self._nodes = {node["nodeId"]: node for node in nodes}
        self._root = nodes[0]
        self._ask = ask

    def everything(self) -> list[Sighted]:
        """All that has a role, from top to bottom."""
        return list(_without_labels(_in_pairs(self._below(self._root, is_busy=False))))

    def options(self) -> dict[str, int]:
        """What can be chosen in the list that is open now."""
        return {
            _name(node): node["backendDOMNodeId"] for node in self._nodes.values() if _role(node) == "option"
        }

    def focused(self) -> Sighted | None:
        """What has the focus, if anything has."""
        found = [node for node in self._nodes.values() if not node["ignored"] and _property(node, "focused")]
        inner = [node for node in found if _role(node) != "RootWebArea"]
        return self._sighted(inner[-1], _role(inner[-1]), is_busy=False) if inner else None

    def _below(self, node: Node, *, is_busy: bool, is_muted: bool = False) -> Iterator[Sighted]:
        role = "" if node["ignored"] else _role(node)
        is_busy = is_busy or bool(_property(node, "busy"))
        if role in _SILENT:
            return
        if role == "StaticText":
            if not is_muted and _name(node).strip():
                yield self._sighted(node, "text", is_busy)
            return
        if role in _PROSE:
            words = self._words(node)
            if words.strip() and (not is_muted or role == "link"):
                yield replace(self._sighted(node, _PROSE[role], is_busy), label=words)
            is_muted = is_muted or bool(words)
        elif role in _WHOLE or (role in _NAMED and _name(node)) or role in ("radiogroup", *_WITH_MORE):
            yield self._sighted(node, role, is_busy)
        if role in _WHOLE:
            return
        is_muted = is_muted or role in ("LabelText", *_WITH_MORE)
        for child in self._children(node):
            yield from self._below(
                child, is_busy=is_busy, is_muted=is_muted and _role(child) not in ("group", "list")
            )

    def _sighted(self, node: Node, role: str, is_busy: bool) -> Sighted:
        options = (
            {_name(each): each["backendDOMNodeId"] for each in self._inside(node, "radio")}
            if role == "radiogroup"
            else {}
        )
        known = self._ask(node["backendDOMNodeId"]) if _is_worth_asking(node, role) else None
        role, value = known or (role, self._value(node, role))
        parts = list(self._inside(node, "radio")) if options else [node]
        return Sighted(
            role,
            _name(node),
            value,
            all(_property(each, "disabled") for each in parts),
            is_busy,
            (node.get("backendDOMNodeId", 0),),  # 0: words that a style sheet has written
            options,
        )

    def _value(self, node: Node, role: str) -> Any:
        if role == "radiogroup":
            return next(
                (_name(each) for each in self._inside(node, "radio") if _property(each, "checked") == "true"),
                None,
            )
        if role in ("checkbox", "switch", "menuitemcheckbox"):
            return _property(node, "checked") == "true"
        if role == "dialog":
            return True
        value = node.get("value", {}).get("value")
        if role in ("slider", "progressbar") and isinstance(value, int | float):
            return int(value) if value == int(value) else value
        if role == "textbox":
            return "" if value is None else str(value)
        return value or None if role == "combobox" else None

    def _words(self, node: Node) -> str:
        """The words of an element as they stand there: pieces of one sentence, bold ones and links among them."""
        if _role(node) == "StaticText":
            return _name(node)
        return "".join(
            self._words(child)
            for child in self._children(node)
            if child["ignored"] or _role(child) in _INLINE
        )

    def _inside(self, node: Node, role: str) -> Iterator[Node]:
        for child in self._children(node):
            if not child["ignored"] and _role(child) == role:
                yield child
            yield from self._inside(child, role)

    def _children(self, node: Node) -> list[Node]:
        return [self._nodes[child] for child in node.get("childIds", ()) if child in self._nodes]


def _role(node: Node) -> str:
    role = str(node.get("role", {}).get("value", ""))
    return _ROLES.get(role, role)


def _name(node: Node) -> str:
    return str(node.get("name", {}).get("value", ""))


def _property(node: Node, name: str) -> Any:
    return next(
        (each["value"].get("value") for each in node.get("properties", ()) if each["name"] == name), None
    )


def _is_worth_asking(node: Node, role: str) -> bool:
    """Whether the tree may not tell all: which of several were chosen, letters that are hidden, a colour behind a button."""
    is_hidden = role == "textbox" and set(str(node.get("value", {}).get("value", ""))) == {"•"}
    return (
        is_hidden or role == "combobox" or (role == "button" and _property(node, "describedby") is not None)
    )


def _in_pairs(found: Iterator[Sighted]) -> Iterator[Sighted]:
    """Two thumbs of one slider are one thing, whose value is both ends."""
    for each in found:
        if each.role == "slider" and each.label.endswith(_LOW):
            high = next(found)
            nodes = (*each.nodes, *high.nodes)
            yield replace(
                each, label=each.label.removesuffix(_LOW), value=[each.value, high.value], nodes=nodes
            )
        else:
            yield each


def _without_labels(found: Iterator[Sighted]) -> Iterator[Sighted]:
    """A label that is no <label> is said with its field, too."""
    before: Sighted | None = None
    for each in found:
        is_label = (
            before is not None
            and before.role == "text"
            and each.label == before.label
            and each.role in _WHOLE
        )
        if before is not None and not is_label:
            yield before
        before = each
    if before is not None:
        yield before
