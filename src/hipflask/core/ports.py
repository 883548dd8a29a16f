"""The few promises through which the screen meets whatever holds data or finds places, so that neither knows the other.

A drawing reads a `Source` and says so with `context.record(source)`. When the source changes it calls
`Watcher.changed()` of everyone who read it; the screen then draws that part again.

Each action call is a unit of work, and whatever holds data says what begins and ends with one (`UnitOfWork`). What a person at a
window does is a `Deed` of that window's `History`, and can be taken back if it has changed data.

Promises:
* `Source.watch` takes effect before it returns: a change that follows is never missed.
* `Watcher.changed` may be called from any thread, more often than needed, and returns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable


class Watcher(Protocol):
    """Somebody who read a source and wants to know when it is out of date."""

    def changed(self) -> None:
        """Say that something read is out of date; from any thread."""


class Source(Protocol):
    """Something that can be read while drawing and that changes later."""

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on, until `unwatch`."""

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more; unknown watchers are ignored."""


@runtime_checkable
class Field(Protocol):
    """A single value that an element can show and edit: what `bind=` takes."""

    def get(self) -> object:
        """The value now, recorded as read."""

    def set(self, value: object, /) -> object:
        """Take a value that a person entered; raises ValueError with a sentence to show at the field."""


@runtime_checkable
class HasFields(Protocol):
    """Something whose values can be bound one by one: `bind=(row, Model.column)`."""

    def __field__(self, name: object, /) -> Field:
        """The field of one of its values; raises UsageError if it has none of that name."""


# What `bind=` takes: a state, or (row, Model.column).
Bindable = Field | tuple[HasFields, object]


class Snapshot:
    """A value that never changes in place, such as a row of a database as it was read."""

    __slots__ = ()

    def __alike__(self, other: object, /) -> bool:
        """Whether drawing the other would show the same."""
        raise NotImplementedError


class UnitOfWork(Protocol):
    """What begins and ends with each action call."""

    def begin(self) -> AbstractContextManager[object]:
        """What surrounds the call: all that it did takes effect when it ends, and none of it if it raises."""

    def roll_back(self) -> None:
        """Take back what the call has done so far, when an error has been caught and will be answered."""


class Deed(Protocol):
    """One action of a person: all that it writes is taken back together."""

    def under_way(self) -> AbstractContextManager[object]:
        """What surrounds each piece of it, one after the other and in any thread; tasks that it starts belong to it."""


class History(Protocol):
    """What the person at one window has done, and can take back."""

    def deed(self, name: str, fold: object = None) -> Deed:
        """An action that begins now; those in a row of the same `fold`, without a pause, are taken back together."""

    def undo(self) -> str | None:
        """Take the last action back; returns its name, None if there is none. Raises UndoRefused, with a sentence."""

    def redo(self) -> str | None:
        """Do again what was undone last; returns its name, None if there is none. Raises UndoRefused, with a sentence."""

    def can_undo(self) -> bool:
        """Whether there is something to undo; recorded as read."""

    def can_redo(self) -> bool:
        """Whether there is something to do again; recorded as read."""


Target = str | Callable[..., None]  # a window function, or an address
Args = tuple[object, ...] | Mapping[str, object]  # what a function is called with, by place or by name


@dataclass(frozen=True, slots=True)
class Place:
    """An address of this program, and whether a window function draws what is there."""

    address: str
    is_live: bool = False


class FindPlace(Protocol):
    """Whoever knows the program's rules."""

    def __call__(self, target: Target, args: Args, /) -> Place:
        """Where a target with these arguments is; raises UsageError if it is nowhere."""


# What a program remembers of how its person likes things (the columns of a table, say), by name, as plain data that JSON can hold.
Notebook = MutableMapping[str, Any]


SyncWord = Literal[
    "connecting",
    "synced",
    "waiting",
    "downloading",
    "refused",
    "offline",
    "signed out",
    "turned away",
    "paused",
]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How this device and the hub stand, as a person may know it."""

    state: SyncWord
    sentence: str  # what it means, and what can be done about it
    waiting: int = 0  # changes that were made here and are not in the hub yet
    refused: int = 0  # changes that the hub has refused, and that somebody has to look at
    since: datetime | None = (
        None  # when the hub was heard of last; None while it is connected, or if it never was
    )
    done: int = 0  # of a download: so many rows
    total: int = 0  # of about so many; 0 if none is under way


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change that was made here and that the hub has refused; it waits until somebody tries again or drops it."""

    id: int
    at: datetime
    model: str  # the name of the row's model
    key: object
    kind: Literal["insert", "update", "delete"]
    values: Mapping[str, object]  # what was to be written
    code: str  # "unique", "reference", "check", "scope", "rule", "deleted", "value", "server"…
    sentence: str  # why


class Sync(Protocol):
    """The exchange of a store with its hub."""

    @property
    def status(self) -> SyncStatus:
        """How it stands; recorded as read."""

    def refused(self) -> Sequence[RefusedChange]:
        """The changes that wait for somebody, oldest first; recorded as read."""

    def retry(self, id: int, /, **values: object) -> None:
        """Make a refused change once more, with other values where some are given; raises EntryError with a sentence where one does not fit."""

    def drop(self, id: int, /) -> None:
        """Do without a refused change."""

    def now(self, timeout: float = 30.0) -> bool:
        """Exchange everything at once, and say whether that was done in time."""

    def pause(self) -> None:
        """Exchange nothing until `resume`; what is written waits."""

    def resume(self) -> None:
        """Exchange again."""

    def sign_in(self, token: str) -> None:
        """Keep this token for the hub, and exchange by it."""

    def sign_out(self) -> None:
        """Forget the token; what was written stays here and waits."""

    def stop(self) -> None:
        """End it; the store does when it is closed."""


FindSync = Callable[[], Sync | None]


def no_sync() -> None:
    """Where nothing is exchanged with a hub."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a bucket says about one of its objects."""

    key: str
    size: int
    etag: str
    modified: datetime


class Resources(Protocol):
    """Where queues, topics and buckets are: in files of the app, or at Amazon's.

    Promises: what is sent and published inside a unit of work that raises never arrives, where the two can be kept together;
    `open` raises KeyError for what is not there; `list` is in the order of the keys.
    """

    def send(
        self, queue: str, body: str, *, delay: float = 0, attributes: Mapping[str, str] | None = None
    ) -> object:
        """Put a message into a queue."""

    def publish(
        self,
        topic: str,
        message: str,
        *,
        subject: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> object:
        """Tell a message to whoever follows a topic."""

    def put(self, bucket: str, key: str, data: bytes | BinaryIO) -> None:
        """Keep an object under a key, in the place of one that is there."""

    def open(self, bucket: str, key: str) -> BinaryIO:
        """An object's bytes, to be read and closed; raises KeyError if it is not there."""

    def delete(self, bucket: str, key: str) -> None:
        """Do away with an object, if it is there."""

    def list(self, bucket: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects whose keys begin so."""
