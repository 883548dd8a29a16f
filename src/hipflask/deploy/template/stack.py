"""A stack being put together: resources, outputs, and the names that everything in it agrees on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.errors import DeployError
from ..configuration import Settings
from ..description import Authorizer, Bucket, Description, Function, Queue, Resource, Topic
from . import names

Json = Any  # what CloudFormation takes where a value stands: a string, or {"Ref": …} and the like

_FUNCTION_LIMIT = 64
_QUEUE_LIMIT = 80
_TOPIC_LIMIT = 256
_BUCKET_LIMIT = 63 - len("-123456789012-ap-southeast-1")  # the account and the longest region follow


@dataclass(frozen=True, slots=True)
class CodeLocation:
    """Where the bundle lies: an object in a bucket; without a bucket `key` is a file beside the template.

    The key names the content, so that a stack whose bundle has not changed is a stack that has not changed.
    """

    bucket: str
    key: str

    @property
    def property(self) -> Json:
        """As a function of the template has it; a path is what `aws cloudformation package` uploads."""
        return {"S3Bucket": self.bucket, "S3Key": self.key} if self.bucket else self.key


@dataclass(slots=True)
class Stack:
    """What goes into one template, while its parts are added."""

    description: Description
    settings: Settings
    code: CodeLocation
    resources: dict[str, Json] = field(default_factory=dict)
    outputs: dict[str, Json] = field(default_factory=dict)

    def add(self, name: str, kind: str, properties: Mapping[str, Json], /, **attributes: Json) -> None:
        """One more resource; properties that are None are left out."""
        if name in self.resources:
            raise DeployError(
                f"Two things of the stack would both be called {name}: give one of them a name of its own."
            )
        given = {key: value for key, value in properties.items() if value is not None}
        self.resources[name] = {"Type": kind, "Properties": given, **attributes}

    def output(self, name: str, value: Json, about: str) -> None:
        """Something that is told about the stack once it is there."""
        self.outputs[name] = {"Description": about, "Value": value}

    # ── functions ──

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions that are deployed: an authorizer only if the gateway asks it, for Flask asks the others itself."""
        asked = self.settings.table.authorizer
        return tuple(
            each
            for each in self.description.functions
            if not isinstance(each.trigger, Authorizer) or each.name == asked
        )

    def id_of(self, function: Function) -> str:
        """What a function's resources are called in the template, before they say what they are."""
        trigger = function.trigger
        if trigger.surface == "web":
            return "Web"
        return names.logical(trigger.ending or "lambda") + names.logical(function.name)

    def name_of(self, function: Function) -> str:
        """What a function is called in the account."""
        return self.named(function.name, function.trigger.ending, limit=_FUNCTION_LIMIT)

    def arn_of(self, function: Function) -> Json:
        """A function's ARN, once there is the function."""
        return attribute(f"{self.id_of(function)}Function", "Arn")

    # ── what is kept ──

    def named(self, *parts: str, limit: int) -> str:
        """A name in the account: the stage is in all of them."""
        return names.physical(self.settings.stack, *parts, limit=limit)

    def queue_name(self, queue: Queue, *ending: str) -> str:
        """What a queue is called in the account."""
        fifo = ".fifo" if queue.is_fifo else ""  # which SQS wants at the end
        plain = queue.name.removesuffix(fifo)
        return self.named(plain, *ending, limit=_QUEUE_LIMIT - len(fifo)) + fifo

    def queue_id(self, queue: Queue) -> str:
        """What a queue is called in the template."""
        return f"Queue{names.logical(queue.name)}"

    def queue_url(self, queue: Queue) -> Json:
        """Where messages are sent."""
        return reference(self.queue_id(queue))

    def topic_name(self, topic: Topic) -> str:
        """What a topic is called in the account."""
        return self.named(topic.name, limit=_TOPIC_LIMIT)

    def bucket_name(self, bucket: Bucket) -> Json:
        """What a bucket is called: the whole world shares these names, so the account and the region are in it.

        It is put together from what is known beforehand: a bucket needs the functions that it tells, and they need its name.
        """
        name = names.physical(self.settings.stack, bucket.name, limit=_BUCKET_LIMIT, keep="a-z0-9-")
        return substituted(name + "-${AWS::AccountId}-${AWS::Region}")

    def arn_of_resource(self, resource: Resource) -> Json:
        """The ARN of what the stack keeps, known before it is there."""
        if isinstance(resource, Bucket):
            return substituted("arn:${AWS::Partition}:s3:::" + self.bucket_name(resource)["Fn::Sub"])
        if isinstance(resource, Queue):
            return local_arn("sqs", self.queue_name(resource))
        return local_arn("sns", self.topic_name(resource))


def reference(name: str) -> Json:
    """What CloudFormation calls the identity of a resource."""
    return {"Ref": name}


def attribute(name: str, of_it: str) -> Json:
    """Something else about a resource."""
    return {"Fn::GetAtt": [name, of_it]}


def substituted(text: str) -> Json:
    """A text with ${…} in it."""
    return {"Fn::Sub": text}


def local_arn(service: str, name: str) -> Json:
    """The ARN of something in the stack's own account and region."""
    return substituted(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{name}")
