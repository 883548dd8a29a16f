"""Whatever happens to the rows and whatever a person asks: in the end the screen shows what the source has."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hipflask import ui
from hipflask.core.rows import Line
from hipflask.testing.plain import PlainScreen
from hipflask.testing.tables import wait_until_read
from hipflask.ui.live import LiveSession
from hipflask.ui.tables.cells import encode
from hipflask.ui.tables.ids import MOST, Ids
from hipflask.ui.workers import Workers
from naive_rows import answer
from ui.sessions import page_of, session_of
from ui.tables.doubles import Trades, found_by, trades

KEYS = st.integers(0, 14)
VALUES = {
    "name": st.sampled_from(["a", "b", "c", "<b>", "\u202eabc", "x" * 600]),
    "price": st.none() | st.floats(-3, 3) | st.just(float("nan")),
    "size": st.none() | st.integers(0, 3) | st.just(2**60),
}


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, Any]:
    kind = draw(
        st.sampled_from(
            ["put", "put", "put", "delete", "view", "ask", "edit", "fold", "layout", "draw", "resync"]
        )
    )
    match kind:
        case "put":
            names = draw(st.sets(st.sampled_from([*VALUES]), min_size=1))
            return kind, (draw(KEYS), {name: draw(VALUES[name]) for name in sorted(names)})
        case "delete":
            return kind, draw(KEYS)
        case "view":
            return kind, (draw(st.integers(0, 12)), draw(st.integers(1, 10)))
        case "ask":
            order = draw(st.lists(st.tuples(st.sampled_from([*VALUES]), st.booleans()), max_size=2))
            filters = draw(
                st.sampled_from([[], [["size", ">", 0]], [["price", "empty", None]], [["name", "in", ["a"]]]])
            )
            return kind, {
                "order": [list(each) for each in order],
                "filters": filters,
                "search": draw(st.sampled_from(["", "a", "b x"])),
                "group": draw(st.sampled_from([[], [], ["name"], ["name", "size"]])),
            }
        case "edit":
            return kind, (draw(st.integers(0, 9)), draw(st.sampled_from(["1", "2.5", "", "-1", "no"])))
        case "fold":
            return kind, (draw(st.integers(0, 9)), draw(st.booleans()))
        case "layout":
            return kind, draw(st.sampled_from([[], ["price"], ["name", "size"]]))
    return kind, None


class Window:
    """A window with a table, at a screen without a browser."""

    def __init__(self, source: Trades, workers: Workers) -> None:
        self.source = source
        self.again = ui.State(0)
        self.session: LiveSession = session_of(self.draw, workers, find_rows=found_by)
        self.screen = PlainScreen(self.session, page_of(self.session))
        self.number = 0

    def draw(self) -> None:
        self.again.value  # noqa: B018 (is read)
        columns = [
            ui.table_column("name", tone=lambda value, row: "quiet" if row["size"] else None),
            ui.table_column("price", editable=True, tone=lambda value: "danger" if value < 0 else None),
            "size",
        ]
        ui.table(self.source, columns, totals={"size": "sum"})

    @property
    def node(self) -> Any:
        return next(node for node in self.screen.tree.nodes.values() if node.tag == "hf-table")

    def wait(self) -> None:
        self.session.wait_until_settled(3)
        wait_until_read(self.session, self.node.id, 3)

    def take(self, step: tuple[str, Any]) -> None:
        kind, what = step
        getattr(self, f"_{kind}")(what)

    def _put(self, what: Any) -> None:
        key, values = what
        if key in self.source.rows or len(values) == len(VALUES):
            self.source.put(key, **values)

    def _delete(self, key: int) -> None:
        self.source.remove([key])

    def _view(self, what: Any) -> None:
        self.number += 1
        self._event("view", {"number": self.number, "first": what[0], "count": what[1]})

    def _ask(self, what: Any) -> None:
        self._event("ask", what)

    def _edit(self, what: Any) -> None:
        place, text = what
        keys = self.node.props["rows"]["keys"]
        if place < len(keys):
            self._event("edit", {"id": keys[place], "column": "price", "value": text})

    def _fold(self, what: Any) -> None:
        rows = self.node.props["rows"]
        if rows["sizes"] and what[0] < len(rows["sizes"]) and rows["sizes"][what[0]] is not None:
            self._event("fold", {"id": rows["keys"][what[0]], "open": what[1]})

    def _layout(self, hidden: Any) -> None:
        self._event("layout", {**self.node.props["layout"], "hidden": hidden})

    def _draw(self, _: Any) -> None:
        self.again.update(lambda number: number + 1)

    def _resync(self, _: Any) -> None:
        self.session.resync("for a test")

    def _event(self, name: str, value: object) -> None:
        self.screen.event(self.node.id, name, value)


def expected(window: Window) -> dict[str, Any]:
    """What the source has, for what the table is asked."""
    stream: Any = window.session.node(window.node.id).stream  # type: ignore[union-attr]
    view = stream.now[1]
    question = view.question(stream._hidden(view))
    found = answer(window.source.rows, question)
    lines = []
    for line in found.rows:
        values = dict(zip(question.columns, line.values, strict=True))
        if line.size is not None:
            values[question.group[line.level]] = line.key[line.level]  # type: ignore[index]
        lines.append((line.level, line.size, {name: encode(value) for name, value in values.items()}))
    return {"lines": lines, "total": found.total, "totals": found.totals, "first": found.first}


def shown(window: Window) -> dict[str, Any]:
    """What the screen has: what it was drawn with, and every call since."""
    rows = window.node.props["rows"]
    count = len(rows["keys"])
    levels, sizes = rows["levels"] or [0] * count, rows["sizes"] or [None] * count
    lines = [
        (
            levels[row],
            sizes[row],
            {name: rows["cells"][place][row] for place, name in enumerate(rows["columns"])},
        )
        for row in range(count)
    ]
    return {
        "lines": lines, "total": rows["total"], "totals": window.node.props["totals"] or {}, "first": rows["first"],
    }  # fmt: skip


@given(st.lists(steps(), max_size=25))
def test_the_screen_shows_what_the_source_has(workers: Workers, history: list[tuple[str, Any]]) -> None:
    """Rows put, changed, deleted and edited; scrolled, sorted, filtered, searched, grouped, hidden, drawn again, sent again."""
    source = trades(6)
    window = Window(source, workers)
    try:
        for step in history:
            window.take(step)
        window.wait()
        assert window.screen.failure is None
        found, there = expected(window), shown(window)
        for line in found["lines"]:  # all values are asked for where a tone looks at the whole row
            for name in line[2].keys() - set(window.node.props["rows"]["columns"]):
                del line[2][name]
        assert there["lines"] == found["lines"]
        assert there["total"] == found["total"]
        assert there["totals"] == {name: encode(value) for name, value in found["totals"].items()}
        check_tones(window)
    finally:
        window.session.close()
    assert source.readers == []


def check_tones(window: Window) -> None:
    rows = window.node.props["rows"]
    if "price" not in rows["columns"]:
        return
    place = rows["columns"].index("price")
    toned = [row for row, column, _ in rows["tones"] if column == place]
    prices = rows["cells"][place]
    assert toned == [row for row, price in enumerate(prices) if isinstance(price, float) and price < 0]


def test_a_hundred_thousand_rows_in_sight_one_after_the_other_are_not_all_remembered() -> None:
    """Numbers are given to keys that come into sight, and taken from those that nobody can mean any more."""
    ids = Ids()
    first = ids.of([Line("chosen", ())])[0]
    for start in range(0, 3 * MOST, 1000):
        numbers = ids.of([Line(key, ()) for key in range(start, start + 1000)])
        if ids.is_full:
            ids.keep_only({"chosen"}, set(numbers))
    assert len(ids._ids) <= MOST + 1000
    assert ids.of([Line("chosen", ())]) == [first]
    assert ids.row(numbers[-1]) == 3 * MOST - 1
