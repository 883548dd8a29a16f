"""Which properties of a resource differ, each as a path with the value before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .words import Words

Json = Any
_ABSENT: Json = object()


def differences(before: Json, after: Json, words: Words, hidden: Collection[str] = ()) -> Iterator[str]:
    """A line for each, as "Timeout 30 → 60"; properties whose name is hidden are told elsewhere."""
    if before["Type"] != after["Type"]:
        yield f"it becomes {after['Type']}"
        return
    old = {key: value for key, value in before.get("Properties", {}).items() if key not in hidden}
    new = {key: value for key, value in after.get("Properties", {}).items() if key not in hidden}
    yield from _walk("", old, new, words)
    for key in sorted((before.keys() | after.keys()) - {"Type", "Properties"}):
        yield from _walk(key, before.get(key, _ABSENT), after.get(key, _ABSENT), words)


def _walk(path: str, old: Json, new: Json, words: Words) -> Iterator[str]:
    if old == new:
        return
    if _is_table(old) and _is_table(new):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{path}.{key}" if path else key
            yield from _walk(inner, old.get(key, _ABSENT), new.get(key, _ABSENT), words)
    elif old is _ABSENT:
        yield f"{path} is new, {words.shown(new)}"
    elif new is _ABSENT:
        yield f"{path} is left out, it was {words.shown(old)}"
    else:
        yield f"{path} {words.shown(old)} → {words.shown(new)}"


def _is_table(value: Json) -> bool:
    """Whether it is one with properties of its own, and no {"Ref": …}."""
    return isinstance(value, Mapping) and not any(key == "Ref" or key.startswith("Fn::") for key in value)
