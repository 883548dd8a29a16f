"""`User`: somebody at a window, for tests. Finds things by what they are called, clicks, types, and sees.

    def test_dealing():
        user = User(app)
        user.open("/")
        user.click("Deal")
        user.see("Two pair")

No browser is involved, but all else is: Flask's routing, drawing, the diff, JSON over the wire protocol, handler
threads. After each step `User` waits until no handler runs and everything has been shown.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import flask
from werkzeug.test import TestResponse

from ..core.errors import EntryError
from ..surfaces.pages import FROM, host_of
from ..ui.closers import Closers
from ..ui.keys import as_aria
from ..ui.uploads import Incoming
from .machine import Machine, Machines
from .person import CHOICES, Found, NotSeen, Number, Person, check_options, check_pressable
from .plain import PlainScreen, Shown
from .tables import SeenTable, columns_of, rows_of, wait_until_read

_FLAGS = ("checked", "open")
# Keys that mean something in every window, if nothing that is drawn there takes them.
_TURNS = {"control+z": "undo", "control+shift+z": "redo", "control+y": "redo"}
# What is read in one go, whatever pieces it is made of.
_READ = {"code", "heading", "link", "text"}
_PAGE = re.compile(r'<script type="application/json" id="hipflask-page">(.*?)</script>', re.S)


@dataclass(frozen=True)
class Drawn(Found):
    """One element that a user sees, as it was drawn."""

    shown: Shown

    @property
    def below(self) -> str:
        """What a field says below it: what is wrong with it, or else its hint."""
        return str(next(filter(None, map(self.shown.props.get, ("refused", "error", "hint"))), ""))

    def says(self, words: str) -> bool:
        """Whether these words can be read there, or below it."""
        return Found.says(self, words) or words in self.below

    def __str__(self) -> str:
        return Found.__str__(self) + (f", {self.below!r} below" if self.below else "")


class User(Person[Drawn]):
    """Somebody who uses one window of an app; `patience` is how long they wait for something to appear, in seconds."""

    def __init__(self, app: flask.Flask, *, patience: float = 3.0) -> None:
        self.app = app
        self.client = app.test_client()
        self.patience = patience
        self.machine = Machine()
        self._closers = Closers(host_of(app))
        self._window = Machines.of(host_of(app)).add(self.machine)
        self._screen: PlainScreen | None = None

    def open(self, path: str = "/") -> Self:
        """Open a window at a path; raises AssertionError if the app does not answer with one."""
        self.close()
        return self._show(path, self.client.get(path, follow_redirects=True))

    def _go(self, path: str) -> Self:
        """Go from one window function to another in the same window."""
        headers = {FROM: self.screen.session.id}
        answer = self.client.get(path, headers=headers, follow_redirects=True)
        self.close()
        return self._show(path, answer)

    def _show(self, path: str, response: TestResponse) -> Self:
        page = _PAGE.search(response.get_data(as_text=True))
        if page is None:
            raise AssertionError(
                f"{path} is not a window: {response.status}, {response.get_data(as_text=True)[:300]}"
            )
        content = json.loads(page.group(1))
        session = host_of(self.app).find(content["session"])
        assert session is not None
        self._screen = PlainScreen(session, content, self._window)
        return self

    def close(self) -> None:
        """Close the window."""
        if self._screen is not None:
            host_of(self.app).forget(self._screen.session)
            self._screen = None

    def ask_to_close(self) -> bool:
        """Press the window's close button; returns whether it has closed, or somebody asked by `ui.on_close` keeps it open."""
        self._closers.wants_to_close(self._window).wait(self.patience)
        self._settle()
        if self.machine.is_closed:
            self.close()
        return self._screen is None

    @property
    def screen(self) -> PlainScreen:
        """The screen of the window that is open."""
        if self._screen is None:
            raise AssertionError('No window is open: call user.open("/") first.')
        return self._screen

    # ── seeing ────────────────────────────────────────────────────────────────────────────────────

    def seen(self) -> list[Drawn]:
        """Everything in the window that has a role, from top to bottom."""
        self.screen.session.wait_until_settled(0.25)
        for node in [node.id for node in self.screen.tree.nodes.values() if node.tag == "hf-table"]:
            wait_until_read(self.screen.session, node, 0.25)
        if self.screen.failure is not None:
            raise AssertionError("A browser could not have shown this.") from self.screen.failure
        return list(self._in_sight())

    def notes(self) -> list[str]:
        """The texts of all notes that have popped up so far."""
        self.screen.session.wait_until_settled(self.patience)
        return [args[0]["message"] for _, method, args in self.screen.calls if method == "notify"]

    def errors(self) -> list[str]:
        """The messages of all errors that the window has shown so far."""
        self.screen.session.wait_until_settled(self.patience)
        return [args[0]["message"] for _, method, args in self.screen.calls if method == "error" and args[0]]

    def table(self, label: str | None = None) -> SeenTable:
        """The table of that label, or the only one in the window: to be sorted, searched, edited, and so on."""
        found = [each for each in self.seen() if each.role == "table" and label in (None, each.label)]
        if len(found) != 1:
            what = "table" if label is None else f"table called {label!r}"
            raise NotSeen(f"There is {'no' if not found else 'more than one'} {what}.\n{self.describe()}")
        return SeenTable(self.screen, found[0].shown.id, self._settle, self.patience)

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────

    def click(self, label: str) -> None:
        """Press the button, menu item, tab or branch of this name, tick its box, unfold it, follow the link; waits until that is done."""
        found = self.find(label)
        check_pressable(found)
        if _field(found) in _FLAGS:
            self._change(found, "change", not found.value)
        elif found.role == "tab":
            self._open_tab(found)
        elif found.role == "link":
            self._go(found.shown.props["href"])
        elif found.role == "treeitem":
            self._choose_branch(found)
        elif found.role == "menuitem":
            self._send(found, "choose", None)
        elif found.shown.props.get("attrs", {}).get("slot") == "trigger":
            return  # it unfolds a menu, whose items can be chosen here in any case
        else:
            self._send(found, "click", None)

    def type(self, label: str, text: str, *, enter: bool = False) -> None:
        """Type into the field of this name, in place of what it holds, one letter after the other."""
        found = self.find(label, "textbox")
        if "input" not in found.shown.props.get("on", {}):  # it is looked at when it is left, and not before
            self._change(found, "change", text)
        else:
            for end in range(1, len(text) + 1) if text else (0,):
                self._change(found, "input", text[:end], settle=False)
        if enter:
            self._send(found, "keydown:Enter", text)
        self._settle()

    def choose(self, label: str, *options: str) -> None:
        """Choose an option of the select, combobox or radio of this name by its text, or those of a multi_select."""
        found = self._choice(label)
        places = {name: place for place, name in _options(found.shown)}
        check_options(label, options, places)
        chosen = [places[option] for option in options]
        self._change(found, "change", chosen if found.role == "listbox" else chosen[0])

    def slide(self, label: str, value: Number) -> None:
        """Move the slider of this name to a number, or the two ends of a range, or point at so many stars."""
        found = self.find(label, "slider")
        event = "input" if "input" in found.shown.props.get("on", {}) else "change"
        self._change(found, event, list(value) if isinstance(value, tuple) else value)

    def dismiss(self, label: str) -> None:
        """Close the dialog or drawer of this name, as Escape does."""
        self._change(self.find(label, "dialog"), "change", False)

    def upload(self, label: str, name: str, content: bytes | str, type: str = "") -> None:
        """Upload a file of this name and content where something is called so; raises EntryError if it is turned down."""
        found = self.find(label, "button")
        data = content.encode() if isinstance(content, str) else content
        incoming = Incoming(name, type, found.shown.props["most"])
        try:
            incoming.check(found.shown.props["accept"])
            incoming.write(data)
        except EntryError:
            incoming.discard()
            raise
        if not self.screen.session.give(found.shown.id, "upload", incoming.finish()):
            raise AssertionError(f"A user cannot upload to {found}.")
        self._settle()

    def will_choose(self, *paths: str | Path) -> None:
        """Say what the next file dialog is answered with; nothing at all means that none is chosen."""
        self.machine.choices.append([Path(path) for path in paths])

    def drop(self, label: str, *paths: str | Path) -> None:
        """Drop files on the `ui.drop_area` of this name."""
        self.machine.dropped = [Path(path) for path in paths]
        found = self.find(label, "group")
        self._send(found, "files", [path.name for path in self.machine.dropped])

    def press(self, keys: str) -> None:
        """Press the keys of a menu item or of a `ui.shortcut`, written as there: "Ctrl+S"; "Ctrl+Z" undoes, everywhere."""
        wanted = as_aria("user.press", keys).lower()
        nodes = self.screen.tree.nodes.values()
        found = [
            node
            for node in nodes
            if node.props.get("attrs", {}).get("aria-keyshortcuts", "").lower() == wanted
        ]
        if not found and wanted in _TURNS:
            self.screen.event(0, _TURNS[wanted], None)
            self._settle()
            return
        if not found:
            raise NotSeen(f"Nothing in the window listens to {keys}.")
        event = next(iter(found[0].props.get("on", {})), "click")
        self.screen.event(found[0].id, event, None)
        self._settle()

    def _open_tab(self, found: Drawn) -> None:
        group = found.shown.parent
        assert group is not None
        tabs = Drawn("tablist", "", None, False, False, group)
        self._change(tabs, "change", found.shown.props["panel"])

    def _choose_branch(self, found: Drawn) -> None:
        """Choose a branch of a tree and, if there is more in it, open it."""
        tree = found.shown
        while tree.tag != "wa-tree":
            assert tree.parent is not None
            tree = tree.parent
        if found.shown.props.get("lazy"):
            self._send(found, "wa-lazy-load", None)
        self._change(Drawn("tree", "", None, False, False, tree), "change", found.shown.props["value"])

    def _seen(self, node: Shown) -> Iterator[Drawn]:
        drawn = self.screen.session.node(node.id)
        role = node.props.get("attrs", {}).get("role") or (drawn.kind.role if drawn is not None else "")
        if role == "dialog" and not node.props.get("open"):
            return
        if drawn is not None and role and role != "option":
            is_disabled, is_busy = bool(node.props.get("disabled")), bool(node.props.get("busy"))
            label = _prose(node) if role in _READ else drawn.label_in(node.props)
            label = label or (_words(node) if role == "button" else "")
            yield Drawn(role, label, _value(node, role), is_disabled, is_busy, node)
        if node.tag == "hf-table":
            yield from _in_table(node)
        for child in _unfolded(node):
            yield from self._seen(child)

    def _change(self, found: Drawn, event: str, value: object, *, settle: bool = True) -> None:
        found.shown.props[_field(found)] = value
        self._send(found, event, value, settle=settle)

    def _send(self, found: Drawn, event: str, value: object, *, settle: bool = True) -> None:
        if event not in found.shown.props.get("on", {}):
            raise AssertionError(f"Nothing would happen: {found} does not listen to {event}.")
        self.screen.event(found.shown.id, event, value)
        if settle:
            self._settle()

    def _settle(self) -> None:
        """Wait until all is done and shown; go where a handler has sent the window."""
        if self._screen is None:
            return
        screen = self._screen
        screen.session.wait_until_settled(self.patience)
        store = self.app.extensions.get("hipflask.store")
        if store is not None:  # what was written may change what is shown
            store.catch_up()
            screen.session.wait_until_settled(self.patience)
        ways = [args[0] for _, method, args in screen.calls if method == "navigate"]
        if ways:
            self._go(ways[-1])

    def _in_sight(self) -> Iterable[Drawn]:
        return self._seen(self.screen.tree.root)

    def _pause(self) -> None:
        time.sleep(0.005)


def _in_table(node: Shown) -> Iterator[Drawn]:
    """The headings and cells of a table."""
    for column in columns_of(node):
        yield Drawn("columnheader", column["heading"], None, False, False, node)
    for row in rows_of(node):
        for text in row:
            yield Drawn("cell", text, None, False, False, node)


def _words(node: Shown) -> str:
    """What is written in an element, as a screen reader would call it by."""
    own = str(node.props.get("text", ""))
    return " ".join(filter(None, [own, *(_words(child) for child in node.children)]))


def _prose(node: Shown) -> str:
    """The words of an element as they stand there: pieces of one sentence, bold ones and links among them."""
    return str(node.props.get("text", "")) + "".join(map(_prose, node.children))


def _field(found: Drawn) -> str:
    """The property of an element that a person changes."""
    return str(found.shown.props.get("field", ""))


def _unfolded(node: Shown) -> list[Shown]:
    """The children that somebody sees: not those of closed details, nor those of a tab that is not open."""
    if node.props.get("field") == "open" and not node.props.get("open"):
        return []
    chosen = node.props.get("active")
    return [child for child in node.children if child.tag != "wa-tab-panel" or child.props["name"] == chosen]


def _value(node: Shown, role: str) -> Any:
    field = node.props.get("field", "value")
    if field in _FLAGS:
        return bool(node.props.get(field))
    value = node.props.get(field)
    if role not in CHOICES:
        return value
    chosen = value if isinstance(value, list) else [value]
    names = [name for place, name in _options(node) if place in chosen]
    return names if role == "listbox" else next(iter(names), None)


def _options(node: Shown) -> list[tuple[str, str]]:
    """Place and name of everything that can be chosen there."""
    drawn = node.props.get("options")
    if drawn is None:
        return [(child.props.get("value", ""), child.props.get("text", "")) for child in node.children]
    return [(place, name) for place, name in drawn]
