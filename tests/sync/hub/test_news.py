"""What visitors are told: never more than is theirs, and after a checkpoint exactly what there was in one version."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator

import pytest
from clubs import Club, db
from visitors import Place, Reader, Row, news_of, seals, truth

from hipflask.core.errors import HubError
from hipflask.sync import messages
from hipflask.sync.hub import deltas, download, feed, version
from hipflask.sync.hub.news import News
from hipflask.sync.hub.purge import purge
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.seals import Seal, Seals
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.messages import Begin, Checkpoint, Page


@pytest.fixture
def sequencer(club: Club) -> Iterator[Sequencer]:
    sequencer = Sequencer(club.database, club.tables, Grants(db.scopes.values()))
    yield sequencer
    sequencer.close()


@pytest.fixture
def news(club: Club) -> News:
    return news_of(club)


def drain(sequencer: Sequencer) -> int:
    """Make versions until there is nothing more to do; the newest."""
    return max(iter(sequencer.step, None), default=0)


def forms(rows: dict[Place, Row], scopes: frozenset[str] | None = None) -> dict[Place, set[str]]:
    """Which rows, by their keys and columns; values are compared where their forms are alike."""
    return {place: set(row) for place, row in rows.items()}


def seen(truth_then: dict[Place, tuple[str | None, Row]], scopes: frozenset[str]) -> dict[Place, Row]:
    return {place: row for place, (scope, row) in truth_then.items() if scope in scopes}


def assert_same(reader: Reader, then: dict[Place, tuple[str | None, Row]]) -> None:
    """What a device has is what there was in that version, of its scopes."""
    expected, shown = seen(then, reader.scopes), reader.shown()
    assert shown.keys() == expected.keys()
    for place, row in expected.items():
        alike = {name: value for name, value in row.items() if name not in ("price", "done", "value", "data")}
        assert {name: shown[place][name] for name in alike} == alike, place
        if "price" in row:
            assert shown[place]["price"] == str(round(float(row["price"]) * 100))
            assert shown[place]["done"] == str(int(row["done"] == "true"))


def test_a_first_download_is_everything_that_is_ones_own(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """And what others may have does not come near."""
    red, blue = club.team("red", "ann"), club.team("blue", "bob")
    club.task(red, "tea"), club.task(blue, "coffee")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    assert ann.hear(news)
    assert_same(ann, truth(club))
    assert ann.scopes == {"", f"team:{red}"}
    assert {row["title"] for place, row in ann.rows.items() if place[0] == "task"} == {"tea"}


def test_the_first_word_ends_with_a_checkpoint_even_if_there_is_nothing(club: Club, news: News) -> None:
    """And the second is not said."""
    ann = Reader(club, "ann")
    ann.connect()
    assert ann.hear(news)
    assert not ann.hear(news)
    ann.connect()
    assert ann.hear(news)


def test_news_are_the_deltas_of_new_versions(club: Club, sequencer: Sequencer, news: News) -> None:
    """No download, and only the columns that have changed."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    club.sql("UPDATE country SET people = 81")
    drain(sequencer)
    assert ann.visitor is not None
    kinds = [type(message) for message in news.news(ann.visitor)]
    assert kinds == [Page, Checkpoint]


def test_what_is_in_memory_is_told_at_hand(club: Club, sequencer: Sequencer, news: News) -> None:
    """The same that is told otherwise; and nothing is at hand for which the database has to be asked."""
    red = club.team("red", "ann", "bob")
    task = club.task(red, "tea")
    drain(sequencer)
    ann, bob = Reader(club, "ann"), Reader(club, "bob", "r2")
    for reader in (ann, bob):
        reader.connect()
        assert reader.visitor is not None and news.at_hand(reader.visitor) is None
        reader.hear(news)
    assert ann.visitor is not None and bob.visitor is not None
    news.heard(drain(sequencer) or 1)
    assert news.at_hand(ann.visitor) == []
    club.sql("UPDATE task SET title = 'green tea'")
    news.heard(drain(sequencer))
    at_hand, told = news.at_hand(ann.visitor), [*news.news(bob.visitor)]
    assert at_hand is not None
    assert [type(message) for message in at_hand] == [Page, Checkpoint] == [type(each) for each in told]
    assert at_hand[0] == told[0] and ann.visitor.version == bob.visitor.version
    ann.visitor.asked = 1  # what was committed by then may be in no version yet
    assert news.at_hand(ann.visitor) is None
    ann.visitor.asked = 0
    club.sql("DELETE FROM member WHERE \"user\" = 'ann'")
    news.heard(drain(sequencer))
    assert news.at_hand(ann.visitor) is None
    assert ("task", (str(task),)) in ann.rows
    ann.hear(news)
    assert ("task", (str(task),)) not in ann.rows


def test_a_version_that_concerns_nobody_here_is_not_told(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """And what comes after it is."""
    red, blue = club.team("red", "ann"), club.team("blue")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    task = club.task(blue, "coffee")
    drain(sequencer)
    assert not ann.hear(news)
    club.sql("UPDATE task SET team_id = %s WHERE id = %s", red, task)
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))


def test_a_scope_that_is_entered_comes_whole_and_one_that_is_left_goes(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """At the same checkpoint as the change of who may have it."""
    red, blue = club.team("red", "ann"), club.team("blue")
    club.task(red, "tea"), club.task(blue, "coffee")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    club.sql("UPDATE member SET team_id = %s", blue)
    drain(sequencer)
    assert ann.hear(news)
    assert ann.scopes == {"", f"team:{blue}"}
    assert_same(ann, truth(club))


def test_who_was_away_is_told_what_has_changed_since(club: Club, sequencer: Sequencer) -> None:
    """By another process, which has no deltas of that time; and what came and went meanwhile is gone."""
    red = club.team("red", "ann")
    club.task(red, "tea"), club.task(red, "coffee")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news_of(club))
    for _ in range(3):
        club.sql("UPDATE task SET title = title || '!' WHERE title LIKE 'tea%%'")
        club.sql("DELETE FROM task WHERE title = 'coffee'")
        club.task(red, "milk")
        drain(sequencer)
    ann.connect()
    assert ann.visitor is not None
    begin = next(news_of(club).news(ann.visitor))
    assert isinstance(begin, Begin)
    assert (begin.total, begin.reset) == (5, False)  # one changed, one gone, three new
    ann.connect()
    assert ann.hear(news_of(club))
    assert_same(ann, truth(club))


def test_a_touch_is_told_once_and_is_gone_where_the_row_is_not_ones_own(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """Fresh from the sequencer, and from the feed for who was away."""
    red, blue = club.team("red", "ann"), club.team("blue")
    own, other = club.task(red, "tea"), club.task(blue, "coffee")
    drain(sequencer)
    ann, later, bob = Reader(club, "ann"), Reader(club, "ann"), Reader(club, "ann", "r2")
    for reader in (ann, later, bob):
        reader.connect()
        reader.hear(news)
    number = club.tables.by_name["task"].number
    for task in (own, other):
        club.sql(
            "INSERT INTO hipflask.outbox VALUES (DEFAULT, %s, ARRAY[%s], 'o', 0, 1, 'r1')",
            number,
            str(task),
        )
    # What it had written there without being let.
    for reader in (ann, later):
        reader.rows["task", (str(other),)] = reader._staged["task", (str(other),)] = {"title": "mine"}
        reader.rows["task", (str(own),)]["title"] = reader._staged["task", (str(own),)]["title"] = "mine"
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))
    assert not bob.hear(news)
    later.connect()
    assert later.hear(news_of(club))
    assert_same(later, truth(club))


def test_settled_goes_with_its_version(club: Club, sequencer: Sequencer, news: News) -> None:
    """Also for who comes back later, to another process."""
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    club.sql("INSERT INTO hipflask.outbox VALUES (DEFAULT, 0, '{3}', 's', 0, 5, 'r1')")
    assert not ann.hear(news)
    drain(sequencer)
    assert ann.hear(news)
    assert ann.settled == 3
    ann.connect()
    ann.settled = 0
    assert ann.hear(news_of(club))
    assert ann.settled == 3


def test_a_copy_that_goes_by_the_same_name_ends_a_connection(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """The other one's push 3 is settled; this one's, which has the same number, is not."""
    ann, copy = Reader(club, "ann"), Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    copy.connect()
    club.sql("INSERT INTO hipflask.outbox VALUES (DEFAULT, 0, '{3}', 's', 0, 5, 'r1')")
    drain(sequencer)
    with pytest.raises(HubError, match="goes by the name"):
        ann.hear(news)
    assert ann.settled == 0
    assert copy.hear(news)


def test_a_row_on_its_way_to_another_scope_is_waited_for(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """The feed says red, the row says blue, and no version does yet: it must not be told to anybody of red."""
    red, blue = club.team("red", "ann"), club.team("blue")
    task = club.task(red, "secret")
    drain(sequencer)
    club.sql("UPDATE task SET team_id = %s, title = 'of the blue ones alone' WHERE id = %s", blue, task)
    ann = Reader(club, "ann")
    ann.connect()
    assert not ann.hear(news)
    assert "of the blue ones alone" not in str(ann._staged)
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))


def test_what_a_page_has_seen_before_its_version_is_waited_for(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """Half of a transaction: the row that was there comes new, the one that it inserted would be missing."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    drain(sequencer)
    club.sql("BEGIN; UPDATE country SET people = 0; INSERT INTO country VALUES ('fr', 80); COMMIT")
    ann = Reader(club, "ann")
    ann.connect()
    assert not ann.hear(news)
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))


def test_a_large_download_goes_on_where_it_broke_off(
    club: Club, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any message, while others write; with a page of ten rows."""
    monkeypatch.setattr(deltas, "PAGE_ROWS", 10)
    red = club.team("red", "ann")
    for number in range(95):
        club.task(red, f"{number:03}")
    club.sql("INSERT INTO country SELECT 'c' || n, n FROM generate_series(1, 30) n")
    drain(sequencer)
    ann = Reader(club, "ann")
    for number in range(40):
        ann.connect()
        if ann.hear(news_of(club), most=2 + number % 3):
            break
        club.sql("UPDATE task SET title = title || '.' WHERE title LIKE %s", f"{number * 2:03}%")
        club.sql("DELETE FROM country WHERE people = %s", number)
        drain(sequencer)
    else:
        pytest.fail("it never came to an end")
    assert_same(ann, truth(club))
    assert number > 3
    assert ann.resets == []


def test_a_page_that_is_too_large_comes_in_parts_of_which_none_is_lost(
    club: Club, sequencer: Sequencer, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the connection breaks, also between two parts: what was not heard is sent again."""
    monkeypatch.setattr(messages, "PAGE_BYTES", 600)
    red = club.team("red", "ann")
    for number in range(40):
        club.task(red, f"{number:03} {uuid.uuid4()}")
    drain(sequencer)
    whole = Reader(club, "ann")
    whole.connect()
    assert whole.visitor is not None
    sizes = [len(told.body) for told in news.news(whole.visitor) if isinstance(told, Page)]
    assert len(sizes) > 5
    assert max(sizes) <= 600
    for broken_after in range(1, len(sizes) + 3):
        ann = Reader(club, "ann", f"r{broken_after}")
        ann.connect()
        ann.hear(news, most=broken_after)
        ann.connect()
        assert ann.hear(news)
        assert_same(ann, truth(club))
    club.sql("UPDATE task SET title = title || ' or tea'")  # a version that is too large to be kept as it is
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))


def test_pages_of_large_rows_have_few_of_them(club: Club) -> None:
    """Somebody's photos, of which five thousand would fill the hub's memory."""
    club.sql("INSERT INTO country SELECT 'c' || n, n FROM generate_series(1, 30) n")
    table = club.tables.by_name["task"]
    red = club.team("red", "ann")
    for number in range(20):
        club.task(red, f"{number:03} " + os.urandom(150_000).hex())
    with club.database.connection() as connection:
        assert 40 <= feed._most(connection, table, 20) <= 120
        assert feed._most(connection, club.tables.by_name["country"], 30) == deltas.PAGE_ROWS


def test_a_row_that_went_while_it_was_read_is_not_told_of_in_parts(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """Version 2 changes it, the page finds it deleted, version 3 says so: who writes pages as they come has nothing to change."""
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60)")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    assert ann.visitor is not None
    messages = news.news(ann.visitor)
    ann.take(next(messages))
    club.sql("UPDATE country SET people = 81")
    drain(sequencer)
    club.sql("DELETE FROM country WHERE code = 'de'")
    for message in messages:
        ann.take(message)
    assert ann.seal == b""
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))
    assert len(ann.rows) == 1


def test_a_scope_that_was_entered_and_left_during_a_download_is_taken_back(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """The scopes are those of before again, and what the pages have brought is not his to keep."""
    red = club.team("red")
    club.task(red, "tea")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    before = ann.scopes
    club.sql("INSERT INTO member (team_id, \"user\") VALUES (%s, 'ann')", red)
    drain(sequencer)
    assert ann.visitor is not None
    has_come = False
    for message in news.news(ann.visitor):
        ann.take(message)
        if not has_come and any(table == "task" for table, _ in ann._staged):
            has_come = True
            club.sql("DELETE FROM member")
            drain(sequencer)
    assert has_come and ann.scopes == before
    assert_same(ann, truth(club))


def test_graves_that_are_forgotten_during_a_download_are_not_missed(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """It began in time, and found nothing any more of what had gone: everything is sent anew."""
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60)")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    club.sql("DELETE FROM country WHERE code = 'de'")
    drain(sequencer)
    ann.connect()
    assert ann.visitor is not None
    begins = []
    for message in news_of(club).news(ann.visitor):
        ann.take(message)
        if isinstance(message, Begin):
            begins.append(message.reset)
            purge(club.database, "0 seconds", "0 seconds")
    assert begins == [False, True]
    assert_same(ann, truth(club))
    assert len(ann.rows) == 1


def test_what_is_for_one_alone_is_told_though_a_first_download_has_to_be_gone_on_with(
    club: Club, sequencer: Sequencer, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was refused while it was downloading, by another process, which has to read what has changed meanwhile."""
    monkeypatch.setattr(deltas, "PAGE_ROWS", 10)
    other = club.task(club.team("blue"), "coffee")
    club.sql("INSERT INTO country SELECT 'c' || n, n FROM generate_series(1, 30) n")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    assert not ann.hear(news, most=2)
    ann._staged["task", (str(other),)] = {"title": "mine"}
    number = club.tables.by_name["task"].number
    club.sql(
        "INSERT INTO hipflask.outbox VALUES (DEFAULT, %s, ARRAY[%s], 'o', 0, 1, 'r1')", number, str(other)
    )
    drain(sequencer)
    ann.connect()
    assert ann.hear(news_of(club))
    assert ann.resets == []
    assert_same(ann, truth(club))


def test_tables_with_new_columns_come_anew(club: Club, sequencer: Sequencer, news: News) -> None:
    """And the others do not."""
    club.team("red", "ann")
    club.sql("INSERT INTO country VALUES ('de', 80)")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    ann.rows["country", ("xx",)] = {"code": "xx", "people": "1"}
    ann.connect(frozenset({"country"}))
    assert ann.visitor is not None
    begin = next(news.news(ann.visitor))
    assert isinstance(begin, Begin)
    assert (begin.total, begin.reset, begin.tables) == (1, True, ["country"])
    ann.connect(frozenset({"country"}))
    assert ann.hear(news)
    assert_same(ann, truth(club))


def test_graves_and_deltas_are_forgotten(club: Club, sequencer: Sequencer, news: News) -> None:
    """Who has not been here since begins anew; everybody else goes on."""
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60)")
    drain(sequencer)
    ann, bob = Reader(club, "ann"), Reader(club, "bob", "r2")
    for reader in (ann, bob):
        reader.connect()
        reader.hear(news)
    club.sql("DELETE FROM country WHERE code = 'de'")
    drain(sequencer)
    assert bob.hear(news)
    purge(club.database)
    assert len(club.sql("SELECT 1 FROM hipflask.feed WHERE is_gone")) == 1
    purge(club.database, "0 seconds", "0 seconds")
    assert (
        club.sql("SELECT 1 FROM hipflask.feed WHERE is_gone")
        == club.sql("SELECT 1 FROM hipflask.delta")
        == []
    )
    for reader in (ann, bob):
        reader.connect()
        assert reader.hear(news_of(club))
        assert_same(reader, truth(club))
    assert (ann.resets, bob.resets) == (["expired"], [])


def test_a_process_that_slept_does_not_pass_over_deltas_that_are_forgotten(
    club: Club, sequencer: Sequencer, news: News
) -> None:
    """It looks again after an hour, say, and the versions of that hour are only in the feed."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    club.sql("UPDATE country SET people = 81")
    drain(sequencer)
    purge(club.database, "0 seconds")
    club.sql("INSERT INTO country VALUES ('fr', 60)")
    drain(sequencer)
    assert ann.hear(news)
    assert_same(ann, truth(club))


def test_a_database_that_was_put_back_is_noticed(club: Club, sequencer: Sequencer, news: News) -> None:
    """By a seal from after the backup, and by a process that was there all the time."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    drain(sequencer)
    ann = Reader(club, "ann")
    ann.connect()
    ann.hear(news)
    backup = club.sql("SELECT version, clock FROM hipflask.state")[0]
    club.sql("INSERT INTO country VALUES ('fr', 60)")
    drain(sequencer)
    ann.hear(news)
    # As a restored backup leaves it, with a sequencer that begins then.
    club.sql("UPDATE hipflask.state SET version = %s, clock = %s", *backup)
    club.sql(
        "DELETE FROM country WHERE code = 'fr'; TRUNCATE hipflask.outbox; DELETE FROM hipflask.delta WHERE version = 2"
    )
    club.sql("DELETE FROM hipflask.feed WHERE version = 2")
    sequencer.close()
    club.sql("INSERT INTO country VALUES ('nl', 17)")
    drain(sequencer)
    with pytest.raises(HubError, match="put back"):
        ann.hear(news)
    ann.connect()
    ann.version = 0
    assert ann.hear(news)
    assert ann.resets == ["restored"]
    assert_same(ann, truth(club))


def test_seals_cannot_be_made(club: Club) -> None:
    """By nobody but the hub: neither forged nor altered, nor another thing that it has sealed."""
    sealed = seals(club)
    seal = Seal("e", 7, ("", "team:5"), "r1")
    signed = sealed.seal(seal)
    assert sealed.opened(signed) == seal
    assert Seals(b"guessed").opened(signed) is None
    for place in range(len(signed)):
        assert sealed.opened(signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]) is None
    for wrong in (b"", signed[:32], signed[:-1], signed + b"\0", b"\0" * 100):
        assert sealed.opened(wrong) is None
    assert sealed.opened(signed, download.More) is None
    assert (
        sealed.opened(
            sealed.seal(download.More("r1", "e", 1, 1, (), (), (), True, 1, 1, download.Place(), ""))
        )
        is None
    )


SEEDS = 150 if os.environ.get("HIPFLASK_LONG") == "1" else 8


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_a_checkpoint_is_a_version(
    club: Club, sequencer: Sequencer, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random writes and grants, with and without a version between them; readers whose connections break, on two processes."""
    monkeypatch.setattr(deltas, "PAGE_ROWS", 4)
    monkeypatch.setattr(version, "MOST_IN_DELTA", 6)
    chance = random.Random(seed)
    sequencer.most_rows = chance.choice([20_000, 40])
    processes = [news_of(club), news_of(club)]
    readers = [Reader(club, user, f"r{number}") for number, user in enumerate(["ann", "ann", "bob"])]
    teams = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(3)]
    for team in teams:
        club.sql("INSERT INTO team (id, name) VALUES (%s, 'a team')", team)
        club.sql('INSERT INTO member (team_id, "user") VALUES (%s, %s)', team, chance.choice(["ann", "bob"]))
    versions: dict[int, dict[Place, tuple[str | None, Row]]] = {}
    checkpoints = newest = 0
    for _ in range(60):
        for _ in range(chance.randint(0, 3)):
            _write(club, chance, teams)
        if chance.random() < 0.7:
            versions[drain(sequencer) or newest] = truth(club)
            newest = max(versions)
        for reader in readers:
            if chance.random() < 0.6:
                if reader.visitor is None or chance.random() < 0.2:
                    reader.connect()
                    processes_chosen = chance.choice(processes)
                    reader.process = processes_chosen  # type: ignore[attr-defined]
                if reader.hear(reader.process, chance.choice([None, None, 1, 2, 5])):  # type: ignore[attr-defined]
                    checkpoints += 1
                    if reader.version in versions:
                        assert_same(reader, versions[reader.version])
    assert checkpoints > 20
    drain(sequencer)
    for reader in readers:
        reader.connect()
        assert reader.hear(processes[0])
        assert_same(reader, truth(club))
        assert reader.resets == []


def _write(club: Club, chance: random.Random, teams: list[uuid.UUID]) -> None:
    """Something that another program writes; which rows are hit is a matter of the seed alone."""
    team, other = chance.choice(teams), chance.choice([*teams, None])
    salt = str(chance.getrandbits(32))
    some = f"abs(hashtext(id::text || '{salt}')::bigint) %% 10 <"
    match chance.randrange(12):
        case 0 | 1 | 2:
            club.sql("INSERT INTO task (id, team_id, title) VALUES (md5(%s)::uuid, %s, 'one')", salt, other)
        case 3:
            club.sql(
                "INSERT INTO task (id, team_id, title) SELECT md5(%s || n)::uuid, %s, n::text FROM generate_series(1, 12) n",
                salt,
                team,
            )
        case 4:
            club.sql(
                f"INSERT INTO comment SELECT md5(id::text || %s)::uuid, id, title FROM task WHERE {some} 2",
                salt,
            )
        case 5 | 6:
            club.sql(f"UPDATE task SET price = price + 1, title = title || '.' WHERE {some} %s", 3)
        case 7:
            club.sql(f"UPDATE task SET team_id = %s WHERE {some} 2", other)
        case 8:
            club.sql(f"DELETE FROM task WHERE {some} %s", 2)
        case 9:
            club.sql("DELETE FROM member WHERE team_id = %s", team)
        case 10:
            club.sql(
                'INSERT INTO member (team_id, "user") VALUES (%s, %s) ON CONFLICT DO NOTHING',
                team,
                chance.choice(["ann", "bob"]),
            )
        case 11 if chance.random() < 0.2:
            club.sql("TRUNCATE comment")
        case _:
            club.sql(
                "INSERT INTO country VALUES (%s, 1) ON CONFLICT (code) DO UPDATE SET people = country.people + 1",
                chance.choice("abcdef"),
            )
