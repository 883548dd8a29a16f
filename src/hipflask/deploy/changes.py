"""The difference between two templates, as a person reads it before agreeing.

    between(before, after).lines

    ~ the code of 4 functions: 3f2a9c… → 81d0e4…
    ~ function shop-prod-take: Timeout 30 → 60
    ~ function shop-prod-take may now s3:GetObject on arn:aws:s3:::prices/*
    + queue shop-prod-returns
    - rule shop-prod-nightly-schedule
    ! queue shop-prod-orders is removed, with the messages in it

"+" is new, "-" is removed, "~" is changed and "!" loses something that cannot be brought back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .changing import kinds, rights
from .changing.properties import differences
from .changing.words import Words

Json = Any
Template = Mapping[str, Json]
Resources = Mapping[str, Json]
_FEW = 3
_ROUTE = "AWS::ApiGatewayV2::Route"


@dataclass(frozen=True, slots=True)
class Changes:
    """What would change; `losses` are the lines that somebody should read twice."""

    lines: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class _Note:
    """What is said of one resource: several of a kind of which the same is said become one line."""

    word: str
    name: str
    said: str


def between(before: Template | None, after: Template, replaced: Collection[str] = ()) -> Changes:
    """What it would take to come from one template to another; `replaced` has the ids that AWS says it makes anew."""
    old: Resources = (before or {}).get("Resources", {})
    new: Resources = after["Resources"]
    words = Words({**old, **new})
    anew = {
        id_ for id_ in old.keys() & new.keys() if id_ in replaced or kinds.is_replaced(old[id_], new[id_])
    }
    losses = tuple(_losses(old, new, anew, words))
    lines = (
        *_code(old, new),
        *_together("~", _changed(old, new, anew, words)),
        *_added(old, new, words),
        *_removed(old, new, words),
        *_opened(old, new),
        *losses,
    )
    return Changes(lines or _outputs(before, after), losses)


def _changed(old: Resources, new: Resources, anew: Collection[str], words: Words) -> Iterator[_Note]:
    for id_ in sorted(old.keys() & new.keys()):
        word, name = kinds.name_of(id_, new, words)
        if old[id_]["Type"] == new[id_]["Type"] == "AWS::IAM::Role":
            yield from (_Note(word, name, line) for line in rights.differences(old[id_], new[id_], words))
            continue
        found = list(differences(old[id_], new[id_], words, kinds.HIDDEN.get(new[id_]["Type"], ())))
        if id_ in anew:
            yield _Note(word, name, f"is made anew: {'; '.join(found) or 'what it depends on changes'}")
        else:
            yield from (_Note(word, name, f": {line}") for line in found)


def _together(sign: str, notes: Iterable[_Note]) -> Iterator[str]:
    """One line for what is said of several alike, and one for all that is said of one alone."""
    whose: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        whose.setdefault((note.word, note.said), []).append(note.name)
    alone: dict[str, list[str]] = {}
    for (word, said), names in whose.items():
        if len(names) == 1 and said.startswith(": "):
            alone.setdefault(f"{word} {names[0]}", []).append(said[2:])
            continue
        several = f"{len(names)} {kinds.many(word)}" + (
            f" ({', '.join(names)})" if len(names) <= _FEW else ""
        )
        subject = f"{word} {names[0]}" if len(names) == 1 else several
        yield f"{sign} {subject}{said if said.startswith(': ') else f' {said}'}"
    yield from (f"{sign} {subject}: {'; '.join(said)}" for subject, said in alone.items())


def _code(old: Resources, new: Resources) -> Iterator[str]:
    """All functions have the same bundle, so that it is told once."""
    keys = [(_key(old[id_]), _key(new[id_])) for id_ in old.keys() & new.keys()]
    pairs = [(before, after) for before, after in keys if before != after]
    for before, after in sorted(set(pairs)):
        count = pairs.count((before, after))
        whose = "the function" if count == 1 else f"{count} functions"
        yield f"~ the code of {whose}: {_short(before)} → {_short(after)}"


def _key(resource: Json) -> str:
    code = resource["Properties"].get("Code", "") if resource["Type"] == "AWS::Lambda::Function" else ""
    return str(code.get("S3Key", "")) if isinstance(code, Mapping) else str(code)


def _short(key: str) -> str:
    name = key.rpartition("/")[2].removesuffix(".zip")
    return f"{name[:12]}…" if len(name) > 12 else name


def _added(old: Resources, new: Resources, words: Words) -> Iterator[str]:
    added = sorted(new.keys() - old.keys())
    yield from _listed("+", added, new, words)
    roles = (id_ for id_ in added if new[id_]["Type"] == "AWS::IAM::Role")
    notes = (
        _Note(*kinds.name_of(id_, new, words), line)
        for id_ in roles
        for line in rights.all_of(new[id_], words)
    )
    yield from _together("+", notes)


def _removed(old: Resources, new: Resources, words: Words) -> Iterator[str]:
    yield from _listed("-", sorted(old.keys() - new.keys()), old, words)


def _listed(sign: str, ids: Iterable[str], resources: Resources, words: Words) -> Iterator[str]:
    """Each of them, and the small ones as one line."""
    named = [kinds.name_of(id_, resources, words) for id_ in ids if not kinds.is_small(resources[id_])]
    yield from (f"{sign} {word} {name}" for word, name in sorted(named))
    if small := kinds.counted(resources[id_] for id_ in ids):
        yield f"{sign} with them: {small}"


def _opened(old: Resources, new: Resources) -> Iterator[str]:
    """What no line about a route or an address says clearly enough."""
    if _is_open(new) and not _is_open(old) and any(each["Type"] == _ROUTE for each in old.values()):
        yield "~ everybody may call the app from now on: nobody is asked any more who they are"


def _is_open(resources: Resources) -> bool:
    """Whether something answers everybody: a function URL, or a route that no authorizer stands before."""
    return any(
        each["Type"] == "AWS::Lambda::Url"
        or (each["Type"] == _ROUTE and "AuthorizationType" not in each.get("Properties", {}))
        for each in resources.values()
    )


def _losses(old: Resources, new: Resources, anew: Collection[str], words: Words) -> Iterator[str]:
    for id_ in sorted(old):
        is_gone = id_ not in new or old[id_]["Type"] != new[id_]["Type"]
        loss = kinds.loss_of(old[id_])
        if loss and (is_gone or id_ in anew):
            word, name = kinds.name_of(id_, old, words)
            yield f"! {word} {name} is {'removed' if is_gone else 'made anew'}, {loss}"


def _outputs(before: Template | None, after: Template) -> tuple[str, ...]:
    same = (before or {}).get("Outputs", {}) == after.get("Outputs", {})
    return () if same else ("~ what is told about the stack",)
