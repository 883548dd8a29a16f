"""Arrays as text: PostgreSQL reads what was written."""

from __future__ import annotations

from clubs import Club
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipflask.sync.hub.arrays import array

_TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")) | st.sampled_from(
    ["", "NULL", "null", "{}", '"', "\\", ",", " ", '\\"', "\n"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_TEXTS | st.none(), max_size=8))
def test_postgres_reads_what_was_written(club: Club, texts: list[str | None]) -> None:
    """Also quotation marks, commas, braces, the word NULL, and nothing at all."""
    assert club.sql("SELECT %s::text[]", array(texts)) == [(texts,)]
