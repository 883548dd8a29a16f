"""Tokens: who is signed in by one, until when, and what is kept of it."""

from __future__ import annotations

import contextlib
import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from pushers import Shop

from hipflask.core.errors import EntryError
from hipflask.sync.hub import tokens as tokens_module
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.token_commands import token as group
from hipflask.sync.hub.tokens import PREFIX, Tokens

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(shop: Shop) -> Database:
    return shop.database


@pytest.fixture
def tokens(database: Database) -> Tokens:
    return Tokens(database)


def test_issued(tokens: Tokens) -> None:
    """Who has a token is signed in as its user, and is seen to have been there."""
    token = tokens.issue("ann", "laptop")
    assert token.startswith(PREFIX) and len(token) >= len(PREFIX) + 43  # 256 bits
    assert tokens.all()[0].used is None
    assert tokens.signed_in(token) == "ann"
    (known,) = tokens.all()
    assert (known.user, known.device, known.state) == ("ann", "laptop", "good")
    assert known.used is not None


def test_nobodys(tokens: Tokens) -> None:
    """What was made up signs nobody in, however it looks; neither does SQL."""
    good = tokens.issue("ann")
    for wrong in (
        "",
        PREFIX,
        good[:-1],
        good + "a",
        good.swapcase(),
        good.removeprefix(PREFIX),
        f"{PREFIX}' OR TRUE --",
        f"{PREFIX}\0",
        f"{PREFIX}\ud800",
        PREFIX + "a" * 1_000_000,
    ):
        assert tokens.signed_in(wrong) is None


def test_hashed_at_rest(tokens: Tokens, database: Database) -> None:
    """Nobody can sign in with what stands in the database."""
    token = tokens.issue("ann")
    with database.connection() as connection:
        (row,) = connection.execute("SELECT t::text, hash FROM hipflask.token t").fetchall()
    assert token not in row[0] and token.removeprefix(PREFIX) not in row[0]
    assert bytes(row[1]) == hashlib.sha256(token.encode()).digest()
    assert tokens.signed_in(PREFIX + bytes(row[1]).hex()) is None


def test_revoked_while_signed_in(tokens: Tokens, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revocation in another process counts within five seconds: an answer is remembered no longer than that."""
    assert tokens_module.FRESH_SECONDS < 5
    monkeypatch.setattr(tokens_module, "FRESH_SECONDS", 0.2)
    token = tokens.issue("ann")
    assert tokens.signed_in(token) == "ann"
    another = Tokens(database)
    another.revoke(another.all()[0].id)
    assert tokens.signed_in(token) == "ann"  # the answer is fresh: no query
    time.sleep(0.25)
    assert tokens.signed_in(token) is None


def test_revoked_here(tokens: Tokens) -> None:
    """In the process that revokes it, a token is forgotten at once; it stays revoked since then."""
    token = tokens.issue("ann")
    assert tokens.signed_in(token) == "ann"
    revoked = tokens.revoke(tokens.all()[0].id)
    assert tokens.signed_in(token) is None
    assert tokens.revoke(revoked.id).revoked == revoked.revoked
    assert tokens.all()[0].state == "revoked"


def test_expired(tokens: Tokens) -> None:
    """A token ends by itself."""
    old = tokens.issue("ann", expires=LONG_AGO)
    coming = tokens.issue("ann", expires=datetime.now(UTC) + timedelta(hours=1))
    assert tokens.signed_in(old) is None
    assert tokens.signed_in(coming) == "ann"
    assert [each.state for each in tokens.all()] == ["expired", "good"]
    tokens.expire(tokens.all()[1].id, LONG_AGO)
    assert tokens.signed_in(coming) is None


def test_good(tokens: Tokens) -> None:
    """Of many tokens, those that are good now are found with one query, whatever was remembered."""
    good, bad, old = tokens.issue("ann"), tokens.issue("bob"), tokens.issue("cy", expires=LONG_AGO)
    assert tokens.signed_in(bad) == "bob"
    tokens.revoke(tokens.all("bob")[0].id)
    assert tokens.good([good, bad, old, "hft_wrong", "'; DROP TABLE hipflask.token"]) == {good}
    assert tokens.good([]) == set()


def test_wrong_entries(tokens: Tokens) -> None:
    """A token without a user, a moment without a zone and an unknown id are refused in a sentence."""
    with pytest.raises(EntryError, match="a user"):
        tokens.issue(" ")
    with pytest.raises(EntryError, match="zone"):
        tokens.issue("ann", expires=datetime(2027, 1, 1))
    with pytest.raises(EntryError, match="zone"):
        tokens.expire("00", datetime(2027, 1, 1))
    with pytest.raises(EntryError, match="no token '00'"):
        tokens.revoke("00")


def test_memory_is_bounded(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sign in, no more than so many are remembered."""
    monkeypatch.setattr(tokens_module, "_MOST_REMEMBERED", 2)
    made = [tokens.issue(user) for user in ("ann", "bob", "cy")]
    assert [tokens.signed_in(token) for token in made] == ["ann", "bob", "cy"]
    assert len(tokens._remembered) <= 2


def run(database: Database, *arguments: str) -> Any:
    return CliRunner().invoke(group, arguments, obj=lambda: contextlib.nullcontext(database))


def test_commands(database: Database, tokens: Tokens) -> None:
    """By hand: issue shows the token alone, so that a script can take it; list, expire and revoke never do."""
    issued = run(database, "issue", "ann", "--device", "laptop", "--expires", "2999-01-31")
    assert issued.exit_code == 0, issued.output
    token = issued.stdout.strip()
    assert tokens.signed_in(token) == "ann"
    assert "shown only now" in issued.stderr

    (known,) = tokens.all()
    listed = run(database, "list")
    assert known.id in listed.output and "ann" in listed.output and "laptop" in listed.output
    assert "good" in listed.output and "2999-01-31" in listed.output
    assert token not in listed.output

    assert "expired" in run(database, "expire", known.id, "2020-01-31T18:00").output
    assert Tokens(database).signed_in(token) is None
    assert "revoked" in run(database, "revoke", known.id).output
    assert "none yet" in run(database, "list", "--user", "bob").output


def test_wrong_commands(database: Database) -> None:
    """What is wrong is said in a sentence, without a traceback."""
    for arguments, words in (
        (("issue", "ann", "--expires", "soon"), "such as 2027-01-31"),
        (("revoke", "zz"), "no token 'zz'"),
        (("expire", "zz", "2027-01-31"), "no token 'zz'"),
        (("issue", " "), "somebody's"),
    ):
        result = run(database, *arguments)
        assert result.exit_code != 0 and words in result.output
        assert isinstance(result.exception, SystemExit)
