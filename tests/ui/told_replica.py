"""An exchange that does what a test tells it, for windows that show one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hipflask import ui
from hipflask.core.errors import EntryError
from hipflask.core.ports import RefusedChange, SyncStatus

NOON = datetime.now().astimezone().replace(hour=12, minute=5)
SYNCED = SyncStatus("synced", "Everything is in the hub.")


def refused(number: int, **options: Any) -> RefusedChange:
    given: dict[str, Any] = {
        "at": NOON,
        "model": "Item",
        "key": f"bolt-{number}",
        "kind": "update",
        "values": {"price": "12.50", "name": "Hex bolt"},
        "code": "rule",
        "sentence": "Only the buyer may change a price.",
    }
    return RefusedChange(number, **(given | options))


@dataclass
class Replica:
    """An exchange that does what it is told: its status is a state, its inbox a list."""

    state: ui.State[SyncStatus] = field(default_factory=lambda: ui.State(SYNCED))
    inbox: ui.State[list[RefusedChange]] = field(default_factory=lambda: ui.State([]))
    done: list[Any] = field(default_factory=list)

    @property
    def status(self) -> SyncStatus:
        return self.state.value

    def refused(self) -> Sequence[RefusedChange]:
        return list(self.inbox.value)

    def retry(self, id: int, /, **values: object) -> None:
        if values.get("price") == "much":
            raise EntryError("Price: expected a decimal number.")
        self.done.append(("retry", id, values))
        self.drop(id)

    def drop(self, id: int, /) -> None:
        self.done.append(("drop", id))
        self.inbox.update(lambda changes: [each for each in changes if each.id != id])

    def now(self, timeout: float = 30.0) -> bool:
        self.done.append("now")
        return True

    def pause(self) -> None:
        self.state.set(SyncStatus("paused", "Nothing is exchanged."))

    def resume(self) -> None:
        self.state.set(SYNCED)

    def sign_in(self, token: str) -> None:
        if " " in token:
            raise EntryError("A token is one word.")
        self.done.append(("token", token))
        self.resume()

    def sign_out(self) -> None: ...

    def stop(self) -> None: ...
