"""At a start where something has changed: whose turn it is, and files that have only to be made. Alembic is not needed yet.

The process that holds the keeper's lock migrates. The others wait for it, as long as it writes; if the lock is held and nobody
writes, an older version of the program has the file open, and must not have it changed under its hands.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing

from ...core.errors import StoreLocked
from ..engine import WAIT_SECONDS, connect
from ..keeper import Keeper
from . import history, words
from .shape import read
from .start import has_history, is_as_wanted
from .task import LONGEST_SECONDS, Task, told

log = logging.getLogger(__name__)


def bring_up(task: Task, keeper: Keeper) -> None:
    """Migrate the file if it is our turn, or wait for whoever does."""
    if not _is_our_turn(task, keeper) or is_made_new(task):
        return
    from .run import migrate

    report = migrate(task, tell=lambda what: log.info("%s: %s", task.file.name, what))
    if report is not None and report.what:
        where = "" if report.backup is None else f" The file as it was is {report.backup}."
        log.warning("%s was migrated: %s.%s", task.file.name, "; ".join(report.what), where)


def _is_our_turn(task: Task, keeper: Keeper) -> bool:
    """Wait until the file is up to date (False) or nobody else looks after it (True)."""
    end = time.monotonic() + WAIT_SECONDS
    with told(task.file), closing(connect(task.file, wait=LONGEST_SECONDS)) as driver:
        while not keeper.acquire():
            driver.execute("BEGIN IMMEDIATE")  # which waits while somebody migrates
            is_done = is_as_wanted(driver, task.want)
            driver.execute("ROLLBACK")
            if is_done:
                return False
            if time.monotonic() > end:
                raise StoreLocked(words.still_open(task.file))
            time.sleep(0.05)
    return True


def is_made_new(task: Task) -> bool:
    """Make all tables if none is there."""
    with told(task.file), closing(connect(task.file, wait=LONGEST_SECONDS)) as driver:
        driver.execute("BEGIN IMMEDIATE")
        have = read(driver)
        if has_history(driver) or any(name in have.tables for name in task.want.shape.tables):
            return False
        _make(task, driver)
    return True


def _make(task: Task, driver: sqlite3.Connection) -> None:
    for statement in task.want.statements:
        driver.execute(statement)
    task.log.install(driver)
    history.write(driver, task.want, history.Done(task.want.migrations))
    driver.execute("COMMIT")
