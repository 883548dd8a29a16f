"""An app with every kind of function, deployed by the command line into the cloud of the tests, where its true bundle runs.

One story, in order: each test finds what the ones before it have left. What moto does not make, or does not do, is said where it matters:

* `AWS::Lambda::EventInvokeConfig` is ignored in silence: `IGNORED`. It is looked for in the template.
* A rule of EventBridge never fires: the function gets the event that Amazon would send, from here.
* A function's URL is an address on loopback, with `gateway.py` behind it.
"""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from aws.bazaar_project import LEDGER, PYPROJECT, UPLOADS, Bazaar
from aws.cloud import ACCOUNT, REGION, Cloud, eventually

HERE = Path(__file__).parent / "bazaar"
# What moto says it has made, and has not.
IGNORED = {"AWS::Lambda::EventInvokeConfig"}
# What it makes without a name of its own.
NAMELESS = {"AWS::Lambda::Permission", "AWS::S3::BucketPolicy"}


@pytest.fixture(scope="module")
def bazaar(the_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bazaar]:
    """The app, deployed."""
    the_cloud.forget()
    stream = the_cloud.client("dynamodb").create_table(
        TableName="stock",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    folder = tmp_path_factory.mktemp("bazaar")
    shutil.copy(HERE / "bazaar.py", folder)
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    said = PYPROJECT.format(region=REGION, machine=machine, python=python, stream=stream)
    (folder / "pyproject.toml").write_text(said)
    yield Bazaar(the_cloud, folder)
    the_cloud.forget()


def test_nothing_is_changed_without_a_yes(bazaar: Bazaar) -> None:
    """Where nobody can be asked, the difference is shown all the same."""
    result = bazaar.hipflask("deploy")
    assert result.returncode == 1
    assert "+ function bazaar-dev-web" in result.stderr
    assert "so nothing was changed. Add --yes if it is meant." in result.stderr
    assert bazaar.cloud.client("cloudformation").describe_stacks()["Stacks"] == []


def test_it_is_deployed(bazaar: Bazaar) -> None:
    """All that the template has is there."""
    told = json.loads(bazaar.done("deploy", "--yes", "--json"))
    assert (told["stack"], told["status"], told["changed"]) == ("bazaar-dev", "CREATE_COMPLETE", True)
    client = bazaar.cloud.client("cloudformation")
    bazaar.template = client.get_template(StackName="bazaar-dev")["TemplateBody"]
    made = {
        one["LogicalResourceId"]: one.get("PhysicalResourceId")
        for page in client.get_paginator("list_stack_resources").paginate(StackName="bazaar-dev")
        for one in page["StackResourceSummaries"]
    }
    for name, resource in bazaar.template["Resources"].items():
        if resource["Type"] in IGNORED:
            assert not made.get(name), f"moto makes {resource['Type']} now: look at it here"
        elif resource["Type"] not in NAMELESS:
            assert made.get(name), f"{name} ({resource['Type']}) was not made"
    kinds = [resource["Type"] for resource in bazaar.template["Resources"].values()]
    assert kinds.count("AWS::Lambda::Function") == 7
    assert kinds.count("AWS::Lambda::Url") == 1


def test_the_same_again_changes_nothing(bazaar: Bazaar) -> None:
    """The bundle is the same, byte by byte, and so is the template."""
    result = bazaar.hipflask("deploy", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["changed"] is False


def test_it_answers_http(bazaar: Bazaar) -> None:
    """A request becomes an event, the true bundle answers it under Amazon's own client."""
    with urlopen(f"{bazaar.url}/prices/pl%C3%A1tano?count=4") as answer:
        assert json.load(answer) == {"fruit": "plátano", "price": 12}
    with pytest.raises(HTTPError) as caught, urlopen(f"{bazaar.url}/prices/fig?count=many"):
        pass
    assert caught.value.code == 422
    caught.value.close()


def test_an_order_goes_through_the_queue(bazaar: Bazaar) -> None:
    """Ordered at one function's door, packed by another."""
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{bazaar.url}/orders", b'{"fruit": "fig", "count": 3}', headers)) as answer:
        assert json.load(answer) == "ordered"
    assert bazaar.noted("packed/fig") == 3


def test_a_poisoned_message_ends_among_the_dead_letters_and_the_others_do_not(bazaar: Bazaar) -> None:
    """In one batch: what cannot be packed comes again twice, the rest is packed once."""
    sqs, url = bazaar.queue("orders")
    messages = [
        {"fruit": "kiwi", "count": 1},
        {"fruit": "poisoned apple", "count": 1},
        {"fruit": "lime", "count": 2},
    ]
    entries = [{"Id": str(number), "MessageBody": json.dumps(body)} for number, body in enumerate(messages)]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert bazaar.noted("packed/kiwi") == 1
    assert bazaar.noted("packed/lime") == 2
    _, dead = bazaar.queue("orders-dead")
    letters = eventually(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"))
    assert [json.loads(letter["Body"])["fruit"] for letter in letters] == ["poisoned apple"]
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == (
        "0",
        "0",
    )


def test_what_does_not_bind_is_a_dead_letter_too(bazaar: Bazaar) -> None:
    """A message of another form fails by itself."""
    sqs, url = bazaar.queue("orders")
    sqs.send_message(QueueUrl=url, MessageBody="no JSON at all")
    _, dead = bazaar.queue("orders-dead")
    letters = eventually(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"))
    assert letters[0]["Body"] == "no JSON at all"


def test_what_is_uploaded_is_weighed(bazaar: Bazaar) -> None:
    """What ends in .txt is; other things are not."""
    s3 = bazaar.cloud.client("s3")
    s3.put_object(Bucket=UPLOADS, Key="a picture.png", Body=b"12")
    s3.put_object(Bucket=UPLOADS, Key="a letter, été.txt", Body=b"12345")
    assert bazaar.noted("weighed/a letter, été.txt") == 5
    assert s3.list_objects_v2(Bucket=LEDGER, Prefix="weighed/")["KeyCount"] == 1


def test_news_spread(bazaar: Bazaar) -> None:
    """From the topic to the function that follows it."""
    (topic,) = bazaar.cloud.client("sns").list_topics()["Topics"]
    bazaar.cloud.client("sns").publish(TopicArn=topic["TopicArn"], Message='{"headline": "Figs are ripe"}')
    assert bazaar.noted("news") == "Figs are ripe"


def test_a_change_in_the_table_is_followed(bazaar: Bazaar) -> None:
    """DynamoDB's own types become plain ones."""
    item = {"id": {"S": "7"}, "name": {"S": "fig"}}
    bazaar.cloud.client("dynamodb").put_item(TableName="stock", Item=item)
    assert bazaar.noted("followed/7") == ["INSERT", "fig"]


def test_the_nightly_report_is_written(bazaar: Bazaar) -> None:
    """The rule is there, enabled, and aims at the function; it is fired from here, as moto never does."""
    events = bazaar.cloud.client("events")
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
    bazaar.invoke(target["Arn"], event)
    assert bazaar.noted("report") == "2026-11-23T02:00:00+00:00"


def test_the_report_is_written_for_whoever_asks_for_it(bazaar: Bazaar) -> None:
    """Without a payload the function of a schedule is told that it is due."""
    bazaar.cloud.client("s3").delete_object(Bucket=LEDGER, Key="report")
    bazaar.done("invoke", "report")
    assert datetime.fromisoformat(bazaar.noted("report")).tzinfo is not None


def test_a_function_is_called_by_name(bazaar: Bazaar) -> None:
    """Its result is all of standard output."""
    assert json.loads(bazaar.done("invoke", "add", "--payload", '{"a": 2, "b": 3}')) == {
        "sum": 5,
        "stage": "dev",
    }
    assert json.loads(bazaar.done("invoke", "add", "--payload", "-", said='{"a": 1, "b": 1}'))["sum"] == 2


def test_a_function_that_fails_says_why(bazaar: Bazaar) -> None:
    """And the exit code is 1."""
    result = bazaar.hipflask("invoke", "add", "--payload", '{"a": "two", "b": 3}')
    assert result.returncode == 1
    assert result.stdout == ""
    assert "a: expected" in result.stderr


def test_its_logs_are_read(bazaar: Bazaar) -> None:
    """By name, and all of them."""
    told = bazaar.done("logs", "pack", "--filter", "packing")
    assert "pack  packing 3 fig" in told
    assert {line.split()[2] for line in bazaar.done("logs").splitlines() if line} >= {"pack"}


def test_where_it_answers_is_printed(bazaar: Bazaar) -> None:
    """Out of the stack's outputs, and nothing else: a script can take it."""
    outputs = bazaar.cloud.client("cloudformation").describe_stacks(StackName="bazaar-dev")["Stacks"][0][
        "Outputs"
    ]
    (address,) = [one["OutputValue"] for one in outputs if one["OutputKey"] == "Url"]
    assert bazaar.done("url") == f"{address}\n"


def test_a_new_edition_and_back_again(bazaar: Bazaar) -> None:
    """Only the functions change; then the former code runs again."""
    source = bazaar.folder / "bazaar.py"
    source.write_text(source.read_text().replace("3 * count", "5 * count"))
    result = bazaar.hipflask("deploy", "--yes")
    assert result.returncode == 0, result.stderr
    assert bazaar.price("fig") == 5
    bazaar.done("deploy", "--yes", "--rollback")
    assert bazaar.price("fig") == 3


def test_it_is_deleted(bazaar: Bazaar) -> None:
    """Only for whoever types the stage; then all is gone, with --empty-buckets the data too."""
    refused = bazaar.hipflask("delete", said="prod\n")
    assert refused.returncode == 1
    assert "so nothing was changed" in refused.stderr
    bazaar.done("delete", "--yes", "--empty-buckets")
    assert [one["Name"] for one in bazaar.cloud.client("s3").list_buckets()["Buckets"]] == [
        f"hipflask-{ACCOUNT}-{REGION}"
    ]
    assert bazaar.cloud.client("lambda").list_functions()["Functions"] == []
    again = bazaar.hipflask("delete", "--yes")
    assert (again.returncode, "there is nothing to delete" in again.stderr) == (0, True)
