"""What is forgotten in time: deltas after a quarter of an hour, graves after 90 days, and touches that the replica has."""

from __future__ import annotations

from .database import Database
from .layout import SCHEMA

DELTA_AGE = "15 minutes"
GRAVE_AGE = "90 days"


def purge(database: Database, delta_age: str = DELTA_AGE, grave_age: str = GRAVE_AGE) -> None:
    """Forget what is old. Whoever has not been here since a forgotten grave was dug is sent everything anew: `state.floor` says so."""
    with database.transaction() as connection:
        connection.execute(
            f"WITH old AS (DELETE FROM {SCHEMA}.delta WHERE at < now() - %s::interval RETURNING version) "
            f"UPDATE {SCHEMA}.state SET forgotten = greatest(forgotten, (SELECT max(version) FROM old)) WHERE EXISTS (SELECT 1 FROM old)",
            (delta_age,),
        )
        connection.execute(
            f"DELETE FROM {SCHEMA}.feed f USING {SCHEMA}.replica r WHERE f.scope = '@' || r.name AND f.version <= r.had"
        )
        # The marks of what has gone are needed for as long as somebody may not have heard of it.
        connection.execute(
            f"WITH old AS (DELETE FROM {SCHEMA}.feed WHERE (is_gone OR scope LIKE '@%%') AND at < now() - %s::interval "
            'RETURNING "table", key, version), '
            f'forgotten AS (DELETE FROM {SCHEMA}.marks m USING old WHERE m."table" = old."table" AND m.key = old.key '
            "AND m.born IS NULL AND m.columns = '{}'::jsonb AND m.gone IS NOT NULL) "
            f"UPDATE {SCHEMA}.state SET floor = greatest(floor, (SELECT max(version) FROM old)) WHERE EXISTS (SELECT 1 FROM old)",
            (grave_age,),
        )
