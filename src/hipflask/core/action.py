"""An action: a plain function, and the ways in which people reach it.

    @app.api("/on/<base>")
    @app.command("on")
    def who_is_on(base: str) -> str: ...

leaves `who_is_on` as it was and one `Action` in the app's `Registry`, holding two `Door`s. Each surface, when it
starts, takes the doors of its own kind and serves them; a decorator does no more than record.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import CoroutineType
from typing import TYPE_CHECKING, Any, TypeVar

from . import outgoing, uncaught
from .errors import LateRegistration, UsageError
from .given import given_classes
from .signature import Plan, plan

if TYPE_CHECKING:  # 5 ms that a command would spend on protocols
    from .ports import History, Sync, UnitOfWork
    from .rows import FindRows, RowSource

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Door:
    """One way to reach an action: the surface that serves it, its name or rule there, and that surface's options."""

    surface: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Action:
    """A decorated function with its signature and documentation, as every surface sees it."""

    function: Callable[..., Any]
    plan: Plan
    doors: list[Door] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.function.__name__

    @cached_property
    def help(self) -> str:
        """The first line of the docstring: what every surface shows as help."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0].strip()

    @cached_property
    def description(self) -> str:
        """The whole docstring, with its indentation taken away."""
        return inspect.getdoc(self.function) or ""

    def call(self, values: Mapping[str, Any]) -> Any:
        """Call the function with bound values, and run it to its end if it is an async one."""
        if uncaught.did is not None:
            uncaught.did("call", self.name)
        result = self.function(**values)
        return _run(result) if type(result) is CoroutineType else result


class Registry:
    """The actions of one app or blueprint, in the order in which their functions were first decorated."""

    def __init__(self) -> None:
        self._actions: dict[Callable[..., Any], Action] = {}
        self._declared: list[object] = []
        self._closed: str | None = None
        self._work: list[UnitOfWork] = []
        self._new_history: Callable[[], History | None] = _none
        self._find_rows: list[FindRows] = []
        self._on_begin: list[Callable[[], None]] = []
        self.has_begun = False
        self._find_sync: Callable[[], Sync | None] = _none
        self._start_sync: Callable[[Any], Sync | None] = _no_sync

    def keep_history(self, new_history: Callable[[], History]) -> None:
        """Have each window keep a history of what its person does: one from there."""
        self._new_history = new_history

    def new_history(self) -> History | None:
        """The history for a window that opens; None if nothing is kept that could be taken back."""
        return self._new_history()

    def exchange_by(self, start_sync: Callable[[Any], Sync | None]) -> None:
        """Have what an open store holds exchanged with others: `start_sync(store)` begins it, and gives None if it is not wanted."""
        self._start_sync = start_sync

    def start_sync(self, store: Any) -> Sync | None:
        """Begin to exchange what an open store holds; None if nobody wants that."""
        return self._start_sync(store)

    def keep_sync(self, find_sync: Callable[[], Sync | None]) -> None:
        """Have windows show the exchange that is found there."""
        self._find_sync = find_sync

    def find_sync(self) -> Sync | None:
        """The exchange with the hub, None if there is none."""
        return self._find_sync()

    def add_rows(self, find_rows: FindRows) -> None:
        """Have tables and charts show what `find_rows` knows."""
        self._find_rows.append(find_rows)

    def find_rows(self, what: object) -> RowSource | None:
        """The rows that are meant, None if nobody knows them."""
        found = (find(what) for find in self._find_rows)
        return next((source for source in found if source is not None), None)

    def add_work(self, work: UnitOfWork) -> None:
        """Have something begin and end with each action call."""
        self._work.append(work)

    def unit_of_work(self) -> AbstractContextManager[None]:
        """What each surface puts around an action call."""
        return self._working() if self._work else outgoing.held_back()

    @contextmanager
    def _working(self) -> Iterator[None]:
        with outgoing.held_back(), ExitStack() as stack:
            for work in self._work:
                stack.enter_context(work.begin())
            yield

    def roll_back(self) -> None:
        """Take back what the present unit of work has done so far."""
        outgoing.drop()
        for work in self._work:
            work.roll_back()

    def add(self, function: Callable[..., Any], door: Door, its_plan: Plan | None = None) -> Action:
        """Record one more door of `function`; raises LateRegistration once a surface has started.

        Without a plan, one is made. Only a function that nothing is bound to comes with one.
        """
        self.refuse_if_closed(f"@app.{door.surface}({door.name!r}) on {function.__qualname__}")
        action = self._actions.get(function)
        if action is None:
            action = self._actions[function] = Action(function, its_plan or plan(function))
        _refuse_ungiven(action, door)
        action.doors.append(door)
        return action

    def include(self, other: Registry, prefix: str = "") -> None:
        """Add all of another registry's doors, as a blueprint is added to an app; rules get `prefix` before them."""
        for action in other._actions.values():
            for door in action.doors:
                name = prefix + door.name if door.name.startswith("/") else door.name
                self.add(action.function, Door(door.surface, name, door.options), action.plan)
        self._declared.extend(other._declared)

    def declare(self, thing: object) -> None:
        """Note what the app needs besides its functions, such as a queue; raises LateRegistration as `add` does."""
        self.refuse_if_closed(f"The declaration of {thing!r}")
        self._declared.append(thing)

    def declared(self, kind: type[T]) -> Iterator[T]:
        """Everything of one kind that was declared, in that order."""
        return (thing for thing in self._declared if isinstance(thing, kind))

    def doors(self, surface: str) -> Iterator[tuple[Action, Door]]:
        """Every (action, door) of one surface."""
        for action in self._actions.values():
            for door in action.doors:
                if door.surface == surface:
                    yield action, door

    def when_begun(self, told: Callable[[], None]) -> None:
        """Have a function called when the app begins to be used by people; it has to return at once."""
        self._on_begin.append(told)

    def begin(self) -> None:
        """Say that the app is going to be used, and not only asked one thing, as by a command; once is enough."""
        if not self.has_begun:
            self.has_begun = True
            for told in self._on_begin:
                told()

    def start(self, surface: str) -> None:
        """Say that `surface` has begun to answer: from now on nothing can be added."""
        self.begin()
        self.close(
            f"the app is already answering ({surface} has started), so some callers would find it and others not. "
            "Decorate functions while the module is imported, before app.run(), `hipflask run` or the first request."
        )

    def close(self, why: str) -> None:
        """From now on nothing can be added; whoever tries is told why, and what to do instead."""
        self._closed = self._closed or why

    def refuse_if_closed(self, attempt: str) -> None:
        """Raise LateRegistration if nothing can be added any more."""
        if self._closed is not None:
            raise LateRegistration(f"{attempt} came too late: {self._closed}")


def _refuse_ungiven(action: Action, door: Door) -> None:
    """Refuse a function that cannot be called without an object that this surface does not have."""
    for parameter in action.plan.given:
        kinds = given_classes(parameter.type)
        if parameter.required and not any(door.surface in kind.surfaces for kind in kinds):
            raise UsageError(
                f"@app.{door.surface}({door.name!r}) on {action.function.__qualname__}(): nothing there could fill its parameter "
                f"{parameter.name!r}, which takes {kinds[0].__name__}. Give it a default, or write a function of its own."
            )


def _none() -> None:
    return None


def _no_sync(_: object) -> None:
    return None


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio  # 20 ms that a program without async functions need not spend

    return asyncio.run(coroutine)
