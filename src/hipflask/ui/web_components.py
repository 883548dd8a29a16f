"""Other people's web components as elements.

knob = ui.web_component("my-knob", "/static/knob.js")       once, at module level
knob(value=3, bind=volume, on_change=turned)                in a drawing, as any element of ours
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..core.errors import UsageError
from ..core.ports import Bindable
from .element import Args, Common, OnChange, editable, element, listen
from .tree import Kind, Node

_TAG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_EVENT = "on_"


def web_component(
    tag: str, script: str, *, field: str = "value", event: str = "change", role: str = ""
) -> Callable[..., Node]:
    """Make a web component an element: `script` is a module of the app's own that defines `<tag>`.

    Calling what this returns draws one. Its `bind=` keeps the property `field` whenever `event` happens, and
    `on_change(*args, value)` is told; any other `on_…=` listens to that event (`on_knob_turned` to `knob-turned`), without
    a value; `text=`, `key=`, `style=` and `attrs=` are as everywhere; and all else becomes the component's properties. Its
    values must be such as JSON holds. What it shows is bound by the page's content security policy.

    >>> knob = ui.web_component("my-knob", "/static/knob.js")
    >>> volume = ui.state(3)
    >>> knob(bind=volume, max=11, attrs={"aria-label": "Volume"})
    """
    _check(tag, script)
    kind = Kind(tag, tag, role=role or "group", label="aria-label", field=field)

    def draw(
        *,
        bind: Bindable | None = None,
        on_change: OnChange = None,
        args: Args = (),
        **options: Any,
    ) -> Node:
        common: Common = {name: options.pop(name) for name in Common.__annotations__ if name in options}  # type: ignore[assignment]
        handlers = {name: options.pop(name) for name in [*options] if name.startswith(_EVENT)}
        value = options.pop(field, None)
        node = element(kind, {"script": script, **options}, common)
        if bind is not None or on_change is not None or value is not None:
            editable(node, event, value=value, bind=bind, on_change=on_change, args=args, decode=_any)
        for name, function in handlers.items():
            # Of a field every event brings a value along.
            called = function if node.decode is None or function is None else _without_value(function)
            listen(node, name.removeprefix(_EVENT).replace("_", "-"), called, args)
        return node

    return draw


def _check(tag: str, script: str) -> None:
    if not _TAG.fullmatch(tag) or tag.startswith(("wa-", "hf-")):
        raise UsageError(
            f"ui.web_component: {tag!r} is no name for a web component of yours. It has a hyphen, as 'my-knob', and does "
            "not begin with wa- or hf-."
        )
    if not script.startswith("/") or script.startswith(("//", "/\\")):
        raise UsageError(
            f"ui.web_component({tag!r}): the script must be one of the app's own, got {script!r}. "
            "Put it into static/ and write '/static/knob.js'."
        )


def _without_value(function: Callable[..., object]) -> Callable[..., object]:
    return lambda *args, **kwargs: function(*args[:-1], **kwargs)


def _any(value: object) -> object:
    return value
