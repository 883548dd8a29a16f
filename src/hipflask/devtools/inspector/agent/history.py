"""Films of all sessions, for looking back; a `tracing.Sink` that hears of frames alone."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from threading import Lock

import flask

from ....core import tracing
from ....surfaces import pages
from ....ui import wire
from ....ui.live import LiveSession
from .. import records
from ..records import Unanswered
from .film import Film, Shot, developed
from .states import States

MOST_BYTES = 48 << 20
MOST_FILMS = 40  # of sessions that have ended, too
# States are looked at after every frame, unless that takes a processor so long that it would be felt.
_SHARE = 0.05
_QUICK_SECONDS = 0.002


class _Camera:
    """What takes one session's film; the session itself is not kept alive."""

    def __init__(self, session: LiveSession | None) -> None:
        self.session: Callable[[], LiveSession | None] = _nobody if session is None else weakref.ref(session)
        self.film = Film()
        self.states: tuple[records.State, ...] = ()
        self.next_look = 0.0


class History:
    """What the sessions of one app have shown."""

    def __init__(self, app: flask.Flask, most_bytes: int = MOST_BYTES) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._cameras: dict[str, _Camera] = {}
        self._lock = Lock()
        self.known_states = States()

    # ── what it is told ───────────────────────────────────────────────────────────────────────────

    def began(self, span: tracing.Span) -> None:
        """A frame is sent; its session's tree stands as it is after it."""
        if span.kind != "frame" or "data" not in span.values:
            return
        number, patches = int(span.facts.get("number", 0)), int(span.facts.get("patches", 0))
        self._take(
            span.session, number, patches, span.values["data"], span.origin, span.began, span.name == "reset"
        )

    def ended(self, span: tracing.Span) -> None:
        """Nothing is to be learnt of that."""

    def noted(self, note: tracing.Note) -> None:
        """A session has drawn its first page."""
        if note.kind == "session opened" and "data" in note.values:
            self._take(note.session, 1, 0, note.values["data"], note.origin, note.at, is_whole=True)

    def _take(
        self, name: str, number: int, patches: int, data: bytes, origin: tracing.Origin | None, at: int, is_whole: bool
    ) -> None:  # fmt: skip
        camera = self._camera(name)
        states, grown = self._look(camera)
        shot = Shot(number, at, patches, data, origin, states, grown)
        with self._lock:
            camera.film.add(shot, lambda: _tree(camera.session(), number), is_whole=is_whole)
            self._make_room()

    def _camera(self, name: str) -> _Camera:
        camera = self._cameras.get(name)
        if camera is None:
            camera = _Camera(self.session(name))
            with self._lock:
                self._cameras[name] = camera
                while len(self._cameras) > MOST_FILMS:
                    self._cameras.pop(self._least_needed())
        return camera

    def _least_needed(self) -> str:
        """The oldest, of those whose sessions have ended where there is one."""
        ended = (name for name, camera in self._cameras.items() if camera.session() is None)
        return next(ended, next(iter(self._cameras)))

    def _make_room(self) -> None:
        while sum(camera.film.bytes for camera in self._cameras.values()) > self._most_bytes:
            largest = max(self._cameras.values(), key=lambda camera: camera.film.bytes)
            if not largest.film.drop_oldest():
                return

    def _look(self, camera: _Camera) -> tuple[tuple[records.State, ...], int]:
        """The states as they are now, and about how many bytes those are that have changed."""
        session = camera.session()
        if session is None or time.monotonic() < camera.next_look:
            return camera.states, 0
        began = time.thread_time()
        try:
            found = self.known_states.of_session(session)
        except Exception:  # of the app's own values: another thread is changing one, say
            return camera.states, 0
        before = {id(state) for state in camera.states}
        grown = sum(200 + len(state.text) for state in found if id(state) not in before)
        camera.states = found
        taken = time.thread_time() - began
        camera.next_look = 0.0 if taken < _QUICK_SECONDS else time.monotonic() + taken / _SHARE
        return found, grown

    # ── what it is asked ──────────────────────────────────────────────────────────────────────────

    def session(self, name: str) -> LiveSession | None:
        """The live session of that name."""
        return next((each for each in pages.host_of(self._app).sessions() if each.name == name), None)

    def frames(self, name: str) -> list[records.Frame]:
        """The frames of a session that one can go back to."""
        with self._lock:
            camera = self._cameras.get(name)
            return [_frame(shot) for shot in camera.film.shots()] if camera is not None else []

    def past(self, name: str, number: int) -> records.Past:
        """A session as it was after a frame; raises Unanswered."""
        with self._lock:
            camera = self._cameras.get(name)
            found = camera.film.up_to(number) if camera is not None else None
        if found is None:
            raise Unanswered(
                f"Frame {number} of {name} is not kept any more. Only so many are: choose a newer one."
            )
        tree, shots = found
        return records.Past(name, _frame(shots[-1]), developed(tree, shots), list(shots[-1].states))


def _nobody() -> None:
    """In the place of a session that had gone before one looked."""


def _frame(shot: Shot) -> records.Frame:
    trace = f"{shot.origin.trace:032x}" if shot.origin else ""
    span = f"{shot.origin.span:016x}" if shot.origin else ""
    return records.Frame(shot.number, shot.at / 1e9, shot.patches, len(shot.data), trace, span)


def _tree(session: LiveSession | None, number: int) -> bytes | None:
    return None if session is None else wire.encode(wire.Reset(number, 0, session.root.wire()))
