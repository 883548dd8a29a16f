"""Can this hub do its work? For a balancer, and for whoever looks after it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .database import Database
from .layout import LOCK, SCHEMA

COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Health:
    """What there is to know."""

    database: bool = True  # it answers
    sequencer: bool = True  # somebody makes versions
    version: int = 0
    waiting: int = 0  # changes that are in no version yet; counted up to ten thousand

    def as_dict(self) -> dict[str, bool | int]:
        """As it is told."""
        return asdict(self)


def health_of(database: Database) -> Health:
    """How it is now; raises HubError if the database does not answer."""
    with database.connection() as connection:
        row = connection.execute(
            f"""SELECT version, (SELECT least(coalesce(sum(rows), 0), {COUNTED}) FROM (SELECT rows FROM {SCHEMA}.outbox LIMIT {COUNTED}) waiting), EXISTS (
                SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0 AND objid = {LOCK}
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
            FROM {SCHEMA}.state"""
        ).fetchone()
    version, waiting, has_sequencer = row or (0, 0, False)
    return Health(True, has_sequencer, version, waiting)
