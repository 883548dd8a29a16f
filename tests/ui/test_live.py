"""A live session and its screen: one frame under way, what is folded meanwhile, finding each other again."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from hipflask import ui
from hipflask.testing.plain import PlainScreen
from hipflask.ui import wire
from hipflask.ui.live import LONGEST_QUEUE, OutOfOrder
from ui.sessions import SlowScreen, drawn
from ui.trees import as_wire

Watch = Callable[..., SlowScreen]


@pytest.fixture
def count() -> ui.State[int]:
    return ui.State(0)


@pytest.fixture
def window(count: ui.State[int]) -> Callable[[], None]:
    """One text that shows `count`, and one button."""

    def window() -> None:
        ui.text(count.value)
        ui.button("More", on_click=lambda: count.update(lambda n: n + 1))

    return window


# ── flow control ──────────────────────────────────────────────────────────────────────────────────


def test_a_second_frame_waits_until_the_first_is_painted(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    assert screen.receive() == ["welcome", 0]
    text = screen.find("p").id
    count.set(1)
    assert screen.receive() == ["frame", 2, 0, [["set", text, {"text": "1"}]]]
    count.set(2)
    count.set(3)
    assert screen.receives_nothing()
    screen.session.ack(2)
    assert screen.receive() == ["frame", 3, 0, [["set", text, {"text": "3"}]]]


def test_a_hundred_thousand_changes_are_a_few_frames_and_the_last_one_is_shown(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    for number in range(1, 100_001):
        count.set(number)
    shown, frames = "", 0
    while shown != "100000":
        frames += 1
        assert screen.received.qsize() <= 2  # the welcome, and one frame: nothing heaps up
        [[_, _, props]] = screen.paint()
        shown = props["text"]
    assert frames <= 3
    assert screen.receives_nothing()


def test_no_value_is_lost_that_is_set_while_a_drawing_runs(watch: Watch, look: Any) -> None:
    """Many rounds of setting two values from two threads while a third one draws; the last ones always arrive."""
    a, b = ui.State(0), ui.State(0)

    @ui.component
    def inner() -> None:
        ui.text(f"b {b.value}")

    def window() -> None:
        ui.text(f"a {a.value}")
        inner()

    screen: PlainScreen = look(window)
    for turn in range(1, 301):
        threads = [Thread(target=_count_up, args=(state, turn)) for state in (a, b)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert screen.session.wait_until_settled(20)
        texts = [node.props["text"] for node in screen.tree.nodes.values() if node.tag == "p"]
        assert sorted(texts) == [f"a {turn * 10}", f"b {turn * 10}"]
    assert screen.failure is None


def _count_up(state: ui.State[int], turn: int) -> None:
    for number in range(turn * 10 - 9, turn * 10 + 1):
        state.set(number)


def test_calls_for_a_screen_that_does_not_answer_are_capped_and_the_newest_kept(
    watch: Watch, window: Any
) -> None:
    screen = watch(window)
    screen.disconnect()
    for number in range(LONGEST_QUEUE + 50):
        screen.session.call("notify", number)
    screen.connect(frame=1)
    assert [args for _, _, _, args in screen.paint()] == [
        [number] for number in range(50, LONGEST_QUEUE + 50)
    ]


def test_calls_keep_their_order_and_come_after_what_was_drawn(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    screen.session.disconnect(screen.send)
    screen.session.call("title", "one")
    count.set(1)
    screen.session.call("title", "two")
    screen.connect()
    assert [patch[0] for patch in screen.paint()] == ["set", "call", "call"]


# ── finding each other again ──────────────────────────────────────────────────────────────────────


def test_a_screen_that_lacks_the_frame_under_way_is_sent_it_again(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    count.set(1)
    assert screen.receive() == ["welcome", 0]
    lost = screen.receive()
    screen.disconnect()
    count.set(2)
    screen.connect(frame=1)
    assert screen.receive() == ["welcome", 0]
    assert screen.receive() == lost
    screen.session.ack(2)
    assert screen.receive() == ["frame", 3, 0, [["set", screen.find("p").id, {"text": "2"}]]]


def test_a_screen_that_has_the_frame_under_way_need_not_acknowledge_it(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    count.set(1)
    screen.receive(), screen.receive()
    screen.disconnect()
    screen.connect(frame=2)
    count.set(2)
    assert screen.receive() == ["welcome", 0]
    assert screen.receive()[:2] == ["frame", 3]


@pytest.mark.parametrize("frame", [0, -1, 1, 3, 99, 2**62], ids=str)
def test_a_screen_that_has_any_other_frame_is_sent_everything(
    watch: Watch, window: Any, count: ui.State[int], frame: int
) -> None:
    screen = watch(window)
    count.set(1)
    screen.paint()  # frame 2 is painted: nothing is under way
    screen.disconnect()
    screen.connect(frame=frame)
    assert screen.receive() == ["welcome", 0]
    kind, number, _, tree = screen.receive()
    assert (kind, number) == ("reset", 3)
    assert tree == drawn(screen.session)


def test_a_screen_that_has_everything_is_sent_nothing(watch: Watch, window: Any) -> None:
    screen = watch(window)
    screen.disconnect()
    screen.connect(frame=1)
    assert screen.receive() == ["welcome", 0]
    assert screen.receives_nothing()


def test_what_changed_without_a_screen_is_shown_to_the_next(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    screen.disconnect()
    for number in range(1000):
        count.set(number)
    screen.connect(frame=1)
    assert screen.paint() == [["set", screen.find("p").id, {"text": "999"}]]


def test_a_screen_that_could_not_apply_a_frame_is_sent_everything_with_what_is_busy(
    watch: Watch, count: ui.State[int]
) -> None:
    may_end = Event()

    def window() -> None:
        ui.text(count.value)
        ui.button("Wait", on_click=lambda: may_end.wait(20))

    screen = watch(window)
    button = screen.find("wa-button").id
    screen.event(button, "click")
    assert screen.paint() == [["set", button, {"busy": True}]]
    count.set(1)
    assert screen.receive()[0] == "frame"
    screen.session.resync("there is no node 5")
    kind, number, seen, _ = reset = screen.receive()
    assert (kind, number, seen) == ("reset", 4, 1)
    screen.apply(reset)
    screen.session.ack(4)
    assert screen.paint() == [["set", button, {"busy": True}]]
    may_end.set()
    assert screen.paint() == [["set", button, {"busy": None}]]
    assert as_wire(screen.tree.root) == drawn(screen.session)


def test_a_reset_is_one_frame_like_any_other(watch: Watch, window: Any, count: ui.State[int]) -> None:
    screen = watch(window)
    assert screen.receive() == ["welcome", 0]
    screen.session.resync("a test")
    assert screen.receive()[:2] == ["reset", 2]
    count.set(1)
    assert screen.receives_nothing()
    screen.session.ack(2)
    assert screen.receive() == ["frame", 3, 0, [["set", screen.find("p").id, {"text": "1"}]]]


def test_an_acknowledgement_of_a_frame_that_was_never_sent_is_refused(watch: Watch, window: Any) -> None:
    screen = watch(window)
    with pytest.raises(OutOfOrder, match="frame 2 was acknowledged, the newest is 1"):
        screen.session.ack(2)


def test_an_old_acknowledgement_lets_no_second_frame_out(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    count.set(1)
    screen.receive(), screen.receive()
    screen.session.ack(1)
    count.set(2)
    assert screen.receives_nothing()


def test_a_closed_session_tells_its_screen_and_whoever_comes_later(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    screen.receive()
    screen.session.close()
    assert screen.receive() == ["gone"]
    count.set(1)
    screen.connect()
    assert screen.receive() == ["gone"]
    assert screen.receives_nothing()


def test_a_closed_session_follows_nothing_any_more(watch: Watch, window: Any, count: ui.State[int]) -> None:
    screen = watch(window)
    assert count._watchers
    screen.session.close()
    assert not count._watchers


def test_a_session_that_is_closed_while_it_draws_follows_nothing_either(watch: Watch) -> None:
    clock, late = ui.State(0), ui.State(0)
    is_drawing, may_go_on = Event(), Event()

    def window() -> None:
        if clock.value:
            is_drawing.set()
            assert may_go_on.wait(20)
            ui.text(late.value)

    screen = watch(window)
    clock.set(1)
    assert is_drawing.wait(20)
    screen.session.close()
    may_go_on.set()
    _wait_until(lambda: not screen.session._turning)
    _wait_until(lambda: not late._watchers and not clock._watchers)


# ── events ────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_that_comes_twice_is_handled_once(watch: Watch, window: Any, count: ui.State[int]) -> None:
    screen = watch(window)
    press = wire.Event(1, screen.find("wa-button").id, "click", None)
    screen.session.event(press)
    screen.session.event(press)
    assert screen.session.wait_for(lambda: screen.session._lanes.idle, 20)
    assert count.value == 1


def test_an_event_with_one_missing_before_it_is_refused(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    screen = watch(window)
    with pytest.raises(OutOfOrder, match="event 2 came after event 0"):
        screen.session.event(wire.Event(2, screen.find("wa-button").id, "click", None))
    assert count.value == 0


@pytest.mark.parametrize("seq", [0, -1, -(2**70)], ids=["0", "-1", "huge"])
def test_an_event_number_below_one_is_nothing_new(
    watch: Watch, window: Any, count: ui.State[int], seq: int
) -> None:
    screen = watch(window)
    screen.session.event(wire.Event(seq, screen.find("wa-button").id, "click", None))
    assert screen.session.wait_for(lambda: screen.session._lanes.idle, 20)
    assert count.value == 0


@pytest.mark.parametrize("name", ["input", "clic", "", "__class__", "keydown:Enter", "click:"])
def test_an_event_that_nobody_listens_to_is_received_and_forgotten(
    watch: Watch, window: Any, count: ui.State[int], name: str
) -> None:
    screen = watch(window)
    screen.event(screen.find("wa-button").id, name)
    screen.event(screen.find("wa-button").id, "click")
    assert screen.paint() == [["set", screen.find("p").id, {"text": "1"}]]


@pytest.mark.parametrize("node", [0, 1, -1, 99, 2**70], ids=["none", "root", "-1", "99", "huge"])
def test_an_event_for_a_node_that_is_not_there_is_received_and_forgotten(
    watch: Watch, window: Any, node: int
) -> None:
    screen = watch(window)
    screen.event(node, "click")
    screen.event(screen.find("wa-button").id, "click")
    assert screen.paint() == [["set", screen.find("p").id, {"text": "1"}]]


def test_an_event_for_an_element_that_is_gone_meanwhile_is_forgotten(watch: Watch) -> None:
    is_there, pressed = ui.State(True), []

    def window() -> None:
        if is_there.value:
            ui.button("Now or never", on_click=pressed.append, args=(1,))

    screen = watch(window)
    button = screen.find("wa-button").id
    is_there.set(False)
    screen.receive(), screen.receive()  # the frame is on its way; the press, too
    screen.event(button, "click")
    assert screen.session.wait_for(lambda: screen.session._lanes.idle, 20)
    assert pressed == []


def test_a_new_element_in_the_place_of_an_old_one_does_not_get_its_events(watch: Watch) -> None:
    which, pressed = ui.State("delete"), []

    def window() -> None:
        ui.button(which.value, on_click=pressed.append, args=(which.value,), key=which.value)

    screen = watch(window)
    keep = screen.find("wa-button").id
    which.set("keep")
    screen.paint()
    screen.event(keep, "click")
    assert screen.session.wait_for(lambda: screen.session._lanes.idle, 20)
    assert pressed == []


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────


def _errors(patches: list[Any]) -> list[Any]:
    return [args[0] for kind, *_, args in patches if kind == "call"]


def test_a_window_function_that_raises_leaves_what_was_there_and_says_so(watch: Watch) -> None:
    number = ui.State(1)

    def window() -> None:
        ui.text("before")
        ui.text(10 // number.value)

    screen = watch(window, debug=True)
    number.set(0)
    [error] = _errors(screen.paint())
    assert error["message"].startswith("ZeroDivisionError")
    assert "10 // number.value" in error["detail"]
    assert screen.texts() == ["before", "10"]
    number.set(5)
    assert screen.paint()[0] == ["set", screen.find("p", 1).id, {"text": "2"}]
    assert _errors(screen.paint() if not screen.received.empty() else [["call", 0, "error", [None]]]) == [
        None
    ]


def test_out_of_debug_an_error_tells_nothing_of_the_program(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="hipflask.tests")

    def fail() -> None:
        raise ValueError("the password is 1234")

    screen = watch(lambda: ui.button("Fail", on_click=fail))
    screen.event(screen.find("wa-button").id, "click")
    [error] = _errors(screen.paint())
    assert error == {
        "title": "Something went wrong",
        "message": "The details are in the program's log.",
        "detail": "",
    }
    assert "the password is 1234" in caplog.text


@pytest.mark.parametrize(
    "failure", [SystemExit, KeyboardInterrupt, GeneratorExit, RecursionError, MemoryError]
)
def test_whatever_a_drawing_raises_the_window_draws_on(watch: Watch, failure: type[BaseException]) -> None:
    """Six times, since there are four threads that draw."""
    number = ui.State(0)

    def window() -> None:
        if number.value % 2:
            raise failure
        ui.text(number.value)

    screen = watch(window)
    for turn in range(1, 13):
        number.set(turn)
        screen.paint()
        while turn % 2 == 0 and screen.texts() != [str(turn)]:
            screen.paint()


def test_an_error_stays_until_all_that_failed_is_drawn_or_gone(watch: Watch) -> None:
    bad = {name: ui.State(False) for name in "ab"}
    other, has_b = ui.State(0), ui.State(True)

    @ui.component
    def part(name: str) -> None:
        if bad[name].value:
            raise ValueError(name)
        ui.text(name)

    @ui.component
    def bystander() -> None:
        ui.text(other.value)

    def window() -> None:
        part("a")
        if has_b.value:
            part("b")
        bystander()

    screen = watch(window)
    for name in "ab":
        bad[name].set(True)
        assert len(_errors(screen.paint())) == 1
    other.set(1)
    assert _errors(screen.paint()) == []
    bad["a"].set(False)
    assert screen.receives_nothing()  # it is drawn as it was before, and the other's error stays
    has_b.set(False)
    assert _errors(screen.paint()) == [None]


def test_a_part_that_failed_when_it_first_came_is_tried_again_when_what_it_read_changes(watch: Watch) -> None:
    is_there, divisor = ui.State(False), ui.State(0)

    @ui.component
    def inner() -> None:
        ui.text(10 // divisor.value)

    @ui.component
    def middle(shown: bool) -> None:
        ui.text("middle")
        if shown:
            inner()

    def window() -> None:
        middle(is_there.value)
        ui.text(f"shown {is_there.value}")

    screen = watch(window)
    is_there.set(True)
    screen.paint()
    assert screen.texts() == ["middle", "shown False"]
    divisor.set(5)
    screen.paint()
    assert screen.texts() == ["middle", "2", "shown True"]


def test_a_part_whose_own_change_was_lost_in_a_failure_further_in_shows_it_afterwards(watch: Watch) -> None:
    a, b, divisor = ui.State(0), ui.State(0), ui.State(1)

    @ui.component
    def inner() -> None:
        ui.text(10 // divisor.value)

    @ui.component
    def middle() -> None:
        ui.text(f"b {b.value}")
        inner()

    def window() -> None:
        ui.text(f"a {a.value}")
        middle()

    screen = watch(window)
    screen.session.disconnect(screen.send)
    for state in (a, b):
        state.set(1)
    divisor.set(0)
    screen.connect()
    screen.paint()
    assert screen.texts() == ["a 0", "b 0", "10"]
    divisor.set(5)
    screen.paint()
    assert screen.texts() == ["a 1", "b 1", "2"]


def test_a_part_that_moved_in_a_drawing_that_failed_is_where_it_was(watch: Watch) -> None:
    is_inside, is_bad = ui.State(False), ui.State(False)

    @ui.component
    def part() -> None:
        ui.text("part")

    def window() -> None:
        if is_inside.value:
            with ui.row():
                part()
        else:
            part()
        if is_bad.value:
            raise ValueError

    screen = watch(window)
    screen.session.disconnect(screen.send)
    is_bad.set(True)
    is_inside.set(True)
    screen.connect()
    screen.paint()
    is_bad.set(False)
    while not screen.session.wait_until_settled(0.1):
        screen.paint()
    assert screen.find("p").parent.parent.tag == "hf-row"
    assert as_wire(screen.tree.root) == drawn(screen.session)


def test_a_request_context_that_fails_is_reported_once_and_not_for_ever(
    watch: Watch, window: Any, count: ui.State[int]
) -> None:
    contexts = 0

    @contextmanager
    def failing() -> Iterator[None]:
        nonlocal contexts
        contexts += 1
        yield
        raise RuntimeError("teardown")

    screen = watch(window, enter=failing, debug=True)
    count.set(1)
    frame = screen.paint()
    assert frame[0] == ["set", screen.find("p").id, {"text": "1"}]
    assert _errors(frame)[0]["message"] == "RuntimeError: teardown"
    assert screen.receives_nothing(0.1)
    assert contexts == 1


def test_a_value_that_no_screen_could_read_is_refused_where_it_is_drawn(watch: Watch) -> None:
    number = ui.State[Any](1)

    def window() -> None:
        ui.slider("Rounds", bind=number)
        ui.text("x", attrs={"data-x": number.value})

    screen = watch(window, debug=True)
    number.set(object())
    errors = _errors(screen.paint())
    assert errors
    assert all("cannot be sent to a screen" in error["message"] for error in errors)
    number.set(7)
    for _ in range(2):
        if screen.tree.nodes[screen.find("p").id].props["attrs"] != {"data-x": 7}:
            screen.paint()
    assert screen.session.wait_for(lambda: not screen.session._dirty, 20)


def test_half_a_surrogate_pair_travels_and_the_rest_of_the_window_with_it(watch: Watch) -> None:
    words = ui.State("whole")
    screen = watch(lambda: ui.text(words.value))
    words.set("half \ud83d")
    screen.paint()
    assert screen.texts() == ["half \ud83d"]


def test_six_hung_handlers_stop_neither_the_window_nor_another_handler(
    watch: Watch, count: ui.State[int]
) -> None:
    may_end = Event()

    def window() -> None:
        ui.text(count.value)
        for number in range(6):
            ui.button(f"Hang {number}", on_click=lambda: may_end.wait(60))
        ui.button("More", on_click=lambda: count.update(lambda n: n + 1))

    screen = watch(window)
    try:
        for nth in range(6):
            screen.event(screen.find("wa-button", nth).id, "click")
        began = time.monotonic()
        screen.event(screen.find("wa-button", 6).id, "click")
        while screen.texts() != ["1"]:
            screen.paint()
        assert time.monotonic() - began < 10
        count.set(7)  # and the window draws what comes from elsewhere
        while screen.texts() != ["7"]:
            screen.paint()
    finally:
        may_end.set()


def test_an_update_that_takes_its_time_keeps_no_window_from_drawing(
    watch: Watch, count: ui.State[int]
) -> None:
    clock, may_end, has_begun = ui.State(0), Event(), Event()

    def slowly(number: int) -> int:
        has_begun.set()
        may_end.wait(20)
        return number + 1

    def window() -> None:
        ui.text(f"{clock.value} {count.value}")
        if clock.value:
            ui.text(ui.State(5).value)

    screen = watch(window)
    thread = Thread(target=count.update, args=(slowly,))
    thread.start()
    assert has_begun.wait(20)
    clock.set(1)
    try:
        screen.paint()
        assert screen.texts() == ["1 0", "5"]
    finally:
        may_end.set()
        thread.join()


def test_messages_are_what_the_wire_says(watch: Watch, window: Any) -> None:
    screen = watch(window)
    page = json.loads(json.dumps(screen.page))
    assert page["tree"][:2] == [1, "hf-root"]
    assert page["frame"] == 1
    assert len(page["session"]) >= 32


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)
