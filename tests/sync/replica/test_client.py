"""An app and its hub, over a real network: what is written arrives, whatever happens on the way."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from offices import Device, Office, until
from wires import Wire

from hipflask import Hipflask, Store
from hipflask.core.errors import EntryError, UsageError
from hipflask.sync.replica.address import PORTAL

NUT = ("insert", "item", "n6", {"code": "n6", "name": "Nut", "stock": 0, "price": 0})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def moving(device: Device) -> Any:
    """What the device's exchange thinks of its surroundings."""
    return device.sync._exchange._surroundings  # type: ignore[attr-defined]


# ── with a network ────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_comes_to_all(office: Office) -> None:
    """Within moments, without anybody asking."""
    ann, bob = office.device("ann"), office.device("bob", "hft-bob")
    assert ann.sync.now() and bob.sync.now()
    ann.Item.create(code="b8", name="Bolt", stock=3)
    until(lambda: bob.names() == {"Bolt"})
    bob.db.first(bob.Item, code="b8").update(stock=bob.Item.stock + 2)
    until(lambda: ann.db.get(ann.Item, "b8").stock == 5)
    assert office.rows()["b8"]["stock"] == 5
    until(lambda: ann.state == bob.state == "synced")


def test_a_row_may_be_larger_than_any_other_message(office: Office) -> None:
    """Somebody's photo: it goes in parts, and comes in one page of its own."""
    ann, bob = office.device("ann"), office.device("bob", "hft-bob")
    photo = os.urandom(6_000_000).hex()
    ann.Item.create(code="b8", name=photo)
    assert ann.sync.now(60)
    assert bob.sync.now(60)
    assert bob.names() == {photo}


def test_now_waits_for_everything(office: Office) -> None:
    """What was written here is there when it returns, and what was written there is here."""
    ann = office.device("ann")
    ann.Item.create(code="b8", name="Bolt")
    office.write(NUT)
    assert ann.sync.now()
    assert set(office.rows()) == {"b8", "n6"}
    assert ann.names() == {"Bolt", "Nut"}


def test_now_does_not_wait_for_who_goes_on_writing(office: Office) -> None:
    """What was written before it was called is in the hub; that is all it promises."""
    ann = office.device("ann")
    assert ann.sync.now()
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.wait(0.002):
            number += 1
            ann.Item.create(code=f"w{number}", name=f"written {number}")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(3):
            ann.Item.create(code=f"b{number}", name=f"Bolt {number}")
            assert ann.sync.now(30)
            assert f"b{number}" in office.rows()
    finally:
        is_over.set()
        writing.join()


def test_what_other_programs_write_into_the_file_is_pushed(office: Office) -> None:
    """The sqlite3 shell on this device is as good as the app."""
    ann = office.device("ann")
    assert ann.sync.now()
    with ann.db.opened().connect() as connection:
        connection.execute("INSERT INTO item (code, name, stock, price) VALUES ('s1', 'Screw', 0, 0)")
    until(lambda: "s1" in office.rows())


def test_a_refused_change_is_in_the_inbox_and_can_be_mended(office: Office) -> None:
    """It holds nothing up; tried again with a better value it goes through."""
    ann = office.device("ann")
    assert ann.sync.now()
    ann.Item.create(code="b8", name="Bolt", price=5000)
    ann.Item.create(code="n6", name="Nut", price=5)
    until(lambda: ann.state == "refused")
    (change,) = ann.sync.refused()
    assert (change.model, change.key, change.code) == ("Item", "b8", "rule")
    assert change.sentence == "Nothing costs more than 1000."
    assert change.values["price"] == 5000
    assert ann.names() == {"Nut"}  # as the hub has it
    with pytest.raises(EntryError, match="price: Expected a whole number"):
        ann.sync.retry(change.id, price="cheap")
    ann.sync.retry(change.id, price="10")
    until(lambda: "b8" in office.rows())
    assert office.rows()["b8"]["price"] == 10
    until(lambda: ann.state == "synced")
    assert ann.sync.refused() == []
    with pytest.raises(EntryError, match="answered already"):
        ann.sync.drop(change.id)


def test_a_refused_change_is_dropped(office: Office) -> None:
    """Then it is as if it had never been."""
    ann = office.device("ann")
    ann.Item.create(code="b8", name="Bolt", price=5000)
    until(lambda: len(ann.sync.refused()) == 1)
    ann.sync.drop(ann.sync.refused()[0].id)
    until(lambda: ann.state == "synced")
    assert (ann.names(), office.rows()) == (set(), {})


# ── without one ───────────────────────────────────────────────────────────────────────────────────


def test_offline_everything_goes_on_and_is_pushed_later(office: Office) -> None:
    """The state says since when, and how much waits."""
    ann = office.device("ann")
    assert ann.sync.now()
    ann.wire.be("cut")
    until(lambda: ann.state == "offline")
    for number in range(5):
        ann.Item.create(code=f"b{number}", name=f"Bolt {number}")
    office.write(NUT)
    until(lambda: ann.sync.status.waiting == 5)
    assert ann.sync.status.since is not None
    assert not ann.sync.now(0.3)
    ann.wire.be("open")
    assert ann.sync.now(30)
    assert len(office.rows()) == len(ann.names()) == 6
    until(lambda: ann.state == "synced")


def test_a_hotel_s_page_is_not_the_hub(office: Office) -> None:
    """It signs nobody out, and its words are taken for nothing."""
    ann = office.device("ann")
    assert ann.sync.now()
    ann.wire.be("portal")
    until(lambda: ann.sync.status.sentence == PORTAL)
    assert ann.state == "offline"
    ann.Item.create(code="b8", name="Bolt")
    ann.wire.be("open")
    assert ann.sync.now()
    assert set(office.rows()) == {"b8"}


def test_where_no_socket_gets_through_posts_do(office: Office) -> None:
    """A proxy that knows no upgrades: both ways, at once, and without asking again and again."""
    ann, bob = office.device("ann"), office.device("bob", "hft-bob")
    ann.wire.be("no sockets")
    assert ann.sync.now() and bob.sync.now()
    bob.Item.create(code="n6", name="Nut")
    until(lambda: ann.names() == {"Nut"}, 5)  # within the long wait of a post
    before = ann.wire.connections
    time.sleep(0.5)
    assert ann.wire.connections - before <= 1
    ann.Item.create(code="b8", name="Bolt")
    until(lambda: bob.names() == {"Nut", "Bolt"}, 5)  # which is broken off for it
    until(lambda: ann.state == "synced")


def test_a_slow_line_is_slow_and_no_more(office: Office) -> None:
    """A download of more than a moment; what is written meanwhile goes out without waiting for its end."""
    office.write(
        *[
            (
                "insert",
                "item",
                f"i{n}",
                {"code": f"i{n}", "name": f"{n} {n * 7919 % 104_729}" * 40, "stock": 0, "price": 0},
            )
            for n in range(4_000)
        ]
    )
    ann = office.device("ann")
    ann.wire.be("slow")
    until(lambda: ann.state == "downloading")
    ann.Item.create(code="b8", name="Bolt")
    until(lambda: "b8" in office.rows())
    assert ann.sync.now(60)
    assert len(ann.names()) == 4_001


def test_whoever_wakes_does_not_wait(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a sleep there is no waiting for the end of the last wait, and no trust in connections from before it."""
    ann = office.device("ann")
    assert ann.sync.now()
    connections = ann.wire.connections
    wall, slept = time.time, 8 * 3600.0
    monkeypatch.setattr(moving(ann), "_wall", lambda: wall() + slept)
    until(lambda: ann.wire.connections > connections, 8)
    until(lambda: ann.state == "synced")


def test_a_network_that_comes_back_is_tried_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the next try would have been a minute later."""
    ann = office.device("ann")
    assert ann.sync.now()
    monkeypatch.setattr(ann.sync._exchange._backoff, "next", lambda: 60.0)  # type: ignore[attr-defined]
    address: list[str | None] = [None]
    monkeypatch.setattr(moving(ann), "_own_address", lambda towards: address[0])
    ann.wire.be("cut")
    until(lambda: ann.state == "offline")
    ann.wire.be("open")
    time.sleep(0.5)
    assert ann.state == "offline"
    address[0] = "192.168.1.3"
    until(lambda: ann.state == "synced", 8)


def test_a_hub_that_ends_and_begins_again_is_found(office: Office) -> None:
    """A restart of the hub costs a moment, and nothing that was written."""
    ann = office.device("ann")
    assert ann.sync.now()
    port = office.server.port
    office.server.stop()
    until(lambda: ann.state == "offline")
    ann.Item.create(code="b8", name="Bolt")
    office.restart(port)
    assert ann.sync.now(30)
    assert set(office.rows()) == {"b8"}


# ── who may ───────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_device_is_signed_out_until_it_has_a_token(office: Office) -> None:
    """It does not ask again and again; what it writes waits."""
    ann = office.device("ann", "hft-nobody")
    ann.Item.create(code="b8", name="Bolt")
    until(lambda: ann.state == "signed out")
    before = ann.wire.connections
    time.sleep(1)
    assert ann.wire.connections == before
    ann.sync.sign_in("hft-ann")
    assert ann.sync.now()
    assert set(office.rows()) == {"b8"}


def test_without_any_token_nobody_is_asked(office: Office) -> None:
    """There is nothing to show to a hub."""
    ann = office.device("ann", None)
    until(lambda: ann.sync.status.state == "signed out")
    assert ann.wire.connections == 0


def test_a_revoked_token_ends_the_connection(office: Office) -> None:
    """Soon, though it was open; and signing out ends it at once."""
    ann = office.device("ann")
    assert ann.sync.now()
    del office.tokens.users["hft-ann"]
    until(lambda: ann.state == "signed out")
    bob = office.device("bob", "hft-bob")
    assert bob.sync.now()
    bob.app.config["HUB_TOKEN"] = None
    bob.sync.sign_out()
    until(lambda: bob.state == "signed out")


def test_a_pause_holds_until_it_is_over(office: Office) -> None:
    """Nothing goes, nothing comes, everything waits."""
    ann = office.device("ann")
    assert ann.sync.now()
    ann.sync.pause()
    until(lambda: ann.state == "paused")
    ann.Item.create(code="b8", name="Bolt")
    office.write(NUT)
    time.sleep(0.3)
    assert (set(office.rows()), ann.names()) == ({"n6"}, {"Bolt"})
    ann.sync.resume()
    until(lambda: set(office.rows()) == {"b8", "n6"} and ann.names() == {"Bolt", "Nut"})


def test_a_redirection_is_not_followed(office: Office) -> None:
    """Wherever it leads to, the token would be shown there."""
    elsewhere = Wire(office.server.port)
    ann = office.device("ann")
    ann.wire.leads_to = elsewhere.port
    ann.wire.be("redirect")
    until(lambda: ann.sync.status.sentence == PORTAL)
    assert elsewhere.connections == 0
    elsewhere.close()


def test_the_token_is_in_no_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Not even in that of somebody who wants to know everything: by socket, by post, refused and accepted."""
    caplog.set_level(logging.DEBUG)
    ann, bob = office.device("ann"), office.device("bob", "hft-stolen")
    assert ann.sync.now()
    ann.wire.be("no sockets")
    assert ann.sync.now()
    until(lambda: bob.state == "signed out")
    logging.getLogger("websockets.client").debug("here one would read hft-something")
    assert (
        caplog.records[-1].getMessage().endswith("hft-something")
    )  # which is to say: nothing is missed here
    caplog.records.pop()
    here = [record for record in caplog.records if not record.name.startswith("uvicorn")]  # the hub's
    assert not [record for record in here if "hft-" in record.getMessage()]


# ── programs ──────────────────────────────────────────────────────────────────────────────────────


def test_of_two_programs_on_one_store_one_exchanges(office: Office, tmp_path: Path) -> None:
    """It does so for both; when it ends, the other goes on."""
    first = office.device("ann")
    assert first.sync.now()
    second = office.device("ann")  # the same folder: the same file
    second.Item.create(code="b8", name="Bolt")
    until(lambda: "b8" in office.rows())
    assert second.wire.connections == 0
    first.close()
    second.Item.create(code="n6", name="Nut")
    until(lambda: "n6" in office.rows())
    assert second.wire.connections == 1


def test_a_short_command_does_not_wait_for_the_hub(office: Office) -> None:
    """Unless it says so: what it has written is pushed by whatever runs next."""
    ann = office.device("ann")
    ann.wire.be("silent")
    ann.app.actions.has_begun = False

    @ann.app.command()
    def add(code: str) -> None:
        ann.Item.create(code=code, name=code)

    @ann.app.command()
    def push() -> bool:
        return ann.sync.now(30)

    runner = ann.app.test_cli_runner()
    before = time.monotonic()
    assert runner.invoke(args=["add", "b8"]).exit_code == 0
    ann.db.close()
    assert time.monotonic() - before < 5
    assert ann.wire.connections == 0
    ann.wire.be("open")
    assert runner.invoke(args=["push"]).output == "true\n"
    assert set(office.rows()) == {"b8"}


def test_closing_does_not_wait_for_a_hub_that_is_silent(office: Office) -> None:
    """A person who closes the last window is not kept."""
    ann = office.device("ann")
    assert ann.sync.now()
    ann.wire.be("silent")
    ann.Item.create(code="b8", name="Bolt")
    time.sleep(0.2)
    before = time.monotonic()
    ann.db.close()
    assert time.monotonic() - before < 6
    assert not [each for each in threading.enumerate() if each.name == "hipflask-sync" and each.is_alive()]


def test_an_app_without_a_hub_has_no_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to get one; an empty HUB_URL is none, whatever the environment says."""
    monkeypatch.setenv("HUB_URL", "https://hub.example.com")
    app = Hipflask("lonely", root_path=str(tmp_path))
    app.config.update(STORE=str(tmp_path / "lonely.sqlite"), HUB_URL=None)
    db = Store(app)
    with pytest.raises(UsageError, match="HUB_URL"):
        _ = db.sync
    db.close()


def test_an_address_in_the_open_is_refused_at_once(tmp_path: Path) -> None:
    """Before anything is sent."""
    app = Hipflask("careless", root_path=str(tmp_path))
    app.config.update(STORE=str(tmp_path / "careless.sqlite"), HUB_URL="http://hub.example.com")
    db = Store(app)
    with pytest.raises(UsageError, match="in the open"):
        _ = db.sync
    db.close()


def test_no_event_loop_is_loaded_for_it() -> None:
    """A command that exchanges has no use for asyncio, nor for a server."""
    code = "import sys, hipflask.sync.replica.sockets, hipflask.sync.replica.posts\nprint('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_app_without_a_hub_loads_nothing_of_it(tmp_path: Path) -> None:
    """Its start is as quick as ever."""
    code = (
        "import sys\nfrom hipflask import Hipflask, Store\napp = Hipflask('lean')\napp.config['STORE'] = sys.argv[1]\n"
        "db = Store(app)\ndb.opened()\nprint([name for name in sys.modules if name.startswith(('hipflask.sync', 'websockets'))])"
    )
    file = str(tmp_path / "lean.sqlite")
    done = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
