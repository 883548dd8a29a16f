"""What of a statement may be told to anybody: no value, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hipflask.store.statements import LONGEST, outline

NAMES = frozenset({"player", "name", "base", "order", "points"})


@pytest.mark.parametrize(
    ("sql", "name", "told"),
    [
        (
            "SELECT name FROM player WHERE base = 'first' LIMIT 3",
            "SELECT player",
            "SELECT name FROM player WHERE base = ? LIMIT ?",
        ),
        (
            'SELECT "order".name, count(*)\n  FROM "order"',
            "SELECT order",
            'SELECT "order".name, count(*) FROM "order"',
        ),
        ('select * from player where name = "Jane"', "SELECT player", "select * from player where name = ?"),
        ("SELECT [Jane], `name` FROM main.player", "SELECT player", 'SELECT ?, "name" FROM main.player'),
        ("DELETE FROM volatile.tick", "DELETE volatile.tick", "DELETE FROM volatile.tick"),
        (
            "INSERT OR REPLACE INTO player (name) VALUES (?, :name, ?3)",
            "INSERT player",
            "INSERT OR REPLACE INTO player (name) VALUES (?, …)",
        ),
        (
            "UPDATE OR IGNORE player SET name = 'it''s ' || x'4A' -- Jane",
            "UPDATE player",
            "UPDATE OR IGNORE player SET name = ? || ?",
        ),
        (
            "WITH a AS (SELECT 1 FROM x) INSERT INTO player SELECT * FROM a",
            "INSERT player",
            "WITH a AS (SELECT ? FROM x) INSERT INTO player SELECT * FROM a",
        ),
        ("SELECT /* Jane */ -1.5e-3 + .5 + 0x1F", "SELECT", "SELECT -? + ? + ?"),
        (
            "SELECT name->>'$.Jane' FROM (SELECT * FROM player)",
            "SELECT player",
            "SELECT name->>? FROM (SELECT * FROM player)",
        ),
        ("PRAGMA user_version", "PRAGMA", "PRAGMA user_version"),
        ("Jane's secret", "SQL", "…"),
        ("", "SQL", "…"),
    ],
)
def test_a_statement_is_told_without_its_values(sql: str, name: str, told: str) -> None:
    assert outline(sql, NAMES) == (name, told)


def test_a_list_of_any_length_is_one_statement() -> None:
    """Who groups by text would else have a group for each length."""
    told = {
        outline(f"SELECT name FROM player WHERE base IN ({', '.join('?' * n)})", NAMES) for n in (2, 3, 50)
    }
    assert len(told) == 1


def test_what_is_long_is_cut() -> None:
    told = outline(f"SELECT {', '.join(f'a{n}' for n in range(100_000))} FROM player", NAMES)
    assert len(told.sql) <= LONGEST + 1


@given(
    st.text(alphabet="Jq'\"`[]-/*;\n\\ ", max_size=30).map(lambda noise: f"{noise}canary{noise}"),
    st.sampled_from(["'{}'", "-- {}", "/* {} */", "'x' /*{}"]),
    st.integers(0, 4 * LONGEST),
)
@example("'canary", "'{}'", 4 * LONGEST - 50)
def test_no_value_is_told_wherever_it_stands(value: str, written: str, padding: int) -> None:
    """As SQLite wants it quoted, wherever text is cut, and behind whatever else."""
    if written == "'{}'":
        value = value.replace("'", "''")
    elif written.startswith("--"):
        value = value.replace("\n", " ")
    else:
        value = value.replace("*/", "")
    sql = f"SELECT name, '{'x' * padding}' FROM player WHERE name = {written.format(value)}"
    assert "canary" not in outline(sql, NAMES).sql
