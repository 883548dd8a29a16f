"""Drawing: components, what runs again and what does not, keys, and what a window function may not be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

import pytest

from hipflask import ui
from hipflask.core.errors import DrawingError, UsageError
from hipflask.ui.drawing import refuse_async
from hipflask.ui.tree import Kind
from ui.sessions import SlowScreen

Watch = Callable[..., SlowScreen]


@dataclass
class Player:
    name: str


@pytest.fixture
def runs() -> list[str]:
    return []


# ── what runs again ───────────────────────────────────────────────────────────────────────────────


def test_only_the_component_that_read_what_changed_runs_again(watch: Watch, runs: list[str]) -> None:
    number = ui.State(0)

    @ui.component
    def reader() -> None:
        runs.append("reader")
        ui.text(number.value)

    @ui.component
    def other() -> None:
        runs.append("other")
        ui.text("other")

    def window() -> None:
        runs.append("window")
        reader()
        other()

    screen = watch(window)
    runs.clear()
    number.set(1)
    assert screen.paint() == [["set", screen.find("p").id, {"text": "1"}]]
    assert runs == ["reader"]


def test_a_component_given_equal_arguments_is_not_run_because_its_parent_was(
    watch: Watch, runs: list[str]
) -> None:
    clock, who = ui.State(0), ui.State("Who")

    @ui.component
    def seat(name: str, *, base: int) -> None:
        runs.append(f"{name} {base}")
        ui.text(f"{name} {base}")

    def window() -> None:
        ui.text(clock.value)
        seat(who.value, base=1)
        seat("What", base=2)

    screen = watch(window)
    runs.clear()
    clock.set(1)
    assert screen.paint() == [["set", screen.find("p").id, {"text": "1"}]]
    assert runs == []
    who.set("Why")
    screen.paint()
    assert runs == ["Why 1"]


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda: ["Who"], lambda names: names.append("What")),
        (lambda: {"first": "Who"}, lambda names: names.clear()),
        (lambda: [Player("Who")], lambda players: setattr(players[0], "name", "What")),
        (lambda: Player("Who"), lambda player: setattr(player, "name", "What")),
    ],
)
def test_a_component_runs_again_when_an_argument_was_changed_in_place(
    watch: Watch, make: Callable[[], Any], change: Callable[[Any], None]
) -> None:
    clock, value = ui.State(0), make()

    @ui.component
    def part(given: Any) -> None:
        ui.text(str(given))

    def window() -> None:
        ui.text(clock.value)
        part(value)

    screen = watch(window)
    change(value)
    clock.set(1)
    screen.paint()
    assert screen.texts() == ["1", str(value)]


def test_an_argument_changed_while_it_is_drawn_is_drawn_again(watch: Watch) -> None:
    clock, names = ui.State(0), ["Who"]
    is_drawn, may_end = Event(), Event()

    @ui.component
    def part(given: list[str]) -> None:
        ui.text(" ".join(given))
        if clock.value == 1:
            is_drawn.set()
            assert may_end.wait(20)

    def window() -> None:
        ui.text(clock.value)
        part(names)

    screen = watch(window)
    clock.set(1)
    assert is_drawn.wait(20)
    names.append("What")
    may_end.set()
    screen.paint()
    clock.set(2)
    screen.paint()
    assert screen.texts() == ["2", "Who What"]


def test_arguments_that_refuse_to_be_compared_count_as_changed(watch: Watch, runs: list[str]) -> None:
    class Array:
        def __eq__(self, other: object) -> Any:
            raise ValueError("the truth value of an array is ambiguous")

        __hash__ = None  # type: ignore[assignment]

    clock = ui.State(0)

    @ui.component
    def part(given: Array) -> None:
        runs.append("part")

    def window() -> None:
        ui.text(clock.value)
        part(Array())

    screen = watch(window)
    clock.set(1)
    screen.paint()
    assert runs == ["part", "part"]


def test_inner_and_outer_part_that_read_the_same_are_each_run_once(watch: Watch, runs: list[str]) -> None:
    number = ui.State(0)

    @ui.component
    def inner() -> None:
        runs.append(f"inner {number.value}")

    def window() -> None:
        runs.append(f"outer {number.value}")
        inner()

    screen = watch(window)
    runs.clear()
    number.set(1)
    assert screen.session.wait_until_settled(20)
    assert runs == ["outer 1", "inner 1"]


def test_what_is_read_no_more_is_followed_no_more(watch: Watch, runs: list[str]) -> None:
    which, a, b = ui.State("a"), ui.State(0), ui.State(0)

    def window() -> None:
        runs.append("window")
        ui.text((a if which.value == "a" else b).value)

    screen = watch(window)
    which.set("b")
    assert screen.session.wait_until_settled(20)
    runs.clear()
    a.set(1)
    assert screen.session.wait_until_settled(20)
    assert runs == []
    assert not a._watchers


def test_a_component_that_is_gone_follows_nothing(watch: Watch) -> None:
    is_there, number = ui.State(True), ui.State(0)

    @ui.component
    def inner() -> None:
        ui.text(number.value)

    @ui.component
    def outer() -> None:
        inner()

    def window() -> None:
        if is_there.value:
            outer()

    screen = watch(window)
    assert number._watchers
    is_there.set(False)
    screen.paint()
    assert not number._watchers


# ── keys and places ───────────────────────────────────────────────────────────────────────────────


def test_keyed_components_that_change_places_are_moved_and_not_run(watch: Watch, runs: list[str]) -> None:
    order = ui.State(["a", "b", "c"])

    @ui.component
    def seat(name: str) -> None:
        runs.append(name)
        ui.text(name)

    def window() -> None:
        for name in order.value:
            seat(name, key=name)

    screen = watch(window)
    runs.clear()
    order.set(["c", "a", "b"])
    [[kind, _, _]] = screen.paint()
    assert kind == "move"
    assert screen.texts() == ["c", "a", "b"]
    assert runs == []


def test_a_component_that_moves_into_another_container_keeps_its_state(watch: Watch) -> None:
    is_inside = ui.State(False)

    @ui.component
    def counter() -> None:
        count = ui.state(0)
        ui.text(f"count {count.value}")
        ui.button("More", on_click=lambda: count.update(lambda n: n + 1))

    def window() -> None:
        if is_inside.value:
            with ui.card(), ui.row():
                counter()
        else:
            counter()

    screen = watch(window)
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    for place in (True, False, True):
        is_inside.set(place)
        screen.paint()
        assert screen.texts() == ["count 1"]
        assert (screen.find("p").parent.parent.tag == "hf-row") == place


def test_a_component_that_moves_to_an_earlier_container_is_there_and_nowhere_else(watch: Watch) -> None:
    place = ui.State(1)

    @ui.component
    def part() -> None:
        ui.text("part")

    def window() -> None:
        for number in (0, 1, 2):
            with ui.row():
                if place.value == number:
                    part()

    screen = watch(window)
    for number in (0, 2, 0, 1, 0):
        place.set(number)
        screen.paint()
        rows = [node for node in screen.tree.nodes.values() if node.tag == "hf-row"]
        assert [len(row.children) for row in rows] == [int(number == each) for each in (0, 1, 2)]
        assert screen.texts() == ["part"]


def test_what_is_keyed_by_something_that_cannot_be_a_key_is_refused(watch: Watch) -> None:
    part = ui.component(lambda: None)
    for attempt in (lambda: ui.text("x", key=["a"]), lambda: part(key={})):
        with pytest.raises(UsageError, match="must stay the same and be hashable"):
            watch(attempt)


# ── what a window function may not be ─────────────────────────────────────────────────────────────


async def _coroutine() -> None: ...


async def _async_generator() -> AsyncIterator[None]:
    yield


def _generator() -> Iterator[None]:
    yield


@pytest.mark.parametrize("function", [_coroutine, _async_generator, _generator])
def test_a_drawing_that_could_be_suspended_is_refused_with_the_fix(function: Callable[..., Any]) -> None:
    for refuse in (ui.component, lambda each: refuse_async(each, '@app.window("/")')):
        with pytest.raises(UsageError) as refusal:
            refuse(function)
        assert f"Write a plain `def {function.__name__}(…)`" in str(refusal.value)
        assert "into a state" in str(refusal.value)


@pytest.mark.parametrize("function", [_coroutine, _async_generator, _generator])
def test_it_is_refused_as_well_where_only_the_result_gives_it_away(
    watch: Watch, function: Callable[..., Any]
) -> None:
    def window() -> Any:
        return function()

    with pytest.raises(UsageError, match="a drawing cannot wait"):
        watch(window)


def test_a_component_may_not_take_a_parameter_named_key() -> None:
    with pytest.raises(UsageError, match="the parameter `key` is taken"):

        @ui.component
        def part(key: int) -> None: ...


def test_a_component_is_still_that_function() -> None:
    @ui.component
    def part(name: str) -> None:
        """Draw a part."""

    assert part.__name__ == "part"
    assert part.__doc__ == "Draw a part."


def test_a_component_outside_of_a_drawing_says_where_it_belongs() -> None:
    with pytest.raises(DrawingError, match=r"part\(\) was used where nothing is being drawn"):
        ui.component(_part)()


def _part() -> None: ...


def test_a_component_may_be_a_partial(watch: Watch) -> None:
    def seat(base: str, name: str) -> None:
        ui.text(f"{name} on {base}")

    on_first = partial(seat, "first")
    on_first.__qualname__ = on_first.__name__ = "on_first"  # type: ignore[attr-defined]
    screen = watch(lambda: ui.component(on_first)("Who"))
    assert screen.texts() == ["Who on first"]


def test_a_container_is_used_where_it_is_drawn_and_nowhere_else(watch: Watch) -> None:
    rows: list[Any] = []
    clock = ui.State(0)

    def window() -> None:
        ui.text(clock.value)
        if rows:
            with rows[0]:
                ui.text("too late")
        else:
            rows.append(ui.row())

    screen = watch(window, debug=True)
    clock.set(1)
    [[_, _, _, [error]]] = screen.paint()
    assert "`with` was used on a row that is not being drawn any more" in error["message"]


def test_a_container_may_be_filled_later_in_the_same_drawing(watch: Watch) -> None:
    def window() -> None:
        first = ui.row()
        ui.text("below")
        with first:
            ui.text("inside")
        assert first is not None

    screen = watch(window)
    assert screen.texts() == ["inside", "below"]


def test_a_block_that_raises_and_is_caught_leaves_the_parents_in_order(watch: Watch) -> None:
    def window() -> None:
        try:
            with ui.row():
                ui.text("inside")
                raise ValueError
        except ValueError:
            ui.text("outside")

    screen = watch(window)
    assert screen.texts() == ["inside", "outside"]
    assert screen.find("p", 1).parent.tag == "hf-part"


# ── what may never reach a screen ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "tag", ["script", "style", "link", "iframe", "object", "embed", "base", "meta", "SCRIPT", "Style"]
)
def test_elements_that_could_run_something_cannot_be_declared(tag: str) -> None:
    with pytest.raises(UsageError, match="cannot be an element"):
        Kind("x", tag)


@pytest.mark.parametrize(
    "attrs",
    [
        {"onclick": "x"},
        {"ONCLICK": "x"},
        {"style": "x"},
        {"srcdoc": "x"},
        {"is": "x"},
        {"href": "javascript:alert(1)"},
        {"HREF": "javascript:alert(1)"},
        {"formaction": "javascript:alert(1)"},
        {"xlink:href": "javascript:alert(1)"},
        {"src": " java\nscript:alert(1)"},
        {"a b": "x"},
        {"": "x"},
        {"a=": "x"},
        {"<x": "x"},
        {"é": "x"},
    ],
    ids=str,
)
def test_attributes_that_could_run_something_or_that_are_none_are_refused(
    watch: Watch, attrs: dict[str, str]
) -> None:
    with pytest.raises(UsageError):
        watch(lambda: ui.text("x", attrs=attrs))


@pytest.mark.parametrize(
    "name", ["innerHTML", "outerHTML", "srcdoc", "onclick", "onfocus", "__proto__", "constructor"]
)
def test_properties_that_could_run_something_are_refused(watch: Watch, name: str) -> None:
    from hipflask.ui.element import element

    with pytest.raises(UsageError, match=r"would be run as markup or script|cannot be set"):
        watch(lambda: element(Kind("x", "p"), {name: "x"}, {}))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript\r\n:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:application/javascript,x",
        "file:///etc/passwd",
        "about:blank",
        "x-y+z.1:x",
    ],
)
@pytest.mark.parametrize("prop", ["href", "src", "action", "formAction", "data", "poster"])
def test_addresses_that_could_run_something_are_refused(watch: Watch, url: str, prop: str) -> None:
    from hipflask.ui.element import element

    with pytest.raises(UsageError, match="Addresses may be relative or begin with"):
        watch(lambda: element(Kind("x", "p"), {prop: url}, {}))


@pytest.mark.parametrize(
    "url",
    [
        "", "/", "a", "a/b:c", "?q=a:b", "#a:b", "//host/x", "https://x/y?z=javascript:1", "mailto:a@b", "tel:1",
        "blob:x", "data:image/png;base64,AA", "DATA:IMAGE/PNG;base64,AA", "HTTP://x",
    ],
)  # fmt: skip
def test_addresses_that_lead_somewhere_are_taken(watch: Watch, url: str) -> None:
    from hipflask.ui.element import element

    screen = watch(lambda: element(Kind("x", "img"), {"src": url}, {}))
    assert screen.find("img").props["src"] == url
