"""What a role may do before and after: somebody has to agree to it, so that every right is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...core.words import join
from .words import Words

Json = Any
Right = tuple[str, str, str]  # "Allow", the resource, the action


def differences(before: Json, after: Json, words: Words) -> Iterator[str]:
    """As "may now s3:GetObject on …", "may no longer …"."""
    old, new = _rights(before, words), _rights(after, words)
    yield from _told(new - old, "may now", "must no longer")
    yield from _told(old - new, "may no longer", "may again")
    if old == new and before["Properties"] != after["Properties"]:
        yield "has the same rights, written otherwise"


def all_of(role: Json, words: Words) -> Iterator[str]:
    """Everything that a new role may do, but for writing its own log, as all of them may."""
    yield from _told(
        (right for right in _rights(role, words) if not right[2].startswith("logs:")), "may", "must not"
    )


def _rights(role: Json, words: Words) -> set[Right]:
    statements = (
        statement
        for policy in role["Properties"].get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    )
    return {
        (statement["Effect"], words.plain(resource), action)
        for statement in statements
        for action in _several(statement["Action"])
        for resource in _several(statement["Resource"])
    }


def _told(rights: Iterable[Right], allowed: str, refused: str) -> Iterator[str]:
    """A line for each resource."""
    actions: dict[tuple[str, str], list[str]] = {}
    for effect, resource, action in sorted(rights):
        actions.setdefault((effect, resource), []).append(action)
    for (effect, resource), several in actions.items():
        yield f"{allowed if effect == 'Allow' else refused} {join(several, 'and')} on {resource}"


def _several(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
