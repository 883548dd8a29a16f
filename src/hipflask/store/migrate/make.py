"""Writing a migration: what the migrations so far make, compared with what the models want.

All migrations are run on an empty database in memory, and the new one too before it is written: first up, which has to lead to
what the models want, then down, which has to lead back. A way down that would not is left out, and undoing it brings
back the backup.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from ...core.errors import MigrationNeeded
from .compare import plan
from .operations import Steps, alembics, run, steps_on
from .plan import Decisions, Plan, Question, Step, after_renames, rename_steps
from .scripts import scripts_in, write_script
from .shape import Shape, read

Ask = Callable[[Sequence[Question], Decisions], Decisions]


def make(
    folder: Path, want: Shape, title: str, decisions: Decisions, ask: Ask
) -> tuple[Path, list[Step]] | None:
    """Write the next migration; returns where, and its steps. None if the migrations make what the models want."""
    with _replayed(folder) as steps:
        before = steps.shape
        decisions = _decided(before, want, decisions, ask)
        up = _up(steps, want, decisions)
        if not up:
            return None
        down = _down(steps, before, decisions)
    return write_script(folder, title, up, down), up


def _up(steps: Steps, want: Shape, decisions: Decisions) -> list[Step]:
    renames = rename_steps(decisions.renames)
    _run(steps, renames)
    have = steps.shape
    planned = _unhindered(plan(have, want, have, decisions, None))
    _run(steps, planned)
    rest = plan(read(steps.driver, want.kinds), want, Shape({}, {}), Decisions(), None)
    if rest.steps:
        left = "; ".join(step.what for step in rest.steps)
        raise MigrationNeeded(
            f"No migration could be written that leads to what the models want: {left}. Write it by hand: add --empty."
        )
    return [*renames, *planned]


def _down(steps: Steps, before: Shape, decisions: Decisions) -> list[Step] | None:
    """The way back; None if there is none that loses nothing but what is new."""
    back = backwards(decisions.renames)
    try:
        renames = rename_steps(back)
        _run(steps, renames)
        have = steps.shape
        planned = plan(have, before, have, all_may_go(have, before), None)
        if planned.questions or planned.refusals or any(step.is_left_open for step in planned.steps):
            return None
        _run(steps, planned.steps)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, ValueError):
        return None
    is_back = steps.shape.tables == before.tables and steps.shape.kinds == before.kinds
    return [*renames, *planned.steps] if is_back else None


def backwards(renames: Mapping[str, str]) -> dict[str, str]:
    """The renames that take these back."""
    tables = {old: new for old, new in renames.items() if "." not in old}
    found = {}
    for old, new in renames.items():
        table, _, column = old.partition(".")
        found[f"{tables.get(table, table)}.{new}" if column else new] = column or table
    return found


def all_may_go(have: Shape, want: Shape) -> Decisions:
    """The decision that whatever is not wanted is dropped."""
    gone = {name for name in have.tables if name not in want.tables}
    for name, table in have.tables.items():
        if name in want.tables:
            gone |= {
                f"{name}.{column}" for column in table.columns if column not in want.tables[name].columns
            }
    return Decisions(drops=frozenset(gone))


@contextmanager
def _replayed(folder: Path) -> Iterator[Steps]:
    """An empty database that all migrations have been run on."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as driver, alembics(driver) as connection:
        driver.execute("BEGIN")
        with steps_on(driver, connection, set(), {}) as steps:
            for script in scripts_in(folder):
                script.upgrade(steps)
            yield steps


def _decided(before: Shape, want: Shape, decisions: Decisions, ask: Ask) -> Decisions:
    while True:
        have = after_renames(before, decisions.renames)
        questions = plan(have, want, have, decisions, None, asks=True).questions
        if not questions:
            return decisions
        decisions = ask(questions, decisions)


def _unhindered(planned: Plan) -> list[Step]:
    if planned.refusals:
        raise MigrationNeeded(" ".join([*planned.refusals, "Write the migration by hand: add --empty."]))
    return planned.steps


def _run(steps: Steps, those: Sequence[Step]) -> None:
    for step in those:
        if not step.is_left_open:
            run(steps, step.lines)
