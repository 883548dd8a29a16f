"""Events in the shapes that Amazon documents."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote_plus

REGION, ACCOUNT = "eu-central-1", "123456789012"


def sqs(*bodies: Any, queue: str = "orders") -> dict[str, Any]:
    """Messages m1, m2, … of a queue; text as it is, everything else as JSON."""
    return {"Records": [_message(f"m{at}", body, queue) for at, body in enumerate(bodies, 1)]}


def _message(identifier: str, body: Any, queue: str) -> dict[str, Any]:
    return {
        "messageId": identifier,
        "receiptHandle": f"handle of {identifier}",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def sns(message: Any, topic: str = "news", subject: str | None = None) -> dict[str, Any]:
    """One message of a topic."""
    return {
        "Records": [
            {
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}:21be56ed",
                "EventSource": "aws:sns",
                "Sns": {
                    "SignatureVersion": "1",
                    "Timestamp": "2019-01-02T12:45:07.000Z",
                    "Signature": "tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j…",
                    "SigningCertUrl": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService.pem",
                    "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                    "Message": message if isinstance(message, str) else json.dumps(message),
                    "MessageAttributes": {"Test": {"Type": "String", "Value": "TestString"}},
                    "Type": "Notification",
                    "UnsubscribeUrl": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
                    "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}",
                    "Subject": subject,
                },
            }
        ]
    }


def s3(bucket: str, key: str, event: str = "ObjectCreated:Put") -> dict[str, Any]:
    """One notification of a bucket."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": "2026-09-03T19:37:27.192Z",
                "eventName": event,
                "userIdentity": {"principalId": "AWS:AIDAINPONIXQXHT3IKHL2"},
                "requestParameters": {"sourceIPAddress": "205.255.255.255"},
                "responseElements": {"x-amz-request-id": "D82B88E5F771F645"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "828aa6fc-f7b5-4305-8584-487c791949c1",
                    "bucket": {
                        "name": bucket,
                        "ownerIdentity": {"principalId": "A3I5XTEXAMAI3E"},
                        "arn": f"arn:aws:s3:::{bucket}",
                    },
                    "object": {
                        "key": quote_plus(key),
                        "size": 1024,
                        "eTag": "b21b84d653bb07b05b1e6b33684dc11b",
                        "sequencer": "0C0F6F405D6ED209E1",
                    },
                },
            }
        ]
    }


def s3_by_bus(bucket: str, key: str, kind: str = "Object Created", **detail: Any) -> dict[str, Any]:
    """What EventBridge says of a bucket, whose keys are not encoded."""
    about = {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {
            "key": key,
            "size": 5,
            "etag": "b1946ac92492d2347c6235b4d2611184",
            "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
            "sequencer": "617f08299329d189",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": ACCOUNT,
        "source-ip-address": "1.2.3.4",
        "reason": "PutObject",
    }
    return {**cloudwatch({**about, **detail}, kind, "aws.s3"), "resources": [f"arn:aws:s3:::{bucket}"]}


def cloudwatch(
    detail: Any, kind: str = "EC2 Instance State-change Notification", source: str = "aws.ec2"
) -> dict[str, Any]:
    """An event of EventBridge."""
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": "2026-12-22T18:43:48Z",
        "region": REGION,
        "resources": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1234567890abcdef0"],
        "detail": detail,
    }


def schedule(rule: str) -> dict[str, Any]:
    """What a rule with a schedule sends."""
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"
    return {**cloudwatch({}, "Scheduled Event", "aws.events"), "resources": [arn]}


def kinesis(*data: Any, stream: str = "pitches") -> dict[str, Any]:
    """Records with the sequence numbers 1, 2, … of a stream; bytes as they are, everything else as JSON."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "1",
                    "sequenceNumber": str(at),
                    "data": base64.b64encode(
                        each if isinstance(each, bytes) else json.dumps(each).encode()
                    ).decode(),
                    "approximateArrivalTimestamp": 1545084650.987,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000006:{at}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/lambda-role",
                "awsRegion": REGION,
                "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}",
            }
            for at, each in enumerate(data, 1)
        ]
    }


TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Players/stream/2026-06-27T00:48:05.899"


def dynamodb(*changes: dict[str, Any]) -> dict[str, Any]:
    """Changes with the sequence numbers 1, 2, … of a table; each is `{"Keys": …, "NewImage": …}` and what happened as "event"."""
    return {
        "Records": [
            {
                "eventID": f"event-{at}",
                "eventVersion": "1.0",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1545084650.0,
                    "SequenceNumber": str(at),
                    "SizeBytes": 26,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                    **{name: value for name, value in change.items() if name != "event"},
                },
                "awsRegion": REGION,
                "eventName": change.get("event", "INSERT"),
                "eventSourceARN": TABLE,
                "eventSource": "aws:dynamodb",
            }
            for at, change in enumerate(changes, 1)
        ]
    }
