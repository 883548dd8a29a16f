"""What Lambda says to a function, one event of each kind, and the clock: the same for all, in each one's own process."""

import base64
import json
import sys
import time

ACCOUNT = "123456789012"
REGION = "eu-central-1"
ORDER = json.dumps({"number": 4711, "item": "bat", "pieces": 2})
BATCH = 10


def sqs(count):
    """A batch of messages."""
    return {
        "Records": [
            {
                "messageId": f"19dd0b57-b21e-4ac1-bd88-{number:012}",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": ORDER,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1545082649183",
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                    "ApproximateFirstReceiveTimestamp": "1545082649185",
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders",
                "awsRegion": REGION,
            }
            for number in range(count)
        ]
    }


SNS = {
    "Records": [
        {
            "EventVersion": "1.0",
            "EventSubscriptionArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:news:2bcfbf39",
            "EventSource": "aws:sns",
            "Sns": {
                "SignatureVersion": "1",
                "Timestamp": "2026-01-02T12:45:07.000Z",
                "Signature": "EXAMPLE",
                "SigningCertUrl": "EXAMPLE",
                "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                "Message": ORDER,
                "MessageAttributes": {},
                "Type": "Notification",
                "UnsubscribeUrl": "EXAMPLE",
                "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:news",
                "Subject": "An order",
            },
        }
    ]
}

S3 = {
    "Records": [
        {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": REGION,
            "eventTime": "2026-09-03T19:37:27.192Z",
            "eventName": "ObjectCreated:Put",
            "userIdentity": {"principalId": "AWS:AIDAINPONIXQXHT3IKHL2"},
            "requestParameters": {"sourceIPAddress": "192.0.2.1"},
            "responseElements": {"x-amz-request-id": "D82B88E5F771F645"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "828aa6fc-f7b5-4305-8584-487c791949c1",
                "bucket": {
                    "name": "uploads",
                    "ownerIdentity": {"principalId": "A3I5XTEXAMAI3E"},
                    "arn": "arn:aws:s3:::uploads",
                },
                "object": {
                    "key": "b21b84d653bb07b05b1e6b33684dc11b.jpg",
                    "size": 1305107,
                    "eTag": "b21b84d653bb07b05b1e6b33684dc11b",
                    "sequencer": "0C0F6F405D6ED209E1",
                },
            },
        }
    ]
}

SCHEDULE = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": ACCOUNT,
    "time": "2026-10-08T16:53:06Z",
    "region": REGION,
    "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"],
    "detail": {},
}

DYNAMODB = {
    "Records": [
        {
            "eventID": "c81e728d9d4c2f636f067f89cc14862c",
            "eventName": "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": {
                "ApproximateCreationDateTime": 1545084650.0,
                "Keys": {"number": {"N": "4711"}},
                "NewImage": {"item": {"S": "bat"}, "number": {"N": "4711"}, "pieces": {"N": "2"}},
                "OldImage": {"item": {"S": "bat"}, "number": {"N": "4711"}, "pieces": {"N": "1"}},
                "SequenceNumber": "222",
                "SizeBytes": 59,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
            "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders/stream/2026-06-27T00:48:05.899",
        }
    ]
}

KINESIS = {
    "Records": [
        {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": "1",
                "sequenceNumber": "49590338271490256608559692538361571095921575989136588898",
                "data": base64.b64encode(ORDER.encode()).decode(),
                "approximateArrivalTimestamp": 1545084650.987,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": "shardId-000000000006:49590338271490256608559692538361571095921575989136588898",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/lambda-role",
            "awsRegion": REGION,
            "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks",
        }
    ]
}

_HEADERS = {
    "accept": "application/json",
    "host": "abc.lambda-url.eu-central-1.on.aws",
    "user-agent": "curl/8.5.0",
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}

HTTP2 = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/orders/4711",
    "rawQueryString": "pieces=2",
    "headers": _HEADERS,
    "queryStringParameters": {"pieces": "2"},
    "requestContext": {
        "accountId": "anonymous",
        "apiId": "abc",
        "domainName": "abc.lambda-url.eu-central-1.on.aws",
        "domainPrefix": "abc",
        "http": {
            "method": "GET",
            "path": "/orders/4711",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "curl/8.5.0",
        },
        "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
        "routeKey": "$default",
        "stage": "$default",
        "time": "12/Mar/2026:19:03:58 +0000",
        "timeEpoch": 1583348638390,
    },
    "isBase64Encoded": False,
}

HTTP1 = {
    "resource": "/orders/{number}",
    "path": "/orders/4711",
    "httpMethod": "GET",
    "headers": _HEADERS,
    "multiValueHeaders": {name: [value] for name, value in _HEADERS.items()},
    "queryStringParameters": {"pieces": "2"},
    "multiValueQueryStringParameters": {"pieces": ["2"]},
    "pathParameters": {"number": "4711"},
    "stageVariables": None,
    "requestContext": {
        "accountId": ACCOUNT,
        "apiId": "abc",
        "authorizer": {},
        "httpMethod": "GET",
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "curl/8.5.0"},
        "path": "/api/orders/4711",
        "protocol": "HTTP/1.1",
        "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
        "resourcePath": "/orders/{number}",
        "stage": "api",
    },
    "body": None,
    "isBase64Encoded": False,
}

EVENTS = {
    "schedule": SCHEDULE,
    "sqs": sqs(1),
    "sqs_batch": sqs(BATCH),
    "sns": SNS,
    "s3": S3,
    "dynamodb": DYNAMODB,
    "kinesis": KINESIS,
    "direct": {"number": 4711},
}


class Context:
    """What Lambda gives beside the event."""

    function_name = "shop"
    function_version = "$LATEST"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:shop"
    memory_limit_in_mb = "512"
    aws_request_id = "e1506fd5-9e7b-434f-bd42-4f8fa224b599"
    log_group_name = "/aws/lambda/shop"
    log_stream_name = "2026/10/08/[$LATEST]58419525dade4d17a495dceeeed44708"

    def get_remaining_time_in_millis(self):
        """Plenty."""
        return 30_000


def run(handlers, heard):
    """Call each handler as often as the command line says, and print the microseconds of each call as JSON.

    `handlers` has a function of an event and a context for each kind, with the event; `heard` counts what has arrived.
    """
    count = int(sys.argv[1])
    context = Context()
    taken = {}
    for kind, (handler, event) in handlers.items():
        before = len(heard)
        first = handler(json.loads(json.dumps(event)), context)
        arrived = BATCH if kind == "sqs_batch" else 1
        if len(heard) - before != arrived:
            raise SystemExit(f"{kind}: {len(heard) - before} arrived, not {arrived}; the answer was {first}")
        times = []
        for _ in range(count):
            fresh = json.loads(json.dumps(event))  # as awslambdaric has it: an event of its own for each call
            begun = time.perf_counter_ns()
            handler(fresh, context)
            times.append((time.perf_counter_ns() - begun) / 1000)
        heard.clear()
        taken[kind] = times
    print(json.dumps(taken))
