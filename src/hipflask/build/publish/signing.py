"""The metadata of a publication: made, signed, and written so that whoever reads meanwhile sees the old or the new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ...core.errors import BuildError
from ..current import replace
from .keyfiles import Ask
from .keys import Keys, Signed, compact
from .parts import CryptoSigner, Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp
from .state import State

# Who holds back updates from somebody (a network between them and the server) can do so for this long and no longer. It is
# also how long a release can be installed after anybody last published or refreshed, so not everybody needs a monthly job.
TIMESTAMP_DAYS = 90
# These two say nothing about how fresh anything is; they are renewed in time by whoever signs the timestamp.
_OTHER_DAYS = 365


def sign(
    state: State, targets: Mapping[str, TargetFile], keys: Keys, ask: Ask, *, now: datetime, days: int
) -> None:
    """Offer `targets` from now on; the last thing that is written is what makes it so.

    After the online key was replaced, the old one, if it is still here, signs beside the new one this once, and the new root
    comes last: so nobody finds a root that says one key and a timestamp that is signed by the other.
    """
    keys.check(now)
    signers, is_for_all = _signers(state, keys, ask)
    number = state.targets.version + 1 if state.targets else 1
    longer = _days(now, max(_OTHER_DAYS, days))
    _write(
        state.folder, Targets(version=number, expires=longer, targets=dict(sorted(targets.items()))), signers
    )
    _sign_snapshot(state, number, signers, longer)
    if not is_for_all:
        _write_roots(state, keys)
    _sign_timestamp(state, _next_snapshot(state), signers, _days(now, days))
    if is_for_all:
        _write_roots(state, keys)


def refresh(state: State, keys: Keys, ask: Ask, *, now: datetime, days: int) -> None:
    """Say that what is offered is still the newest; raises BuildError where there is nothing yet."""
    if state.timestamp is None or state.snapshot is None or state.targets is None:
        raise BuildError(f"Nothing is published in {state.folder} yet.")
    expiry = _days(now, days)
    others_last = min(state.snapshot.expires, state.targets.expires) >= expiry
    if not others_last or state.lags_behind(keys):
        sign(state, state.offered, keys, ask, now=now, days=days)
    else:
        keys.check(now)
        _sign_timestamp(state, state.snapshot.version, [keys.online(ask)], expiry)


def _signers(state: State, keys: Keys, ask: Ask) -> tuple[Sequence[CryptoSigner], bool]:
    """The online keys from the newest back to the one that signed last, and whether that is all there were meanwhile."""
    newest = len(keys.roots)
    versions = range(newest, (state.signed_by or newest) - 1, -1)
    signers: dict[str, CryptoSigner] = {}
    for version in versions:
        keyid = keys.online_key(version).keyid
        if keyid not in signers and (version == newest or keys.has_online(version)):
            signers[keyid] = keys.online(ask, version=version)
    is_complete = all(keys.online_key(version).keyid in signers for version in versions)
    return list(signers.values()), is_complete and len(versions) > 1


def _sign_snapshot(state: State, targets: int, signers: Sequence[CryptoSigner], expiry: datetime) -> None:
    meta = {"targets.json": MetaFile(targets)}
    _write(state.folder, Snapshot(version=_next_snapshot(state), expires=expiry, meta=meta), signers)


def _sign_timestamp(state: State, snapshot: int, signers: Sequence[CryptoSigner], expiry: datetime) -> None:
    number = state.timestamp.version + 1 if state.timestamp else 1
    timestamp = Timestamp(version=number, expires=expiry, snapshot_meta=MetaFile(snapshot))
    _write(state.folder, timestamp, signers)


def _next_snapshot(state: State) -> int:
    return state.snapshot.version + 1 if state.snapshot else 1


def _write(folder: Path, signed: Signed, signers: Sequence[CryptoSigner]) -> None:
    metadata = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    name = f"{signed.type}.json" if isinstance(signed, Timestamp) else f"{signed.version}.{signed.type}.json"
    (folder / "metadata").mkdir(parents=True, exist_ok=True)
    replace(folder / "metadata" / name, compact(metadata))


def _write_roots(state: State, keys: Keys) -> None:
    for version in range(state.roots + 1, len(keys.roots) + 1):
        replace(state.folder / "metadata" / f"{version}.root.json", keys.content(version))


def _days(now: datetime, days: int) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0) + timedelta(days=days)
