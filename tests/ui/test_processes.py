"""`ui.process`: results and streams from other processes, and what becomes of those that fail, hang or die."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask import ui
from hipflask.core.errors import UsageError
from hipflask.ui import processes
from hipflask.ui.processes import ProcessEnded, ProcessFailed
from ui import work
from ui.sessions import SlowScreen


@pytest.fixture(scope="module", autouse=True)
def end_processes() -> Iterator[None]:
    yield
    while processes._idle:
        processes._idle.pop().stop()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_function_runs_in_another_process_and_its_result_comes_back() -> None:
    assert ui.process(work.add, 2, b=3).result() == 5
    assert ui.process(work.pid).result() != os.getpid()


def test_a_process_serves_one_call_after_the_other() -> None:
    assert ui.process(work.pid).result() == ui.process(work.pid).result()


def test_what_a_generator_yields_comes_as_it_is_made() -> None:
    began = time.monotonic()
    first = next(iter(ui.process(work.count, 100, pause=0.2)))
    assert first == 0
    assert time.monotonic() - began < 15
    assert list(ui.process(work.count, 50)) == list(range(50))


def test_the_work_can_be_done_several_times() -> None:
    counting = ui.process(work.count, 3)
    assert list(counting) == list(counting) == [0, 1, 2]


def test_it_can_be_awaited_and_iterated_over_on_the_loop() -> None:
    async def compute() -> tuple[int, list[int]]:
        return await ui.process(work.add, 1), [each async for each in ui.process(work.count, 3)]

    assert asyncio.run(compute()) == (2, [0, 1, 2])


def test_a_stream_that_is_left_early_on_the_loop_does_not_hold_it_up(tmp_path: Path) -> None:
    async def compute() -> float:
        async for _ in ui.process(work.stubborn, str(tmp_path / "mark")):
            break
        longest = 0.0
        for _ in range(50):
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)
        return longest

    assert asyncio.run(compute()) < processes.CALL_OFF_SECONDS


def test_what_the_function_raises_is_raised_here_and_says_where_it_came_from() -> None:
    with pytest.raises(LookupError, match="nobody") as failure:
        ui.process(work.fail, "nobody").result()
    assert "raise LookupError(words)" in failure.value.__notes__[0]
    items = iter(ui.process(work.fail_after, 2))
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(LookupError, match="enough"):
        next(items)


def test_an_error_that_cannot_travel_is_told_in_its_own_words() -> None:
    with pytest.raises(ProcessFailed, match="Awkward: this and that") as failure:
        ui.process(work.fail_awkwardly).result()
    assert "raise Awkward(" in failure.value.__notes__[0]


def test_a_result_that_cannot_travel_is_refused_and_nothing_gets_mixed_up() -> None:
    """What comes after it must not be taken for the answer to the next call."""
    for _ in range(2):
        with pytest.raises(UsageError, match="lock cannot be sent between processes"):
            ui.process(work.unsendable).result()
        items = iter(ui.process(work.unsendable_items))
        assert next(items) == 1
        with pytest.raises(UsageError, match="lock cannot be sent between processes"):
            next(items)
        assert ui.process(work.add, 1).result() == 2
        assert list(ui.process(work.count, 2)) == [0, 1]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [(lambda: 1, ()), (work.add, (lambda: 1,)), (work.add, (open(os.devnull),)), (work.print_nothing_of, (ui.State(1),))],  # noqa: SIM115
    ids=["lambda", "lambda as argument", "open file", "state"],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_with_what_can(function: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError) as refusal:
        ui.process(function, *arguments)
    assert "cannot be sent to another process" in str(refusal.value)
    assert "a function at the top level of a module" in str(refusal.value)


@pytest.mark.parametrize("after", [0, 2])
def test_a_process_that_is_killed_is_an_error_and_the_next_call_has_another(after: int) -> None:
    items = iter(ui.process(work.kill_yourself, after))
    assert [next(items) for _ in range(after)] == list(range(after))
    with pytest.raises(ProcessEnded, match="has ended with code -9; its work is lost"):
        next(items)
    assert ui.process(work.add, 1).result() == 2


def test_a_process_that_exits_is_an_error() -> None:
    with pytest.raises(ProcessEnded, match="code 3"):
        ui.process(work.leave).result()


def test_an_idle_process_that_died_is_replaced() -> None:
    pid = ui.process(work.pid).result()
    os.kill(pid, 9)
    _wait_until(
        lambda: not any(worker.process.is_alive() for worker in processes._idle if worker.process.pid == pid)
    )
    assert ui.process(work.add, 1).result() == 2


def test_a_loop_that_is_left_early_closes_the_generator_and_keeps_the_process(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    pid = ui.process(work.pid).result()
    for number in ui.process(work.forever, str(mark)):
        if number == 3:
            break
    _wait_until(mark.exists)
    for _ in range(20):
        for _ in ui.process(work.count, 10):
            break
        assert ui.process(work.pid).result() == pid
        assert list(ui.process(work.count, 3)) == [0, 1, 2]


def test_a_process_that_does_not_stop_when_its_loop_is_left_is_ended(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    stubborn = iter(ui.process(work.stubborn, str(mark)))
    pid = next(stubborn)
    stubborn.close()
    _wait_until(lambda: not _alive(pid))
    assert ui.process(work.add, 1).result() == 2


def test_a_window_shows_what_a_process_computes_as_it_comes(watch: Callable[..., SlowScreen]) -> None:
    def compute(shown: ui.State[int]) -> None:
        for number in ui.process(work.count, 4, pause=0.02):
            shown.set(number)

    def window() -> None:
        shown = ui.state(-1)
        ui.text(shown.value)
        ui.button("Compute", on_click=compute, args=(shown,))

    screen = watch(window)
    screen.event(screen.find("wa-button").id, "click")
    while screen.texts() != ["3"]:
        screen.paint()


def test_an_error_in_a_process_is_shown_in_the_window(watch: Callable[..., SlowScreen]) -> None:
    screen = watch(
        lambda: ui.button("Compute", on_click=lambda: ui.process(work.fail, "nobody").result()), debug=True
    )
    screen.event(screen.find("wa-button").id, "click")
    patches = screen.paint()
    while patches[-1][0] != "call":
        patches = screen.paint()  # starting a process takes its time, and the button shows it
    [error] = patches[-1][3]
    assert error["message"] == "LookupError: nobody"
    assert "In the process that computed" in error["detail"]
