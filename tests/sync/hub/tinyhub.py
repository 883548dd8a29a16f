"""A hub of a few lines, for the server before it: one table of texts, versions, and levers for what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator

from hipflask.core.errors import HipflaskError
from hipflask.sync.messages import (
    Ack,
    Begin,
    Change,
    Changes,
    Checkpoint,
    Hello,
    Page,
    Push,
    Refused,
    Rows,
    Welcome,
    pack,
    unpack,
)
from hipflask.sync.parties import Visitor

TOKENS = {"hft_ann": "ann", "hft_bob": "bob"}


class TinyTokens:
    """Two people; a token may be revoked."""

    def __init__(self) -> None:
        self.users = dict(TOKENS)
        self.asked = 0

    def signed_in(self, token: str) -> str | None:
        self.asked += 1
        return self.users.get(token)

    def good(self, tokens: Collection[str]) -> set[str]:
        return set(tokens) & set(self.users)


class TinyHub:
    """Notes, each a key and a text."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, int]] = {}  # text and version
        self.version = 0
        self.applied: dict[str, int] = {}
        self.had: dict[str, int] = {}
        self.times_applied = 0
        self.news_asked = 0
        self.is_gone = False
        self.may_apply = threading.Event()
        self.may_apply.set()
        self.is_applying = threading.Event()
        self.open_news = 0
        self.page_bytes = 0  # of ballast in each page
        self._lock = threading.Lock()

    def write(self, key: str, text: str) -> int:
        """Somebody else writes a note."""
        with self._lock:
            self.version += 1
            self.rows[key] = (text, self.version)
            return self.version

    def welcome(self, user: str, hello: Hello) -> tuple[Visitor, Welcome] | Refused:
        if "unheard of" in hello.schema:
            return Refused("schema", "The hub does not know the table 'unheard of'. Update the hub first.")
        name = hello.replica or f"replica of {user}"
        visitor = Visitor(user, name, version=int(hello.seal or b"0"))
        return visitor, Welcome(name, "ticket", 1, self.applied.get(name, 0), "")

    def push(self, visitor: Visitor, parts: list[Push]) -> Ack | Refused:
        self.is_applying.set()
        assert self.may_apply.wait(30)
        if self.is_gone:
            raise HipflaskError("The database cannot be reached.")
        number = parts[0].number
        if number > self.applied.get(visitor.replica, 0):
            changes: Changes = unpack(b"".join(part.body for part in parts), Changes)
            for change in changes.changes:
                self.write(change.key, str(change.values[0]))
            with self._lock:
                self.applied[visitor.replica] = number
                self.times_applied += 1
        return Ack(number, [])

    def news(self, visitor: Visitor) -> Iterator[Begin | Page | Checkpoint]:
        self.news_asked += 1
        if self.is_gone:
            raise HipflaskError("The database cannot be reached.")
        if visitor.version == self.version and visitor.version:
            return
        self.open_news += 1
        try:
            before = visitor.version
            with self._lock:
                version = self.version
                new = [[key, text] for key, (text, at) in self.rows.items() if at > before]
            yield Begin(len(new), 0, False, [])
            for row in new:
                yield Page(
                    pack([Rows("note", ["id", "text"], [row], [], True)]) + bytes(self.page_bytes), b""
                )
            visitor.version = version
            yield Checkpoint(str(version).encode(), version, 1, self.applied.get(visitor.replica, 0))
        finally:
            self.open_news -= 1

    def at_hand(self, visitor: Visitor) -> None:
        """Nothing: all news are asked for in one way."""

    def have(self, visitor: Visitor, version: int) -> None:
        self.had[visitor.replica] = version


def hello(replica: str = "r1", seal: bytes = b"", **schema: dict[str, str]) -> Hello:
    """A first word."""
    return Hello(1, replica, "", schema, seal, b"", 0, [])


def pushed(number: int, *keys: str, parts: int = 1) -> list[Push]:
    """A push that writes notes."""
    changes = [Change("note", key, "insert", ["text"], [f"text of {key}"], [1], 0) for key in keys]
    body = pack(Changes(1, changes))
    size = -(-len(body) // parts)
    return [Push(number, part, parts, body[part * size : (part + 1) * size]) for part in range(parts)]
