"""Which question is answered by whom."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import flask

from ....core import tracing
from .. import questions as q
from ..records import Figure, News, Program
from . import data, telling
from .history import History
from .profiling import Profiles
from .recorder import Recorder
from .sessions import Sessions

MOST_AT_ONCE = 5_000
_PACKAGES = ("hipflask", "flask", "sqlalchemy", "msgspec")


class Answers:
    """What one process knows of itself."""

    def __init__(self, app: flask.Flask, recorder: Recorder, history: History, profiles: Profiles) -> None:
        self._app, self._recorder, self._history, self._profiles = app, recorder, history, profiles
        self._began = time.time()
        self._sessions = Sessions(app, history)
        self._data = data.Data(app, recorder.running)
        self._by_question: dict[type, Callable[[Any], object]] = {
            q.About: lambda _: self._about(),
            q.WhatsNew: lambda asked: self._news(asked.since),
            q.Figures: lambda _: figures(),
            q.Sessions: lambda _: self._sessions.all(),
            q.Tree: lambda asked: self._sessions.tree(asked.session),
            q.States: lambda asked: self._sessions.states(asked.session),
            q.SetState: lambda asked: self._sessions.set_state(asked.session, asked.state, asked.text),
            q.Pick: lambda asked: self._sessions.pick(asked.session),
            q.StopPicking: lambda asked: self._sessions.stop_picking(asked.session),
            q.Frames: lambda asked: history.frames(asked.session),
            q.Past: lambda asked: history.past(asked.session, asked.frame),
            q.Store: lambda _: self._data.store(),
            q.Explain: lambda asked: self._data.explain(recorder.entry(asked.record)),
            q.LiveQueries: lambda _: self._data.live_queries(),
            q.Changes: lambda asked: self._data.changes(asked.before, asked.limit),
            q.Sync: lambda _: self._data.sync(),
            q.ProfileProgram: lambda asked: profiles.of_program(asked.seconds),
            q.ProfileCalls: lambda asked: profiles.of_calls(asked.kind, asked.name, asked.calls),
            q.Profiles: lambda _: profiles.all(),
            q.Profile: lambda asked: profiles.one(asked.id),
            q.StopProfile: lambda asked: profiles.stop(asked.id),
            q.Speedscope: lambda asked: profiles.speedscope(asked.id),
        }

    def __call__(self, asked: q.Asked) -> object:
        """The answer to one question; raises Unanswered."""
        return self._by_question[type(asked)](asked)

    def _about(self) -> Program:
        return Program(
            os.getpid(), self._app.name, self._began, _versions(), os.getcwd(), self._data.has_store, self._data.has_sync
        )  # fmt: skip

    def _news(self, since: int) -> News:
        process = os.getpid()
        found = self._recorder.since(since, MOST_AT_ONCE)
        return News(
            [telling.record(told, process) for told in found],
            found[-1].number if found else self._recorder.newest,
            self._recorder.dropped,
            [telling.running(told, process) for told in self._recorder.running()],
        )


def figures() -> list[Figure]:
    """All gauges; one that raises is left out."""
    found = []
    for name, gauge in list(tracing.gauges.items()):
        try:
            found += [Figure(name, dict(labels), float(value)) for labels, value in gauge()]
        except Exception as error:
            found.append(Figure(name, {"problem": type(error).__name__}, float("nan")))
    return found


def _versions() -> dict[str, str]:
    import sqlite3

    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "system": sys.platform}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
