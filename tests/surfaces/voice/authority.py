"""A certificate authority of the tests' own, and what it signs: a small true double of Amazon's."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = dt.datetime(2026, 11, 23, 10, 0, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CHAIN_URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem"


@cache
def new_key(name: str) -> rsa.RSAPrivateKey:
    """One key for each name: making them takes longer than all else here."""
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Authority:
    """Who signs certificates, and its own."""

    key: Any
    certificate: x509.Certificate

    def sign(
        self,
        *hosts: str,
        key: Any = None,
        begins: dt.datetime = NOW - DAY,
        ends: dt.datetime = NOW + DAY,
        is_authority: bool = False,
        name: str = "leaf",
    ) -> x509.Certificate:
        """A certificate for these hosts, or for another authority."""
        public = (key or new_key(name)).public_key()
        builder = _begin(name, self.certificate.subject, public, begins, ends, is_authority)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        if not is_authority:
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
            )
        return builder.sign(self.key, SHA256())


def authority(name: str) -> Authority:
    """A root that has signed itself."""
    key = new_key(name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _begin(name, subject, key.public_key(), NOW - 100 * DAY, NOW + 100 * DAY, True)
    return Authority(key, builder.sign(key, SHA256()))


def below(parent: Authority, name: str) -> Authority:
    """An authority that another has signed."""
    key = new_key(name)
    certificate = parent.sign(key=key, is_authority=True, name=name)
    return Authority(key, certificate)


def _begin(
    name: str, issuer: x509.Name, public: Any, begins: dt.datetime, ends: dt.datetime, is_authority: bool
) -> x509.CertificateBuilder:
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, **usage
            ),
            critical=True,
        )
    )


def pem(*chain: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in chain)


def signature(key: Any, body: bytes, hash: SHA1 | SHA256 | None = None) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return base64.b64encode(key.sign(body, ec.ECDSA(SHA256()))).decode()
    return base64.b64encode(key.sign(body, PKCS1v15(), hash or SHA256())).decode()


class Amazon:
    """Root, intermediate and leaf as Amazon has them, and its bucket of chains."""

    def __init__(self) -> None:
        self.root = authority("root")
        self.intermediate = below(self.root, "intermediate")
        self.chains = {CHAIN_URL: pem(*self.chain("echo-api.amazon.com"))}
        self.fetched: list[str] = []

    def chain(self, *hosts: str, **how: Any) -> Sequence[x509.Certificate]:
        return [self.intermediate.sign(*hosts, **how), self.intermediate.certificate]

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        return self.chains[url]

    def headers(self, body: bytes, url: str = CHAIN_URL, key: Any = None) -> dict[str, str]:
        return {"SignatureCertChainUrl": url, "Signature-256": signature(key or new_key("leaf"), body)}
