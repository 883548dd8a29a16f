"""The dashboard's window, over programs that are there, that are not, and that come back."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from hipflask.cli import CommandLine
from hipflask.core import tracing
from hipflask.dashboard import app
from hipflask.devtools.dashboard import window
from hipflask.devtools.dashboard.target import targets_of
from hipflask.devtools.dashboard.watching import Watching
from hipflask.telemetry.scraping import serving
from hipflask.testing import User


@pytest.fixture
def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def watched(monkeypatch: pytest.MonkeyPatch, *given: str) -> Watching:
    watching = Watching(targets_of(given), 0.1)
    monkeypatch.setitem(app.config, window.WATCHING, watching)
    return watching


def test_targets_stand_side_by_side(monkeypatch: pytest.MonkeyPatch, nobody: str) -> None:
    """One line for each, and who is down is said to be."""
    with serving("0") as url:
        watching = watched(monkeypatch, f"shop={url}", f"hub={url}", nobody)
        with watching.going_on(), User(app).open() as user:
            user.see("127.0.0.1:" + nobody + " is down")
            user.see("nobody listens there")
            for _ in range(5):
                with tracing.span("request", "GET /on/<base>"), tracing.span("handler", "<b>save</b>"):
                    pass
            user.see("Requests per second")
            user.see("Handlers: how long")
            table = user.table("Targets")
            assert table.column("Target") == ["shop", "hub", "127.0.0.1:" + nobody]
            assert table.column("State") == ["up", "up", "down"]
            busy = user.table("What takes the time")
            assert "<b>save</b>" in busy.column("Name")


def test_a_target_that_comes_back_is_up(monkeypatch: pytest.MonkeyPatch, nobody: str) -> None:
    """It is asked again and again."""
    watching = watched(monkeypatch, nobody)
    with watching.going_on(), User(app).open() as user:
        user.see("is down")
        with serving(nobody):
            user.see("Sessions")
            user.see_not("is down")
            assert user.table("Targets").column("State") == ["up"]


def test_a_secret_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch, nobody: str) -> None:
    """Neither a password nor a query stands on the screen."""
    watching = watched(monkeypatch, f"http://lou:s3cret@127.0.0.1:{nobody}/metrics?key=s3cret")
    with watching.going_on(), User(app).open() as user:
        user.see("is down")
        assert "s3cret" not in str(user.seen())


def test_the_command_photographs_it(tmp_path: Path, nobody: str) -> None:
    """`hipflask dashboard URL --headless --screenshot FILE`."""
    file = tmp_path / "dashboard.png"
    done = CliRunner().invoke(
        CommandLine(), ["dashboard", nobody, "--headless", "--screenshot", str(file), "--after", "0.5"]
    )
    assert done.exit_code == 0, done.output
    assert file.read_bytes().startswith(b"\x89PNG")


def test_what_is_no_address_is_said(tmp_path: Path) -> None:
    """With what to write instead."""
    done = CliRunner().invoke(CommandLine(), ["dashboard", "ftp://x"])
    assert done.exit_code != 0
    assert "such as http" in str(done.exception) + done.output
