"""Whether it was Amazon who sent a request, and to this skill: everything that Amazon requires, the cheap checks first.

    headers there → the skill is ours → asked just now → the certificate's address is Amazon's
        → its chain leads to a trusted root, is valid today and names echo-api.amazon.com → the signature is that of this body

What Amazon requires: https://developer.amazon.com/en-US/docs/alexa/custom-skills/host-a-custom-skill-as-a-web-service.html.

Nothing is fetched for a request that does not even know the skill's id, and a chain that was found good is kept for a day at most.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import posixpath
import re
import warnings
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from urllib.parse import quote, unquote, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ....core.errors import MissingPart
from ..fetching import CannotFetch, fetch
from .reading import Envelope

HEADERS = CHAIN_URL, SIGNATURE = "SignatureCertChainUrl", "Signature-256"
SPEAKER = "echo-api.amazon.com"
TOLERANCE = timedelta(seconds=150)
# What happens to a skill, such as being enabled, is told when there is time.
EVENT_TOLERANCE = timedelta(hours=1)

_HOST, _PATH, _PORT = "s3.amazonaws.com", "/echo.api/", 443
_KEPT_CHAINS = 8
_KEPT_FOR = timedelta(days=1)
_CHAIN_LIMIT = 64 * 1024  # bytes


class Forged(Exception):
    """Not Amazon's, or not meant for this skill; the message is for the log."""


@dataclass(frozen=True)
class _Key:
    """What a chain was found to say, and until when that is believed."""

    public: RSAPublicKey
    until: datetime


class Verifier:
    """Tells Amazon's requests from all others."""

    def __init__(
        self,
        skill_ids: Collection[str],
        roots: Sequence[x509.Certificate] | None = None,
        fetch_chain: Callable[[str], bytes] | None = None,
    ) -> None:
        self._skill_ids = frozenset(skill_ids)
        self._roots = roots
        self._fetch = fetch_chain or _fetch
        self._keys: OrderedDict[str, _Key] = OrderedDict()
        self._lock = Lock()

    def check(
        self, headers: Mapping[str, str], body: bytes, envelope: Envelope, now: datetime | None = None
    ) -> None:
        """Raise Forged unless the request is Amazon's, for this skill, and new."""
        now = now or datetime.now(UTC)
        url, signature = headers.get(CHAIN_URL), headers.get(SIGNATURE)
        if not url or not signature:
            raise Forged(f"There is no {SIGNATURE if url else CHAIN_URL} header.")
        check_skill(envelope, self._skill_ids)
        check_time(envelope, now)
        key = self._key(amazons(url), now)
        try:
            key.verify(base64.b64decode(signature, validate=True), body, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            raise Forged("The signature is not that of this body.") from None

    def _key(self, url: str, now: datetime) -> RSAPublicKey:
        with self._lock:
            kept = self._keys.get(url)
        if kept is None or now >= kept.until:
            kept = self._read(url, now)
            with self._lock:
                self._keys[url] = kept
                while len(self._keys) > _KEPT_CHAINS:
                    self._keys.popitem(last=False)
        return kept.public

    def _read(self, url: str, now: datetime) -> _Key:
        try:
            chain = x509.load_pem_x509_certificates(self._fetch(url))
        except CannotFetch as error:
            raise Forged(f"The certificates cannot be fetched: {error}") from None
        except ValueError:
            raise Forged("What is at the certificates' address is none.") from None
        return verified(chain, self._roots or trusted_roots(), now)


def check_skill(envelope: Envelope, skill_ids: Collection[str]) -> None:
    """Raise Forged for a request to another skill."""
    meant = envelope.skill_ids
    if len(meant) != 1 or not any(
        hmac.compare_digest(each.encode(), known.encode()) for each in meant for known in skill_ids
    ):
        raise Forged(
            f"It is meant for {' and '.join(sorted(meant)) or 'no skill'!r}, which is not ALEXA_SKILL_ID."
        )


def check_time(envelope: Envelope, now: datetime) -> None:
    """Raise Forged for a request that is old, and so may have been sent before by somebody else; or that comes from the future."""
    asked = envelope.time
    if asked is None:
        raise Forged("It has no timestamp that can be read.")
    is_event = envelope.request.type.startswith("AlexaSkillEvent.")
    if abs(now - asked) > (EVENT_TOLERANCE if is_event else TOLERANCE):
        raise Forged(
            f"It was made at {asked:%Y-%m-%d %H:%M:%S} UTC, and it is {now:%Y-%m-%d %H:%M:%S} UTC now."
        )


def amazons(url: str) -> str:
    """The address of Amazon's that is meant, with all tricks taken out; raises Forged if it is another's."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forged(f"{url!r} is no address.") from None
    path = posixpath.normpath(unquote(parts.path))
    is_amazons = (
        parts.scheme.lower() == "https"
        and (parts.hostname or "") == _HOST
        and port in (None, _PORT)
        and parts.username is None
        and path.startswith(_PATH)
        and "\\" not in path
        and not (parts.query or parts.fragment)
    )
    if not is_amazons:
        raise Forged(f"The certificates are to come from {url!r}, which is not Amazon's address.")
    return f"https://{_HOST}{quote(path)}"


def verified(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime) -> _Key:
    """The key of a chain that leads from Amazon's speaker to a root; raises Forged."""
    policy = PolicyBuilder().store(Store(list(roots))).time(now.replace(tzinfo=None))
    try:
        found = policy.build_server_verifier(x509.DNSName(SPEAKER)).verify(chain[0], list(chain[1:]))
    except (
        VerificationError,
        ValueError,
    ) as error:  # ValueError: a certificate that breaks the rules of its form
        raise Forged(f"The certificates cannot be trusted: {error}") from None
    public = chain[0].public_key()
    if not isinstance(public, RSAPublicKey):
        raise Forged("The certificate's key is none that Amazon uses.")
    ends = min(certificate.not_valid_after_utc for certificate in found)
    return _Key(public, min(ends, now + _KEPT_FOR))


@cache
def trusted_roots() -> tuple[x509.Certificate, ...]:
    """The roots that browsers trust."""
    try:
        import certifi
    except ImportError:
        raise MissingPart(
            'The roots that certificates have to lead to are those of certifi: pip install "hipflask[voice]".'
        ) from None
    blocks = re.findall(
        rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Path(certifi.where()).read_bytes(), re.S
    )
    with warnings.catch_warnings():  # one old root has a number that it should not have
        warnings.simplefilter("ignore")
        return tuple(certificate for block in blocks if (certificate := _certificate(block)))


def _certificate(block: bytes) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(block)
    except ValueError:  # what cryptography does not read, it cannot trust
        return None


def _fetch(url: str) -> bytes:
    return fetch(url, limit=_CHAIN_LIMIT)
