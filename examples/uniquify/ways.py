"""Ways to make a list unique: those that keep the order in which items came first, and those that do not.

    from_dict([3, 1, 3, 2])  ->  [3, 1, 2]
    from_set([3, 1, 3, 2])   ->  [1, 2, 3], or any other order

Each is written as people write it. Some ask more of the items than that they can be compared: a hash, or an order; and some look at the
whole list again for each item, which is quick for ten items and takes hours for a million.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import filterfalse, groupby, pairwise
from operator import itemgetter


@dataclass(frozen=True)
class Way:
    """One of them; a slow one's time grows with the square of the list's length."""

    name: str
    short: str  # for where there is little room
    function: Callable[[list], list]
    keeps_order: bool
    is_slow: bool

    @property
    def title(self) -> str:
        """What it does, in its own words."""
        return self.function.__doc__ or self.name


WAYS: dict[str, Way] = {}


def way(short, *, keeps_order, is_slow=False):
    def record(function):
        WAYS[function.__name__] = Way(function.__name__, short, function, keeps_order, is_slow)
        return function

    return record


# ── these keep the order ──────────────────────────────────────────────────────────────────────────


@way("dict", keeps_order=True)
def from_dict(items):
    """The keys of a dict"""
    return list(dict.fromkeys(items))


@way("ordered", keeps_order=True)
def from_ordered_dict(items):
    """The keys of an OrderedDict"""
    return list(OrderedDict.fromkeys(items))


@way("Counter", keeps_order=True)
def from_counter(items):
    """The keys of a Counter"""
    return list(Counter(items))


@way("loop", keeps_order=True)
def seen_loop(items):
    """A loop with a set of what was seen"""
    seen = set()
    unique = []
    for item in items:
        if item not in seen:
            seen.add(item)
            unique.append(item)
    return unique


@way("[…]", keeps_order=True)
def seen_comprehension(items):
    """A comprehension that fills a set on the way"""
    seen = set()
    add = seen.add
    return [item for item in items if not (item in seen or add(item))]


@way("filter", keeps_order=True)
def seen_filter(items):
    """A filter that fills a set on the way"""
    seen = set()
    add = seen.add
    return list(filterfalse(lambda item: item in seen or add(item), items))


@way("yield", keeps_order=True)
def seen_generator(items):
    """A generator with a set of what was seen"""

    def unique():
        seen = set()
        for item in items:
            if item not in seen:
                seen.add(item)
                yield item

    return list(unique())


@way("places", keeps_order=True)
def first_places(items):
    """A dict of where each came first, sorted by that"""
    last = len(items) - 1
    places = {item: last - place for place, item in enumerate(reversed(items))}
    return sorted(places, key=places.__getitem__)


@way("sort twice", keeps_order=True)
def sorted_pairs(items):
    """Sorted with their places, the first of each, sorted back"""
    pairs = sorted(enumerate(items), key=itemgetter(1))
    firsts = [next(same) for _, same in groupby(pairs, key=itemgetter(1))]
    return [item for _, item in sorted(firsts, key=itemgetter(0))]


@way("scan", keeps_order=True, is_slow=True)
def scan(items):
    """A loop that looks through the answer so far"""
    unique = []
    for item in items:
        if item not in unique:
            unique.append(item)
    return unique


@way("index", keeps_order=True, is_slow=True)
def first_index(items):
    """A set, sorted by where the list has each first"""
    return sorted(set(items), key=items.index)


# ── these do not ──────────────────────────────────────────────────────────────────────────────────


@way("set", keeps_order=False)
def from_set(items):
    """A set"""
    return list(set(items))


@way("frozen", keeps_order=False)
def from_frozenset(items):
    """A frozenset"""
    return list(frozenset(items))


@way("[*{*}]", keeps_order=False)
def unpacked_set(items):
    """A set, unpacked twice"""
    return [*{*items}]


@way("{…}", keeps_order=False)
def set_comprehension(items):
    """A set comprehension"""
    return list({item for item in items})  # noqa: C416, it is what is timed


@way("groupby", keeps_order=False)
def sorted_groups(items):
    """Sorted, one of each group"""
    return [item for item, _ in groupby(sorted(items))]


@way("pairwise", keeps_order=False)
def sorted_neighbours(items):
    """Sorted, without those that equal their neighbour"""
    ordered = sorted(items)
    return ordered[:1] + [later for earlier, later in pairwise(ordered) if later != earlier]
