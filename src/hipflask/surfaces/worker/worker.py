"""The worker: calls an app's functions for what waits in its queues, fires its schedules and looks into its buckets.

    worker = Worker(app, app.resources())
    worker.start()          threads that end with the process, however that ends: nothing is lost by it
    worker.stop(10)         waits for what is running, then gives back what is not done

One thread looks around, and one more runs for each batch that a function is called with. A function that takes longer than its message is
hidden keeps it, since the worker hides it anew as long as it runs; if the process is killed, the message is seen again after that time.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread
from typing import cast

from flask import Flask

from ...core.action import Registry
from ...core.errors import HipflaskError, UsageError
from . import firing, messages
from .buckets import BucketWatch
from .calls import call
from .embedded import Embedded
from .lanes import Lane, lane_name, lanes_of
from .messages import Message
from .outbox import OutboxWatch

LOOK_SECONDS = 0.25  # how soon it is seen what another process has sent
SETBACK_SECONDS = 1.0
USUAL_THREADS = 8
THREADS = "HIPFLASK_WORKER_THREADS"  # in the app's configuration
MISSED = "HIPFLASK_MISSED_SCHEDULES"

log = logging.getLogger(__name__)

Done = Callable[["Job", int, float], None]  # how many of its messages have failed, and how long it took


@dataclass(eq=False)
class Job:
    """A batch on which a function is at work."""

    lane: Lane
    messages: Sequence[Message]
    hidden_until: float
    began: float = field(default_factory=time.perf_counter)


class Worker:
    """Calls the functions of one app in this process; several may run beside each other, here or elsewhere."""

    def __init__(
        self, app: Flask, embedded: Embedded, *, missed: firing.Missed | None = None, done: Done | None = None
    ) -> None:
        self._app = app
        self._actions: Registry = app.actions  # type: ignore[attr-defined]
        self._embedded = embedded
        self._file = embedded.file
        self._lanes = list(lanes_of(self._actions))
        self._turns = deque(self._lanes)
        self._schedules = [
            firing.Planned(door.name, door.options["expression"], lane_name(door))
            for _, door in self._actions.doors("schedule")
        ]
        self._missed = missed or _missed_of(app)
        self._threads = int(app.config.get(THREADS, USUAL_THREADS))
        self._is_planned = False
        self._outbox = OutboxWatch(app, self._file)
        self._buckets = BucketWatch(embedded, self._actions)
        self._done = done or _say_nothing
        self._changed = Condition()
        self._is_woken = False
        self._running: list[Job] = []
        self._is_stopping = False
        self._threads_at_work: list[Thread] = []
        self._clock_noted = 0.0
        self._said: dict[str, str] = {}

    @property
    def lanes(self) -> Sequence[Lane]:
        """What it works for; an app without any needs no worker."""
        return self._lanes

    def start(self) -> None:
        """Begin to work; where the queues cannot be used, that is logged and tried again until they can."""
        self._embedded.on_sent = self.wake
        self._go_on(self._look_around, self._rest, "hipflask-worker")
        if self._buckets.has_any:  # by itself, since to read a large file takes its time
            self._go_on(self._look_into_buckets, self._rest_from_buckets, "hipflask-buckets")

    def wake(self) -> None:
        """Look around now: something has been sent."""
        self._outbox.look_again()
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def stop(self, seconds: float = 10.0) -> None:
        """Take nothing more, wait for what is running for so long at most, and give back what is not done by then."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        for thread in self._threads_at_work:
            thread.join(seconds)
        self._wait_until_idle(seconds)
        with self._changed:
            left = list(self._running)
        for job in left:
            log.warning("%s is not done after %.0f seconds; its messages go back.", job.lane.name, seconds)
            self._try(partial(self._put_back, job))
        self._file.close()

    def _put_back(self, job: Job) -> None:
        with self._file.writing() as connection:
            messages.put_back(connection, job.messages, time.time())

    def _wait_until_idle(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self._running:
            with self._changed:
                self._changed.wait_for(lambda: not self._running, min(left, LOOK_SECONDS))
            self._try(self._keep_hidden)

    # ── looking around ────────────────────────────────────────────────────────────────────────────

    def _go_on(self, work: Callable[[], None], rest: Callable[[], None], name: str) -> None:
        def run() -> None:
            while not self._is_stopping:
                work()
                rest()

        self._threads_at_work.append(thread := Thread(target=run, name=name, daemon=True))
        thread.start()

    def _look_around(self) -> None:
        for step in (self._note_time, self._keep_hidden, self._outbox.relay, self._fire, self._take):
            self._try(step)

    def _look_into_buckets(self) -> None:
        self._try(self._buckets.look)

    def _try(self, step: Callable[[], None]) -> None:
        """Do one thing; a full disk, or a file that another program holds, may pass, and keeps nothing else from being done."""
        name = getattr(step, "__name__", "")
        try:
            step()
            self._said.pop(name, None)
        except (HipflaskError, OSError) as error:
            if str(error) not in self._said.values():
                log.error("The worker cannot go on as it should, and keeps trying: %s", error)
            self._said[name] = str(error)
        except Exception as error:
            if self._said.get(name) != repr(error):
                log.exception("The worker has met an error of its own, and goes on.")
            self._said[name] = repr(error)

    def _rest(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_woken or self._is_stopping, LOOK_SECONDS)
            self._is_woken = False

    def _rest_from_buckets(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopping, LOOK_SECONDS)

    def _note_time(self) -> None:
        if 0 <= time.time() - self._clock_noted < messages.NOTED_EVERY_SECONDS:
            return
        with self._file.writing(
            outlives_power_cut=False
        ) as connection:  # where no other process can note a later time meanwhile
            self._clock_noted = now = time.time()
            back = messages.note_time(connection, now)
            if back > SETBACK_SECONDS:
                log.warning("The clock was set back by %.0f seconds; what is planned is planned anew.", back)
                firing.plan_anew(connection, self._schedules, now)

    def _keep_hidden(self) -> None:
        """Hide anew what is worked on, before a third of its time is left; also after a sleep, or if the clock was set."""
        now = time.time()
        with self._changed:
            late = [job for job in self._running if job.hidden_until - now < job.lane.hidden_for * 2 / 3]
        for job in late:
            job.hidden_until = now + job.lane.hidden_for
            with self._file.writing(outlives_power_cut=False) as connection:
                messages.hide(connection, job.messages, job.hidden_until)

    def _fire(self) -> None:
        if not self._schedules:
            return
        now = time.time()
        if not self._is_planned:
            with self._file.writing() as connection:
                firing.plan(connection, self._schedules, now)
            self._is_planned = True
        with self._file.reading() as connection:
            soonest = firing.soonest(connection)
        if soonest is not None and soonest <= now:
            with self._file.writing() as connection:
                firing.fire(connection, self._schedules, now, self._missed)

    # ── working ───────────────────────────────────────────────────────────────────────────────────

    def _take(self) -> None:
        now = time.time()
        with self._file.reading() as connection:
            due = messages.is_due(connection, now)
        self._turns.rotate()  # or the first would have every thread that gets free, as long as much waits for it
        for lane in self._turns:
            while lane.queue in due and self._has_room(lane) and _is_ready(lane, *due[lane.queue], now):
                if not (batch := self._receive(lane, now)):
                    break
                count, oldest = due[lane.queue]
                due[lane.queue] = (count - len(batch), oldest)
                self._begin(Job(lane, batch, now + lane.hidden_for))

    def _has_room(self, lane: Lane) -> bool:
        with self._changed:
            busy = Counter(job.lane.queue for job in self._running)
        return not self._is_stopping and busy.total() < self._threads and busy[lane.queue] < lane.at_once

    def _receive(self, lane: Lane, now: float) -> list[Message]:
        with self._file.writing(outlives_power_cut=False) as connection:
            return messages.receive(
                connection,
                lane.queue,
                now,
                most=lane.batch_size,
                hidden_for=lane.hidden_for,
                dead_after=lane.attempts,
            )

    def _begin(self, job: Job) -> None:
        with self._changed:
            self._running.append(job)
        Thread(target=self._run, args=(job,), name=f"hipflask-{job.lane.name}", daemon=True).start()

    def _run(self, job: Job) -> None:
        failed: set[str] = set()
        try:
            failed, error = call(self._app, job.lane, job.messages)
            self._settle(job, failed, error)
        except (HipflaskError, OSError) as problem:
            name = job.lane.name
            log.error("%s is done, and that cannot be noted, so it is called once more: %s", name, problem)
        except Exception:
            log.exception("The worker has met an error of its own, and goes on.")
        finally:
            with self._changed:
                self._running.remove(job)
                self._is_woken = True
                self._changed.notify_all()
        self._done(job, len(failed), time.perf_counter() - job.began)

    def _settle(self, job: Job, failed: set[str], error: BaseException | None) -> None:
        now, reason = time.time(), None if error is None else f"{type(error).__name__}: {error}"
        again = [each for each in job.messages if each.id in failed]
        # Where they keep their order, those after the first that has failed were not tried, or will have to be tried anew.
        tried = again[:1] if messages.is_in_order(job.lane.queue) else again
        with self._file.writing(outlives_power_cut=False) as connection:
            messages.delete(connection, [each for each in job.messages if each.id not in failed])
            messages.put_back(connection, again[len(tried) :], now)
            for each in tried:
                messages.hide(connection, [each], now + job.lane.wait(each.receives), reason)
        for each in tried:
            if job.lane.is_last(each.receives):
                told = "The message %s goes to the dead letters: hipflask queue %s --dead"
                log.error(told, each.id, each.queue)


def _missed_of(app: Flask) -> firing.Missed:
    chosen = app.config.get(MISSED, "once")
    if chosen not in ("once", "skip"):
        raise UsageError(f"app.config[{MISSED!r}]: expected 'once' or 'skip', got {chosen!r}.")
    return cast("firing.Missed", chosen)


def _is_ready(lane: Lane, count: int, oldest: float, now: float) -> bool:
    """Whether a batch is full, or has been waited for long enough."""
    return count > 0 and (count >= lane.batch_size or now - oldest >= lane.window)


def _say_nothing(job: Job, failed: int, seconds: float) -> None:
    """Errors are logged; what goes well needs no line."""
