"""The tree that a window function draws: nodes, and what all nodes of one element have in common.

    with ui.row():
        ui.button("Deal", on_click=deal)

makes a `Node` of kind `row` with one child of kind `button`. A tree is plain data; ids are given by `diff`, when it is
compared with what the screen shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType, TracebackType
from typing import Any, Protocol, Self

import msgspec

from ..core.errors import DrawingError, UsageError
from .wire import WireNode

Props = dict[str, Any]

_FORBIDDEN_TAGS = frozenset({"script", "style", "link", "iframe", "object", "embed", "base", "meta"})
_FORBIDDEN_PROPS = frozenset({"innerHTML", "outerHTML", "srcdoc", "__proto__", "constructor", "prototype"})
_FORBIDDEN_ATTRIBUTES = frozenset({"style", "srcdoc", "is"})
_URLS = frozenset({"href", "src", "action", "formaction", "data", "poster", "xlink:href"})  # in lower case
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_encoder = msgspec.json.Encoder()
_PLAIN = frozenset({"text", "label", "value", "on", "attrs", "style", "key"})  # sure to be neither of these
_SAFE_SCHEMES = ("http:", "https:", "mailto:", "tel:", "blob:", "data:image/")


@dataclass(frozen=True, eq=False, slots=True)
class Kind:
    """What all nodes of one element have in common.

    `name` is the name under `ui`, `tag` the DOM element, `role` its ARIA role and `label` the prop (or attribute) that
    names it to a person; `field` is the property that a person edits, if there is one.
    """

    name: str
    tag: str
    role: str = ""
    label: str = ""
    field: str = ""

    def __post_init__(self) -> None:
        if self.tag.lower() in _FORBIDDEN_TAGS:
            raise UsageError(
                f"<{self.tag}> cannot be an element: it could load or run what the page did not mean to."
            )


@dataclass(slots=True)
class Handler:
    """What to call when an event arrives: `function(*args, **kwargs)`, with the event's value last if it has one.

    One with an `answer` says itself, at its element, what becomes of each event: it is called with the event's value and with
    what was raised (None if all is done and kept). Such an element is never shown as busy as a whole, and turns nothing away.
    """

    function: Callable[..., object]
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    answer: Callable[[Any, BaseException | None], None] | None = None


class Listener(Protocol):
    """What hears some of a node's events itself, before and instead of handlers."""

    events: frozenset[str]

    def heard(self, event: str, value: Any, /) -> None:
        """One of `events` has happened; raises ValueError for what makes no sense."""


class Node:
    """One element as it was drawn; also the context manager that makes it the parent of what is drawn inside it."""

    __slots__ = (
        "children", "decode", "drawn", "drawn_at", "drawn_by", "handlers", "id", "is_bound", "key", "kind", "parent", "parents", "props", "seen", "stream",
    )  # fmt: skip

    def __init__(self, kind: Kind, props: Props, key: object = None) -> None:
        self.kind = kind
        self.props = props
        self.key = key
        if isinstance(key, str | int):
            props["key"] = key  # by which the screen finds fields again when the program was started anew
        self.children: list[Node] = []
        self.handlers: dict[str, list[Handler]] = {}
        self.decode: Callable[[Any], object] | None = None  # wire value of an event → what handlers are given
        self.is_bound = (
            False  # whether the field's value is bound, so that it follows whatever it is bound to
        )
        self.drawn: object = None  # the field's value as it was drawn; in `props` is what the screen shows
        self.stream: Listener | None = None  # what of it changes by itself
        # Set by `whence` alone, while somebody asks; thousands of nodes do without.
        self.drawn_by: CodeType
        self.drawn_at: int
        self.id = 0
        self.seen = 0  # number of the last input event that this field has had from its screen
        self.parent: Node | None = None
        self.parents: list[Node] | None = None  # the drawing's parent stack, while it is being drawn

    def __enter__(self) -> Self:
        if self.parents is None:
            raise DrawingError(
                f"`with` was used on a {self.kind.name} that is not being drawn any more. Write "
                f"`with ui.{self.kind.name}(…):` inside the window function, where the children belong."
            )
        self.parents.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.parents is not None
        self.parents.pop()

    def __bool__(self) -> bool:
        raise DrawingError(
            f"`if ui.{self.kind.name}(…):` asks an element a yes-or-no question, which it cannot answer: the window "
            f"function runs before anybody has clicked. Write what should happen as a function instead: "
            f"`ui.{self.kind.name}(…, on_click=do_it)`."
        )

    def __repr__(self) -> str:
        return f"<{self.kind.name} {self.id} {self.label_in(self.props)!r}>"

    def settle(self) -> None:
        """The drawing is over; without the ways up, an old tree is freed at once and leaves nothing to collect."""
        self.parents = self.parent = None

    def label_in(self, props: Props) -> str:
        """The name by which a person would call this element, if it had these props."""
        attrs = props.get("attrs", {})
        name = self.kind.label
        return str(props.get(name) or attrs.get(name) or attrs.get("aria-label") or "")

    def wire(self) -> WireNode:
        """This node and all below it, as it travels."""
        return WireNode(self.id, self.kind.tag, self.props, [child.wire() for child in self.children])


def checked_props(kind: Kind, props: Props) -> Props:
    """The same props, once it is sure that none of them could become a script on the screen."""
    for name, value in props.items():
        if type(value) is not str:
            checked_value(kind, name, value)
        if name in _PLAIN:
            continue
        if (name.startswith("on") and name != "on") or name in _FORBIDDEN_PROPS:
            raise UsageError(
                f"ui.{kind.name}: the property {name!r} would be run as markup or script by the browser; "
                "use text=, or a handler such as on_click=."
            )
        if name.lower() in _URLS:
            checked_url(kind, str(value))
    return props


def checked_attrs(kind: Kind, attrs: Mapping[str, object]) -> dict[str, object]:
    """The same attributes, once it is sure that a screen can set them and that none of them could become a script."""
    for name, value in attrs.items():
        lower = name.lower()
        if lower.startswith("on") or lower in _FORBIDDEN_ATTRIBUTES:
            raise UsageError(
                f"ui.{kind.name}: the attribute {name!r} is not allowed; use a handler, or style=."
            )
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise UsageError(
                f"ui.{kind.name}: {name!r} is no name of an attribute. Names are made of letters, digits, - and _, "
                "such as 'aria-label'."
            )
        if lower in _URLS:
            checked_url(kind, str(value))
    return dict(attrs)


def checked_key(kind: Kind, key: object) -> object:
    """The same key, once it is sure that siblings can be told apart by it."""
    try:
        hash(key)
    except TypeError:
        raise UsageError(
            f"{kind.name}: key={key!r} cannot tell siblings apart: a key must stay the same and be hashable. "
            "Use a text or a number, such as the id of what is shown: `key=player.id`."
        ) from None
    return key


def checked_value(kind: Kind, name: str, value: object) -> object:
    """The same value, once it is sure that it can travel; one that cannot would hold up all others of its frame."""
    if type(value) is not str and type(value) is not bool:
        try:
            _encoder.encode(value)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise UsageError(
                f"ui.{kind.name}: {name}={value!r} cannot be sent to a screen ({error}). Give a text or a number."
            ) from error
    return value


def checked_url(kind: Kind, url: str) -> str:
    """The same URL, once it is sure that following it runs no script; raises UsageError otherwise."""
    # A browser strips controls and blanks before it looks at the scheme, so "java\nscript:" is one too.
    bare = "".join(letter for letter in url if letter > " ").lower()
    scheme, colon, _ = bare.partition(":")
    is_scheme = colon and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()
    if is_scheme and not bare.startswith(_SAFE_SCHEMES):
        raise UsageError(
            f"ui.{kind.name}: {url!r} has the scheme {scheme + ':'!r}. Addresses may be relative or begin with "
            + ", ".join(_SAFE_SCHEMES)
        )
    return url
