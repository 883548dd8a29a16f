"""Looks into the folders of an app's buckets for what other programs have put there or taken away."""

from __future__ import annotations

import contextlib
import time

from ...core.action import Registry
from .embedded import Embedded
from .watching import Watch

LOOK_SECONDS = 1.0
LEFT_SECONDS = 86400.0  # nobody writes one object for so long
# At most this part of the time goes into looking: a folder of a million files is looked at less often.
SHARE = 20


class BucketWatch:
    """The buckets that have functions, looked at from time to time."""

    def __init__(self, embedded: Embedded, actions: Registry) -> None:
        self._embedded = embedded
        self._watches = {door.options["bucket"]: Watch() for _, door in actions.doors("on_s3_event")}
        self._next = 0.0

    @property
    def has_any(self) -> bool:
        """Whether there is anything to look into."""
        return bool(self._watches)

    def look(self) -> None:
        """Tell functions of what is new and lies still, and of what has gone; does nothing if it is too early."""
        began = time.monotonic()
        if not self._watches or began < self._next:
            return
        for bucket, watch in self._watches.items():
            self._look_into(bucket, watch, began)
        ended = time.monotonic()
        self._next = ended + max(
            LOOK_SECONDS / 2 if self._is_waiting else LOOK_SECONDS, SHARE * (ended - began)
        )

    @property
    def _is_waiting(self) -> bool:
        return any(watch.is_waiting for watch in self._watches.values())

    def _look_into(self, bucket: str, watch: Watch, now: float) -> None:
        folder = self._embedded.bucket(bucket)
        if not self._next:
            folder.path.mkdir(parents=True, exist_ok=True)  # so that there is somewhere to put files
            folder.sweep(time.time() - LEFT_SECONDS)
        still, gone = watch.look(folder.files(), self._embedded.told(bucket), now)
        created = []
        for found in still:
            with contextlib.suppress(KeyError):  # it has gone meanwhile
                created.append((found, folder.digest(found.key)))
        if created or gone:
            self._embedded.tell(bucket, created, gone, is_news=False)
