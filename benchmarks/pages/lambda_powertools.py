"""A shop's functions: those of Powertools for AWS Lambda."""

import json

import lambda_said as said
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes import (
    EventBridgeEvent,
    S3Event,
    SNSEvent,
    event_source,
)

heard = []
app = APIGatewayHttpResolver()


@app.get("/orders/<number>")
def order(number):
    """One order."""
    pieces = int(app.current_event.query_string_parameters["pieces"])
    heard.append(number)
    return {"number": int(number), "pieces": pieces}


@event_source(data_class=EventBridgeEvent)
def nightly(event, context):
    """A report."""
    heard.append(event.detail)


def batches(kind, take):
    """A function of batches of records."""
    processor = BatchProcessor(event_type=kind)

    def handler(event, context):
        return process_partial_response(
            event=event, record_handler=take, processor=processor, context=context
        )

    return handler


@event_source(data_class=SNSEvent)
def news(event, context):
    """What was said."""
    for record in event.records:
        heard.append(json.loads(record.sns.message)["item"])


@event_source(data_class=S3Event)
def upload(event, context):
    """What was put there."""
    for record in event.records:
        heard.append(record.s3.get_object.key)


def direct(event, context):
    """Asked directly."""
    heard.append(event["number"])
    return {"number": event["number"]}


if __name__ == "__main__":
    orders = batches(EventType.SQS, lambda record: heard.append(record.json_body["item"]))
    changed = batches(
        EventType.DynamoDBStreams, lambda record: heard.append(record.dynamodb.new_image["item"])
    )
    click = batches(
        EventType.KinesisDataStreams, lambda record: heard.append(record.kinesis.data_as_json()["item"])
    )
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
    said.run({"http": (app.resolve, said.HTTP2), **handlers}, heard)
