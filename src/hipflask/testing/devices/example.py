"""An app with a column of every kind of rule and a row of every kind of scope: what is simulated unless another app is given."""

# mypy: ignore-errors
# Models in a function have a base that mypy cannot know.

from __future__ import annotations

from typing import Annotated, Any

import flask
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hipflask.core.merging import Merge
from hipflask.store.store import Store


def example(*, is_old: bool = False) -> Store:
    """Its store; the old version of the app lacks a column."""
    db = Store()
    teams = db.scope("team", lambda user: sa.select(Member.team).where(Member.user == user))

    class Team(db.Model):
        code: Mapped[str] = mapped_column(primary_key=True)
        name: Mapped[str]

    class Member(db.Model):
        team: Mapped[str] = mapped_column(sa.ForeignKey("team.code", ondelete="CASCADE"), primary_key=True)
        user: Mapped[str] = mapped_column(primary_key=True)
        role: Mapped[str] = "member"

    class Item(db.Model):
        name: Mapped[str] = mapped_column(unique=True)
        stock: Mapped[Annotated[int, Merge.sum]] = 0
        best: Mapped[Annotated[int, Merge.max]] = 0
        price: Mapped[Annotated[int, Merge.server]] = 0
        notes: Mapped[Annotated[str, Merge.text]] = ""
        street: Mapped[Annotated[str, Merge.together("address")]] = ""
        town: Mapped[Annotated[str, Merge.together("address")]] = ""
        tags: Mapped[Annotated[str, Merge.by(_either)]] = ""
        if not is_old:
            color: Mapped[str] = "grey"

    class Task(db.Model, scope=teams("team")):
        team: Mapped[str] = mapped_column(sa.ForeignKey("team.code", ondelete="CASCADE"))
        title: Mapped[str]
        size: Mapped[int] = 0

    class Comment(db.Model, scope=teams("task.team")):
        task: Mapped[Any] = mapped_column(sa.ForeignKey("task.id", ondelete="CASCADE"))
        text: Mapped[str]

    @db.before_push(Task)
    def no_giants(change: Any) -> None:
        if change.new is not None and change.new.size > 90:
            raise ValueError("No task is larger than 90.")

    return db


def example_app(folder: str) -> flask.Flask:
    """The same with an app around it, whose file is in a folder."""
    app = flask.Flask(__name__, instance_path=folder)
    example().init_app(app)
    return app


def _either(theirs: str, ours: str) -> str:
    """All letters that are in one of the two."""
    return "".join(sorted({*theirs, *ours}))
