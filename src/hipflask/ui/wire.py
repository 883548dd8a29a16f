"""Every message between a live session and its screen, named once; `scripts/wire_types.py` writes the TypeScript.

All of them are JSON arrays whose first item is the tag. A session's life on the wire:

    page    {"session": "…", "frame": 1, "tree": [1, "hf-root", {}, […]], …}   inside the HTML, as data
    →       ["hello", "…", 1]                                 the socket opens; frame 1 is painted
    ←       ["welcome", 0]                                    no event of yours has been received so far
    →       ["event", 1, 7, "click", null]                    node 7 was pressed
    ←       ["frame", 2, 1, [["set", 7, {"text": "1 clicks"}]]]
    →       ["ack", 2]                                        painted; only now may frame 3 come

Node ids are positive, never reused within a session; 1 is the root and 0 means "none".
Props are assigned to the DOM element as properties, except `text`, `style`, `attrs` and `on`; see DESIGN.md.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

Props = dict[str, Any]


class WireNode(msgspec.Struct, array_like=True, frozen=True):
    """One element with everything below it: `[id, tag, props, children]`."""

    id: int
    tag: str
    props: Props
    children: list[WireNode]


# ── patches: what a frame is made of, applied in order ────────────────────────────────────────────


class Create(msgspec.Struct, array_like=True, frozen=True, tag="create"):
    """Build `nodes` and put them, in order, into `parent` before its child `before` (0: at the end)."""

    parent: int
    before: int
    nodes: list[WireNode]


class Set(msgspec.Struct, array_like=True, frozen=True, tag="set"):
    """Assign props of one node; null takes a prop back to what it was before it was first set."""

    id: int
    props: Props


class Edit(msgspec.Struct, array_like=True, frozen=True, tag="edit"):
    """Set the edited value of a field, computed when the screen's event number `seen` had been handled.

    A screen that has sent a newer input for this node, or holds one unsent, ignores it.
    """

    id: int
    value: Any
    seen: int


class Move(msgspec.Struct, array_like=True, frozen=True, tag="move"):
    """Put a node before its sibling `before` (0: at the end) of the same parent."""

    id: int
    before: int


class Remove(msgspec.Struct, array_like=True, frozen=True, tag="remove"):
    """Take a node away with everything below it."""

    id: int


class Call(msgspec.Struct, array_like=True, frozen=True, tag="call"):
    """Do something once: `method` of node `id`, or of the screen itself where `id` is 0."""

    id: int
    method: str
    args: list[Any]


Patch = Create | Set | Edit | Move | Remove | Call


# ── server → screen ───────────────────────────────────────────────────────────────────────────────


class Frame(msgspec.Struct, array_like=True, frozen=True, tag="frame"):
    """Patches to apply together; `seen` is the last event number received. The screen answers with `Ack`."""

    number: int
    seen: int
    patches: list[Patch]


class Reset(msgspec.Struct, array_like=True, frozen=True, tag="reset"):
    """The whole tree anew, in place of whatever the screen shows. The screen answers with `Ack`."""

    number: int
    seen: int
    tree: WireNode


class Welcome(msgspec.Struct, array_like=True, frozen=True, tag="welcome"):
    """The session goes on; events up to `seen` have been received, the screen sends later ones again."""

    seen: int


class Gone(msgspec.Struct, array_like=True, frozen=True, tag="gone"):
    """There is no such session (any more): fetch the page again and carry typed text over."""


class Refused(msgspec.Struct, array_like=True, frozen=True, tag="refused"):
    """The last message could not be understood; the socket closes after this. `reason` is for the console."""

    reason: str


class Halted(msgspec.Struct, array_like=True, frozen=True, tag="halted"):
    """The program is being changed and cannot start as it stands: say so, and go on showing what is there.

    The socket stays open until the program has been changed again.
    """

    title: str
    message: str
    detail: str


ToScreen = Frame | Reset | Welcome | Gone | Refused | Halted


# ── screen → server ───────────────────────────────────────────────────────────────────────────────


class Hello(msgspec.Struct, array_like=True, frozen=True, tag="hello", forbid_unknown_fields=True):
    """First on every socket: which session, and the number of the last frame that the screen has applied."""

    session: str
    frame: int


class Ack(msgspec.Struct, array_like=True, frozen=True, tag="ack", forbid_unknown_fields=True):
    """Frame `number` is painted."""

    number: int


class Event(msgspec.Struct, array_like=True, frozen=True, tag="event", forbid_unknown_fields=True):
    """Something happened to a node; `seq` counts from 1 in each session, without gaps."""

    seq: int
    node: int
    name: str
    value: Any


class Resync(msgspec.Struct, array_like=True, frozen=True, tag="resync", forbid_unknown_fields=True):
    """A frame could not be applied: please send everything (answered by `Reset`). `reason` is logged."""

    reason: str


FromScreen = Hello | Ack | Event | Resync


class Page(msgspec.Struct, frozen=True, omit_defaults=False):
    """What the HTML page carries as data for its first paint."""

    session: str
    frame: int
    tree: WireNode
    socket: str
    theme: dict[str, str]
    scheme: str
    debug: bool


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[FromScreen] = msgspec.json.Decoder(FromScreen)


def encode(message: ToScreen | Page) -> bytes:
    """A message as it travels."""
    try:
        return _encoder.encode(message)
    except UnicodeEncodeError:  # half a surrogate pair in some text: JSON can say that, with an escape
        return json.dumps(msgspec.to_builtins(message)).encode()


def decode(data: bytes | str) -> FromScreen:
    """A screen's message; raises msgspec.DecodeError (or another ValueError, or RecursionError) when it is not one."""
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        if "\\ud" not in str(data).lower():
            raise
        return _decoder.decode(_whole(data))


def _whole(data: bytes | str) -> str:
    """The same JSON with a mark in place of half a surrogate pair: an input method may leave one in a field for a moment."""
    text = json.dumps(json.loads(data), ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
