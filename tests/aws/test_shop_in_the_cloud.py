"""`examples/shop`, deployed by `hipflask deploy` into the cloud of the tests: its true bundle, asked by a browser's means and by boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from aws.cloud import ACCOUNT, REGION, Cloud, eventually
from aws.project_in_the_cloud import STAGE, InTheCloud, deployed
from shopper import Shopper, picture, shop_in

soon = partial(
    eventually, seconds=60
)  # a function's first call starts a process, on a machine that has other work too


@pytest.fixture(scope="module")
def shop(the_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InTheCloud]:
    """The shop, deployed."""
    the_cloud.forget()
    with deployed(the_cloud, shop_in(tmp_path_factory.mktemp("shop")), "shop") as project:
        yield project


@pytest.fixture
def shopper(shop: InTheCloud) -> Shopper:
    """Somebody there."""
    return Shopper(shop.url)


# ── rights ────────────────────────────────────────────────────────────────────────────────────────


def resource(shop: InTheCloud, named: Any) -> str:
    """A resource of a policy, in words: "pictures", "pictures/*", "orders", or what else it is called."""
    if "Fn::GetAtt" in named:
        return str(named["Fn::GetAtt"][0])
    return str(named["Fn::Sub"]).replace("-${AWS::AccountId}-${AWS::Region}", "").rpartition(":")[2]


def rights(shop: InTheCloud, role: str) -> dict[str, set[str]]:
    """What a role may do, and with what."""
    found: dict[str, set[str]] = {}
    for policy in shop.template["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            assert set(statement) == {"Action", "Effect", "Resource"}
            for action in statement["Action"]:
                found.setdefault(action, set()).update(resource(shop, each) for each in statement["Resource"])
    return found


PICTURES = {f"shop-{STAGE}-pictures", f"shop-{STAGE}-pictures/*"}
BOOKS = {f"shop-{STAGE}-books", f"shop-{STAGE}-books/*"}
FAILURES = {"sqs:SendMessage": {f"shop-{STAGE}-failures"}}  # where an event goes that has failed for good


def log(of: str) -> dict[str, set[str]]:
    """A function's own log."""
    return {"logs:CreateLogStream": {of}, "logs:PutLogEvents": {of}}


def test_no_function_may_do_more_than_the_app_has_said(shop: InTheCloud) -> None:
    """Its `app.allow`s, its own queue, its own log, and nothing else."""
    roles = {name for name, each in shop.template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    assert {role: rights(shop, role) for role in roles} == {
        "WebRole": {
            **log("WebLogs"),
            "s3:GetObject": PICTURES | BOOKS,
            "s3:PutObject": PICTURES,
            "s3:ListBucket": PICTURES | BOOKS,
            "sqs:SendMessage": {f"shop-{STAGE}-orders"},
        },
        "S3ThumbnailRole": {
            **log("S3ThumbnailLogs"),
            **FAILURES,
            "s3:GetObject": PICTURES,
            "s3:PutObject": PICTURES,
        },
        "SqsFulfilRole": {
            **log("SqsFulfilLogs"),
            "sqs:DeleteMessage": {"QueueOrders"},
            "sqs:GetQueueAttributes": {"QueueOrders"},
            "sqs:ReceiveMessage": {"QueueOrders"},
            "s3:PutObject": BOOKS,
        },
        "ScheduleReportRole": {
            **log("ScheduleReportLogs"),
            **FAILURES,
            "s3:GetObject": BOOKS,
            "s3:PutObject": BOOKS,
            "s3:ListBucket": BOOKS,
        },
    }


def test_each_function_has_its_own_role(shop: InTheCloud) -> None:
    """Four functions, four roles."""
    functions = [
        each["Properties"]
        for each in shop.template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function"
    ]
    assert len({one["Role"]["Fn::GetAtt"][0] for one in functions}) == len(functions) == 4
    memory = {
        one["Environment"]["Variables"].get("HIPFLASK_FUNCTION"): one["MemorySize"] for one in functions
    }
    assert memory["thumbnail"] == 1024
    assert set(memory.values()) == {256, 1024}


# ── what happens ──────────────────────────────────────────────────────────────────────────────────


def test_a_picture_becomes_a_thumbnail(shop: InTheCloud, shopper: Shopper) -> None:
    """From a form through one function into the bucket, out of it through another, and back by the web."""
    assert shopper.thumbnail("bat") is None
    assert shopper.bring("bat", picture()) == 202
    made = soon(lambda: shopper.thumbnail("bat"))
    assert (made.format, made.size) == ("JPEG", (160, 120))
    assert b'src="pictures/bat.jpg?' in shopper.ask("/")[1]
    listed = shop.cloud.client("s3").list_objects_v2(Bucket=shop.bucket("pictures"))["Contents"]
    assert [one["Key"] for one in listed] == ["large/bat", "small/bat.jpg"]


def test_an_order_is_done(shop: InTheCloud, shopper: Shopper) -> None:
    """By HTTP, or by whoever may send to the queue."""
    number = shopper.order("glove", 2)
    soon(lambda: shopper.is_done(number))
    assert shopper.state(number)["cents"] == 12_400
    body = json.dumps({"number": "by-hand", "item": "ball", "pieces": 1})
    shop.cloud.client("sqs").send_message(QueueUrl=shop.queue("orders"), MessageBody=body)
    soon(lambda: shopper.is_done("by-hand"))


def test_a_poisoned_order_ends_among_the_dead_letters_and_no_other_does(
    shop: InTheCloud, shopper: Shopper
) -> None:
    """In one batch of ten: nine are done once, one comes three times."""
    sqs = shop.cloud.client("sqs")
    bodies = [
        {"number": f"batch-{n}", "item": "curve ball" if n == 4 else "bat", "pieces": 1} for n in range(10)
    ]
    entries = [{"Id": str(number), "MessageBody": json.dumps(body)} for number, body in enumerate(bodies)]
    sqs.send_message_batch(QueueUrl=shop.queue("orders"), Entries=entries)
    dead = shop.queue("orders-dead")
    letters = soon(
        lambda: sqs.receive_message(QueueUrl=dead, AttributeNames=["ApproximateReceiveCount"]).get("Messages")
    )
    assert [json.loads(letter["Body"])["number"] for letter in letters] == ["batch-4"]
    for number in {0, 1, 2, 3, 5, 6, 7, 8, 9}:
        soon(lambda number=number: shopper.is_done(f"batch-{number}"))
    assert not shopper.is_done("batch-4")
    told = shop.hipflask("logs", "fulfil", "--filter", "curve")
    assert told.count("ValueError: We have no curve ball: bat, ball, glove.") == 3


def test_the_nightly_report_is_written(shop: InTheCloud, shopper: Shopper) -> None:
    """Its rule is due at two; moto fires none, so Amazon's event is sent from here to what the rule aims at."""
    number = shopper.order("glove")
    soon(lambda: shopper.is_done(number))
    events = shop.cloud.client("events")
    (rule,) = events.list_rules()["Rules"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("cron(0 2 * * ? *)", "ENABLED")
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    event = {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-11-23T02:00:00Z",
        "region": REGION,
        "resources": [rule["Arn"]],
        "detail": {},
    }
    told, is_error = shop.invoke(target["Arn"], event)
    assert not is_error, told
    key = f"reports/{datetime.now(UTC):%Y-%m-%d}.txt"
    kept = shop.cloud.client("s3").get_object(Bucket=shop.bucket("books"), Key=key)["Body"].read().decode()
    assert "glove\n" in kept
    assert kept.endswith("in all\n")
    shop.cloud.client("s3").delete_object(Bucket=shop.bucket("books"), Key=key)
    shop.hipflask("invoke", "report")  # says that it is due now
    assert shop.cloud.client("s3").get_object(Bucket=shop.bucket("books"), Key=key)
