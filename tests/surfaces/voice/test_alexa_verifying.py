"""Forgeries of Alexa's requests: each is one change to a request that is good, and each is refused for its own reason."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from authority import CHAIN_URL, DAY, NOW, Amazon, authority, below, new_key, pem, signature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1
from hypothesis import given
from hypothesis import strategies as st
from voices import SKILL, alexa

from hipflask.surfaces.voice.alexa.reading import open_envelope
from hipflask.surfaces.voice.alexa.verifying import (
    Forged,
    Verifier,
    amazons,
    trusted_roots,
    verified,
)
from hipflask.surfaces.voice.fetching import CannotFetch


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


class Attempt:
    """A request on its way to a skill; the tests change one thing of it."""

    def __init__(self, amazon: Amazon, **request: Any) -> None:
        self.raw = alexa(**request)
        self.body = json.dumps(self.raw).encode()
        self.headers = amazon.headers(self.body)
        self.verifier = Verifier({SKILL}, [amazon.root.certificate], amazon.fetch)

    def check(self, now: dt.datetime = NOW) -> None:
        self.verifier.check(self.headers, self.body, open_envelope(json.loads(self.body)), now)

    def resign(self, key: Any = None) -> None:
        self.body = json.dumps(self.raw).encode()
        self.headers["Signature-256"] = signature(key or new_key("leaf"), self.body)


def test_a_request_of_amazons_is_let_in(amazon: Amazon) -> None:
    """And its chain is fetched once."""
    attempt = Attempt(amazon)
    attempt.check()
    attempt.check()
    assert amazon.fetched == [CHAIN_URL]


# ── certificates ──────────────────────────────────────────────────────────────────────────────────


def _self_made(amazon: Amazon) -> bytes:
    """A forger's own authority, which says the same as Amazon's."""
    forger = below(authority("forger's root"), "forger's intermediate")
    return pem(forger.sign("echo-api.amazon.com"), forger.certificate)


def _self_made_with_its_root(amazon: Amazon) -> bytes:
    root = authority("forger's root")
    return pem(root.sign("echo-api.amazon.com"), root.certificate)


def _self_signed(amazon: Amazon) -> bytes:
    return pem(authority("leaf").certificate)


def _wrong_name(amazon: Amazon) -> bytes:
    return pem(*amazon.chain("echo-api.amazon.com.evil.example"))


def _wildcard(amazon: Amazon) -> bytes:
    return pem(*amazon.chain("*.com"))


def _no_name(amazon: Amazon) -> bytes:
    return pem(*amazon.chain(name="echo-api.amazon.com", key=new_key("leaf")))


def _expired(amazon: Amazon) -> bytes:
    return pem(*amazon.chain("echo-api.amazon.com", begins=NOW - 3 * DAY, ends=NOW - DAY))


def _not_yet(amazon: Amazon) -> bytes:
    return pem(*amazon.chain("echo-api.amazon.com", begins=NOW + DAY, ends=NOW + 2 * DAY))


def _without_intermediate(amazon: Amazon) -> bytes:
    return pem(amazon.chain("echo-api.amazon.com")[0])


def _signed_by_a_leaf(amazon: Amazon) -> bytes:
    """Somebody with any certificate of the same authority signs one for Amazon's name."""
    theirs = amazon.intermediate.sign("evil.example", key=new_key("evil"), name="evil")
    fake = type(amazon.root)(new_key("evil"), theirs).sign("echo-api.amazon.com")
    return pem(fake, theirs, amazon.intermediate.certificate)


def _expired_intermediate(amazon: Amazon) -> bytes:
    key = new_key("old intermediate")
    old = amazon.root.sign(key=key, is_authority=True, name="old", begins=NOW - 9 * DAY, ends=NOW - DAY)
    return pem(type(amazon.root)(key, old).sign("echo-api.amazon.com"), old)


@pytest.mark.parametrize(
    "chain",
    [
        _self_made, _self_made_with_its_root, _self_signed, _wrong_name, _wildcard, _no_name, _expired, _not_yet,
        _without_intermediate, _signed_by_a_leaf, _expired_intermediate,
    ],
)  # fmt: skip
def test_certificates_that_lead_nowhere_are_refused(amazon: Amazon, chain: Callable[[Amazon], bytes]) -> None:
    """Although the signature is good by them."""
    attempt = Attempt(amazon)
    amazon.chains[CHAIN_URL] = chain(amazon)
    with pytest.raises(Forged, match="certificates cannot be trusted"):
        attempt.check()


@pytest.mark.parametrize(
    "content", [b"", b"not found", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(amazon: Amazon, content: bytes) -> None:
    """Whatever is at the address."""
    attempt = Attempt(amazon)
    amazon.chains[CHAIN_URL] = content
    with pytest.raises(Forged, match="is none"):
        attempt.check()


def test_another_kind_of_key_is_refused(amazon: Amazon) -> None:
    """Amazon signs with RSA."""
    key = ec.generate_private_key(ec.SECP256R1())
    attempt = Attempt(amazon)
    amazon.chains[CHAIN_URL] = pem(*amazon.chain("echo-api.amazon.com", key=key))
    attempt.resign(key)
    with pytest.raises(Forged, match="key is none that Amazon uses"):
        attempt.check()


def test_certificates_that_do_not_come_are_a_refusal(amazon: Amazon) -> None:
    """Not an error of ours."""

    def fail(url: str) -> bytes:
        raise CannotFetch("timed out")

    attempt = Attempt(amazon)
    attempt.verifier = Verifier({SKILL}, [amazon.root.certificate], fail)
    with pytest.raises(Forged, match="cannot be fetched: timed out"):
        attempt.check()


def test_a_chain_is_believed_no_longer_than_it_is_valid(amazon: Amazon) -> None:
    """Nor longer than a day: then it is fetched anew."""
    hour = dt.timedelta(hours=1)
    amazon.chains[CHAIN_URL] = pem(*amazon.chain("echo-api.amazon.com", ends=NOW + hour))
    attempt = Attempt(amazon)
    attempt.check()
    late = NOW + hour + dt.timedelta(seconds=1)
    attempt.raw["request"]["timestamp"] = late.isoformat()
    attempt.resign()
    with pytest.raises(Forged, match="cannot be trusted"):
        attempt.check(late)
    assert len(amazon.fetched) == 2


def test_only_so_many_chains_are_kept(amazon: Amazon) -> None:
    """Addresses are somebody else's choice, and memory is ours."""
    attempt = Attempt(amazon)
    for number in range(30):
        url = f"https://s3.amazonaws.com/echo.api/{number}.pem"
        amazon.chains[url] = amazon.chains[CHAIN_URL]
        attempt.headers["SignatureCertChainUrl"] = url
        attempt.check()
    assert len(attempt.verifier._keys) <= 8


def test_the_roots_are_those_of_browsers() -> None:
    """Amazon's own among them; reading them warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trusted_roots.cache_clear()
        names = {root.subject.rfc4514_string() for root in trusted_roots()}
    assert any("Amazon Root CA 1" in name for name in names)
    assert any("Starfield" in name for name in names)
    assert len(names) > 50


def test_a_self_made_chain_does_not_lead_to_those_roots(amazon: Amazon) -> None:
    """The roots that are used where nobody says otherwise."""
    with pytest.raises(Forged, match="cannot be trusted"):
        verified(list(amazon.chain("echo-api.amazon.com")), trusted_roots(), NOW)


# ── the address of the certificates ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        CHAIN_URL,
        "https://s3.amazonaws.com:443/echo.api/echo-api-cert-12.pem",
        "HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert-12.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert-12.pem",
        "https://s3.amazonaws.com/other/../echo.api/./echo-api-cert-12.pem",
    ],
)
def test_amazons_address_however_it_is_written(url: str) -> None:
    """What is fetched is the plain form of it."""
    assert amazons(url) == CHAIN_URL


@pytest.mark.parametrize(
    "url",
    [
        "http://s3.amazonaws.com/echo.api/cert.pem",
        "https://notamazon.com/echo.api/cert.pem",
        "https://s3.amazonaws.com.evil.example/echo.api/cert.pem",
        "https://evil-s3.amazonaws.com/echo.api/cert.pem",
        "https://s3.amazonaws.com@evil.example/echo.api/cert.pem",
        "https://evil.example@s3.amazonaws.com/echo.api/cert.pem",
        "https://s3.amazonaws.com:563/echo.api/cert.pem",
        "https://s3.amazonaws.com:x/echo.api/cert.pem",
        "https://s3.amazonaws.com/EcHo.aPi/cert.pem",
        "https://s3.amazonaws.com/invalid.path/cert.pem",
        "https://s3.amazonaws.com/echo.api/../evil/cert.pem",
        "https://s3.amazonaws.com/echo.api/%2e%2e/evil/cert.pem",
        "https://s3.amazonaws.com/echo.api/..%2fevil/cert.pem",
        "https://s3.amazonaws.com/echo.api\\..\\evil\\cert.pem",
        "https://s3.amazonaws.com/echo.api/..\\evil.pem",
        "https://s3.amazonaws.com//echo.api/cert.pem",
        "https://s3.amazonaws.com/echo.apievil/cert.pem",
        "https://s3.amazonaws.com/echo.api",
        "https://s3.amazonaws.com/echo.api/cert.pem?versionId=evil",
        "https://s3.amazonaws.com/echo.api/cert.pem#evil",
        "https://[::1/echo.api/cert.pem",
        "file:///echo.api/cert.pem",
        "//s3.amazonaws.com/echo.api/cert.pem",
        "/echo.api/cert.pem",
        "echo.api",
    ],
)
def test_an_address_that_is_not_amazons_is_not_even_visited(amazon: Amazon, url: str) -> None:
    """By no trick with hosts, ports, paths, case or users."""
    attempt = Attempt(amazon)
    amazon.chains[url] = amazon.chains[CHAIN_URL]
    attempt.headers["SignatureCertChainUrl"] = url
    with pytest.raises(Forged, match=r"not Amazon's address|is no address"):
        attempt.check()
    assert not amazon.fetched


@given(st.text(max_size=40) | st.from_regex(r"https://s3\.amazonaws\.com[:/\\.%@?#a-z0-9]{0,30}"))
def test_whatever_the_address_what_is_fetched_is_amazons(url: str) -> None:
    """Or nothing is."""
    try:
        found = amazons(url)
    except Forged:
        return
    assert found.startswith("https://s3.amazonaws.com/echo.api/")
    assert ".." not in found.split("/")


# ── signature, time, skill ────────────────────────────────────────────────────────────────────────


def test_a_changed_body_is_refused(amazon: Amazon) -> None:
    """One letter is enough."""
    attempt = Attempt(amazon, locale="en-US")
    attempt.body = attempt.body.replace(b"en-US", b"en-GB")
    with pytest.raises(Forged, match="not that of this body"):
        attempt.check()


@pytest.mark.parametrize("key", ["intermediate", "evil"])
def test_a_signature_by_another_key_is_refused(amazon: Amazon, key: str) -> None:
    """Be it one of the same authority."""
    attempt = Attempt(amazon)
    attempt.resign(new_key(key))
    with pytest.raises(Forged, match="not that of this body"):
        attempt.check()


def test_the_old_signature_is_not_taken(amazon: Amazon) -> None:
    """Amazon still sends one with SHA-1, which can be forged."""
    attempt = Attempt(amazon)
    attempt.headers["Signature-256"] = signature(new_key("leaf"), attempt.body, SHA1())
    with pytest.raises(Forged, match="not that of this body"):
        attempt.check()


@pytest.mark.parametrize("given", ["not base64!", "AAAA", "é", "=" * 10])
def test_what_is_no_signature_is_refused(amazon: Amazon, given: str) -> None:
    """Whatever it is."""
    attempt = Attempt(amazon)
    attempt.headers["Signature-256"] = given
    with pytest.raises(Forged, match="not that of this body"):
        attempt.check()


@pytest.mark.parametrize("name", ["SignatureCertChainUrl", "Signature-256"])
def test_without_its_headers_it_is_refused(amazon: Amazon, name: str) -> None:
    """Nothing is fetched for it."""
    attempt = Attempt(amazon)
    attempt.headers[name] = ""
    with pytest.raises(Forged, match=f"no {name} header"):
        attempt.check()
    assert not amazon.fetched


@pytest.mark.parametrize("seconds", [-151, -3600, 151, 3600])
def test_a_stale_or_future_request_is_refused(amazon: Amazon, seconds: int) -> None:
    """Though Amazon has signed it once."""
    attempt = Attempt(amazon, timestamp=(NOW + dt.timedelta(seconds=seconds)).isoformat())
    with pytest.raises(Forged, match="It was made at"):
        attempt.check()


@pytest.mark.parametrize("seconds", [-149, 0, 149])
def test_a_fresh_request_is_let_in(amazon: Amazon, seconds: int) -> None:
    """Clocks differ a little."""
    Attempt(amazon, timestamp=(NOW + dt.timedelta(seconds=seconds)).isoformat()).check()


@pytest.mark.parametrize("timestamp", ["", "yesterday", 10**30, "2026-11-23T99:00:00Z"])
def test_a_request_without_a_time_is_refused(amazon: Amazon, timestamp: Any) -> None:
    """It may be any age."""
    with pytest.raises(Forged, match="no timestamp"):
        Attempt(amazon, timestamp=timestamp).check()


def test_milliseconds_are_a_time_too(amazon: Amazon) -> None:
    """Some of the player's requests have them."""
    Attempt(amazon, timestamp=int(NOW.timestamp() * 1000)).check()


def test_what_happens_to_a_skill_may_be_told_within_an_hour(amazon: Amazon) -> None:
    """But nothing else may."""
    then = (NOW - dt.timedelta(minutes=59)).isoformat()
    attempt = Attempt(amazon)
    attempt.raw["request"] |= {"type": "AlexaSkillEvent.SkillEnabled", "timestamp": then}
    attempt.resign()
    attempt.check()
    attempt.raw["request"]["timestamp"] = (NOW - dt.timedelta(minutes=61)).isoformat()
    attempt.resign()
    with pytest.raises(Forged, match="It was made at"):
        attempt.check()


@pytest.mark.parametrize("places", [("session", "System"), ("session",), ("System",)])
def test_a_request_for_another_skill_is_refused(amazon: Amazon, places: tuple[str, ...]) -> None:
    """In either of the places that name it; nothing is fetched for it."""
    attempt = Attempt(amazon)
    other = {"applicationId": "amzn1.ask.skill.other"}
    if "session" in places:
        attempt.raw["session"]["application"] = other
    if "System" in places:
        attempt.raw["context"]["System"]["application"] = other
    attempt.resign()
    with pytest.raises(Forged, match="which is not ALEXA_SKILL_ID"):
        attempt.check()
    assert not amazon.fetched


def test_a_request_for_no_skill_is_refused(amazon: Amazon) -> None:
    """It names none."""
    attempt = Attempt(amazon)
    del attempt.raw["session"], attempt.raw["context"]
    attempt.resign()
    with pytest.raises(Forged, match="no skill"):
        attempt.check()
