"""A shop on Chalice."""

import json

from chalice import Chalice

app = Chalice(app_name="shop")


@app.route("/orders/{number}")
def order(number):
    """One order."""
    return {"number": int(number), "pieces": int(app.current_request.query_params["pieces"])}


@app.on_sqs_message(queue="orders")
def take(event):
    """What was ordered."""
    for record in event:
        order = json.loads(record.body)
        assert order["number"] and order["item"]
