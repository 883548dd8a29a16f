"""The diff: the patches it makes, literally; and that they always turn the one tree into the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hipflask.testing.plain import Tree
from hipflask.ui.diff import diff
from hipflask.ui.tree import Node
from ui.trees import as_wire, button, field, patches, row, shown, text, trees, wired


def test_equal_trees_need_no_patch() -> None:
    assert patches(row(text("Who"), button("Out")), row(text("Who"), button("Out"))) == []


def test_one_text_that_changed_is_one_set_of_one_prop() -> None:
    assert patches(row(text("Who", size="s")), row(text("What", size="s"))) == [["set", 2, {"text": "What"}]]


def test_a_prop_that_is_no_longer_given_is_set_to_null() -> None:
    assert patches(row(text("Who", size="s")), row(text("Who"))) == [["set", 2, {"size": None}]]


def test_a_new_element_is_created_before_its_neighbour() -> None:
    old, new = row(text("Who"), button("Out")), row(text("Who"), field(""), button("Out"))
    assert patches(old, new) == [
        ["create", 1, 3, [[4, "wa-input", {"field": "value", "value": ""}, []]]],
    ]


def test_new_neighbours_come_in_one_patch() -> None:
    assert patches(row(), row(text("Who"), text("What"))) == [
        ["create", 1, 0, [[2, "p", {"text": "Who"}, []], [3, "p", {"text": "What"}, []]]]
    ]


def test_without_keys_elements_continue_those_of_their_kind_in_order() -> None:
    old, new = row(text("Who"), text("What"), button("Out")), row(text("What"), button("Out"))
    assert patches(old, new) == [["remove", 3], ["set", 2, {"text": "What"}]]


def test_with_keys_an_element_that_leaves_takes_nothing_else_along() -> None:
    old = row(text("Who", key=1), text("What", key=2), text("I Don't Know", key=3))
    new = row(text("What", key=2), text("I Don't Know", key=3))
    assert patches(old, new) == [["remove", 2]]


def test_a_keyed_element_at_the_front_is_the_only_one_that_moves() -> None:
    old = row(*(text(name, key=name) for name in "abcd"))
    assert patches(old, row(*(text(name, key=name) for name in "dabc"))) == [["move", 5, 2]]


def test_a_keyed_element_at_the_end_is_the_only_one_that_moves() -> None:
    old = row(*(text(name, key=name) for name in "abcd"))
    assert patches(old, row(*(text(name, key=name) for name in "bcda"))) == [["move", 2, 0]]


def test_an_element_of_another_kind_is_another_element_in_spite_of_its_key() -> None:
    assert patches(row(text("Who", key=1)), row(button("Who", key=1))) == [
        ["remove", 2],
        ["create", 1, 0, [[3, "wa-button", {"text": "Who", "key": 1}, []]]],
    ]


def test_two_of_the_same_key_are_told_apart_by_order() -> None:
    old = row(text("Who", key=1), text("What", key=1))
    assert patches(old, row(text("Who", key=1), text("Why", key=1))) == [["set", 3, {"text": "Why"}]]


def test_a_removed_element_is_one_patch_however_much_is_below_it() -> None:
    assert patches(row(row(text("Who"), row(text("What")))), row()) == [["remove", 2]]


def test_a_changed_field_is_an_edit_with_the_number_of_the_last_input() -> None:
    old, index = shown(row(field("ab")))
    old.children[0].seen = 7
    assert wired(diff(old, row(field("AB")), index)) == [["edit", 2, "AB", 7]]


def test_a_field_is_edited_after_everything_that_its_value_depends_on() -> None:
    """A slider's value has a meaning within its limits, a select's once it has the option."""
    old, new = field("0", max=10), field("1", max=100)
    old.children, new.children = [text("first")], [text("first"), text("second")]
    assert patches(row(old), row(new)) == [
        ["set", 2, {"max": 100}],
        ["create", 2, 0, [[4, "p", {"text": "second"}, []]]],
        ["edit", 2, "1", 0],
    ]


def test_ids_are_never_given_twice() -> None:
    old, index = shown(row(text("Who")))
    empty = row()
    diff(old, empty, index)
    full = row(text("Who"))
    diff(empty, full, index)
    assert full.children[0].id == 3


def test_a_part_that_was_not_drawn_again_is_not_looked_into() -> None:
    part = row(text("Who"), key="part")
    old, index = shown(row(text("above"), part))
    part.children[0].props["text"] = "changed behind the back of the diff"
    assert diff(old, row(text("above"), part), index) == []


@given(trees, trees)
def test_the_patches_turn_any_tree_into_any_other(before: Node, after: Node) -> None:
    old, index = shown(before)
    tree = Tree(wired(old.wire()))
    for patch in wired(diff(old, after, index)):
        tree.apply(patch)
    assert as_wire(tree.root) == wired(after.wire())
    assert index.nodes.keys() == tree.nodes.keys()
    assert all(index.nodes[number].id == number for number in index.nodes)


@given(st.lists(trees, min_size=3, max_size=6))
def test_a_screen_stays_in_step_through_any_number_of_drawings(drawings: list[Node]) -> None:
    current, index = shown(drawings[0])
    tree = Tree(wired(current.wire()))
    for following in drawings[1:]:
        for patch in wired(diff(current, following, index)):
            tree.apply(patch)
        current = following
        assert as_wire(tree.root) == wired(current.wire())
    assert index.nodes.keys() == tree.nodes.keys()


@given(st.permutations(range(8)))
def test_no_more_elements_move_than_have_to(order: list[int]) -> None:
    old = row(*(text(str(key), key=key) for key in range(8)))
    moves = patches(old, row(*(text(str(key), key=key) for key in order)))
    assert {move[0] for move in moves} <= {"move"}
    assert len(moves) == 8 - _longest_run_in_order(order)


@given(st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 20), unique=True))
def test_keyed_elements_keep_their_ids_and_the_others_go(before: list[int], after: list[int]) -> None:
    old, index = shown(row(*(text(str(key), key=key) for key in before)))
    ids = {node.key: node.id for node in old.children}
    new = row(*(text(str(key), key=key) for key in after))
    changes = wired(diff(old, new, index))
    assert all(node.id == ids[node.key] for node in new.children if node.key in ids)
    assert {patch[1] for patch in changes if patch[0] == "remove"} == {
        ids[key] for key in {*before} - {*after}
    }
    assert not [patch for patch in changes if patch[0] == "set"]


def _longest_run_in_order(order: list[int]) -> int:
    """By trying all; small lists only."""
    best: list[int] = []
    for i, value in enumerate(order):
        best.append(1 + max((best[j] for j in range(i) if order[j] < value), default=0))
    return max(best)
