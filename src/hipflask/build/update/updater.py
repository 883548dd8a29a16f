"""The update client: what every installed program looks for newer releases with.

    updater = Updater(installation, "https://example.com/stock", "stable", root_json)
    news = updater.check()              # a few hundred bytes, if nothing is new
    if news is not None:
        updater.download(news)          # the layers that are not here yet, verified
        updater.switch(news)            # the next start runs it
        restart(installation)           # or whenever the user likes

Whatever goes wrong is an UpdateError with a sentence for people, and the program runs on as it is: nothing that runs is
ever changed. Layers come to stand beside the others, and then one small file, `current`, is replaced. If the new
release does not get as far as painting its window, the launcher goes back to the one before, and that release is not
taken again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...core.errors import UpdateError
from ..offer import Offer
from . import report
from .cleaning import OFFER
from .installation import Installation
from .news import News, judge, number_of, parts
from .supply import Supply
from .switching import place_of
from .trust import believed
from .web import Patience, Web
from .words import told

log = logging.getLogger("hipflask.update")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Updater:
    """Looks for releases of one channel where a program's publisher puts them, and installs them.

    `root_json` is the root metadata that came with the program, where all trust begins. `url` is the folder that
    `hipflask publish` has filled: https:, file:, or http: of this computer; `allow_http` takes http: of others too.
    """

    installation: Installation
    url: str
    channel: str
    root_json: bytes
    patience: Patience = field(default_factory=Patience)
    allow_http: bool = False

    def check(self) -> News | None:
        """Look for a newer release; None if there is none for this installation. Raises UpdateError."""
        with self._work("Updates could not be looked for"):
            web = self._web()
            release = self.installation.release
            found = believed(
                web,
                self.url.rstrip("/"),
                f"{self.channel}/{release.target}",
                self.root_json,
                self.installation.updates / "metadata",
                self.installation.updates / OFFER,
            )
            if found is None:
                self._note(f"Nothing is published for {self.channel}, {release.target}.")
                return None
            return self._judge(Offer.parse(found.content), found.custom)

    def download(self, news: News, progress: Progress = lambda done, total: None) -> None:
        """Put the layers that a release needs beside the others; the program may run on meanwhile. Raises UpdateError.

        `progress` is called with the bytes that have come, and all there are to come. What has arrived whole stays if
        it is broken off, and is not downloaded again.
        """
        with self._work("The update could not be downloaded"):
            supply = self._supply()
            supply.clear()
            lacking = parts(news.offer, supply.has)
            supply.check_room(lacking)
            total, done = sum(part.size for part in lacking), 0

            def came(size: int) -> None:
                nonlocal done
                done = min(done + size, total)  # a delta that was of no use is not counted on top
                progress(done, total)

            for part in lacking:
                supply.bring(part, came)
            self._note(f"Version {news.version} is downloaded.")

    def switch(self, news: News) -> None:
        """Have the next start run a release whose layers are there, all at once. Raises UpdateError."""
        with self._work("The update could not be installed"):
            lacking = parts(news.offer, self._supply().has)
            if lacking:
                raise UpdateError(
                    f"Version {news.version} lacks its {lacking[0].name}. Download it first: updater.download(news)."
                )
            place_of(self.installation).switch(news.offer.release)
            self._note(f"Version {news.version} is installed and runs from the next start.")

    def _judge(self, offer: Offer, custom: dict[str, object]) -> News | None:
        place = place_of(self.installation)
        number = number_of(self.installation.id, offer.release.version)
        why_not = judge(offer, custom, place.next, place.current, number)
        if why_not is not None:
            self._note(why_not)
            return None
        news = News(offer, sum(part.size for part in parts(offer, self._supply().has)))
        self._note(f"There is {news}.")
        return news

    def _supply(self) -> Supply:
        return place_of(self.installation).supply(self._web(), self.url.rstrip("/"))

    def _web(self) -> Web:
        web = Web(self.patience, allow_http=self.allow_http)
        web.check(self.url)
        return web

    @contextmanager
    def _work(self, doing: str) -> Iterator[None]:
        """One at a time on this computer, never where it is not wanted, and whatever goes wrong is noted and told."""
        refusal = self.installation.refusal
        if refusal is not None:
            raise UpdateError(refusal)
        try:
            with told(doing), self.installation.updating():
                yield
        except UpdateError as error:
            self._note(str(error))
            raise

    def _note(self, result: str) -> None:
        log.info("%s", result)
        report.note(self.installation, result)
