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
from ....ui import whence
from .. import door
from ..records import Unanswered
from .answers import Answers
from .history import History
from .logs import LogLines
from .profiling import Profiles
from .recorder import Recorder
from .serving import Serving

log = logging.getLogger(__name__)


class Agent:
    """The agent of this process, from `start` until `stop`."""

    def __init__(self, app: flask.Flask, address: door.Address) -> None:
        self.recorder = Recorder()
        self._history = History(app)
        self._logs = LogLines(self.recorder)
        self._profiles = Profiles()
        self._serving = Serving(address, Answers(app, self.recorder, self._history, self._profiles))
        whence.is_asked = True
        tracing.add(self.recorder)
        tracing.add(self._history)
        logging.getLogger().addHandler(self._logs)

    def record_no_more(self) -> None:
        """Be told of nothing any more."""
        logging.getLogger().removeHandler(self._logs)
        tracing.remove(self._history)
        tracing.remove(self.recorder)
        whence.is_asked = False

    def stop(self) -> None:
        """Look no more, and close the door."""
        self.record_no_more()
        self._profiles.close()
        self._serving.stop()


_agent: Agent | None = None


def start(app: flask.Flask, address: str | None = None) -> Agent | None:
    """Have this process answer the inspector at an address (that of the environment, where none is given).

    Where that cannot be, a line of the log says why, and the program goes on.
    """
    global _agent
    if _agent is None:
        try:
            _agent = Agent(app, door.parse_address(address or os.environ.get(door.VARIABLE, "")))
        except (Unanswered, OSError) as error:
            log.warning("The inspector cannot look into this process: %s", error)
    return _agent


def stop() -> None:
    """Have this process answer no more."""
    global _agent
    agent, _agent = _agent, None
    if agent is not None:
        agent.stop()


def _forked() -> None:
    """A fork takes the memory along, and neither the threads nor the door: nobody looks into it."""
    global _agent
    agent, _agent = _agent, None
    if agent is not None:
        agent.record_no_more()


atexit.register(stop)
if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)
