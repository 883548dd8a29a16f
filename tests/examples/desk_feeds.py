"""A feed for tests: a market in a thread of its own, and a cable to it that can be pulled."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

from examples.desk import feed, market

RATE = 4_000


class Running:
    """A feed in a thread of its own."""

    def __init__(self, *, rate: int = RATE, seed: int = 1) -> None:
        self.rate, self.seed = rate, seed
        self.loop = asyncio.new_event_loop()
        self.is_open = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.is_open.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.feed = feed.Feed(market.Market(self.seed), self.rate, is_breakable=True)
        self.port = self.loop.run_until_complete(self.feed.open())
        self.loop.call_soon(self.is_open.set)
        self.loop.run_forever()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def do(self, what: Callable[[], object]) -> None:
        """Have something done in the feed's own thread."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (what(), done.set()))
        assert done.wait(10)

    def misbehave(self, fault: str) -> None:
        asyncio.run_coroutine_threadsafe(self.feed.misbehave(fault), self.loop).result(10)

    def rest(self) -> None:
        """No fault, and no more updates: messages without any go on."""
        self.do(lambda: (setattr(self.feed, "_until", 0.0), setattr(self.feed, "rate", 0)))

    def say(self, updates: list[tuple[int, int, int, int]]) -> None:
        """One batch of our own; the books of the market are to know of it already."""
        before = self.feed.market.step
        self.feed.market.step = lambda count: updates  # type: ignore[method-assign]
        self.do(self.feed.tick)
        self.feed.market.step = before  # type: ignore[method-assign]

    def stop(self) -> None:
        async def end() -> None:
            self.feed._server.close()
            await self.feed._server.wait_closed()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


class Cable:
    """Between a desk and its feed; it can be pulled without either end being told."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.is_pulled = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self.listener.getsockname()[1]}"
        self.ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                desk, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            self.ends += [desk, far]
            pulled = self.is_pulled
            for source, target in ((desk, far), (far, desk)):
                threading.Thread(target=self._carry, args=(source, target, pulled), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket, is_pulled: threading.Event) -> None:
        try:
            while data := source.recv(65536):
                if is_pulled.is_set():
                    return  # and close nothing
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def pull(self) -> None:
        """What is connected now hears nothing any more; who connects anew does."""
        self.is_pulled.set()
        self.is_pulled = threading.Event()

    def close(self) -> None:
        self.listener.close()
        for end in self.ends:
            end.close()
