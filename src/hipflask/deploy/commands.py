"""`hipflask deploy`, `delete`, `invoke`, `logs` and `url`: an app on AWS, as far as the shell is concerned.

What does the work, and boto3 above all, is imported when it runs, because every start of the command line has these commands.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from flask.cli import ScriptInfo, pass_script_info

if TYPE_CHECKING:
    from .aws.account import Account
    from .aws.attempt import Deployed
    from .aws.deploying import Release
    from .aws.functions import Function
    from .aws.standing import Place
    from .packaging.bundle import Choices

_F = TypeVar("_F", bound=Callable[..., Any])
_STAGE = click.option(
    "--stage",
    default="dev",
    show_default=True,
    metavar="NAME",
    help="Which stage: each is a stack of its own.",
)
_REGION = click.option("--region", metavar="NAME", help="Where, if not where pyproject.toml says.")
_PROFILE = click.option("--profile", metavar="NAME", help="Whose credentials, of those in ~/.aws.")
_YES = click.option("--yes", is_flag=True, help="Do it without asking.")
_WAIT = click.option(
    "--wait", is_flag=True, help="If somebody else is changing the stack, wait for it first."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")


def _of_a_stage(command: _F) -> _F:
    """The options by which every one of these commands knows what is meant."""
    return _STAGE(_REGION(_PROFILE(command)))


def _left_alone(command: _F) -> _F:
    """Whoever presses Ctrl+C has been told what that means, so no more is said; exit code 130 as for any command."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            sys.exit(130)

    return run  # type: ignore[return-value]


@click.command()
@_of_a_stage
@_YES
@_WAIT
@_JSON
@click.option("--rollback", is_flag=True, help="Bring back the release before this one.")
@click.option(
    "--skip", multiple=True, metavar="NAME", help="With --rollback: a resource that cannot be rolled back."
)
@click.option("--repair", is_flag=True, help="Also make again what somebody deleted or altered outside.")
@click.option("--follow", is_flag=True, help="Change nothing; watch what goes on with the stack.")
@click.option("--cancel", is_flag=True, help="Call off the update that is under way.")
@click.option("--offline", is_flag=True, help="Make the bundle of what has been downloaded before.")
@click.option("--upgrade", is_flag=True, help="Look for newer packages than hipflask.lock has.")
@pass_script_info
@_left_alone
def deploy(
    info: ScriptInfo,
    stage: str,
    region: str | None,
    profile: str | None,
    yes: bool,
    wait: bool,
    as_json: bool,
    rollback: bool,
    skip: tuple[str, ...],
    repair: bool,
    follow: bool,
    cancel: bool,
    offline: bool,
    upgrade: bool,
) -> None:
    """Put the app on AWS: shows what that changes, and asks.

    What goes on is told on standard error, addresses and other outputs on standard output.
    """
    if sum((rollback, repair, follow, cancel)) > 1:
        raise click.UsageError("--rollback, --repair, --follow and --cancel exclude each other.")
    if skip and not rollback:
        raise click.UsageError("--skip goes with --rollback.")
    from .aws import deploying, going_back
    from .aws.account import told
    from .packaging.bundle import Choices
    from .person import Terminal

    person = Terminal(yes)
    with told():
        account, place = _opened(info, stage, region, profile)
        if rollback:
            done = going_back.roll_back(account, place, person, wait=wait, skip=skip)
        elif follow:
            done = going_back.watch(account, place, person)
        elif cancel:
            done = going_back.call_off(account, place, person)
        else:
            release = _release(info, place, Choices(offline=offline, upgrade=upgrade), person.tell)
            done = deploying.deploy(account, release, person, wait=wait, repair=repair)
    _show(done, as_json)


@click.command()
@_of_a_stage
@_YES
@_WAIT
@click.option("--empty-buckets", is_flag=True, help="Delete buckets too, with all that lies in them.")
@pass_script_info
@_left_alone
def delete(
    info: ScriptInfo,
    stage: str,
    region: str | None,
    profile: str | None,
    yes: bool,
    wait: bool,
    empty_buckets: bool,
) -> None:
    """Delete a stage from AWS; buckets stay, unless --empty-buckets says that their data is to go too."""
    from .aws import deleting
    from .aws.account import told
    from .person import Terminal

    person = Terminal(yes)

    def confirm(lines: list[str]) -> bool:
        for line in lines:
            person.tell(line)
        return person.agree_by_typing(stage, f"Type {stage} to delete it for good")

    with told():
        account, place = _opened(info, stage, region, profile)
        deleted = deleting.delete(account, place, person, confirm, empty_buckets=empty_buckets, wait=wait)
    if not deleted.was_there:
        person.tell(f"There is no stack {place.stack} in {account.region}, so there is nothing to delete.")
    for bucket in deleted.kept:
        person.tell(f"The bucket {bucket} is still there, with its data.")


@click.command()
@click.argument("name")
@_of_a_stage
@click.option(
    "--payload",
    metavar="JSON",
    help="What it is called with; - reads standard input. {} by default; a schedule's function is told that it is due.",
)
@pass_script_info
def invoke(
    info: ScriptInfo, name: str, stage: str, region: str | None, profile: str | None, payload: str | None
) -> None:
    """Call the function NAME on AWS, and print what it returns.

    It runs as it is there, on that stage's data. If it fails, what it printed last is told and the exit code is 1.
    """
    from .aws import invoking
    from .aws.account import told
    from .aws.functions import chosen

    content = invoking.checked(sys.stdin.read() if payload == "-" else payload) if payload else None
    with told():
        account, place = _opened(info, stage, region, profile)
        function = chosen(_functions(account, place), name, place.stack)
        usual = invoking.usual_payload(account, function, datetime.now(UTC))
        answer = invoking.invoke(account, function, content or usual)
    if answer.is_error:
        click.echo(answer.log, err=True, nl=False)
        click.echo(f"Error: {answer.complaint}", err=True)
        sys.exit(1)
    click.echo(answer.payload)


@click.command()
@click.argument("names", metavar="[NAME]…", nargs=-1)
@_of_a_stage
@click.option("-f", "--follow", is_flag=True, help="Go on as more is printed, until Ctrl+C.")
@click.option("--since", default="10m", show_default=True, metavar="WHEN", help="10m, 2h, 7d, or a moment.")
@click.option(
    "--filter", "pattern", default="", metavar="PATTERN", help="Only lines with this, as CloudWatch has it."
)
@pass_script_info
@_left_alone
def logs(
    info: ScriptInfo,
    names: tuple[str, ...],
    stage: str,
    region: str | None,
    profile: str | None,
    follow: bool,
    since: str,
    pattern: str,
) -> None:
    """Show what the app's functions have printed on AWS; all of them, or those that are named."""
    from .aws import logs as reading
    from .aws.account import told
    from .aws.functions import chosen

    start = reading.since(since, datetime.now(UTC))
    with told():
        account, place = _opened(info, stage, region, profile)
        functions = _functions(account, place)
        if names:
            functions = [chosen(functions, name, place.stack) for name in names]
        width = max((len(function.name) for function in functions), default=0)
        for function, line in reading.read(account, functions, start, pattern, follow=follow):
            click.echo(f"{line.when:%Y-%m-%d %H:%M:%S}  {function.name:<{width}}  {line.text}")


@click.command()
@_of_a_stage
@pass_script_info
def url(info: ScriptInfo, stage: str, region: str | None, profile: str | None) -> None:
    """Print where the app answers on AWS."""
    from ..core.errors import DeployError
    from .aws.account import told
    from .aws.stacks import the_stack

    with told():
        account, place = _opened(info, stage, region, profile)
        outputs = the_stack(account, place).outputs
    if "Url" not in outputs:
        raise DeployError(f"{place.stack} has no address: the app has nothing that answers HTTP.")
    click.echo(outputs["Url"])


def _opened(info: ScriptInfo, stage: str, region: str | None, profile: str | None) -> tuple[Account, Place]:
    """The account and the stack that are meant; nothing of the app itself is loaded for that."""
    from ..build.reading.configuration import read_project
    from .aws.account import open_account
    from .aws.standing import Place
    from .configuration import read_settings

    project = read_project(info.app_import_path, Path.cwd())
    settings = read_settings(project.folder, project.program, stage).of_a_named_app()
    return open_account(profile, region or settings.region), Place(settings.stack, settings.app, stage)


def _release(info: ScriptInfo, place: Place, choices: Choices, say: Callable[[str], None]) -> Release:
    """The bundle of the app as it is on this disk, and the template that goes with it."""
    from ..build.reading.configuration import read_project
    from .aws.deploying import Release
    from .configuration import read_settings
    from .describing import describe
    from .loading import load_app
    from .packaging.bundle import package
    from .packaging.machine import LambdaTarget
    from .template import CodeLocation, template

    project = read_project(info.app_import_path, Path.cwd())
    settings = read_settings(project.folder, project.program, place.stage)
    description = describe(load_app(info, settings), project.app)
    template(description, settings, CodeLocation("", ""))  # refuses what AWS would, before anything is made
    choices = replace(choices, with_boto3=settings.table.with_boto3)
    made = package(project, LambdaTarget.of(settings.architecture, settings.python), choices, say)
    for remark in made.remarks:
        say(remark)
    return Release(place, made.file, made.digest, lambda code: template(description, settings, code))


def _functions(account: Account, place: Place) -> list[Function]:
    from .aws.functions import functions_of
    from .aws.stacks import the_stack

    return functions_of(account, the_stack(account, place))


def _show(done: Deployed, as_json: bool) -> None:
    """What came of it: outputs on standard output, a sentence beside it."""
    if as_json:
        shown = {
            "stack": done.stack,
            "status": done.status,
            "changed": done.has_changed,
            "outputs": dict(done.outputs),
        }
        click.echo(json.dumps(shown, indent=2))
        return
    if not done.has_changed:
        click.echo(f"{done.stack} is as it should be ({done.status}); there was nothing to change.", err=True)
    for name, value in sorted(done.outputs.items(), key=lambda output: output[0] != "Url"):
        click.echo(f"{name}: {value}")
