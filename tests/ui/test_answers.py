"""Handlers that answer for themselves: what became of each event is said once all is kept, and nothing is turned away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hipflask.ui.element import element
from hipflask.ui.live import LiveSession
from hipflask.ui.tree import Handler, Kind
from ui.sessions import screen_of

GRID = Kind("grid of cells", "hf-grid")
Answer = Callable[[Any, BaseException | None], None]


def one_node(handle: Callable[[Any], object], answer: Answer) -> Callable[[], None]:
    def window() -> None:
        node = element(GRID, {}, {})
        node.handlers["edit"] = [Handler(handle, answer=answer)]
        node.decode = lambda value: value

    return window


def node_of(session: LiveSession) -> int:
    return session.root.children[0].children[0].id


def test_the_answer_comes_when_all_is_kept(sessions: Callable[..., LiveSession]) -> None:
    """What is committed only when the unit of work ends is committed by then."""
    told: list[object] = []

    @contextmanager
    def enter() -> Iterator[None]:
        yield
        told.append("kept")

    window = one_node(lambda value: told.append(value), lambda value, error: told.append((value, error)))
    session = sessions(window, enter=enter)
    screen = screen_of(session)
    screen.event(node_of(session), "edit", 1)
    session.wait_until_settled(3)
    assert told == [1, "kept", (1, None)]


def test_what_the_commit_raises_is_answered_and_not_shown_elsewhere(
    sessions: Callable[..., LiveSession],
) -> None:
    told: list[Any] = []

    @contextmanager
    def enter() -> Iterator[None]:
        yield
        raise OSError("no room")

    session = sessions(one_node(lambda value: None, lambda value, error: told.append(error)), enter=enter)
    screen = screen_of(session)
    screen.event(node_of(session), "edit", 1)
    session.wait_until_settled(3)
    assert [str(error) for error in told] == ["no room"]
    assert [method for _, method, args in screen.calls if args[0]] == []


def test_however_much_waits_nothing_is_turned_away_nor_the_element_busy(
    sessions: Callable[..., LiveSession],
) -> None:
    """150 edits while the first takes half a second: a press would be refused after 300 ms, and the button grey."""
    told: list[int] = []

    def slow(value: int) -> None:
        time.sleep(0.5 if value == 0 else 0)

    session = sessions(one_node(slow, lambda value, error: told.append(value)))
    screen = screen_of(session)
    node = node_of(session)
    screen.event(node, "edit", 0)
    time.sleep(0.4)
    assert "busy" not in screen.tree.nodes[node].props
    for value in range(1, 150):
        screen.event(node, "edit", value)
    session.wait_until_settled(5)
    assert told == [*range(150)]


def test_an_answer_that_fails_is_reported_and_the_next_one_comes(
    sessions: Callable[..., LiveSession],
) -> None:
    told: list[int] = []

    def answer(value: int, error: BaseException | None) -> None:
        told.append(value)
        if value == 1:
            raise RuntimeError("no words")

    session = sessions(one_node(lambda value: None, answer))
    screen = screen_of(session)
    for value in (1, 2):
        screen.event(node_of(session), "edit", value)
    session.wait_until_settled(3)
    assert told == [1, 2]
    assert "error" in [method for _, method, _ in screen.calls]
