"""Crash reports as their person has them: an error's notice offers one, a window shows all of it, and it leaves with a press alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core import report, uncaught
from hipflask.core.errors import UsageError
from hipflask.surfaces.crashes import reporting
from hipflask.telemetry.crashes import reporter
from hipflask.testing import User
from hipflask.ui.wire import Event

CANARY = "Canary-Anna-4711"
Start = Callable[..., User]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Opens the window of a program whose one button fails."""
    with ExitStack() as stack:

        def open_it(**config: Any) -> User:
            app = Hipflask("stock", instance_path=str(tmp_path))
            app.config.update({"CRASH_REPORTS": True} | config)

            @app.window("/")
            def stock() -> None:
                name = ui.state(CANARY)
                broken = ui.state(False)
                ui.button("Order", on_click=order, args=(name.value,))
                ui.button("Load", on_click=ui.task, args=(partial(order, name.value),))
                ui.button("Break", on_click=broken.set, args=(True,))
                if broken.value:
                    raise LookupError(CANARY)

            @app.route("/page")
            def page() -> str:
                raise OSError(CANARY)

            stack.enter_context(reporting(app, has_windows=True, is_for_a_person=True))
            return stack.enter_context(User(app)).open("/")

        yield open_it


def order(name: str) -> None:
    raise ValueError(f"There is no {name}")


def offered(user: User) -> str:
    """The address of the report that the newest error offers."""
    errors = [args[0] for _, method, args in user.screen.calls if method == "error" and args[0]]
    return str(errors[-1]["report"])


def press_report(user: User, address: str) -> None:
    """Press the notice's button, as the page does."""
    session = user.screen.session
    session.event(Event(session._seen + 1, 0, "report", address))


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("crashes/*.json"))


def test_a_person_reads_all_of_it_and_has_it_opened_from_the_notice(start: Start, tmp_path: Path) -> None:
    """In a window of its own; what the error said is there only when they put it in."""
    user = start()
    user.click("Order")
    address = offered(user)
    press_report(user, address)
    assert user.screen.session.wait_for(lambda: user.machine.opened == [address], 3.0)

    user.open(address)
    user.see("ValueError in order")
    user.see('raise ValueError(f"There is no {name}")')
    user.see("It is on this computer alone.")
    user.click("Copy")
    assert CANARY not in user.machine.clipboard
    user.see(f"There is no {CANARY}")
    user.click("Include it in the report")
    user.click("Copy")
    assert f"ValueError: There is no {CANARY}" in user.machine.clipboard

    [file] = files(tmp_path)
    assert CANARY not in file.read_text()
    assert report.read(file).kind.startswith("click")


def test_it_is_saved_where_its_person_wants_it(start: Start, tmp_path: Path) -> None:
    """The same bytes; and a place that does not take it says so."""
    user = start()
    user.click("Order")
    user.open(offered(user))
    user.will_choose(tmp_path / "mine.json")
    user.click("Save…")
    assert report.read(tmp_path / "mine.json") == report.read(files(tmp_path)[0])
    user.will_choose(tmp_path / "none" / "mine.json")
    user.click("Save…")
    assert "cannot be saved there" in user.notes()[-1]
    user.will_choose()
    user.click("Save…")
    assert user.errors() == []


def test_only_a_press_sends_it_and_it_is_what_was_shown(start: Start, tmp_path: Path) -> None:
    """To the developer's address, byte for byte."""
    heard: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        user = start(CRASH_REPORTS_TO=f"http://127.0.0.1:{server.server_port}/")
        user.click("Order")
        user.open(offered(user))
        assert heard == []
        user.click("Send")
        assert "was sent to 127.0.0.1" in user.notes()[-1]
    finally:
        server.shutdown()
        server.server_close()
    assert heard == [files(tmp_path)[0].read_bytes()]
    user.click("Send")
    assert "has not taken the report" in user.notes()[-1]


def test_by_mail_it_is_the_persons_own_program(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which shows it once more before it leaves."""
    opened: list[str] = []
    monkeypatch.setattr("hipflask.surfaces.crash_window.open_outside", opened.append)
    user = start(CRASH_REPORTS_TO="mailto:help@example.com")
    user.click("Order")
    user.open(offered(user))
    assert opened == []
    user.click("Send by mail…")
    assert opened[0].startswith("mailto:help@example.com?subject=stock%3A%20ValueError%20in%20order&body=")


def test_an_address_that_is_none_is_said_at_the_start(start: Start) -> None:
    with pytest.raises(UsageError, match="CRASH_REPORTS_TO"):
        start(CRASH_REPORTS_TO="http://example.com")


def test_no_name_of_a_step_is_a_value(start: Start, tmp_path: Path) -> None:
    """Neither of a partial with arguments, nor of an address, nor of a method that somebody made up."""
    user = start()
    client = user.app.test_client()
    client.get(f"/{CANARY}?name={CANARY}")
    client.open("/page", method=CANARY)
    for button in ("Load", "Order", "Break"):
        user.click(button)
    reports = {report.read(file).kind.partition(" ")[0]: report.read(file) for file in files(tmp_path)}
    steps = [(step.kind, step.name) for step in reports["Drawing"].steps]
    assert {
        ("request", "(nothing there)"),
        ("request", "GET /"),
        ("task", "order"),
        ("click", "order"),
    } <= set(steps)
    assert all(CANARY not in file.read_text() for file in files(tmp_path))


def test_drawings_tasks_requests_and_strangers(start: Start, tmp_path: Path) -> None:
    """All are reported; a page cannot have any address opened that it was not offered."""
    user = start()
    user.click("Break")
    assert user.app.test_client().get("/page").status_code == 500
    kinds = {report.read(file).kind for file in files(tmp_path)}
    assert {kind.rpartition(".")[2] for kind in kinds} == {"stock", "a request"}
    for address in ("/page", "https://example.com", ["x"], None, 7, {}):
        press_report(user, address)  # type: ignore[arg-type]
    user._settle()
    assert user.machine.opened == []
    user.open("/_hipflask/reports/none").see("not there any more")


def test_what_nobody_was_told_of_is_told_of_at_the_next_start(start: Start, tmp_path: Path) -> None:
    """Once, in the first window."""
    before = reporter.begin(tmp_path / "crashes", report.Program("stock", "stock"))
    before.write("a thread", ValueError(CANARY))
    reporter.end()

    user = start()
    host = user.app.extensions["hipflask"]
    for told in list(host.on_painted):
        told(user.screen.session)
        told(user.screen.session) if told in host.on_painted else None
    user._settle()
    assert user.errors() == ["There is a report about it, which you can read."]
    user.open(offered(user)).see("ValueError")


def test_from_its_source_an_app_writes_none_unless_it_wants_to(tmp_path: Path) -> None:
    """Nothing is loaded for it either."""
    app = Hipflask("stock", instance_path=str(tmp_path))
    with reporting(app, has_windows=True):
        assert uncaught.hear is None
    assert files(tmp_path) == []


# ── a bundle ──────────────────────────────────────────────────────────────────────────────────────

BUNDLE = """
import ctypes
from hipflask import Hipflask, ui
app = Hipflask(__name__)
app.config["CRASH_REPORTS"] = {wanted}

@app.window("/")
def stock() -> None:
    ui.text("here")

@app.command()
def order(item: str) -> None:
    ctypes.string_at(0)

@app.command()
def fail(item: str) -> None:
    raise ValueError(item)
{more}
"""


def boot(folder: Path, *words: str, wanted: bool = True, more: str = "") -> subprocess.CompletedProcess[str]:
    """Start the program as its launcher does."""
    code = folder / "app"
    code.mkdir(exist_ok=True)
    (code / "stock.py").write_text(BUNDLE.format(wanted=wanted, more=more))
    described = {"app": "stock", "single_instance": True, "schemes": [], "file_types": []}
    (code / "hipflask-app.json").write_text(json.dumps(described))
    (folder / "release").write_text("id=com.example.stock\nname=Stock\nversion=1.4.0\n")
    environment = {
        **os.environ,
        "HIPFLASK_BUNDLE": str(folder / "release"),
        "HIPFLASK_NO_DIALOG": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(code), os.environ.get("PYTHONPATH")))),
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / CANARY),
        "CANARY": CANARY,
    }
    return subprocess.run(
        [sys.executable, "-m", "hipflask.boot", *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def reports_of(folder: Path) -> list[Path]:
    return sorted((folder / CANARY / "com.example.stock" / "crashes").iterdir())


def test_a_bundle_that_cannot_start_leaves_a_report(tmp_path: Path) -> None:
    """With the program's name and version, and nothing of where it lies."""
    done = boot(tmp_path, more=f"raise RuntimeError({CANARY!r} + 'x' * 3)")
    assert done.returncode == 1
    [file] = reports_of(tmp_path)
    found = report.read(file)
    assert (found.program.id, found.program.name, found.program.version) == (
        "com.example.stock",
        "Stock",
        "1.4.0",
    )
    assert (found.kind, found.failures[0].type) == ("the start", "RuntimeError")
    assert found.failures[0].frames[-1].file == "stock.py"
    assert found.failures[0].frames[-1].own
    assert str(tmp_path) not in file.read_text()


def test_a_bundle_that_crashes_leaves_a_report_at_its_next_start(tmp_path: Path) -> None:
    """What it was called with is nowhere; where nothing goes wrong nothing is left."""
    boot(tmp_path, "--command", "order", CANARY)
    boot(tmp_path, "--command", "--help")
    [file] = reports_of(tmp_path)
    assert file.name.endswith(".unseen.json")
    found = report.read(file)
    assert (found.kind, found.failures[0].type, found.function) == (
        "native crash",
        "Segmentation fault",
        "order",
    )
    assert CANARY not in file.read_text()


def test_a_command_of_a_bundle_says_what_it_said_and_leaves_a_report(tmp_path: Path) -> None:
    """Its error is one line at the terminal, as ever."""
    done = boot(tmp_path, "--command", "fail", CANARY)
    assert (done.returncode, done.stderr) == (1, f"Error: ValueError: {CANARY}\n")
    [file] = reports_of(tmp_path)
    found = report.read(file)
    assert (found.kind, found.function, found.steps[-1].name) == ("a command", "fail", "fail")
    assert CANARY not in file.read_text()


def test_a_bundle_that_wants_none_writes_none(tmp_path: Path) -> None:
    """Once its code has said so; and it leaves no folder."""
    assert boot(tmp_path, "--command", "fail", CANARY, wanted=False).returncode == 1
    assert not list(tmp_path.rglob("crashes"))


def test_a_bundle_starts_where_no_report_can_be_written(tmp_path: Path) -> None:
    """A file is where the folder should be."""
    (tmp_path / CANARY).write_text("")
    done = boot(tmp_path, "--command", "--help")
    assert (done.returncode, done.stderr) == (0, "")
