"""`hipflask db backup`, `backups`, `restore`, `check`, `export` and `import`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from ...core.errors import HipflaskError
from ..commands import db, store

if TYPE_CHECKING:
    from .backup import Backup

_FILE = click.Path(path_type=Path)


@db.command()
@with_appcontext
def backup() -> None:
    """Make a backup, while programs may be running."""
    with _in_words(), _bar("Copying") as progress:
        made = store().backup(progress)
    click.echo(str(made))


@db.command()
@with_appcontext
def backups() -> None:
    """List the backups, newest first."""
    with _in_words():
        found = store().backups()
    for each in found:
        made = each.made.strftime("%Y-%m-%d %H:%M:%S UTC")
        click.echo(f"{made}  {each.size / 1e6:9,.1f} MB  {each.reason:<10}  {each.path.name}")
    if not found:
        click.echo("There are none yet. Make one: hipflask db backup")


@db.command()
@click.argument("backup", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(backup: str | None, yes: bool) -> None:
    """Bring back a BACKUP, by its name or path; the newest one if none is given.

    What is there now is set aside, beside the backups, and stays until somebody deletes it.
    """
    with _in_words():
        chosen = _chosen(store().backups(), backup)
        if not yes:
            click.confirm(f"Put {chosen} in the place of the present data?", abort=True)
        with _bar("Bringing back") as progress:
            aside = store().restore(chosen, progress)
    click.echo(f"Brought back: {chosen}")
    if aside is not None:
        click.echo(f"What was there before is in {aside}")


@db.command()
@with_appcontext
def check() -> None:
    """Look whether the data is sound; exit code 1 if it is not."""
    with _in_words(), _bar("Checking") as progress:
        problems = store().check(progress)
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("All is well.")


@db.command("export")
@click.argument("model")
@click.argument("file", type=_FILE)
@with_appcontext
def export_rows(model: str, file: Path) -> None:
    """Write the rows of MODEL to FILE, as CSV or JSON lines (.csv, .jsonl)."""
    with _in_words(), _bar("Writing") as progress:
        count = store().export(_model(model), file, progress)
    click.echo(f"{_rows(count)} of {model} to {file}")


@db.command("import")
@click.argument("model")
@click.argument("file", type=_FILE)
@click.option("--skip", is_flag=True, help="Leave out lines that do not fit, and write the others.")
@click.option("--encoding", help="If it is not UTF-8 or UTF-16: cp1252, say.")
@with_appcontext
def import_rows(model: str, file: Path, skip: bool, encoding: str | None) -> None:
    """Write the rows of FILE (.csv, .jsonl) to MODEL: new ones and, by key, those that are there.

    If a line does not fit, nothing is written, unless --skip is given.
    """
    with _in_words(), _bar("Reading and writing") as progress:
        loaded = store().load(_model(model), file, progress, skip=skip, encoding=encoding)
    for bad in loaded.bad:
        click.echo(f"Left out: {bad}", err=True)
    click.echo(f"{_rows(loaded.rows)} of {model} from {file}")
    if loaded.bad:
        sys.exit(1)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _chosen(backups: list[Backup], name: str | None) -> Path:
    if name is not None:
        return next((each.path for each in backups if each.path.name == name), Path(name))
    newest = next((each.path for each in backups if not each.is_replaced), None)
    if newest is None:
        raise click.ClickException("There is no backup to bring back.")
    return newest


def _model(name: str) -> Any:
    known = {mapper.class_.__name__: mapper.class_ for mapper in store().Model.registry.mappers}
    by_table = {model.__tablename__: model for model in known.values()}
    found = known.get(name) or by_table.get(name)
    if found is None:
        raise click.UsageError(f"There is no model {name}. There are: {', '.join(sorted(known))}.")
    return found


@contextmanager
def _in_words() -> Iterator[None]:
    """One sentence and exit code 1 for what Hipflask raises on purpose, under Flask's own command line, too."""
    try:
        yield
    except HipflaskError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress
