"""A tool: FastMCP's."""

from typing import Literal

from fastmcp import FastMCP

server = FastMCP("lineup")


@server.tool
def who_is_on(base: Literal["first", "second", "third"], since: int = 2026) -> str:
    """Who plays at this base?"""
    return f"Who is on {base} since {since}."


if __name__ == "__main__":
    server.run("stdio", show_banner=False)
