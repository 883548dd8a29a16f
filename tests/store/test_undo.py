"""Undo and redo: every row comes back exactly as it was, and nothing that others did is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from club import Club, fill, is_same

from hipflask.core.errors import UndoRefused, UsageError
from hipflask.store.undo import history as histories
from hipflask.store.undo import restoring
from hipflask.store.undo.history import History


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    club = Club(tmp_path)
    yield club
    club.close()


# ── whatever was written ──────────────────────────────────────────────────────────────────────────


def by_orm(club: Club) -> None:
    team = club.Team.create(name="New")
    club.db.first(club.Player, name="Who").update(points=7, team_id=team.id)
    club.db.first(club.Badge).delete()


def by_core(club: Club) -> None:
    session = club.db.session
    session.execute(sa.update(club.Player).values(points=club.Player.points + 10))
    session.execute(sa.delete(club.Badge).where(club.Badge.label == "second"))


def by_text(club: Club) -> None:
    club.db.session.execute(sa.text("UPDATE badge SET weight = weight * 3, picture = x'00ff00'"))


def by_bulk(club: Club) -> None:
    who = club.db.first(club.Player, name="Who")
    club.db.write(club.Player, [{"id": who.id, "name": "What", "points": -1}])
    club.db.write(club.Team, [{"name": f"Team {number}"} for number in range(50)])


def by_cascades(club: Club) -> None:
    club.db.first(club.Team, name="Red").delete()


def by_replacing(club: Club) -> None:
    club.db.session.execute(
        sa.text("INSERT OR REPLACE INTO badge (id, label, weight) VALUES ('new', 'first', 2.5)")
    )


def by_changing_keys(club: Club) -> None:
    club.db.session.execute(sa.text("UPDATE badge SET id = 'other' WHERE label = 'first'"))


def by_swapping(club: Club) -> None:
    one, two = club.db.all(club.db.select(club.Badge).order_by(club.Badge.label))
    one.update(label="on the way")
    two.update(label="first")
    one.update(label="second")


def by_savepoints(club: Club) -> None:
    with club.db.transaction():
        club.Team.create(name="Kept")
    with pytest.raises(LookupError), club.db.transaction():
        club.Team.create(name="Lost")
        raise LookupError


def by_a_circle(club: Club) -> None:
    team = club.db.first(club.Team)
    one = club.Thing.create(team_id=team.id)
    one.update(next_id=club.Thing.create(team_id=team.id, next_id=one.id).id)


WAYS = [
    by_orm,
    by_core,
    by_text,
    by_bulk,
    by_cascades,
    by_replacing,
    by_changing_keys,
    by_swapping,
    by_savepoints,
    by_a_circle,
]


@pytest.mark.parametrize("write", WAYS)
def test_all_comes_back_exactly_however_it_was_written(club: Club, write: Any) -> None:
    """Undo brings every value back, and redo the ones after, as often as one likes."""
    fill(club)
    history = club.db.history()
    before = club.rows()
    with club.deed(history):
        write(club)
    after = club.rows()
    assert not is_same(before, after)
    for _ in range(2):
        assert history.undo() == "Test"
        assert is_same(club.rows(), before)
        assert history.redo() == "Test"
        assert is_same(club.rows(), after)
    assert history.redo() is None


def test_what_triggers_of_the_app_write_comes_back_too(club: Club) -> None:
    """A trigger that counts, and one that moves the very row, do it once and not again when the rows come back."""
    fill(club)
    club.outside.executescript(
        """
        CREATE TRIGGER counting AFTER UPDATE OF points ON player BEGIN
            UPDATE team SET motto = ifnull(motto, '') || '+' WHERE id = NEW.team_id;
        END;
        CREATE TRIGGER moving AFTER UPDATE OF label ON badge WHEN NEW.label = 'third' BEGIN
            UPDATE badge SET weight = weight + 1 WHERE id = NEW.id;
        END;
        """
    )
    history, before = club.db.history(), club.rows()
    with club.deed(history):
        club.db.first(club.Player, name="Who").update(points=4)
        club.db.first(club.Badge, label="second").update(label="third")
    after = club.rows()
    assert sum(row["motto"].endswith("+") for (table, _), row in after.items() if table == "team") == 1
    history.undo()
    assert is_same(club.rows(), before)
    history.redo()
    assert is_same(club.rows(), after)


def test_volatile_rows_and_what_is_no_persons_doing_stay(club: Club) -> None:
    """Neither a volatile model nor a `no_undo` block is a part of the step."""
    fill(club)
    history = club.db.history()
    with club.deed(history):
        club.Fleeting.create(name="Here")
        club.db.first(club.Player, name="Who").update(points=1)
        with club.db.no_undo():
            club.Team.create(name="Seen")
        club.db.first(club.Player, name="What").update(points=2)
    history.undo()
    assert club.db.count(club.Fleeting) == 1
    assert club.db.count(club.Team, name="Seen") == 1
    assert sorted(player.points for player in club.db.all(club.Player)) == [0, 3]


def test_nothing_is_kept_of_what_nobody_can_undo(club: Club) -> None:
    """A unit of work outside of a deed, one that only reads, and one that fails are no steps."""
    history = club.db.history()
    fill(club)
    with club.deed(history):
        club.db.all(club.Player)
    with pytest.raises(LookupError), club.deed(history):
        club.Team.create(name="Lost")
        raise LookupError
    with club.deed(history), club.db.no_undo():
        club.Team.create(name="Kept")
    assert not history.can_undo()
    assert history.undo() is None


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────


def test_one_call_is_one_step_however_many_transactions_it_needs(club: Club) -> None:
    """Several transactions, and a commit of the session itself, are taken back together."""
    history = club.db.history()
    with club.deed(history):
        for number in range(3):
            with club.db.transaction():
                club.Team.create(name=f"Team {number}")
        club.Team.create(name="Team 4")
        club.db.session.commit()
        club.Team.create(name="Team 5")
    assert history.undo() == "Test"
    assert club.rows() == {}
    assert not history.can_undo()


def test_what_is_typed_without_a_pause_is_one_step(club: Club) -> None:
    """Letters fold until somebody pauses, does something else, or types elsewhere."""
    now = [0.0]
    history = History(club.db._put_back, lambda: now[0])
    fill(club)

    def letter(text: str, seconds: float, field: object = 1) -> None:
        now[0] += seconds
        with club.deed(history, "Name", field):
            club.db.first(club.db.select(club.Player).order_by(club.Player.id)).update(name=text)

    def name() -> str:
        return str(club.db.first(club.db.select(club.Player).order_by(club.Player.id)).name)

    for text in ("Whom", "Whome", "Whomev"):
        letter(text, 0.3)
    letter("Whomever", histories.PAUSE_SECONDS + 1)
    letter("Somebody", 0.1, field=2)
    assert [history.undo() and name() for _ in range(3)] == ["Whomever", "Whomev", "Who"]
    assert history.undo() is None
    for _ in range(3):
        history.redo()
    assert name() == "Somebody"
    letter("Any", 60, field=2)
    letter("Somebody", 60, field=2)  # typed back to what was there: neither is a step any more
    assert history.undo() is not None
    assert name() == "Whomever"


def test_a_slow_disk_is_no_pause_of_the_person(club: Club) -> None:
    """Letters are written one after the other, each for longer than a pause takes: they were typed without one."""
    now = [0.0]
    history = History(club.db._put_back, lambda: now[0])
    fill(club)
    for text in ("Whom", "Whome", "Whomev"):
        with club.deed(history, "Name", 1):
            club.db.first(club.Player, points=3).update(name=text)
            now[0] += histories.PAUSE_SECONDS + 1
        now[0] += 0.3
    history.undo()
    assert club.db.count(club.Player, name="Who") == 1


def test_a_new_action_makes_redo_impossible(club: Club) -> None:
    """What was undone cannot be done again on top of something else."""
    history = club.db.history()
    for name in ("one", "two"):
        with club.deed(history, name):
            club.Team.create(name=name)
    assert history.undo() == "two"
    assert history.can_redo()
    with club.deed(history, "three"):
        club.Team.create(name="three")
    assert not history.can_redo()
    assert [history.undo(), history.undo(), history.undo()] == ["three", "one", None]


def test_memory_is_bounded(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest steps go first, and one that is too large says so."""
    history = club.db.history()
    monkeypatch.setattr(histories, "MOST_STEPS", 3)
    for number in range(5):
        with club.deed(history, str(number)):
            club.Team.create(name=f"Team {number}")
    assert [history.undo() for _ in range(4)] == ["4", "3", "2", None]
    monkeypatch.setattr(restoring, "MOST_ROWS", 10)
    with club.deed(history, "Small"):
        club.Team.create(name="Small")
    with club.deed(history, "Import"):
        club.db.write(club.Team, [{"name": f"Many {number}"} for number in range(11)])
    assert not history.can_undo()
    assert history.redo() is None
    with pytest.raises(UndoRefused, match="“Import” cannot be undone: it has changed too much"):
        history.undo()
    assert history.undo() is None
    monkeypatch.setattr(histories, "MOST_BYTES", 100)
    with club.deed(history, "Long"):
        club.Team.create(name="Long", motto="x" * 200)
    with pytest.raises(UndoRefused, match="“Long” cannot be undone"):
        history.undo()


def test_an_import_in_many_transactions_is_one_step(club: Club) -> None:
    """However large it gets, its transactions are undone and redone together."""
    history = club.db.history()
    with club.deed(history, "Import"):
        for part in range(4):
            with club.db.transaction():
                club.db.write(club.Team, [{"name": f"{part}-{os.urandom(8).hex()}"} for _ in range(1000)])
    after = club.rows()
    assert len(after) == 4000
    history.undo()
    assert club.rows() == {}
    history.redo()
    assert is_same(club.rows(), after)


def test_undo_in_a_handler_that_has_written_is_refused(club: Club) -> None:
    """It would wait for the handler's own transaction for ever."""
    history = club.db.history()
    with club.deed(history):
        club.Team.create(name="one")
    with pytest.raises(UsageError, match=r"ui\.undo"), club.deed(history):
        club.Team.create(name="two")
        history.undo()
    assert history.undo() == "Test"
    assert club.rows() == {}


# ── others ────────────────────────────────────────────────────────────────────────────────────────


def test_columns_that_others_did_not_touch_are_put_back(club: Club) -> None:
    """Somebody else's change of another column stays."""
    fill(club)
    history = club.db.history()
    with club.deed(history):
        club.db.first(club.Player, name="Who").update(points=9)
    club.outside.execute("UPDATE player SET name = 'Whom' WHERE name = 'Who'")
    history.undo()
    assert club.db.first(club.Player, name="Whom").points == 3
    history.redo()
    assert club.db.first(club.Player, name="Whom").points == 9


def test_what_was_moved_leaves_before_its_new_place_goes(club: Club) -> None:
    """Else a cascade would take it along, and what others have hung on it."""
    fill(club)
    history = club.db.history()
    with club.deed(history):
        blue = club.Team.create(name="Blue")
        club.db.first(club.Player, name="Who").update(team_id=blue.id)
    before = club.rows()
    history.undo()
    assert club.db.first(club.Player, name="Who").team_id == club.db.first(club.Team, name="Red").id
    assert club.db.first(club.Badge, label="first").player_id is not None
    history.redo()
    assert is_same(club.rows(), before)


def test_unique_values_that_moved_on_move_back_while_others_refer_to_the_rows(club: Club) -> None:
    """The row that got its value last gives it up first, so that no row has to go and take others with it."""
    fill(club)
    history, team = club.db.history(), club.Team
    with club.deed(history):
        blue = team.create(name="Blue")
    with club.deed(history):
        club.db.first(team, name="Red").update(name="Green")
        club.db.first(team, name="Blue").update(name="Red")
    club.outside.execute("INSERT INTO player (id, name, team_id) VALUES ('p', 'Theirs', ?)", (blue.id,))
    history.undo()
    assert club.db.again(blue).name == "Blue"
    assert club.db.count(club.Player, name="Theirs", team_id=blue.id) == 1


REFUSED = {
    "UPDATE player SET points = 10 WHERE name = 'Who'": "points of player “Who” has been changed since",
    "DELETE FROM player WHERE name = 'Who'": "a player has been deleted since",
    "INSERT INTO badge (id, label) VALUES ('b', 'mine')": "something else has its label now",
    "INSERT INTO player (id, name, team_id) SELECT 'p', 'Theirs', id FROM team WHERE name = 'Blue'": "a player refers to it now",
    "INSERT INTO thing (team_id) SELECT id FROM team WHERE name = 'Blue'": "something else refers to it now",
}


@pytest.mark.parametrize("theirs", REFUSED)
def test_undo_is_refused_as_a_whole_where_others_have_built_on_it(club: Club, theirs: str) -> None:
    """Nothing is written, the sentence says why, and the step before can be undone."""
    fill(club)
    history = club.db.history()
    with club.deed(history, "Badge"):
        club.Badge.create(label="mine")
    with club.deed(history, "Before"):
        club.db.first(club.Player, name="What").update(points=5)
    with club.deed(history, "Much"):
        club.db.first(club.Badge, label="mine").delete()
        club.db.first(club.Player, name="Who").update(points=9)
        club.Team.create(name="Blue")
    club.outside.execute(theirs)
    before = club.rows()
    with pytest.raises(UndoRefused) as refused:
        history.undo()
    assert str(refused.value).startswith(f"“Much” cannot be undone: {REFUSED[theirs]}")
    assert is_same(club.rows(), before)
    assert not history.can_redo()
    assert history.undo() == "Before"
    assert club.db.first(club.Player, name="What").points == 0


def test_what_others_wrote_between_two_transactions_of_a_step_is_not_lost(club: Club) -> None:
    """The step cannot go back to where it began, because somebody else was there meanwhile."""
    fill(club)
    history = club.db.history()
    with club.deed(history):
        with club.db.transaction():
            club.db.first(club.Player, name="Who").update(points=10)
        club.outside.execute("UPDATE player SET points = 20 WHERE name = 'Who'")
        with club.db.transaction():
            club.db.first(club.Player, name="Who").update(points=30)
    with pytest.raises(UndoRefused, match="points of player “Who” has been changed since"):
        history.undo()
    assert club.db.first(club.Player, name="Who").points == 30
