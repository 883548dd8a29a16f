"""What every `ui.*` element is made with: one node, its common options, its handlers, its edited value.

A new element is one small file in `elements/`: a `Kind` and a function.

    RATING = Kind("rating", "wa-rating", role="slider", label="label", field="value")

    def rating(label: str, *, value: float = 0, on_change: OnChange = None, **common: Unpack[Common]) -> Node:
        node = element(RATING, {"label": label}, common)
        editable(node, "change", value=value, decode=number, on_change=on_change)
        return node
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict, get_args

from ..core.errors import UsageError
from ..core.ports import Args as Args
from ..core.ports import Bindable, Field, HasFields
from ..core.words import join
from .drawing import Binding, current, under_way
from .states import State
from .telling import is_secret
from .tree import Handler, Kind, Node, Props, checked_attrs, checked_key, checked_props, checked_value

Tone = Literal["normal", "primary", "success", "warning", "danger"]
Size = Literal["s", "m", "l"]
Gap = Literal["none", "xs", "s", "m", "l", "xl"]
OnClick = Callable[..., object] | None
OnChange = Callable[..., object] | None

# The design's word for a tone → Web Awesome's.
VARIANTS = {
    "normal": "neutral",
    "primary": "brand",
    "success": "success",
    "warning": "warning",
    "danger": "danger",
}


class Common(TypedDict, total=False):
    """What every element takes: `key` tells siblings apart, `tooltip` says more to who points at it or comes to it by
    keyboard, `style` is CSS, `attrs` are HTML attributes (`aria-…`)."""

    key: object
    tooltip: str
    style: Mapping[str, str]
    attrs: Mapping[str, str]


def element(kind: Kind, props: Props, common: Common, attrs: Mapping[str, object] | None = None) -> Node:
    """Draw one element into the current parent; props and attrs that are None are left out."""
    drawing = under_way() or current(f"ui.{kind.name}")
    # A window may draw thousands of these for one click, most of them plain: they should cost next to nothing.
    given = (
        {name: value for name, value in props.items() if value is not None}
        if None in props.values()
        else props
    )
    if not (common or attrs):
        return drawing.add(Node(kind, checked_props(kind, given)))
    _check_common(kind, common)
    shown = {name: value for name, value in (attrs or {}).items() if value is not None and value is not False}
    if tip := common.get("tooltip"):
        shown |= {"aria-description": tip, "tooltip": True}
    shown |= common.get("attrs", {})
    if shown:
        given["attrs"] = checked_attrs(kind, shown)
    if style := common.get("style"):
        given["style"] = {name: str(value) for name, value in style.items()}
    return drawing.add(Node(kind, checked_props(kind, given), checked_key(kind, common.get("key"))))


def listen(
    node: Node,
    event: str,
    function: Callable[..., object] | None,
    args: Args = (),
    *,
    sends: str | None = None,
) -> None:
    """Call `function(*args)` when `event` happens; `sends` names the element's property that comes along as value."""
    if function is None:
        return
    if not callable(function):
        raise UsageError(
            f"ui.{node.kind.name}: a handler must be a function, got {function!r}. If you wrote `on_click=do_it()`, "
            "take the brackets away: `on_click=do_it`, with `args=(…)` for its arguments."
        )
    if isinstance(args, Mapping):
        handler = Handler(function, (), args)
    elif isinstance(args, tuple):
        handler = Handler(function, args)
    else:
        raise UsageError(
            f"ui.{node.kind.name}: args takes a tuple or a dict, got {args!r}. Write `args=({args!r},)`."
        )
    node.handlers.setdefault(event, []).append(handler)
    node.props.setdefault("on", {})[event] = sends


def editable(
    node: Node,
    event: str,
    *,
    value: object,
    bind: Bindable | None = None,
    on_change: OnChange = None,
    args: Args = (),
    encode: Callable[[Any], object] = lambda value: value,
    decode: Callable[[Any], object],
) -> None:
    """Give a node a value that a person edits: shown by `encode`, read by `decode`, kept in `bind` if there is one."""
    field = node.kind.field

    def show(value: object) -> object:
        return checked_value(node.kind, field, encode(value))

    node.decode = decode
    node.is_bound = bind is not None
    node.props["field"] = field
    if bind is None:
        node.props[field] = show(value)
    else:
        bound = _checked_field(node, bind)
        follow(node, field, bound, show)
        listen(node, event, bound.set, sends=field)
    listen(node, event, on_change, args, sends=field)
    if (
        event not in node.handlers
    ):  # what was typed is kept even where nobody asks for it, to survive a reconnect
        listen(node, event, _nothing, sends=field)


def follow(node: Node, prop: str, source: Field, encode: Callable[[Any], object]) -> None:
    """Let one property show a value and follow it, without anything being drawn again."""
    drawing = current(f"ui.{node.kind.name}")
    binding = Binding(drawing.part.owner, source, prop, encode)
    if isinstance(source, State) and is_secret(node):
        source.is_secret = True
    binding.node = node
    drawing.bindings.append(binding)
    node.props[prop] = binding.read()


def text(value: object) -> str:
    """A text as the screen sends it."""
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    return value


def flag(value: object) -> bool:
    """A yes or no as the screen sends it."""
    if not isinstance(value, bool):
        raise ValueError("true or false was expected")
    return value


def number(value: object) -> float:
    """A number as the screen sends it; whole ones come back as int."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("a number was expected")
    return int(value) if value == int(value) else value


def choice(element: str, name: str, value: str, choices: Any) -> str:
    """The same value, if it is one of a Literal's; raises UsageError naming all of them otherwise."""
    if value in get_args(choices):
        return value
    raise UsageError(f"ui.{element}: {name} takes {join(map(repr, get_args(choices)), 'or')}, got {value!r}.")


def _check_common(kind: Kind, common: Common) -> None:
    for name, value in common.items():
        if name not in Common.__annotations__:
            raise UsageError(
                f"ui.{kind.name} has no {name}=. CSS goes into style={{'…': '…'}}, HTML attributes go into attrs={{'…': '…'}}."
            )
        if name == "tooltip" and not isinstance(value, str):
            raise UsageError(f"ui.{kind.name}: tooltip takes a text, got {value!r}.")
        if name in ("style", "attrs") and not isinstance(value, Mapping):
            example = "{'color': 'red'}" if name == "style" else "{'aria-label': 'Name'}"
            raise UsageError(f"ui.{kind.name}: {name} takes a dict such as {name}={example}, got {value!r}.")


def _checked_field(node: Node, bind: object) -> Field:
    if isinstance(bind, Field):
        return bind
    if isinstance(bind, tuple) and len(bind) == 2 and isinstance(bind[0], HasFields):
        return bind[0].__field__(bind[1])
    hint = (
        " Bind the state itself, not its value: `bind=name`, not `bind=name.value`."
        if not callable(bind)
        else ""
    )
    raise UsageError(
        f"ui.{node.kind.name}: bind= takes a ui.state (anything with get and set) or (row, Model.column), got {bind!r}.{hint}"
    )


def _nothing(_: object) -> None:
    """The handler of a field whose value nobody asked for."""
