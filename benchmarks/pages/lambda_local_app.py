"""The same route, and a queue, so that its worker runs beside the gateway."""

from hipflask import Hipflask

app = Hipflask(__name__)
orders = app.queue("orders")


@app.api("/on/<base>")
def who_is_on(base: str) -> dict[str, str]:
    return {"base": base, "player": "Who"}


@app.on_sqs_message(orders)
def take(number: int) -> None:
    """Nobody sends any."""
