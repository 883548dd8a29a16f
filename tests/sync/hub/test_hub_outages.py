"""PostgreSQL really stopped, killed, slow, full and put back under hubs that run: they and their devices go on, and nothing acknowledged is lost."""

from __future__ import annotations

import json
import time

import psycopg
from databases import new_database
from hubs import Hub
from outages import Writer, notes, postgres
from replicas import asked
from test_hub_process import Replica, issue, told, until

from hipflask.sync.messages import Ack, Refused


def is_well(hub: Hub) -> bool:
    return asked(hub.port, "GET", "/health").status == 200


def test_a_postgresql_that_ends_and_starts_again() -> None:
    """Stopped at once, then killed, under two hubs and two devices that push all the time: what was acknowledged is there, once, and at a third."""
    with postgres() as server, new_database(server.address) as url, Hub(url) as one, Hub(url) as two:
        token = issue(url)
        ann, bob = Writer("ann", [one.port, two.port], token), Writer("bob", [two.port, one.port], token)
        ann.start()
        bob.start()
        for end in (server.stop, server.kill):
            ann.goes_on()
            bob.goes_on()
            end()
            until(lambda: not is_well(one))
            server.start()
            back = time.monotonic()
            ann.goes_on()
            bob.goes_on()
            until(lambda: is_well(one) and is_well(two))
            assert time.monotonic() - back < 10
        acknowledged = {*ann.end(), *bob.end()}
        there = notes(url)
        assert (
            acknowledged <= set(there) and len(there) <= len(acknowledged) + 2
        )  # the last ones may not have heard
        with Replica(one.port, token) as eve:
            assert set(told(eve.heard)) == set(there)
        assert all(each.code == "busy" for each in (*ann.refused, *bob.refused))


def test_a_table_that_somebody_holds(database_url: str) -> None:
    """An ALTER TABLE that takes long: pushes are told to come again, health answers, and then everything goes on."""
    with Hub(database_url, lock_ms=1_500) as hub, psycopg.connect(database_url) as psql:
        token = issue(database_url)
        ann = Replica(hub.port, token)
        psql.execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE")
        begun = time.monotonic()
        ann.push_only(1, "a")
        health = asked(hub.port, "GET", "/health")
        assert health.status == 200 and time.monotonic() - begun < 1.4
        said, _ = ann.end()
        assert said[-1] == Refused("busy", said[-1].sentence) and "held by somebody" in said[-1].sentence
        assert 1.4 < time.monotonic() - begun < 4
        psql.execute("INSERT INTO note VALUES ('b', 'who held it')")
        psql.commit()
        with Replica(hub.port, token, **ann.known) as again:
            assert again.push(1, "a")[-1] == Ack(1, [])
            with Replica(hub.port, token) as eve:
                assert "b" in told(eve.heard)


def test_a_database_without_room(database_url: str) -> None:
    """The device hears why, and comes again; when there is room, it is taken."""
    with Hub(database_url) as hub, psycopg.connect(database_url, autocommit=True) as psql:
        token = issue(database_url)
        ann = Replica(hub.port, token)
        psql.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        psql.execute("CREATE TRIGGER full_disk BEFORE INSERT ON note EXECUTE FUNCTION full_disk()")
        ann.push_only(1, "a")
        said, _ = ann.end()
        assert said[-1].code == "busy" and "no room" in said[-1].sentence
        psql.execute("DROP TRIGGER full_disk ON note")
        with Replica(hub.port, token, **ann.known) as again:
            assert again.push(1, "a")[-1] == Ack(1, [])


def test_a_database_put_back_from_yesterday() -> None:
    """By pg_dump and pg_restore: who knows more than it does is told so and loads everything, who does not goes on; all push again."""
    with postgres() as server, new_database(server.address) as url:
        dump = str(server.folder / "data" / "yesterday.dump")
        with Hub(url) as hub:
            token = issue(url)
            ann, bob = Replica(hub.port, token), Replica(hub.port, token)
            ann.push(1, "monday")
            bob.news_of("monday")
            bob.cut()
            server.tool("pg_dump", "-Fc", "-f", dump, url)
            ann.push(2, "tuesday")
            ann.news_of("tuesday")
            ann.cut()
        with psycopg.connect(server.address, autocommit=True) as admin:
            name = url.partition("?")[0].rpartition("/")[2]
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        server.tool("pg_restore", "-d", url, dump)
        with Hub(url) as hub:
            until(lambda: is_well(hub))
            with (
                Replica(hub.port, token, **ann.known) as again,
                Replica(hub.port, token, **bob.known) as other,
            ):
                assert again.welcome.reset == "restored" and set(told(again.heard)) == {"monday"}
                assert other.welcome.reset == "" and told(other.heard) == {}
                assert again.push(3, "wednesday")[-1] == Ack(3, [])
                other.news_of("wednesday")
            health = json.loads(asked(hub.port, "GET", "/health").body)
            assert health["status"] == "ok" and health["waiting"] == 0
        assert notes(url) == ["monday", "wednesday"]
