"""New versions of the program itself, as its own code meets them.

    from hipflask import ui, updates

    @app.window("/")
    def window():
        if version := updates.ready():                     # drawn again when there is news
            ui.callout(f"Version {version} is here.")
            ui.button("Restart", on_click=updates.restart)

A bundle looks for new versions by itself, some moments after its window has painted and every few hours, and installs what it
finds; the next start runs it. So a program may well do without any of this. Run from its source there is nothing to update.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from .core import bundled
from .core.errors import UpdateError
from .ui.states import State

if TYPE_CHECKING:
    from .build.update.installation import Installation
    from .build.update.updater import Updater

FIRST_SECONDS = 10.0  # until then the program has other things to do
EVERY_SECONDS = 4 * 3600.0

log = logging.getLogger("hipflask.update")


def version() -> str | None:
    """The version of the program that is running, or None where it runs from its source."""
    installation = _installation()
    return installation.release.version if installation is not None else None


def ready() -> str | None:
    """The version that the next start runs, if it is another one; a window that asks is drawn again when that changes."""
    return _ready.value


def check(progress: Callable[[int, int], None] = lambda done, total: None) -> str | None:
    """Look for a new version now, and install it; returns which one, or None if there is none.

    `progress` is called with the bytes that have come and those that come in all. Raises UpdateError with a sentence for
    people: where there is no network, where an administrator installs, where what came cannot be trusted.
    """
    with _one_at_a_time:
        updater = _updater()
        news = updater.check()
        if news is not None:
            updater.download(news, progress)
            updater.switch(news)
        waiting = updater.installation.waiting
        _ready.set(waiting.version if waiting is not None else None)
        return news.version if news is not None else None


def restart() -> None:
    """Close the program's windows and open it again: as the version that `ready` names, if there is one.

    Raises UpdateError where the program runs from its source.
    """
    if _running is None:
        raise UpdateError("The program runs from its source, so there is nothing to start again.")
    _running.is_to_start_again = True
    _running.quit()


@dataclass
class Running:
    """A bundle's program, as long as its windows are open; `boot.py` makes it."""

    quit: Callable[[], None]
    is_to_start_again: bool = False


def begin(running: Running) -> None:
    """Note the program that `restart` is about."""
    global _running
    _running = running


def follow(tell: Callable[[str], None]) -> None:
    """From now on, look for new versions in a thread, where there is a place to look; `tell` is called with a sentence."""
    if bundled.description()["updates"] is not None:
        Thread(target=_follow, args=(tell,), name="hipflask-updates", daemon=True).start()


def _follow(tell: Callable[[str], None]) -> None:
    pause = Event()
    pause.wait(FIRST_SECONDS)
    while True:
        try:
            found = check()
            if found is not None:
                tell(
                    f"Version {found} is installed. It runs when {bundled.program_name()} is started the next time."
                )
        except UpdateError as error:
            log.info("%s", error)
        except Exception:  # whatever it is, the program has other work
            log.exception("Looking for a new version has failed")
        pause.wait(EVERY_SECONDS)


def _installation() -> Installation | None:
    from .build.update.installation import Installation

    return Installation.find()


def _updater() -> Updater:
    from .build.update.updater import Updater

    installation = _installation()
    if installation is None:
        raise UpdateError("The program runs from its source, so there is nothing to update.")
    place = bundled.description()["updates"]
    if place is None:
        raise UpdateError("This program has no place to look for new versions: its publisher has named none.")
    root = (bundled.app_folder() / bundled.TRUSTED_ROOT).read_bytes()
    return Updater(installation, place["url"], place["channel"], root)


_ready: State[str | None] = State(None)
_running: Running | None = None
_one_at_a_time = Lock()
