"""Private keys in files: made, written so that nobody else reads them, and opened again.

A key is Ed25519, in a PEM file called after its role and the first digits of its public identifier: "root-5f2b8c1d.pem".
With a passphrase the file is of no use to who finds it. What PEM itself makes of a passphrase costs a guesser next to nothing
(2,048 rounds of SHA-256), so that the passphrase goes through scrypt first; the salt stands in the line above the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ...core.errors import BuildError
from .parts import (
    BestAvailableEncryption,
    CryptoSigner,
    Ed25519PrivateKey,
    Encoding,
    Key,
    KeyMismatchError,
    NoEncryption,
    PrivateFormat,
    SSlibKey,
    UnsupportedAlgorithm,
    load_pem_private_key,
)

# How a passphrase is had: what for ("root-5f2b8c1d.pem"), and whether it is being chosen, which asks for it twice.
Ask = Callable[[str, bool], str]
SHORTEST = 8
_SALT = b"hipflask-scrypt: "


def make(folder: Path, role: str, passphrase: Callable[[str], str] | None) -> CryptoSigner:
    """A new key, written into a folder; `passphrase` is asked for one by the file's name, and None leaves the file open."""
    private = Ed25519PrivateKey.generate()
    signer = CryptoSigner(private)
    name = file_name(role, signer.public_key)
    lock, above = _lock(passphrase(name)) if passphrase else (NoEncryption(), b"")
    _write(folder / name, above + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return signer


def file_name(role: str, key: Key) -> str:
    """What the file of a private key is called."""
    return f"{role}-{key.keyid[:8]}.pem"


def find(role: str, key: Key, folders: Sequence[Path]) -> Path | None:
    """The file of a private key, if one of these folders has it."""
    files = (folder / file_name(role, key) for folder in folders)
    return next((file for file in files if file.is_file()), None)


def load(file: Path, key: Key, ask: Ask) -> CryptoSigner:
    """The key in a file; raises BuildError if others may read it, the passphrase is wrong, or it is not that key."""
    _check_private(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BuildError(f"The private key {file} cannot be read: {error.strerror}.") from error
    try:
        private = load_pem_private_key(content, _password(file.name, content, ask))
        assert isinstance(key, SSlibKey)
        return CryptoSigner(private, key)
    except KeyMismatchError as error:
        raise BuildError(f"{file} holds another key than the root metadata names.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if b"ENCRYPTED" in content:
            raise BuildError(f"That is not the passphrase of {file.name}, or the file is damaged.") from error
        raise BuildError(f"{file} holds no private key: {error}.") from error


def _lock(passphrase: str) -> tuple[BestAvailableEncryption, bytes]:
    if len(passphrase) < SHORTEST:
        raise BuildError(f"A passphrase needs at least {SHORTEST} characters, got {len(passphrase)}.")
    salt = secrets.token_hex(16).encode()
    return BestAvailableEncryption(_stretched(passphrase, salt)), _SALT + salt + b"\n"


def _password(name: str, content: bytes, ask: Ask) -> bytes | None:
    if b"ENCRYPTED" not in content:
        return None
    first = content.partition(b"\n")[0]
    passphrase = ask(name, False)
    # A file that was made elsewhere has the passphrase as it is.
    if first.startswith(_SALT):
        return _stretched(passphrase, first.removeprefix(_SALT).strip())
    return passphrase.encode()


def _stretched(passphrase: str, salt: bytes) -> bytes:
    # 64 MiB and 0.2 s for each guess.
    key = hashlib.scrypt(passphrase.encode(), salt=salt, n=1 << 16, r=8, p=1, maxmem=1 << 27, dklen=32)
    return key.hex().encode()


def _write(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")  # which nobody else can read
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).rename(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _check_private(file: Path) -> None:
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise BuildError(f"Others on this computer can read the private key {file}. Run: chmod 600 {file}")
