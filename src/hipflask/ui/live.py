"""A live session: one open window or tab, with its tree, its state and the frame that is under way to it.

No sockets here: a `LiveSession` is given a `send`, is told what arrived, and can be driven by a test as well as by a
browser. Its life:

    session = LiveSession(…);  page = session.first_page("/live")      the Flask view
    session.connect(send, frame=1)                                      the screen said hello
    session.event(Event(1, 7, "click", None))                           → a handler → a state → `soil`
        → one turn on a drawing thread: draw what is dirty, compare, send one Frame
    session.ack(2)                                                      painted; the next turn may begin
"""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from threading import Condition, main_thread
from typing import Any

from ..core import tracing, uncaught
from ..core.desk import Desk, OpenWindow
from ..core.errors import EntryError, StoreError, WindowError
from ..core.ports import Deed, FindPlace, FindSync, History, Notebook, no_sync
from ..core.rows import FindRows
from ..core.tracing import Cause, Span
from . import telling, wire
from .acting import ask_beside
from .canvas import Canvas
from .closing import ON_CLOSE, Closing
from .drawing import Binding, Memory, Part, part_kind
from .handlers import Job, Lanes
from .hearing import Hearing, handlers_of
from .pace import Pace
from .places import as_written
from .questions import Questions
from .refusals import NOTHING, Refusals
from .screen_desk import ScreenDesk
from .states import State
from .streams import Stream
from .telling import Telling
from .tree import Handler, Node
from .turns import TURNS
from .typed import Known
from .wire import Call, Edit, Event, Frame, Gone, Patch, Reset, Set, Welcome
from .workers import Workers

# Calls (notes, focus) that wait for a screen which does not answer; older ones are dropped.
LONGEST_QUEUE = 200

# What a page is given to do what it was asked; where the browser asks the person first, that is part of it.
ANSWER_SECONDS = 60.0

# Crash reports that the person can open by an error's notice; the screen shows no more than a few of those.
MOST_REPORTS = 20

# A screen keeps its events until it hears that they have come; it hears so at the latest after this many.
CONFIRM_EVERY = 50

Send = Callable[[bytes], None]
Enter = Callable[[], AbstractContextManager[object]]


class OutOfOrder(Exception):
    """The screen said something that cannot follow on what it said before."""


class LiveSession:
    """One open window or tab."""

    def __init__(
        self,
        function: Callable[..., None],
        arguments: Mapping[str, object],
        *,
        enter: Enter,
        workers: Workers,
        logger: logging.Logger,
        find_place: FindPlace = as_written,
        find_rows: FindRows = lambda what: None,
        find_sync: FindSync = no_sync,
        notebook: Notebook | None = None,
        desk: Desk | None = None,
        debug: bool = False,
        memory: Memory | None = None,
        history: History | None = None,
    ) -> None:
        self.id = secrets.token_urlsafe(24)
        self._telling = Telling()
        self.name = self._telling.name  # by which it is known to those who look inside
        self.enter = enter
        self.workers = workers
        self.find_place = find_place
        self.find_rows = find_rows
        self.find_sync = find_sync
        self.notebook: Notebook = {} if notebook is None else notebook
        self.window = ""  # which of the program's own windows shows it; none if it is a page in a browser
        self.history = history  # what its person has done and can take back
        self._own_desk = desk
        self._screen_desk = ScreenDesk(self)
        self._questions = Questions()
        self.touched = time.monotonic()
        self.painted = False
        self.pace = Pace()
        self.on_painted: Callable[[], None] | None = None
        self.on_inspect: Callable[[], None] | None = None  # in debug: its person wants to look inside
        self._arguments = arguments
        self._reports: deque[str] = deque(maxlen=MOST_REPORTS)  # the addresses of those that it was told of
        self._logger = logger
        self.debug = debug
        part = Part(self, part_kind(function), function, 0)
        part.memory = memory
        self._canvas = Canvas(part, self.report, lambda: self.call("error", None))
        self._lanes = Lanes(self, workers)
        self._hearing = Hearing(self, self._canvas, self._lanes, self._telling, logger)
        self._containers: dict[State[Any], None] = {}
        # Fields that were drawn without knowing what had been typed.
        self._overtaken: dict[int, Part | Binding] = {}

        self._changed = Condition()  # guards all below; notified when a frame is done with
        self._dirty: list[Part | Binding | Stream] = []
        self._queue: list[Call] = []
        self._busy_changed: set[int] = set()
        self._refusals = Refusals()
        self._number = 0
        self._under_way: Frame | Reset | None = None
        self._turn_waits = False  # somebody is to take a turn, and nobody has begun
        self._turning = False
        self._wants_reset = False
        self._send: Send | None = None
        self._seen = 0
        self._confirmed = 0
        self._alive = True

    # ── the first page ────────────────────────────────────────────────────────────────────────────

    def first_page(self, socket: str, theme: Mapping[str, str], scheme: str) -> wire.Page:
        """Draw everything for the first time; what the window function raises, this raises."""
        if tracing.sinks:
            with telling.drawing(self.part.function, self._why_first(), self.name):
                self._canvas.draw_first(self._arguments)
        else:
            self._canvas.draw_first(self._arguments)
        self._number = 1
        tree = self._canvas.root.wire()
        if tracing.sinks:
            telling.opened(self.part.function, self.name, tree)
        return wire.Page(self.id, 1, tree, socket, dict(theme), scheme, self.debug)

    def _why_first(self) -> tuple[Cause, ...]:
        return (Cause("reload", self.part.kind.name),) if self.part.memory is not None else ()

    # ── what the screen says ──────────────────────────────────────────────────────────────────────

    def connect(self, send: Send, frame: int, window: str = "") -> None:
        """A screen that has applied everything up to `frame` is there; `send` carries bytes to it, from any thread."""
        with self._changed:
            self.touched = time.monotonic()
            self.window = window
            if not self._alive:
                send(wire.encode(Gone()))
                return
            self._send = send
            send(wire.encode(Welcome(self._seen)))
            self._confirmed = self._seen
            under_way = self._under_way
            if under_way is not None and frame == under_way.number - 1:
                send(wire.encode(under_way))
            else:
                self._under_way = None
                self._wants_reset = frame != self._number
            self._schedule()
        self._note_painted()

    def disconnect(self, send: Send) -> None:
        """That screen is gone; another may come and go on."""
        with self._changed:
            if self._send == send:  # not `is`: a method is another object each time that it is named
                self._send = None
                self.touched = time.monotonic()

    def ack(self, number: int) -> None:
        """A frame is painted; raises OutOfOrder if it was never sent."""
        with self._changed:
            if number > self._number:
                raise OutOfOrder(f"frame {number} was acknowledged, the newest is {self._number}")
            if self._under_way is not None and self._under_way.number == number:
                self._under_way = None
                self.pace.painted()
                self._schedule()
                if self._telling.is_pending:
                    self._telling.painted(is_more=self._turn_waits)
                self._changed.notify_all()

    def resync(self, reason: str) -> None:
        """The screen could not apply a frame: send everything."""
        self._logger.warning("A window asks for everything anew: %s", reason[:500])
        with self._changed:
            if isinstance(self._under_way, Reset):  # it is on its way
                return
            self._under_way = None
            self._wants_reset = True
            self._schedule()

    def event(self, event: Event) -> None:
        """Something happened to a node: have its handlers called. Raises OutOfOrder when an event is missing before it."""
        with self._canvas.lock:
            if event.seq <= self._seen:  # sent again after a lost connection
                return
            if event.seq != self._seen + 1:
                raise OutOfOrder(f"event {event.seq} came after event {self._seen}")
            self._seen = event.seq
            if event.node:
                self._hearing.hear(event)
            else:
                self._happened_to_window(event)
        if self._owes_confirmation():
            with self._changed:
                self._schedule()

    def _happened_to_window(self, event: Event) -> None:
        if event.name == "answer":
            self._questions.answered(event.value)
        elif event.name == "inspect" and self.debug and self.on_inspect is not None:
            self.on_inspect()
        elif event.name == "report" and event.value in self._reports:
            window = OpenWindow(str(event.value))
            self.workers.handlers.submit(ask_beside, self, "Opening a crash report", window)
        elif event.name in TURNS and self.history is not None:
            self._hearing.hear_turn(event.name)

    def deed(self, job: Job, node: int) -> Deed | None:
        """What a job does, as something that can be undone; letters typed into one field belong together."""
        if self.history is None or node == 0:
            return None
        found = self.node(node)
        name = "" if found is None else found.label_in(found.props)
        return self.history.deed(name, (self.id, node) if job.is_input and job.name == "input" else None)

    def give(self, node_id: int, name: str, value: object) -> bool:
        """Have something handled that came by another way than the socket; returns False if nobody takes it just now."""
        return self._alive and self._hearing.give(node_id, name, value)

    # ── what the app says ─────────────────────────────────────────────────────────────────────────

    def soil(self, dirty: Part | Binding | Stream) -> None:
        """Have it drawn (or read) again with the next frame; from any thread."""
        with self._changed:
            self._dirty.append(dirty)
            self._schedule()

    def keep_an_eye_on(self, state: State[Any]) -> None:
        """After each handler, look whether this container was changed in place."""
        self._containers[state] = None

    def handled(self) -> None:
        """A handler has ended: notice containers that it changed in place, and draw what did not know what it was told."""
        for state in list(self._containers):
            if not state.notice_changes_in_place():
                self._containers.pop(state, None)
        self._catch_up()

    def event_handled(self, event: Span) -> None:
        """What was told of as having come from the screen has been handled."""
        with self._changed:
            self._telling.handled(event, is_shown=self._is_shown())

    def _catch_up(self) -> None:
        """Have fields drawn again whose last drawing did not know what had been typed, once that has been handled."""
        for node in list(self._overtaken.keys() - self._lanes.unhandled()):
            if (drawn := self._overtaken.pop(node, None)) is not None:
                drawn.changed()

    def call(self, method: str, *args: object, node: int = 0) -> None:
        """Have the screen do something once."""
        with self._changed:
            if tracing.sinks and (span := tracing.current()) is not None:
                self._telling.because(Cause("call", method, span.origin))
            self._queue.append(Call(node, method, list(args)))
            if len(self._queue) > LONGEST_QUEUE:
                self._queue.pop(0)
            self._schedule()

    def ask_screen(self, what: str, *args: object) -> Any:
        """Have the page itself do something, and wait for what it answers; raises TimeoutError if that takes too long."""
        number, answer = self._questions.ask()
        try:
            self.call("ask", number, what, *args)
            return answer.result(ANSWER_SECONDS)
        finally:
            self._questions.forget(number)

    def ask_to_close(self, closing: Closing) -> None:
        """Have all `ui.on_close` handlers asked."""
        for node in [node for node in self._canvas.nodes.values() if node.kind is ON_CLOSE]:
            closing.ask()
            if not self.give(node.id, "close", closing):
                closing.agree()

    def busy_changed(self, node: int) -> None:
        """Show whether a node's handler is still running; the window itself has nothing to show it at."""
        if node == 0:
            return
        with self._changed:
            self._busy_changed.add(node)
            self._schedule()

    def refuse(self, node: int, sentence: str | None) -> None:
        """Say at a field what is wrong with what was entered there; None if nothing is."""
        held = NOTHING if sentence is None else self._canvas.bound_value(node)
        with self._changed:
            self._refusals.keep_only(self._is_there)
            if self._refusals.put(node, sentence, held):
                self._schedule()

    def report(self, error: BaseException, what: str) -> None:
        """Log an error and show it in the window, in debug with its traceback."""
        if not (self._alive and main_thread().is_alive()):
            # Nobody is there to be told; a process that computed for a closed window has been ended, say.
            self._logger.debug("%s raised %r after its window had closed", what, error)
            return
        if tracing.sinks:
            telling.error(error, what, self.name)
        self._logger.error("%s raised %s", what, type(error).__name__, exc_info=error)
        detail = "".join(traceback.format_exception(error)) if self.debug else ""
        message = f"{type(error).__name__}: {error}" if self.debug else _for_a_person(error)
        self.tell_of_error("Something went wrong", message, detail, uncaught.tell(what, error))

    def tell_of_error(self, title: str, message: str, detail: str = "", report: str = "") -> None:
        """Show that something went wrong, until it is dismissed; `report` is the address at which all of it can be read."""
        if report:
            self._reports.append(report)
        notice = {"title": title, "message": message, "detail": detail}
        self.call("error", notice | ({"report": report} if report else {}))

    def close(self) -> None:
        """Forget everything: nothing is drawn any more, and a screen that comes back is told so."""
        with self._changed:
            was_alive, self._alive = self._alive, False
            send, self._send = self._send, None
            self._dirty.clear()
            self._queue.clear()
            self._telling.close()
        if tracing.sinks and was_alive:
            telling.closed(self.part.function, self.name)
        self._canvas.part.end()
        if send is not None:
            send(wire.encode(Gone()))

    # ── what others want to know ──────────────────────────────────────────────────────────────────

    @property
    def desk(self) -> Desk:
        """The machine that the window stands on; of a page in a browser, the page itself."""
        return self._own_desk if self._own_desk is not None and self.window else self._screen_desk

    @property
    def connected(self) -> bool:
        """Whether a screen is there."""
        return self._send is not None

    def node(self, node_id: int) -> Node | None:
        """The node of that id, if it is still there."""
        return self._canvas.nodes.get(node_id)

    @property
    def root(self) -> Node:
        """The tree as it was last drawn."""
        return self._canvas.root

    @property
    def part(self) -> Part:
        """The window function's part, with all others below it."""
        return self._canvas.part

    @property
    def is_handling(self) -> bool:
        """Whether a handler runs or waits."""
        return not self._lanes.idle

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition on what the screen has painted holds; returns False if it takes longer."""
        end = time.monotonic() + seconds
        with self._changed:
            while not condition():
                if (left := end - time.monotonic()) <= 0:
                    return False
                self._changed.wait(min(left, 0.01))
        return True

    def wait_until_settled(self, seconds: float) -> bool:
        """Wait until no handler runs and the screen has painted everything; returns False if it takes longer."""
        return self.wait_for(self._is_settled, seconds)

    def _is_settled(self) -> bool:
        return self._is_shown() and self._lanes.idle

    def _is_shown(self) -> bool:
        """Whether the screen has painted all that there is to be shown."""
        is_drawing = self._turning or self._turn_waits or self._dirty
        return self._under_way is None and not (is_drawing or self._queue or self._marks_changed)

    @property
    def _marks_changed(self) -> bool:
        """Whether what the session itself shows at some element is out of date."""
        return bool(self._busy_changed or self._refusals.changed)

    # ── turns: from what is dirty to one frame ────────────────────────────────────────────────────

    def _schedule(self) -> None:
        """Begin a turn if there is a reason to and nothing stands against it; the lock is held."""
        is_taken = self._turn_waits or self._turning or self._under_way is not None
        is_free = self._send is not None and self._alive and not is_taken
        is_due = self._wants_reset or self._owes_confirmation()
        if is_free and (is_due or self._dirty or self._queue or self._marks_changed):
            self._turn_waits = True
            self.workers.drawings.submit(self.turn)

    def handlers_when_drawn(self, node: int, event: str, seconds: float) -> list[Handler]:
        """What an event calls, once all changes are drawn (or so much time has passed); nothing if nobody can press it."""
        if node == 0:  # Ctrl+Z: the window itself is always there
            return [Handler(TURNS[event])]
        self.wait_for(lambda: not (self._turning or self._turn_waits or self._dirty), seconds)
        return handlers_of(self.node(node), event)

    def turn(self) -> None:
        """Take the turn that waits, if it still does.

        A drawing thread is always asked to. A handler thread that has just ended is often quicker: it is running already,
        while the other has to be woken and to wait for the interpreter.
        """
        with self._changed:
            if not self._turn_waits:
                return
            self._turn_waits, self._turning = False, True
            dirty, self._dirty = self._dirty, []
            if tracing.sinks:
                self._telling.turn_begins()
        patches = self._bring_up_to_date(sorted(dirty, key=_outer_first)) if dirty else []
        self._catch_up()
        with self._changed:
            self._turning = False
            message = self._next_message(patches) if self._alive else None
            if message is not None:
                self._post(message)
            else:
                self._schedule()
                if self._telling.is_pending and not self._turn_waits:
                    self._telling.at_rest()
            self._changed.notify_all()
        if not self._alive:  # closed meanwhile: what this turn began to follow must not hold the session
            self._canvas.part.end()

    def _bring_up_to_date(self, dirty: list[Part | Binding | Stream]) -> list[Patch]:
        patches: list[Patch] = []
        try:
            with self.enter():
                bring = self._bring_one_and_tell if tracing.sinks else self._bring_one_up_to_date
                while dirty:
                    patches += bring(dirty.pop(0))
        except BaseException as error:  # the app's own: it is called when a request context comes and goes
            self.report(error, "The request context of a window")
            for item in dirty:
                item.dirty = False  # tried again when it changes again, not at once and for ever
        return patches

    def _bring_one_and_tell(self, item: Part | Binding | Stream) -> list[Patch]:
        if not item.dirty:  # an outer part has drawn it meanwhile
            return self._bring_one_up_to_date(item)
        causes, item.causes = item.causes, ()
        self._telling.because(*causes)
        with _drawing_of(item, causes, self.name) as span:
            patches = self._bring_one_up_to_date(item)
            if span is not None:
                span.facts["patches"] = len(patches)
        return patches

    def _bring_one_up_to_date(self, item: Part | Binding | Stream) -> list[Patch]:
        """Draw a part or read a binding that was dirty, unless it is not dirty, or not there, any more."""
        if isinstance(item, Stream):
            return item.patches() if item.node is not None else []
        with self._canvas.lock:
            known = Known(self._seen, self._lanes.unhandled(), self._refusals.held())
        try:
            return self._canvas.redraw(item, known)
        finally:
            self._overtaken |= dict.fromkeys(known.overtaken, item)

    def _next_message(self, patches: list[Patch]) -> Frame | Reset | None:
        if self._wants_reset:
            self._wants_reset = False
            self._busy_changed.update(self._lanes.busy_nodes())
            self._refusals.all_to_say()
            return Reset(self._number + 1, self._seen, self._canvas.root.wire())
        busy = self._lanes.busy_nodes() if self._busy_changed else ()
        patches += [Set(node, {"busy": node in busy or None}) for node in self._busy_changed]
        patches += self._sentences(patches)
        patches += self._queue
        self._queue, self._busy_changed = [], set()
        patches = [
            patch for patch in patches if not isinstance(patch, Set | Call) or self._is_there(patch.id)
        ]
        is_due = patches or self._owes_confirmation()
        return Frame(self._number + 1, self._seen, patches) if is_due else None

    def _sentences(self, patches: list[Patch]) -> list[Set]:
        """What is to be said at fields whose input was turned down, or no more where they get another value."""
        self._refusals.lift(patch.id for patch in patches if isinstance(patch, Edit))
        return [Set(node, {"refused": sentence}) for node, sentence in self._refusals.take().items()]

    def _owes_confirmation(self) -> bool:
        return self._seen - self._confirmed >= CONFIRM_EVERY

    def _is_there(self, node: int) -> bool:
        return node == 0 or node in self._canvas.nodes

    def _post(self, message: Frame | Reset) -> None:
        data = wire.encode(message)
        self._number, self._confirmed = message.number, message.seen
        self._under_way = message
        if self._send is not None:
            self.pace.sent()
            self._send(data)
        if tracing.sinks:
            self._telling.posted(message, data)

    def _note_painted(self) -> None:
        if not self.painted:
            self.painted = True
            if self.on_painted is not None:
                self.on_painted()


def _drawing_of(
    item: Part | Binding | Stream, causes: tuple[Cause, ...], session: str
) -> AbstractContextManager[Span | None]:
    if isinstance(item, Part):
        return telling.drawing(item.function, causes, session)
    of = "binding" if isinstance(item, Binding) else "stream"
    return telling.bringing(of, item.node, causes, session)


def _for_a_person(error: BaseException) -> str:
    """What of an error is for whoever sits before the window, who has not written the program."""
    return (
        str(error)
        if isinstance(error, WindowError | EntryError | StoreError)
        else "The details are in the program's log."
    )


def _outer_first(item: Part | Binding | Stream) -> int:
    """Outer parts before inner ones: drawing them often draws those too, which are then no longer dirty."""
    return item.depth if isinstance(item, Part) else 1 << 30
