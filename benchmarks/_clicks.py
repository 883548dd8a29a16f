"""One person who clicks as fast as answers come, without a browser: so that what is measured is the server.

client = Clicks(server.port);  await client.enter(token)
seconds = await client.click("/", 500)
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

from ._visitors import Crowd, OurScreen

PATIENCE_S = 60


class Clicker(OurScreen):
    """A page with a "Click" button, and how long each click takes until its frame is there."""

    def __init__(self, crowd: Crowd, page: str) -> None:
        super().__init__(crowd, page)
        found = re.search(r'id="hipflask-page">(.*?)</script>', page)
        assert found is not None, page
        self._button = _button(json.loads(found[1])["tree"])
        self._clicks = 0
        self._answered = asyncio.Event()

    def hear(self, text: str) -> None:
        """Acknowledge frames; one that shows the count is an answer."""
        super().hear(text)
        if f'"{self._clicks} clicks"' in text:
            self._answered.set()

    async def click(self) -> float:
        """Click; seconds until the answer is there."""
        self._clicks += 1
        self._answered.clear()
        begun = time.perf_counter()
        self.say(json.dumps(["event", self._clicks, self._button, "click", None]))
        await asyncio.wait_for(self._answered.wait(), PATIENCE_S)
        return time.perf_counter() - begun


class Clicks(Crowd):
    """The pages of one server that one person has open."""

    def __init__(self, port: int) -> None:
        super().__init__(port, Clicker)
        self._pages: dict[str, Clicker] = {}

    async def enter(self, token: str) -> None:  # type: ignore[override]
        """Come in."""
        await super().enter(0, token)

    async def ask(self, path: str) -> str:
        """What the server answers; raises AssertionError if that is no success."""
        head, body = await self.get(path)
        assert " 200 " in head.partition("\r\n")[0], head
        return body

    async def click(self, path: str, count: int) -> list[float]:
        """Click so many times on the page of that path, each when the last has been answered; seconds for each."""
        if path not in self._pages:
            self._pages[path] = await self._open(path)
        return [await self._pages[path].click() for _ in range(count)]

    async def _open(self, path: str) -> Clicker:
        _, page = await self.get(path)
        loop = asyncio.get_running_loop()
        _, screen = await loop.create_connection(lambda: Clicker(self, page), "127.0.0.1", self._port)
        await asyncio.wait_for(screen.ready, PATIENCE_S)
        self._screens.append(screen)
        return screen


def _button(node: list[Any]) -> int:
    """The id of the button called "Click", 0 if there is none here."""
    number, _, props, children = node
    if props.get("text") == "Click":
        return int(number)
    return next(filter(None, map(_button, children)), 0)
