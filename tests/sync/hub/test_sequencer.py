"""Versions: whatever is committed is in exactly one of them, whole, and everybody is told what concerns him."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from clubs import Club, db

from hipflask.core.errors import HubGone
from hipflask.sync.hub import outbox
from hipflask.sync.hub.deltas import unpacked
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer


@pytest.fixture
def sequencer(club: Club) -> Iterator[Sequencer]:
    sequencer = sequencer_of(club)
    yield sequencer
    sequencer.close()


def sequencer_of(club: Club) -> Sequencer:
    return Sequencer(club.database, club.tables, Grants(db.scopes.values()))


def told(club: Club, version: int, scope: str) -> dict[tuple[str, Any], dict[str, Any] | None]:
    """What a version says in a scope: rows by table and key, None for what is gone."""
    found: dict[tuple[str, Any], dict[str, Any] | None] = {}
    for (body,) in club.sql(
        "SELECT body FROM hipflask.delta WHERE version = %s AND scope = %s", version, scope
    ):
        for rows in unpacked(body):
            names = club.tables.by_name[rows.table].key_columns
            found |= {
                (rows.table, key if isinstance(key, str | int) else tuple(key)): None for key in rows.gone
            }
            for values in rows.rows:
                row = dict(zip(rows.columns, values, strict=True))
                key = tuple(row[name] for name in names)
                found[rows.table, key[0] if len(key) == 1 else key] = row | {"(whole)": rows.is_whole}
    return found


def feed(club: Club, table: str) -> dict[tuple[str, str], bool]:
    """Which rows of a table are in which scope, and whether they are still there."""
    rows = club.sql(
        'SELECT scope, key, NOT is_gone FROM hipflask.feed WHERE "table" = %s',
        club.tables.by_name[table].number,
    )
    return {(scope, key): is_there for scope, key, is_there in rows}


def test_nothing_to_do_makes_no_version(sequencer: Sequencer) -> None:
    assert sequencer.step() is None


def test_an_insert_is_whole_and_an_update_is_not(club: Club, sequencer: Sequencer) -> None:
    """Of a row that everybody has only the columns travel that have changed."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    assert sequencer.step() == 1
    assert told(club, 1, "") == {("country", "de"): {"code": "de", "people": 80, "(whole)": True}}
    club.sql("INSERT INTO reading (day, number, value) VALUES ('2026-11-23', 7, 1.5)")
    club.sql("UPDATE country SET people = 81")
    assert sequencer.step() == 2
    assert told(club, 2, "")["country", "de"] == {"code": "de", "people": 81, "(whole)": False}
    assert told(club, 2, "")["reading", ("2026-11-23", 7)] == {
        "day": "2026-11-23", "number": 7, "value": 1.5, "data": None, "(whole)": True,
    }  # fmt: skip
    assert sequencer.step() is None


def test_a_change_that_was_taken_back_is_told_all_the_same(club: Club, sequencer: Sequencer) -> None:
    """From a to b to a within one version: a replica may wait for the end of what it wrote itself."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    sequencer.step()
    club.sql("UPDATE country SET people = 81")
    club.sql("UPDATE country SET people = 80")
    assert told(club, sequencer.step() or 0, "")["country", "de"] == {
        "code": "de",
        "people": 80,
        "(whole)": False,
    }


def test_a_row_that_moves_leaves_one_scope_and_enters_the_other(club: Club, sequencer: Sequencer) -> None:
    """In the same version, and with it the rows whose scope is found by way of it."""
    red, blue = club.team("red"), club.team("blue")
    task = club.task(red, "tea")
    comment = uuid.uuid4()
    club.sql("INSERT INTO comment VALUES (%s, %s, 'yes')", comment, task)
    sequencer.step()
    club.sql("UPDATE task SET team_id = %s", blue)
    version = sequencer.step() or 0
    assert told(club, version, f"team:{red}") == {("task", str(task)): None, ("comment", str(comment)): None}
    entered = told(club, version, f"team:{blue}")
    assert {key: row and row["(whole)"] for key, row in entered.items()} == {
        ("task", str(task)): True,
        ("comment", str(comment)): True,
    }
    assert feed(club, "comment") == {
        (f"team:{red}", str(comment)): False,
        (f"team:{blue}", str(comment)): True,
    }


def test_a_row_of_nobody_is_in_no_scope(club: Club, sequencer: Sequencer) -> None:
    """A NULL on the way to its scope."""
    red = club.team("red")
    task = club.task(None, "tea")
    sequencer.step()
    assert feed(club, "task") == {}
    club.sql("UPDATE task SET team_id = %s", red)
    assert ("task", str(task)) in told(club, sequencer.step() or 0, f"team:{red}")
    club.sql("UPDATE task SET team_id = NULL")
    assert told(club, sequencer.step() or 0, f"team:{red}") == {("task", str(task)): None}


def test_deletes_cascades_and_truncate_are_told(club: Club, sequencer: Sequencer) -> None:
    red = club.team("red")
    tasks = [club.task(red, "a"), club.task(red, "b")]
    sequencer.step()
    club.sql("DELETE FROM task WHERE title = 'a'")
    assert told(club, sequencer.step() or 0, f"team:{red}") == {("task", str(tasks[0])): None}
    club.sql("TRUNCATE task CASCADE")
    assert told(club, sequencer.step() or 0, f"team:{red}") == {("task", str(tasks[1])): None}


def test_what_is_inserted_in_the_transaction_that_truncates_stays(club: Club, sequencer: Sequencer) -> None:
    """Only what is not there any more is gone."""
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60)")
    sequencer.step()
    club.sql("BEGIN; TRUNCATE country; INSERT INTO country VALUES ('fr', 61), ('nl', 17); COMMIT")
    news = told(club, sequencer.step() or 0, "")
    assert {key[1]: row and row["people"] for key, row in news.items()} == {"de": None, "fr": 61, "nl": 17}


def test_a_touch_goes_to_one_replica_and_its_content_only_with_the_scope(
    club: Club, sequencer: Sequencer
) -> None:
    """A push may have tried to write a row that its user may not even see."""
    red = club.team("red")
    task = club.task(red, "tea")
    sequencer.step()
    number = club.tables.by_name["task"].number
    club.sql(
        "INSERT INTO hipflask.outbox VALUES (DEFAULT, %s, ARRAY[%s], 'o', 0, 1, 'r1')", number, str(task)
    )
    version = sequencer.step() or 0
    assert told(club, version, "@r1") == {("task", str(task)): None}
    assert told(club, version, f"@r1/team:{red}")["task", str(task)]["title"] == "tea"  # type: ignore[index]
    assert told(club, version, f"team:{red}") == {}


def test_who_wrote_a_row_that_nobody_will_hear_of_is_told(club: Club, sequencer: Sequencer) -> None:
    """A replica's insert that psql deleted before the next version: the feed never knew it."""
    club.sql("BEGIN; SET LOCAL hipflask.origin = 'r1'; INSERT INTO country VALUES ('de', 80); COMMIT")
    club.sql("DELETE FROM country")
    assert told(club, sequencer.step() or 0, "@r1") == {("country", "de"): None}


def test_who_wrote_a_row_that_was_moved_away_before_anybody_knew_it_is_told(
    club: Club, sequencer: Sequencer
) -> None:
    """A replica's comment on a task that psql gave to another team before the next version."""
    red, blue = club.team("red"), club.team("blue")
    task, comment = club.task(red, "tea"), uuid.uuid4()
    sequencer.step()
    with club.psql.transaction():
        club.sql("SET LOCAL hipflask.origin = 'r1'")
        club.sql("INSERT INTO comment VALUES (%s, %s, 'yes')", comment, task)
    club.sql("UPDATE task SET team_id = %s", blue)
    version = sequencer.step() or 0
    assert told(club, version, "@r1") == {("comment", str(comment)): None}
    assert told(club, version, f"@r1/team:{blue}")["comment", str(comment)]


def test_settled_pushes_are_in_the_version(club: Club, sequencer: Sequencer) -> None:
    club.sql(
        "INSERT INTO hipflask.outbox VALUES (DEFAULT, 0, '{12}', 's', 0, 5, 'r1'), (DEFAULT, 0, '{13}', 's', 0, 5, 'r1')"
    )
    assert sequencer.step() == 1
    assert club.sql("SELECT replica, number, version FROM hipflask.settled") == [("r1", 13, 1)]


def test_foreign_updates_leave_marks(club: Club, sequencer: Sequencer) -> None:
    """Later than what they replaced, whatever the clock says; of mere inserts there are none."""
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60)")
    sequencer.step()
    assert club.sql("SELECT count(*) FROM hipflask.marks") == [(0,)]
    future = int(time.time() * 1000) + 3_600_000
    club.sql(
        "INSERT INTO hipflask.marks VALUES (%s, 'de', %s, 'r1', NULL, NULL, '{}')",
        club.tables.by_name["country"].number,
        future,
    )
    club.sql("UPDATE country SET people = people + 1")
    sequencer.step()
    marks = {
        key: (born, columns)
        for key, born, columns in club.sql("SELECT key, born, columns FROM hipflask.marks")
    }
    assert marks["de"] == (future, {"people": [future + 1, ""]})
    assert abs(marks["fr"][1]["people"][0] - time.time() * 1000) < 10_000
    assert marks["fr"][0] is None
    club.sql("DELETE FROM country")
    sequencer.step()
    assert club.sql("SELECT key, born, gone, gone_by FROM hipflask.marks WHERE key = 'de'") == [
        ("de", None, future + 2, "")
    ]


def test_a_text_that_somebody_else_replaced_has_its_document_brought_up(
    club: Club, sequencer: Sequencer
) -> None:
    """So that the next who edits it as one edits what stands there."""
    from hipflask.sync import texts

    task = club.task(club.team("red"), "tea")
    number = club.tables.by_name["task"].number
    club.sql(
        "INSERT INTO hipflask.document VALUES (%s, %s, 'notes', %s)", number, str(task), texts.initial("")
    )
    sequencer.step()
    club.sql("UPDATE task SET notes = 'two lumps'")
    version = sequencer.step() or 0
    ((state,),) = club.sql("SELECT state FROM hipflask.document")
    assert texts.reading(bytes(state)) == "two lumps"
    (row,) = told(club, version, club.sql("SELECT 'team:' || team_id FROM task")[0][0]).values()
    assert row is not None and row["notes:document"] == bytes(state)
    club.sql("DELETE FROM task")
    sequencer.step()
    assert club.sql("SELECT count(*) FROM hipflask.document") == [(0,)]


def test_a_large_transaction_is_taken_in_parts_and_others_do_not_wait_for_it(
    club: Club, sequencer: Sequencer
) -> None:
    """Small ones go in between, whole."""
    sequencer.most_rows = 2_000
    club.sql("INSERT INTO country SELECT 'x' || n, n FROM generate_series(1, 10000) n")
    club.sql("BEGIN; INSERT INTO country VALUES ('de', 80); INSERT INTO country VALUES ('fr', 60); COMMIT")
    versions = iter(sequencer.step, None)
    assert {"de", "fr"} <= {
        key[1] for version in (next(versions), next(versions)) for key in told(club, version, "")
    }
    assert len(list(versions)) == 4
    assert len(feed(club, "country")) == 10_002
    club.sql("TRUNCATE country")
    assert len(list(iter(sequencer.step, None))) >= 5
    assert not any(feed(club, "country").values())


def test_a_second_one_stands_by_and_takes_over(club: Club, sequencer: Sequencer) -> None:
    """With a new era, so that what a restored database has lost can be told."""
    with closing(sequencer_of(club)) as other:
        club.sql("INSERT INTO country VALUES ('de', 80)")
        assert sequencer.step() == 1
        club.sql("INSERT INTO country VALUES ('fr', 60)")
        assert other.step() is None
        # With a time to wait, since it is not gone when it has been told to go.
        club.sql("SELECT pg_terminate_backend(pid, 30000) FROM pg_locks WHERE locktype = 'advisory'")
        assert other.step() == 2
        with pytest.raises(HubGone):
            sequencer.step()
        assert sequencer.step() is None
        assert [first for (first,) in club.sql("SELECT first FROM hipflask.era ORDER BY first")] == [1, 2]
    club.sql("INSERT INTO country VALUES ('nl', 17)")
    assert sequencer.step() == 3


def test_a_slow_transaction_is_never_skipped(club: Club, sequencer: Sequencer) -> None:
    """Begun first, committed last: where a position in the outbox would have passed it."""
    with psycopg.connect(club.url) as slow:
        slow.execute("INSERT INTO country VALUES ('slow', 1)")
        club.sql("INSERT INTO country VALUES ('quick', 1)")
        assert {key[1] for key in told(club, sequencer.step() or 0, "")} == {"quick"}
        slow.commit()
    assert {key[1] for key in told(club, sequencer.step() or 0, "")} == {"slow"}


def test_a_version_is_one_snapshot(club: Club, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows that are written together while it is being made: neither shows it, although one of them is read after that."""
    club.sql("INSERT INTO country VALUES ('de', 1), ('fr', 1)")
    sequencer.step()
    club.sql("UPDATE country SET people = 2 WHERE code = 'de'")
    take = outbox.take

    def taken_slowly(*arguments: Any) -> Any:
        taken = take(*arguments)
        club.sql("UPDATE country SET people = 3")
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "take", taken_slowly)
        version = sequencer.step() or 0
    assert told(club, version, "") == {("country", "de"): {"code": "de", "people": 2, "(whole)": False}}
    assert {row and row["people"] for row in told(club, sequencer.step() or 0, "").values()} == {3}


def test_every_commit_of_eight_writers_is_in_one_version_whole(club: Club, sequencer: Sequencer) -> None:
    """With pauses, rollbacks and large ones among them; each transaction writes the same number into several rows."""
    stop, committed = threading.Event(), set[str]()
    writers = [threading.Thread(target=_write, args=(club.url, seed, committed)) for seed in range(8)]
    found: dict[str, list[int]] = {}

    def follow() -> None:
        while not (stop.is_set() and sequencer.step() is None):
            sequencer.step()

    follower = threading.Thread(target=follow)
    for thread in (follower, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    follower.join()
    for version, body in club.sql("SELECT version, body FROM hipflask.delta WHERE scope = ''"):
        for rows in unpacked(body):
            for values in rows.rows:
                found.setdefault(str(values[0]).partition("/")[0], []).append(version)
    assert set(found) == committed
    assert all(versions == [versions[0]] * 5 for versions in found.values())
    assert len({versions[0] for versions in found.values()}) > 5  # they did meet


def _write(url: str, seed: int, committed: set[str]) -> None:
    chance = random.Random(seed)
    with psycopg.connect(url) as connection:
        for number in range(25):
            name = f"{seed}-{number}"
            for part in range(5):
                connection.execute("INSERT INTO country VALUES (%s, 0)", (f"{name}/{part}",))
                if chance.random() < 0.2:
                    time.sleep(chance.random() / 50)
            if chance.random() < 0.2:
                connection.rollback()
            else:
                connection.commit()
                committed.add(name)


def test_pushes_that_write_the_same_marks_do_not_stop_it(club: Club, sequencer: Sequencer) -> None:
    """A step in whose snapshot somebody else was quicker is done again, and in the end they wait for it."""
    number = club.tables.by_name["country"].number
    club.sql("INSERT INTO country SELECT n::text, n FROM generate_series(1, 300) n")
    club.sql(
        "INSERT INTO hipflask.marks SELECT %s, n::text, 1, 'r', NULL, NULL, '{}' FROM generate_series(1, 300) n",
        number,
    )
    sequencer.step()
    stop = threading.Event()
    pushers = [threading.Thread(target=_push, args=(club.url, seed, stop)) for seed in range(3)]
    for thread in pushers:
        thread.start()
    try:
        for _ in range(5):
            club.sql("UPDATE country SET people = people + 1")
            assert sequencer.step()
    finally:
        stop.set()
        for thread in pushers:
            thread.join()


def _push(url: str, seed: int, stop: threading.Event) -> None:
    chance = random.Random(seed)
    with psycopg.connect(url, autocommit=True) as connection:
        while not stop.is_set():
            connection.execute(
                "UPDATE hipflask.marks SET gone = NULL WHERE key = %s", (str(chance.randint(1, 300)),)
            )


def test_running_it_tells_everybody(club: Club) -> None:
    """By NOTIFY with the bare number; and it ends when it is asked to."""
    sequencer, stop = sequencer_of(club), threading.Event()
    thread = threading.Thread(target=sequencer.run, args=(stop,))
    with psycopg.connect(club.url, autocommit=True) as listener:
        listener.execute("LISTEN hipflask")
        thread.start()
        club.sql("INSERT INTO country VALUES ('de', 80)")
        heard = next(listener.notifies(timeout=20))
    stop.set()
    thread.join()
    assert heard.payload == "1"
    assert not sequencer.is_it


@contextmanager
def running(club: Club) -> Iterator[tuple[Sequencer, psycopg.Connection[Any]]]:
    """A sequencer at work, and somebody who listens."""
    sequencer, stop = sequencer_of(club), threading.Event()
    thread = threading.Thread(target=sequencer.run, args=(stop,))
    with psycopg.connect(club.url, autocommit=True) as listener:
        listener.execute("LISTEN hipflask")
        thread.start()
        try:
            yield sequencer, listener
        finally:
            stop.set()
            sequencer.wake()
            thread.join()


def test_everybody_is_told_twenty_times_a_second_at_most(club: Club) -> None:
    """However many versions there are; but of two that come close together both at once."""
    with running(club) as (_, listener):
        begun = time.monotonic()
        while time.monotonic() - begun < 1.0:
            club.sql("INSERT INTO country VALUES (%s, 0)", str(time.monotonic()))
        told = [int(each.payload) for each in listener.notifies(timeout=0.3)]
        seconds = time.monotonic() - begun
    assert told == sorted(set(told))
    assert 5 <= len(told) <= 2 + 20 * seconds
    assert told[-1] == club.sql("SELECT version FROM hipflask.state")[0][0] > len(told)


def test_whoever_is_woken_looks_at_once(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has committed in the same process need not wait for the next look."""
    monkeypatch.setattr("hipflask.sync.hub.sequencer.POLL_SECONDS", 30.0)
    club.sql("INSERT INTO country VALUES ('de', 80)")
    with running(club) as (sequencer, listener):
        next(listener.notifies(timeout=20))
        club.sql("INSERT INTO country VALUES ('fr', 60)")
        assert not list(listener.notifies(timeout=0.3))
        sequencer.wake()
        assert [each.payload for each in listener.notifies(timeout=20, stop_after=1)] == ["2"]
