"""Alarms: somebody is told when functions fail or are held back, and when something lies in a queue for what failed."""

from __future__ import annotations

from . import failures
from .stack import Json, Stack, attribute, reference

_TOPIC = "AlarmTopic"


def add(stack: Stack) -> None:
    """The alarms, and the topic that passes them on, if anybody is to be told."""
    wanted = stack.settings.table.alarms
    if wanted is None:
        return
    told: list[Json] = [wanted.topic] if wanted.topic else []
    if wanted.email:
        _add_topic(stack, wanted.email)
        told.append(reference(_TOPIC))
    for function in stack.functions:
        id_ = stack.id_of(function)
        dimensions = [{"Name": "FunctionName", "Value": reference(f"{id_}Function")}]
        for metric in ("Errors", "Throttles"):
            _add_alarm(stack, f"{id_}{metric}Alarm", "AWS/Lambda", metric, "Sum", dimensions, told)
    dead = [f"{stack.queue_id(queue)}Dead" for queue in stack.description.queues]
    for id_ in [*dead, failures.ID]:
        if id_ in stack.resources:
            dimensions = [{"Name": "QueueName", "Value": attribute(id_, "QueueName")}]
            _add_alarm(
                stack,
                f"{id_}Alarm",
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                "Maximum",
                dimensions,
                told,
            )


def _add_topic(stack: Stack, email: str) -> None:
    stack.add(_TOPIC, "AWS::SNS::Topic", {"TopicName": stack.named("alarms", limit=256)})
    stack.add(
        "AlarmMail",
        "AWS::SNS::Subscription",
        {"TopicArn": reference(_TOPIC), "Protocol": "email", "Endpoint": email},
    )


def _add_alarm(
    stack: Stack, id_: str, space: str, metric: str, statistic: str, dimensions: Json, told: list[Json]
) -> None:
    stack.add(
        id_,
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": space,
            "MetricName": metric,
            "Dimensions": dimensions,
            "Statistic": statistic,
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": told,
        },
    )
