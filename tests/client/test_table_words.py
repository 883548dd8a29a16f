"""Whatever cells hold is shown as words: in the right format, never as markup, with nothing hidden in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .browser import open_page, wait_for
from .server import Server
from .tables import COLUMNS, Session, cells, column, open_table, painted, table, window

CLIENT = Path(__file__).parents[2] / "client"
EVIL = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "{{7*7}}${7*7}",
    "</div></hf-table><h1>out</h1>",
    "__proto__",
    "constructor",
]


def one(kind: str, values: list[Any], **more: Any) -> Any:
    columns = [column("it", kind, **more)]
    rows = window(columns, 0, len(values), len(values))
    rows["cells"] = [values]
    return table(columns, rows=rows)


def test_nothing_in_cells_or_headings_ever_becomes_markup(page: Page, server: Server) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a cell said {dialog.message}"))
    columns = [column(name, heading=name, choices=EVIL, width=110) for name in EVIL]
    rows = window(columns, 0, 3, 3)
    rows["cells"] = [[text, text, text] for text in EVIL]
    rows["sizes"], rows["levels"] = [2, None, None], [0, 1, 1]
    asked = {"order": [], "filters": [[EVIL[0], "is", EVIL[1]]], "search": EVIL[0], "group": [EVIL[0]]}
    props: dict[str, Any] = {
        "asked": asked,
        "failure": EVIL[0],
        "advice": EVIL[1],
        "totals": dict.fromkeys(EVIL, EVIL[0]),
    }
    open_table(
        page,
        server,
        table(
            columns,
            rows=rows,
            searches=True,
            label=EVIL[0],
            actions=[{"label": EVIL[0], "icon": EVIL[0]}],
            **props,
        ),
    )
    session = Session(page, server, 3, columns)
    session.settle()
    for text in EVIL:
        session.call("cells", [2], [EVIL.index(text)], [text], ["success"])
        session.call("told", text)
        session.call("refused", None, None, text)
    session.call("suggested", EVIL[0], EVIL)
    page.get_by_text(EVIL[0]).first.hover()
    found = "document.querySelector('hf-table').shadowRoot.querySelectorAll('img, script, b, h1, a, iframe').length"
    assert page.evaluate(found) == 0
    assert cells(page)[2] == EVIL
    assert page.evaluate("document.querySelectorAll('h1').length") == 0


def test_characters_that_nobody_sees_are_shown(page: Page, server: Server) -> None:
    open_table(
        page,
        server,
        one(
            "text",
            [
                "a\u202egpj.exe",
                "nul\x00 esc\x1b[1m",
                "two\nlines",
                "\u200bzero",
                "fam\U0001f468\u200d\U0001f469ily",
            ],
        ),
    )
    assert cells(page, 0) == [
        "a⟨202E⟩gpj.exe",
        "nul␀ esc␛[1m",
        "two↵lines",
        "⟨200B⟩zero",
        "fam\U0001f468\u200d\U0001f469ily",
    ]


def test_a_text_from_right_to_left_turns_nothing_around_it(page: Page, server: Server) -> None:
    columns = [column("a", width=200), column("b", width=200)]
    rows = window(columns, 0, 1, 1)
    rows["cells"] = [["שלום (1)"], ["next (2)"]]
    open_table(page, server, table(columns, rows=rows))
    styles = page.evaluate(
        "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.row .cell')].map(c => getComputedStyle(c).unicodeBidi)"
    )
    assert styles == ["plaintext", "plaintext"]
    first, second = page.get_by_text("שלום").bounding_box(), page.get_by_text("next").bounding_box()
    assert first and second and first["x"] < second["x"]


CASES: list[tuple[str, list[Any], dict[str, Any], list[str]]] = [
    ("integer", [1234567, -5, 0, None, "123456789012345678901234567890"], {},
     ["1,234,567", "-5", "0", "", "123,456,789,012,345,678,901,234,567,890"]),
    ("float", [0.1, 1e300, 5e-324, 1234.5, {"n": "NaN"}, {"n": "-Infinity"}, {"n": "Infinity"}], {},
     ["0.1", "1E300", "5E-324", "1,234.5", "NaN", "−∞", "∞"]),
    ("float", [0.1, 2, 1e20], {"digits": 2}, ["0.10", "2.00", "100,000,000,000,000,000,000.00"]),
    ("decimal", ["0.10", "12.500", "-0.00", "99999999999999999999.99", "1E+40", "sNaN"], {},
     ["0.10", "12.500", "-0.00", "99,999,999,999,999,999,999.99", "1E40", "sNaN"]),
    ("float", [0.1234, -1], {"format": "percent"}, ["12.3%", "-100.0%"]),
    ("integer", [1234567, 999], {"format": "compact"}, ["1.2M", "999"]),
    ("integer", [1234567, 12], {"format": "bytes"}, ["1.2 MB", "12 B"]),
    ("decimal", ["1234.5", "-3"], {"format": "currency:EUR"}, ["€1,234.50", "-€3.00"]),
    ("decimal", ["5"], {"format": "currency:nonsense"}, ["5"]),
    ("float", [1.2, -1.2, 0], {"format": "signed"}, ["+1.2", "-1.2", "0.0"]),
    ("boolean", [True, False, None], {}, ["Yes", "No", ""]),
    ("date", ["2026-11-23", "0001-01-01", "no date"], {}, ["Nov 23, 2026", "Jan 1, 1", "no date"]),
    ("datetime", ["2026-11-23T09:30:00"], {}, ["Nov 23, 2026, 9:30:00 AM"]),
    ("time", ["09:30:00.123456", "09:30"], {}, ["09:30:00", "09:30"]),
    ("duration", ["2 days, 1:00:00"], {}, ["2 days, 1:00:00"]),
    ("bytes", [{"b": 2048}], {}, ["2 kB"]),
    ("text", [{"t": "abc", "n": 1000}], {}, ["abc…"]),
]  # fmt: skip


def test_values_are_written_as_their_column_has_them(page: Page, server: Server) -> None:
    columns = [column(f"c{i}", kind, width=60, **more) for i, (kind, _, more, _) in enumerate(CASES)]
    rows = window(columns, 0, 7, 7)
    rows["cells"] = [[*values, *[None] * (7 - len(values))] for _, values, _, _ in CASES]
    page.set_viewport_size({"width": 1300, "height": 700})
    open_table(page, server, table(columns, rows=rows))
    shown = [[text.replace("\u202f", " ") for text in texts] for texts in zip(*cells(page), strict=True)]
    for (kind, _, more, words), texts in zip(CASES, shown, strict=True):
        assert texts == [*words, *[""] * (7 - len(words))], (kind, more)


def test_lines_and_bars_are_drawn(page: Page, server: Server) -> None:
    columns = [column("line", "numbers"), column("part", "float", format="progress")]
    rows = window(columns, 0, 3, 3)
    rows["cells"] = [[[0, 2, 1], [], [5]], [0.25, 2, None]]
    open_table(page, server, table(columns, rows=rows))
    painted(page)
    ways = "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.row path')].map(p => p.getAttribute('d'))"
    assert page.evaluate(ways) == ["M0.0 20.0L50.0 0.0L100.0 10.0", "", "M50.0 10.0"]
    bars = "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.row i')].map(i => i.style.width)"
    assert page.evaluate(bars) == ["25%", "100%", "0%"]


def test_cells_change_where_they_are_and_light_up(page: Page, server: Server) -> None:
    open_table(page, server)
    session = Session(page, server)
    session.settle()
    page.evaluate(
        "window.before = [...document.querySelector('hf-table').shadowRoot.querySelectorAll('.cell')].map(c => c.firstChild)"
    )
    session.call(
        "cells", [0, 1, 2, 2], [2, 2, 2, 0], [9, -9, 0.5, "Same colour"], ["success", None, None, None]
    )
    looks = "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.row .cell[aria-colindex=\"3\"]')].slice(0, 3).map(c => c.className)"
    up, down, same = page.evaluate(looks)
    assert "up" in up and "success" in up
    assert "down" in down
    assert "up" not in same and "down" not in same, "it was 0.5 before"
    assert cells(page)[:3] == [
        ["Row 0", "0", "9.00", "Buy", "Yes"],
        ["Row 1", "10", "-9.00", "Sell", "No"],
        ["Same colour", "20", "0.50", "Buy", "No"],
    ]
    after = "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.cell')].every((c, i) => c.firstChild === before[i])"
    assert page.evaluate(after), "the same text nodes"
    wait_for(page, f"!{looks}.some(look => /up|down/.test(look))")


def test_cells_that_come_before_the_table_is_loaded_are_not_lost(page: Page, server: Server) -> None:
    page.route("**/element-*.js", lambda route: (page.wait_for_timeout(700), route.continue_()))
    open_page(page, server, [1, "hf-root", {}, [table()]])
    session = Session(page, server)
    session.call("cells", [1], [0], ["Early"], None)
    session.call("told", "First")
    assert page.evaluate("customElements.get('hf-table') === undefined")
    wait_for(page, "customElements.get('hf-table') !== undefined")
    assert cells(page, 0)[:3] == ["Row 0", "Early", "Row 2"]


def test_a_minute_of_updates_leaves_nothing_behind(page: Page, server: Server) -> None:
    open_table(page, server, table(COLUMNS))
    Session(page, server).settle()
    grown = page.evaluate(
        """async () => {
            const table = document.querySelector('hf-table');
            const count = () => table.shadowRoot.querySelectorAll('*').length;
            const run = async frames => {
                for (let frame = 0; frame < frames; frame++) {
                    const rows = Array.from({length: 300}, (_, i) => i % 14);
                    table.cells(rows, rows.map((_, i) => i % 3), rows.map(() => Math.random() * 1000), null);
                    if (frame % 20 === 0) await new Promise(requestAnimationFrame);
                }
            };
            await run(200);
            const before = [count(), performance.memory.usedJSHeapSize];
            await run(2000);
            return [count() - before[0], performance.memory.usedJSHeapSize - before[1]];
        }"""
    )
    elements, heap = grown
    assert elements == 0
    assert heap < 20_000_000, "600,000 values were shown: far less than that is kept"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, server: Server, scheme: str) -> None:
    columns = [*COLUMNS, column("line", "numbers"), column("part", "float", format="progress")]
    rows = window(columns, 0, 20, 20) | {
        "tones": [[0, 2, "success"], [1, 2, "danger"], [2, 2, "quiet"], [3, 2, "warning"]]
    }
    rows["cells"][5:] = [[[1, 2, 3]] * 20, [0.5] * 20]
    asked = {"order": [["size", True]], "filters": [["side", "in", ["Buy"]]], "search": "", "group": []}
    details = [[5, "div", {"attrs": {"slot": "details"}}, [[6, "wa-button", {"text": "Inside"}, []]]]]
    open_table(page, server, table(columns, rows=rows, asked=asked, selecting="many", searches=True, exports=True, totals={"size": 5}, details=True,
                                   detailed=1002, selected=[1001], failure="It went wrong.", advice="An index.", reading=True, children=details), scheme=scheme)  # fmt: skip
    page.locator(".grid").focus()
    page.keyboard.press("ArrowDown")
    painted(page)
    assert violations(page) == []
    page.keyboard.type("typed")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("columnheader", name="Price").click(button="right")
    assert violations(page) == []
    page.get_by_role("menuitem", name="Filter…").click()
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate((CLIENT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.querySelector('hf-table')).then(found => found.violations)")
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]} {each['nodes'][0]['failureSummary'][:600]}"
        for each in found
    ]
