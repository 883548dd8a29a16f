"""ID tokens: Google's own, for us, of the right account, and of today."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from authority import NOW, new_key, signature
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.voice.dialogflow.proving import Doorkeeper, Stranger
from hipflask.surfaces.voice.dialogflow.tokens import BadToken, IdTokens
from hipflask.surfaces.voice.fetching import CannotFetch

AUDIENCE = "https://lineup.example/voice/dialogflow"
ACCOUNT = "service-1@gcp-sa-dialogflow.iam.gserviceaccount.com"

Json = dict[str, Any]


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: Json | None = None, key: str = "google", **claims: Any) -> str:
    """A token of Google's, but for what is said otherwise."""
    now = int(NOW.timestamp())
    content = {
        "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": ACCOUNT, "email_verified": True, "iat": now, "exp": now + 3600,
        **claims,
    }  # fmt: skip
    head = {"alg": "RS256", "kid": "one", "typ": "JWT", **(header or {})}
    signed = f"{encoded(json.dumps(head).encode())}.{encoded(json.dumps(content).encode())}"
    made = base64.b64decode(signature(new_key(key), signed.encode()))
    return f"{signed}.{encoded(made)}"


class Google:
    """What is at the address of Google's keys."""

    def __init__(self) -> None:
        numbers = new_key("google").public_key().public_numbers()
        n, e = (encoded(each.to_bytes((each.bit_length() + 7) // 8)) for each in (numbers.n, numbers.e))
        self.content = json.dumps(
            {"keys": [{"kid": "one", "kty": "RSA", "alg": "RS256", "n": n, "e": e}]}
        ).encode()
        self.fetched = 0

    def __call__(self) -> bytes:
        self.fetched += 1
        return self.content


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def tokens(google: Google) -> IdTokens:
    return IdTokens(AUDIENCE, ACCOUNT, google)


def test_googles_token_is_let_in(tokens: IdTokens, google: Google) -> None:
    """And its keys are fetched once an hour."""
    doorkeeper = Doorkeeper(tokens=tokens)
    for minutes in (0, 30):
        doorkeeper.check(f"Bearer {token()}", NOW + dt.timedelta(minutes=minutes))
    assert google.fetched == 1
    later = NOW + dt.timedelta(minutes=61)
    doorkeeper.check(f"Bearer {token(iat=int(later.timestamp()), exp=int(later.timestamp()) + 60)}", later)
    assert google.fetched == 2


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: token(key="forger"), "not signed by Google"),
        (lambda: token({"kid": "two"}), "none of Google's"),
        (lambda: token({"alg": "none"}), "signed by 'none'"),
        (lambda: token({"alg": "HS256"}), "signed by 'HS256'"),
        (lambda: token(iss="https://accounts.google.com.evil.example"), "not by Google"),
        (lambda: token(aud="https://other.example/"), "not for DIALOGFLOW_AUDIENCE"),
        (lambda: token(email="somebody@gmail.com"), "not of DIALOGFLOW_SERVICE_ACCOUNT"),
        (lambda: token(email_verified=False), "not of DIALOGFLOW_SERVICE_ACCOUNT"),
        (lambda: token(exp=int(NOW.timestamp()) - 120), "expired"),
        (lambda: token(iat=int(NOW.timestamp()) + 120), "from the future"),
        (lambda: token().rpartition(".")[0] + ".", "not signed by Google"),
        (lambda: token().replace(".", ".e30", 1), "cannot be read"),
        (lambda: "a.b", "no token"),
        (lambda: "a.b.c", "cannot be read"),
        (lambda: "." * 2, "cannot be read"),
        (lambda: token() + "A" * 9000, "no token"),
    ],
)  # fmt: skip
def test_any_other_token_is_refused(tokens: IdTokens, made: Callable[[], str], why: str) -> None:
    """Each for its own reason."""
    with pytest.raises(BadToken, match=why):
        tokens.check(made(), NOW)
    with pytest.raises(Stranger):
        Doorkeeper("a secret", tokens=tokens).check(f"Bearer {made()}", NOW)


def test_invented_keys_have_nothing_fetched_over_and_over(tokens: IdTokens, google: Google) -> None:
    """Or anybody could have us call Google all day."""
    for seconds in range(50):
        with pytest.raises(BadToken):
            tokens.check(token({"kid": f"{seconds}"}), NOW + dt.timedelta(seconds=seconds))
    assert google.fetched == 1


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys": [{"kid": 1}]}', b"[]"])
def test_keys_that_make_no_sense_are_a_refusal(google: Google, content: bytes) -> None:
    """Not an error of ours."""
    google.content = content
    with pytest.raises(BadToken, match="keys cannot be fetched"):
        IdTokens(AUDIENCE, ACCOUNT, google).check(token(), NOW)


def test_keys_that_do_not_come_are_a_refusal() -> None:
    """The same."""

    def fail() -> bytes:
        raise CannotFetch("timed out")

    with pytest.raises(BadToken, match="timed out"):
        IdTokens(AUDIENCE, ACCOUNT, fail).check(token(), NOW)


@given(
    st.text(max_size=200)
    | st.lists(st.binary(max_size=30).map(encoded), min_size=3, max_size=3).map(".".join)
)
def test_nothing_that_is_sent_raises_anything_else(text: str) -> None:
    """Whatever it is, it is a stranger's."""
    with pytest.raises(Stranger):
        Doorkeeper(tokens=IdTokens(AUDIENCE, ACCOUNT, Google())).check(f"Bearer {text}", NOW)
