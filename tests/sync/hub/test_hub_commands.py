"""`hipflask hub` at the shell, as far as it gets without a database: what is refused, and with which words."""

from __future__ import annotations

import subprocess
import sys

import flask
import hubapp
import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from hipflask import Hipflask, Store
from hipflask.core.errors import HipflaskError, HubGone, UsageError
from hipflask.sync.hub.commands import hub


def said(app: flask.Flask, *words: str) -> HipflaskError:
    """The error that a command ends with, which `hipflask` prints as one sentence."""
    result: Result = CliRunner().invoke(hub, words, obj=ScriptInfo(create_app=lambda: app))
    assert isinstance(result.exception, HipflaskError), (result.output, result.exception)
    return result.exception


@pytest.fixture
def app() -> Hipflask:
    app = Hipflask("notes_under_test")
    Store(app)
    return app


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "hub.example.com"])
def test_an_open_address_needs_a_word(app: Hipflask, host: str) -> None:
    """Nobody serves tokens in the clear without having said so."""
    error = said(app, "--host", host)
    assert isinstance(error, UsageError) and "--behind-proxy" in str(error) and "--public" in str(error)


def test_an_app_without_a_store_has_nothing_to_share() -> None:
    """And is told what to write."""
    assert "Store(app)" in str(said(Hipflask("empty")))


def test_a_database_that_does_not_answer_is_told_without_its_password(app: Hipflask) -> None:
    """With what PostgreSQL says, but not with the address."""
    error = said(
        app, "--database", "postgresql://ann:secret@127.0.0.1:1/company?connect_timeout=1", "--port", "0"
    )
    assert isinstance(error, HubGone) and "secret" not in str(error)


def test_without_psycopg_it_says_what_to_install() -> None:
    """`pip install "hipflask[hub]"`, and no traceback."""
    program = "import sys; sys.modules['psycopg'] = None; from hipflask.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        program,
        "--app",
        hubapp.__file__,
        "hub",
        "--database",
        "postgresql://127.0.0.1/company",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (
        done.returncode == 1
        and done.stderr.startswith("Error: ")
        and 'pip install "hipflask[hub]"' in done.stderr
    )
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told(app: Hipflask) -> None:
    """With another way out."""
    from hipflask.sync.hub.serving import listen

    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(HipflaskError, match="--port 0"):
            listen("127.0.0.1", taken.getsockname()[1])


def test_the_command_line_offers_it_without_loading_it() -> None:
    """What the hub needs is imported when it runs: all other commands start as fast as before."""
    heavy = "[name for name in sys.modules if name.startswith(('psycopg', 'sqlalchemy', 'uvicorn', 'hipflask.sync.messages'))]"
    program = f"import sys; import hipflask.cli; print({heavy})"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"
