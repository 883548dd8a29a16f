"""`hipflask queue`: what waits in the queues of this computer, and what has failed too often.

What does the work is imported when it runs, because every start of the command line has this command.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click
from flask.cli import ScriptInfo, pass_script_info

from ...core.errors import UsageError

if TYPE_CHECKING:
    from .embedded import Embedded

_SHOWN = 100


@click.command()
@click.argument("name", required=False)
@click.option("--dead", is_flag=True, help="Its dead letters: messages that have failed too often.")
@click.option("--redrive", is_flag=True, help="Send its dead letters once more.")
@click.option("--purge", is_flag=True, help="Throw its messages away; with --dead its dead letters.")
@click.option("--yes", is_flag=True, help="Throw away without asking.")
@pass_script_info
def queue(info: ScriptInfo, name: str | None, dead: bool, redrive: bool, purge: bool, yes: bool) -> None:
    """Show how many messages wait, or those of the queue NAME.

    It is about the queues on this computer, not about Amazon's. A function that is called for a bucket, a topic or a schedule has a queue,
    too, which is called as in `on_s3_event:thumbnail`.
    """
    from . import messages
    from .outbox import relay

    app: Any = info.load_app()
    embedded: Embedded = app.resources()
    relay(app, embedded.file)
    if name is None:
        if dead or redrive or purge:
            raise click.UsageError("Say which queue: hipflask queue NAME --dead.")
        _show_all(embedded)
        return
    chosen = messages.dead_letters_of(name) if dead else name
    if redrive:
        with embedded.file.writing() as connection:
            count = messages.redrive(connection, name, time.time())
        click.echo(f"{_counted(count)} sent once more.")
    elif purge:
        if not yes:
            click.confirm(f"Throw away everything in {chosen}?", abort=True)
        with embedded.file.writing() as connection:
            count = messages.purge(connection, chosen)
        click.echo(f"{_counted(count)} thrown away.")
    else:
        _show(embedded, chosen)


def _show_all(embedded: Embedded) -> None:
    from . import messages

    with embedded.file.reading() as connection:
        found = messages.counts(connection, time.time())
    if not found:
        click.echo("No messages wait.")
    for name, counts in found.items():
        later = f", {counts.hidden} being worked on or for later" if counts.hidden else ""
        click.echo(f"{name}: {counts.waiting} waiting{later}")


def _show(embedded: Embedded, name: str) -> None:
    from . import messages

    with embedded.file.reading() as connection:
        there = messages.counts(connection, time.time())
        found = messages.look(connection, name, _SHOWN)
    if name not in there:
        known = f" There is something in: {', '.join(there)}." if there else ""
        raise UsageError(f"Nothing is in the queue {name!r}.{known}")
    for message in found:
        reason = f"  ({message.reason})" if message.reason else ""
        click.echo(f"{message.id}  {message.body}{reason}")
    if (more := there[name].waiting + there[name].hidden - len(found)) > 0:
        click.echo(f"… and {more} more")


def _counted(count: int) -> str:
    return "1 message was" if count == 1 else f"{count} messages were"
