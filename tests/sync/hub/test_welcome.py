"""The first word of a replica: who it is, what it has, and whether it can go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from pushers import Shop
from shops import db

from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.download import More
from hipflask.sync.hub.feed import Place
from hipflask.sync.hub.seals import Seal, Seals
from hipflask.sync.messages import PROTOCOL, Hello, Refused, Welcome
from hipflask.sync.parties import Visitor
from hipflask.sync.rules import kinds

FIRST = Hello(PROTOCOL, "", "", kinds(shared_tables(db.metadata)), b"", b"", 0, [])


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Two eras: versions 1 to 9, and from 10 on; 15 is the newest."""
    shop.sql("UPDATE hipflask.state SET version = 15")
    shop.sql("INSERT INTO hipflask.era (name, first) VALUES ('old', 1), ('new', 10)")
    return shop


def said(shop: Shop, hello: Hello, user: str = "ann") -> tuple[Visitor, Welcome]:
    answer = shop.door.welcome(user, hello)
    assert not isinstance(answer, Refused), answer
    return answer


def after(shop: Shop, welcome: Welcome, version: int = 12, era: str = "new", **changes: Any) -> Hello:
    """What a replica says next: with the ticket that it was given, and the seal of a version."""
    seal = shop.seals.seal(Seal(era, version, ("", "team:red"), welcome.replica))
    hello = msgspec.structs.replace(FIRST, replica=welcome.replica, ticket=welcome.ticket, seal=seal)
    return msgspec.structs.replace(hello, **changes)


def test_new(shop: Shop) -> None:
    """Who has no name gets one, and everything from the beginning."""
    visitor, welcome = said(shop, FIRST)
    assert welcome.reset == "first" and welcome.applied == 0
    assert visitor.replica == welcome.replica and visitor.ticket == welcome.ticket
    assert visitor.scopes == frozenset() and visitor.version == 0
    assert "/" not in welcome.replica
    assert said(shop, FIRST)[1].replica != welcome.replica


def test_back_again(shop: Shop) -> None:
    """Who comes back goes on from the seal, under a new ticket each time."""
    _, welcome = said(shop, FIRST)
    for _ in range(4):
        visitor, again = said(shop, after(shop, welcome))
        assert (again.replica, again.reset) == (welcome.replica, "")
        assert again.ticket != welcome.ticket
        assert (visitor.version, visitor.scopes) == (12, frozenset({"", "team:red"}))
        welcome = again


def test_an_answer_that_was_lost(shop: Shop) -> None:
    """The ticket that was shown last is good until one is shown that was given for it."""
    _, first = said(shop, FIRST)
    for _ in range(3):
        _, lost = said(shop, after(shop, first))
        assert lost.reset == ""
    _, welcome = said(shop, after(shop, lost))
    assert (welcome.replica, welcome.reset) == (first.replica, "")
    assert said(shop, after(shop, first))[1].reset == "copied"


def test_hellos_that_cross(shop: Shop) -> None:
    """A hello that is heard late gives a ticket as well, and the one that the device has stays good."""
    _, first = said(shop, FIRST)
    _, heard = said(shop, after(shop, first))
    _, late = said(shop, after(shop, first))
    assert late.ticket != heard.ticket
    assert said(shop, after(shop, heard))[1].reset == ""


def test_a_copied_file(shop: Shop) -> None:
    """Of two copies of a file, the first that shows a ticket of its own keeps the name, and the other gets a new one."""
    _, welcome = said(shop, FIRST)
    _, one = said(shop, after(shop, welcome))
    _, other = said(shop, after(shop, welcome))
    assert one.replica == other.replica
    assert said(shop, after(shop, one))[1].replica == one.replica
    visitor, new = said(shop, after(shop, other))
    assert new.reset == "copied" and new.replica != other.replica
    assert visitor.version == 0 and visitor.replica == new.replica


def test_a_file_that_was_put_back(shop: Shop) -> None:
    """A file from before a push, or from before a checkpoint, that the hub knows of is not what it was."""
    _, welcome = said(shop, FIRST)
    shop.sql("UPDATE hipflask.replica SET applied = 5, had = 12")
    assert said(shop, after(shop, welcome, pushed=4))[1].reset == "copied"
    assert said(shop, after(shop, welcome, pushed=5, version=11))[1].reset == "copied"
    _, again = said(shop, after(shop, welcome, pushed=5))
    assert (again.reset, again.applied, again.replica) == ("", 5, welcome.replica)


def test_another_user(shop: Shop) -> None:
    """A device that somebody else signs in on is another replica: nothing of the first one's is taken for his."""
    _, welcome = said(shop, FIRST)
    visitor, other = said(shop, after(shop, welcome), user="bob")
    assert other.reset == "copied" and other.replica != welcome.replica
    assert visitor.scopes == frozenset()
    assert said(shop, after(shop, welcome))[1].reset == ""


def test_wrong_tickets(shop: Shop) -> None:
    """A name alone lets nobody in under it."""
    _, welcome = said(shop, FIRST)
    for ticket in ("", "wrong", welcome.ticket[:-1], welcome.ticket + "a", "' OR TRUE --", "\0"):
        assert said(shop, after(shop, welcome, ticket=ticket))[1].replica != welcome.replica
    for name in ("wrong", "\0", "'; DROP SCHEMA hipflask CASCADE; --", "a" * 100_000, "@x/y"):
        assert said(shop, after(shop, welcome, replica=name))[1].reset == "copied"


def test_wrong_seals(shop: Shop) -> None:
    """A seal that is not ours, or another replica's, says nothing: everything is sent from the beginning."""
    _, welcome = said(shop, FIRST)
    good = after(shop, welcome).seal
    forged = Seals(b"another secret").seal(Seal("new", 12, ("", "team:blue"), welcome.replica))
    foreign = shop.seals.seal(Seal("new", 12, ("", "team:blue"), "another"))
    for seal in (b"", b"noise", good[:-1], good[:40] + b"x" + good[41:], forged, foreign):
        visitor, answer = said(shop, after(shop, welcome, seal=seal))
        assert answer.reset == "first", seal
        assert visitor.scopes == frozenset() and visitor.version == 0
        welcome = answer


def test_a_restored_hub(shop: Shop) -> None:
    """Versions that were taken back, and eras that nobody knows, are from a time before the hub was restored."""
    _, welcome = said(shop, FIRST)
    for version, era in ((10, "old"), (16, "new"), (3, "unknown")):
        _, welcome = said(shop, after(shop, welcome, version, era))
        assert welcome.reset == "restored"
    assert said(shop, after(shop, welcome, 9, "old"))[1].reset == ""


def test_a_device_that_a_restored_hub_does_not_know(shop: Shop) -> None:
    """It gets a new name, and is told why."""
    _, welcome = said(shop, FIRST)
    shop.sql("DELETE FROM hipflask.replica")
    shop.sql("DELETE FROM hipflask.era WHERE name = 'new'")
    _, answer = said(shop, after(shop, welcome))
    assert answer.reset == "restored" and answer.replica != welcome.replica


def test_away_too_long(shop: Shop) -> None:
    """Who was away for longer than graves are remembered gets everything anew, under the same name."""
    _, welcome = said(shop, FIRST)
    shop.sql("UPDATE hipflask.state SET floor = 11")
    _, answer = said(shop, after(shop, welcome, 9, "old"))
    assert (answer.reset, answer.replica) == ("expired", welcome.replica)
    assert said(shop, after(shop, answer, 11))[1].reset == ""


def test_protocol(shop: Shop) -> None:
    """Who speaks another protocol is told which side is older."""
    for protocol, words in ((PROTOCOL - 1, "update the program"), (PROTOCOL + 1, "update the hub")):
        answer = shop.door.welcome("ann", msgspec.structs.replace(FIRST, protocol=protocol))
        assert isinstance(answer, Refused) and answer.code == "protocol" and words in answer.sentence


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"invoice": {"id": "Uuid"}}, "'invoice'"),
        ({"item": {"colour": "Str"}}, "'colour'"),
        ({"item": {"price": "Decimal(12,2)"}}, "Decimal(12,2) in this program and Int at the hub"),
    ],
    ids=["table", "column", "kind"],
)
def test_schema(shop: Shop, schema: Mapping[str, Any], words: str) -> None:
    """A program that knows more than the hub waits for it; nothing is changed by its having come."""
    answer = shop.door.welcome("ann", msgspec.structs.replace(FIRST, schema=schema))
    assert isinstance(answer, Refused) and answer.code == "schema"
    assert words in answer.sentence and "update the hub first" in answer.sentence.replace(
        "the hub first", "update the hub first"
    )
    assert shop.sql("SELECT count(*) FROM hipflask.replica") == [(0,)]


def test_an_older_program(shop: Shop) -> None:
    """A program that knows fewer tables and columns comes in."""
    assert said(shop, msgspec.structs.replace(FIRST, schema={"item": {"price": "Int"}}))[1].reset == "first"


def broken_off(shop: Shop, welcome: Welcome, *backfill: str, era: str = "new") -> bytes:
    """Where a download broke off."""
    place = Place()
    more = More(welcome.replica, era, 12, 0, (), ("",), backfill, True, 9, 3, place, "")
    return shop.seals.seal(more)


def test_a_download_goes_on(shop: Shop) -> None:
    """A first download that broke off goes on there: it has no seal yet, and is not begun again."""
    _, welcome = said(shop, FIRST)
    more = broken_off(shop, welcome)
    visitor, answer = said(shop, after(shop, welcome, seal=b"", more=more))
    assert (answer.reset, visitor.more, visitor.version) == ("", more, 0)


def test_a_download_that_cannot_go_on(shop: Shop) -> None:
    """Where it is from before the hub was restored, or is nobody's, rows that were taken on the way cannot stay."""
    _, welcome = said(shop, FIRST)
    restored = broken_off(shop, welcome, era="unknown")
    visitor, answer = said(shop, after(shop, welcome, more=restored))
    assert answer.reset == "restored" and visitor.more == b"" and visitor.version == 0
    for more in (b"noise", shop.seals.seal(Seal("new", 12, ("",), welcome.replica))):
        visitor, answer = said(shop, after(shop, answer, more=more))
        assert answer.reset == "first" and visitor.more == b"" and visitor.version == 0


def test_wanted_anew(shop: Shop) -> None:
    """What it wants anew is passed on; a download that began without knowing is begun again."""
    _, welcome = said(shop, FIRST)
    visitor, welcome = said(shop, after(shop, welcome, backfill=["item"]))
    assert visitor.backfill == {"item"} and welcome.reset == ""
    more = broken_off(shop, welcome, "item")
    _, welcome = said(shop, after(shop, welcome, backfill=["item"], more=more))
    assert welcome.reset == ""
    _, welcome = said(shop, after(shop, welcome, backfill=["item", "line"], more=more))
    assert welcome.reset == "first"
