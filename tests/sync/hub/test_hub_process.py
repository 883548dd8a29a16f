"""`hipflask hub` as a process: on a real PostgreSQL, side by side with others, killed, told to end, and without its database."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from hubs import Hub, first, shell
from replicas import ByHand, asked, posted
from tinyhub import pushed
from websockets.exceptions import InvalidStatus

from hipflask.sync.hub import sockets
from hipflask.sync.messages import Ack, Checkpoint, Page, Refused, Rows, Welcome, unpack


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def told(messages: list[object]) -> dict[str, str]:
    """The notes in what was said."""
    pages = [message for message in messages if isinstance(message, Page)]
    parts: list[Rows] = [part for page in pages for part in unpack(page.body, list[Rows])]
    return {
        row[part.columns.index("id")]: row[part.columns.index("text")] for part in parts for row in part.rows
    }


class Replica(ByHand):
    """One that has been welcomed, and told everything."""

    def __init__(self, port: int, token: str, **known: object) -> None:
        super().__init__(port, token)
        self.pushed = known.get("pushed", 0)
        self.say(first(**known))  # type: ignore[arg-type]
        self.heard = self.until(Checkpoint)
        self.welcome: Welcome = self.heard[0]

    @property
    def known(self) -> dict[str, object]:
        """What it says of itself on the next connection."""
        return {
            "replica": self.welcome.replica,
            "ticket": self.welcome.ticket,
            "seal": self.heard[-1].seal,
            "pushed": self.pushed,
        }

    def push_only(self, number: int, *keys: str) -> None:
        """Say it, and do not wait for the answer."""
        self.say(*pushed(number, *keys))
        self.pushed = number

    def push(self, number: int, *keys: str) -> list[object]:
        self.push_only(number, *keys)
        return self.until(Ack)

    def news_of(self, key: str) -> float:
        """How long it takes until this note has come, in seconds."""
        begun = time.monotonic()
        self.heard = self.until(Checkpoint)
        while key not in told(self.heard):
            self.heard = self.until(Checkpoint)
        return time.monotonic() - begun


@pytest.fixture(scope="module")
def shared_url(server: str) -> Iterator[str]:
    """The address of a database that several tests use, one after the other."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE shared_by_tests")
    yield urlsplit(server)._replace(path="/shared_by_tests").geturl()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("DROP DATABASE shared_by_tests WITH (FORCE)")


@pytest.fixture(scope="module")
def shared_hub(shared_url: str) -> Iterator[Hub]:
    with Hub(shared_url) as hub:
        yield hub


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    """One that a test may do to what it likes."""
    with Hub(database_url) as hub:
        yield hub


def issue(url: str) -> str:
    """A token, as the shell makes it."""
    return shell(url, "token", "issue", "ann", "--device", "laptop").strip()


def test_a_hub_from_the_shell(shared_url: str, shared_hub: Hub) -> None:
    """It says how to make a token; with one a replica pushes, and hears what psql writes; when that is revoked, it is out."""
    assert "hipflask hub token issue" in shared_hub.said
    with Replica(shared_hub.port, issue(shared_url)) as ann:
        assert ann.push(1, "a")[-1] == Ack(1, [])
        with psycopg.connect(shared_url) as psql:
            assert psql.execute("SELECT id, text FROM note").fetchall() == [("a", "text of a")]
            psql.execute("INSERT INTO note VALUES ('b', 'by psql')")
        assert ann.news_of("b") < 5
        health = json.loads(asked(shared_hub.port, "GET", "/health").body)
        assert health["status"] == "ok" and health["version"] >= 1  # both may be in one
        listed = shell(shared_url, "token", "list")
        assert "laptop" in listed
        shell(shared_url, "token", "revoke", listed.split()[0])
        begun = time.monotonic()
        said, close = ann.end()
        assert time.monotonic() - begun < 5 and close == sockets.REFUSED
        assert isinstance(said[-1], Refused) and said[-1].code == "token"


def test_two_hubs_side_by_side_and_one_is_killed(database_url: str, hub: Hub) -> None:
    """What is pushed to one is heard at the other; killed, its replicas go on with the other, and nothing is lost."""
    token = issue(database_url)
    with Hub(database_url) as other:
        ann, bob = Replica(hub.port, token), Replica(other.port, token)
        ann.push(1, "a")
        assert bob.news_of("a") < 5
        bob.push(1, "b")
        ann.news_of("b")
        hub.kill()  # it has begun first, so it made the versions
        ann.cut()
        killed = time.monotonic()
        bob.push(2, "c")
        bob.until(Checkpoint)
        assert time.monotonic() - killed < 5  # a version, by the other one
        with Replica(other.port, token, **ann.known) as again:
            assert again.welcome.replica == ann.welcome.replica and again.welcome.reset == ""
            assert "c" in told(again.heard)
            assert again.push(1, "a")[-1] == Ack(1, [])  # once more: it had been applied
        bob.close()
    with psycopg.connect(database_url) as psql:
        assert psql.execute("SELECT id FROM note ORDER BY id").fetchall() == [("a",), ("b",), ("c",)]


def test_a_push_under_way_is_acknowledged_before_the_end(database_url: str, hub: Hub) -> None:
    """Told to end, the hub takes nobody new, answers what it has begun, and says that it goes away."""
    token = issue(database_url)
    with Replica(hub.port, token) as ann, psycopg.connect(database_url) as psql:
        psql.execute("LOCK TABLE note IN EXCLUSIVE MODE")
        ann.say(*pushed(1, "a"))
        until(lambda: _waiting(database_url) is not None)
        hub.terminate()
        until(lambda: _is_closed(hub.port, token))
        assert hub.process.poll() is None
        psql.rollback()
        said, code = ann.end()
        assert said[-1] == Ack(1, []) or Ack(1, []) in said
        assert code == sockets.GOING
    assert hub.ended(10) == 0, hub.said
    with psycopg.connect(database_url) as psql:
        assert psql.execute("SELECT id FROM note").fetchall() == [("a",)]


def test_a_hub_whose_database_hangs_ends_nevertheless(database_url: str) -> None:
    """Nobody waits for a push that waits for ever; it is not acknowledged, and rolled back."""
    with Hub(database_url, end=2) as hub, psycopg.connect(database_url) as psql:
        ann = Replica(hub.port, issue(database_url))
        psql.execute("LOCK TABLE note IN EXCLUSIVE MODE")
        ann.say(*pushed(1, "a"))
        until(lambda: _waiting(database_url) is not None)
        hanging = _waiting(database_url)
        assert hanging is not None
        os.kill(hanging, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            hub.terminate()
            hub.ended(20)
            assert time.monotonic() - begun < 10
        finally:
            os.kill(hanging, signal.SIGCONT)
        ann.cut()
        psql.rollback()
        until(lambda: _waiting(database_url) is None)
        assert psql.execute("SELECT id FROM note").fetchall() == []


def test_a_database_that_goes_and_comes_back(shared_url: str, server: str, shared_hub: Hub) -> None:
    """Replicas hear that they may try again, health says so, and once it is back everything goes on, pushes once each."""
    token = issue(shared_url)
    ann = Replica(shared_hub.port, token)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("ALTER DATABASE shared_by_tests WITH ALLOW_CONNECTIONS false")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared_by_tests'"
        )
        ann.say(*pushed(1, "gone"))
        said, code = ann.end()
        assert isinstance(said[-1], Refused) and said[-1].code == "busy" and code == sockets.BUSY
        assert asked(shared_hub.port, "GET", "/health").status == 503
        refused = posted(shared_hub.port, first(), token=token)
        assert refused.status == 503 and refused.headers["hipflask-hub"] == "1"
        assert "password" not in refused.body.decode()
        admin.execute("ALTER DATABASE shared_by_tests WITH ALLOW_CONNECTIONS true")
    until(lambda: asked(shared_hub.port, "GET", "/health").status == 200)
    with Replica(shared_hub.port, token, **ann.known) as again:
        assert again.push(1, "gone")[-1] == Ack(1, [])
        again.until(Checkpoint)
    with psycopg.connect(shared_url) as psql:
        assert psql.execute("SELECT text FROM note WHERE id = 'gone'").fetchall() == [("text of gone",)]


def test_a_database_that_may_only_be_read(shared_url: str, server: str, shared_hub: Hub) -> None:
    """A push is told to come again; nothing is lost, and it is taken when the database may be written again."""
    token = issue(shared_url)
    ann = Replica(shared_hub.port, token)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("ALTER DATABASE shared_by_tests SET default_transaction_read_only = on")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared_by_tests'"
        )
        ann.say(*pushed(1, "read only"))
        said, code = ann.end()
        assert said[-1].code == "busy" and code == sockets.BUSY
        admin.execute("ALTER DATABASE shared_by_tests RESET default_transaction_read_only")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared_by_tests'"
        )
    until(lambda: _is_welcome(shared_hub.port, token, ann.known))
    with Replica(shared_hub.port, token, **ann.known) as again:
        assert again.push(1, "read only")[-1] == Ack(1, [])


def test_several_workers_share_a_port(database_url: str) -> None:
    """One that dies is replaced; all end together."""
    with Hub(database_url, "--workers", "2") as hub:
        token = issue(database_url)
        until(lambda: _is_welcome(hub.port, token, {}))
        until(lambda: len(_hubs(database_url)) == 2)
        hub.terminate()
        assert hub.ended() == 0, hub.said
    assert _hubs(database_url) == []


def _hubs(url: str) -> list[object]:
    """The processes that listen for versions."""
    with psycopg.connect(url) as psql:
        found = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hipflask hub'"
        return psql.execute(found).fetchall()


def _waiting(url: str) -> int | None:
    """The process of PostgreSQL's that waits for a lock, if one does."""
    with psycopg.connect(url) as psql:
        waiting = "SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        row = psql.execute(waiting).fetchone()
    return None if row is None else int(row[0])


def _is_closed(port: int, token: str) -> bool:
    try:
        with ByHand(port, token):
            return False
    except (OSError, InvalidStatus):
        return True


def _is_welcome(port: int, token: str, known: dict[str, object]) -> bool:
    try:
        with ByHand(port, token).say(first(**known)) as replica:  # type: ignore[arg-type]
            return isinstance(replica.hear(), Welcome)
    except (OSError, InvalidStatus):
        return False
