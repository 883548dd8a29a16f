"""Cells to a spreadsheet and back: every letter of them, and nothing that is not theirs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .server import Server
from .tables import COLUMNS, Session, cells, column, focused, open_table, table, window

ODD = ["plain", "two\nlines", 'say "hi"', "tab\there", " spaces ", "<b>&amp;</b>", "", "שלום", "a\r\nb", '"']


@pytest.fixture
def session(page: Page, server: Server) -> Session:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    columns = [column("first", editable=True), column("second", editable=True)]
    rows = window(columns, 0, 10, 10)
    rows["cells"] = [ODD, [1.5, None, True, False, -3, {"n": "NaN"}, "0.10", "2026-11-23", 12, "end"]]
    open_table(page, server, table(columns, rows=rows))
    session = Session(page, server, 10, columns)
    session.event("view")
    page.locator(".grid").focus()
    return session


def clipboard(page: Page, kind: str = "text/plain") -> str:
    return page.evaluate(
        "async kind => (await (await navigator.clipboard.read())[0].getType(kind)).text()", kind
    )


def put(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def test_copied_cells_are_exact(page: Page, session: Session) -> None:
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    assert clipboard(page) == "\n".join(
        [
            "plain\t1.5",
            '"two\nlines"\t',
            '"say ""hi"""\tTRUE',
            '"tab\there"\tFALSE',
            " spaces \t-3",
            "<b>&amp;</b>\tNaN",
            "\t0.10",
            "שלום\t2026-11-23",
            '"a\r\nb"\t12',
            '""""\tend',
        ]
    )
    assert "20 cells copied" in page.locator("[aria-live]").inner_text()


def test_copied_html_holds_the_same_words_and_no_markup_of_theirs(page: Page, session: Session) -> None:
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    found = page.evaluate(
        """async () => {
            const html = await (await (await navigator.clipboard.read())[0].getType('text/html')).text();
            const page = new DOMParser().parseFromString(html, 'text/html');
            return [page.querySelectorAll('td b').length, [...page.querySelectorAll('tr')].map(r => r.cells[0].innerText)];
        }"""
    )
    assert found[0] == 0
    assert found[1][5] == "<b>&amp;</b>"
    assert len(found[1]) == 10


def test_what_was_copied_comes_back_when_it_is_pasted(page: Page, session: Session) -> None:
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("Control+Shift+ArrowUp")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+v")
    pasted = session.event("paste")
    assert pasted["cells"] == [[text] for text in ODD]
    assert pasted | {"cells": None} == {
        "id": 1000,
        "first": 0,
        "column": "second",
        "columns": ["second"],
        "decimal": ".",
        "cells": None,
    }


AS_SPREADSHEETS_WRITE = [
    ("a\tb\nc\td", [["a", "b"], ["c", "d"]]),
    ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
    ("a\rb\r", [["a"], ["b"]]),
    ("a\n\nb", [["a"], [""], ["b"]]),
    ('"x\ty\n""z"""\tb', [['x\ty\n"z"', "b"]]),
    ('a "quoted" word\tb', [['a "quoted" word', "b"]]),
    ('"never closed\tb', [['"never closed', "b"]]),
    ('"half"way\tb', [['"half"way', "b"]]),
    ("\t", [["", ""]]),
    ("a\tb\tbeyond the last column", [["a", "b"]]),
    ("a\t\n", [["a", ""]]),
    ('""', [[""]]),
    ("short\nlonger\trow", [["short", ""], ["longer", "row"]]),
]


def test_pasted_text_is_read_as_spreadsheets_write_it(page: Page, session: Session) -> None:
    for text, rows in AS_SPREADSHEETS_WRITE:
        # Directly, for a system's clipboard may have its own opinion about line ends.
        page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData('text/plain', text);
                const grid = document.querySelector('hf-table').shadowRoot.querySelector('.grid');
                grid.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, composed: true, cancelable: true}));
            }""",
            text,
        )
        assert session.event("paste")["cells"] == rows, repr(text)


def test_one_value_goes_into_all_cells_that_are_chosen(page: Page, session: Session) -> None:
    put(page, "same")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+v")
    assert session.event("paste")["cells"] == [["same", "same"], ["same", "same"]]


def test_a_million_cells_are_refused_at_once_and_with_a_sentence(page: Page, session: Session) -> None:
    took = page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData('text/plain', 'x\\t'.repeat(999) + 'x\\n'.repeat(1) + ('y' + '\\ty'.repeat(999) + '\\n').repeat(999));
            const grid = document.querySelector('hf-table').shadowRoot.querySelector('.grid');
            const from = performance.now();
            grid.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, composed: true, cancelable: true}));
            return performance.now() - from;
        }"""
    )
    assert took < 1000
    assert "too much to paste at once" in page.locator(".note.danger").inner_text()
    assert session.server.hears_nothing()


def test_more_letters_than_a_message_may_have_are_refused(page: Page, session: Session) -> None:
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData('text/plain', 'x'.repeat(2_000_001));
            const grid = document.querySelector('hf-table').shadowRoot.querySelector('.grid');
            grid.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, composed: true, cancelable: true}));
        }"""
    )
    assert "too much to paste at once" in page.locator(".note.danger").inner_text()
    assert session.server.hears_nothing()


def test_cut_copies_and_clears(page: Page, session: Session) -> None:
    page.keyboard.press("Control+x")
    assert clipboard(page) == "plain"
    assert session.event("clear") == {"ids": [1000], "columns": ["first"]}


def test_rows_that_are_not_here_are_copied_by_the_session(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_table(page, server, table(total=1_000_000))
    session = Session(page, server, 1_000_000)
    session.settle()
    page.locator(".grid").focus()
    page.keyboard.press("Control+Shift+ArrowDown")
    session.settle()
    page.keyboard.press("Control+c")
    assert session.event("copy") == {"from": 0, "to": 999_999, "columns": ["name"]}
    session.call("copied", "Row 0\nRow 1")
    page.wait_for_timeout(100)
    assert clipboard(page) == "Row 0\nRow 1"


def test_what_is_copied_in_a_field_is_the_fields_own(page: Page, session: Session) -> None:
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("End")
    page.keyboard.press("Control+v")
    assert page.locator(".editor").input_value() == "plainplain"
    assert clipboard(page) == "plain"
    assert session.server.hears_nothing()


def test_dragging_chooses_cells(page: Page, server: Server) -> None:
    open_table(page, server)
    session = Session(page, server)
    session.settle()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Row 2", exact=True).hover()
    page.mouse.down()
    page.get_by_text("40", exact=True).hover()
    page.mouse.up()
    page.keyboard.press("Control+c")
    assert clipboard(page) == "Row 2\t20\nRow 3\t30\nRow 4\t40"
    assert focused(page) == (6, 2)
    assert cells(page)[0] == ["Row 0", "0", "0.00", "Buy", "Yes"]
    assert len(COLUMNS) == 5
