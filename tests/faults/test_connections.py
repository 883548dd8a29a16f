"""Connections that are cut, and programs that are killed and started again, under an open window."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from faults.proxy import Proxy
from faults.test_typing_in_chromium import field, ticking
from faults.waiting import wait_for, wait_until
from hipflask import Hipflask, ui
from hipflask.surfaces.guard import Guard
from hipflask.surfaces.pages import host_of
from served import Served

BAR = "hf-connection"


# ── cut ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cuttable(app: Hipflask, serve: Callable[..., Served], page: Page) -> Iterator[Callable[..., Proxy]]:
    """Opens a window function in the browser, through a network that can be cut."""
    proxies: list[Proxy] = []
    app.debug = True

    def open_window(function: Callable[[], None]) -> Proxy:
        app.window("/")(function)
        server = serve()
        proxy = Proxy(server.port)
        proxies.append(proxy)
        assert isinstance(server.guard, Guard)
        server.guard.hosts |= {f"127.0.0.1:{proxy.port}"}
        page.goto(f"http://127.0.0.1:{proxy.port}/?_token={server.guard.mint()}")
        wait_until(lambda: host_of(app).sessions()[-1].painted, "the first paint")
        return proxy

    yield open_window
    for proxy in proxies:
        proxy.stop()


def test_a_socket_that_is_cut_again_and_again_loses_no_press_and_no_change(
    cuttable: Callable[..., Proxy], page: Page, app: Hipflask
) -> None:
    clock = ui.State(0)
    presses: list[int] = []

    def window() -> None:
        ui.button(
            "Press", on_click=lambda: presses.append(1)
        )  # first, so that it stands still under the mouse
        ui.text(f"tick {clock.value}")
        for number in range(clock.value % 5):
            ui.text(f"row {number}", key=number)

    proxy = cuttable(window)
    button = page.get_by_role("button", name="Press")
    with ticking(clock, 0.01):
        for turn in range(12):
            # In the middle of a header, of a message, of a text: anywhere.
            proxy.cut_after(1 + turn * 37)
            button.click()
            page.wait_for_timeout(60)
        wait_until(lambda: len(presses) == 12, "twelve presses")
    clock.set(1_000_003)
    expect(page.get_by_text("tick 1000003", exact=True)).to_be_visible()
    assert len(presses) == 12
    [session] = host_of(app).sessions()  # the same one, all the time
    wait_until(lambda: session.wait_until_settled(0.1), "rest")
    assert page.evaluate("hipflask.tree()") == _as_browser(session)
    expect(page.locator(BAR)).to_have_count(0)


def _as_browser(session: Any) -> Any:
    def plain(node: Any) -> Any:
        return [node.id, node.kind.tag, dict(node.props), [plain(child) for child in node.children]]

    return plain(session.root)


def test_what_is_typed_without_a_connection_arrives_when_it_is_back(
    cuttable: Callable[..., Proxy], page: Page
) -> None:
    name, saved = ui.State(""), []

    def window() -> None:
        ui.input("Name", bind=name)
        ui.button("Save", on_click=lambda: saved.append(name.value))

    proxy = cuttable(window)
    field(page, "Name").click()
    page.keyboard.type("Who")
    wait_until(lambda: name.value == "Who", "the first word")
    proxy.is_open = False
    proxy.cut()
    page.keyboard.type(" is on")
    page.get_by_role("button", name="Save").click()
    field(page, "Name").click()
    page.keyboard.type(" first")
    expect(page.locator(BAR)).to_contain_text("Connection lost, trying again…")
    assert saved == []
    proxy.is_open = True
    wait_until(lambda: name.value == "Who is on first", "what was typed", 20)
    expect(page.locator(BAR)).to_have_count(0)
    assert len(saved) == 1
    assert saved[0].startswith("Who is on")
    assert field(page, "Name").input_value() == "Who is on first"


def test_a_connection_that_is_lost_for_a_moment_is_not_worth_a_word(
    cuttable: Callable[..., Proxy], page: Page
) -> None:
    clock = ui.State(0)

    def window() -> None:
        ui.text(f"tick {clock.value}")

    proxy = cuttable(window)
    page.evaluate(
        "new MutationObserver(() => document.querySelector('hf-connection') && (window.bar = true))"
        ".observe(document.body, { childList: true })"
    )
    proxy.cut()
    clock.set(5)
    expect(page.get_by_text("tick 5")).to_be_visible()
    assert page.evaluate("window.bar") is None


def test_a_session_that_was_given_up_is_drawn_anew_with_what_had_been_typed(
    cuttable: Callable[..., Proxy], page: Page, app: Hipflask
) -> None:
    heard: list[str] = []

    def window() -> None:
        name = ui.state("")
        ui.input("Name", bind=name, on_change=heard.append)
        ui.text(f"Hello {name.value}")

    proxy = cuttable(window)
    field(page, "Name").click()
    page.keyboard.type("Who")
    expect(page.get_by_text("Hello Who")).to_be_visible()
    proxy.cut()
    [session] = host_of(app).sessions()
    host_of(app).forget(session)
    wait_until(
        lambda: [each.id for each in host_of(app).sessions()] not in ([], [session.id]), "a new session"
    )
    expect(page.get_by_text("Hello Who")).to_be_visible()
    assert field(page, "Name").input_value() == "Who"
    page.keyboard.type(" is it")
    expect(page.get_by_text("Hello Who is it")).to_be_visible()


# ── killed and started again ──────────────────────────────────────────────────────────────────────

APP = """
from pathlib import Path
from hipflask import Hipflask, ui

app = Hipflask(__name__)

@app.window("/")
def window():
    count, name = ui.state(0), ui.state("")
    ui.heading("Version VERSION")
    ui.input("Name", bind=name)
    ui.text(f"Hello {name.value}")
    ui.button(f"{count.value} clicks", on_click=lambda: count.update(lambda n: n + 1))
    with ui.row(style={"height": "3000px"}):
        ui.text("below")
"""


class Program:
    """`hipflask serve`, in a process of its own."""

    def __init__(self, folder: Path, port: int = 0, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hipflask.cli", "--app", "app", "serve", "--port", str(port)],
            cwd=folder,
            env={**os.environ, **environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found is not None, line
        self.address = found.group()
        self.port = int(self.address.split(":")[2].split("/")[0])

    def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        self.process.send_signal(how)
        code = self.process.wait(20)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts the program of this test; it can be started again, on the same port."""
    running: list[Program] = []

    def start(version: int = 1, port: int = 0, **environment: str) -> Program:
        (tmp_path / "app.py").write_text(APP.replace("VERSION", str(version)))
        running.append(Program(tmp_path, port, **environment))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.end()


def test_a_program_that_is_killed_and_started_again_goes_on_in_the_open_window(
    program: Callable[..., Program], page: Page
) -> None:
    first = program(HIPFLASK_TOKEN="a token that lasts")
    page.goto(first.address)
    assert "_token" not in page.url
    field(page, "Name").click()
    page.keyboard.type("Who")
    expect(page.get_by_text("Hello Who")).to_be_visible()
    page.get_by_role("button", name="0 clicks").click()
    expect(page.get_by_role("button", name="1 clicks")).to_be_visible()
    field(page, "Name").click()
    first.end(signal.SIGKILL)
    expect(page.locator(BAR)).to_contain_text("Connection lost")
    page.keyboard.type(" is it")
    assert field(page, "Name").input_value() == "Who is it"
    page.evaluate("scrollTo(0, 500)")
    program(2, first.port, HIPFLASK_TOKEN="a token that lasts")
    expect(page.get_by_role("heading", name="Version 2")).to_be_attached(timeout=15_000)
    expect(page.locator(BAR)).to_have_count(0)
    expect(page.get_by_text("Hello Who is it")).to_be_attached()
    assert field(page, "Name").input_value() == "Who is it"
    wait_for(page, "scrollY === 500")
    page.keyboard.type("?")  # the focus is where it was
    expect(page.get_by_text("Hello Who is it?")).to_be_attached()
    page.get_by_role("button", name="0 clicks").click()  # what only the program knew is gone with it
    expect(page.get_by_role("button", name="1 clicks")).to_be_visible()


def test_a_program_that_is_started_again_with_another_token_lets_the_old_window_in_no_more(
    program: Callable[..., Program], page: Page
) -> None:
    first = program(HIPFLASK_TOKEN="one")
    page.goto(first.address)
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    first.end()
    second = program(2, first.port, HIPFLASK_TOKEN="another")
    expect(page.locator(BAR)).to_contain_text("Connection lost")
    page.wait_for_timeout(1000)
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    page.goto(second.address)
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()


def test_ctrl_c_ends_the_program_at_once_though_a_window_is_open(
    program: Callable[..., Program], page: Page
) -> None:
    running = program()
    page.goto(running.address)
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    began = time.monotonic()
    assert running.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 10


def test_the_printed_address_lets_in_any_number_of_times_and_nothing_else_does(
    program: Callable[..., Program],
) -> None:
    running = program()
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        connection.request("GET", running.address.partition(str(running.port))[2])
        assert connection.getresponse().status == 303
        connection.close()
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().status == 403
    connection.close()


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-m", "hipflask.cli", "--app", "app", "serve", "--port", str(port)],
            cwd=tmp_path, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert result.returncode == 1
    assert f"Nothing can listen on 127.0.0.1:{port}" in result.stderr
    assert "--port 0 for any free one" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_address_that_others_can_reach_needs_the_word_public(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    result = subprocess.run(
        [sys.executable, "-m", "hipflask.cli", "--app", "app", "serve", "--host", "0.0.0.0", "--port", "0"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == 2
    assert "0.0.0.0 can be reached from other computers" in result.stderr
    assert "Add --public if that is meant" in result.stderr
