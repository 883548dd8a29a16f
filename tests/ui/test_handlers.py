"""Handlers: the order of what happens, what is busy, threads, the loop and what is refused."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

from hipflask import ui
from hipflask.core.errors import DrawingError, UsageError
from hipflask.testing.plain import PlainScreen
from hipflask.ui.handlers import BUSY_AFTER, LONGEST_LANE
from ui.sessions import SlowScreen

Watch = Callable[..., SlowScreen]
BUTTON, FIELD = "wa-button", "wa-input"


def _rest(screen: SlowScreen) -> None:
    assert screen.session.wait_for(lambda: screen.session._lanes.idle, 20)


# ── order ─────────────────────────────────────────────────────────────────────────────────────────


def test_presses_of_one_button_are_handled_in_order_one_after_the_other(watch: Watch) -> None:
    log: list[Any] = []
    presses = iter(range(20))

    def press() -> None:
        number = next(presses)
        log.append(("begin", number))
        time.sleep(0.001)
        log.append(("end", number))

    screen = watch(lambda: ui.button("Press", on_click=press))
    for _ in range(20):
        screen.event(screen.find(BUTTON).id, "click")
    _rest(screen)
    assert log == [(what, number) for number in range(20) for what in ("begin", "end")]


def test_a_press_waits_for_what_was_typed_before_it(watch: Watch) -> None:
    name, saved = ui.State(""), []

    def take(text: str) -> None:
        time.sleep(0.05)
        name.set(text)

    def window() -> None:
        ui.input("Name", on_change=take)
        ui.button("Save", on_click=lambda: saved.append(name.value))

    screen = watch(window)
    screen.event(screen.find(FIELD).id, "input", "Who")
    screen.event(screen.find(BUTTON).id, "click")
    _rest(screen)
    assert saved == ["Who"]


def test_a_press_waits_for_the_newest_input_even_if_that_took_the_place_of_another(watch: Watch) -> None:
    """A letter typed after the press folds into one typed before it: the press must not go ahead of both."""
    name, saved, may_go_on = ui.State(""), [], Event()

    def take(text: str) -> None:
        if text == "W":
            assert may_go_on.wait(20)
        else:
            time.sleep(0.1)
        name.set(text)

    def window() -> None:
        ui.input("Name", on_change=take)
        ui.button("Save", on_click=lambda: saved.append(name.value))

    screen = watch(window)
    field, button = screen.find(FIELD).id, screen.find(BUTTON).id
    screen.event(field, "input", "W")
    screen.event(field, "input", "Wh")
    screen.event(button, "click")
    screen.event(field, "input", "Who")
    may_go_on.set()
    _rest(screen)
    assert saved == ["Who"]


def test_a_press_waits_no_longer_than_a_person_would_notice(watch: Watch) -> None:
    saved, may_end = Event(), Event()

    def window() -> None:
        ui.input("Search", on_change=lambda _: may_end.wait(20))
        ui.button("Save", on_click=saved.set)

    screen = watch(window)
    screen.event(screen.find(FIELD).id, "input", "W")
    began = time.monotonic()
    screen.event(screen.find(BUTTON).id, "click")
    assert saved.wait(20)
    assert time.monotonic() - began >= BUSY_AFTER * 0.9
    may_end.set()


def test_of_inputs_that_wait_only_the_newest_is_handled(watch: Watch) -> None:
    heard: list[str] = []
    has_begun, may_end = Event(), Event()

    def search(text: str) -> None:
        heard.append(text)
        has_begun.set()
        assert may_end.wait(20)

    screen = watch(lambda: ui.input("Search", on_change=search))
    field = screen.find(FIELD).id
    screen.event(field, "input", "a")
    assert has_begun.wait(20)
    for end in range(2, 200):
        screen.event(field, "input", "a" * end)
    may_end.set()
    _rest(screen)
    assert heard == ["a", "a" * 199]


def test_enter_comes_after_the_letters_before_it(watch: Watch) -> None:
    log: list[str] = []

    def window() -> None:
        ui.input("Say", on_change=lambda text: log.append(text), on_enter=lambda text: log.append(f"{text}!"))

    screen = watch(window)
    field = screen.find(FIELD).id
    screen.event(field, "input", "Hi")
    screen.event(field, "keydown:Enter", "Hi")
    screen.event(field, "input", "Ho")
    _rest(screen)
    assert log == ["Hi", "Hi!", "Ho"]


def test_a_slow_handler_delays_no_other(watch: Watch) -> None:
    may_end, done = Event(), Event()

    def window() -> None:
        ui.button("Slow", on_click=lambda: may_end.wait(20))
        ui.button("Quick", on_click=done.set)

    screen = watch(window)
    screen.event(screen.find(BUTTON, 0).id, "click")
    screen.event(screen.find(BUTTON, 1).id, "click")
    assert done.wait(20)
    may_end.set()


# ── busy ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_button_whose_handler_takes_long_is_busy_and_takes_no_more_presses_until_it_has_ended(
    watch: Watch,
) -> None:
    presses, may_end = [], Event()

    def slow() -> None:
        presses.append(1)
        assert may_end.wait(20)

    screen = watch(lambda: ui.button("Slow", on_click=slow))
    button = screen.find(BUTTON).id
    began = time.monotonic()
    screen.event(button, "click")
    assert screen.paint() == [["set", button, {"busy": True}]]
    assert time.monotonic() - began >= BUSY_AFTER * 0.9
    screen.event(button, "click")
    screen.event(button, "click")
    may_end.set()
    assert screen.paint() == [["set", button, {"busy": None}]]
    _rest(screen)
    assert presses == [1]
    screen.event(button, "click")
    _rest(screen)
    assert presses == [1, 1]


def test_a_quick_handler_never_shows_as_busy(watch: Watch) -> None:
    screen = watch(lambda: ui.button("Quick", on_click=lambda: None))
    for _ in range(5):
        screen.event(screen.find(BUTTON).id, "click")
        time.sleep(0.01)
    assert screen.receive() == ["welcome", 0]
    assert screen.receives_nothing(BUSY_AFTER + 0.1)


def test_a_handler_that_ends_just_when_it_would_be_shown_as_busy_does_not_stay_so(watch: Watch) -> None:
    screen = watch(
        lambda: [ui.button(str(n), on_click=time.sleep, args=(BUSY_AFTER + n / 1000,)) for n in range(-8, 8)]
    )
    for nth in range(16):
        screen.event(screen.find(BUTTON, nth).id, "click")
    while not screen.session.wait_until_settled(0.2):
        while not screen.received.empty():
            screen.paint()
    assert screen.session._lanes.idle
    while not screen.received.empty():
        screen.paint()
    assert not [node for node in screen.tree.nodes.values() if node.props.get("busy")]


def test_an_input_is_taken_however_busy_its_field_is(watch: Watch) -> None:
    heard: list[str] = []

    def slow(text: str) -> None:
        heard.append(text)
        time.sleep(BUSY_AFTER + 0.1)

    screen = watch(lambda: ui.input("Search", on_change=slow))
    field = screen.find(FIELD).id
    screen.event(field, "input", "a")
    time.sleep(BUSY_AFTER + 0.02)
    screen.event(field, "input", "ab")
    _rest(screen)
    assert heard == ["a", "ab"]


def test_a_flood_of_presses_is_cut_off(watch: Watch) -> None:
    presses, may_end = [], Event()

    def slow() -> None:
        presses.append(1)
        assert may_end.wait(20)

    screen = watch(lambda: ui.button("Press", on_click=slow))
    for _ in range(10 * LONGEST_LANE):
        screen.event(screen.find(BUTTON).id, "click")
    may_end.set()
    _rest(screen)
    assert len(presses) <= LONGEST_LANE + 1


def test_a_handler_that_floods_the_window_is_folded(look: Any) -> None:
    number, done = ui.State(0), Event()

    def flood() -> None:
        for each in range(20_000):
            number.set(each)
        done.set()

    def window() -> None:
        ui.text(number.value)
        ui.button("Flood", on_click=flood)

    screen: PlainScreen = look(window)
    button, text = (next(n for n in screen.tree.nodes.values() if n.tag == tag) for tag in (BUTTON, "p"))
    screen.event(button.id, "click", None)
    assert done.wait(30)
    assert screen.session.wait_until_settled(20)
    assert text.props["text"] == "19999"


# ── what is called, and how ───────────────────────────────────────────────────────────────────────


def test_arguments_stand_before_the_value_and_spare_the_late_binding_of_loops(watch: Watch) -> None:
    calls: list[Any] = []

    def window() -> None:
        for number in range(3):
            ui.button(
                str(number), on_click=lambda *args, **kwargs: calls.append((args, kwargs)), args=(number,)
            )
        ui.button("named", on_click=lambda *args, **kwargs: calls.append((args, kwargs)), args={"which": 9})
        ui.input("x", on_change=lambda *args: calls.append((args, {})), args=("first",))

    screen = watch(window)
    for nth in range(4):
        screen.event(screen.find(BUTTON, nth).id, "click")
        _rest(screen)
    screen.event(screen.find(FIELD).id, "input", "typed")
    _rest(screen)
    assert calls == [((0,), {}), ((1,), {}), ((2,), {}), ((), {"which": 9}), (("first", "typed"), {})]


def test_a_handler_runs_in_a_worker_thread_and_an_async_one_on_the_loop(watch: Watch) -> None:
    threads: dict[str, str] = {}

    def plain() -> None:
        threads["plain"] = threading.current_thread().name

    async def waiting() -> None:
        await asyncio.sleep(0)
        threads["async"] = threading.current_thread().name

    def window() -> None:
        ui.button("plain", on_click=plain)
        ui.button("async", on_click=waiting)

    screen = watch(window)
    screen.event(screen.find(BUTTON, 0).id, "click")
    screen.event(screen.find(BUTTON, 1).id, "click")
    _rest(screen)
    assert threads["plain"].startswith("hipflask-handler")
    assert threads["async"] == "hipflask-loop"


def test_async_handlers_of_one_button_run_one_after_the_other_and_show_as_busy(watch: Watch) -> None:
    log: list[str] = []

    async def slow() -> None:
        log.append("begin")
        await asyncio.sleep(BUSY_AFTER + 0.1)
        log.append("end")

    screen = watch(lambda: ui.button("Slow", on_click=slow))
    button = screen.find(BUTTON).id
    screen.event(button, "click")
    screen.event(button, "click")
    assert screen.paint() == [["set", button, {"busy": True}]]
    _rest(screen)
    assert log == ["begin", "end", "begin", "end"]
    assert screen.paint() == [["set", button, {"busy": None}]]


@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
@pytest.mark.parametrize("failure", [ValueError, SystemExit, KeyboardInterrupt, asyncio.CancelledError])
def test_whatever_a_handler_raises_is_shown_and_the_button_works_on(
    watch: Watch, failure: type[BaseException], is_async: bool
) -> None:
    presses: list[int] = []

    def plain() -> None:
        presses.append(1)
        raise failure("so it is")

    async def waiting() -> None:
        await asyncio.sleep(0)
        plain()

    screen = watch(lambda: ui.button("Fail", on_click=waiting if is_async else plain), debug=True)
    for turn in (1, 2):
        screen.event(screen.find(BUTTON).id, "click")
        [[_, _, method, [error]]] = screen.paint()
        assert method == "error"
        assert error["message"] == f"{failure.__name__}: so it is"
        assert "raise failure" in error["detail"]
        assert len(presses) == turn
        _rest(screen)


def test_what_a_handler_sets_is_shown_while_it_still_runs(watch: Watch) -> None:
    """A progress bar is an assignment in a loop."""
    done, step = ui.State(0), Event()

    def work() -> None:
        for number in (1, 2, 3):
            done.set(number)
            assert step.wait(20)
            step.clear()

    def window() -> None:
        ui.progress(done.value / 3)
        ui.button("Work", on_click=work)

    screen = watch(window)
    bar = screen.find("wa-progress-bar").id
    screen.event(screen.find(BUTTON).id, "click")
    shown = []
    while len(shown) < 3:
        shown += [patch[2]["value"] for patch in screen.paint() if patch[1] == bar]
        step.set()
    assert shown == [33.33, 66.67, 100.0]


def test_each_call_has_a_context_of_its_own(watch: Watch) -> None:
    entered: list[str] = []

    @contextmanager
    def enter() -> Any:
        entered.append("in")
        yield
        entered.append("out")

    screen = watch(lambda: ui.button("Press", on_click=lambda: entered.append("work")), enter=enter)
    screen.event(screen.find(BUTTON).id, "click")
    _rest(screen)
    assert entered == ["in", "work", "out"]


# ── tasks and notes ───────────────────────────────────────────────────────────────────────────────


def test_a_task_goes_on_beside_its_handler_which_may_wait_for_it(watch: Watch) -> None:
    log: list[str] = []
    number = ui.State(0)
    may_go_on = Event()

    def work(by: int) -> None:
        assert may_go_on.wait(20)
        number.update(lambda n: n + by)
        ui.notify("done")

    def press() -> None:
        task = ui.task(work, by=3)
        log.append(f"done: {task.is_done}")
        may_go_on.set()
        log.append(f"done: {task.wait(20)} {task.is_done}")

    screen = watch(lambda: ui.button("Press", on_click=press))
    screen.event(screen.find(BUTTON).id, "click")
    _rest(screen)
    assert log == ["done: False", "done: True True"]
    assert number.value == 3
    assert screen.paint()[0][2] == "notify"


def test_a_task_may_be_async_and_may_start_others(watch: Watch) -> None:
    log: list[str] = []
    done = Event()

    async def second() -> None:
        await asyncio.sleep(0)
        log.append("second")
        ui.notify("from a task of a task")
        done.set()

    async def first() -> None:
        await asyncio.sleep(0)
        log.append("first")
        ui.task(second)

    screen = watch(lambda: ui.button("Press", on_click=lambda: ui.task(first)))
    screen.event(screen.find(BUTTON).id, "click")
    assert done.wait(20)
    assert log == ["first", "second"]
    assert screen.paint()[0][3][0]["message"] == "from a task of a task"


def test_a_thread_of_the_program_itself_is_told_how_to_reach_a_window(watch: Watch) -> None:
    """It knows no window, though a handler started it; a state it may set."""
    told: list[str] = []
    news = ui.State("")

    def work() -> None:
        try:
            ui.notify("Done.")
        except DrawingError as error:
            told.append(str(error))
        news.set("Done.")

    def press() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(20)

    screen = watch(lambda: (ui.button("Press", on_click=press), ui.text(news))[0])
    screen.event(screen.find(BUTTON).id, "click")
    assert screen.paint()[0][2] == {"text": "Done."}
    assert "in a ui.task started by one" in told[0]
    assert "have it set a `ui.State(…)`" in told[0]


def test_what_a_task_raises_is_shown_in_the_window_that_started_it(watch: Watch) -> None:
    def fail() -> None:
        raise LookupError("nobody")

    screen = watch(lambda: ui.button("Press", on_click=lambda: ui.task(fail)), debug=True)
    screen.event(screen.find(BUTTON).id, "click")
    assert screen.paint()[0][3][0]["message"] == "LookupError: nobody"


def test_a_container_that_a_task_changes_in_place_is_shown(watch: Watch) -> None:
    names = ui.State(["Who"])

    def window() -> None:
        ui.text(" ".join(names.value))
        ui.button("Press", on_click=lambda: ui.task(names.value.append, "What"))

    screen = watch(window)
    screen.event(screen.find(BUTTON).id, "click")
    screen.paint()
    assert screen.texts() == ["Who What"]


def test_a_note_says_what_it_is_told_for_as_long_as_it_is_told(watch: Watch) -> None:
    screen = watch(
        lambda: ui.button("Press", on_click=ui.notify, args={"message": 5, "tone": "danger", "seconds": 2})
    )
    screen.event(screen.find(BUTTON).id, "click")
    note = {"message": "5", "kind": "danger", "seconds": 2.0}
    assert screen.paint() == [["call", 0, "notify", [note]]]


# ── refused ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("attempt", "kind", "sentence"),
    [
        (lambda: ui.notify("Saved."), DrawingError, "Use it in a handler: `on_click=lambda: ui.notify(…)`"),
        (lambda: ui.task(print), DrawingError, "Use it in a handler: `on_click=lambda: ui.task(…)`"),
        (lambda: ui.button("x", on_click=print()), None, ""),  # type: ignore[func-returns-value]
        (lambda: ui.button("x", on_click="print"), UsageError, "take the brackets away: `on_click=do_it`"),  # type: ignore[arg-type]
        (lambda: ui.button("x", on_click=print, args=5), UsageError, "Write `args=(5,)`"),  # type: ignore[arg-type]
        (lambda: ui.button("x", on_click=print, args="ab"), UsageError, "Write `args=('ab',)`"),  # type: ignore[arg-type]
        (lambda: ui.input("x", bind="name"), UsageError, "`bind=name`, not `bind=name.value`"),  # type: ignore[arg-type]
        (lambda: bool(ui.button("x")), DrawingError, "`ui.button(…, on_click=do_it)`"),
        (lambda: bool(ui.checkbox("x")), DrawingError, "as a function instead"),
        (lambda: ui.State(0).set(1), DrawingError, "Set it in a handler"),
        (lambda: ui.State(0).update(int), DrawingError, "Set it in a handler"),
        (lambda: bool(ui.State(0)), DrawingError, "Write `if state.value:`"),
    ],
)  # fmt: skip
def test_what_cannot_work_while_drawing_is_refused_with_the_right_form(
    watch: Watch, attempt: Callable[[], object], kind: type[Exception] | None, sentence: str
) -> None:
    refused: list[Exception] = []

    def window() -> None:
        try:
            attempt()
        except UsageError as error:
            refused.append(error)

    watch(window)
    assert [type(error) for error in refused] == ([kind] if kind else [])
    assert all(sentence in str(error) for error in refused)


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (lambda: ui.text("Saved"), "    if done.value:\n        ui.text('Saved')"),
        (lambda: ui.state(0), "ui.state was used where nothing is being drawn"),
    ],
)
def test_drawing_in_a_handler_is_refused_with_the_right_form(
    watch: Watch, attempt: Callable[[], object], sentence: str
) -> None:
    screen = watch(lambda: ui.button("Save", on_click=attempt), debug=True)
    screen.event(screen.find(BUTTON).id, "click")
    message = screen.paint()[0][3][0]["message"]
    assert message.startswith("DrawingError: ")
    assert sentence in message


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (lambda: ui.notify("x"), "ui.notify was used where no window is known"),
        (lambda: ui.task(print), "ui.task was used where no window is known"),
        (lambda: ui.text("x"), "Elements belong in a window function or a @ui.component"),
    ],
)
def test_what_needs_a_window_is_refused_outside_of_one(attempt: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DrawingError) as refusal:
        attempt()
    assert sentence in str(refusal.value)
