"""What stands in a template of queues, buckets, topics, streams and alarms."""

from __future__ import annotations

from typing import Any

import pytest
from deployed import OTHER_TOPIC, made, of_type, properties, stack

from hipflask.core.errors import DeployError
from hipflask.deploy.description import (
    FromBucket,
    FromQueue,
    FromTopic,
    Function,
    Queue,
)

# ── queues ──


def test_a_message_stays_hidden_for_six_timeouts_at_least() -> None:
    """Or it would come a second time while the first is still being dealt with."""
    take = Function("take", FromQueue("orders", batch_size=50, window=20))
    orders = properties(stack(take, queues=[Queue("orders")], said={"timeout": 60}), "QueueOrders")
    assert orders["VisibilityTimeout"] == 6 * 60 + 20
    longer = stack(take, queues=[Queue("orders", visibility_timeout=3600)])
    assert properties(longer, "QueueOrders")["VisibilityTimeout"] == 3600


def test_a_message_that_fails_ends_in_the_dead_letters() -> None:
    """After as many tries as the app says, and is kept for as long as SQS can."""
    template = stack(Function("take", FromQueue("orders")), queues=[Queue("orders", attempts=3)])
    policy = properties(template, "QueueOrders")["RedrivePolicy"]
    assert policy == {"deadLetterTargetArn": {"Fn::GetAtt": ["QueueOrdersDead", "Arn"]}, "maxReceiveCount": 3}
    assert properties(template, "QueueOrdersDead")["QueueName"] == "shop-prod-orders-dead"
    assert properties(template, "QueueOrdersDead")["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_a_fifo_queue_has_fifo_dead_letters() -> None:
    """SQS takes no others, and wants the ending at the end."""
    template = stack(Function("take", FromQueue("orders.fifo")), queues=[Queue("orders.fifo")])
    found = {each["QueueName"]: each["FifoQueue"] for each in of_type(template, "AWS::SQS::Queue").values()}
    assert found == {"shop-prod-orders.fifo": True, "shop-prod-orders-dead.fifo": True}


def test_what_failed_of_a_batch_comes_back_alone() -> None:
    """Lambda looks at what the function answers only if it is told to."""
    for mapping in of_type(made("everything"), "AWS::Lambda::EventSourceMapping").values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_filter_keeps_records_from_the_function() -> None:
    """As patterns in JSON, which is what Lambda wants there."""
    mapping = properties(made("everything"), "DynamodbRowMapping")
    assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}


def test_a_stream_does_not_wait_for_ever_for_one_record() -> None:
    """AWS's own is to try until it is too old; here it goes to the failures, and the shard goes on."""
    for id_ in ("DynamodbRowMapping", "KinesisClickMapping"):
        mapping = properties(made("everything"), id_)
        assert mapping["MaximumRetryAttempts"] == 5
        assert mapping["DestinationConfig"] == {
            "OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}
        }


def test_events_that_nobody_waits_for_are_kept_when_they_fail() -> None:
    """Schedules, files, news and events of the bus."""
    tries = of_type(made("everything"), "AWS::Lambda::EventInvokeConfig")
    assert {each["FunctionName"]["Ref"] for each in tries.values()} == {
        "ScheduleOftenFunction",
        "EventMachineFunction",
        "S3OwnFileFunction",
        "S3TheirFileFunction",
        "SnsHearFunction",
        "SnsOverhearFunction",
    }
    assert "Failures" not in made("hello")["Resources"]


# ── buckets and topics ──


def test_a_bucket_is_closed_encrypted_and_outlives_the_stack() -> None:
    """What people have put there is not deleted by a command about code."""
    bucket = made("shop")["Resources"]["BucketUploads"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["Properties"]["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
    }
    assert "BucketEncryption" in bucket["Properties"]


def test_a_bucket_waits_for_the_permission_to_call() -> None:
    """S3 refuses to name a function that it may not call; that nothing waits for itself is a property test."""
    assert made("shop")["Resources"]["BucketUploads"]["DependsOn"] == ["S3ThumbnailPermission"]


def test_a_bucket_that_exists_is_listened_to_by_way_of_the_bus() -> None:
    """CloudFormation cannot tell it whom to call; a "*" in a prefix is a star, and no pattern."""
    template = made("everything")
    assert properties(template, "S3TheirFileRule")["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["album-of-somebody"]},
            "object": {"key": [{"wildcard": "in\\*/*.jpg"}]},
        },
    }
    assert "EventBridge has to be switched on" in template["Outputs"]["S3TheirFileBucket"]["Description"]


def test_kinds_of_events_are_told_apart_on_the_bus() -> None:
    """One kind by its reason, several by a choice, and what the bus does not have is refused."""

    def pattern(*events: str) -> dict[str, Any]:
        template = stack(Function("see", FromBucket("theirs", events, suffix=".png")))
        found: dict[str, Any] = properties(template, "S3SeeRule")["EventPattern"]
        return found

    alike = {"bucket": {"name": ["theirs"]}, "object": {"key": [{"suffix": ".png"}]}}
    assert pattern("s3:ObjectCreated:Put")["detail"] == {**alike, "reason": ["PutObject"]}
    assert pattern("s3:ObjectRemoved:*")["detail"] == {
        **alike,
        "reason": ["DeleteObject"],
        "deletion-type": ["Delete Marker Created", "Permanently Deleted"],
    }
    assert pattern("s3:ObjectCreated:*", "s3:ObjectTagging:Put")["$or"] == [
        {"detail-type": ["Object Created"]},
        {"detail-type": ["Object Tags Added"]},
    ]
    with pytest.raises(
        DeployError, match="'s3:Replication:\\*' cannot be on a bucket that is not the app's own"
    ):
        pattern("s3:Replication:*")


def test_a_topic_elsewhere_is_subscribed_to_where_it_is() -> None:
    """CloudFormation would look for it in the stack's own region."""
    subscription = properties(made("everything"), "SnsOverhearSubscription")
    assert (subscription["TopicArn"], subscription["Region"]) == (OTHER_TOPIC, "eu-west-1")


def test_a_queue_or_topic_that_is_not_there_is_named() -> None:
    """Only a description that was not read from an app can have that."""
    with pytest.raises(
        DeployError, match=r"no queue 'orders' in the app: declare it, app\.queue\(\"orders\"\)"
    ):
        stack(Function("take", FromQueue("orders")))
    with pytest.raises(DeployError, match="no topic 'news'"):
        stack(Function("hear", FromTopic("news")))


def test_alarms_are_told_to_somebody() -> None:
    """For each function what fails and what is held back, and for each queue of failures what lies in it."""
    template = made("shop")
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert len(alarms) == 2 * len(of_type(template, "AWS::Lambda::Function")) + 2
    assert {"QueueOrdersDeadAlarm", "FailuresAlarm"} <= alarms.keys()
    assert all(each["AlarmActions"] == [{"Ref": "AlarmTopic"}] for each in alarms.values())
    assert properties(template, "AlarmMail")["Endpoint"] == "shop@example.com"
    assert not of_type(made("hello"), "AWS::CloudWatch::Alarm")
