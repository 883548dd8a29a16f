"""What is believed: the offer that The Update Framework's signatures vouch for, starting at the root key's metadata in the app.

All thinking about signatures, versions and expiry is python-tuf's, after https://theupdateframework.github.io/specification.
What is added here:

* it reads through `web.py`, with its limits, and keeps answers in memory until they are verified;
* it needs no links: python-tuf points a symbolic link, `root.json`, at the newest root, which Windows refuses to most users and
  many shared folders to all. That link serves only programs that come without a root of their own; this one always
  passes its own, and the newer ones are found by their numbers in `root_history/`;
* damage to what is kept on this computer heals itself: what does not verify is read anew. It is never thrown away because of
  what the *server* sends, since whoever could bring that about could then offer what is old.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import time
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ...core.errors import UpdateError
from ..offer import MOST_BYTES
from .web import Web, of_network
from .words import clock_says

if TYPE_CHECKING:
    from tuf.ngclient.fetcher import FetcherInterface
    from tuf.ngclient.updater import Updater as Client


@dataclass(frozen=True, slots=True)
class Believed:
    """What signatures vouch for: an offer's text, and what the publisher has said of it beside."""

    content: bytes
    custom: dict[str, Any]


def believed(
    web: Web, url: str, target: str, root_json: bytes, metadata: Path, offer: Path
) -> Believed | None:
    """The newest offer called `target` that is published at `url`, or None if there is none; raises UpdateError.

    What is to be remembered until the next time is kept in the folder `metadata` and the file `offer`.
    """
    metadata.mkdir(parents=True, exist_ok=True)
    for left_over in metadata.glob("tmp*"):
        left_over.unlink(missing_ok=True)
    with _told(url):
        client = _client(metadata, f"{url}/metadata/", f"{url}/targets/", root_json, _fetcher(web))
        client.refresh()
        return _offer(client, target, offer)


def _offer(client: Client, target: str, file: Path) -> Believed | None:
    info = client.get_targetinfo(target)
    if info is None:
        return None
    if info.length > MOST_BYTES:
        raise UpdateError(
            f"An offer has at most {MOST_BYTES} bytes, and {info.path} is said to have {info.length}."
        )
    if client.find_cached_target(info, str(file)) is None:
        client.download_target(info, str(file))
    return Believed(file.read_bytes(), info.custom or {})


def _client(folder: Path, metadata: str, targets: str, root: bytes, fetcher: FetcherInterface) -> Client:
    from tuf.ngclient.updater import Updater as Client

    class Linkless(Client):
        def _update_root_symlink(self) -> None:
            """Leave out the link that nothing here reads."""

    return Linkless(str(folder), metadata, target_base_url=targets, fetcher=fetcher, bootstrap=root)


def _fetcher(web: Web) -> FetcherInterface:
    from tuf.api.exceptions import (
        DownloadError,
        DownloadHTTPError,
        DownloadLengthMismatchError,
        SlowRetrievalError,
    )
    from tuf.ngclient.fetcher import FetcherInterface

    end = time.monotonic() + web.patience.check

    class Fetcher(FetcherInterface):
        def _fetch(self, url: str) -> Iterator[bytes]:
            return web.read(url, end - time.monotonic())

        @contextlib.contextmanager
        def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
            yield io.BytesIO(self.download_bytes(url, max_length))

        def download_bytes(self, url: str, max_length: int) -> bytes:
            content = bytearray()
            try:
                for block in self._fetch(url):
                    content += block
                    if len(content) > max_length:
                        raise DownloadLengthMismatchError(
                            f"{url} sends more than the {max_length} bytes that it may have"
                        )
            except FileNotFoundError as error:
                raise DownloadHTTPError(of_network(error, url), 404) from error
            except urllib.error.HTTPError as error:
                with error:
                    raise DownloadHTTPError(of_network(error, url), error.code) from error
            except TimeoutError as error:
                raise SlowRetrievalError(of_network(error, url)) from error
            except (OSError, http.client.HTTPException) as error:
                raise DownloadError(of_network(error, url)) from error
            return bytes(content)

    return Fetcher()


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    """Have the framework's errors say what they mean to somebody who has never heard of it."""
    from tuf.api import exceptions as tuf

    meanings: tuple[tuple[type[Exception], str], ...] = (
        (
            tuf.ExpiredMetadataError,
            "is no longer valid. Either nobody has signed it anew in time, or somebody holds back what is newer, or this "
            f"computer's clock is wrong: it says {clock_says()}",
        ),
        (
            tuf.BadVersionNumberError,
            "is older than what was there before, or not of one piece: somebody has put old files in the place of newer ones",
        ),
        (
            tuf.UnsignedMetadataError,
            "is not signed by those whom this program trusts",
        ),
        (
            tuf.LengthOrHashMismatchError,
            "is not of one piece: a file is not the one that another names",
        ),
        (tuf.RepositoryError, "cannot be trusted"),
    )
    try:
        yield
    except tuf.DownloadLengthMismatchError as error:
        raise UpdateError(f"What {url} says of releases is larger than it may be ({error}).") from error
    except tuf.DownloadError as error:
        raise UpdateError(f"Updates cannot be looked for: {error}") from error
    except tuf.RepositoryError as error:
        meaning = next(words for kind, words in meanings if isinstance(error, kind))
        raise UpdateError(
            f"What {url} says of releases {meaning} ({error}). Nothing of it is used."
        ) from error
