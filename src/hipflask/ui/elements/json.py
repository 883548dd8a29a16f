"""Any value, to look into."""

from __future__ import annotations

import json as text_of
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Unpack

import msgspec

from ...core.errors import UsageError
from ..element import Common
from ..tree import Node
from .branch import branch
from .tree_view import tree_view

# An inner list longer than this shows its beginning only: nobody reads on, and a browser would labour.
LONGEST = 1000


def json(value: object, *, label: str = "JSON", depth: int = 1, **common: Unpack[Common]) -> Node:
    """Show any value that JSON can hold as a tree to open and close; `depth` levels are open at first.

    Dataclasses, Structs, dates and the like are shown as they would travel. What is closed is not sent before it is opened.

    >>> ui.json({"first": "Who", "second": "What", "scores": [1, 2, 3]})
    """
    try:
        plain = msgspec.to_builtins(value, str_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"ui.json: {value!r} is nothing that JSON could hold ({error}).") from None
    node = tree_view(label=label, **common)
    with node:
        _inside(plain, "", depth)
    return node


def _inside(value: object, path: str, depth: int) -> None:
    """A branch for everything inside a dict or a list, or one for a value that is neither."""
    if not isinstance(value, Mapping | Sequence) or isinstance(value, str):
        _entry(None, value, path, depth)
        return
    entries = list(value.items() if isinstance(value, Mapping) else enumerate(value))
    for name, inner in entries[:LONGEST]:
        _entry(name, inner, f"{path}/{name}", depth)
    if len(entries) > LONGEST:
        branch(f"… and {len(entries) - LONGEST:,} more", value=f"{path}/…", disabled=True)


def _entry(name: object, value: object, path: str, depth: int) -> None:
    before = "" if name is None else f"{name}: "
    if value and isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        draw = partial(_inside, value, path, depth - 1)
        branch(f"{before}{_summary(value)}", value=path, draw=draw, open=depth > 0, key=path)
    else:
        branch(f"{before}{text_of.dumps(value, ensure_ascii=False)}", value=path, key=path)


def _summary(value: Mapping[str, object] | Sequence[object]) -> str:
    count = f"{len(value):,} {'entry' if len(value) == 1 else 'entries'}"
    return f"{{{count}}}" if isinstance(value, Mapping) else f"[{count}]"
