"""The commands of `hipflask deploy` and its kin, as far as the shell is concerned; what they do on AWS is in tests/aws."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hipflask.cli import CommandLine
from hipflask.core.errors import DeployError
from hipflask.deploy.person import Terminal


def run(*words: str, said: str = "") -> Result:
    """One command line."""
    return CliRunner().invoke(CommandLine(), list(words), input=said)


@pytest.mark.parametrize("command", ["deploy", "delete", "invoke", "logs", "url"])
def test_every_command_says_which_stage_region_and_credentials(command: str) -> None:
    """By the same options."""
    told = run(command, "--help").output
    assert all(option in told for option in ("--stage", "--region", "--profile"))


@pytest.mark.parametrize(
    "words",
    [
        ("--rollback", "--cancel"),
        ("--follow", "--repair"),
        ("--rollback", "--follow", "--cancel"),
        ("--skip", "Orders"),
    ],
)
def test_what_makes_no_sense_together_is_refused(words: tuple[str, ...]) -> None:
    """Before anybody's account is opened."""
    result = run("deploy", *words)
    assert result.exit_code == 2
    assert "exclude each other" in result.output or "--skip goes with --rollback" in result.output


def test_a_payload_that_is_no_json_is_refused_before_anything_is_asked() -> None:
    """With an example."""
    result = run("invoke", "add", "--payload", "{a: 1}")
    assert result.exit_code == 1
    assert "Error: The payload is not JSON" in result.output


def test_where_nobody_can_be_asked_nothing_is_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline has to say --yes; it never happens in silence."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(DeployError, match=r"Change that\? Nobody can be asked here.*Add --yes"):
        Terminal().agree("Change that?")
    with pytest.raises(DeployError, match=r"for good\. Nobody can be asked here"):
        Terminal().agree_by_typing("prod", "Type prod to delete it for good")
    assert Terminal(says_yes=True).agree("Change that?")
    assert Terminal(says_yes=True).agree_by_typing("prod", "Type prod")


class Keyboard(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize(
    ("typed", "agrees"), [("y\n", True), ("n\n", False), ("\n", False), ("maybe\nyes\n", True)]
)
def test_at_a_terminal_the_usual_answer_is_no(
    monkeypatch: pytest.MonkeyPatch, typed: str, agrees: bool
) -> None:
    """Whoever only presses Enter has agreed to nothing."""
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: sys.stdin.readline().rstrip("\n"))
    assert Terminal().agree("Change that?") is agrees


@pytest.mark.parametrize(
    ("typed", "agrees"), [("prod\n", True), ("y\n", False), ("\n", False), ("dev\n", False)]
)
def test_a_stage_is_only_deleted_by_its_name(
    monkeypatch: pytest.MonkeyPatch, typed: str, agrees: bool
) -> None:
    """A yes would be typed too quickly."""
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: sys.stdin.readline().rstrip("\n"))
    assert Terminal().agree_by_typing("prod", "Type prod to delete it for good") is agrees


def test_what_is_not_sent_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """A bundle that is there already."""
    with Terminal().uploading("a.zip", 100):
        pass
    assert capsys.readouterr().err == ""


def test_a_stage_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anybody's account is opened."""
    (tmp_path / "app.py").write_text("from hipflask import Hipflask\napp = Hipflask(__name__)\n")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.hipflask]\napp = 'app'\n[tool.hipflask.deploy.stages.prod]\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLASK_APP", "app")
    result = run("url", "--stage", "prd")
    assert result.exit_code == 1
    assert "Error: There is no stage 'prd'" in result.output


def test_an_app_without_a_name_takes_nobodys_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them would be the same stack, and the second would remove the first."""
    (tmp_path / "app.py").write_text("from hipflask import Hipflask\napp = Hipflask(__name__)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "FLASK_APP"):
        monkeypatch.delenv(name, raising=False)
    for command in ("deploy", "delete", "url"):
        assert "Error: This app has no name but that of its file" in run(command).output
    (tmp_path / "pyproject.toml").write_text("[tool.hipflask.deploy]\nname = 'app'\n")
    assert "No region is said" in run("url").output
