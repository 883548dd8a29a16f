"""How much AWS passes on, and what is said of an answer that is more."""

from __future__ import annotations

# The whole of what a function is called with, or answers, as JSON. AWS refuses a larger request by itself (413).
LAMBDA_BYTES = 6 * 1024 * 1024
BALANCER_BYTES = 1024 * 1024
HEAD_BYTES = 16 * 1024  # of that, for what is not the body


def too_large(size: int, limit: int, who: str) -> str:
    """The sentence that takes the place of an answer."""
    return (
        f"The answer takes {size:,} bytes or more, and {who} passes on {limit:,}. "
        "Answer in parts, send people to a file in a bucket, or deploy with streaming."
    )
