"""The difference between two templates, as a person reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from deployed import APPS, CODE, made, stack

from hipflask.deploy.changes import between
from hipflask.deploy.changing.kinds import REPLACING
from hipflask.deploy.configuration import settings
from hipflask.deploy.description import (
    Bucket,
    Description,
    Direct,
    FromQueue,
    Function,
    Grant,
    Queue,
    Schedule,
    Topic,
    Web,
)
from hipflask.deploy.template import CodeLocation, template

TAKE = Function("take", FromQueue("orders"))
NIGHTLY = Function("nightly", Schedule("rate(1 day)"))
ORDERS = Queue("orders")


def test_the_same_is_no_difference() -> None:
    """Nor is what others keep beside it."""
    before = {**made("shop"), "Metadata": {"HipflaskPrevious": "x"}}
    assert between(before, made("shop")).is_empty
    assert between(before, made("shop")).lines == ()


def test_a_first_deploy_is_all_new_and_loses_nothing() -> None:
    """Each thing that people know has a line, what belongs to it is counted, and rights are told."""
    lines = between(None, made("shop")).lines
    assert "+ function shop-prod-take-sqs" in lines
    assert "+ bucket shop-prod-uploads" in lines
    assert any(line.startswith("+ with them: 14 alarms, 6 roles") for line in lines)
    assert (
        "+ function shop-prod-thumbnail-s3 may s3:GetObject and s3:PutObject on shop-prod-uploads/*" in lines
    )
    assert all(line.startswith("+ ") for line in lines)
    assert between(None, made("shop")).losses == ()


def test_a_new_bundle_is_one_line() -> None:
    """However many functions have it."""
    about = Description("shop:app", (TAKE, NIGHTLY), (ORDERS,))
    prod = settings({}, "shop", "prod")
    old, new = (template(about, prod, CodeLocation("b", f"shop/{key * 64}.zip")) for key in "ab")
    assert between(old, new).lines == ("~ the code of 2 functions: aaaaaaaaaaaa… → bbbbbbbbbbbb…",)


def test_a_changed_property_is_named_with_both_values() -> None:
    """Of one function all in one line; of several the same change once."""
    before = stack(TAKE, queues=[ORDERS])
    after = stack(
        TAKE, queues=[ORDERS], said={"memory": 1024, "functions": {"take": {"reserved-concurrency": 3}}}
    )
    assert between(before, after).lines == (
        "~ function shop-prod-take-sqs: MemorySize 512 → 1024; ReservedConcurrentExecutions is new, 3",
    )
    before, after = (stack(TAKE, NIGHTLY, queues=[ORDERS], said={"memory": memory}) for memory in (512, 256))
    assert between(before, after).lines == (
        "~ 2 functions (shop-prod-nightly-schedule, shop-prod-take-sqs): MemorySize 512 → 256",
    )


def test_what_is_made_anew_says_so() -> None:
    """Whether the property tells, or only AWS knows."""
    before = stack(TAKE, queues=[ORDERS])
    after = stack(
        Function("take", FromQueue("arn:aws:sqs:eu-central-1:123456789012:others")), queues=[ORDERS]
    )
    lines = between(before, after).lines
    assert any(
        line.startswith("~ source of events SqsTakeMapping is made anew: EventSourceArn") for line in lines
    )
    told = between(before, before, replaced={"SqsTakeMapping"}).lines
    assert told == ("~ source of events SqsTakeMapping is made anew: what it depends on changes",)


def test_rights_are_told_one_by_one() -> None:
    """Nobody agrees to a right without having read it."""
    old = Function("read", Direct(), (Grant(("s3:GetObject",), ("arn:aws:s3:::prices/*",)),))
    new = Function(
        "read", Direct(), (Grant(("s3:PutObject", "s3:DeleteObject"), ("arn:aws:s3:::prices/*",)),)
    )
    assert between(stack(old), stack(new)).lines == (
        "~ function shop-prod-read may now s3:DeleteObject and s3:PutObject on arn:aws:s3:::prices/*",
        "~ function shop-prod-read may no longer s3:GetObject on arn:aws:s3:::prices/*",
    )


def test_what_loses_something_stands_out() -> None:
    """At the end, with a mark of its own, and apart for whoever asks before it is done."""
    about = Description("shop:app", (TAKE, NIGHTLY), (ORDERS,), (Bucket("uploads"),), (Topic("news"),))
    before = template(about, settings({}, "shop", "prod"), CODE)
    changes = between(before, stack(Function("other", Direct())))
    assert changes.losses == (
        "! bucket shop-prod-uploads is removed, and stays in the account with all its files, as nobody's",
        "! queue shop-prod-failures is removed, with the messages in it",
        "! queue shop-prod-orders is removed, with the messages in it",
        "! queue shop-prod-orders-dead is removed, with the messages in it",
        "! log group /aws/lambda/shop-prod-nightly-schedule is removed, with the logs in it",
        "! log group /aws/lambda/shop-prod-take-sqs is removed, with the logs in it",
        "! topic shop-prod-news is removed, with the subscriptions that others have to it",
    )
    assert changes.lines[-len(changes.losses) :] == changes.losses
    assert "- function shop-prod-nightly-schedule" in changes.lines


def test_a_queue_that_is_made_anew_loses_its_messages() -> None:
    """As one that is removed."""
    before = stack(TAKE, queues=[ORDERS])
    changes = between(before, before, replaced=["QueueOrders"])
    assert changes.losses == ("! queue shop-prod-orders is made anew, with the messages in it",)


def test_an_app_that_opens_to_everybody_says_so() -> None:
    """Whoever takes an authorizer away reads what that means; whoever puts one there, or has none, does not."""
    about = Description("shop:app", (Function("web", Web()), NIGHTLY), (ORDERS,))
    asked = {"jwt": {"issuer": "https://who.example.com/", "audience": ["shop"]}}
    closed, route, url = (
        template(about, settings(said, "shop"), CODE) for said in (asked, {"gateway": True}, {})
    )
    nothing = template(Description("shop:app", (NIGHTLY,)), settings({}, "shop"), CODE)
    line = "~ everybody may call the app from now on: nobody is asked any more who they are"
    assert all(line in between(closed, after).lines for after in (route, url))
    pairs = ((None, url), (url, closed), (route, url), (url, route), (closed, closed), (closed, nothing))
    assert not any(line in between(before, after).lines for before, after in pairs)


def test_an_address_that_goes_is_a_loss() -> None:
    """Whoever knows it never reaches the app there again."""
    changes = between(
        made("hello"), made("hello", authorizer="", jwt={"issuer": "https://a.example", "audience": ["x"]})
    )
    assert changes.losses == ("! address WebUrl is removed, and its address will never answer again",)


def test_only_outputs_are_a_change_too() -> None:
    """Or a deploy that has to be done would be told to be none."""
    after: dict[str, Any] = json.loads(json.dumps(made("hello")))
    after["Outputs"]["More"] = {"Value": "x"}
    assert between(made("hello"), after).lines == ("~ what is told about the stack",)


def test_what_a_stack_of_somebody_else_has_is_told_as_it_is() -> None:
    """A type that we never make has no words of ours."""
    before = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "t"}}}}
    lines = between(before, {"Resources": {}}).lines
    assert lines == ("- AWS::DynamoDB::Table Table",)


@pytest.mark.parametrize("kind", REPLACING)
def test_what_makes_anew_is_what_aws_s_schemas_say(kind: str) -> None:
    """For every property that any of our templates has."""
    used = {
        key
        for name in APPS
        for each in made(name)["Resources"].values()
        if each["Type"] == kind
        for key in each["Properties"]
    }
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema
    known = {path.removeprefix("/properties/") for path in schema.get("createOnlyProperties", [])}
    # The schema leaves it out, and the reference says "Replacement".
    known |= {"Name"} if kind == "AWS::Route53::RecordSet" else set()
    assert known & used == set(REPLACING[kind]) & used


def test_every_type_that_is_made_has_words() -> None:
    """And a list of what makes it anew."""
    made_here = {
        each["Type"]
        for file in (Path(__file__).parent / "snapshots").glob("*.json")
        for each in json.loads(file.read_bytes())["Resources"].values()
    }
    assert made_here <= REPLACING.keys()
