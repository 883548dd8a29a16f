"""The server at the other end of the desk's web socket: a replayed market, and everything that can go wrong with one.

    python -m examples.desk.feed                            ws://127.0.0.1:8765, 20,000 updates a second
    python -m examples.desk.feed --rate 100000 --seed 3
    python -m examples.desk.feed --breakable                a desk may ask it to misbehave: see `wire.FAULTS`

Nothing is queued for anybody: a desk has a place in the last `HISTORY` batches and is sent what comes after it, as quickly as it
takes it. Who falls out of the history, or comes from another run, gets a snapshot.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import deque
from threading import Thread
from typing import NamedTuple

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from .candles import Candles, some_past
from .market import RATES, Market
from .wire import FAULTS, TRADE, Ask, Batch, Break, Hello, Past, Snapshot, Welcome, encode, from_desk

PER_SECOND = 50
HISTORY = 10 * PER_SECOND
FLOOD = 20
NONSENSE = [
    "", "null", "[]", "{", '["batch"]', '["batch", 1, 1e11, [[0, 0, 1, 1]]]', '["batch", "one", "two", "three"]',
    '["batch", 9, 1.5, [[0, 7, -3, 1e99]]]', '["batch", 9, 1.5, [[99999, 0, 1, 1]]]', '["snapshot", 0, 1.5, []]',
    '["what", "is", "this"]', b"\x00\xff\xfe", "☃" * 100_000,
]  # fmt: skip


class Sent(NamedTuple):
    last: int  # the number of its last update
    data: bytes


class Feed:
    """One run of a market, and whoever listens."""

    def __init__(self, market: Market, rate: int = 20_000, *, is_breakable: bool = False) -> None:
        self.market = market
        self.rate = rate
        self.is_breakable = is_breakable
        self.run = f"{os.getpid()}-{time.time():.3f}"
        self.number = 0  # of the last update
        now = time.time()
        self._candles = [Candles(some_past(book, place, now)) for place, book in enumerate(market.books)]
        self._history: deque[Sent] = deque(maxlen=HISTORY)
        self._count = 0  # of all batches so far
        self._news = asyncio.Condition()
        self._fault, self._until = "", 0.0
        self._lost: set[int] = set()
        self._desks: set[ServerConnection] = set()

    async def open(self, port: int = 0) -> int:
        """Begin to answer and to move; returns the port."""
        self._server = await serve(self._talk, "127.0.0.1", port, compression=None, max_size=2**16)
        self._moving = asyncio.create_task(self._move())
        return int(self._server.sockets[0].getsockname()[1])

    # ── the market ────────────────────────────────────────────────────────────────────────────────

    async def _move(self) -> None:
        due = time.monotonic()
        while True:
            due = max(
                due + 1 / PER_SECOND, time.monotonic() - 1
            )  # after a long sleep nobody wants all that was missed
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self.fault != "stop":
                self.tick()
                async with self._news:
                    self._news.notify_all()

    def tick(self) -> None:
        """One batch more."""
        count = self.rate // PER_SECOND * (FLOOD if self.fault == "flood" else 1)
        updates = self.market.step(count)
        at = time.time() - (3600 if self.fault == "back in time" else 0)
        data = encode(Batch(self.number + 1, at, updates))
        now = time.time()
        for place, what, price, size in updates:
            if what == TRADE:
                self._candles[place].add(now, price, abs(size))
        self.number += len(updates)
        self._history.append(Sent(self.number, data))
        self._count += 1

    # ── faults ────────────────────────────────────────────────────────────────────────────────────

    @property
    def fault(self) -> str:
        """What is wrong just now; "" if nothing is."""
        return self._fault if time.monotonic() < self._until else ""

    async def misbehave(self, fault: str) -> None:
        """Have something go wrong for a while."""
        self._fault, self._until = fault, time.monotonic() + FAULTS[fault]
        self._lost.clear()
        if fault == "hang up":
            for desk in list(self._desks):
                await desk.close(1001, "the feed goes down")

    def _spoilt(self, sent: Sent, place: int) -> list[bytes | str]:
        """What really goes over the line in place of a batch."""
        match self.fault:
            case "nonsense":
                return [NONSENSE[place % len(NONSENSE)], sent.data]
            case "twice":
                return [sent.data, sent.data]
            case "lost" if place % 10 == 0 and place not in self._lost:
                self._lost.add(place)  # once; it is there when the desk asks for it again
                return []
        return [sent.data]

    # ── a desk ────────────────────────────────────────────────────────────────────────────────────

    async def _talk(self, desk: ServerConnection) -> None:
        listening = None
        self._desks.add(desk)
        try:
            hello = from_desk(await desk.recv())
            if not isinstance(hello, Hello):
                raise msgspec.ValidationError("a hello comes first")
            listening = asyncio.create_task(self._listen(desk))
            await desk.send(encode(Welcome(self.run, self.market.instruments, RATES)))
            await self._send(desk, await self._place_of(desk, hello))
        except msgspec.MsgspecError as error:
            await desk.close(1002, str(error)[:100])
        except ConnectionClosed:
            pass
        finally:
            self._desks.discard(desk)
            if listening is not None:
                listening.cancel()

    async def _listen(self, desk: ServerConnection) -> None:
        try:
            async for message in desk:
                said = from_desk(message)
                if isinstance(said, Ask) and said.place < len(self._candles):
                    await desk.send(encode(Past(said.place, self._candles[said.place].all())), text=True)
                elif isinstance(said, Break) and self.is_breakable and said.fault in FAULTS:
                    await self.misbehave(said.fault)
        except msgspec.MsgspecError as error:
            await desk.close(1002, str(error)[:100])

    async def _place_of(self, desk: ServerConnection, hello: Hello) -> int:
        """The batch to go on with, counted from the first of all."""
        oldest = self._count - len(self._history)
        if hello.run == self.run and self._history:
            for place, sent in enumerate(self._history, oldest):
                if sent.last > hello.number:
                    # If the first one that is kept is new to them, something before it may be, too.
                    return place if place > oldest or oldest == 0 else await self._snapshot(desk)
            return self._count
        return await self._snapshot(desk)

    async def _snapshot(self, desk: ServerConnection) -> int:
        """Send everything as it is now; returns the batch that comes after it."""
        place, data = self._count, encode(Snapshot(self.number, time.time(), self.market.books))
        await desk.send(data, text=True)
        return place

    async def _send(self, desk: ServerConnection, place: int) -> None:
        while True:
            oldest = self._count - len(self._history)
            if place < oldest:
                place = await self._snapshot(desk)
            elif place < self._count:
                sent = self._history[place - oldest]
                for data in self._spoilt(sent, place):
                    await desk.send(data, text=data is sent.data or None)
                place += 1
            else:
                async with self._news:
                    await self._news.wait_for(lambda after=place: self._count > after)


async def run(port: int, seed: int, rate: int, is_breakable: bool) -> None:
    """Serve until the process ends."""
    opened = await Feed(Market(seed), rate, is_breakable=is_breakable).open(port)
    print(f"ws://127.0.0.1:{opened}", flush=True)
    await asyncio.Future()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=int, default=20_000, help="updates a second")
    parser.add_argument("--breakable", action="store_true", help="desks may ask for faults")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    if options.with_parent:
        Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(run(options.port, options.seed, options.rate, options.breakable))


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
