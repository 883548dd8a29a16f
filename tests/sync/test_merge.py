"""Who wins: the same whatever the order in which changes come, and what each rule says where two changes meet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.sync import texts
from hipflask.sync.clock import Stamp
from hipflask.sync.merge import Marks, Merged, Rule, merge
from hipflask.sync.messages import Change, Value

LONG = 2000 if os.environ.get("HIPFLASK_LONG") else 60

RULES = {
    "stock": Rule("sum"),
    "best": Rule("max"),
    "street": Rule(group="address"),
    "town": Rule(group="address"),
}
PLAIN = ("name", "price")
COLUMNS = (*PLAIN, *RULES)
BASE: dict[str, Value] = dict.fromkeys(COLUMNS, 0)


@dataclass(frozen=True)
class Said:
    """One change, and its stamps at the hub."""

    change: Change
    stamps: tuple[Stamp, ...]


def said(kind: Any, by: str, at: int | Sequence[int], seen: int = 0, **values: Value) -> Said:
    """A change by somebody at a time, the same for all columns unless there is one for each."""
    times = [at] * max(len(values), 1) if isinstance(at, int) else list(at)
    change = Change("item", "k", kind, list(values), list(values.values()), times, seen)
    return Said(change, tuple((time, by) for time in times))


Row = Mapping[str, Value] | None


def told(
    some: Sequence[Said], row: Row = None, marks: Marks | None = None, rules: Mapping[str, Rule] = RULES
) -> tuple[Row, Marks, list[Merged]]:
    """A row after these changes, one after the other, with its marks and what was said about each."""
    marks, came = marks or Marks(), []
    for each in some:
        merged = merge(each.change, each.stamps, row, marks, rules)
        marks = merged.marks
        if merged.kind == "delete":
            row = None
        elif merged.kind != "nothing":
            row = {**(row or {}), **merged.values}
        came.append(merged)
    return row, marks, came


def last(some: Sequence[Said], row: Row = BASE) -> Row:
    """The row alone."""
    return told(some, row)[0]


times = st.integers(1, 12)
names = st.sampled_from("abc")
cells = st.integers(-3, 3)


@st.composite
def updates(draw: st.DrawFn) -> Said:
    """A change of some columns, those of a group together."""
    columns = draw(st.sets(st.sampled_from([*PLAIN, "stock", "best", "address"]), min_size=1))
    chosen = [name for name in COLUMNS if name in columns or RULES.get(name, Rule()).group in columns]
    values = {name: draw(cells) for name in chosen}
    return said("update", draw(names), [draw(times) for _ in chosen], **values)


inserts = st.builds(
    lambda by, at, values: said("insert", by, at, **dict(zip(COLUMNS, values, strict=True))),
    names,
    times,
    st.tuples(*[cells] * len(COLUMNS)),
)
deletes = st.builds(lambda by, at: said("delete", by, at), names, times)


def honest(some: Sequence[Said]) -> list[Said]:
    """No device says two things of one moment."""
    taken: set[tuple[str, Stamp]] = set()
    kept = []
    for each in some:
        spots = {(name, stamp) for name, stamp in zip(_spots(each), each.stamps, strict=True)}
        if not spots & taken:
            taken |= spots
            kept.append(each)
    return kept


def _spots(each: Said) -> list[str]:
    if each.change.kind != "update":
        return ["row"] * len(each.stamps)
    return [RULES.get(name, Rule()).group or name for name in each.change.columns]


def effective(marks: Marks) -> list[Stamp]:
    """What a later change has to be later than, in each column; in a group, than all of it."""
    address = max(marks.of(name) or (0, "") for name in ("street", "town"))
    return [*(marks.of(name) or (0, "") for name in (*PLAIN, "stock", "best")), address]


def in_any_order(some: Sequence[Said]) -> st.SearchStrategy[list[Said]]:
    """The same changes, shuffled."""
    return st.permutations(list(some)).map(list)


@settings(max_examples=LONG)
@given(st.data(), st.lists(updates(), max_size=6).map(honest))
def test_updates_in_any_order(data: st.DataObject, some: list[Said]) -> None:
    """Rows and marks are the same, in whichever order devices come to the hub."""
    one_row, one_marks, _ = told(some, BASE)
    other_row, other_marks, _ = told(data.draw(in_any_order(some)), BASE)
    assert one_row == other_row
    assert effective(one_marks) == effective(other_marks)


@settings(max_examples=LONG)
@given(st.lists(updates(), max_size=6).map(honest))
def test_updates_as_one_would_say_it(some: list[Said]) -> None:
    """The latest of each column, the whole group of the latest, all sums, and the greatest: said without merging step by step."""
    expected = dict(BASE)
    for name in PLAIN:
        expected[name] = max(_of(some, name), default=((0, ""), 0))[1]
    expected["stock"] = sum(value for _, value in _of(some, "stock"))
    expected["best"] = max([0, *(value for _, value in _of(some, "best"))])
    groups = [each for each in some if "street" in each.change.columns]
    if groups:
        newest = max(groups, key=lambda each: max(_stamp(each, "street"), _stamp(each, "town")))
        expected |= {name: _value(newest, name) for name in ("street", "town")}
    assert last(some) == expected


@settings(max_examples=LONG)
@given(st.data(), st.lists(updates() | deletes, max_size=6).map(honest))
def test_deletes_win(data: st.DataObject, some: list[Said]) -> None:
    """A row that anybody has deleted is gone, whatever others changed before or after, in any order."""
    shuffled = data.draw(in_any_order(some))
    row = last(shuffled)
    assert (row is None) == any(each.change.kind == "delete" for each in some)
    if row is not None:
        assert row == last(some)


@settings(max_examples=LONG)
@given(st.data(), st.lists(inserts, min_size=1, max_size=4).map(honest))
def test_one_row_made_by_several(data: st.DataObject, some: list[Said]) -> None:
    """Where several devices make a row of the same key, it is one row in the end, the same in any order."""
    assert last(some, None) == last(data.draw(in_any_order(some)), None)


@settings(max_examples=LONG)
@given(st.data(), st.lists(inserts | deletes, max_size=5).map(honest))
def test_lives_of_a_row(data: st.DataObject, some: list[Said]) -> None:
    """Inserts later than the newest delete bring a row back, earlier ones do not, in any order."""
    plain = {name: Rule() for name in COLUMNS}
    row = told(some, BASE, rules=plain)[0]
    assert row == told(data.draw(in_any_order(some)), BASE, rules=plain)[0]
    gone = max((each.stamps[0] for each in some if each.change.kind == "delete"), default=None)
    made = [max(each.stamps) for each in some if each.change.kind == "insert"]
    if gone is not None:
        assert (row is not None) == any(stamp >= gone for stamp in made)


@settings(max_examples=LONG)
@given(st.lists(updates() | deletes | inserts, max_size=4).map(honest))
def test_again(some: list[Said]) -> None:
    """What came is merged once more, and nothing changes; but for sums, which the number of a push protects."""
    rules = {**RULES, "stock": Rule()}
    row, marks, _ = told(some, BASE, rules=rules)
    for each in some[-1:]:
        again, marks_again, came = told([each], row, marks, rules)
        assert (again, effective(marks_again), marks_again.gone) == (row, effective(marks), marks.gone)
        assert came[0].kind in ("nothing", "delete")
        assert came[0].kind == "nothing" or row is None


@settings(max_examples=LONG)
@given(st.lists(updates(), max_size=3).map(honest), updates())
def test_ones_own_later_word(before: list[Said], own: Said) -> None:
    """What a device writes later replaces what it wrote before, whatever others did between."""
    row, marks, _ = told([own, *before], BASE)
    seen = max([0, *(time for each in before for time, _ in each.stamps)])
    times = [max(seen, time) + 1 for time, _ in own.stamps]
    later = replace(own, stamps=tuple((time, own.stamps[0][1]) for time in times))
    after, _, came = told([later], row, marks)
    assert not came[0].lost
    for name in own.change.columns:
        if name not in ("stock", "best"):
            assert after is not None and after[name] == _value(own, name)


def test_the_example() -> None:
    """What the module promises: the earlier name is lost, and its writer is told; the sum counts."""
    marks = Marks(columns={"name": (900, "ann"), "stock": (800, "ann")})
    change = said("update", "bob", 850, name="Nut", stock=-2)
    row, marks, (merged,) = told([change], {"name": "Bolt", "stock": 10}, marks)
    assert row == {"name": "Bolt", "stock": 8}
    assert (merged.code, list(merged.lost)) == ("merged", ["name"])
    assert marks.of("name") == (900, "ann") and marks.of("stock") == (850, "bob")


def test_equal_stamps() -> None:
    """At the same moment the greater name wins, for everybody."""
    one, other = said("update", "ann", 5, name=1), said("update", "bob", 5, name=2)
    assert {last(order)["name"] for order in permutations([one, other])} == {2}  # type: ignore[index]


def test_what_the_server_has() -> None:
    """`Merge.server`: who knew what was there may change it; who did not is told that he lost."""
    rules = {"price": Rule("server")}
    first = said("update", "ann", 5, price=10)
    blind = said("update", "bob", 9, price=20, seen=0)
    knowing = said("update", "bob", 9, price=20, seen=5)
    row, marks, _ = told([first], {"price": 1}, rules=rules)
    lost_row, _, (lost,) = told([blind], row, marks, rules)
    assert lost_row == {"price": 10} and list(lost.lost) == ["price"]
    assert told([knowing], row, marks, rules)[0] == {"price": 20}
    assert told([said("update", "ann", 9, price=30)], row, marks, rules)[0] == {"price": 30}  # one's own


def test_what_a_function_says() -> None:
    """`Merge.by`: it is asked where two changes met, and not where one knew the other."""
    rules = {"tags": Rule("by", function=lambda theirs, ours: f"{theirs}+{ours}")}
    row, marks, _ = told([said("update", "ann", 5, tags="a")], {"tags": ""}, rules=rules)
    assert told([said("update", "bob", 3, tags="b")], row, marks, rules)[0] == {"tags": "a+b"}
    assert told([said("update", "bob", 9, seen=5, tags="b")], row, marks, rules)[0] == {"tags": "b"}


def test_together() -> None:
    """An address is never the street of one and the town of another, also where one of the two was not changed."""
    here = said("update", "ann", [5, 1], street=1, town=1)
    there = said("update", "bob", [2, 4], street=2, town=2)
    for order in permutations([here, there]):
        row = last(order)
        assert row is not None and (row["street"], row["town"]) == (1, 1)


def test_texts_of_two() -> None:
    """`Merge.text`: both edits are in the text, in either order; a new row may come with a document."""
    rules = {"notes": Rule("text")}
    start = texts.initial("one two")
    edits = [texts.edited(start, text)[1] for text in ("one big two", "one two three")]
    ends = set()
    for order in permutations(edits):
        row: dict[str, Value] = {"notes": "one two"}
        states: dict[str, bytes] = {}
        for place, edit in enumerate(order):
            change = said("update", "ab"[place], place + 1, notes=edit)
            merged = merge(change.change, change.stamps, row, Marks(), rules, states, texts.merged)
            row, states = {**row, **merged.values}, {**states, **merged.states}
        ends.add(row["notes"])
    assert ends == {"one big two three"}
    change = said("insert", "a", 1, notes=edits[0] and texts.edited(texts.initial(""), "new")[1])
    made = merge(change.change, change.stamps, None, Marks(), rules, {}, texts.merged)
    assert made.values == {"notes": "new"} and texts.reading(made.states["notes"]) == "new"


@pytest.mark.parametrize("kind", ["update", "insert"])
def test_a_row_that_is_gone(kind: str) -> None:
    """Who changes a row that was deleted is told so, and so is who made it before it was deleted."""
    gone = Marks(gone=(9, "ann"))
    row, marks, (merged,) = told([said(kind, "bob", 5, name=1)], None, gone)
    assert row is None and merged.code == "deleted" and list(merged.lost) == ["name"]
    assert marks == gone


def test_sums_of_what_is_no_number() -> None:
    """Nothing is added where nothing was pushed, and what was added is all there is where nothing was."""
    assert told([said("update", "a", 1, stock=None)], {"stock": 3})[0] == {"stock": 3}
    assert told([said("update", "a", 1, stock=4)], {"stock": None})[0] == {"stock": 4}
    assert told([said("update", "a", 1, best=None)], {"best": 3})[0] == {"best": 3}
    assert told([said("update", "a", 1, best=2)], {"best": None})[0] == {"best": 2}


def _of(some: Sequence[Said], name: str) -> list[tuple[Stamp, Any]]:
    return [(_stamp(each, name), _value(each, name)) for each in some if name in each.change.columns]


def _stamp(each: Said, name: str) -> Stamp:
    return each.stamps[each.change.columns.index(name)]


def _value(each: Said, name: str) -> Any:
    return each.change.values[each.change.columns.index(name)]
