"""State: reading, setting, changes in place, and where `ui.state` finds its value again."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask import ui
from hipflask.core.ports import Field
from hipflask.testing.plain import PlainScreen
from hipflask.ui.live import LiveSession
from hipflask.ui.states import fingerprint
from hipflask.ui.workers import Workers
from ui.sessions import SlowScreen, screen_of, session_of

Watch = Callable[..., SlowScreen]
BUTTON = "wa-button"


class Watcher:
    def __init__(self) -> None:
        self.calls = 0

    def changed(self) -> None:
        self.calls += 1


# ── the value ─────────────────────────────────────────────────────────────────────────────────────


def test_a_state_is_a_field_to_bind() -> None:
    state = ui.State("Who")
    assert isinstance(state, Field)
    state.set("What")
    assert state.get() == state.value == "What"
    assert repr(state) == "State('What')"


def test_update_returns_the_new_value() -> None:
    state = ui.State(1)
    assert state.update(lambda n: n + 1) == 2
    assert state.value == 2


def test_no_update_is_lost_between_threads() -> None:
    state = ui.State(0)

    def work() -> None:
        for _ in range(1000):
            state.update(lambda n: n + 1)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state.value == 8000


def test_a_set_while_an_update_computes_comes_after_it() -> None:
    state, has_begun, may_end = ui.State(1), Event(), Event()

    def slowly(number: int) -> int:
        has_begun.set()
        assert may_end.wait(20)
        return number + 1

    update = Thread(target=state.update, args=(slowly,))
    update.start()
    assert has_begun.wait(20)
    setting = Thread(target=state.set, args=(10,))
    setting.start()
    may_end.set()
    update.join(20)
    setting.join(20)
    assert state.value == 10


def test_an_update_may_set_the_same_state_without_hanging() -> None:
    state = ui.State(1)

    def change(number: int) -> int:
        state.set(50)
        return number + 1

    thread = Thread(target=state.update, args=(change,), daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert state.value == 2


def test_an_update_that_raises_leaves_the_value() -> None:
    state = ui.State(1)
    with pytest.raises(ZeroDivisionError):
        state.update(lambda n: n // 0)
    assert state.value == 1


def test_watchers_hear_of_changes_until_they_stop() -> None:
    state, watcher = ui.State(1), Watcher()
    state.watch(watcher)
    state.watch(watcher)
    state.set(2)
    state.update(lambda n: n + 1)
    assert watcher.calls == 2
    state.unwatch(watcher)
    state.unwatch(watcher)
    state.set(3)
    assert watcher.calls == 2


@pytest.mark.parametrize("value", [1, "text", None, True, b"bytes", 1.5])
def test_the_same_plain_value_is_no_change(value: object) -> None:
    state, watcher = ui.State(value), Watcher()
    state.watch(watcher)
    state.set(value)
    assert watcher.calls == 0


def test_the_same_list_is_a_change_for_it_may_hold_something_else() -> None:
    names = ["Who"]
    state, watcher = ui.State(names), Watcher()
    state.watch(watcher)
    names.append("What")
    state.set(names)
    assert watcher.calls == 1


# ── changed in place ──────────────────────────────────────────────────────────────────────────────


@dataclass
class Player:
    name: str
    scores: list[int] = field(default_factory=list)


class Odd:
    """Neither JSON nor a dataclass, but it can be pickled."""

    def __init__(self) -> None:
        self.name = "Who"


class Hidden(Odd):
    """It cannot be pickled either."""

    def __reduce__(self) -> Any:
        raise RuntimeError("not me")


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (list, lambda value: value.append(1)),
        (dict, lambda value: value.update(a=1)),
        (set, lambda value: value.add(1)),
        (bytearray, lambda value: value.extend(b"x")),
        (lambda: [[1]], lambda value: value[0].append(2)),
        (lambda: {"a": {"b": [1]}}, lambda value: value["a"]["b"].clear()),
        (lambda: Player("Who"), lambda value: setattr(value, "name", "What")),
        (lambda: [Player("Who")], lambda value: value[0].scores.append(3)),
        (lambda: (1, [2]), lambda value: value[1].append(3)),
        (Odd, lambda value: setattr(value, "name", "What")),
        (lambda: [Odd()], lambda value: setattr(value[0], "name", "What")),
    ],
)
def test_a_container_changed_in_place_by_a_handler_is_shown(
    watch: Watch, make: Callable[[], Any], change: Callable[[Any], None]
) -> None:
    def window() -> None:
        state = ui.state(make())
        ui.text(_words(state.value))
        ui.button("Change", on_click=lambda: change(state.value))

    screen = watch(window)
    expected = make()
    change(expected)
    screen.event(screen.find(BUTTON).id, "click")
    screen.paint()
    assert screen.texts() == [_words(expected)]


def _words(value: Any) -> str:
    if isinstance(value, Odd):
        return value.name
    return (
        str([each.name for each in value])
        if value and isinstance(value, list) and isinstance(value[0], Odd)
        else str(value)
    )


def test_a_value_that_nobody_can_look_into_is_shown_when_it_is_set() -> None:
    assert fingerprint(Hidden()) is None
    state, watcher, value = ui.State(Hidden()), Watcher(), Hidden()
    state.watch(watcher)
    state.set(value)
    state.set(value)
    assert watcher.calls == 2


def test_a_list_changed_in_place_by_a_handler_is_shown_in_all_windows(
    sessions: Callable[..., LiveSession],
) -> None:
    names = ui.State(["Who"])

    def window() -> None:
        ui.text(" ".join(names.value))
        ui.button("Change", on_click=names.value.append, args=("What",))

    here, there = screen_of(sessions(window)), screen_of(sessions(window))
    here.event(_first(here, BUTTON).id, "click", None)
    for screen in (here, there):
        assert screen.session.wait_until_settled(20)
        assert _first(screen, "p").props["text"] == "Who What"


def test_a_list_changed_in_place_is_shown_everywhere_even_if_one_part_is_drawn_before_the_handler_ends(
    watch: Watch,
) -> None:
    names, clock = ui.State(["Who"]), ui.State(0)
    may_end = Event()

    @ui.component
    def early() -> None:
        ui.text(f"{clock.value} {' '.join(names.value)}")

    @ui.component
    def late() -> None:
        ui.text(" ".join(names.value))

    def change() -> None:
        names.value.append("What")
        clock.set(1)
        assert may_end.wait(20)

    def window() -> None:
        early()
        late()
        ui.button("Change", on_click=change)

    screen = watch(window)
    screen.event(screen.find(BUTTON).id, "click")
    screen.paint()
    assert screen.texts()[0] == "1 Who What"
    may_end.set()
    while screen.texts()[1] != "Who What":
        screen.paint()


@given(
    st.recursive(
        st.integers() | st.text() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_fingerprint_does_not_change_by_itself(value: object) -> None:
    assert fingerprint(value) == fingerprint(value)


# ── where ui.state finds its value again ──────────────────────────────────────────────────────────


def _first(screen: PlainScreen, tag: str, nth: int = 0) -> Any:
    return [node for _, node in sorted(screen.tree.nodes.items()) if node.tag == tag][nth]


def _counter(words: str = "") -> None:
    """A count of its own, with a button that adds to it."""
    count = ui.state(0)
    ui.button(f"{words}{count.value}", on_click=lambda: count.update(lambda n: n + 1))


def _labels(screen: PlainScreen) -> list[str]:
    def below(node: Any) -> list[Any]:
        return [node, *(inner for child in node.children for inner in below(child))]

    return [node.props["text"] for node in below(screen.tree.root) if node.tag == BUTTON]


def _press(screen: PlainScreen, nth: int) -> None:
    screen.event(_first(screen, BUTTON, nth).id, "click", None)
    assert screen.session.wait_until_settled(20)


def test_states_of_several_calls_and_loops_are_kept_apart(look: Any) -> None:
    def window() -> None:
        _counter("a")
        _counter("b")
        for name in "cd":
            _counter(name)

    screen = look(window)
    for nth, presses in enumerate([1, 2, 3, 4]):
        for _ in range(presses):
            _press(screen, nth)
    assert _labels(screen) == ["a1", "b2", "c3", "d4"]


def test_a_state_behind_an_if_leaves_the_others_in_place_and_begins_anew_when_it_comes_back(
    look: Any,
) -> None:
    is_open = ui.State(True)

    def window() -> None:
        if is_open.value:
            first = ui.state(0)
            ui.button(f"first{first.value}", on_click=lambda: first.update(lambda n: n + 1))
        second = ui.state(0)
        ui.button(f"second{second.value}", on_click=lambda: second.update(lambda n: n + 1))

    screen = look(window)
    _press(screen, 0)
    _press(screen, 1)
    assert _labels(screen) == ["first1", "second1"]
    is_open.set(False)
    assert screen.session.wait_until_settled(20)
    assert _labels(screen) == ["second1"]
    is_open.set(True)
    assert screen.session.wait_until_settled(20)
    assert _labels(screen) == ["first0", "second1"]


def test_a_state_follows_the_key_around_it(look: Any) -> None:
    order = ui.State(["a", "b", "c"])

    def window() -> None:
        for name in order.value:
            with ui.row(key=name):
                _counter(name)

    screen = look(window)
    for nth, presses in enumerate([1, 2, 3]):
        for _ in range(presses):
            _press(screen, nth)
    order.set(["c", "a"])
    assert screen.session.wait_until_settled(20)
    assert _labels(screen) == ["c3", "a1"]
    order.set(["b", "a", "c"])
    assert screen.session.wait_until_settled(20)
    assert _labels(screen) == ["b0", "a1", "c3"]


def test_a_state_follows_the_key_of_its_component(look: Any) -> None:
    order = ui.State(["a", "b"])
    counter = ui.component(_counter)

    def window() -> None:
        for name in order.value:
            counter(name, key=name)

    screen = look(window)
    _press(screen, 0)
    order.set(["b", "a"])
    assert screen.session.wait_until_settled(20)
    assert _labels(screen) == ["b0", "a1"]


def test_states_of_helpers_with_the_same_name_are_kept_apart(look: Any) -> None:
    """Two modules may each have a helper of that name, whose bytes are the same."""
    source = "def counter():\n    return ui.state('{}')\n"
    helpers = []
    for module in ("one", "two"):
        names: dict[str, Any] = {"ui": ui}
        exec(compile(source.format(module), f"{module}.py", "exec"), names)
        helpers.append(names["counter"])
    which = ui.State([0, 1])

    def window() -> None:
        for number in which.value:
            ui.text(helpers[number]().value)

    screen = look(window)
    which.set([1, 0])
    assert screen.session.wait_until_settled(20)
    assert [_first(screen, "p", nth).props["text"] for nth in (0, 1)] == ["two", "one"]


def test_the_first_value_counts_for_the_first_drawing_alone(look: Any) -> None:
    clock = ui.State(0)

    def window() -> None:
        ui.text(ui.state(clock.value).value)
        ui.text(clock.value)

    screen = look(window)
    clock.set(5)
    assert screen.session.wait_until_settled(20)
    assert [_first(screen, "p", nth).props["text"] for nth in (0, 1)] == ["0", "5"]


def test_each_window_has_its_own_state_and_all_share_what_is_made_outside(
    sessions: Callable[..., LiveSession],
) -> None:
    shared = ui.State(0)

    def window() -> None:
        _counter("own")
        ui.button(f"shared{shared.value}", on_click=lambda: shared.update(lambda n: n + 1))

    here, there = screen_of(sessions(window)), screen_of(sessions(window))
    _press(here, 0)
    _press(here, 1)
    assert there.session.wait_until_settled(20)
    assert _labels(here) == ["own1", "shared1"]
    assert _labels(there) == ["own0", "shared1"]


def test_a_state_survives_a_drawing_that_fails(look: Any) -> None:
    is_bad = ui.State(False)

    def window() -> None:
        _counter()
        if is_bad.value:
            ui.state("made in a drawing that fails")
            raise ValueError

    screen = look(window)
    _press(screen, 0)
    is_bad.set(True)
    assert screen.session.wait_until_settled(20)
    is_bad.set(False)
    assert screen.session.wait_until_settled(20)
    _press(screen, 0)
    assert _labels(screen) == ["2"]


def test_nobody_holds_on_to_a_window_that_was_closed(workers: Workers) -> None:
    shared, clock = ui.State("x"), ui.State(0)

    @ui.component
    def part() -> None:
        ui.text(shared.value)

    def window() -> None:
        ui.text(clock.value)
        ui.input("x", bind=shared)
        part()
        ui.button("x", on_click=lambda: clock.set(2))

    session = session_of(window, workers)
    screen = screen_of(session)
    screen.event(_first(screen, BUTTON).id, "click", None)
    shared.set("y")
    assert session.wait_until_settled(20)
    gone = weakref.ref(session)
    session.close()
    assert not shared._watchers
    assert not clock._watchers
    del session, screen
    end = time.monotonic() + 20
    while gone() is not None and time.monotonic() < end:
        time.sleep(0.01)  # the threads that served it let go of it when they come to rest
        gc.collect()
    assert gone() is None
