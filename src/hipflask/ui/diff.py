"""Two drawings of the same place become the short list of patches that turns one into the other. No I/O.

    old: row [ text "Who"  (id 4) ,                       button "Out" (id 5) ]
    new: row [ text "What"        , icon "star"          , button "Out"        ]

    [Set(4, {"text": "What"}), Create(parent, before=5, [icon])]

Children are matched by kind and key where they have a key, by kind and order elsewhere. Matched nodes keep their id;
among them those on the longest run that is still in order stay where they are, and only the others move (the longest
increasing subsequence, as in most keyed diffs). Patches name siblings by id, so the screen never counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import count

from .tree import Node, Props
from .typed import Known
from .wire import Create, Edit, Move, Patch, Remove, Set

_ABSENT = object()


class Index:
    """Every node that the screen has, by id; ids are never given twice."""

    def __init__(self) -> None:
        self._ids: Iterator[int] = count(1)
        self.nodes: dict[int, Node] = {}

    def adopt(self, node: Node) -> None:
        """Give a new node, and all below it, an id."""
        node.id = next(self._ids)
        node.drawn = node.props.get(node.kind.field)
        node.settle()
        self.nodes[node.id] = node
        for child in node.children:
            self.adopt(child)

    def replace(self, old: Node, new: Node) -> None:
        """Let `new` stand in for `old`, under its id."""
        new.id = old.id
        new.seen = old.seen
        new.drawn = new.props.get(new.kind.field)
        new.settle()
        self.nodes[new.id] = new

    def forget(self, node: Node) -> None:
        """Drop a node and all below it."""
        self.nodes.pop(node.id, None)
        for child in node.children:
            self.forget(child)


def diff(old: Node, new: Node, index: Index, known: Known | None = None) -> list[Patch]:
    """The patches that turn `old` (which the screen shows) into `new`; `new` takes over the ids, in `index` too.

    `known` is what was known of the fields when `new` was drawn; without it, everything.
    """
    patches: list[Patch] = []
    _node(old, new, index, known, patches)
    return patches


def _node(old: Node, new: Node, index: Index, known: Known | None, patches: list[Patch]) -> None:
    if old is new:  # a component that was not run again
        new.settle()
        return
    index.replace(old, new)
    changed = _changed(old.props, new.props) if old.props != new.props else {}
    is_edited = changed.pop(new.kind.field, _ABSENT) is not _ABSENT
    if changed:
        patches.append(Set(new.id, changed))
    if old.children or new.children:
        _children(old, new, index, known, patches)
    # The field's value comes last: a slider's has a meaning within its limits, a select's once it has the option.
    if is_edited:
        patches.extend(_edit(old, new, known))


def _changed(before: Props, after: Props) -> Props:
    changed = {name: value for name, value in after.items() if before.get(name, _ABSENT) != value}
    return changed | dict.fromkeys(before.keys() - after.keys())


def _edit(old: Node, new: Node, known: Known | None) -> Iterator[Patch]:
    """Give a field another value than the screen shows, unless a person has typed that and the app has not said otherwise."""
    field = new.kind.field
    wanted, new.props[field] = new.props.get(field), old.props.get(field)
    if not new.is_bound and new.drawn == old.drawn:
        return
    if known is not None and not known.covers(old, wanted):
        new.drawn = old.drawn  # it has not been said yet, then
        return
    new.props[field] = wanted
    yield Edit(new.id, wanted, new.seen)


def _children(old: Node, new: Node, index: Index, known: Known | None, patches: list[Patch]) -> None:
    if _are_alike(old.children, new.children):
        for before, after in zip(old.children, new.children, strict=True):
            _node(before, after, index, known, patches)
        return
    pairs = _match(old.children, new.children)
    kept = {id(before) for before in pairs if before is not None}
    for before in old.children:
        if id(before) not in kept:
            patches.append(Remove(before.id))
            index.forget(before)
    for pair, after in zip(pairs, new.children, strict=True):
        if pair is not None:
            _node(pair, after, index, known, patches)
        else:
            index.adopt(after)
    _arrange(old.children, pairs, new, patches)


def _are_alike(old: list[Node], new: list[Node]) -> bool:
    """Whether each child continues the one that stood in its place: by far the most common case."""
    if len(old) != len(new):
        return False
    return all(a is b or (a.kind is b.kind and a.key == b.key) for a, b in zip(old, new, strict=True))


def _match(old: list[Node], new: list[Node]) -> list[Node | None]:
    """For each new child the old child that it continues, or None."""
    found = dict(zip(_identities(old), old, strict=True))
    return [found.get(name) for name in _identities(new)]


def _identities(nodes: list[Node]) -> Iterator[tuple[object, object, int]]:
    seen: dict[tuple[object, object], int] = {}
    for node in nodes:
        name = (node.kind, node.key)
        nth = seen.get(name, 0)
        seen[name] = nth + 1
        yield (*name, nth)


def _arrange(old: list[Node], pairs: list[Node | None], new: Node, patches: list[Patch]) -> None:
    """Create what is new and move what is out of order, from the last child to the first, so that `before` stands."""
    places = {id(node): place for place, node in enumerate(old)}
    order = [-1 if node is None else places[id(node)] for node in pairs]
    if order == sorted(order) and -1 not in order:
        return
    steady = _longest_run(order)
    before = 0
    fresh: list[Node] = []
    for place in range(len(order) - 1, -1, -1):
        node = new.children[place]
        if order[place] < 0:
            fresh.append(node)
            continue
        before = _create(new, fresh, before, patches)
        if place not in steady:
            patches.append(Move(node.id, before))
        before = node.id
    _create(new, fresh, before, patches)


def _create(parent: Node, fresh: list[Node], before: int, patches: list[Patch]) -> int:
    """One Create for a run of new siblings, collected from last to first; returns the id now standing first."""
    if not fresh:
        return before
    fresh.reverse()
    patches.append(Create(parent.id, before, [node.wire() for node in fresh]))
    first = fresh[0].id
    fresh.clear()
    return first


def _longest_run(order: list[int]) -> set[int]:
    """The places whose values (but -1) form a longest increasing subsequence of `order`."""
    tails: list[int] = []  # tails[n]: the smallest value that ends an increasing run of n + 1
    ends: list[int] = []  # ends[n]: the place of that value
    previous: dict[int, int | None] = {}
    for place, value in enumerate(order):
        if value < 0:
            continue
        n = bisect_left(tails, value)
        tails[n : n + 1] = [value]
        ends[n : n + 1] = [place]
        previous[place] = ends[n - 1] if n else None
    steady: set[int] = set()
    place_or_none = ends[-1] if ends else None
    while place_or_none is not None:
        steady.add(place_or_none)
        place_or_none = previous[place_or_none]
    return steady
