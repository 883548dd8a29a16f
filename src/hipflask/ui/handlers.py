"""From an event to the app's own code: in worker threads, on the loop, in order where order matters.

Each node has a *lane*: what happens to it is handled in the order in which it happened, one after the other. Lanes run
beside each other, so a slow handler delays nobody else. Two rules bind them together:

* a press waits (for at most 300 ms) for the handlers of what was typed before it, so that Save sees the last letter;
* of inputs that wait in one lane only the newest is kept: a slow search does not run once per letter.

A ValueError that an input's handler raises is a sentence for the person who made it, and is shown at the field.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, TypeVar

from ..core import lines, tracing, uncaught
from ..core.desk import Desk
from ..core.errors import DrawingError
from ..core.ports import Deed, FindPlace, History
from ..core.tracing import Span
from . import telling
from .states import State
from .tree import Handler
from .workers import Workers

T = TypeVar("T")

# After this long a button shows that it is busy and takes no more presses.
BUSY_AFTER = 0.3
# Presses waiting in one lane; more than a person can make in 300 ms comes from something that is not a person.
LONGEST_LANE = 100

NO_VALUE = object()


class Surroundings(Protocol):
    """What a handler needs of the live session that it runs for."""

    name: str
    workers: Workers
    find_place: FindPlace
    window: str
    history: History | None

    @property
    def desk(self) -> Desk:
        """The machine that the window stands on."""

    def enter(self) -> AbstractContextManager[object]:
        """The page's request context, for one unit of work."""

    def call(self, method: str, *args: object, node: int = 0) -> None:
        """Have the screen do something once."""

    def busy_changed(self, node: int) -> None:
        """Show whether a node's handler is still running."""

    def deed(self, job: Job, node: int) -> Deed | None:
        """What a job does, as something that can be undone; None if nothing can."""

    def handled(self) -> None:
        """A handler has ended: notice containers that it changed in place."""

    def event_handled(self, event: Span) -> None:
        """What was told of as having come from the screen has been handled."""

    def handlers_when_drawn(self, node: int, event: str, seconds: float) -> list[Handler]:
        """What an event calls, once all changes are drawn (or so much time has passed); nothing if nobody can press it."""

    def turn(self) -> None:
        """Draw what is dirty, in this thread, if nobody has begun to."""

    def report(self, error: BaseException, what: str) -> None:
        """Log an error and show it in the window."""

    def refuse(self, node: int, sentence: str | None) -> None:
        """Say at a field what is wrong with what was entered there; None if nothing is."""


_session: ContextVar[Surroundings | None] = ContextVar("hipflask.handling", default=None)


def current_session(what: str) -> Surroundings:
    """The live session whose handler or task is running; raises DrawingError, naming `what`, outside of one."""
    session = _session.get()
    if session is None:
        raise DrawingError(
            f"{what} was used where no window is known. Use it in a handler (`on_click=…`) or in a ui.task started by one. "
            "A thread of the program's own belongs to no window: have it set a `ui.State(…)`, which every window can show."
        )
    return session


@dataclass(eq=False)
class Job:
    """One event's handlers, waiting for their turn."""

    name: str
    handlers: list[Handler]
    value: object
    is_input: bool
    has_waited: bool  # for an earlier press of the same button
    after: list[Future[None]]
    done: Future[None] = field(default_factory=Future)
    is_taken: bool = False  # an input's value is where a drawing will read it
    is_refused: bool = False  # a handler would not have the input's value
    error: BaseException | None = None  # what was raised, where the handlers answer for that themselves
    event: Span | None = None  # the same event, as it is told of to those who look inside

    @property
    def answers(self) -> list[Callable[[Any, BaseException | None], None]]:
        """Who is to be told what has become of it, if anybody is."""
        return [handler.answer for handler in self.handlers if handler.answer is not None]


class Lane:
    """What waits to be done for one node."""

    def __init__(self) -> None:
        self.waiting: deque[Job] = deque()
        self.running: Job | None = None
        self.is_busy = False

    @property
    def has_unhandled_input(self) -> bool:
        """Whether something was typed that a drawing cannot know of yet."""
        running = self.running
        is_being_taken = running is not None and running.is_input and not running.is_taken
        return is_being_taken or any(job.is_input for job in self.waiting)


class Lanes:
    """The lanes of one live session."""

    def __init__(self, session: Surroundings, workers: Workers) -> None:
        self._session = session
        self._workers = workers
        self._lanes: dict[int, Lane] = {}
        self._typing: set[Future[None]] = set()
        self._lock = Lock()

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits."""
        with self._lock:
            return not self._lanes

    def busy_nodes(self) -> list[int]:
        """The nodes that show that they are busy."""
        with self._lock:
            return [node for node, lane in self._lanes.items() if lane.is_busy]

    def unhandled(self) -> set[int]:
        """The nodes with an input that has not been handled yet."""
        with self._lock:
            return {node for node, lane in self._lanes.items() if lane.has_unhandled_input}

    def add(
        self,
        node: int,
        name: str,
        handlers: list[Handler],
        value: object,
        *,
        is_input: bool,
        is_last: bool = False,
        event: Span | None = None,
    ) -> bool:
        """Have `handlers` called when their turn comes; returns False if the node takes no more just now.

        What `is_last` waits for all that was done before it, anywhere in the window, as a press waits for what was typed.
        """
        with self._lock:
            lane = self._lanes.setdefault(node, Lane())
            is_press = not is_input and all(handler.answer is None for handler in handlers)
            if is_press and (lane.is_busy or len(lane.waiting) >= LONGEST_LANE):
                if event is not None:
                    event.end(turned_away=True)
                return False
            has_waited = is_press and lane.running is not None
            before = self._all_jobs() if is_last else self._typing
            after = [] if is_input else list(before)
            job = Job(name, handlers, value, is_input, has_waited, after, event=event)
            if is_input:
                self._fold(lane, job)
                self._typing.add(job.done)
                job.done.add_done_callback(self._typing.discard)
            lane.waiting.append(job)
            if lane.running is None:
                self._next(node, lane)
        return True

    def _all_jobs(self) -> set[Future[None]]:
        jobs = [job for lane in self._lanes.values() for job in (lane.running, *lane.waiting)]
        return {job.done for job in jobs if job is not None}

    def _fold(self, lane: Lane, job: Job) -> None:
        if lane.waiting and lane.waiting[-1].is_input and lane.waiting[-1].name == job.name:
            older = lane.waiting.pop()
            job.done = older.done  # a press that waits for the older one waits for what takes its place
            if older.event is not None:
                older.event.end(overtaken=True)

    def _next(self, node: int, lane: Lane) -> None:
        job = lane.running = lane.waiting.popleft()
        if not (job.is_input or job.answers):
            self._workers.later(BUSY_AFTER, lambda: self._show_if_still_running(node, lane, job))
        self._workers.handlers.submit(self._run, node, lane, job)

    def _show_if_still_running(self, node: int, lane: Lane, job: Job) -> None:
        with self._lock:
            if lane.running is not job or lane.is_busy:
                return
            lane.is_busy = True
        self._session.busy_changed(node)

    def _run(self, node: int, lane: Lane, job: Job) -> None:
        if job.after:
            wait(job.after, BUSY_AFTER)
        if job.has_waited:
            # What the press before it did may have taken the button away, or said what it does anew.
            job.handlers = self._session.handlers_when_drawn(node, job.name, BUSY_AFTER)
        deed = self._session.deed(job, node)
        if uncaught.did is not None:
            _remember(job, uncaught.did)
        span = telling.handler(job.handlers, job.event, self._session.name) if tracing.sinks else None
        pending = run(
            self._session, lambda: _call(job), lambda error: self._failed(node, job, error), deed, span
        )
        if pending is None:
            self._finish(node, lane, job)
            self._session.turn()
            return
        task = asyncio.run_coroutine_threadsafe(pending, self._workers.loop)
        task.add_done_callback(lambda _: self._finish(node, lane, job))

    def _failed(self, node: int, job: Job, error: BaseException) -> None:
        if job.answers:
            job.error = error
        elif job.is_input and isinstance(error, ValueError):
            job.is_refused = True
            self._session.refuse(node, str(error) or "This cannot be taken.")
        else:
            self._session.report(error, f"{job.name} of node {node}")

    def _answer(self, node: int, job: Job) -> None:
        for answer in job.answers:
            try:
                answer(job.value, job.error)
            except Exception as error:  # the lane must go on
                self._session.report(error, f"The answer to {job.name} of node {node}")

    def _finish(self, node: int, lane: Lane, job: Job) -> None:
        job.is_taken = True
        if job.is_input and not job.is_refused:
            self._session.refuse(node, None)
        self._answer(node, job)
        self._session.handled()
        if job.event is not None:
            self._session.event_handled(job.event)
        with self._lock:
            lane.running = None
            was_busy = lane.is_busy
            if lane.waiting:
                self._next(node, lane)
            else:
                lane.is_busy = False
                del self._lanes[node]
        if was_busy and not lane.is_busy:
            self._session.busy_changed(node)
        job.done.set_result(None)


def _remember(job: Job, did: Callable[[str, str], None]) -> None:
    for handler in job.handlers:
        did(job.name, lines.name(handler.function))


def _call(job: Job) -> list[Coroutine[Any, Any, object]]:
    """Call a job's handlers; returns the coroutines of those that were async."""
    value = () if job.value is NO_VALUE else (job.value,)
    pending: list[Coroutine[Any, Any, object]] = []
    for handler in job.handlers:
        result = handler.function(*handler.args, *value, **handler.kwargs)
        if inspect.iscoroutine(result):
            pending.append(result)
        elif isinstance(getattr(handler.function, "__self__", None), State):
            # `bind=` comes first, so what follows may take its time and set the field itself. Only a state can be read at once:
            # what is written to a store is there when the unit of work has ended.
            job.is_taken = True
    return pending


def run(
    session: Surroundings,
    work: Callable[[], list[Coroutine[Any, Any, object]]],
    report: Callable[[BaseException], None],
    deed: Deed | None = None,
    span: Span | None = None,
) -> Coroutine[Any, Any, None] | None:
    """Do a piece of work for a session, in this thread, reporting what it raises; returns what is left to be awaited.

    All of it is the one `deed`, if it is any: what takes effect when the unit of work ends, too. So it is with the `span`.
    """
    pending: list[Coroutine[Any, Any, object]] = []
    token = _session.set(session)
    with telling.within(span):
        try:
            with _under_way(deed), session.enter():
                pending = work()
        except BaseException as error:  # whatever it is, the lane must go on
            pending = []
            report(error)
        finally:
            _session.reset(token)
    if pending:
        return _await(session, pending, report, deed, span)
    if span is not None:
        span.end()
    return None


def _under_way(deed: Deed | None) -> AbstractContextManager[object]:
    return nullcontext() if deed is None else deed.under_way()


async def _await(
    session: Surroundings,
    pending: list[Coroutine[Any, Any, object]],
    report: Callable[[BaseException], None],
    deed: Deed | None,
    span: Span | None,
) -> None:
    _session.set(session)  # a task has a context of its own, so there is nothing to put back
    with telling.within(span):
        try:
            with _under_way(deed), session.enter():
                for coroutine in pending:
                    await coroutine
        except BaseException as error:  # whatever it is, the lane must go on
            report(error)
    if span is not None:
        span.end()


class Task:
    """Work that goes on beside a handler; see `start`."""

    def __init__(self) -> None:
        self._future: Future[None] = Future()

    @property
    def is_done(self) -> bool:
        """Whether the work has ended, well or not."""
        return self._future.done()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work has ended; returns False if it has not after so many seconds."""
        return not wait([self._future], seconds).not_done

    def end(self) -> None:
        """Say that the work has ended."""
        self._future.set_result(None)


def start(
    workers: Workers, session: Surroundings, function: Callable[..., object], *args: object, **kwargs: object
) -> Task:
    """Run a function, sync or async, beside whatever is going on, for the same live session."""
    task = Task()
    what = f"task {lines.name(function)}"

    def report(error: BaseException) -> None:
        session.report(error, what)

    def work() -> list[Coroutine[Any, Any, object]]:
        return [result] if inspect.iscoroutine(result := function(*args, **kwargs)) else []

    def end(_: object = None) -> None:
        session.handled()
        task.end()

    def in_thread() -> None:
        if uncaught.did is not None:
            uncaught.did("task", lines.name(function))
        span = telling.task(function, session.name) if tracing.sinks else None
        pending = run(session, work, report, None, span)
        if pending is None:
            end()
        else:
            asyncio.run_coroutine_threadsafe(pending, workers.loop).add_done_callback(end)

    workers.handlers.submit(copy_context().run, in_thread)
    return task
