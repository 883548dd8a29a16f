"""What happens in a bucket, in the words of EventBridge.

    on_s3_event("album", ["s3:ObjectCreated:Put"], prefix="in/")

is the pattern

    {"source": ["aws.s3"], "detail-type": ["Object Created"],
     "detail": {"bucket": {"name": ["album"]}, "reason": ["PutObject"], "object": {"key": [{"prefix": "in/"}]}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ...core.errors import DeployError
from ..description import FromBucket
from .stack import Json

# What S3 calls an event: the detail-type that EventBridge has for it, and what is in the detail of this one alone.
_WORDS: Mapping[str, tuple[str, Mapping[str, list[str]]]] = {
    "s3:ObjectCreated:Put": ("Object Created", {"reason": ["PutObject"]}),
    "s3:ObjectCreated:Post": ("Object Created", {"reason": ["POST Object"]}),
    "s3:ObjectCreated:Copy": ("Object Created", {"reason": ["CopyObject"]}),
    "s3:ObjectCreated:CompleteMultipartUpload": ("Object Created", {"reason": ["CompleteMultipartUpload"]}),
    "s3:ObjectRemoved:Delete": (
        "Object Deleted",
        {"reason": ["DeleteObject"], "deletion-type": ["Permanently Deleted"]},
    ),
    "s3:ObjectRemoved:DeleteMarkerCreated": (
        "Object Deleted",
        {"reason": ["DeleteObject"], "deletion-type": ["Delete Marker Created"]},
    ),
    "s3:LifecycleExpiration:Delete": (
        "Object Deleted",
        {"reason": ["Lifecycle Expiration"], "deletion-type": ["Permanently Deleted"]},
    ),
    "s3:LifecycleExpiration:DeleteMarkerCreated": (
        "Object Deleted",
        {"reason": ["Lifecycle Expiration"], "deletion-type": ["Delete Marker Created"]},
    ),
    "s3:LifecycleTransition": ("Object Storage Class Changed", {}),
    "s3:IntelligentTiering": ("Object Access Tier Changed", {}),
    "s3:ObjectAcl:Put": ("Object ACL Updated", {}),
    "s3:ObjectRestore:Post": ("Object Restore Initiated", {}),
    "s3:ObjectRestore:Completed": ("Object Restore Completed", {}),
    "s3:ObjectRestore:Delete": ("Object Restore Expired", {}),
    "s3:ObjectTagging:Put": ("Object Tags Added", {}),
    "s3:ObjectTagging:Delete": ("Object Tags Deleted", {}),
}


def pattern_of(trigger: FromBucket) -> Json:
    """The pattern of the events that a trigger means; several kinds are told apart by `$or`."""
    detail: dict[str, Any] = {"bucket": {"name": [trigger.bucket]}}
    if trigger.prefix or trigger.suffix:
        detail["object"] = {"key": [_key(trigger.prefix, trigger.suffix)]}
    kinds: list[Json] = []
    for event in trigger.events:
        kinds += [kind for kind in _kinds(event) if kind not in kinds]
    alike = {"source": ["aws.s3"]}
    if len(kinds) == 1:
        name, only = kinds[0]
        return {**alike, "detail-type": [name], "detail": {**detail, **only}}
    choices = [{"detail-type": [name], **({"detail": dict(only)} if only else {})} for name, only in kinds]
    return {**alike, "detail": detail, "$or": choices}


def _kinds(event: str) -> list[tuple[str, Mapping[str, list[str]]]]:
    """What one event of S3 is; a whole family that has one detail-type for itself needs no more than that."""
    found = [words for name, words in _WORDS.items() if fnmatchcase(name, event)]
    if not found:
        known = ", ".join(sorted(_WORDS))
        raise DeployError(
            f"@app.on_s3_event for {event!r} cannot be on a bucket that is not the app's own: its events come by way of EventBridge, which "
            f"has {known}, and {{family}}:* for each family. Declare the bucket, app.bucket(…), or choose one of these."
        )
    same = {name for name, _ in found}
    if len(same) > 1:
        return found
    everything = [words for words in _WORDS.values() if words[0] in same]
    if len(found) == len(everything):
        return [(found[0][0], {})]
    merged = {key: sorted({value for _, only in found for value in only[key]}) for key in found[0][1]}
    return [(found[0][0], merged)]


def _key(prefix: str, suffix: str) -> Json:
    if not suffix:
        return {"prefix": prefix}
    if not prefix:
        return {"suffix": suffix}
    plain = (part.replace("\\", "\\\\").replace("*", "\\*") for part in (prefix, suffix))
    return {"wildcard": "*".join(plain)}
