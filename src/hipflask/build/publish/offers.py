"""The offers of a publication: each bundle's layers archived, its deltas made, and the text of it written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..bundle import Bundle
from ..current import replace
from ..layer import SHORT
from ..offer import Archive, Offer, is_newer
from ..release import Release
from . import archives
from .parts import TargetFile
from .state import State, offer_file, version_of


def make(bundle: Bundle, there: State, known: dict[str, Archive], *, bases: int, percent: int) -> TargetFile:
    """Write an offer of a bundle, and every archive that it names and that is not there; returns what the metadata say of it.

    `known` are the archives of layers by the layers' ids, and is added to: targets have layers in common.
    """
    path = path_of(bundle.release)
    present = there.offer(there.offered[path]) if path in there.offered else None
    if present and present.release == bundle.release and _is_complete(present, there.folder):
        return _info(path, present, percent)  # wider or narrower than before, and with the deltas that it has
    for layer in bundle.layers:
        if layer.id not in known:
            known[layer.id] = archives.whole(layer, there.folder)
    whole = {layer.name: known[layer.id] for layer in bundle.layers}
    offer = Offer(bundle.release, whole, _deltas(bundle, _former(there, path)[:bases], whole, there.folder))
    info = _info(path, offer, percent)
    file = offer_file(there.folder, info)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace(file, offer.text.encode())
    return info


def known(there: State, bundles: Iterable[Bundle]) -> dict[str, Archive]:
    """The archives of these bundles' layers that were published before and are still whole, by the layers' ids."""
    wanted = {layer.id for bundle in bundles for layer in bundle.layers}
    found: dict[str, Archive] = {}
    for path in there.offered:
        for offer in (there.offer(info) for info in there.history(path)):
            for name, layer_id in offer.release.layers.items():
                if layer_id in wanted - found.keys() and archives.is_there(
                    offer.archives[name], there.folder
                ):
                    found[layer_id] = offer.archives[name]
    return found


def before(info: TargetFile, there: State) -> dict[str, TargetFile]:
    """The offer of an older version that was made before this one, for everybody; nothing if there is none."""
    for former in there.history(info.path):
        if is_newer(version_of(info), version_of(former)):
            return {info.path: _info(info.path, there.offer(former), 100)}
    return {}


def path_of(release: Release) -> str:
    """What the metadata call the offer of a release."""
    return f"{release.channel}/{release.target}"


def update_size(folder: Path, old: Release, info: TargetFile) -> int:
    """How many bytes a program downloads that has one release and is offered another, metadata included."""
    offer = State(folder).offer(info)
    metadata = folder / "metadata"
    total = (metadata / "timestamp.json").stat().st_size + info.length
    for role in ("snapshot", "targets"):
        newest = max(metadata.glob(f"*.{role}.json"), key=lambda file: int(file.name.partition(".")[0]))
        total += newest.stat().st_size
    for name, layer_id in offer.release.layers.items():
        had = old.layers.get(name, "")
        if had != layer_id:
            total += offer.deltas.get((name, had[:SHORT]), offer.archives[name]).size
    return total


def _info(path: str, offer: Offer, percent: int) -> TargetFile:
    info = TargetFile.from_data(path, offer.text.encode(), ["sha256"])
    info.unrecognized_fields["custom"] = {"version": offer.release.version, "percent": percent}
    return info


def _is_complete(offer: Offer, folder: Path) -> bool:
    return all(
        archives.is_there(archive, folder) for archive in [*offer.archives.values(), *offer.deltas.values()]
    )


def _former(there: State, path: str) -> list[Offer]:
    """The releases that were offered before, the newest first, each once."""
    found: dict[Release, Offer] = {}
    for info in there.history(path):
        offer = there.offer(info)
        found.setdefault(offer.release, offer)
    return list(found.values())


def _deltas(
    bundle: Bundle, former: Sequence[Offer], whole: Mapping[str, Archive], folder: Path
) -> dict[tuple[str, str], Archive]:
    made: dict[tuple[str, str], Archive] = {}
    for layer in bundle.layers:
        olds = {offer.release.layers.get(layer.name, ""): offer.archives.get(layer.name) for offer in former}
        for old_id, old in olds.items():
            if old is None or old_id == layer.id:
                continue
            delta = archives.delta(layer, old, old_id, folder, below=whole[layer.name])
            if delta is not None:
                made[layer.name, old_id[:SHORT]] = delta
    return made
