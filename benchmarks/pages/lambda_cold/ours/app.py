"""A shop, ours: the web, and a queue."""

from web import app


@app.on_sqs_message("orders")
def take(number: int, item: str) -> None:
    """What was ordered."""
