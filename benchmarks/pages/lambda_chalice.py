"""A shop's functions: Chalice's."""

import json

import lambda_said as said
from chalice import Chalice, Rate

app = Chalice(app_name="shop")
heard = []


@app.route("/orders/{number}")
def order(number):
    """One order."""
    pieces = int(app.current_request.query_params["pieces"])
    heard.append(number)
    return {"number": int(number), "pieces": pieces}


@app.schedule(Rate(1, unit=Rate.DAYS))
def nightly(event):
    """A report."""
    heard.append(event.detail)


@app.on_sqs_message(queue="orders", batch_size=10)
def orders(event):
    """What was ordered."""
    for record in event:
        ordered = json.loads(record.body)
        heard.append(ordered["item"])


@app.on_sns_message(topic="news")
def news(event):
    """What was said."""
    ordered = json.loads(event.message)
    heard.append(ordered["item"])


@app.on_s3_event(bucket="uploads")
def upload(event):
    """What was put there."""
    heard.append(event.key)


@app.on_dynamodb_record(stream_arn=said.DYNAMODB["Records"][0]["eventSourceARN"])
def changed(event):
    """What has changed; as DynamoDB writes it."""
    for record in event:
        heard.append(record.new_image["item"]["S"])


@app.on_kinesis_record(stream="clicks")
def click(event):
    """What was clicked."""
    for record in event:
        ordered = json.loads(record.data)
        heard.append(ordered["item"])


@app.lambda_function()
def direct(event, context):
    """Asked directly."""
    heard.append(event["number"])
    return {"number": event["number"]}


if __name__ == "__main__":
    functions = {
        "schedule": nightly,
        "sqs": orders,
        "sqs_batch": orders,
        "sns": news,
        "s3": upload,
        "dynamodb": changed,
        "kinesis": click,
        "direct": direct,
    }
    handlers = {kind: (function, said.EVENTS[kind]) for kind, function in functions.items()}
    said.run({"http": (app, said.HTTP1), **handlers}, heard)
