"""Every kind of patch, and random drawings: what the document shows is what the session believes it shows."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from hipflask.ui import wire
from hipflask.ui.diff import Index, diff
from hipflask.ui.tree import Kind, Node

from .browser import Tree, apply_in_browser, apply_many_in_browser, open_page, show, shown, wait_for
from .server import Message, Server


def texts(*names: str) -> list[Tree]:
    return [[place, "p", {"text": name}, []] for place, name in enumerate(names, 2)]


ROWS: Tree = [1, "hf-root", {}, texts("a", "b", "c")]


def after(page: Page, *patches: Message) -> list[Any]:
    """The children of ROWS' root after some patches: their texts."""
    tree = apply_in_browser(page, ROWS, list(patches))
    return [child[2].get("text", child[1]) for child in tree[3]]


@pytest.fixture
def ready(page: Page, server: Server) -> Page:
    open_page(page, server, ROWS)
    return page


def test_create_puts_nodes_before_a_sibling_or_at_the_end(ready: Page) -> None:
    new: list[Tree] = [[8, "p", {"text": "x"}, []], [9, "hf-row", {}, [[10, "p", {"text": "in"}, []]]]]
    assert after(ready, ["create", 1, 3, new]) == ["a", "x", "hf-row", "b", "c"]
    assert after(ready, ["create", 1, 0, new]) == ["a", "b", "c", "x", "hf-row"]


def test_move_puts_a_node_before_a_sibling_or_at_the_end(ready: Page) -> None:
    assert after(ready, ["move", 4, 2]) == ["c", "a", "b"]
    assert after(ready, ["move", 2, 0]) == ["b", "c", "a"]


def test_remove_takes_a_node_away_and_frees_what_was_below_it(ready: Page) -> None:
    assert after(ready, ["remove", 3]) == ["a", "c"]
    row: Tree = [8, "hf-row", {}, [[9, "p", {"text": "in"}, []]]]
    again = [["create", 1, 0, [row]], ["remove", 8], ["create", 1, 0, [row]]]
    assert after(ready, *again) == ["a", "b", "c", "hf-row"]


@pytest.mark.parametrize(
    ("tag", "props", "default"),
    [
        ("wa-button", {"variant": "danger", "disabled": True, "size": "l"}, {"variant": "neutral", "disabled": False, "size": "m"}),
        ("wa-input", {"label": "Name", "type": "email", "placeholder": "x"}, {"label": "", "type": "text", "placeholder": ""}),
        ("wa-slider", {"min": 5, "max": 9}, {"min": 0, "max": 100}),
        ("wa-progress-bar", {"value": 5, "indeterminate": True}, {"value": 0, "indeterminate": False}),
        ("img", {"alt": "x", "width": 5}, {"alt": "", "width": 0}),
    ],
)  # fmt: skip
def test_null_takes_a_prop_back_to_what_the_element_had(
    ready: Page, tag: str, props: dict[str, Any], default: dict[str, Any]
) -> None:
    tree: Tree = [1, "hf-root", {}, [[2, tag, props, []]]]
    bare = apply_in_browser(ready, tree, [["set", 2, dict.fromkeys(props)]])
    assert bare == [1, "hf-root", {}, [[2, tag, {}, []]]]
    ready.evaluate(
        "() => document.querySelector('hf-root > *').updateComplete"
    )  # rendering puts nothing back
    read = f"names => names.map(name => document.querySelector('hf-root > {tag}')[name])"
    assert dict(zip(default, ready.evaluate(read, list(default)), strict=True)) == default


def test_style_attributes_and_listeners_are_replaced_as_sets(ready: Page) -> None:
    before = {"style": {"color": "red", "--x": "1"}, "attrs": {"class": "a", "aria-label": "b", "wide": True}, "on": {"click": None}}  # fmt: skip
    later = {
        "style": {"--x": "2"},
        "attrs": {"class": "c"},
        "on": {"keydown:Enter": None, "focus": "tagName"},
    }
    tree: Tree = [1, "hf-root", {}, [[2, "p", before, []]]]
    assert apply_in_browser(ready, tree, []) == tree
    assert apply_in_browser(ready, tree, [["set", 2, later]])[3] == [[2, "p", later, []]]
    assert ready.locator("hf-root > p").evaluate("el => [...el.attributes].map(a => a.name).sort()") == [
        "class",
        "style",
    ]
    nothing = apply_in_browser(ready, tree, [["set", 2, dict.fromkeys(before)]])
    assert nothing[3] == [[2, "p", {}, []]]


def test_text_comes_and_goes_before_the_children(ready: Page) -> None:
    tree: Tree = [1, "hf-root", {}, [[2, "wa-button", {}, [[3, "wa-icon", {"name": "check"}, []]]]]]
    for text in ("Save", "Saved", ""):
        said = apply_in_browser(ready, tree, [["set", 2, {"text": "x"}], ["set", 2, {"text": text}]])
        assert said[3][0][2:] == [{"text": text}, [[3, "wa-icon", {"name": "check"}, []]]]
    assert apply_in_browser(ready, tree, [["set", 2, {"text": "x"}], ["set", 2, {"text": None}]]) == tree


def test_a_selects_shown_option_follows_its_text(page: Page, server: Server) -> None:
    options = [
        [place + 5, "wa-option", {"value": str(place), "text": name}, []] for place, name in enumerate("ab")
    ]
    open_page(page, server, [1, "hf-root", {}, [[2, "wa-select", {"field": "value", "value": "1"}, options]]])  # fmt: skip
    display = "document.querySelector('wa-select').displayInput?.value"
    wait_for(page, f"{display} === 'b'")
    show(server, 2, ["set", 6, {"text": "B!"}])
    wait_for(page, f"{display} === 'B!'")
    show(server, 3, ["edit", 2, "0", 0])
    wait_for(page, f"{display} === 'a'")
    show(server, 4, ["edit", 2, "", 0])
    wait_for(page, f"{display} === ''")


def test_a_call_reaches_the_element_once_it_is_there(page: Page, server: Server) -> None:
    open_page(page, server)
    field = [2, "wa-input", {"label": "Name", "on": {"focus": None}}, []]
    server.send(["frame", 2, 0, [["create", 1, 0, [field]], ["call", 2, "focus", []]]])
    assert sorted([server.receive()[0], server.receive()[0]]) == ["ack", "event"]
    assert page.evaluate("document.activeElement.localName") == "wa-input"


@pytest.mark.parametrize("method", ["remove", "append", "setAttribute", "constructor", "nothing"])
def test_only_a_few_methods_can_be_called(page: Page, server: Server, method: str) -> None:
    open_page(page, server, ROWS)
    server.send(["frame", 2, 0, [["call", 2, method, []]]])
    assert server.receive()[0] == "resync"


@pytest.mark.parametrize(
    "patch",
    [
        ["set", 99, {"text": "x"}],
        ["edit", 99, "x", 0],
        ["edit", 2, "x", 0],  # no field
        ["remove", 99],
        ["move", 99, 0],
        ["move", 2, 99],
        ["create", 99, 0, []],
        ["create", 1, 99, [[8, "p", {}, []]]],
        ["create", 1, 0, [[2, "p", {}, []]]],  # there already
        ["create", 1, 0, [[8, "not a tag", {}, []]]],
        ["explode", 1],
        ["call", 0, "explode", []],
    ],
)
def test_a_patch_that_does_not_fit_is_answered_by_a_resync_and_a_reset_heals_it(
    page: Page, server: Server, patch: Message
) -> None:
    open_page(page, server, ROWS)
    server.send(["frame", 2, 0, [patch]])
    name, reason = server.receive()
    assert name == "resync" and reason.startswith("frame 2: ")
    server.send(["frame", 3, 0, [["set", 2, {"text": "too early"}]]])  # was on its way already
    server.send(["reset", 4, 0, [1, "hf-root", {}, texts("healed")]])
    assert server.receive() == ["ack", 4]
    assert shown(page) == [1, "hf-root", {}, texts("healed")]
    show(server, 5, ["set", 2, {"text": "and well"}])


def test_a_tree_that_cannot_be_drawn_is_not_asked_for_for_ever(page: Page, server: Server) -> None:
    open_page(page, server, ROWS)
    server.send(["frame", 2, 0, [["remove", 99]]])
    assert server.receive()[0] == "resync"
    server.send(["reset", 3, 0, [1, "hf-root", {}, [[2, "not a tag", {}, []]]]])
    page.get_by_text("This window cannot be drawn").wait_for()
    server.hears_nothing()


# ── random drawings ───────────────────────────────────────────────────────────────────────────────

KINDS = {
    "p": Kind("text", "p"),
    "hf-row": Kind("row", "hf-row"),
    "hf-part": Kind("part", "hf-part"),
    "wa-button": Kind("button", "wa-button"),
    "wa-input": Kind("input", "wa-input", field="value"),
    "wa-checkbox": Kind("checkbox", "wa-checkbox", field="checked"),
}
words = st.text(max_size=4)
general: dict[str, st.SearchStrategy[Any]] = {
    "text": words,
    "title": words,
    "style": st.dictionaries(st.sampled_from(["--a", "--b", "color"]), st.sampled_from(["red", "blue"])),
    "attrs": st.dictionaries(
        st.sampled_from(["class", "role", "aria-label", "wide"]), st.sampled_from(["x", "y", True])
    ),
    "on": st.dictionaries(
        st.sampled_from(["click", "focus", "keydown:Enter"]), st.sampled_from([None, "title"])
    ),
}
own: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "wa-button": {
        "variant": st.sampled_from(["brand", "danger"]),
        "disabled": st.booleans(),
        "loading": st.booleans(),
    },
    "wa-input": {"label": words, "placeholder": words, "type": st.sampled_from(["email", "search"])},
    "wa-checkbox": {"disabled": st.booleans(), "hint": words},
}
edited = {"wa-input": words, "wa-checkbox": st.booleans()}


@st.composite
def nodes(draw: st.DrawFn, depth: int = 3) -> Node:
    tag = draw(st.sampled_from(list(KINDS)))
    props = draw(st.fixed_dictionaries({}, optional=general | own.get(tag, {})))
    if tag in edited:
        field = KINDS[tag].field
        props |= {"field": field, field: draw(edited[tag])}
    node = Node(KINDS[tag], props, draw(st.sampled_from([None, None, "a", "b"])))
    if depth and tag in ("hf-row", "hf-part", "p"):
        node.children = draw(st.lists(nodes(depth=depth - 1), max_size=5))
    return node


@st.composite
def histories(draw: st.DrawFn) -> list[Node]:
    """A drawing and what became of it, some of it taken over and shuffled so that there is something to move."""
    drawings = [draw(roots())]
    for _ in range(draw(st.integers(1, 3))):
        fresh = draw(roots())
        old = [copy.deepcopy(child) for child in drawings[-1].children]
        fresh.children = draw(st.permutations(draw(st.lists(st.sampled_from(old), unique_by=id)) + fresh.children)) if old else fresh.children  # fmt: skip
        drawings.append(fresh)
    return drawings


def roots() -> st.SearchStrategy[Node]:
    def root(children: list[Node]) -> Node:
        node = Node(Kind("root", "hf-root"), {})
        node.children = children
        return node

    return st.lists(nodes(), max_size=5).map(root)


def travelled(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


def as_case(drawings: list[Node]) -> tuple[Tree, list[Message], Tree]:
    """A first tree, the patches that the session would send, and the tree that must be there at the end."""
    index = Index()
    current = drawings[0]
    index.adopt(current)
    before = travelled(current.wire())
    patches: list[wire.Patch] = []
    for later in drawings[1:]:
        patches += diff(current, later, index)
        current = later
    return before, travelled(patches), travelled(current.wire())


def test_what_the_document_shows_is_what_the_session_believes(page: Page, server: Server) -> None:
    open_page(page, server)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(histories(), min_size=1, max_size=8))
    def check(batch: list[list[Node]]) -> None:
        cases = [as_case(copy.deepcopy(drawings)) for drawings in batch]
        found = apply_many_in_browser(page, [(before, patches) for before, patches, _ in cases])
        for (before, patches, wanted), tree in zip(cases, found, strict=True):
            assert normal(tree) == normal(wanted), f"{before}\n{patches}"

    check()


def normal(tree: Tree) -> Tree:
    """Without what means nothing: an empty set of styles, attributes or listeners, and their order."""
    number, tag, props, children = tree
    kept = {name: value for name, value in props.items() if value != {} and value is not None}
    return [number, tag, kept, [normal(child) for child in children]]
