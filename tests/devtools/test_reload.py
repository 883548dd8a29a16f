"""Saving a file, as seen in a real browser: the page follows, and what was there stays."""

from __future__ import annotations

import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .written import Written

Write = Callable[..., Written]

COUNTER = """
from hipflask import Hipflask, ui

app = Hipflask(__name__)
together = ui.State(0)

@ui.component
def seat(name):
    taken = ui.state("free")
    ui.button(f"{name} is {taken.value}", on_click=taken.set, args=("taken",))

@app.window("/", title="First")
def window():
    clicks = ui.state(0)
    ui.heading("First")
    ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))
    ui.button(f"{together.value} together", on_click=lambda: together.update(lambda n: n + 1))
    ui.input("Name")
    for name in ("Who", "What"):
        seat(name, key=name)
    for line in range(100):
        ui.text(f"line {line}")
"""


def see(page: Page, words: str) -> None:
    expect(page.get_by_text(words, exact=True)).to_be_visible(timeout=20_000)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def problem(page: Page) -> str:
    """What the error panel says."""
    page.locator("hf-errors wa-callout").wait_for()
    return page.locator("hf-errors").inner_text()


def no_problem(page: Page) -> None:
    expect(page.locator("hf-errors wa-callout")).to_have_count(0, timeout=20_000)


def test_a_saved_change_is_shown_and_nothing_else_is_lost(write: Write, page: Page) -> None:
    """States of the window, of its parts and of the module; typed text, focus and scroll position."""
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    press(page, "1 clicks")
    press(page, "0 together")
    press(page, "What is free")
    see(page, "What is taken")
    page.get_by_label("Name").fill("Abbott")
    page.evaluate("scrollTo(0, 200)")
    program.edit('heading("First")', 'heading("Second")')
    see(page, "Second")
    for words in ("2 clicks", "1 together", "Who is free", "What is taken"):
        see(page, words)
    assert page.get_by_label("Name").input_value() == "Abbott"
    expect(page.get_by_label("Name")).to_be_focused()
    assert page.evaluate("scrollY") == 200
    press(page, "2 clicks")
    see(page, "3 clicks")


TRADES = """
from hipflask import Hipflask, ui

app = Hipflask(__name__, theme=ui.Theme(look="desk"))
rows = [{"number": number, "size": number * 7919 % 1000, "note": "-"} for number in range(1000)]

@app.window("/", title="Trades")
def window():
    ui.heading("First")
    ui.table(
        rows, ["number", "size"], sort="number", row_key="number", height="300px",
    )
"""


def test_a_table_stays_sorted_and_where_it_was(write: Write, page: Page) -> None:
    """Also if it was the table that was edited, unless the program says anew how it is sorted."""
    program = write(TRADES)
    page.goto(program.url)
    page.get_by_role("columnheader", name="Size").click()
    table = page.locator("hf-table")
    see_sorted(page, "Size", "ascending")
    table.evaluate("table => { table.scrollTop = 9000; }")
    assert table.evaluate("table => table.scrollTop") == 9000
    for before, after, heading in [
        ('heading("First")', 'heading("Second")', "Second"),
        ('["number", "size"]', '["number", "size", "note"]', "Note"),
    ]:
        program.edit(before, after)
        see(page, heading)
        see_sorted(page, "Size", "ascending")
        page.wait_for_timeout(300)  # it is measured after it is put there, and stays
        assert table.evaluate("table => table.scrollTop") == 9000
    program.edit('sort="number"', 'sort="-number"')
    see_sorted(page, "Number", "descending")


def see_sorted(page: Page, heading: str, way: str) -> None:
    found = page.get_by_role("columnheader", name=heading)
    expect(found).to_have_attribute("aria-sort", way, timeout=20_000)


def test_it_is_the_same_page_all_the_time(write: Write, page: Page) -> None:
    """Nothing is loaded anew by the browser: what is kept is not put back but still there."""
    program = write(COUNTER)
    page.goto(program.url)
    see(page, "First")
    page.evaluate("window.mark = 1")
    for title in ("Second", "Third"):
        program.edit(program.code.split('heading("')[1].split('"')[0], title)
        see(page, title)
    assert page.evaluate("window.mark") == 1
    assert page.title() == "Third"


def test_a_state_whose_own_line_is_edited_begins_anew(write: Write, page: Page) -> None:
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    press(page, "0 together")
    see(page, "1 together")
    program.edit("clicks = ui.state(0)", "clicks = ui.state(10)")
    see(page, "10 clicks")
    see(page, "1 together")
    program.edit("together = ui.State(0)", "together = ui.State(20)")
    see(page, "20 together")
    see(page, "10 clicks")


def test_a_syntax_error_is_shown_until_it_is_mended(write: Write, page: Page) -> None:
    """With its file and line, over the content that was there."""
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    see(page, "1 clicks")
    program.edit("def window():", "def window(:")
    said = problem(page)
    assert "app.py, line 13: SyntaxError: invalid syntax" in said
    assert "def window(:" in said
    see(page, "1 clicks")
    program.edit("def window(:", "def window()")
    expect(page.locator("hf-errors")).to_contain_text("expected ':'", timeout=20_000)
    assert page.locator("hf-errors wa-callout").count() == 1, "the first error is not true any more"
    program.edit("def window()", "def window():")
    no_problem(page)
    see(page, "1 clicks")
    press(page, "1 clicks")
    see(page, "2 clicks")


def test_an_error_in_another_module_names_that(write: Write, page: Page) -> None:
    """A file that failed to be imported, or was not there yet, is watched too."""
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    see(page, "1 clicks")
    program.edit('heading("First")', "heading(helper.TITLE)")
    assert "NameError: name 'helper' is not defined" in problem(page)
    see(page, "First")  # it is drawing that fails, so this is what was drawn last
    program.edit("from hipflask import", "import helper\nfrom hipflask import")
    expect(page.locator("hf-errors")).to_contain_text("No module named 'helper'", timeout=20_000)
    (program.folder / "helper.py").write_text("TITLE = oops\n")
    expect(page.locator("hf-errors")).to_contain_text("helper.py, line 1: NameError", timeout=20_000)
    (program.folder / "helper.py").write_text("TITLE = 'Helped'\n")
    see(page, "Helped")
    see(page, "1 clicks")
    no_problem(page)
    (program.folder / "helper.py").write_text("TITLE = 'Helper'\n")
    see(page, "Helper")


def test_a_program_that_is_wrong_from_the_start_can_be_mended(write: Write, page: Page) -> None:
    program = write(COUNTER.replace("def window():", "def window("))
    page.goto(program.url)
    assert "app.py, line 13: SyntaxError" in problem(page)
    program.edit("def window(", "def window():")
    see(page, "First")
    no_problem(page)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import sys; sys.exit(3)", "app.py, line 2: the program ended itself with sys.exit(3)."),
        ("import os; os._exit(3)", "Its process ended with exit code 3. Save a file to start it again."),
    ],
    ids=["sys.exit", "a crash"],
)
def test_a_program_that_ends_at_import_is_missed(write: Write, page: Page, line: str, said: str) -> None:
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    see(page, "1 clicks")
    program.save(f"\n{line}\n{COUNTER}")
    assert said in problem(page)
    program.save(COUNTER)
    no_problem(page)
    see(page, "1 clicks")


def test_a_file_that_vanishes_and_comes_back(write: Write, page: Page) -> None:
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    see(page, "1 clicks")
    (program.folder / "app.py").unlink()
    assert "Could not locate a Flask application" in problem(page)
    program.save(COUNTER.replace("First", "Back"))
    see(page, "Back")
    see(page, "1 clicks")


def test_saves_in_quick_succession_end_with_the_last_one(write: Write, page: Page) -> None:
    """Also while the program is still being loaded, and though Python sees the same second and the same size."""
    program = write(COUNTER.replace("app = ", "import time; time.sleep(0.4)\napp = "))
    page.goto(program.url)
    press(page, "0 clicks")
    see(page, "1 clicks")
    for number in range(1, 8):
        program.save(re.sub(r'heading\(".*?"\)', f'heading("Save {number}")', program.code))
        time.sleep(0.15)
    see(page, "Save 7")
    see(page, "1 clicks")


SLOW = """
import time
from hipflask import Hipflask, ui

app = Hipflask(__name__)

@app.window("/")
def window():
    done = ui.state(0)

    def work():
        for _ in range(SECONDS * 20):
            time.sleep(0.05)
            done.update(lambda n: n + 1)

    ui.heading("First")
    ui.button("Work", on_click=work)
    ui.text(f"{done.value} done")
"""


def done(page: Page) -> int:
    return int(page.get_by_text(" done").inner_text().split()[0])


def test_a_handler_may_finish_within_a_second(write: Write, page: Page) -> None:
    program = write(SLOW.replace("SECONDS * 20", "16"))
    page.goto(program.url)
    press(page, "Work")
    program.wait_for(lambda: done(page) >= 1)
    program.edit('"First"', '"Second"')
    see(page, "Second")
    see(page, "16 done")


def test_a_handler_that_takes_long_is_given_up(write: Write, page: Page) -> None:
    """What it has done by then is kept."""
    program = write(SLOW.replace("SECONDS", "60"))
    page.goto(program.url)
    press(page, "Work")
    program.wait_for(lambda: done(page) >= 3)
    program.edit('"First"', '"Second"')
    see(page, "Second")
    kept = done(page)
    assert 3 < kept < 1000
    time.sleep(0.3)
    assert done(page) == kept


def test_processes_that_compute_end_with_the_program(write: Write, page: Page) -> None:
    """Even those in the middle of something long."""
    code = """
import time
from hipflask import Hipflask, ui

app = Hipflask(__name__)

def compute(seconds):
    time.sleep(seconds)
    return "computed"

@app.window("/")
def window():
    said = ui.state("nothing")
    ui.heading("First")
    ui.text(said.value)
    ui.button("Short", on_click=lambda: said.set(ui.process(compute, 0).result()))
    ui.button("Long", on_click=lambda: said.set(ui.process(compute, 600).result()))
"""
    program = write(code)
    page.goto(program.url)
    press(page, "Short")
    see(page, "computed")
    press(page, "Long")
    program.edit('"First"', '"Second"')
    see(page, "Second")
    see(page, "computed")
    program.wait_for(lambda: len(program.processes()) == 3)  # supervisor, child, spare


def test_what_cannot_be_kept_is_named(write: Write, page: Page) -> None:
    """A lock cannot be pickled, and a class that is gone cannot be found; the other states do not suffer."""
    code = """
import threading
from hipflask import Hipflask, ui

app = Hipflask(__name__)

class Player:
    name = "Who"

class Guest:
    name = "Bud"

@app.window("/")
def window():
    lock = ui.state(threading.Lock())
    person = ui.state(Guest())
    clicks = ui.state(0)

    def press():
        person.set(Player())
        clicks.set(1)

    ui.heading("First")
    ui.button(f"{clicks.value} clicks of {person.value.name}", on_click=press)
"""
    program = write(code)
    page.goto(program.url)
    press(page, "0 clicks of Bud")
    see(page, "1 clicks of Who")
    program.edit('"First"', '"Second"')
    see(page, "Second")
    see(page, "1 clicks of Who")
    program.says("lock = ui.state(threading.Lock()) begins anew")
    program.edit("class Player", "class Athlete")
    see(page, "1 clicks of Bud")
    program.says("person = ui.state(Guest()) begins anew: its value does not fit the program any more")


def test_two_pages_keep_what_is_theirs(write: Write, page: Page) -> None:
    program = write(COUNTER)
    page.goto(program.url)
    press(page, "0 clicks")
    see(page, "1 clicks")
    other = page.context.new_page()
    other.goto(page.url)
    see(other, "0 clicks")
    program.edit('"First"', '"Second"')
    for each, words in ((page, "1 clicks"), (other, "0 clicks")):
        see(each, "Second")
        see(each, words)


def test_templates_and_static_files_do_without(write: Write, page: Page) -> None:
    """Flask reads them anew for each page: the process stays the same, until Python code is saved."""
    code = """
import os
from flask import render_template
from hipflask import Hipflask
app = Hipflask(__name__)
@app.route("/")
def index():
    return render_template("page.html", process=os.getpid())
"""
    program = write(code, files={"templates/page.html": "<p>First {{ process }}"})
    page.goto(program.url)
    first = page.inner_text("p").split()
    program.save("<p>Second {{ process }}", "templates/page.html")
    time.sleep(0.5)
    page.reload()
    assert page.inner_text("p").split() == ["Second", first[1]]
    program.edit("import os\n", "import os, sys\n")

    def process() -> str:
        page.reload()
        return page.inner_text("p").split()[1]

    program.wait_for(lambda: process() != first[1])


def test_ctrl_c_ends_everything(write: Write, page: Page) -> None:
    """Also in the middle of loading a program that takes its time."""
    program = write(COUNTER)
    page.goto(program.url)
    see(page, "First")
    program.save("import time\ntime.sleep(60)\n")
    program.says("app.py changed")
    begun = time.monotonic()
    assert program.interrupt() == 0
    assert time.monotonic() - begun < 3
    assert program.processes() == []


def test_a_supervisor_that_is_killed_takes_all_along(write: Write, page: Page) -> None:
    program = write(COUNTER)
    page.goto(program.url)
    see(page, "First")
    os.kill(program.process.pid, signal.SIGKILL)
    program.wait_for(lambda: program.processes() == [])


def test_assistants_are_let_in_with_their_token_and_see_what_was_saved(write: Write) -> None:
    """At the same address and with the same token after each save; nobody without."""
    program = write(
        "from hipflask import Hipflask\napp = Hipflask(__name__)\n\n@app.tool()\ndef on_first() -> str:\n    return 'Who'\n"
    )
    found = program.wait_for(
        lambda: re.search(
            r"Assistants: (http\S+), with the header\s+Authorization: Bearer (\w+)", program.output
        )
    )
    assert isinstance(found, re.Match)
    address, token = found[1], found[2]
    assert _asked(address, token)[1] == "Who"
    assert _asked(address, "wrong")[0] == _asked(address, "")[0] == 401
    program.edit("'Who'", "'What'")
    program.says("loading")
    program.wait_for(lambda: _hears(address, token, "What"))
    assert program.output.count("Assistants:") == 1


def _hears(address: str, token: str, words: str) -> bool:
    try:
        return _asked(address, token)[1] == words
    except OSError:  # asked while the old program was ending
        return False


def _asked(address: str, token: str) -> tuple[int, str]:
    """The status, and what the tool says, over the protocol's era without a handshake."""
    version = "2026-07-28"
    about = {
        "protocolVersion": version,
        "clientInfo": {"name": "t", "version": "1"},
        "clientCapabilities": {},
    }
    meta = {f"io.modelcontextprotocol/{name}": value for name, value in about.items()}
    params = {"name": "on_first", "arguments": {}, "_meta": meta}
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": version,
        "Mcp-Method": "tools/call",
        "Mcp-Name": "on_first",
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, json.loads(response.read())["result"]["content"][0]["text"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def test_without_debug_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    """Neither by serving nor by opening a window; but for two commands that are there to be named."""
    import subprocess
    import sys

    (tmp_path / "app.py").write_text(COUNTER)
    code = (
        "import sys, os\n"
        "from hipflask import cli\n"
        "from hipflask.surfaces import desktop, server\n"
        "desktop.run = lambda *_: None\n"
        "server.Server.wait = server.Server.stop\n"
        "for command in ('run', 'serve'):\n"
        "    cli.CommandLine().main([command, *(['--port', '0'] if command == 'serve' else [])], standalone_mode=False)\n"
        "named = ('devtools', 'devtools.dashboard', 'devtools.dashboard.commands', 'devtools.inspect_command')\n"
        "loaded = {name for name in sys.modules if 'devtools' in name}\n"
        "print(sorted(loaded - {f'hipflask.{name}' for name in named}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.endswith("[]\n")
