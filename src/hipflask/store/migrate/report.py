"""What the commands say about a file and its migrations, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from .task import Task
from .trial import State, Trial
from .undo import Way
from .words import question_in_words


def shown(task: Task, state: State) -> Iterator[str]:
    """What the file has, what the models want, and what lies between."""
    total = sum(state.rows.values())
    yield f"{task.file}: {size(state.size)}, {len(state.rows)} tables, {total:,} rows"
    migrated = [entry for entry in state.entries if entry.what]
    for entry in migrated:
        yield f"  {entry.at.replace('T', ' ')[:16]}  {'; '.join(entry.what)}"
    if not migrated:
        yield "  It was not migrated yet."
    if state.scripts:
        yield f"\n{task.folder}:"
    for script, was_run in state.scripts:
        yield f"  {'done' if was_run else 'to do'}  {script.name}: {script.what}"
    yield from _to_do(state)


def _to_do(state: State) -> Iterator[str]:
    planned = state.planned
    if planned is None:
        yield "\nThe next start runs what is to do. What the models want besides shows `hipflask db try`."
        return
    if planned.questions or planned.refusals:
        yield "\nThe next start will be refused:"
        yield from (f"  {question_in_words(question)}" for question in planned.questions)
        yield from (f"  {refusal}" for refusal in planned.refusals)
    elif planned.steps:
        yield "\nThe next start will do this, after a backup:"
        yield from (f"  {step.what}" for step in planned.steps)
    else:
        yield "\nThe file is as the models want it."
    if planned.kept:
        yield f"\nIn the file, and not in the models: {', '.join(planned.kept)}. They stay until you say --drop."


def tried(task: Task, trial: Trial) -> Iterator[str]:
    """How the migration of a copy went."""
    if trial.report is None or not trial.report.what:
        yield f"{task.file} is up to date: there is nothing to try."
        return
    for name in sorted({*trial.rows_before, *trial.rows_after}):
        before, after = trial.rows_before.get(name), trial.rows_after.get(name)
        yield f"  {name}: {_rows(before)} → {_rows(after)}"
    yield (
        f"It took {trial.report.seconds:.1f} s; {size(trial.size_before)} → {size(trial.size_after)}; the copy is sound. "
        f"{task.file.name} itself was not touched."
    )


def before_undoing(way: Way, from_backup: bool) -> Iterator[str]:
    """What is about to be undone, and what that costs."""
    yield f"The last migration, of {way.entry.at.replace('T', ' ')[:16]}: {'; '.join(way.entry.what)}"
    if from_backup:
        why = f", because {way.why_backup}" if way.why_backup else ""
        yield f"The backup {way.entry.backup} is brought back{why}. What was written since then is not in it."
    elif way.loses:
        yield f"Step by step: rows stay, but for what is only there since then: {', '.join(way.loses)}."
    else:
        yield "Step by step: all rows stay."


def size(number: int) -> str:
    """A size in bytes, to be read."""
    return f"{number / 1e6:,.1f} MB" if number >= 1e6 else f"{number / 1e3:,.1f} kB"


def _rows(count: int | None) -> str:
    return "none" if count is None else f"{count:,} rows" if count != 1 else "1 row"
