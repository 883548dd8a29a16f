"""The commands, on a stack that is there: what is printed where, and with which exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aws.cloud import Cloud
from aws.plain_stack import PLACE, Somebody, release
from hipflask.cli import CommandLine
from hipflask.deploy.aws.account import Account
from hipflask.deploy.aws.deploying import deploy
from hipflask.deploy.aws.stacks import the_stack


@pytest.fixture
def project(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose stack is there, made by hand; the commands below do not look at the app."""
    (tmp_path / "app.py").write_text("raise SystemExit('no command here needs the app')\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n[tool.hipflask]\napp = 'app:app'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLASK_APP", "app:app")
    deploy(account, release(tmp_path), Somebody(), wait=False, repair=False)


def run(*words: str, said: str = "") -> Result:
    """One command line."""
    return CliRunner().invoke(CommandLine(), list(words), input=said)


@pytest.mark.usefixtures("project")
def test_a_result_is_all_of_standard_output() -> None:
    """So that another program can read it."""
    result = run("invoke", "web", "--payload", "-", said='{"order": 7}')
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"asked": {"order": 7}, "edition": "first"}


@pytest.mark.usefixtures("project")
def test_a_function_that_is_not_there_is_answered_with_those_that_are() -> None:
    """With exit code 1."""
    result = run("invoke", "wed")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: shop-dev has no function wed. It has: web." in result.stderr


@pytest.mark.usefixtures("project")
def test_an_app_without_http_has_no_address() -> None:
    """And says why."""
    result = run("url")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "shop-dev has no address: the app has nothing that answers HTTP." in result.stderr


@pytest.mark.usefixtures("project")
def test_a_line_of_a_log_has_its_time_its_function_and_its_text() -> None:
    """In columns."""
    run("invoke", "web", "--payload", '"hello"')
    (line,) = [line for line in run("logs", "web").stdout.splitlines() if "asked for" in line]
    assert line.split("  ")[1:] == ["web", "asked for hello"]


@pytest.mark.usefixtures("project")
def test_where_nothing_goes_on_there_is_nothing_to_watch_or_to_call_off() -> None:
    """Watching is no mistake, calling off is."""
    watched = run("deploy", "--follow", "--json")
    assert watched.exit_code == 0, watched.output
    assert json.loads(watched.stdout)["status"] == "CREATE_COMPLETE"
    called_off = run("deploy", "--cancel")
    assert called_off.exit_code == 1
    assert (
        "Only an update that is under way can be called off, and shop-dev is CREATE_COMPLETE."
        in called_off.stderr
    )


@pytest.mark.usefixtures("project")
def test_ctrl_c_stops_the_watching_and_nothing_else(cloud: Cloud, account: Account) -> None:
    """The exit code is that of whoever was interrupted; how to watch again is said, without a traceback."""
    begun, over = {"status": "UPDATE_IN_PROGRESS", "reason": "User Initiated"}, {"status": "UPDATE_COMPLETE"}
    cloud.play("shop-dev", begun, over, pace=6)
    command = [sys.executable, "-m", "hipflask.cli", "deploy", "--follow"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stderr is not None
        assert "UPDATE_IN_PROGRESS" in watching.stderr.readline()
        watching.send_signal(signal.SIGINT)
        said = watching.stderr.read()
    assert watching.returncode == 130, said
    assert "AWS goes on with it. `hipflask deploy --stage dev --follow` watches again" in said
    assert "Traceback" not in said
    assert the_stack(account, PLACE).status == "UPDATE_IN_PROGRESS"


@pytest.mark.usefixtures("project")
def test_a_stage_is_deleted_only_with_a_yes() -> None:
    """Where nobody can be asked, what would go is shown all the same."""
    refused = run("delete", said="dev\n")
    assert refused.exit_code == 1
    assert "shop-dev in eu-west-1, account 123456789012: 4 resources go." in refused.stderr
    assert "Add --yes if it is meant." in refused.stderr
    assert run("delete", "--yes").exit_code == 0
    gone = run("url")
    assert "There is no stack shop-dev in eu-west-1 of account 123456789012" in gone.stderr


def test_a_region_of_the_command_line_wins(project: None, cloud: Cloud) -> None:
    """In another one there is nothing."""
    assert "There is no stack shop-dev in us-east-1" in run("url", "--region", "us-east-1").stderr
