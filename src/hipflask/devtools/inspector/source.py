"""What the inspector's window asks: of a program that is running, through its door, or of a report that lies there as a file.

    source = …                                   `live.Live(address)` or `report.Report(file)`
    news = source.news(0)                        then `source.news(news.newest)`, ten times a second
    source.sessions()                            questions go to the program that is chosen: the newest, unless one was named

Every method may be called from any thread and waits for an answer for some seconds at most. What cannot be answered, since
the program has ended, say, raises `Unanswered` with a sentence; `news` and `programs` never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from . import records

Standing = Literal["looking", "connected", "gone", "file"]


class Source(Protocol):
    """A program as one can look into it."""

    @property
    def standing(self) -> Standing:
        """ "looking": none has answered yet; "gone": one did, and ended; "file": a report, to which nothing is added."""

    @property
    def sentence(self) -> str:
        """The same for a person: "hello.py (4711) has ended. What it told is kept here." """

    @property
    def title(self) -> str:
        """What is looked into: the program's name, or the report's file."""

    def close(self) -> None:
        """Look no more."""

    # ── what was recorded: kept here, also when the program has ended ─────────────────────────────

    def news(self, since: int) -> records.News:
        """What was heard of after that number; some thousands at a time, so ask again where `newest` has grown."""

    def programs(self) -> Sequence[records.Program]:
        """The processes that are there or were, newest first."""

    def choose(self, process: int | None) -> None:
        """Have questions go to that process; None: to the newest that is there, also after a reload."""

    # ── what is there now ─────────────────────────────────────────────────────────────────────────

    def sessions(self) -> Sequence[records.Session]:
        """The live sessions."""

    def tree(self, session: str) -> records.Node:
        """What a session shows."""

    def states(self, session: str) -> Sequence[records.State]:
        """A session's states, then those that all sessions share."""

    def set_state(self, session: str, state: str, text: str) -> records.State:
        """Give a state another value, written as in Python or JSON and of the same type; Unanswered says what is wrong."""

    def pick(self, session: str) -> records.Picked:
        """Have the person point at an element on that session's screen; waits until that is done, a minute at most."""

    def stop_picking(self, session: str) -> None:
        """Have the screen as it was: `pick` returns."""

    def figures(self) -> Sequence[records.Figure]:
        """All gauges."""

    # ── time travel ───────────────────────────────────────────────────────────────────────────────

    def frames(self, session: str) -> Sequence[records.Frame]:
        """The frames that one can go back to, oldest first."""

    def past(self, session: str, frame: int) -> records.Past:
        """The session as it was after that frame."""

    # ── the data ──────────────────────────────────────────────────────────────────────────────────

    def store(self) -> records.Store:
        """Sizes and locks."""

    def explain(self, record: int) -> records.Plan:
        """How SQLite answers the statement of that record (its `number`), with the parameters that it had."""

    def live_queries(self) -> Sequence[records.LiveQuery]:
        """What drawings follow, and who is drawn again."""

    def changes(self, before: int = 0, limit: int = 100) -> Sequence[records.Change]:
        """The newest entries of the change log; of those before a number, where one is given."""

    def sync(self) -> records.Sync:
        """How the exchange with the hub stands, and what waits."""

    # ── flame graphs ──────────────────────────────────────────────────────────────────────────────

    def profile_program(self, seconds: float) -> int:
        """Look where the whole program's time goes from now on for so long; returns the profile's id at once."""

    def profile_calls(self, kind: Literal["handler", "draw", "task"], name: str, calls: int) -> int:
        """The same for the next calls of one handler, drawing or task, by the name that its spans have."""

    def profiles(self) -> Sequence[records.Profile]:
        """All that were made, newest first, without their trees."""

    def profile(self, id: int) -> records.Profile:
        """One of them, with its trees once it is over."""

    def stop_profile(self, id: int) -> None:
        """End it now; what it has seen is kept."""

    def speedscope(self, id: int) -> str:
        """The same as a file of https://www.speedscope.app: JSON."""
