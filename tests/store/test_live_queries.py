"""No change is missed: whatever is read and whatever is written, a query whose answer is another one has been touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import joinedload, mapped_column, relationship, selectinload

from hipflask import Hipflask, Mapped, Store
from hipflask.core import context
from hipflask.core.ports import Source
from hipflask.store.engine import connect

db = Store()


class Team(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    players: Mapped[list[Player]] = relationship(back_populates="team", passive_deletes=True)


class Player(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    base: Mapped[str | None]
    points: Mapped[int] = 0
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id", ondelete="CASCADE"))
    team: Mapped[Team | None] = relationship(back_populates="players")


class Reader:
    """A part that reads, and notes whether it has been told of a change."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.times_told = 0

    def record(self, source: Source) -> None:
        self.sources.append(source)
        source.watch(self)

    def changed(self) -> None:
        self.times_told += 1

    def forget(self) -> None:
        for source in self.sources:
            source.unwatch(self)
        self.sources.clear()
        self.times_told = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        token = context.recorder.set(self)
        try:
            with db.begin():
                yield
        finally:
            context.recorder.reset(token)


@pytest.fixture(scope="module", autouse=True)
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hipflask]:
    app = Hipflask("live_queries")
    app.config["STORE"] = tmp_path_factory.mktemp("live") / "store.sqlite"
    db.init_app(app)
    yield app
    db.close()


Ask = Callable[[], Any]


def plainly(rows: Any) -> Any:
    return [row.__plain__() for row in rows]


QUESTIONS: dict[str, Ask] = {
    "all": lambda: plainly(db.all(Player)),
    "by base": lambda: plainly(db.all(Player, base="first")),
    "by no base": lambda: plainly(db.all(Player, base=None)),
    "by base and points": lambda: plainly(db.all(Player, base="first", points=3)),
    "above": lambda: plainly(db.all(db.select(Player).where(Player.points > 2))),
    "by base, above": lambda: plainly(
        db.all(db.select(Player).where(Player.base == "first", Player.points > 2))
    ),
    "either": lambda: plainly(
        db.all(db.select(Player).where(sa.or_(Player.base == "first", Player.points == 3)))
    ),
    "not": lambda: plainly(db.all(db.select(Player).where(~(Player.base == "first")))),
    "in": lambda: plainly(db.all(db.select(Player).where(Player.base.in_(["first", "third"])))),
    "first by points": lambda: plainly(
        [row] if (row := db.first(db.select(Player).order_by(Player.points, Player.id))) else []
    ),
    "best two of a base": lambda: plainly(
        db.all(db.select(Player).where(Player.base == "first").order_by(Player.points, Player.id).limit(2))
    ),
    "after the first two": lambda: plainly(
        db.all(db.select(Player).where(Player.base == "first").order_by(Player.points, Player.id).offset(2))
    ),
    "names": lambda: list(db.all(db.select(Player.name).order_by(Player.id))),
    "names and points": lambda: [tuple(row) for row in db.all(db.select(Player.name, Player.points))],
    "labelled": lambda: list(db.all(db.select(Player.points.label("goals")).where(Player.base == "first"))),
    "distinct": lambda: list(db.all(db.select(Player.base).distinct().order_by(Player.base))),
    "one": lambda: plainly([row] if (row := db.get(Player, 1)) else []),
    "count": lambda: db.count(Player),
    "count of a base": lambda: db.count(Player, base="first"),
    "count above": lambda: db.count(db.select(Player).where(Player.points > 2)),
    "sum": lambda: db.first(db.select(sa.func.sum(Player.points)).where(Player.base == "first")),
    "by group": lambda: sorted(
        map(tuple, db.all(db.select(Player.base, sa.func.count()).group_by(Player.base))), key=str
    ),
    "joined": lambda: plainly(
        db.all(db.select(Player).join(Team).where(Team.name == "A").order_by(Player.id))
    ),
    "team's name": lambda: [
        row.team and row.team.name for row in db.all(db.select(Player).order_by(Player.id))
    ],
    "team's players": lambda: [
        sorted(each.name for each in team.players) for team in db.all(db.select(Team).order_by(Team.id))
    ],
    "joined load": lambda: [
        (team.name, sorted(each.name for each in team.players))
        for team in db.all(db.select(Team).options(joinedload(Team.players)).order_by(Team.id))
    ],
    "select-in load": lambda: [
        (team.name, sorted(each.name for each in team.players))
        for team in db.all(db.select(Team).options(selectinload(Team.players)).order_by(Team.id))
    ],
    "exists": lambda: plainly(db.all(db.select(Team).where(Team.players.any(Player.points > 2)))),
    "scalar subquery": lambda: [
        tuple(row)
        for row in db.all(
            db.select(
                Team.name,
                sa.select(sa.func.max(Player.points)).where(Player.team_id == Team.id).scalar_subquery(),
            )
        )
    ],
    "cte": lambda: list(
        db.all(db.select(sa.func.count()).select_from(sa.select(Player).where(Player.points > 2).cte()))
    ),
    "union": lambda: sorted(
        db.session.scalars(sa.union_all(sa.select(Player.name), sa.select(Team.name))).all()
    ),
    "text": lambda: db.session.execute(sa.text("SELECT name FROM player ORDER BY id")).all(),
    "session": lambda: plainly(db.session.scalars(sa.select(Player).filter_by(base="first"))),
    "alias": lambda: sorted(
        db.all(db.select(sa.orm.aliased(Player).name)),
    ),
    "with a function": lambda: plainly(db.all(db.select(Player).where(sa.func.lower(Player.name) == "who"))),
    "nocase": lambda: plainly(db.all(db.select(Player).where(Player.name.collate("NOCASE") == "who"))),
}

bases = st.sampled_from([None, "first", "second", "third"])
points = st.integers(0, 5)
ids = st.integers(1, 7)
names = st.sampled_from(["Who", "What", "who"])
teams = st.sampled_from([None, 1, 2])
players = st.tuples(ids, names, bases, points, teams)

WRITES = st.one_of(
    st.tuples(st.just("INSERT OR REPLACE INTO player (id, name, base, points, team_id) VALUES (?, ?, ?, ?, ?)"), players),
    st.tuples(st.just("INSERT OR IGNORE INTO player (id, name, base, points, team_id) VALUES (?, ?, ?, ?, ?)"), players),
    st.tuples(st.just("UPDATE player SET base = ? WHERE id = ?"), st.tuples(bases, ids)),
    st.tuples(st.just("UPDATE player SET points = ? WHERE id = ?"), st.tuples(points, ids)),
    st.tuples(st.just("UPDATE player SET points = points + 1 WHERE base IS ?"), st.tuples(bases)),
    st.tuples(st.just("UPDATE player SET name = ? WHERE points = ?"), st.tuples(names, points)),
    st.tuples(st.just("UPDATE OR IGNORE player SET id = ? WHERE id = ?"), st.tuples(ids, ids)),
    st.tuples(st.just("UPDATE player SET team_id = ? WHERE id = ?"), st.tuples(teams, ids)),
    st.tuples(st.just("DELETE FROM player WHERE id = ?"), st.tuples(ids)),
    st.tuples(st.just("DELETE FROM player WHERE base IS ?"), st.tuples(bases)),
    st.tuples(st.just("UPDATE team SET name = ? WHERE id = ?"), st.tuples(st.sampled_from("AB"), st.integers(1, 2))),
    st.tuples(st.just("DELETE FROM team WHERE id = ?"), st.tuples(st.integers(1, 2))),
    st.tuples(
        st.just("INSERT OR IGNORE INTO team (id, name) VALUES (?, ?)"), st.tuples(st.integers(1, 2), st.just("A"))
    ),
)  # fmt: skip


def begin_anew() -> None:
    write([("DELETE FROM player", ()), ("DELETE FROM team", ())])
    write([("INSERT INTO team (id, name) VALUES (1, 'A'), (2, 'B')", ())])
    for number, base in enumerate(["first", "first", "second", None, "first", "first"], 1):
        write(
            [
                (
                    "INSERT INTO player (id, name, base, points, team_id) VALUES (?, 'Who', ?, ?, 1)",
                    (number, base, number),
                )
            ]
        )
    db._open().feed.catch_up()


def write(statements: list[tuple[str, tuple[Any, ...]]]) -> None:
    with closing(connect(db.file)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        for statement, values in statements:
            connection.execute(statement, values)
        connection.execute("COMMIT")


class Question:
    """One question that a part has asked, and the answer that it shows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reader = Reader()
        self.ask()

    def ask(self) -> None:
        self.reader.forget()
        with self.reader.reading():
            self.answer = QUESTIONS[self.name]()

    def truth(self) -> Any:
        other = Reader()
        with other.reading():
            answer = QUESTIONS[self.name]()
        other.forget()
        return answer

    def check(self) -> None:
        if self.reader.times_told:
            self.ask()
        else:
            assert self.answer == self.truth(), f"{self.name} was not told"


@given(history=st.lists(st.lists(WRITES, min_size=1, max_size=3), min_size=1, max_size=5))
def test_whose_answer_is_another_one_is_told(history: list[Any]) -> None:
    begin_anew()
    asked = [Question(name) for name in QUESTIONS]
    for transaction in history:
        with suppress(sqlite3.IntegrityError):
            write(transaction)
        db._open().feed.catch_up()
        for question in asked:
            question.check()
    for question in asked:
        question.reader.forget()


PRECISE = [
    # the question, what is written, whether it concerns the question
    ("by base", "UPDATE player SET points = 9 WHERE id = 3", False),  # of another base
    ("by base", "UPDATE player SET points = 9 WHERE id = 1", True),
    ("by base", "UPDATE player SET base = 'third' WHERE id = 1", True),
    ("by base", "UPDATE player SET base = 'first' WHERE id = 3", True),
    ("by base", "INSERT INTO player (id, name, base, points) VALUES (9, 'I', 'third', 0)", False),
    ("by base", "DELETE FROM player WHERE id = 3", False),
    ("by base", "DELETE FROM player WHERE id = 1", True),
    ("by base", "UPDATE team SET name = 'C'", False),
    ("by base and points", "UPDATE player SET name = 'I' WHERE id = 1", False),  # it has another number of points
    ("one", "UPDATE player SET name = 'I' WHERE id = 2", False),
    ("one", "UPDATE player SET name = 'I' WHERE id = 1", True),
    ("best two of a base", "UPDATE player SET name = 'I' WHERE id = 3", False),
    ("names", "UPDATE player SET points = 7", False),
    ("names", "UPDATE player SET name = 'I' WHERE id = 4", True),
    ("count of a base", "UPDATE player SET name = 'I'", False),
    ("count of a base", "UPDATE player SET base = 'third' WHERE id = 1", True),
    ("count", "UPDATE player SET points = 7", False),
    ("team's name", "UPDATE team SET name = 'C' WHERE id = 2", False),  # nobody plays there
]  # fmt: skip


@pytest.mark.parametrize(("name", "statement", "matters"), PRECISE)
def test_nobody_else_is_told(name: str, statement: str, matters: bool) -> None:
    begin_anew()
    question = Question(name)
    write([(statement, ())])
    db._open().feed.catch_up()
    assert (question.reader.times_told > 0) is matters
    question.reader.forget()


def test_of_ten_thousand_only_those_concerned_are_told() -> None:
    begin_anew()
    readers = [Reader() for _ in range(10_000)]
    for number, reader in enumerate(readers):
        with reader.reading():
            db.all(Player, name=f"Player {number}")
    write([("UPDATE player SET name = 'Player 5000' WHERE id = 1", ())])
    db._open().feed.catch_up()
    assert [number for number, reader in enumerate(readers) if reader.times_told] == [5000]
    for reader in readers:
        reader.forget()
    assert len(db._open().live) == 0


@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
def test_what_changes_while_a_read_runs_is_told(moment: str) -> None:
    """A row that leaves the answer before it is known which rows are in it: until then every change of the table counts."""
    begin_anew()
    question = Question("team's name")  # has begun the feed
    question.reader.forget()
    is_done = False

    def change_meanwhile(*_: object) -> None:
        nonlocal is_done
        if not is_done:
            is_done = True
            write([("UPDATE player SET base = 'third' WHERE id = 1", ())])
            db._open().feed.catch_up()

    sa.event.listen(db.engine, moment, change_meanwhile)
    try:
        with question.reader.reading():
            rows = db.all(Player, base="first")
    finally:
        sa.event.remove(db.engine, moment, change_meanwhile)
    assert is_done
    assert question.reader.times_told > 0 or [row.id for row in rows] == [2]
    question.reader.forget()


def test_what_a_relationship_loads_is_followed_by_who_read_the_row() -> None:
    """The second part finds the team loaded already and reads nothing; it is drawn again because the row that it got is."""
    begin_anew()
    owner, first, second = Reader(), Reader(), Reader()
    with owner.reading():
        player = db.get(Player, 1)
        for part in (first, second):
            token = context.recorder.set(part)
            assert player.team.name == "A"
            context.recorder.reset(token)
    write([("UPDATE team SET name = 'C' WHERE id = 1", ())])
    db._open().feed.catch_up()
    assert (owner.times_told, first.times_told, second.times_told) == (1, 1, 0)
    for part in (owner, first, second):
        part.forget()
