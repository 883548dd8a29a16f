"""Who is let in at the hub's door, and how often one may try."""

from __future__ import annotations

import pytest
from tinyhub import TinyTokens

from hipflask.sync.hub.asgi import address_of
from hipflask.sync.hub.door import FAILURES_AT_ONCE, SECONDS_PER_FAILURE, Door, Guest, NotLetIn


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens() -> TinyTokens:
    return TinyTokens()


@pytest.fixture
def door(tokens: TinyTokens, clock: Clock) -> Door:
    return Door(tokens, clock)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def status(met: Guest | NotLetIn) -> int:
    return 200 if isinstance(met, Guest) else met.status


def test_a_token_says_who_it_is(door: Door) -> None:
    """However the word "Bearer" is written; and a guest does not show his token."""
    met = door.enter("here", {"authorization": "bearer  hft_ann "})
    assert met == Guest("ann", "hft_ann") and "hft" not in repr(met)


def test_after_ten_wrong_tokens_an_address_waits(door: Door, clock: Clock, tokens: TinyTokens) -> None:
    """And gets one try back every six seconds."""
    tries = [status(door.enter("here", bearer(f"no{number}"))) for number in range(FAILURES_AT_ONCE + 3)]
    assert tries == [401] * FAILURES_AT_ONCE + [429] * 3
    assert tokens.asked == FAILURES_AT_ONCE
    met = door.enter("here", bearer("no"))
    assert isinstance(met, NotLetIn) and 0 < met.retry_after <= SECONDS_PER_FAILURE
    clock.now += SECONDS_PER_FAILURE
    assert [status(door.enter("here", bearer("no"))) for _ in range(2)] == [401, 429]
    clock.now += SECONDS_PER_FAILURE * FAILURES_AT_ONCE
    assert status(door.enter("here", bearer("no"))) == 401


def test_other_addresses_do_not_wait(door: Door) -> None:
    """One that fails is nobody else's fault."""
    for number in range(FAILURES_AT_ONCE + 1):
        door.enter("here", bearer(f"no{number}"))
    assert status(door.enter("there", bearer("no"))) == 401


def test_who_was_let_in_lately_need_not_wait(door: Door, tokens: TinyTokens) -> None:
    """A whole office has one address; a revoked token counts as unknown again."""
    assert status(door.enter("office", bearer("hft_ann"))) == 200
    for number in range(FAILURES_AT_ONCE + 1):
        door.enter("office", bearer(f"no{number}"))
    assert status(door.enter("office", bearer("hft_ann"))) == 200
    assert status(door.enter("office", bearer("hft_bob"))) == 429
    del tokens.users["hft_ann"]
    assert [status(door.enter("office", bearer("hft_ann"))) for _ in range(2)] == [401, 429]


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "hft_ann", "Bearer hft_änn"]
)
def test_what_is_no_token_is_not_looked_up(door: Door, tokens: TinyTokens, authorization: str) -> None:
    """Nobody has to be asked about it."""
    assert status(door.enter("here", {"authorization": authorization})) == 401
    assert tokens.asked == 0


def test_a_page_in_a_browser_is_not_let_in_with_a_good_token(door: Door, tokens: TinyTokens) -> None:
    """Before the token is looked at."""
    assert status(door.enter("here", {**bearer("hft_ann"), "origin": "http://127.0.0.1"})) == 403
    assert tokens.asked == 0


def test_behind_a_proxy_the_address_is_what_the_proxy_saw() -> None:
    """What a client puts into the header itself stands before it; without a proxy the header means nothing."""
    scope = {"client": ("10.0.0.1", 4711)}
    headers = {"x-forwarded-for": "1.2.3.4, 5.6.7.8"}
    assert address_of(scope, headers, is_behind_proxy=True) == "5.6.7.8"
    assert address_of(scope, {}, is_behind_proxy=True) == "10.0.0.1"
    assert address_of(scope, headers, is_behind_proxy=False) == "10.0.0.1"
