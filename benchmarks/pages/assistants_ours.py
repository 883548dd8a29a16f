"""A tool: ours."""

from typing import Literal

from hipflask import Hipflask

app = Hipflask("lineup")


@app.tool()
def who_is_on(base: Literal["first", "second", "third"], since: int = 2026) -> str:
    """Who plays at this base?"""
    return f"Who is on {base} since {since}."
