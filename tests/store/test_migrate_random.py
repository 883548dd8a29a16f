"""Any models to any others: done or refused on start, and always written, run and undone as a migration."""

from __future__ import annotations

import datetime
import decimal
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Mapped, mapped_column
from versions import Program

from hipflask.core.errors import MigrationNeeded
from hipflask.store.migrate.compare import plan
from hipflask.store.migrate.make import make
from hipflask.store.migrate.plan import Decisions
from hipflask.store.migrate.shape import Shape, read, shape_of
from hipflask.store.migrate.start import wanted
from hipflask.store.store import Store
from hipflask.store.types.kinds import Digits, Length

EXAMPLES = settings().max_examples // 4  # each makes files

# Each has a value for rows that give none.
COLUMNS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "text": lambda: (str, mapped_column(default="")),
    "optional text": lambda: (str | None, mapped_column()),
    "short text": lambda: (Annotated[str, Length(3)], mapped_column(default="a:b")),
    "longer text": lambda: (Annotated[str, Length(9)], mapped_column(default="it's", index=True)),
    "two choices": lambda: (Literal["a", "b: (c)"], mapped_column(default="a")),
    "three choices": lambda: (Literal["a", "b: (c)", 'it\'s "d", e'], mapped_column(default="a")),
    "number": lambda: (int, mapped_column(default=7)),
    "calculated": lambda: (int, mapped_column(sa.Computed("length(id) * 2"))),
    "optional number": lambda: (int | None, mapped_column(index=True)),
    "price": lambda: (
        Annotated[decimal.Decimal, Digits(8, 2)],
        mapped_column(default=decimal.Decimal("1.5")),
    ),
    "finer price": lambda: (
        Annotated[decimal.Decimal, Digits(12, 3)],
        mapped_column(default=decimal.Decimal(2)),
    ),
    "flag": lambda: (bool, mapped_column(default=False)),
    "day": lambda: (datetime.date | None, mapped_column()),
    "unique": lambda: (str | None, mapped_column(unique=True)),
    "today": lambda: (str, mapped_column(server_default=sa.func.current_date())),
    "bytes": lambda: (bytes | None, mapped_column()),
}

tables = st.dictionaries(
    st.sampled_from(["alpha", "beta", "select"]), st.sampled_from(sorted(COLUMNS)), max_size=3
)
models = st.dictionaries(st.sampled_from(["Player", "Team", "Order"]), tables, min_size=1, max_size=2)


def definition(described: dict[str, dict[str, str]]) -> Callable[[Store], dict[str, Any]]:
    def define(db: Store) -> dict[str, Any]:
        made = {}
        for name, columns in described.items():
            parts = {column: COLUMNS[kind]() for column, kind in columns.items()}
            hints = {column: Mapped[hint] for column, (hint, _) in parts.items()}
            values = {column: value for column, (_, value) in parts.items()}
            made[name] = type(name, (db.Model,), {"__annotations__": hints, "__module__": __name__, **values})
        return made

    return define


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def missing(db: Store, file: Path) -> list[str]:
    """What the file lacks of what the models want."""
    want = wanted(db.metadata.sorted_tables, file.parent / "none")
    with closing(sqlite3.connect(file)) as connection:
        planned = plan(read(connection, want.kinds), want.shape, Shape({}, {}), Decisions(), None)
    return [step.what for step in planned.steps] + planned.refusals


@given(models, models)
@settings(max_examples=EXAMPLES)
def test_a_start_does_all_or_nothing(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    """Whatever the models were and are: the file is as they want it with all its rows, or as it was, with a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder))
        db, made = program.start(definition(before))
        for model in made.values():
            model.create()
        program.stop()
        old = dump(program.file)
        db, made = program.version(definition(after))
        try:
            assert db.engine is not None
        except MigrationNeeded:
            assert dump(program.file) == old
            return
        assert missing(db, program.file) == []
        for name, model in made.items():
            assert db.count(model) == (name in before)
            model.create()
            assert len(db.all(model)) == (name in before) + 1
        program.stop()


@given(models, models, st.lists(st.sampled_from("dk1"), min_size=12, max_size=12))
@settings(max_examples=EXAMPLES)
def test_a_migration_leads_from_any_models_to_any_others(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]], answers: list[str]
) -> None:
    """What is written leads there when it is run, and there is nothing left to write."""
    said = iter(answers)

    def ask(questions: Any, decisions: Decisions) -> Decisions:
        question, answer = questions[0], next(said)
        if answer == "1" and question.new:
            return Decisions(
                {**decisions.renames, question.old: question.new[0]}, decisions.drops, decisions.keeps
            )
        if answer == "k":
            return Decisions(decisions.renames, decisions.drops, decisions.keeps | {question.old})
        return Decisions(decisions.renames, decisions.drops | {question.old}, decisions.keeps)

    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder))
        shapes = [shape_in(program, definition(described)) for described in (before, after)]
        for place, shape in enumerate(shapes):
            path = None
            try:
                written = make(program.migrations, shape, f"step {place}", Decisions(), ask)
            except MigrationNeeded:  # a renamed table may have another key, say
                return
            if written is not None:
                path, steps = written
                compile(path.read_text(), str(path), "exec")
                if any(step.is_left_open for step in steps):
                    path.write_text(path.read_text().replace("= …", "= NULL"))

        def keep(questions: Any, decisions: Decisions) -> Decisions:
            return Decisions(
                decisions.renames, decisions.drops, decisions.keeps | {each.old for each in questions}
            )

        assert make(program.migrations, shapes[-1], "nothing", Decisions(), keep) is None


def shape_in(program: Program, define: Any) -> Shape:
    db, _ = program.version(define)
    want = wanted(db.metadata.sorted_tables, program.migrations)
    program.stop()
    return shape_of(want.statements, want.kinds)
