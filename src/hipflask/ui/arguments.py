"""Whether a component is given the same as last time, and what it is given that differs. No I/O.

are_alike((player,), (player_read_again,))          True, if both rows say the same
prints(([1, 2],), {})                               what they look like: a list that is changed in place is still equal to itself
others(seat, (player,), {}, (another,), {})         ["player"]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from ..core.ports import Snapshot
from .states import fingerprint

Positional = tuple[object, ...]
Named = Mapping[str, object]


def prints(args: Positional, kwargs: Named) -> list[int | None]:
    """What arguments look like now."""
    return [fingerprint(value) for value in (*args, *kwargs.values())]


def are_alike(one: object, other: object) -> bool:
    """Whether two values would be drawn the same, as far as can be said."""
    try:
        return _alike(one, other)
    except Exception:  # some values refuse to be compared (arrays do): then they count as changed
        return False


def others(
    function: Callable[..., object], args: Positional, kwargs: Named, new_args: Positional, new_kwargs: Named
) -> list[str]:
    """The names of the parameters that are given something else than before."""
    code = getattr(function, "__code__", None)
    names = code.co_varnames if code is not None else ()
    before = {**dict(zip(names, args, strict=False)), **kwargs}
    now = {**dict(zip(names, new_args, strict=False)), **new_kwargs}
    return [name for name in now if name not in before or not are_alike(before[name], now[name])]


def _alike(one: object, other: object) -> bool:
    """Rows and the like are asked whether they say the same."""
    if isinstance(one, Snapshot):
        return one is other or one.__alike__(other)
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(cast("Any", other)) and all(map(_alike, one, cast("Any", other)))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(value, other[name]) for name, value in one.items())
    return bool(one == other)
