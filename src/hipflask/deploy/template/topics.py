"""Topics, and the subscriptions that bring their messages to a function."""

from __future__ import annotations

from ...core.errors import DeployError
from ..description import FromTopic, Function, Topic
from . import names
from .permissions import may_call
from .stack import Json, Stack, reference


def add(stack: Stack, topic: Topic) -> None:
    """The topic."""
    stack.add(_id(topic), "AWS::SNS::Topic", {"TopicName": stack.topic_name(topic)})
    stack.output(f"{_id(topic)}Arn", reference(_id(topic)), f"The topic {topic.name!r}")


def wire(stack: Stack, function: Function, trigger: FromTopic) -> None:
    """The subscription, and the topic's permission to call."""
    arn = _arn(stack, trigger)
    may_call(stack, function, "sns.amazonaws.com", arn)
    stack.add(
        f"{stack.id_of(function)}Subscription",
        "AWS::SNS::Subscription",
        {
            "TopicArn": arn,
            "Protocol": "lambda",
            "Endpoint": stack.arn_of(function),
            # CloudFormation looks for a topic that exists in the stack's own region only, if it is not told.
            "Region": arn.split(":")[3] if isinstance(arn, str) else None,
        },
    )


def _arn(stack: Stack, trigger: FromTopic) -> Json:
    if trigger.topic.startswith("arn:"):
        return trigger.topic
    topic = next((each for each in stack.description.topics if each.name == trigger.topic), None)
    if topic is None:
        raise DeployError(
            f'There is no topic {trigger.topic!r} in the app: declare it, app.topic("{trigger.topic}").'
        )
    return reference(_id(topic))


def _id(topic: Topic) -> str:
    return f"Topic{names.logical(topic.name)}"
