"""The kinds of events: what each is called by whom, and which parameters it fills by itself."""

from __future__ import annotations

# A decorator's name, and what Chalice calls its kind in `@app.middleware`.
GROUPS = {
    "on_s3_event": "s3",
    "on_sns_message": "sns",
    "on_sqs_message": "sqs",
    "on_cw_event": "cloudwatch",
    "on_kinesis_record": "kinesis",
    "on_dynamodb_record": "dynamodb",
    "schedule": "scheduled",
    "lambda_function": "pure_lambda",
}
SURFACES = frozenset((*GROUPS, "authorizer"))
MIDDLEWARE_KINDS = ("all", "http", *GROUPS.values())

# Those whose events have nothing to give but this; all others bring a body besides.
FILLS = {
    "schedule": ("time",),
    "authorizer": ("token", "method_arn", "method", "path", "headers"),
    "on_s3_event": ("bucket", "key", "size", "etag", "version", "event", "time"),
    "on_dynamodb_record": ("keys", "new", "old", "event_name", "sequence_number", "table"),
}

# The name of a body itself, for a parameter that takes it as text or bytes.
TEXTS = {"on_sqs_message": "body", "on_sns_message": "message", "on_kinesis_record": "data"}

# What the others have beside their body, which goes first.
BESIDES = {
    "on_sqs_message": ("message_id", "receive_count", "attributes"),
    "on_sns_message": ("subject", "message_id", "topic_arn", "attributes"),
    "on_kinesis_record": ("partition_key", "sequence_number"),
    "on_cw_event": ("detail", "detail_type", "source", "time", "account", "region", "resources", "id"),
    "lambda_function": (),
}
