"""A table of 10,000,000 rows: opening it, jumping anywhere, sorting by an index and without one, searching.

    python -m benchmarks.big_table [--quick] [--json]

First through the source of rows that `ui.table` reads (`RowReader`), beside the bare queries that one would write for the same window; then in real
Chromium, from the mouse or the page's address to painted rows, of which each is checked to be the one that belongs there. The file is made once and
kept in the system's temporary folder, since ten million rows and their index take half a minute.
"""

from __future__ import annotations

import importlib
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from hipflask.core.rows import Order, Question

from . import _servers
from ._browser import Tab, browser
from ._measure import Figures, Result, machine, main, note, percentile, rounded

ROWS, QUICK_ROWS = 10_000_000, 1_000_000
COLUMNS = ("number", "symbol", "price", "size", "note")
SCRIPT = Path(__file__).with_name("big_table.js")
PATIENCE_MS = 60_000
TABS = 5  # one after the other: each knows nothing of what the others have found out
BY_PRICE, BY_SIZE = (Order("price"),), (Order("size"),)
WORD = "note 777"
BARE_SORT = "SELECT number, symbol, price, size, note FROM trade ORDER BY size, number LIMIT 60"
BARE_MIDDLE = f"{BARE_SORT} OFFSET :middle"
ALL_WORDS = "(symbol LIKE '%note%' OR note LIKE '%note%') AND (symbol LIKE '%777%' OR note LIKE '%777%')"
BARE_SEARCH = (
    f"SELECT number, symbol, price, size, note FROM trade WHERE {ALL_WORDS} ORDER BY number LIMIT 60"
)
BARE_COUNT = f"SELECT count(*) FROM trade WHERE {ALL_WORDS}"


def measure(quick: bool) -> Result:
    """The source beside bare queries, then the screen."""
    rows = QUICK_ROWS if quick else ROWS
    page = _page(rows)
    ours, peer = _source(page, rows, 3)
    ours |= _screen(page.db.file, rows, 20 if quick else 100)
    ratios = {
        f"sqlite_{name}": rounded(peer[f"{name}_ms"] / ours[f"{name}_ms"])
        for name in ("sort", "middle", "search")
    }
    rounding = {name: round(value, 2) for name, value in ours.items()}
    return Result(
        "big_table",
        rounding,
        {"sqlite": {name: round(value, 2) for name, value in peer.items()}},
        ratios,
        machine(rows=str(rows)),
    )


def _page(rows: int) -> Any:
    """The program, with its file full."""
    file = Path(tempfile.gettempdir()) / "hipflask-big-table" / f"trades-{rows}.sqlite"
    os.environ["BIG_TABLE"] = str(file)
    sys.path.insert(0, str(_servers.PAGES))
    page = importlib.import_module("big_table_ours")
    if page.db.count(page.Trade) != rows:
        note(f"making {rows:,} rows")
        _fill(page.db, rows)
    return page


def _fill(db: Any, rows: int) -> None:
    """Rows whose prices are all the numbers there are, in no order that their own numbers have."""
    opened = db._open()
    (log,) = opened.logs
    with closing(opened.connect()) as connection:
        log.uninstall(connection)
        connection.execute("DELETE FROM trade")
        connection.execute("DROP INDEX ix_trade_price")
        connection.execute(
            "INSERT INTO trade (number, symbol, price, size, note) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :rows - 1) "
            "SELECT i + 1, 'SYM' || (i * 7919 % 500), i * 2654435761 % :rows, i * 40503 % 9973, CASE WHEN i % 3 THEN 'note ' || (i * 48271 % 100003) END FROM n",
            {"rows": rows},
        )
        connection.execute("CREATE INDEX ix_trade_price ON trade (price)")
        log.install(connection)
        log.skip(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Table:
    """One table's reader, and what it says."""

    def __init__(self, page: Any) -> None:
        self._news = Event()
        self.reader = page.db.find_rows(page.Trade).open(self._news.set)

    def read(self, **question: Any) -> tuple[float, Any]:
        """Milliseconds, and the answer."""
        began = time.perf_counter()
        answer = self.reader.read(Question(COLUMNS, count=60, **question))
        return (time.perf_counter() - began) * 1000, answer

    def settle(self, **question: Any) -> float:
        """Milliseconds until nothing in the answer is a guess."""
        began = time.perf_counter()
        while not self.read(**question)[1].is_exact:
            self._news.wait(60)
            self._news.clear()
        return (time.perf_counter() - began) * 1000


def _source(page: Any, rows: int, rounds: int) -> tuple[Figures, Figures]:
    random.seed(7)
    note("opening, jumping and sorting by an index, through the source")
    table = Table(page)
    ours: Figures = {
        "source_open_ms": table.read()[0],
        "source_sort_indexed_ms": table.read(order=BY_PRICE)[0],
    }
    ours["source_first_jump_ms"] = table.read(order=BY_PRICE, first=rows // 2)[0]
    ours["marks_ms"] = table.settle(order=BY_PRICE, first=rows - 60)
    jumps, guessed = [], 0
    for _ in range(200):
        first = random.randrange(rows - 60)
        taken, answer = table.read(order=BY_PRICE, first=first)
        guessed += not answer.is_exact
        assert not answer.is_exact or answer.rows[0].values[2] == first
        jumps.append(taken)
    ours["source_guesses"] = guessed
    ours |= {"source_jump_p50_ms": percentile(jumps, 50), "source_jump_p99_ms": percentile(jumps, 99)}
    table.reader.close()
    peer: Figures = {}
    with closing(page.db._open().connect()) as bare:
        for name, mine, theirs in (
            ("sort", lambda table: table.read(order=BY_SIZE), [BARE_SORT]),
            ("middle", lambda table: table.read(order=BY_SIZE, first=rows // 2), [BARE_MIDDLE]),
            ("search", lambda table: (table.settle(search=WORD), None), [BARE_SEARCH, BARE_COUNT]),
        ):
            note(f"{name}, beside the bare query")
            ours[f"{name}_ms"], peer[f"{name}_ms"] = _in_turns(
                page, bare, mine, theirs, rows, 1 if name == "middle" else rounds
            )
    return ours, peer


def _in_turns(
    page: Any,
    bare: sqlite3.Connection,
    mine: Callable[[Table], Any],
    theirs: list[str],
    rows: int,
    rounds: int,
) -> tuple[float, float]:
    """The best of each."""
    ours, others = [], []
    for _ in range(rounds):
        table = Table(page)
        ours.append(mine(table)[0])
        table.reader.close()
        began = time.perf_counter()
        for statement in theirs:
            bare.execute(statement, {"middle": rows // 2}).fetchall()
        others.append((time.perf_counter() - began) * 1000)
    return min(ours), min(others)


@dataclass
class Taken:
    """Milliseconds, of each time."""

    page: list[float] = field(default_factory=list)
    open: list[float] = field(default_factory=list)
    sorted: list[float] = field(default_factory=list)
    guess: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    jump: list[float] = field(default_factory=list)


def _screen(file: Path, rows: int, jumps: int) -> Figures:
    """In the browser: from the mouse or the address until the right rows are painted."""
    note("in Chromium")
    taken = Taken()
    with browser() as chromium, _servers.hipflask("big_table_ours", BIG_TABLE=str(file)) as server:
        for _ in range(TABS):
            _open(Tab(chromium, f"{server.url}/later?_token={_servers.TOKEN}"), taken)
            _look_around(Tab(chromium, f"{server.url}/?_token={_servers.TOKEN}"), taken, rows, jumps // TABS)
    every = [*taken.page, *taken.open, *taken.sorted, *taken.guess, *taken.first, *taken.jump]
    if None in every:
        raise SystemExit(f"The right rows were not painted within {PATIENCE_MS / 1000:.0f} s.")
    return {
        "page_ms": min(taken.page),
        "open_ms": percentile(taken.open, 50),
        "sort_indexed_ms": percentile(taken.sorted, 50),
        "first_jump_ms": percentile(taken.guess, 50),
        "first_jump_exact_ms": percentile(taken.first, 50),
        "jump_ms": percentile(taken.jump, 50),
        "jump_p99_ms": percentile(taken.jump, 99),
    }


def _open(tab: Tab, taken: Taken) -> None:
    """A page that is there, and at rest; then its button shows the table."""
    tab.put_probe_in("Show")
    tab.page.evaluate(SCRIPT.read_text("utf-8"))
    taken.open.append(_after_press(tab, tab.aim("Show"), 0))
    tab.page.context.close()


def _look_around(tab: Tab, taken: Taken, rows: int, jumps: int) -> None:
    """Load a page with the table, sort it, and jump: at once, while nobody knows yet where which row stands, and then again and again."""
    tab.page.wait_for_selector("hf-table", state="attached")
    tab.page.evaluate(SCRIPT.read_text("utf-8"))
    taken.page.append(tab.page.evaluate(f"bigTable.loaded({PATIENCE_MS})"))
    taken.sorted.append(_after_press(tab, tab.page.evaluate("bigTable.head('price')"), 2))
    guess, first = _jump(tab, random.uniform(0.3, 0.9), rows)
    taken.guess.append(guess)
    taken.first.append(first)
    _jump(tab, 1.0, rows)  # then it is known of all of them
    for _ in range(jumps):
        time.sleep(0.02)
        taken.jump.append(_jump(tab, random.uniform(0.02, 0.98), rows)[1])
    tab.page.context.close()


def _after_press(tab: Tab, where: Sequence[float], column: int) -> float:
    tab.page.evaluate(f"bigTable.pressed({column}, {PATIENCE_MS})")
    tab.page.mouse.click(*where)
    return float(tab.page.evaluate("bigTable.promise"))


def _jump(tab: Tab, fraction: float, rows: int) -> tuple[float, float]:
    """Milliseconds until rows from near there are painted, and until the right ones are."""
    near = rows // 10
    guess, right = tab.page.evaluate(f"bigTable.jump({fraction}, 2, {rows}, {PATIENCE_MS}, {near})")
    return guess, right


if __name__ == "__main__":
    main("Ten million rows in a table, beside the bare queries.", measure)
