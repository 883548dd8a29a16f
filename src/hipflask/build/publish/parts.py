"""What signing needs of others' libraries, in one place: The Update Framework and its keys."""

from __future__ import annotations

from ...core.errors import MissingPart

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )
    from securesystemslib.exceptions import KeyMismatchError
    from securesystemslib.signer import CryptoSigner, Key, SSlibKey  # type: ignore[attr-defined]
    from tuf.api.exceptions import RepositoryError
    from tuf.api.metadata import (  # type: ignore[attr-defined]
        Metadata,
        MetaFile,
        Root,
        Snapshot,
        TargetFile,
        Targets,
        Timestamp,
    )
    from tuf.api.serialization.json import JSONSerializer
except ImportError as error:
    raise MissingPart(
        f"Signing releases needs what is not installed here ({error.name}). "
        'Run: pip install "hipflask[build]", and use that environment.'
    ) from error

__all__ = [
    "BestAvailableEncryption",
    "CryptoSigner",
    "Ed25519PrivateKey",
    "Encoding",
    "JSONSerializer",
    "Key",
    "KeyMismatchError",
    "MetaFile",
    "Metadata",
    "NoEncryption",
    "PrivateFormat",
    "RepositoryError",
    "Root",
    "SSlibKey",
    "Snapshot",
    "TargetFile",
    "Targets",
    "Timestamp",
    "UnsupportedAlgorithm",
    "load_pem_private_key",
]
