"""What is said when a file cannot simply be migrated."""

from __future__ import annotations

from pathlib import Path

from .history import Entry
from .plan import Plan, Question


def needed(file: Path, planned: Plan) -> str:
    """Why a person is asked, and how to answer."""
    asked = [question_in_words(each) for each in planned.questions]
    if asked:
        asked.append(
            "`hipflask db migrate` asks, and keeps a backup. If others have the program, too: `hipflask db make` asks, and writes the answer "
            "into a migration that goes with the program."
        )
    return " ".join(
        [f"{file.name} does not fit the models.", *asked, *planned.refusals, "Nothing has been changed."]
    )


def question_in_words(question: Question) -> str:
    """What is not known about something that is gone from the models."""
    if not question.new:
        return f"{question.old} is not in the models any more."
    option = f"--rename {question.old}={question.new[0]}"
    return (
        f"{question.old} is not in the models any more, and {', '.join(question.new)} is new. Was it renamed (`{option}`), or is it gone "
        f"(`--drop {question.old}`, or `--keep {question.old}` to leave it in the file)?"
    )


def newer_by_migrations(file: Path, newest: Entry, unknown: list[str], folder: Path) -> str:
    """The file has seen migrations that this program does not have."""
    return (
        f"{file} belongs to a newer version of this program: on {newest.at[:10]} it was migrated by {', '.join(unknown)}, which this version "
        f"does not have in {folder.name}/. Use the newer version. To go back to this one, let the newer one undo it "
        f"(`hipflask db undo`){_or_backup(newest)}. Nothing has been changed."
    )


def newer_by_models(file: Path, newest: Entry) -> str:
    """The file was as this program wants it, and has been brought further."""
    what = "; ".join(newest.what) or "other models"
    return (
        f"{file} belongs to a newer version of this program, which changed it on {newest.at[:10]} ({what}). Use the newer version; or "
        f"take that change back: `hipflask db undo`{_or_backup(newest)}. If the models were meant to become what they once were: "
        "`hipflask db migrate`. Nothing has been changed."
    )


def still_open(file: Path) -> str:
    """Another process has the file and is not migrating it."""
    return (
        f"{file} has to be migrated, and another program has it open: an older version of this one, most likely. End it, and start again. "
        "Nothing has been changed."
    )


def _or_backup(newest: Entry) -> str:
    if newest.backup is None:
        return ""
    return f", or bring back the backup that was made before ({newest.backup}): `hipflask db restore`"
