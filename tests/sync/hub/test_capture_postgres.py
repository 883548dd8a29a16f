"""Whatever writes to a shared table in PostgreSQL, the outbox says which rows and columns."""

from __future__ import annotations

import uuid

import pytest
from clubs import Club

from hipflask.sync.hub.capture import CHUNK


def outbox(club: Club, table: str) -> list[tuple[str, str, frozenset[str]]]:
    """What was captured of a table and forgotten with that: key, kind and the columns of an update."""
    found = club.tables.by_name[table]
    rows = club.sql(
        'DELETE FROM hipflask.outbox WHERE "table" = %s RETURNING keys, kind, mask, rows', found.number
    )
    assert all(len(keys) == count for keys, kind, _, count in rows if kind != "t")
    names = {name: number for name, number in found.numbers.items() if name not in found.key_columns}
    return sorted(
        (key, kind, frozenset(name for name, number in names.items() if kind == "u" and mask >> number & 1))
        for keys, kind, mask, _ in rows
        for key in keys or [""]
    )


def test_inserts_updates_and_deletes_are_captured(club: Club) -> None:
    """Of an update only the columns that are different afterwards."""
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60), ('nl', 17)")
    assert outbox(club, "country") == [
        ("de", "i", frozenset()),
        ("fr", "i", frozenset()),
        ("nl", "i", frozenset()),
    ]
    club.sql("UPDATE country SET people = 80 + (code = 'fr')::int WHERE code <> 'nl'")
    assert outbox(club, "country") == [("fr", "u", frozenset({"people"}))]
    club.sql("DELETE FROM country WHERE people > 70")
    assert outbox(club, "country") == [("de", "d", frozenset()), ("fr", "d", frozenset())]


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 7 * CHUNK + 1])
def test_every_row_of_a_statement_is_captured_once(club: Club, count: int) -> None:
    """Whatever the size of the chunks in which they are written down, of which none is larger than a part of a version."""
    for statement, kind in (
        (f"INSERT INTO country SELECT 'x' || n, n FROM generate_series(1, {count}) n", "i"),
        ("UPDATE country SET people = -1", "u"),
        ("UPDATE country SET people = 0 WHERE false", "u"),
        ("DELETE FROM country", "d"),
    ):
        club.sql(statement)
        ((most,),) = club.sql("SELECT coalesce(max(rows), 0) FROM hipflask.outbox")
        assert most <= CHUNK
        captured = outbox(club, "country")
        expected = 0 if "false" in statement else count
        assert len(captured) == len({key for key, *_ in captured}) == expected
        assert {each for _, each, _ in captured} == ({kind} if expected else set())


def test_rows_that_a_statement_changes_in_different_ways_are_told_apart(club: Club) -> None:
    """One part for each set of columns."""
    red = club.team("red")
    for title in ("a", "b", "c"):
        club.task(red, title)
    outbox(club, "task")
    club.sql("UPDATE task SET title = title || '!', done = title = 'b' WHERE title <> 'c'")
    assert [columns for _, _, columns in outbox(club, "task")] in (
        [frozenset({"title"}), frozenset({"title", "done"})],
        [frozenset({"title", "done"}), frozenset({"title"})],
    )


def test_upserts_and_copy_are_captured(club: Club) -> None:
    """INSERT … ON CONFLICT is both, COPY and MERGE are what they do."""
    with club.psql.cursor().copy("COPY country FROM STDIN") as copy:
        copy.write_row(("de", 80))
        copy.write_row(("fr", 60))
    assert [kind for _, kind, _ in outbox(club, "country")] == ["i", "i"]
    club.sql(
        "INSERT INTO country VALUES ('de', 81), ('nl', 17) ON CONFLICT (code) DO UPDATE SET people = excluded.people"
    )
    assert outbox(club, "country") == [("de", "u", frozenset({"people"})), ("nl", "i", frozenset())]


def test_a_cascade_is_captured(club: Club) -> None:
    """What a foreign key deletes is deleted."""
    team = club.team("a", "ann")
    task = club.task(team, "tea")
    club.sql("INSERT INTO comment VALUES (%s, %s, 'x')", uuid.uuid4(), task)
    outbox(club, "comment"), outbox(club, "task")
    club.sql("DELETE FROM team")
    assert [kind for _, kind, _ in outbox(club, "task")] == ["d"]
    assert [kind for _, kind, _ in outbox(club, "comment")] == ["d"]


def test_a_changed_key_is_a_delete_and_an_insert(club: Club) -> None:
    """Also where keys change hands within one statement."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    outbox(club, "country")
    club.sql("UPDATE country SET code = 'ge'")
    assert outbox(club, "country") == [("de", "d", frozenset()), ("ge", "i", frozenset())]


def test_truncate_is_captured(club: Club) -> None:
    """As one row that says to look at everything."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    outbox(club, "country")
    club.sql("TRUNCATE country")
    assert outbox(club, "country") == [("", "t", frozenset())]


def test_whoever_may_write_the_table_is_captured(club: Club) -> None:
    """Without any right to our own tables."""
    role = f"clerk_{uuid.uuid4().hex}"
    club.sql(f"CREATE ROLE {role}; GRANT INSERT ON country TO {role}; SET ROLE {role}")
    try:
        club.sql("INSERT INTO country VALUES ('de', 80)")
        with pytest.raises(Exception, match="permission denied"):
            club.sql("SELECT * FROM hipflask.outbox")
    finally:
        club.sql(f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")
    assert len(outbox(club, "country")) == 1


def test_a_role_in_replication_does_not_get_round_the_triggers(club: Club) -> None:
    """pg_restore --disable-triggers sets it, say."""
    club.sql("SET session_replication_role = replica")
    club.sql("INSERT INTO country VALUES ('de', 80)")
    club.sql("RESET session_replication_role")
    assert len(outbox(club, "country")) == 1


def test_a_large_update_is_not_slow_because_a_small_one_came_first(club: Club) -> None:
    """The trigger's plan is kept: one for a single row must not be used for 20,000 by nested loops."""
    club.sql("INSERT INTO country SELECT n::text, 0 FROM generate_series(1, 20000) n")
    for _ in range(8):
        club.sql("UPDATE country SET people = people + 1 WHERE code = '7'")
    club.sql("SET statement_timeout = '5s'")  # by nested loops it takes half a minute
    club.sql("UPDATE country SET people = people + 1")
    assert len(outbox(club, "country")) == 20_000 + 20_000 + 8
