"""`hipflask hub token …`: who may sign in, looked after by hand.

The group is given a function that opens the hub's database. psycopg is only imported once a command runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ...core.errors import HipflaskError

if TYPE_CHECKING:
    from .tokens import Token, Tokens

Open = Callable[[], AbstractContextManager[Any]]


class Moment(click.ParamType):  # type: ignore[type-arg]
    """A day or a moment; without a zone it is meant where the person is."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment that was written."""
        try:
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError):
            self.fail(f"expected a day or a moment such as 2027-01-31 or 2027-01-31T18:00, got {value!r}.")


token = click.Group("token", help="Let devices in: each signs in with a token of its own.")


@token.command()
@click.argument("user")
@click.option("--device", default="", help="What the device is called, for the list.")
@click.option("--expires", type=Moment(), help="When it ends by itself; else it lasts until it is revoked.")
@click.pass_obj
def issue(open_database: Open, user: str, device: str, expires: datetime | None) -> None:
    """Make a token for a device of USER, and show it this once."""
    with _tokens(open_database) as tokens:
        made = tokens.issue(user, device, expires)
    click.echo(made)
    click.echo("Enter it on the device. It is shown only now: the hub keeps a hash of it.", err=True)


@token.command("list")
@click.option("--user", help="Only those of one user.")
@click.pass_obj
def list_(open_database: Open, user: str | None) -> None:
    """List the tokens, the oldest first; not what they are, but whose."""
    with _tokens(open_database) as tokens:
        found = tokens.all(user)
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("There are none yet. Make one: hipflask hub token issue USER")


@token.command()
@click.argument("id")
@click.pass_obj
def revoke(open_database: Open, id: str) -> None:
    """End the token of this ID now; a device that is connected with it is signed out within seconds."""
    with _tokens(open_database) as tokens:
        click.echo(_line(tokens.revoke(id)))


@token.command()
@click.argument("id")
@click.argument("at", type=Moment())
@click.pass_obj
def expire(open_database: Open, id: str, at: datetime) -> None:
    """Let the token of this ID end at a moment: 2027-01-31, or 2027-01-31T18:00."""
    with _tokens(open_database) as tokens:
        click.echo(_line(tokens.expire(id, at)))


@contextmanager
def _tokens(open_database: Open) -> Iterator[Tokens]:
    try:
        with open_database() as database:
            from .tokens import Tokens

            yield Tokens(database)
    except HipflaskError as error:
        raise click.ClickException(str(error)) from error


def _line(each: Token) -> str:
    ends = f"until {_day(each.expires)}" if each.expires is not None else ""
    used = f"used {_day(each.used)}" if each.used is not None else "never used"
    parts = [
        f"{each.id}  {each.state:<7}  {each.user}",
        each.device,
        f"issued {_day(each.issued)}",
        used,
        ends,
    ]
    return "  ".join(part for part in parts if part)


def _day(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
