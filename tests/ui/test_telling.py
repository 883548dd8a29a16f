"""What a live session tells those who look inside: one trace from a press to the painted answer, and why each drawing was made."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from threading import Event, Lock, Thread
from typing import Any

import pytest

from hipflask import ui
from hipflask.core import tracing
from hipflask.core.context import record
from hipflask.core.ports import Watcher
from hipflask.core.tracing import Cause, Note, Span
from hipflask.ui import telling, whence
from ui.sessions import SlowScreen

Watch = Callable[..., SlowScreen]


class Heard:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.begun: list[Span] = []
        self.over: list[Span] = []
        self.notes: list[Note] = []
        self._lock = Lock()

    def began(self, span: Span) -> None:
        with self._lock:
            self.begun.append(span)

    def ended(self, span: Span) -> None:
        with self._lock:
            self.over.append(span)

    def noted(self, note: Note) -> None:
        with self._lock:
            self.notes.append(note)

    def spans(self, kind: str) -> list[Span]:
        """The spans of one kind that are over, in the order in which they began."""
        return [span for span in list(self.begun) if span.kind == kind and span in self.over]

    def one(self, kind: str) -> Span:
        """The only span of that kind, once it is over."""
        _wait_until(lambda: self.spans(kind) != [])
        (span,) = self.spans(kind)
        return span

    def of(self, kind: str) -> list[Note]:
        """The notes of one kind."""
        return [note for note in list(self.notes) if note.kind == kind]

    def forget(self) -> None:
        """Keep what comes from now on."""
        with self._lock:
            self.begun, self.over, self.notes = [], [], []


class Row:
    """Something in a store that a drawing can read."""

    def __init__(self) -> None:
        self.watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        self.watchers.append(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        self.watchers = [other for other in self.watchers if other is not watcher]

    def changed(self) -> None:
        for watcher in self.watchers:
            watcher.changed()


@pytest.fixture
def heard() -> Iterator[Heard]:
    sink = Heard()
    tracing.add(sink)
    yield sink
    tracing.remove(sink)


def _wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.002)


def _counter() -> None:
    clicks = ui.state(0)
    ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))


# ── a trace ───────────────────────────────────────────────────────────────────────────────────────


def test_a_press_and_its_painted_answer_are_one_trace(watch: Watch, heard: Heard) -> None:
    """The event is over when the screen has painted what its handler did, and not before."""
    screen = watch(_counter)
    _wait_until(lambda: heard.of("session opened") != [])
    heard.forget()
    screen.event(screen.find("wa-button").id, "click")
    _wait_until(lambda: heard.spans("handler") != [] and [s.kind for s in heard.begun].count("frame") == 1)
    assert heard.spans("event") == []
    screen.paint()

    event, handler, draw, frame = map(heard.one, ("event", "handler", "draw", "frame"))
    assert (event.name, event.parent) == ("click button", None)
    assert handler.name == "_counter.<locals>.<lambda>"
    assert handler.parent == event.origin
    assert draw.name == "_counter"
    assert draw.facts["patches"] == 1
    assert frame.facts["patches"] == 1
    assert {span.origin.trace for span in (event, handler, draw, frame)} == {event.origin.trace}
    assert {span.session for span in (event, handler, draw, frame)} == {screen.session.name}
    assert event.seconds >= handler.seconds


def test_a_drawing_names_the_state_that_has_changed(watch: Watch, heard: Heard) -> None:
    """By its line in the code, and by the handler within which that happened."""
    screen = watch(_counter)
    heard.forget()
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    (cause,) = heard.one("draw").causes
    line = _counter.__code__.co_firstlineno + 1
    assert cause.kind == "state"
    assert cause.what.endswith(f"test_telling.py:{line}")
    assert cause.origin == heard.one("handler").origin
    (note,) = heard.of("state")
    assert note.facts["place"] == cause.what
    assert note.values == {"before": 0, "after": 1}
    assert note.session == screen.session.name


def test_the_bytes_of_a_frame_are_told_as_they_are_sent(watch: Watch, heard: Heard) -> None:
    """And the first tree with them: whoever has both can show every picture that there was."""
    screen = watch(_counter)
    (opened,) = heard.of("session opened")
    assert b'"0 clicks"' in opened.values["data"]
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    frame = heard.one("frame")
    assert b'"1 clicks"' in frame.values["data"]
    assert frame.facts["bytes"] == len(frame.values["data"])
    assert frame.facts["number"] == 2


def test_an_event_that_changes_nothing_is_over_with_its_handler(watch: Watch, heard: Heard) -> None:
    """There is nothing to be painted."""

    def window() -> None:
        ui.button("Nothing", on_click=lambda: None)

    screen = watch(window)
    screen.event(screen.find("wa-button").id, "click")
    assert heard.one("event").seconds >= 0
    assert heard.spans("frame") == []


def test_an_async_handler_and_its_task_are_in_the_trace(watch: Watch, heard: Heard) -> None:
    """However far from the press: what a task sets an hour later is still because of it."""
    shown = ui.State("")

    def later() -> None:
        shown.set("done")

    async def save() -> None:
        await asyncio.sleep(0.01)
        ui.task(later)

    def window() -> None:
        ui.button("Save", on_click=save)
        ui.text(shown.value)

    screen = watch(window)
    heard.forget()
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    event, handler, task, draw = map(heard.one, ("event", "handler", "task", "draw"))
    assert handler.seconds >= 0.01
    assert handler.name.endswith("save")
    assert task.name.endswith("later")
    assert task.parent == handler.origin
    assert {span.origin.trace for span in (handler, task, draw)} == {event.origin.trace}


def test_a_drawing_that_follows_from_elsewhere_joins_that_trace(watch: Watch, heard: Heard) -> None:
    """Whoever tells of a change says why; the drawing and its frame are in the trace of the first cause."""
    row = Row()
    count = [0]

    def window() -> None:
        record(row)
        ui.text(count[0])

    screen = watch(window)
    heard.forget()
    commit = tracing.begin("commit", "commit")
    cause = Cause("change", "player.name", commit.origin, {"key": 7})

    def tell() -> None:
        count[0] += 1
        with tracing.because(cause):
            row.changed()

    teller = Thread(target=tell)
    teller.start()
    teller.join()
    screen.paint()
    draw, frame = heard.one("draw"), heard.one("frame")
    assert draw.causes == frame.causes == (cause,)
    assert draw.origin.trace == frame.origin.trace == commit.origin.trace


def test_an_error_is_told_with_the_handler_that_raised_it(watch: Watch, heard: Heard) -> None:
    """So is one of a drawing."""

    def fail() -> None:
        raise LookupError("nobody is at nine")

    def window() -> None:
        ui.button("Fail", on_click=fail)

    screen = watch(window)
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    handler = heard.one("handler")
    (note,) = heard.of("error")
    assert isinstance(handler.error, LookupError)
    assert note.name == "LookupError"
    assert note.origin == handler.origin
    assert note.values["error"] is handler.error
    assert "nobody is at nine" not in str(note.facts)


def test_of_inputs_that_wait_the_newest_is_handled_and_all_are_over(watch: Watch, heard: Heard) -> None:
    """One that was overtaken says so."""
    going, go = Event(), Event()

    def search(_: str) -> None:
        going.set()
        go.wait(10)

    def window() -> None:
        ui.input("Search", on_change=search)

    screen = watch(window)
    field = screen.find("wa-input").id
    screen.event(field, "input", "a")
    going.wait(10)
    for typed in ("an", "ann", "anna"):
        screen.event(field, "input", typed)
    go.set()
    _wait_until(lambda: len(heard.spans("event")) == 4)
    assert [span.facts.get("overtaken", False) for span in heard.spans("event")] == [False, True, True, False]


# ── why an inner part is drawn ────────────────────────────────────────────────────────────────────


def test_an_inner_part_says_why_it_is_drawn(watch: Watch, heard: Heard) -> None:
    """For the first time with its parent, later because of its own arguments, which are named."""

    @ui.component
    def seat(name: str, number: int) -> None:
        ui.text(f"{number} {name}")

    count = ui.State(0)

    def window() -> None:
        seat("Who", 1)
        seat("What", number=count.value)

    screen = watch(window)
    first = [span for span in heard.spans("draw") if span.name.endswith("seat")]
    assert [span.causes[0].kind for span in first] == ["parent", "parent"]
    heard.forget()
    count.set(5)
    screen.paint()
    outer, inner = heard.spans("draw")
    assert inner.parent == outer.origin
    assert inner.causes == (Cause("arguments", "number"),)


def test_a_part_that_failed_says_so_when_it_is_tried_again(watch: Watch, heard: Heard) -> None:
    """Its arguments are the same, and nothing else has asked for it."""
    is_well = [True]
    count = ui.State(0)

    @ui.component
    def seat() -> None:
        if not is_well[0]:
            raise RuntimeError("unwell")

    def window() -> None:
        ui.text(count.value)
        seat()

    screen = watch(window)
    seat_part = next(iter(screen.session.part.parts.values()))
    is_well[0] = False
    seat_part.changed()
    screen.paint()
    is_well[0] = True
    heard.forget()
    count.set(1)
    screen.paint()
    assert heard.spans("draw")[-1].causes[0].kind == "error"


# ── nothing where nobody looks, and no secret where somebody does ─────────────────────────────────


def test_nothing_is_made_up_where_nobody_looks(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a span nor a note nor a cause."""

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("somebody was told")

    for name in ("begin", "note", "because"):
        monkeypatch.setattr(tracing, name, refuse)
    for name in ("heard", "drawing", "handler", "opened", "closed", "error"):
        monkeypatch.setattr(telling, name, refuse)
    screen = watch(_counter)
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    assert screen.find("wa-button").props["text"] == "1 clicks"
    assert screen.session.part.causes == ()


def test_the_id_of_a_session_is_told_to_nobody(watch: Watch, heard: Heard) -> None:
    """Whoever knows it can take the place of the window; a short name is enough to tell it from others."""
    screen = watch(_counter)
    screen.event(screen.find("wa-button").id, "click")
    screen.paint()
    screen.session.close()
    _wait_until(lambda: heard.of("session closed") != [])
    assert screen.session.name[0] == "w"
    assert screen.session.id not in repr(heard.over) + repr(heard.notes)


def test_a_password_is_told_to_nobody(watch: Watch, heard: Heard) -> None:
    """Neither by the event that brings it, nor by the state that keeps it."""
    kept: ui.State[Any] = ui.State("")

    def window() -> None:
        ui.password("Password", bind=kept)

    screen = watch(window)
    screen.event(screen.find("wa-input").id, "input", "correct horse")
    heard.one("event")
    assert kept.value == "correct horse"
    assert heard.of("state") != []
    assert "correct horse" not in repr(heard.over) + repr(heard.notes)


def test_the_line_that_drew_an_element_is_known_where_somebody_asks(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever of ours stands between the line and the element."""

    def window() -> None:
        with ui.row():
            ui.button("Deal")

    asleep = watch(window).session
    assert {whence.place(node) for node in asleep._canvas.nodes.values()} == {""}
    monkeypatch.setattr(whence, "is_asked", True)
    awake = watch(window).session
    first = window.__code__.co_firstlineno
    drawn = {node.kind.name: whence.place(node) for node in awake._canvas.nodes.values()}
    assert drawn["row"].endswith(f"test_telling.py:{first + 1}")
    assert drawn["button"].endswith(f"test_telling.py:{first + 2}")


# ── bounds ────────────────────────────────────────────────────────────────────────────────────────


def test_events_of_a_screen_that_paints_nothing_do_not_pile_up(watch: Watch, heard: Heard) -> None:
    """So many wait for their frame; the others are over at once. All are when the session is closed."""
    screen = watch(_counter)
    button = screen.find("wa-button").id
    for number in range(telling.MOST_WAITING + 20):
        screen.event(button, "click")
        _wait_until(lambda number=number: len(heard.spans("handler")) > number)  # type: ignore[misc]
    _wait_until(lambda: not screen.session.is_handling)
    waiting = len(heard.begun) - len(heard.over)
    assert waiting <= telling.MOST_WAITING + 2  # with the first frame, and the press that it answers
    screen.session.close()
    assert len(heard.begun) == len(heard.over)


def test_whatever_has_begun_comes_to_its_end(watch: Watch, heard: Heard) -> None:
    """In a storm of presses, texts and a screen that comes and goes."""
    shown = ui.State(0)

    def window() -> None:
        own: ui.State[Any] = ui.state("")
        ui.button("More", on_click=lambda: shown.update(lambda n: n + 1))
        ui.input("Name", bind=own)
        ui.text(f"{own.value} {shown.value}")

    screen = watch(window)
    button, field = screen.find("wa-button").id, screen.find("wa-input").id
    chance = random.Random(7)
    for _ in range(300):
        what = chance.random()
        if what < 0.6:
            screen.event(button, "click")
        elif what < 0.9:
            screen.event(field, "input", str(what))
        elif what < 0.95:
            screen.session.resync("a test")
        else:
            screen.disconnect()
            screen.connect()
        _paint_what_is_there(screen)
    _wait_until(lambda: _paint_what_is_there(screen) or screen.session.wait_until_settled(0.01))
    _wait_until(lambda: len(heard.begun) == len(heard.over))


def test_a_frame_that_the_screen_could_not_apply_is_lost(watch: Watch, heard: Heard) -> None:
    """The press that it answered is over when the tree that takes its place is painted."""
    screen = watch(_counter)
    screen.event(screen.find("wa-button").id, "click")
    while screen.receive()[0] != "frame":
        pass
    screen.session.resync("a test")
    screen.paint()
    _wait_until(lambda: len(heard.begun) == len(heard.over))
    lost, painted = heard.spans("frame"), heard.one("event")
    assert [(span.name, span.facts.get("lost", False)) for span in lost] == [
        ("frame", True),
        ("reset", False),
    ]
    assert painted.seconds >= 0


def _paint_what_is_there(screen: SlowScreen) -> bool:
    while not screen.received.empty():
        message = screen.receive()
        if message[0] in ("frame", "reset"):
            screen.apply(message)
            screen.session.ack(screen.frame)
    return False
