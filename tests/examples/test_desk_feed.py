"""The desk's line to its feed: whatever goes wrong with it, nothing is lost, nothing counts twice, and it is seen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise

import msgspec
import pytest
from desk_feeds import RATE, Cable, Running
from examples.desk import connection, feed, market, mirror, wire
from websockets.sync.client import connect


class Desk:
    """A mirror, its connection, and what they have told."""

    def __init__(self, url: str) -> None:
        self.mirror = mirror.Mirror()
        self.lines: list[str] = []
        self.begun_with = self.traded = 0
        self.connection = connection.Connection(
            self.mirror, heard=self._begin, beat=self._drain, line=self.lines.append
        )
        self.connection.start(url)

    def _begin(self, message: object) -> None:
        if isinstance(message, wire.Snapshot):
            self.begun_with = sum(book.volume for book in message.books)

    def _drain(self) -> None:
        self.traded += sum(abs(size) for _, _, size in self.mirror.drain()[1])

    def wait(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, (self.lines, self.mirror.counts, self.mirror.complaint)
            time.sleep(0.01)

    def hears(self, updates: int = 400) -> None:
        """Wait until so many updates more have come."""
        after = self.mirror.counts["updates"] + updates
        self.wait(lambda: self.mirror.counts["updates"] >= after)


@pytest.fixture
def server() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def desk(server: Running) -> Iterator[Desk]:
    """One that has heard something already."""
    desk = Desk(server.url)
    desk.hears()
    yield desk
    desk.connection.stop()


def check_nothing_is_lost(desk: Desk, server: Running) -> None:
    """The desk's books are the market's own, and so is every volume, which an update lost or taken twice would change."""
    server.rest()
    desk.wait(lambda: desk.mirror.number == server.feed.number)
    assert desk.mirror.books == server.feed.market.books


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────


def test_a_desk_has_the_books_of_the_market(desk: Desk, server: Running) -> None:
    desk.hears(2_000)
    check_nothing_is_lost(desk, server)
    assert desk.lines == ["live"]


def test_all_trades_are_seen_once(desk: Desk, server: Running) -> None:
    """What had been traded when we came, and every trade since, are what has been traded in all."""
    desk.hears(2_000)
    server.rest()
    desk.wait(lambda: desk.mirror.number == server.feed.number)
    in_all = sum(book.volume for book in server.feed.market.books)
    desk.wait(lambda: desk.begun_with + desk.traded == in_all)
    assert desk.traded > 0


def test_a_feed_that_stops_is_called_silent_until_it_goes_on(
    desk: Desk, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENT_AFTER", 0.2)
    server.misbehave("stop")
    desk.wait(lambda: desk.lines[-1] == "silent")
    server.do(lambda: setattr(server.feed, "_until", 0.0))
    desk.wait(lambda: desk.lines[-1] == "live")
    desk.hears()
    check_nothing_is_lost(desk, server)
    assert desk.mirror.counts["lost"] == 0


def test_a_line_that_died_without_a_word_is_made_anew(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half open: nobody says that the other end is gone. What was missed is caught up with, not sent anew."""
    monkeypatch.setattr(connection, "SILENT_AFTER", 0.1)
    monkeypatch.setattr(connection, "GIVEN_UP_AFTER", 0.4)
    cable = Cable(server.port)
    with closing(cable):
        desk = Desk(cable.url)
        desk.hears()
        cable.pull()
        desk.wait(lambda: desk.lines[-2:] == ["silent", "away"])
        desk.wait(lambda: desk.lines[-1] == "live")
        desk.hears()
        check_nothing_is_lost(desk, server)
        assert (desk.mirror.counts["lost"], desk.mirror.counts["snapshots"]) == (1, 1)
        desk.connection.stop()


def test_a_flood_is_taken_in_or_passed_over_but_never_kept(desk: Desk, server: Running) -> None:
    """Twenty times as much: at its end the desk is where the market is."""
    server.misbehave("flood")
    desk.hears(20 * RATE // 4)
    check_nothing_is_lost(desk, server)


def test_who_is_too_slow_gets_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed keeps so much and no more, for whomever it is."""
    monkeypatch.setattr(feed, "HISTORY", 5)
    server = Running()
    desk = Desk(server.url)
    desk.hears()
    desk.connection.cut(True)
    desk.wait(lambda: desk.lines[-1] == "cut")
    heard = server.feed._count
    desk.wait(lambda: server.feed._count > heard + 10)
    desk.connection.cut(False)
    desk.hears()
    check_nothing_is_lost(desk, server)
    assert desk.mirror.counts["snapshots"] == 2
    desk.connection.stop()
    server.stop()


def test_who_falls_behind_on_an_open_line_gets_a_snapshot_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed queues nothing for a line that takes its time; what comes next on it makes sense all the same."""
    monkeypatch.setattr(feed, "HISTORY", 5)

    class SlowLine:
        def __init__(self) -> None:
            self.taken: list[bytes] = []

        async def send(self, data: bytes, text: bool | None = None) -> None:
            await asyncio.sleep(0.02)
            self.taken.append(data)

    async def talk() -> tuple[list[bytes], int]:
        moving, line = feed.Feed(market.Market(1), 4_000), SlowLine()
        talking = asyncio.create_task(moving._send(line, await moving._snapshot(line)))  # type: ignore[arg-type]
        for _ in range(40):
            moving.tick()
            async with moving._news:
                moving._news.notify_all()
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.5)  # five batches, at most, take a tenth of a second
        talking.cancel()
        return line.taken, moving.number

    copy = mirror.Mirror()
    copy.take(wire.encode(wire.Welcome("run", market.instruments(), market.RATES)))
    taken, number = asyncio.run(talk())
    for data in taken:
        copy.take(data)
    assert copy.number == number
    assert copy.counts["snapshots"] >= 2
    assert copy.counts["gaps"] == 0


def test_nonsense_is_counted_and_changes_nothing(desk: Desk, server: Running) -> None:
    server.misbehave("nonsense")
    desk.wait(lambda: desk.mirror.counts["nonsense"] >= len(feed.NONSENSE))
    check_nothing_is_lost(desk, server)
    assert desk.lines == ["live"]
    assert desk.mirror.complaint


def test_a_clock_that_goes_back_does_not_take_ours_along(desk: Desk, server: Running) -> None:
    """Numbers say what came after what; time only goes on."""
    server.misbehave("back in time")
    before = desk.mirror.at
    desk.wait(lambda: desk.mirror.counts["back in time"] >= 3)
    assert desk.mirror.at >= before
    check_nothing_is_lost(desk, server)


def test_what_comes_twice_counts_once(desk: Desk, server: Running) -> None:
    server.misbehave("twice")
    desk.wait(lambda: desk.mirror.counts["twice"] >= 400)
    check_nothing_is_lost(desk, server)


def test_what_does_not_come_is_asked_for(desk: Desk, server: Running) -> None:
    """A number that is missing means a new connection, which begins where the old one was."""
    server.misbehave("lost")
    desk.wait(lambda: desk.mirror.counts["gaps"] >= 2)
    check_nothing_is_lost(desk, server)
    assert desk.mirror.counts["snapshots"] == 1


def test_a_feed_that_hangs_up_is_called_again(desk: Desk, server: Running) -> None:
    for _ in range(3):
        server.misbehave("hang up")
        desk.wait(lambda: desk.lines[-1] == "away")
        desk.wait(lambda: desk.lines[-1] == "live")
    desk.hears()
    check_nothing_is_lost(desk, server)
    assert (desk.mirror.counts["lost"], desk.mirror.counts["snapshots"]) == (3, 1)


def test_another_run_of_the_feed_begins_anew(server: Running) -> None:
    """Its numbers mean something else, so a snapshot comes first."""
    cable = Cable(server.port)
    desk = Desk(cable.url)
    desk.hears()
    other = Running(seed=2)
    cable.to = other.port
    server.misbehave("hang up")
    desk.wait(lambda: desk.mirror.run == other.feed.run)
    desk.hears()
    check_nothing_is_lost(desk, other)
    assert (desk.mirror.counts["gaps"], desk.mirror.counts["snapshots"]) == (0, 2)
    desk.connection.stop()
    other.stop()
    cable.close()


def test_a_feed_that_is_not_there_is_tried_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []

    def refuse(*args: object, **kwargs: object) -> None:
        tried.append(time.monotonic())
        raise ConnectionRefusedError

    monkeypatch.setattr(connection, "connect", refuse)
    monkeypatch.setattr(connection.random, "uniform", lambda low, high: high)
    desk = Desk("ws://127.0.0.1:9")
    time.sleep(1.2)
    desk.connection.stop()
    waits = [later - sooner for sooner, later in pairwise(tried)]
    assert len(tried) == 4  # after 0, 0.1, 0.3 and 0.7 seconds
    assert waits == sorted(waits)


def test_a_beat_that_fails_does_not_stop_the_prices(server: Running) -> None:
    desk = Desk.__new__(Desk)
    desk.mirror, desk.lines = mirror.Mirror(), []
    desk.connection = connection.Connection(desk.mirror, beat=lambda: 1 / 0, line=desk.lines.append)
    desk.connection.start(server.url)
    desk.hears(1_000)
    desk.connection.stop()
    assert desk.lines == ["live"]


def test_a_slow_beat_does_not_make_the_desk_fall_behind(server: Running) -> None:
    """Where writing takes longer than the time for it, it is done less often: what comes in goes first."""
    server.do(lambda: setattr(server.feed, "rate", 50))
    desk = Desk.__new__(Desk)
    desk.mirror, desk.lines = mirror.Mirror(), []
    desk.connection = connection.Connection(
        desk.mirror, beat=lambda: time.sleep(0.15), line=desk.lines.append
    )
    desk.connection.start(server.url)
    desk.hears(50)
    time.sleep(2)
    behind = server.feed.number - desk.mirror.number
    desk.connection.stop()
    assert behind < 40, "one update a message, fifty a second"


# ── what the mirror refuses ───────────────────────────────────────────────────────────────────────


def begun() -> mirror.Mirror:
    moving = market.Market(1)
    copy = mirror.Mirror(clock=lambda: 1_000.0)
    copy.take(wire.encode(wire.Welcome("run", moving.instruments, market.RATES)))
    copy.take(wire.encode(wire.Snapshot(10, 999.0, moving.books)))
    return copy


@pytest.mark.parametrize(
    "message",
    [
        *feed.NONSENSE,
        '["batch", 11, 999.5, [[0, 0, 5, 1], [500, 0, 5, 1]]]',  # the second is of nobody
        '["batch", 11, 999.5, [[0, 0, 5, 1], [1, 0, -5, 1]]]',
        '["batch", 11, 999.5, [[0, 0, 5.5, 1]]]',
        '["batch", 11, 5e9, [[0, 0, 5, 1]]]',  # in a hundred years
        '["batch", 11, NaN, []]',
        '["snapshot", 11, 999.5, [[{}, {}, 1, 1, 0, 0]]]',
        '["past", 500, []]',
        '["welcome", "other", [["A", "A", "A", "EUR", 0]], {"EUR": 1}]',
        '["welcome", "other", [["A", "A", "A", "XXX", 100]], {"EUR": 1}]',
    ],
    ids=lambda message: repr(message)[:40],
)
def test_a_message_is_taken_whole_or_not_at_all(message: str | bytes) -> None:
    copy, untouched = begun(), begun()
    assert copy.take(message) is None
    assert copy.books == untouched.books
    assert (copy.run, copy.number, copy.at) == ("run", 10, 999.0)
    assert copy.counts["nonsense"] == 1


def test_a_book_cannot_grow_without_end() -> None:
    """A feed that only ever adds prices does not fill the memory; the best ones stay."""
    copy = begun()
    for price in range(1, 5_000):
        copy.take(json.dumps(["batch", copy.number + 1, 999.0, [[0, wire.BID, price, 1]]]))
    assert len(copy.books[0].bids) <= mirror.MOST_LEVELS
    assert max(copy.books[0].bids) >= 4_999


# ── what the feed refuses ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["{", '["break", "flood"]', '["hello", 5, 5]', "[]", b"\xff"])
def test_a_feed_hangs_up_on_who_makes_no_sense(server: Running, words: str | bytes) -> None:
    with connect(server.url) as line:
        line.send(words)
        with pytest.raises(Exception, match=r"1002|1007"):
            while True:
                line.recv(timeout=5)


def test_faults_are_for_feeds_that_allow_it(server: Running) -> None:
    server.feed.is_breakable = False
    with connect(server.url) as line:
        line.send(wire.encode(wire.Hello("", 0)), text=True)
        line.send(wire.encode(wire.Break("stop")), text=True)
        for _ in range(5):
            assert msgspec.json.decode(line.recv(timeout=5))[0] in ("welcome", "snapshot", "batch")
    assert server.feed._fault == ""


def test_the_past_of_an_instrument_can_be_asked_for(server: Running) -> None:
    with connect(server.url) as line:
        line.send(wire.encode(wire.Hello("", 0)), text=True)
        line.send(wire.encode(wire.Ask(17)), text=True)
        while (answer := wire.from_feed(line.recv(timeout=5))).__class__ is not wire.Past:
            pass
    assert answer.place == 17 and len(answer.candles) >= 119
