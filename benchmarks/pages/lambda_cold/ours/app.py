"""A shop, ours."""

from hipflask import Hipflask

app = Hipflask(__name__)


@app.api("/orders/<int:number>")
def order(number: int, pieces: int) -> dict[str, int]:
    """One order."""
    return {"number": number, "pieces": pieces}


@app.on_sqs_message("orders")
def take(number: int, item: str) -> None:
    """What was ordered."""
