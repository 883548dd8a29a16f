"""Every error that Hipflask raises on purpose.

HipflaskError
├── UsageError            the program is written in a way that cannot work; the message shows the right form
│   ├── LateRegistration  a decorator was used after a surface had started
│   ├── UnsupportedType   a parameter's type hint cannot be bound
│   └── DrawingError      `ui.*` was used where nothing is being drawn, or the other way round
├── BindingError          what came from outside does not fit a parameter (422, exit code 2, a re-prompt…)
├── Cancelled             whoever waited for a call has called it off
├── EntryError            what a person entered does not fit; the sentence is shown at the field
│   ├── ValueRefused      a column does not take a value; nothing was written
│   └── LinesRefused      lines of a file that was to be imported do not fit; nothing was written
├── UnreadableValue       a column of the database holds what its type cannot have put there
├── MissingPart           an optional dependency or a system library is not installed
├── StoreError            the file with the app's data cannot be used as it was asked to be
│   ├── StoreLocked       another program has held it for too long
│   ├── StoreReadOnly     it, or its folder, may not be written
│   ├── StoreFull         there is no room left where it is
│   ├── StoreDamaged      it is no database, or a damaged one
│   ├── RowGone           a row that was to be changed has been deleted meanwhile
│   └── UndoRefused       what was done cannot be taken back without undoing what others did
├── HubError              the hub's database cannot be used as it is
│   ├── HubGone           it cannot be reached at the moment
│   └── HubReadOnly       it may not be written
├── BuildError            a bundle, an installer or a repository cannot be made, or is not what it says
├── DeployError           something cannot be put on AWS, or asked of what is there
├── EventError            an event is not what it seems to be, or no function of the app is meant for it
├── ReportUnreadable      a file is no crash report
├── NotSent               a crash report was not taken by whoever it was sent to
├── UpdateError           an update could not be found, trusted or installed; the program runs on as it is
└── WindowError           a window could not be opened, loaded or photographed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class HipflaskError(Exception):
    """The root of all of them: catch this to catch everything that Hipflask raises on purpose."""


class UsageError(HipflaskError):
    """The program is written in a way that cannot work."""


class LateRegistration(UsageError):
    """A decorator was used after the app had begun to answer."""


class UnsupportedType(UsageError, TypeError):
    """A parameter's type hint is one that no surface could fill."""


class DrawingError(UsageError):
    """Drawing was attempted outside a window function, or something else was attempted inside one."""


class BindingError(HipflaskError):
    """What came from outside does not fit the parameter that it was meant for.

    `parameter` is its name (with a path for nested values, as `order.lines[2].price`), `received` what came,
    `expected` what would have fitted, in words.
    """

    def __init__(self, parameter: str, received: object, expected: str) -> None:
        self.parameter = parameter
        self.received = received
        self.expected = expected
        super().__init__(parameter, received, expected)

    @property
    def reason(self) -> str:
        """What is wrong, for a place that names the parameter itself."""
        return f"expected {self.expected}, got {_shorten(self.received)}"

    def __str__(self) -> str:
        return f"{self.parameter}: {self.reason}"


class Cancelled(HipflaskError):
    """Whoever waited for a call has called it off; what it has written is taken back."""


class EntryError(HipflaskError, ValueError):
    """What a person entered at a field does not fit; the message is the sentence that is shown there."""


class ValueRefused(EntryError):
    """A column does not take this value; nothing was written."""


class LinesRefused(EntryError):
    """Lines of a file that was to be imported do not fit; nothing was written. `bad` has them, one by one."""

    def __init__(self, message: str, bad: Sequence[Any]) -> None:
        self.bad = bad
        super().__init__(message)


class UnreadableValue(HipflaskError):
    """A column of the database holds what its type cannot have put there: another program wrote it in another form."""


class MissingPart(HipflaskError):
    """Something that is not part of Hipflask itself is needed and not there; the message says how to install it."""


class WindowError(HipflaskError):
    """A window could not be opened, loaded or photographed."""


class BuildError(HipflaskError):
    """A bundle, an installer or a repository cannot be made, or one that was made is not what it says."""


class DeployError(HipflaskError):
    """Something cannot be put on AWS, or asked of what is there; the message says what to do."""


class EventError(HipflaskError):
    """An event is not what it seems to be, or no function of the app is meant for it."""


class ReportUnreadable(HipflaskError):
    """A file is no crash report, or one that this version cannot read."""


class NotSent(HipflaskError):
    """A crash report was not taken by whoever it was sent to; the message is for its person."""


class UpdateError(HipflaskError):
    """An update could not be found, trusted or installed; the program that is installed runs on as it is."""


class StoreError(HipflaskError):
    """The file with the app's data cannot be used as it was asked to be."""


class StoreLocked(StoreError):
    """Another program has held the write lock for too long; nothing was written."""


class StoreReadOnly(StoreError):
    """The file, or the folder that it is in, may not be written."""


class StoreFull(StoreError):
    """There is no room left on the disk; nothing was written."""


class StoreDamaged(StoreError):
    """The file is no database, or a damaged one."""


class StoreTooNew(StoreError):
    """The file was brought up to date by a newer version of the program than this one."""


class MigrationNeeded(StoreError):
    """The models have changed in a way that only a person can decide about; the message says how."""


class MigrationFailed(StoreError):
    """A migration could not be done; the file is as it was."""


class RowGone(StoreError):
    """A row that was to be changed has been deleted meanwhile."""


class UndoRefused(StoreError):
    """What was done cannot be taken back, because others have built on it; nothing was written, and the message says what."""


class HubError(HipflaskError):
    """The hub's database cannot be used as it is; the message says what to do."""


class HubGone(HubError):
    """The hub's database cannot be reached at the moment; the same may be tried again."""


class HubReadOnly(HubError):
    """The hub's database may not be written; nothing was."""


class Missing:
    """What `BindingError.received` holds when nothing came at all."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


def _shorten(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
