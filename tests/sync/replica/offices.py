"""A hub in memory behind a real server, and devices that are whole apps: each with its own file, thread and way to the hub."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy.orm import Mapped, mapped_column
from wires import Wire

from hipflask import Hipflask, Store
from hipflask.core.merging import Merge
from hipflask.core.ports import Sync
from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.serving import HubServer
from hipflask.testing.devices.memory import MemoryHub

TOKENS = {"hft-ann": "ann", "hft-bob": "bob"}


def models(db: Store) -> Any:
    """What all of them keep; returns the model of items."""

    class Item(db.Model):  # type: ignore[name-defined]
        code: Mapped[str] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)
        stock: Mapped[Annotated[int, Merge.sum]] = 0
        price: Mapped[int] = 0

    @db.before_push(Item)
    def not_too_dear(change: Any) -> None:
        if change.new is not None and change.new.price > 1000:
            raise ValueError("Nothing costs more than 1000.")

    return Item


class Tokens:
    """Whose token is whose; they may be revoked and issued."""

    def __init__(self) -> None:
        self.users = dict(TOKENS)

    def signed_in(self, token: str) -> str | None:
        return self.users.get(token)

    def good(self, tokens: Collection[str]) -> set[str]:
        return {token for token in tokens if token in self.users}


class Office:
    """A hub that runs, and everybody who is connected to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = Store()
        models(self._db)
        self._db.Model.registry.configure()
        self.hub = MemoryHub(shared_tables(self._db.metadata), self._db.push_rules)
        self.tokens = Tokens()
        self.server = HubServer(self.hub, self.tokens).start()
        self.hub.listen(lambda version: self.server.wake())
        self.devices: list[Device] = []

    def device(self, name: str, token: str | None = "hft-ann", **config: Any) -> Device:
        """A device of its own; its exchange begins when its store is first used."""
        device = Device(self._folder / name, self.server.port, token, config)
        self.devices.append(device)
        return device

    def restart(self, port: int) -> None:
        """The hub begins again where it was."""
        self.server = HubServer(self.hub, self.tokens, port=port).start()

    def rows(self) -> dict[str, Any]:
        """The items as the hub has them."""
        return dict(self.hub.state.rows["item"])

    def write(self, *writings: Any) -> None:
        """Somebody else writes into the hub's database."""
        self.hub.write(writings)

    def close(self) -> None:
        for device in self.devices:
            device.close()
        self.server.stop()


class Device:
    """An app with a store, on a wire of its own to the hub."""

    def __init__(self, folder: Path, port: int, token: str | None, config: dict[str, Any]) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.wire = Wire(port)
        self.app = Hipflask("office", root_path=str(folder), instance_path=str(folder / "instance"))
        self.app.config.update(
            STORE=str(folder / "office.sqlite"), HUB_URL=f"http://127.0.0.1:{self.wire.port}", HUB_TOKEN=token
        )
        self.app.config.update(config)
        self.app.actions.begin()  # somebody sits there: it is no command
        self.db = Store(self.app)
        self.Item = models(self.db)

    @property
    def sync(self) -> Sync:
        return self.db.sync

    @property
    def state(self) -> str:
        return self.sync.status.state

    def names(self) -> set[str]:
        """The names of all items here."""
        return set(self.db.all(self.db.select(self.Item.name)))

    def close(self) -> None:
        self.db.close()
        self.wire.close()


def until(is_so: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
