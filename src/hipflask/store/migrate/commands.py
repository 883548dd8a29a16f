"""`hipflask db show`, `make`, `migrate`, `try` and `undo`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click
import flask
from flask.cli import with_appcontext

from ...core.errors import MigrationNeeded, StoreError, StoreLocked
from ..commands import db, store
from ..files import file_of, migrations_of

if TYPE_CHECKING:
    from .plan import Decisions, Question
    from .task import Task
    from .undo import Way


def _decides(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options with which questions are answered beforehand."""
    for flag, metavar, help_text in (
        (
            "--keep",
            "NAME",
            "A column (table.column) or table that is not in the models any more, and stays in the file.",
        ),
        ("--drop", "NAME", "One that goes, with all that it holds."),
        ("--rename", "OLD=NEW", "One that has another name now: player.name=nick, player=person."),
    ):
        command = click.option(flag, flag.strip("-"), metavar=metavar, multiple=True, help=help_text)(command)
    return command


@db.command()
@with_appcontext
def show() -> None:
    """Show what the file has, what the models want, and what will be done about it."""
    from .report import shown
    from .trial import state

    task = _task()
    if not task.file.exists():
        click.echo(f"{task.file} is not there yet: the next start makes it.")
        return
    with _told():
        for line in shown(task, state(task)):
            click.echo(line)


@db.command()
@click.argument("title")
@_decides
@click.option(
    "--empty", is_flag=True, help="Write one that does nothing yet, for rows that are to be changed."
)
@with_appcontext
def make(title: str, rename: Sequence[str], drop: Sequence[str], keep: Sequence[str], empty: bool) -> None:
    """Write a migration that leads from the last one to the models, such as: hipflask db make "add age".

    It is a file in migrations/, to be read, changed if need be, and kept with the source.
    """
    from .make import make
    from .plan import Decisions
    from .scripts import write_script
    from .trial import last_wanted

    task = _task()
    with _told():
        if empty:
            click.echo(str(write_script(task.folder, title, [], [])))
            return
        before = None if task.want.migrations else last_wanted(task)
        if before is not None and before != task.want.shape:  # what all files so far were made from
            make(task.folder, before, "first", Decisions(), _ask)
        made = make(task.folder, task.want.shape, title, _decisions(rename, drop, keep), _ask)
    if made is None:
        click.echo(
            "There is nothing to write: the migrations lead to what the models want. For rows alone, add --empty."
        )
        return
    path, steps = made
    for step in steps:
        click.echo(f"  {step.what}")
    click.echo(str(path))
    if any(step.is_left_open for step in steps):
        click.echo("Something is left open in it: look for ← and say what is not known.")


@db.command()
@_decides
@with_appcontext
def migrate(rename: Sequence[str], drop: Sequence[str], keep: Sequence[str]) -> None:
    """Bring the file up to date now, as a start of the program would, and ask what a start would not."""
    from .run import Undecided
    from .run import migrate as run
    from .turn import is_made_new

    task = _task()
    decisions = _decisions(rename, drop, keep)
    with _told(), _alone(task):
        if is_made_new(task):
            click.echo(f"{task.file} is made.")
            return
        while True:
            try:
                report = run(task, decisions, lambda what: click.echo(f"  {what}"), is_meant=True)
                break
            except Undecided as undecided:
                decisions = _ask(undecided.questions, decisions, undecided)
    if report is None or not report.what:
        click.echo(f"{task.file} is up to date.")
        return
    click.echo(f"{task.file} is up to date, after {report.seconds:.1f} s. As it was: {report.backup}")


@db.command("try")
@_decides
@with_appcontext
def try_(rename: Sequence[str], drop: Sequence[str], keep: Sequence[str]) -> None:
    """Migrate a copy of the file, and tell how that went."""
    from .report import tried
    from .trial import attempt

    task = _task()
    with _told():
        trial = attempt(task, _decisions(rename, drop, keep), lambda what: click.echo(f"  {what}"))
    for line in tried(task, trial):
        click.echo(line)


@db.command()
@click.option(
    "--backup", "from_backup", is_flag=True, help="Bring back the backup, whatever was written since."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def undo(from_backup: bool, yes: bool) -> None:
    """Take the last migration of the file back; what is there now is kept as a backup."""
    from .report import before_undoing
    from .undo import undo, way_back

    task = _task()
    with _told():
        way = way_back(task)
        from_backup = from_backup or way.why_backup is not None
        for line in before_undoing(way, from_backup):
            click.echo(line)
        _confirm(way, from_backup, yes)
        done, backup = undo(task, way, from_backup)
    for line in done:
        click.echo(f"  {line}")
    click.echo(f"Undone. As it was just now: {backup}")
    click.echo("Go back to the version of the program that belongs to it; this one would migrate it again.")


def _confirm(way: Way, from_backup: bool, yes: bool) -> None:
    if not yes and (from_backup or way.loses):
        click.confirm("Go on?", abort=True)


def _task() -> Task:
    from ..changes.log import Log
    from .start import wanted
    from .task import Task

    app: Any = flask.current_app
    tables = store().metadata.sorted_tables
    folder = migrations_of(app)
    return Task(
        file_of(app), wanted(tables, folder), folder, Log([table for table in tables if table.schema is None])
    )


def _decisions(rename: Sequence[str], drop: Sequence[str], keep: Sequence[str]) -> Decisions:
    from .plan import Decisions

    pairs = {}
    for each in rename:
        old, sign, new = each.partition("=")
        if not (old and sign and new) or "." in new:
            raise click.BadParameter(
                f"{each!r} is no OLD=NEW, as in player.name=nick.", param_hint="--rename"
            )
        pairs[old] = new
    return Decisions(pairs, frozenset(drop), frozenset(keep))


def _ask(questions: Sequence[Question], decisions: Decisions, refused: StoreError | None = None) -> Decisions:
    """Ask the first of the questions; the answer may settle others."""
    from .plan import Decisions
    from .words import question_in_words

    question = questions[0]
    click.echo(f"{question.old} is not in the models any more.")
    answers = {str(place): new for place, new in enumerate(question.new, 1)}
    for place, new in answers.items():
        click.echo(f"  {place}  It is called {new} now.")
    click.echo("  d  It is gone: drop it, with all that it holds.\n  k  Keep it in the file.")
    try:
        answer = click.prompt("Which", type=click.Choice([*answers, "d", "k"]))
    except click.Abort:  # nobody is there
        raise refused or MigrationNeeded(question_in_words(question)) from None
    if answer in answers:
        return Decisions(
            {**decisions.renames, question.old: answers[answer]}, decisions.drops, decisions.keeps
        )
    if answer == "d":
        return Decisions(decisions.renames, decisions.drops | {question.old}, decisions.keeps)
    return Decisions(decisions.renames, decisions.drops, decisions.keeps | {question.old})


class _told:
    """What is refused on purpose becomes one sentence and exit code 1, also under `flask`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StoreError):
            raise click.ClickException(str(error)) from None


class _alone:
    """With the lock of the one who migrates."""

    def __init__(self, task: Task) -> None:
        from ..keeper import Keeper

        task.file.parent.mkdir(parents=True, exist_ok=True)
        self.task, self.keeper = task, Keeper(task.file)

    def __enter__(self) -> None:
        from ..engine import WAIT_SECONDS
        from .words import still_open

        if not self.keeper.wait(WAIT_SECONDS):
            raise StoreLocked(still_open(self.task.file))

    def __exit__(self, *_: object) -> None:
        self.keeper.release()
