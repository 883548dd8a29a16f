"""The models that pushes are tested with: every way to merge, keys that have to be unique, references, limits, rules, scopes."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import mapped_column, validates

from hipflask import Mapped, Store
from hipflask.core.merging import Merge
from hipflask.sync.hub.judging import rules_of_models

db = Store()
teams = db.scope("team", lambda user: db.select(Member.team_id).where(Member.user == user))


def union(theirs: list[str], ours: list[str]) -> list[str]:
    """Both lists' items, in order."""
    return sorted({*theirs, *ours})


class Item(db.Model):
    name: Mapped[str] = mapped_column(unique=True)
    price: Mapped[int] = 0
    stock: Mapped[Annotated[int, Merge.sum]] = 0
    best: Mapped[Annotated[int, Merge.max]] = 0
    fixed: Mapped[Annotated[int, Merge.server]] = 0
    notes: Mapped[Annotated[str, Merge.text]] = ""
    tags: Mapped[Annotated[list[str], Merge.by(union)]] = mapped_column(default=list)
    street: Mapped[Annotated[str, Merge.together("address")]] = ""
    town: Mapped[Annotated[str, Merge.together("address")]] = ""
    grade: Mapped[Annotated[int, Meta(ge=1, le=5)] | None]


class Line(db.Model):
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    count: Mapped[int] = 1


class Node(db.Model):
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("node.id"))


class Member(db.Model):
    team_id: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)


class Task(db.Model, scope=teams("team")):
    team: Mapped[str]
    title: Mapped[str] = mapped_column(default="")

    @validates("title")
    def _title(self, _: str, title: str) -> str:
        if "swearing" in title:
            raise ValueError("Mind your words.")
        return title


class Note(db.Model, scope=teams("task_id.team")):
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"))
    text: Mapped[str] = ""


class Seat(db.Model):
    __table_args__ = (UniqueConstraint("row", "place"),)
    row: Mapped[int]
    place: Mapped[int]


class Word(db.Model):
    text: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = 0


@db.before_push(Word)
def _no_jokes(change: Any) -> None:
    if change.new is not None and change.new.value == 13:
        raise ValueError("Nobody may write 13.")
    if change.old is not None and change.old.value == 7 and change.user != "ann":
        raise ValueError("Only ann changes sevens.")
    if change.new is not None and change.new.value == 500:
        raise RuntimeError("a mistake in the rule, with a secret")


RULES = rules_of_models(db)
