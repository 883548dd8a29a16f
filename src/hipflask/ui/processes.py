"""Heavy computing in processes of its own, so that one busy handler does not slow every window down.

    for odds in ui.process(simulate, hand, rounds=100_000):   # a generator function: values as they come
        chances.set(odds)

    best = ui.process(solve, board).result()                  # a plain function: its result

A thread that computes in Python holds the interpreter for 5 ms at a time, and every click waits for that. The function,
its arguments and what it yields must be picklable: a function at the top level of a module.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import time
import traceback
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from inspect import isgenerator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any, Generic, TypeVar, overload

from ..core.errors import HipflaskError, UsageError

T = TypeVar("T")

ITEM, RESULT, ERROR = "item", "result", "error"

# Sent in the middle of a call: the rest is not wanted. A generator is closed at its next yield, and its process
# serves the next call at once, where a new one would have to start Python and import the program first.
ENOUGH = b""
CALL_OFF_SECONDS = 0.25


class ProcessEnded(HipflaskError):
    """The process that computed went away before it had finished (out of memory, or a crash in native code)."""


class ProcessFailed(HipflaskError):
    """The function that computed raised an error of a class that cannot be sent between processes; the message has its words."""


class Work(Generic[T]):
    """A function that runs in another process: iterate over what it yields, or ask for its `result()`."""

    def __init__(self, call: bytes) -> None:
        self._call = call

    def __iter__(self) -> Generator[T, None, None]:
        worker = _take()
        finished = False
        try:
            worker.begin(self._call)
            while (answer := worker.answer())[0] == ITEM:
                yield answer[1]
            finished = True
            if answer[0] == ERROR:
                raise answer[1]
        finally:
            if finished or worker.call_off():
                _put_back(worker)
            else:
                worker.stop()

    def result(self) -> T:
        """Wait for the function's result; raises what it raised."""
        worker = _take()
        finished = False
        try:
            worker.begin(self._call)
            while (answer := worker.answer())[0] == ITEM:
                pass
            finished = True
        finally:
            _put_back(worker) if finished else worker.stop()
        if answer[0] == ERROR:
            raise answer[1]
        return answer[1]  # type: ignore[no-any-return]

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.to_thread(self.result).__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        iterator = iter(self)
        end = object()
        try:
            while (value := await asyncio.to_thread(next, iterator, end)) is not end:
                yield value  # type: ignore[misc]
        finally:  # left early, it waits for a moment, which the loop must not
            await asyncio.to_thread(iterator.close)


@overload
def process(function: Callable[..., Iterator[T]], *args: object, **kwargs: object) -> Work[T]: ...
@overload
def process(function: Callable[..., T], *args: object, **kwargs: object) -> Work[T]: ...
def process(function: Callable[..., Any], *args: object, **kwargs: object) -> Work[Any]:
    """Run a function in another process; see `Work` for what can be done with what it returns or yields.

    Raises UsageError if the function or an argument cannot be sent there.
    """
    try:
        return Work(pickle.dumps((function, args, kwargs)))
    except Exception as error:  # what is pickled may raise anything
        raise UsageError(
            f"ui.process({getattr(function, '__qualname__', function)}, …) cannot be sent to another process: {error}. "
            "Use a function at the top level of a module, with arguments that pickle takes (no lambdas, no open files)."
        ) from error


class _Worker:
    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # fork would copy locks that our threads hold
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_serve, args=(theirs,), name="hipflask-process", daemon=True
        )
        self.process.start()
        theirs.close()

    def begin(self, call: bytes) -> None:
        try:
            self.pipe.send_bytes(call)
        except OSError as error:
            raise self._ended() from error

    def answer(self) -> tuple[str, Any]:
        try:
            kind, value = pickle.loads(self.pipe.recv_bytes())
        except (EOFError, OSError) as error:
            raise self._ended() from error
        return kind, value

    def _ended(self) -> ProcessEnded:
        self.process.join(1)
        return ProcessEnded(
            f"The process that computed has ended with code {self.process.exitcode}; its work is lost."
        )

    def call_off(self) -> bool:
        """Ask for the end of the call under way; returns False if the process does not come to it soon."""
        end = time.monotonic() + CALL_OFF_SECONDS
        try:
            self.pipe.send_bytes(ENOUGH)
            while self.pipe.poll(max(end - time.monotonic(), 0)):
                if self.answer()[0] != ITEM:
                    return True
        except (OSError, ProcessEnded):
            pass
        return False

    def stop(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join(5)


_idle: list[_Worker] = []
_lock = Lock()


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.process.is_alive():
                return worker
    return _Worker()


def _put_back(worker: _Worker) -> None:
    with _lock:
        if len(_idle) < (os.cpu_count() or 1):
            _idle.append(worker)
            return
    worker.stop()


def _serve(pipe: Connection) -> None:
    """The other process: one call after the other, until the pipe closes."""
    while True:
        try:
            call = pipe.recv_bytes()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        if call == ENOUGH:  # it crossed the last result on its way
            continue
        try:
            function, args, kwargs = pickle.loads(call)
            result = function(*args, **kwargs)
            if isgenerator(result):
                with contextlib.closing(result) as items:
                    for item in items:
                        if pipe.poll():
                            break
                        _send(pipe, ITEM, item)
                result = None
            _send(pipe, RESULT, result)
        except BrokenPipeError:
            return
        except Exception as error:
            _send(pipe, ERROR, _portable(error))


def _send(pipe: Connection, kind: str, value: object) -> None:
    try:
        message = pickle.dumps((kind, value))
    except Exception as error:
        raise UsageError(
            f"{type(value).__name__} cannot be sent between processes: {error}. Return or yield what pickle takes."
        ) from error
    pipe.send_bytes(message)


def _portable(error: Exception) -> Exception:
    """The error with its traceback as a note, since that cannot travel; or one of ours that says it, if it cannot either."""
    trace = "".join(traceback.format_exception(error))
    try:
        error = pickle.loads(pickle.dumps(error))
    except Exception:
        error = ProcessFailed(f"{type(error).__name__}: {error}")
    error.add_note(f"In the process that computed:\n{trace}")
    return error
