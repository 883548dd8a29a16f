"""What an inspected program tells, as it travels and as the window shows it: plain data, none of it alive.

    Span("handler", "save", …)      took time               Note("changes", "player", …)     took none
    Log("WARNING", …)               a line of a log         Running(…)                       has begun and goes on

Values are texts by the time that they are here: shortened, and masked where their names or fields say that they are secret.
Every text may contain markup, and is to be shown as text.
"""

from __future__ import annotations

from typing import Any

import msgspec

MASKED = "•••••"  # stands in place of a secret, however long it is


class Record(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What all records have: a number, counted from 1 in the order in which the source has heard of them, and a process."""

    number: int
    process: int
    at: float  # seconds since 1970; of a span, when it began
    kind: str
    name: str
    session: str  # the short name of a live session, such as "w1"; "" outside of one
    trace: str  # 32 hexadecimal digits; "" outside of one
    span: str  # 16 hexadecimal digits: this span; of a note or a line of a log, the one within which it was; "" outside
    facts: dict[str, Any]  # names of code, counts, sizes, places
    values: dict[str, str]  # what people typed and rows contain, shortened and masked


class Cause(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Why something was done again."""

    kind: str  # "state", "change", "parent", "arguments", "reload", …
    what: str  # the state's place in the code, or the table and its columns
    trace: str = ""  # the span within which it happened, where that is known
    span: str = ""
    values: dict[str, str] = {}


class Span(Record, array_like=True, frozen=True, gc=False, tag="span"):
    """Something that took time: `tracing.Span`, when it was over."""

    parent: str = ""
    seconds: float = 0.0
    causes: list[Cause] = []
    error: str = ""  # the type and the message of what was raised; "" if it went well


class Note(Record, array_like=True, frozen=True, gc=False, tag="note"):
    """Something that took no time: `tracing.Note`."""


class Log(Record, array_like=True, frozen=True, gc=False, tag="log"):
    """A line of a log; its kind is the level ("WARNING"), its name the logger."""

    message: str = ""
    place: str = ""  # "app.py:12"
    traceback: str = ""


Recorded = Span | Note | Log


class Running(msgspec.Struct, array_like=True, frozen=True):
    """A span that has begun and goes on."""

    process: int
    at: float
    kind: str
    name: str
    session: str
    trace: str
    span: str
    parent: str


class News(msgspec.Struct, array_like=True, frozen=True):
    """What was recorded after a number that was asked about, oldest first."""

    records: list[Recorded]
    newest: int  # the last of them: ask for what comes after this the next time
    dropped: int  # records that were given up in all, since only so many are kept
    running: list[Running]


class Program(msgspec.Struct, array_like=True, frozen=True):
    """One process that is inspected, or was."""

    process: int
    name: str  # of the app
    began: float  # when its agent was started
    versions: dict[str, str]  # "python", "hipflask", "sqlite", …
    folder: str  # where its files are, to which places are relative
    has_store: bool
    has_sync: bool
    is_there: bool = True  # it answers; one that has ended stays in the list, with what it had told


class Session(msgspec.Struct, array_like=True, frozen=True):
    """One live session."""

    name: str  # "w1"
    function: str  # what draws it
    place: str  # where that is written
    address: str  # the path that it was opened with
    is_connected: bool
    nodes: int
    states: int
    frame: int  # the number of the newest
    frames_per_second: float
    oldest_frame: int  # that one can go back to


class Node(msgspec.Struct, array_like=True, frozen=True):
    """One element, with all below it."""

    id: int
    kind: str  # as under `ui`; a component is "part"
    tag: str
    label: str  # by which a person would call it
    key: str  # "" if it has none
    place: str  # the line that drew it, "" if that is not known
    part: str  # of a component, its function
    props: dict[str, str]
    handlers: dict[str, str]  # event → function
    children: list[Node]


class State(msgspec.Struct, array_like=True, frozen=True):
    """One state and what it was at that time."""

    id: str  # to set it by; it stays the same as long as the session lives
    name: str  # the line's text, or the variable's name where it is shared
    place: str
    part: str  # the component that owns it; "" where it is shared by all sessions
    type: str
    text: str  # a literal where `can_set`, else a shortened representation
    can_set: bool
    readers: list[str]  # "w1 lineup", the drawings that follow it


class Frame(msgspec.Struct, array_like=True, frozen=True):
    """One frame that one can go back to."""

    number: int
    at: float
    patches: int
    bytes: int
    trace: str  # what led to it
    span: str


class Past(msgspec.Struct, array_like=True, frozen=True):
    """A session as it was after a frame: what its screen showed and what its states were."""

    session: str
    frame: Frame
    tree: Any  # as `ui.wire.WireNode` travels: (id, tag, props, children)
    states: list[State]


class Picked(msgspec.Struct, array_like=True, frozen=True):
    """An element that a person has pointed at; `path` are the ids from the root down to it."""

    session: str
    path: list[int]
    node: Node | None  # None if the person thought better of it


class Step(msgspec.Struct, array_like=True, frozen=True):
    """One line of a plan of SQLite's."""

    id: int
    parent: int  # 0 at the top
    detail: str  # "SCAN player", "SEARCH player USING INDEX …"
    is_scan: bool  # goes through all rows


class Plan(msgspec.Struct, array_like=True, frozen=True):
    """How SQLite answers a statement."""

    sql: str
    steps: list[Step]


class Table(msgspec.Struct, array_like=True, frozen=True):
    """One table of the store; a number below zero is not known."""

    name: str
    rows: int
    bytes: int
    indexes: list[str]


class Store(msgspec.Struct, array_like=True, frozen=True):
    """The local database."""

    file: str
    bytes: int
    wal_bytes: int
    free_bytes: int
    tables: list[Table]
    holder: str  # the place that holds the write lock just now; "" if nobody in this process does
    held_seconds: float
    waiting: int  # threads that wait for it


class Reader(msgspec.Struct, array_like=True, frozen=True):
    """Who is drawn again when a live query changes."""

    session: str
    part: str
    place: str


class LiveQuery(msgspec.Struct, array_like=True, frozen=True):
    """A query that drawings follow."""

    sql: str
    tables: list[str]
    parameters: dict[str, str]
    readers: list[Reader]


class Change(msgspec.Struct, array_like=True, frozen=True):
    """One entry of the change log."""

    number: int
    at: float
    table: str
    key: str
    kind: str  # "insert", "update", "delete"
    columns: list[str]


class Waiting(msgspec.Struct, array_like=True, frozen=True):
    """One change that the hub does not have yet, or has refused."""

    table: str
    key: str
    kind: str
    code: str  # why it was refused; "" while it only waits
    sentence: str


class Sync(msgspec.Struct, array_like=True, frozen=True):
    """The exchange with the hub."""

    state: str  # a `core.ports.SyncWord`
    sentence: str
    waiting: int
    refused: int
    since: float  # when the hub was heard of last; 0 while it is connected, or if it never was
    queue: list[Waiting]  # the first of them


class Figure(msgspec.Struct, array_like=True, frozen=True):
    """One number that can be asked at any time; names follow Prometheus."""

    name: str
    labels: dict[str, str]
    value: float


class Call(msgspec.Struct, array_like=True, frozen=True):
    """One function in a flame graph, with what it called."""

    function: str
    place: str  # "app.py:12"
    seconds: float  # with all below it
    own_seconds: float
    children: list[Call]


class Profile(msgspec.Struct, array_like=True, frozen=True):
    """Where the time went."""

    id: int
    what: str  # "the whole program", or "handler save"
    began: float
    seconds: float
    samples: int
    is_over: bool
    calls: int  # of the handler or drawing; 0 where the whole program was looked at
    threads: list[Call]  # one tree for each thread, or one for the calls; empty until it is over
    problem: str = ""  # a sentence, if nothing came of it


class Unanswered(Exception):
    """A question was not answered; its text is a sentence for a person."""
