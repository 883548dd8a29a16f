"""No function may do more than its trigger needs and a person has allowed, and nothing is open that need not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from deployed import (
    APPS,
    EVERYTHING,
    OTHER_QUEUE,
    PARAMETER,
    SECRET,
    STREAM,
    TABLE,
    Template,
    everything,
    made,
    of,
    of_type,
    properties,
)

OWN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
FAILURES = ("sqs:SendMessage", OWN % ("sqs", "everything-prod-failures"))
QUEUE_RIGHTS = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
TABLE_RIGHTS = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
STREAM_RIGHTS = (
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)
NETWORK = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}
TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}

# Beyond its own log group, what each function of the app with everything may do: written by hand, from AWS's own pages.
NEEDED: dict[str, set[tuple[str, str]]] = {
    "Web": set(),
    "LambdaDirectCall75bb85": set(),
    "AuthorizerWho": set(),
    "ScheduleOften": {FAILURES},
    "EventMachine": {FAILURES},
    "S3OwnFile": {FAILURES},
    "S3TheirFile": {FAILURES},
    "SqsBatch": {(right, "QueueWork.Arn") for right in QUEUE_RIGHTS},
    "SqsInOrder": {(right, "QueueWorkFifo4b28dd.Arn") for right in QUEUE_RIGHTS},
    "SqsOthers": {(right, OTHER_QUEUE) for right in QUEUE_RIGHTS},
    "SnsHear": {FAILURES, ("ses:SendEmail", "*")},
    "SnsOverhear": {FAILURES},
    "DynamodbRow": {
        FAILURES,
        ("dynamodb:PutItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/Players"),
        *((right, TABLE) for right in TABLE_RIGHTS),
    },
    "KinesisRecord": {FAILURES, *((right, STREAM) for right in STREAM_RIGHTS)},
    "KinesisClick": {FAILURES, *((right, OWN % ("kinesis", "stream/clicks")) for right in STREAM_RIGHTS)},
}
PLAIN = {key: value for key, value in EVERYTHING.items() if key not in ("vpc", "tracing", "secrets")}


def rights(template: Template, function: str, effect: str = "Allow") -> set[tuple[str, str]]:
    """Every action that a function's role has, with every resource that it has it for."""
    role = properties(template, f"{function}Role")
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    return {
        (action, plain(resource))
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == effect
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def plain(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        ((kind, inner),) = value.items()
        return ".".join(inner) if kind == "Fn::GetAtt" else str(inner)
    return str(value)


def logs(function: str) -> set[tuple[str, str]]:
    """Writing to the one log group that is its own."""
    return {(right, f"{function}Logs.Arn") for right in ("logs:CreateLogStream", "logs:PutLogEvents")}


def functions(template: Template) -> list[str]:
    """The functions' ids, without the word."""
    return [id_.removesuffix("Function") for id_ in of_type(template, "AWS::Lambda::Function")]


def test_each_function_may_do_what_its_trigger_needs_and_no_more() -> None:
    """To the letter: one right more or less is a failure."""
    template = of(everything(), PLAIN)
    found = {each: rights(template, each) for each in functions(template)}
    assert found == {function: needed | logs(function) for function, needed in NEEDED.items()}


def test_each_function_has_a_role_that_only_lambda_can_take_on() -> None:
    """A role is nobody else's, neither another function's nor another service's."""
    template = made("everything")
    roles = [properties(template, f"{each}Function")["Role"]["Fn::GetAtt"][0] for each in functions(template)]
    assert roles == [f"{each}Role" for each in functions(template)]
    for role in of_type(template, "AWS::IAM::Role").values():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"


def test_network_tracing_and_secrets_add_just_these() -> None:
    """What they add is the same for all functions; the network's part is refused to the function's own code."""
    template = made("everything")
    for each in functions(template):
        added = rights(template, each) - NEEDED[each] - logs(each)
        assert added == {
            *((right, "*") for right in NETWORK | TRACES),
            ("secretsmanager:GetSecretValue", SECRET),
            ("ssm:GetParameter", PARAMETER),
        }
        assert rights(template, each, "Deny") == {(right, "*") for right in NETWORK}
        name = properties(template, f"{each}Function")["FunctionName"]
        (refusal,) = (one for one in statements(template, each) if one["Effect"] == "Deny")
        assert refusal["Condition"] == {
            "ArnEquals": {"lambda:SourceFunctionArn": [{"Fn::Sub": OWN % ("lambda", f"function:{name}")}]}
        }


def statements(template: Template, function: str) -> list[dict[str, Any]]:
    """The statements of a role."""
    found: list[dict[str, Any]] = properties(template, f"{function}Role")["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return found


def stars(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text with a "*" in it, with where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from stars(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from stars(inner, path)
    elif isinstance(value, str) and "*" in value:
        yield path, value


# Where a "*" stands in these templates, all of it, and who wants it.
WANTED = {
    "AWS::IAM::Role Resource": {
        "*"
    },  # AWS: traces, network interfaces; and what a person has allowed; see above
    "AWS::IAM::Role Resource.Fn::Sub": {
        "arn:${AWS::Partition}:s3:::shop-prod-uploads-${AWS::AccountId}-${AWS::Region}/*"
    },
    "AWS::Lambda::Permission Principal": {
        "*"
    },  # the web is open to all: only by the function's URL, see below
    "AWS::Lambda::Permission SourceArn.Fn::Sub": {  # any stage of this one API: AWS puts it into the ARN
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${WebApi}/*/$default"
    },
    "AWS::S3::BucketPolicy Principal": {"*"},  # a refusal
    "AWS::S3::BucketPolicy Action": {"s3:*"},  # a refusal
}


@pytest.mark.parametrize("name", APPS)
def test_nothing_is_for_everything_but_what_is_on_the_list(name: str) -> None:
    """The whole template is walked through, not only what is known to matter."""
    for id_, resource in made(name)["Resources"].items():
        kind = resource["Type"]
        for path, text in stars(resource["Properties"], ""):
            if kind == "AWS::Events::Rule" or (kind == "AWS::S3::Bucket" and "Event" in path):
                continue  # what an event looks like, not who may do something
            if kind == "AWS::S3::BucketPolicy" and "Resource" in path:
                continue
            place = f"{kind} {path.rpartition('Statement.')[2].lstrip('.')}"
            assert text in WANTED.get(place, set()), f"{id_} {path}: {text}"


def test_a_policy_of_a_bucket_only_refuses() -> None:
    """Whoever comes without TLS."""
    for template in map(made, APPS):
        for policy in of_type(template, "AWS::S3::BucketPolicy").values():
            (statement,) = policy["PolicyDocument"]["Statement"]
            assert statement["Effect"] == "Deny"
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_web_function_can_be_called_from_outside_by_its_url_alone() -> None:
    """Everybody may call it, and nobody outside the account can hand it an event of their own making."""
    open_to_all = [
        each for each in of_type(made("shop"), "AWS::Lambda::Permission").values() if each["Principal"] == "*"
    ]
    assert open_to_all == [
        {
            "FunctionName": {"Ref": "WebFunction"},
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionUrlAuthType": "NONE",
        },
        {
            "FunctionName": {"Ref": "WebFunction"},
            "Principal": "*",
            "Action": "lambda:InvokeFunction",
            "InvokedViaFunctionUrl": True,
        },
    ]


@pytest.mark.parametrize("name", APPS)
def test_every_service_may_call_only_for_one_source(name: str) -> None:
    """A permission without a source would let anybody's rule, bucket or skill call the function."""
    for id_, permission in of_type(made(name), "AWS::Lambda::Permission").items():
        if permission["Principal"] == "*":
            continue
        assert permission.get("SourceArn") or permission.get("EventSourceToken"), id_
        if permission["Principal"] == "s3.amazonaws.com":
            assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_each_skill_of_alexa_is_known_by_its_id() -> None:
    """Anybody's skill may ask for a function by its ARN."""
    permissions = of_type(made("everything"), "AWS::Lambda::Permission").values()
    skills = [
        each["EventSourceToken"] for each in permissions if each["Principal"] == "alexa-appkit.amazon.com"
    ]
    assert skills == ["amzn1.ask.skill.0a", "amzn1.ask.skill.1b"]


def test_the_value_of_a_secret_is_nowhere() -> None:
    """A template has where it is kept, in a variable whose name says so."""
    variables = properties(made("everything"), "WebFunction")["Environment"]["Variables"]
    assert variables["HIPFLASK_SECRET_STRIPE_KEY"] == SECRET
    assert "STRIPE_KEY" not in variables
    assert "resolve:" not in str(made("everything"))
