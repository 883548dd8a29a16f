"""A bad network: connections that deliver in order, late, twice or half, and break at any moment, at each end at a time of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from hipflask.sync.exchange import HubTalk
from hipflask.sync.messages import Message, encode


class Link:
    """One connection between a device and a process of the hub."""

    def __init__(self, talk: HubTalk, process: int) -> None:
        self.talk = talk
        self.process = process
        self.up: deque[bytes] = deque()  # on the way to the hub
        self.down: deque[bytes] = deque()  # and from it
        self.is_open_here = True  # at the device
        self.is_open_there = True  # at the hub, which may hear of a break much later
        self.is_woken = True
        self.news: Iterator[Message] | None = None
        self.is_spoilt = False  # frames were doubled or cut: whoever complains about them is right

    def send_up(self, messages: list[Message]) -> None:
        """The device says something."""
        if self.is_open_here:
            self.up.extend(map(encode, messages))

    def send_down(self, message: Message) -> None:
        """The hub says something."""
        if self.is_open_there:
            self.down.append(encode(message))

    def hang_up_here(self) -> None:
        """The device hears no more; what it has sent may still arrive."""
        self.is_open_here = False
        self.down.clear()

    def hang_up_there(self) -> None:
        """The hub hears no more; what it has sent may still arrive."""
        self.is_open_there = False
        self.up.clear()
        if self.news is not None:
            self.news.close()  # type: ignore[attr-defined]
            self.news = None

    @property
    def is_over(self) -> bool:
        """Whether nobody will ever hear of it again."""
        return not (self.is_open_here or self.is_open_there)
