"""A shop's functions: ours, each with the handler that its own Lambda would have."""

import os

import lambda_said as said
from flask import request

from hipflask import Hipflask
from hipflask.surfaces.aws import handler

os.environ.update(AWS_LAMBDA_FUNCTION_NAME="shop", LAMBDA_TASK_ROOT=os.getcwd())  # as Lambda does

app = Hipflask("shop")
heard = []


@app.get("/orders/<number>")
def order(number):
    """One order."""
    pieces = int(request.args["pieces"])
    heard.append(number)
    return {"number": int(number), "pieces": pieces}


@app.schedule("rate(1 day)")
def nightly():
    """A report."""
    heard.append("nightly")


@app.on_sqs_message(queue="orders", batch_size=10)
def ordered(number: int, item: str):
    """What was ordered."""
    heard.append(item)


@app.on_sns_message(topic="news")
def news(number: int, item: str):
    """What was said."""
    heard.append(item)


@app.on_s3_event(bucket="uploads")
def upload(key: str):
    """What was put there."""
    heard.append(key)


@app.on_dynamodb_record(stream_arn=said.DYNAMODB["Records"][0]["eventSourceARN"])
def changed(new: dict):
    """What has changed."""
    heard.append(new["item"])


@app.on_kinesis_record(stream="clicks")
def click(number: int, item: str):
    """What was clicked."""
    heard.append(item)


@app.lambda_function()
def direct(number: int):
    """Asked directly."""
    heard.append(number)
    return {"number": number}


if __name__ == "__main__":
    functions = {
        "schedule": nightly,
        "sqs": ordered,
        "sqs_batch": ordered,
        "sns": news,
        "s3": upload,
        "dynamodb": changed,
        "kinesis": click,
        "direct": direct,
    }
    handlers = {
        kind: (handler(app, function.__name__), said.EVENTS[kind]) for kind, function in functions.items()
    }
    said.run({"http": (handler(app), said.HTTP2), **handlers}, heard)
