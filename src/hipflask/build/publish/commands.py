"""`hipflask publish` and `hipflask keys`: what one has for releases, as far as the shell is concerned.

What does the work is imported when it runs, because every start of the command line has these commands.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import ScriptInfo, pass_script_info

if TYPE_CHECKING:
    from .keys import Keys

PASSPHRASE = "HIPFLASK_KEY_PASSPHRASE"
KEYS = "HIPFLASK_KEYS"
_FOLDER = click.Path(path_type=Path, file_okay=False)
_KEYS = click.option(
    "--keys",
    "keys_folder",
    type=_FOLDER,
    envvar=KEYS,
    required=True,
    show_envvar=True,
    help="The folder of keys that `hipflask keys make` made.",
)
_OFFLINE = click.option(
    "--offline",
    type=_FOLDER,
    multiple=True,
    help="Where the root keys are; DIR itself by default. May be given several times.",
)
_LOCK = click.option("--lock-online", is_flag=True, help="Put a passphrase on the online key too.")


@click.command()
@click.argument("folder", type=_FOLDER)
@_KEYS
@click.option(
    "--from", "built", type=_FOLDER, default="dist", show_default=True, help="What `hipflask build` made."
)
@click.option(
    "--percent",
    type=click.IntRange(0, 100),
    default=100,
    show_default=True,
    help="How many of a hundred installed programs take it; the rest follow when you publish with more.",
)
@click.option(
    "--deltas",
    "bases",
    type=click.IntRange(0, 20),
    default=3,
    show_default=True,
    help="Against how many former releases deltas are made.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=90,
    show_default=True,
    help="How long it is good without being published or refreshed again.",
)
@click.option(
    "--withdraw", metavar="CHANNEL", help="Publish nothing; offer the former release of a channel again."
)
@click.option("--refresh", is_flag=True, help="Publish nothing; sign that what is there is still the newest.")
@click.option(
    "--keep",
    type=click.IntRange(2),
    help="Afterwards remove what only publications before the last so many need.",
)
@click.option(
    "--anyway",
    "is_meant",
    is_flag=True,
    help="Publish a version that is not newer than the one that is there.",
)
@click.option(
    "--afresh", is_flag=True, help="Build upon nothing that is there: after the online key has leaked."
)
@pass_script_info
def publish(
    info: ScriptInfo,
    folder: Path,
    keys_folder: Path,
    built: Path,
    percent: int,
    bases: int,
    days: int,
    withdraw: str | None,
    refresh: bool,
    keep: int | None,
    is_meant: bool,
    afresh: bool,
) -> None:
    """Make FOLDER what any web server can offer: updates for installed programs, and a download page for people."""
    from ..dist import read_dist
    from ..reading.configuration import read_project
    from .keys import Keys
    from .repository import Publisher

    project = read_project(info.app_import_path, Path.cwd())
    publisher = Publisher(project, folder, Keys.read(keys_folder), ask, datetime.now(UTC), days)
    if withdraw is not None:
        say(publisher.withdraw(withdraw))
    elif refresh:
        say(publisher.refresh())
    else:
        bundles, installers = read_dist(project, built)
        say(
            publisher.publish(
                bundles, installers, percent=percent, bases=bases, is_meant=is_meant, afresh=afresh
            )
        )
    if keep is not None:
        say(publisher.prune(keep))
    if project.updates is not None:
        say([f"Upload {folder} to {project.updates.url}, and metadata/timestamp.json after everything else."])


@click.group()
def keys() -> None:
    """Make, show and replace the keys that releases are signed with."""


@keys.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option(
    "--offline",
    type=_FOLDER,
    help="Where the root keys go, such as a stick that you then take out; DIR by default.",
)
@click.option("--roots", type=click.IntRange(1, 20), default=1, show_default=True, help="How many root keys.")
@click.option(
    "--threshold",
    type=click.IntRange(1, 20),
    default=1,
    show_default=True,
    help="How many of them must sign.",
)
@_LOCK
def make(folder: Path, offline: Path | None, roots: int, threshold: int, lock_online: bool) -> None:
    """Make a program's first keys in DIR, which is neither in the project nor in what is published."""
    from .keys import make

    made = make(
        folder,
        offline or folder,
        ask,
        count=roots,
        threshold=threshold,
        lock_online=lock_online,
        now=datetime.now(UTC),
    )
    say(_description(made))
    say(
        [
            f"Copy {folder / 'root.json'} into the project and commit it: it is public, and apps trust what it names.",
            "Keep the root keys offline, twice. Nobody can replace them once they are lost.",
        ]
    )


@keys.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
def show(folder: Path) -> None:
    """Say which keys count, where they are and until when."""
    from .keys import Keys

    say(_description(Keys.read(folder)))


@keys.command()
@click.argument("role", type=click.Choice(["online", "root"]))
@click.argument("folder", metavar="DIR", type=_FOLDER)
@_OFFLINE
@_LOCK
@click.option(
    "--leaked",
    is_flag=True,
    help="Somebody else has the online key: what it signed is not built upon any more.",
)
def rotate(role: str, folder: Path, offline: tuple[Path, ...], lock_online: bool, leaked: bool) -> None:
    """Replace the online key or the root keys; installed programs follow when you next publish."""
    from .keys import Keys, rotate

    places, now = offline or (folder,), datetime.now(UTC)
    rotated = rotate(Keys.read(folder), role, places, ask, lock_online=lock_online, leaked=leaked, now=now)
    say(_description(rotated))
    how = (
        "everything anew: hipflask publish FOLDER --afresh"
        if leaked
        else "it: hipflask publish FOLDER --refresh"
    )
    say([f"Nobody knows of this yet. Now publish {how}"])


@keys.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@_OFFLINE
def renew(folder: Path, offline: tuple[Path, ...]) -> None:
    """Have the same keys count for another two years."""
    from .keys import Keys, renew

    say(_description(renew(Keys.read(folder), offline or (folder,), ask, now=datetime.now(UTC))))
    say(["Now publish it: hipflask publish FOLDER --refresh"])


def ask(name: str, is_new: bool) -> str:
    """A key's passphrase, from the environment or from whoever sits there."""
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    words = f"Choose a passphrase for {name}" if is_new else f"Passphrase of {name}"
    return str(click.prompt(words, hide_input=True, confirmation_prompt=is_new, err=True))


def say(lines: Iterable[str]) -> None:
    """Print sentences, one to a line."""
    for line in lines:
        click.echo(line)


def _description(found: Keys) -> list[str]:
    from .keys import describe

    return describe(found, datetime.now(UTC))
