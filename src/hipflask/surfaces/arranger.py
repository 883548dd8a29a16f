"""The windows of a program as its person arranges them: which open at its start, and what a workspace brings back.

    arranger = Arranger(keeper, Workspaces(folder / "workspaces.json"), opening_at, restores=True)
    arranger.begin(["/"])               # what was open when the program last ended, or else a window at "/"
    arranger.ask("1", SaveWorkspace("morning"))
    arranger.finish()                   # the last window has closed: those that were left are remembered

It stands before the `Keeper` as the `Desk` of the program's sessions, and passes on what is about single windows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any

from ..core.desk import DeleteWorkspace, OpenWorkspace, Request, SaveWorkspace, SeeWorkspaces, no_workspace
from ..core.errors import WindowError
from .keeper import Keeper, Opening
from .workspace import Diary, Standing, arrange
from .workspaces import LAST, Workspaces

log = logging.getLogger(__name__)

# What a page answers where nothing is (any more).
NOTHING_THERE = (404, 410)


class Arranger:
    """Opens, moves and remembers the windows of one program; a `Desk` for their sessions."""

    def __init__(
        self, keeper: Keeper, workspaces: Workspaces, opening_at: Callable[[str], Opening], *, restores: bool
    ) -> None:
        self._keeper, self._workspaces, self._opening_at = keeper, workspaces, opening_at
        self._restores = restores
        self._diary = Diary()
        self._lock = RLock()  # guards the diary, and what follows
        self._restored: set[str] = set()  # windows whose pages may turn out not to be there
        self._start: Sequence[str] = ()
        keeper.on_standing = self._note

    def begin(self, start: Sequence[str]) -> str:
        """Open the first windows: those that were left the last time, or else those at these paths; returns a window's name."""
        self._start = start
        names = self._restore(self._workspaces.get(LAST) or []) if self._restores else []
        return (names or [self._keeper.open(path) for path in start])[0]

    def ask(self, window: str, request: Request) -> Any:
        """Do what a window's session asks."""
        match request:
            case SaveWorkspace(name):
                self._workspaces.put(name, self._there().values())
            case OpenWorkspace(name, close_others):
                self._open(name, close_others=close_others)
            case DeleteWorkspace(name):
                self._workspaces.delete(name)
            case SeeWorkspaces():
                return self._workspaces.paths()
            case _:
                return self._keeper.ask(window, request)
        return None

    def answered(self, address: str, status: int) -> None:
        """The program has answered a page: a window that was restored to show it is shown, or else there is nothing to restore."""
        for name in self._keeper.unshown(address):
            with self._lock:
                if name not in self._restored:
                    continue
                self._restored.discard(name)
            if status in NOTHING_THERE:
                self._drop(name, address, status)
            elif not self._keeper.is_live(name):
                self._keeper.painted(name)

    def quit_wanted(self) -> None:
        """The person wants to end the program: what is open now is what they leave."""
        with self._lock:
            self._diary.quit_wanted(time.monotonic())

    def finish(self) -> None:
        """The program ends: remember what was left."""
        if self._restores:
            with self._lock:
                left = self._diary.left(time.monotonic())
            if left:
                self._workspaces.put(LAST, left)
        self._workspaces.flush()

    def _open(self, name: str, *, close_others: bool) -> None:
        wanted = self._workspaces.get(name)
        if wanted is None:
            raise WindowError(no_workspace(name, self._workspaces.paths()))
        arrangement = arrange(wanted, self._there())
        for window, standing in arrangement.moves:
            self._keeper.move(window, standing)
        opened = self._restore(arrangement.opens)
        if close_others and (opened or arrangement.moves):
            for window in arrangement.others:
                self._keeper.ask_to_close(window)

    def _restore(self, standings: Sequence[Standing]) -> list[str]:
        return [name for standing in standings if (name := self._restore_one(standing)) is not None]

    def _restore_one(self, standing: Standing) -> str | None:
        path = standing.asked.path
        opening = self._opening_at(path)
        if not opening.is_there:
            log.warning("The window at %s is left out: the program has nothing there any more.", path)
            return None
        with self._lock:  # its page may be answered before we know its name
            name = self._keeper.open_as(standing, opening, is_restored=True)
            self._restored.add(name)
        return name

    def _drop(self, name: str, address: str, status: int) -> None:
        log.warning("The window at %s is left out: the program answers %d.", address, status)
        if self._there().keys() == {name}:  # with the last window the program would end
            for path in self._start:
                self._keeper.open(path)
        with self._lock:
            self._diary.forget(name)
        self._keeper.window(name).close()

    def _there(self) -> dict[str, Standing]:
        with self._lock:
            return self._diary.there

    def _note(self, name: str, standing: Standing | None) -> None:
        with self._lock:
            if standing is None:
                self._diary.closed(name, time.monotonic())
            else:
                self._diary.note(name, standing)
            there = list(self._diary.there.values())
        if (
            self._restores and there
        ):  # the end is remembered by `finish`; until then, should the machine be switched off
            self._workspaces.put(LAST, there)
