"""What looks into a process from within, while it is asked to: a recorder, a history of frames, and a door at which to ask.

    if os.environ.get("HIPFLASK_INSPECT"):
        from hipflask.devtools.inspector import agent
        agent.start(app)

Nothing of it is imported in a program that nobody looks into.
"""

from __future__ import annotations

import atexit
import logging
import os

import flask

from ....core import tracing
from .. import door
from .answers import Answers
from .history import History
from .logs import LogLines
from .profiling import Profiles
from .recorder import Recorder
from .serving import Serving


class Agent:
    """The agent of this process, from `start` until `stop`."""

    def __init__(self, app: flask.Flask, address: door.Address) -> None:
        self.recorder = Recorder()
        self._history = History(app)
        self._logs = LogLines(self.recorder)
        self._profiles = Profiles()
        self._serving = Serving(address, Answers(app, self.recorder, self._history, self._profiles))
        tracing.add(self.recorder)
        tracing.add(self._history)
        logging.getLogger().addHandler(self._logs)

    def stop(self) -> None:
        """Look no more, and forget everything."""
        logging.getLogger().removeHandler(self._logs)
        tracing.remove(self._history)
        tracing.remove(self.recorder)
        self._profiles.close()
        self._serving.stop()


_agents: dict[int, Agent] = {}  # by process, as a fork takes the memory along and not the threads


def start(app: flask.Flask, address: str | None = None) -> Agent:
    """Have this process answer the inspector at an address (that of the environment, where none is given); once per process."""
    agent = _agents.get(os.getpid())
    if agent is None:
        found = door.parse_address(address or os.environ.get(door.VARIABLE, ""))
        agent = _agents[os.getpid()] = Agent(app, found)
        atexit.register(stop)
    return agent


def stop() -> None:
    """Have this process answer no more."""
    agent = _agents.pop(os.getpid(), None)
    if agent is not None:
        agent.stop()
