"""The hub's HTTP side on Lambda, under Amazon's own runtime client: whole devices exchange rows through it, by way of a gateway."""

from __future__ import annotations

import base64
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import mapped_column

from aws.gateway import event_of, gateway
from aws.runtime_api import Runtime
from hipflask import Hipflask, Mapped, Store
from hipflask.surfaces.aws.streaming import WRAPPER, WRAPPER_NAME
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.layout import LOCK, SCHEMA
from hipflask.sync.hub.tokens import Tokens
from sync.databases import database_url, server

__all__ = ["database_url", "server"]

HANDLER = "hipflask.surfaces.aws.hub_entry.handler"
FOLDER = Path(__file__).parent


class Device:
    """An app with a store, whose hub is at an address."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.app = Hipflask("device", root_path=str(folder), instance_path=str(folder))
        self.app.config.update(STORE=str(folder / "items.sqlite"), HUB_URL=url, HUB_TOKEN=token)
        self.app.actions.begin()
        self.db = db = Store(self.app)

        class Item(db.Model):  # type: ignore[name-defined,misc]
            code: Mapped[str] = mapped_column(primary_key=True)
            name: Mapped[str]

        self.Item = Item

    def names(self) -> set[str]:
        return set(self.db.all(self.db.select(self.Item.name)))


def until(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def hub(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    """A hub as a function, with tables and no rows."""
    with Runtime(HANDLER, FOLDER, environment_of(database_url, tmp_path)) as runtime:
        yield runtime


def environment_of(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "HIPFLASK_APP": "hub_shop:app",
        "HUB_DATABASE": database_url,
        "SHOP_INSTANCE": str(folder / "instance"),
        "PYTHONPATH": str(FOLDER),
    }


def token_of(database_url: str, user: str) -> str:
    with Database(database_url, 1) as database:
        return Tokens(database).issue(user)


@pytest.fixture
def device(hub: Runtime, database_url: str, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    """Makes devices, each with a way to the hub."""
    made: list[Device] = []
    with gateway(lambda event: hub.invoke(event, 30).json) as url:
        assert (
            hub.invoke(health(url), 30).json["statusCode"] == 503
        )  # the tables are there; nobody makes versions all the time

        def make(name: str) -> Device:
            (tmp_path / name).mkdir()
            made.append(Device(tmp_path / name, url, token_of(database_url, name)))
            return made[-1]

        yield make
        for each in made:
            each.db.close()


def health(url: str) -> dict[str, Any]:
    return event_of("GET", "/health", [("host", url.removeprefix("http://"))])


def test_rows_go_from_one_device_to_another(
    device: Callable[[str], Device], hub: Runtime, database_url: str
) -> None:
    """What Ann writes comes to Bob, and his change to her; between two requests nobody holds the lock under which versions are made."""
    ann, bob = device("ann"), device("bob")
    ann.Item.create(code="b8", name="Bolt")
    assert ann.db.sync.now(60), hub.output
    until(lambda: bob.names() == {"Bolt"})
    bob.db.get(bob.Item, "b8").update(name="Bolt M8")
    until(lambda: ann.names() == {"Bolt M8"})
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_locks WHERE objid = %s", (LOCK,)).fetchone() == (
            0,
        )
        eras = connection.execute(f"SELECT count(*) FROM {SCHEMA}.era").fetchone()
        assert (
            eras is not None and eras[0] <= 4
        )  # one for each time that something was written, and none for asking
        assert connection.execute("SELECT name FROM item").fetchall() == [("Bolt M8",)]


def test_a_download_longer_than_an_answer_comes_in_several(
    device: Callable[[str], Device], hub: Runtime, database_url: str
) -> None:
    """Lambda passes on six megabytes at a time: a new device gets all the same."""
    ann = device("ann")
    assert ann.db.sync.now(60), hub.output
    ann.db.close()
    with psycopg.connect(database_url) as connection:
        # Letters that pack badly: seven megabytes on their way, of which one answer carries four and a half.
        rows = [(f"r{number}", secrets.token_urlsafe(450)) for number in range(15_000)]
        with connection.cursor().copy("COPY item (code, name) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    bob = device("bob")
    until(lambda: bob.db.sync.status.state == "synced" and len(bob.names()) == 15_000)


@pytest.mark.parametrize("is_streaming", [False, True])
def test_the_hub_is_beside_the_app(database_url: str, tmp_path: Path, is_streaming: bool) -> None:
    """One function for both: where the hub's database is named, its address is the app's; also where the URL streams."""
    environment = environment_of(database_url, tmp_path) | {"HIPFLASK_STREAMING": "1" if is_streaming else ""}
    (wrapper := tmp_path / WRAPPER_NAME).write_bytes(WRAPPER)
    wrapper.chmod(0o755)
    told = told_by_parts if is_streaming else told_as_a_whole
    with Runtime(
        "hipflask.surfaces.aws.entry.handler",
        FOLDER,
        environment,
        wrapper=str(wrapper) if is_streaming else None,
    ) as runtime:
        assert body_of(told(runtime, event_of("GET", "/", []))) == b"the shop"
        # Its tables are made when the first replica asks; nobody has a token before.
        nobody = [("authorization", "Bearer hft_nobody"), ("content-type", "application/x-hipflask")]
        assert told(runtime, event_of("POST", "/sync", nobody, b"x"))["statusCode"] == 401
        with gateway(lambda event: told(runtime, event)) as url:
            devices = []
            for name in ("ann", "bob"):
                (tmp_path / name).mkdir()
                devices.append(Device(tmp_path / name, url, token_of(database_url, name)))
            ann, bob = devices
            ann.Item.create(code="b8", name="Bolt")
            assert ann.db.sync.now(60), runtime.output
            until(lambda: bob.names() == {"Bolt"})
            for each in devices:
                each.db.close()


def test_without_the_database_the_app_is_all_there_is(tmp_path: Path) -> None:
    """`/sync` is an address like any other, and the app has nothing there; with one that cannot be reached, it says so."""
    entry = "hipflask.surfaces.aws.entry.handler"
    with Runtime(entry, FOLDER, environment_of("", tmp_path)) as runtime:
        assert runtime.invoke(event_of("POST", "/sync", []), 30).json["statusCode"] == 404
    gone = environment_of("postgresql://ann:s3cret@127.0.0.1:1/company?connect_timeout=1", tmp_path)
    with Runtime(entry, FOLDER, gone) as runtime:
        told = runtime.invoke(event_of("POST", "/sync", []), 60).json
        assert (
            told["statusCode"] == 503
            and "HubGone" in runtime.output
            and "s3cret" not in runtime.output + str(told)
        )
        assert body_of(runtime.invoke(event_of("GET", "/", [])).json) == b"the shop"


def told_as_a_whole(runtime: Runtime, event: Any) -> Any:
    return runtime.invoke(event, 30).json


def told_by_parts(runtime: Runtime, event: Any) -> Any:
    """What a gateway makes of a streamed answer."""
    answer = runtime.invoke(event, 30)
    assert answer.mode == "streaming", answer
    return {**answer.head, "body": base64.b64encode(answer.body).decode(), "isBase64Encoded": True}


def body_of(told: Any) -> bytes:
    return base64.b64decode(told["body"]) if told["isBase64Encoded"] else told["body"].encode()


def test_a_stranger_is_not_let_in(hub: Runtime, tmp_path: Path) -> None:
    """Without a token that the hub has given there is nothing to be had; what the answer says is the hub's own."""
    headers = [("authorization", "Bearer nobody"), ("content-type", "application/x-hipflask")]
    answer = hub.invoke(event_of("POST", "/sync?wait=20", headers, b"x"), 30).json
    assert answer["statusCode"] == 401 and answer["headers"]["hipflask-hub"] == "1"


def test_a_database_that_is_gone_is_told_by_the_hub(hub: Runtime, database_url: str, server: str) -> None:
    """503, in the hub's own words and with when to come again; and all is well as soon as it is back."""

    def asked(token: str) -> Any:  # each time another: who was looked up is remembered
        headers = [("authorization", f"Bearer {token}"), ("content-type", "application/x-hipflask")]
        return hub.invoke(event_of("POST", "/sync", headers, b"x"), 30).json

    assert asked("hft_one")["statusCode"] == 401
    name = database_url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        answer = asked("hft_two")
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert answer["statusCode"] == 503 and answer["headers"]["hipflask-hub"] == "1"
    assert answer["headers"]["retry-after"] and "No version could be made" in hub.output
    assert asked("hft_three")["statusCode"] == 401


def test_what_is_no_request_is_refused(hub: Runtime) -> None:
    """By its keys, and not by what it holds."""
    answer = hub.invoke({"Records": [{"body": "secret"}]}, 30)
    assert (
        answer.is_error
        and "'Records'" in answer.json["errorMessage"]
        and "secret" not in answer.json["errorMessage"]
    )


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    """When the function starts, and not at the first request of somebody."""
    with Runtime(HANDLER, FOLDER, environment_of("", tmp_path)) as runtime:
        answer = runtime.invoke({}, 30)
    assert answer.is_error and "HUB_DATABASE is not set" in answer.json["errorMessage"], (answer, sys.path)
