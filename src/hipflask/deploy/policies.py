"""What a function's role may do, as statements of IAM: what its trigger needs, and what a person has allowed.

Nothing here is guessed from code. Where a statement has "*" for its resource, AWS knows no narrower one, and the comment
beside it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Json = Any
Statement = dict[str, Json]


def allow(actions: Sequence[str], resources: Sequence[Json]) -> Statement:
    """These actions on these resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def assumed_by_lambda() -> Json:
    """Who may take the role on: Lambda, for the function."""
    return document(
        [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    )


def document(statements: Iterable[Statement]) -> Json:
    """Statements as a whole policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def write_logs(group_arn: Json) -> Statement:
    """Writing to its own log group; CloudFormation gives its ARN with ":*" at the end, for the streams in it."""
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group_arn])


def poll_queue(arn: Json) -> Statement:
    """What Lambda does with the role to bring a queue's messages."""
    return allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [arn])


def poll_table(arn: Json) -> Statement:
    """What Lambda does with the role to bring the changes of a DynamoDB table."""
    return allow(
        [
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ],
        [arn],
    )


def poll_stream(arn: Json) -> Statement:
    """What Lambda does with the role to bring the records of a Kinesis stream."""
    return allow(
        [
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
        ],
        [arn],
    )


def send_failures(arn: Json) -> Statement:
    """What Lambda does with the role to keep an event that the function could not deal with."""
    return allow(["sqs:SendMessage"], [arn])


def read_secrets(arns: Iterable[str]) -> list[Statement]:
    """Reading secrets and parameters, each by its ARN."""
    plain = sorted({arn.partition("#")[0] for arn in arns})
    kinds = (("secretsmanager:GetSecretValue", ":secretsmanager:"), ("ssm:GetParameter", ":ssm:"))
    found = ((action, [arn for arn in plain if service in arn]) for action, service in kinds)
    return [allow([action], matching) for action, matching in found if matching]


def trace() -> Statement:
    """Telling X-Ray what a call did: its traces belong to no resource."""
    return allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"])


_NETWORK = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


def join_network(function_arn: Json) -> list[Statement]:
    """What Lambda does with the role to reach a network: the interfaces have no names yet when it must be allowed.

    The function's own code has the same role, and is refused all of it.
    """
    code = {
        "Effect": "Deny",
        "Action": _NETWORK,
        "Resource": ["*"],
        "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": [function_arn]}},
    }
    return [allow(_NETWORK, ["*"]), code]
