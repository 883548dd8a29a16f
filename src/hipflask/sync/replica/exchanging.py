"""The exchange thread: it connects, says and hears what there is, and tries again when the connection has ended.

    _run ─▶ may it?  paused, signed out, or another process is the keeper: look again soon
         ─▶ _connect ─▶ conversing.by_socket, or by posts where sockets do not get through
         ─▶ ends.py: what it ended by becomes a Link (what a person is told) and seconds to wait

It is the only thread that uses the `Replica`. Nobody waits for it: others leave a sign in its mailbox and go on.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from math import inf
from threading import Thread
from typing import Protocol

from ...core.errors import HipflaskError
from ..exchange import ReplicaTalk
from ..messages import Ack, Checkpoint, FromHub, Welcome
from ..parties import Replica, Situation
from .address import Address
from .conversing import WRITTEN, Posts, by_socket
from .ends import End, end_of, may_posts_do
from .mailbox import OVERSLEPT, Mailbox
from .posts import Poster
from .questions import Questions
from .signin import SignIn
from .state import NO_KEEPER, PAUSED, SIGNED_OUT, Link
from .waiting import Backoff, Surroundings

LOOK_SECONDS = 2.0  # how often one looks whether the surroundings have changed
SHOW_SECONDS = 0.2  # how often a person is told how far it is
# Where sockets did not get through, they are tried again after so long.
POSTS_SECONDS = 600.0
# Who has no token is asked for one; it might also be put into the keyring by another program.
TOKEN_SECONDS = 60.0

_WOKEN = "woken"

log = logging.getLogger(__name__)


class OpenReplica(Replica, Protocol):
    """A replica that holds a file, which is let go of in the end."""

    def close(self) -> None:
        """Let go of it."""


class Exchange:
    """The thread, and the signs that others give it."""

    def __init__(
        self,
        address: Address,
        signin: SignIn,
        make_replica: Callable[[], OpenReplica],
        is_keeper: Callable[[], bool],
        tell: Callable[[Link, Situation], None],
        surroundings: Surroundings | None = None,
    ) -> None:
        self._address = address
        self._signin = signin
        self._make_replica = make_replica
        self._is_keeper = is_keeper
        self._tell = tell
        self._surroundings = surroundings or Surroundings()
        self._backoff = Backoff()
        self._mailbox = Mailbox()
        self._posts: Posts | None = None
        self._posts_until = 0.0
        self._replica: OpenReplica | None = None
        self._link = Link()
        self._situation = Situation()
        self._bad_token: str | None = None
        self._heard_at: datetime | None = None
        self._look_at = self._shown_at = 0.0
        self._show_seconds = SHOW_SECONDS
        self._is_shown = True
        self._is_stopping = False
        self._is_paused = False
        self._has_other_token = False
        self._questions = Questions()
        self._thread = Thread(target=self._run, name="hipflask-sync", daemon=True)
        self._after = 0.0

    # ── for other threads ─────────────────────────────────────────────────────────────────────────

    def start(self, after: float = 0.0) -> None:
        """Begin; after some seconds, where a program may not live that long."""
        self._after = after
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """End; what is under way is begun anew some other time."""
        self._is_stopping = True
        self._wake()
        if self._thread.is_alive():
            self._thread.join(patience)

    def written(self) -> None:
        """Something has been written here."""
        self._mailbox.sign(WRITTEN)
        self._break_off()

    def pause(self, is_paused: bool) -> None:
        """Exchange nothing for now, or again."""
        self._is_paused = is_paused
        self._wake()

    def signed_in(self) -> None:
        """There is another token, or none."""
        self._has_other_token, self._bad_token = True, None
        self._backoff.worked()
        self._wake()

    def now(self, timeout: float, upto: int) -> bool:
        """Have everything exchanged at once, from here up to this change of the log, and say whether that was done in time."""
        return self._questions.wait(upto, timeout, self._wake)

    def _wake(self) -> None:
        self._mailbox.sign(_WOKEN)
        self._break_off()

    def _break_off(self) -> None:
        posts = self._posts
        if posts is not None:
            posts.break_off()

    # ── the thread ────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._wait(self._after)
        while not self._is_stopping:
            try:
                self._once()
            except Exception as error:
                end = end_of(error)
                if end.is_unforeseen:
                    log.exception("The exchange with the hub has failed")
                self._ended(end)
        if self._replica is not None:
            self._replica.close()
        self._questions.end()

    def _once(self) -> None:
        """One connection from beginning to end, if there may be one."""
        if not self._is_keeper():
            self._stand_by(Link("connecting", NO_KEEPER))
            return
        if self._replica is None:
            self._replica = self._make_replica()
            self._show(self._link)
        if self._is_paused:
            self._stand_by(Link("paused", PAUSED, self._heard_at))
            return
        self._has_other_token = False
        token = self._signin.token()
        if token is None or token == self._bad_token:
            self._stand_by(Link("signed out", SIGNED_OUT, self._heard_at), TOKEN_SECONDS)
            return
        self._surroundings.changed()
        try:
            self._connect(self._replica, token)
        finally:
            self._replica.lost()
            if self._link.word == "connected":
                self._heard_at = datetime.now(UTC)
                self._link = Link(since=self._heard_at)

    def _connect(self, replica: Replica, token: str) -> None:
        if time.monotonic() < self._posts_until:
            self._by_posts(replica, token)
            return
        try:
            self._by_socket(replica, token)
        except Exception as error:
            if self._link.word == "connected" or not may_posts_do(error):
                raise
            self._by_posts(replica, token)

    def _by_socket(self, replica: Replica, token: str) -> None:
        from .sockets import SocketLine  # 30 ms that a program need not spend until it connects

        line = SocketLine(self._address, token, self._mailbox)
        try:
            self._surroundings.move_towards(line.peer)
            self._questions.heard(0)
            by_socket(replica, line, self._mailbox, self)
        finally:
            line.close()

    def _by_posts(self, replica: Replica, token: str) -> None:
        self._posts = Posts(Poster(self._address, token))
        try:
            self._posts.exchange(replica, self._mailbox, self)
        finally:
            self._posts = None

    def _ended(self, end: End) -> None:
        self._posts_until = 0.0
        if end.is_bad_token:
            self._bad_token = self._signin.token()
        self._show(Link(end.word, end.sentence, self._heard_at))
        self._wait(self._backoff.next() if end.seconds is None else end.seconds)

    def _stand_by(self, link: Link, seconds: float = LOOK_SECONDS) -> None:
        self._show(link)
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        """Let time pass, unless it is worth trying at once."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._is_stopping:
            _, signs = self._mailbox.take(min(left, LOOK_SECONDS))
            if WRITTEN in signs:
                self._show(self._link)
            if _WOKEN in signs or self._has_moved(signs):
                self._backoff.worked()
                return

    def _has_moved(self, signs: Collection[str]) -> bool:
        """Whether the machine has slept, or is in another network."""
        if time.monotonic() < self._look_at:
            return OVERSLEPT in signs
        self._look_at = time.monotonic() + LOOK_SECONDS
        return self._surroundings.changed() or OVERSLEPT in signs

    def _show(self, link: Link) -> None:
        """Tell people, and whoever waits for an exchange."""
        self._link, self._shown_at, self._is_shown = link, time.monotonic(), True
        began = time.monotonic()
        if self._replica is not None:
            try:
                self._situation = self._replica.situation()
            except (HipflaskError, sqlite3.Error) as error:  # locked for long, say: what was known stays
                log.warning("What waits for the hub could not be counted: %s", error)
        # A hundred thousand rows that wait take a while to count.
        self._show_seconds = max(SHOW_SECONDS, 10 * (time.monotonic() - began))
        self._tell(link, self._situation)
        self._questions.pushed(self._situation.upto if self._situation.waiting else inf)

    # ── while it is connected: a Companion ────────────────────────────────────────────────────────

    def patience(self) -> float:
        """How many seconds until there is something to look after."""
        return (
            LOOK_SECONDS
            if self._is_shown
            else max(self._shown_at + self._show_seconds - time.monotonic(), 0.0)
        )

    def question(self) -> int:
        """The newest question whether everything is here."""
        return self._questions.newest

    def is_to_leave(self, signs: Collection[str]) -> bool:
        """Whether the connection is to end: it is not wanted now, or likely to be dead."""
        self._is_shown = self._is_shown and WRITTEN not in signs
        if self._is_time_to_show():
            self._show(self._link)
        is_unwanted = self._is_stopping or self._is_paused or self._has_other_token
        return is_unwanted or self._questions.is_given_up() or self._has_moved(signs)

    def heard(self, message: FromHub, talk: ReplicaTalk) -> None:
        """The hub has said this, and it has been taken."""
        self._questions.heard(talk.answered)
        if isinstance(message, Ack | Checkpoint):
            self._backoff.worked()
        if isinstance(message, Welcome) and self._posts is not None:
            self._posts_until = time.monotonic() + POSTS_SECONDS
        self._link, self._is_shown = (
            Link("connected", is_current=talk.is_current or self._link.is_current),
            False,
        )
        # Over posts the thread waits for news in a call, and shows nothing while it does.
        is_awaited = self._questions.are_open or self._posts is not None
        if (is_awaited and isinstance(message, Ack | Checkpoint)) or self._is_time_to_show():
            self._show(self._link)

    def _is_time_to_show(self) -> bool:
        return not self._is_shown and time.monotonic() >= self._shown_at + self._show_seconds
