"""The desk's end of the feed's web socket: connects, listens, notices when nothing comes, and connects again.

One thread does all of it, and between messages gives its `beat` a turn, some thirty times a second. What the feed says goes into the
mirror in that same thread, so nobody needs a lock.
"""

import logging
import random
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Literal

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from .mirror import Gap, Mirror
from .wire import Ask, Batch, Break, FromFeed, encode

Line = Literal["connecting", "live", "silent", "away", "cut"]

BEAT = 1 / 30
SILENT_AFTER = 1.0  # the feed says something fifty times a second
GIVEN_UP_AFTER = 5.0  # the other end may be gone without a word: a cable, a laptop that sleeps
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0

log = logging.getLogger(__name__)


class Silence(Exception):
    """Nothing has come for so long that another connection is more likely to help than patience."""


class Connection:
    """Keeps a mirror in step with a feed until it is told to end."""

    def __init__(
        self,
        mirror: Mirror,
        *,
        heard: Callable[[FromFeed], None] = lambda message: None,
        beat: Callable[[], None] = lambda: None,
        line: Callable[[Line], None] = lambda line: None,
    ) -> None:
        self.url = ""
        self.mirror = mirror
        self._heard, self._beat, self._tell = heard, beat, line
        self._line: Line = "connecting"
        self._ended, self._cut = Event(), Event()
        self._socket: ClientConnection | None = None
        self._is_welcome = False  # whether this connection has brought anything yet
        self._next_beat = 0.0
        self._complained = 0.0
        self._thread = Thread(target=self._run, name="desk-feed", daemon=True)

    def start(self, url: str) -> None:
        """Begin to follow the feed at this address."""
        self.url = url
        self._thread.start()

    def stop(self) -> None:
        """End, and wait until it has."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def cut(self, is_cut: bool) -> None:
        """Pull the plug, or put it back: what the health window's switch does."""
        (self._cut.set if is_cut else self._cut.clear)()

    def ask(self, place: int) -> None:
        """Ask for an instrument's past; it comes like everything else, or is asked for again by who still wants it."""
        self._say(Ask(place))

    def break_feed(self, fault: str) -> None:
        """Ask the feed to misbehave."""
        self._say(Break(fault))

    def _say(self, message: Ask | Break) -> None:
        if self._socket is not None:
            try:
                self._socket.send(encode(message), text=True)
            except (OSError, WebSocketException) as error:
                log.info("The feed could not be asked: %s", error)

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._ended.is_set():
            if self._cut.is_set():
                self._set_line("cut")
                self._pause(BEAT)
                continue
            self._is_welcome = False
            try:
                with connect(
                    self.url, compression=None, open_timeout=3, close_timeout=0.5, ping_interval=None
                ) as socket:
                    self._socket = socket
                    socket.send(encode(self.mirror.hello()), text=True)
                    self._listen(socket)
            except (OSError, WebSocketException, TimeoutError, Gap, Silence) as error:
                log.warning("The feed: %s", error or type(error).__name__)
                self.mirror.counts["lost"] += self._is_welcome
            finally:
                self._socket = None
            if self._is_welcome:
                wait = FIRST_WAIT
            if not self._cut.is_set() and not self._ended.is_set():
                self._set_line("away" if self.mirror.books else "connecting")
                # Not all desks of a floor at the same moment, when a feed comes back.
                self._pause(wait * random.uniform(0.5, 1))
                wait = min(wait * 2, LONGEST_WAIT)

    def _listen(self, socket: ClientConnection) -> None:
        heard_at = time.monotonic()
        while not (self._ended.is_set() or self._cut.is_set()):
            try:
                message = self._take(socket.recv(timeout=BEAT))
            except TimeoutError:
                message = None
            now = time.monotonic()
            if isinstance(message, Batch):
                heard_at, self._is_welcome = now, True
                self._set_line("live")
            elif now - heard_at > GIVEN_UP_AFTER:
                raise Silence(f"nothing has come for {GIVEN_UP_AFTER:.0f} seconds")
            elif now - heard_at > SILENT_AFTER:
                self._set_line("silent")
            if now >= self._next_beat:
                self._beat_safely()

    def _take(self, data: str | bytes) -> FromFeed | None:
        message = self.mirror.take(data)
        if message is not None:
            self._heard(message)
        elif time.monotonic() - self._complained > 1:  # a feed gone mad is not to fill the disk with our log
            self._complained = time.monotonic()
            log.warning(
                "The feed said what makes no sense (%s so far): %s",
                self.mirror.counts["nonsense"],
                self.mirror.complaint,
            )
        return message

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._ended.is_set():
            self._ended.wait(min(left, BEAT))
            self._beat_safely()

    def _beat_safely(self) -> None:
        began = time.monotonic()
        try:
            self._beat()
        except Exception:  # whatever it was, the next beat may do better, and prices must go on
            log.exception("A beat of the desk failed")
        ended = time.monotonic()
        # On a busy computer beats become rarer. They never take more than half of the time, or we would fall behind the feed for good.
        self._next_beat = max(began + BEAT, ended + (ended - began))

    def _set_line(self, line: Line) -> None:
        if line != self._line:
            self._line = line
            self._tell(line)
