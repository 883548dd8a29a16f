"""Resources that moto's CloudFormation ignores in silence, or makes by half: here they are made, by what moto has otherwise."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from moto.awslambda.utils import get_backend
from moto.core.common_models import CloudFormationModel
from moto.s3.models import FakeBucket, s3_backends
from moto.sns.models import Subscription, sns_backends

from aws.gateway import gateway

Json = dict[str, Any]
GATEWAYS = ExitStack()  # to be closed when the cloud ends
ADOPTING: ContextVar[bool] = ContextVar(
    "adopting", default=False
)  # whether buckets that are there are taken over


class Made(CloudFormationModel):  # type: ignore[misc]
    """What both have in common: an id, and nothing to be called by."""

    physical_resource_id = ""

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Made, new_resource_name: str, cloudformation_json: Json, *where: str
    ) -> Made:
        return original_resource


class FunctionUrl(Made, CloudFormationModel):  # type: ignore[misc]
    """`AWS::Lambda::Url`: an address on loopback, where a gateway stands before the function."""

    def __init__(self, address: str) -> None:
        self.physical_resource_id = self.address = address

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::Url"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Json, account_id: str, region_name: str, **_: Any
    ) -> FunctionUrl:
        properties = cloudformation_json["Properties"]
        backend = get_backend(account_id, region_name)
        made = backend.create_function_url_config(properties["TargetFunctionArn"], properties)
        arn = made.function.function_arn
        return cls(GATEWAYS.enter_context(gateway(lambda event: _answered(backend, arn, event))) + "/")

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any) -> None:
        """It goes with its function."""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "FunctionUrl"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.address


def _answered(backend: Any, arn: str, event: Json) -> Json:
    """What a function answers to a request; 502 if it fails, as Amazon's own."""
    headers: dict[str, str] = {}
    payload = backend.get_function(arn).invoke(json.dumps(event), {}, headers)
    if "x-amz-function-error" in headers:
        return {"statusCode": 502, "headers": {}, "body": "Internal Server Error", "isBase64Encoded": False}
    told: Json = json.loads(payload)
    return told


class TopicSubscription(Made, CloudFormationModel):  # type: ignore[misc]
    """`AWS::SNS::Subscription`."""

    def __init__(self, arn: str) -> None:
        self.physical_resource_id = arn

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SNS::Subscription"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Json, account_id: str, region_name: str, **_: Any
    ) -> TopicSubscription:
        properties = cloudformation_json["Properties"]
        backend = sns_backends[account_id][region_name]
        made = backend.subscribe(properties["TopicArn"], properties["Endpoint"], properties["Protocol"])
        return cls(made.arn)

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Json, account_id: str, region_name: str
    ) -> None:
        sns_backends[account_id][region_name].unsubscribe(resource_name)


_moto_makes_bucket = FakeBucket.create_from_cloudformation_json
_moto_publishes = Subscription.publish


def make_bucket(
    resource_name: str, cloudformation_json: Json, account_id: str, region_name: str, **more: Any
) -> Any:
    """moto's own, with whom it tells of its objects; one that is there is taken over, where that was asked for."""
    backend = s3_backends[account_id]["aws"]
    if ADOPTING.get() and resource_name in backend.buckets and cloudformation_json.get("DeletionPolicy"):
        bucket = backend.get_bucket(resource_name)
    else:
        bucket = _moto_makes_bucket(resource_name, cloudformation_json, account_id, region_name, **more)
    told = cloudformation_json.get("Properties", {}).get("NotificationConfiguration", {})
    functions = [
        {"CloudFunction": one["Function"], "Event": [one["Event"]], **_filter(one)}
        for one in told.get("LambdaConfigurations", [])
    ]
    bucket.set_notification_configuration({"CloudFunctionConfiguration": functions} if functions else None)
    return bucket


def _filter(one: Json) -> Json:
    rules = one.get("Filter", {}).get("S3Key", {}).get("Rules")
    return {"Filter": {"S3Key": {"FilterRule": rules}}} if rules else {}


def publish(
    self: Subscription, message: str, message_id: str, subject: str | None = None, **more: Any
) -> None:
    """moto's own, which tells a function of a topic EXAMPLE; here it is told of the true one."""
    if self.protocol != "lambda":
        _moto_publishes(self, message, message_id, subject, **more)
        return
    notification = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": self.topic.arn,
        "Subject": subject,
        "Message": message,
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "SignatureVersion": "1",
        "Signature": "none",
        "SigningCertUrl": "none",
        "UnsubscribeUrl": "none",
        "MessageAttributes": {},
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{self.topic.arn}:{uuid4()}",
        "Sns": notification,
    }
    region = self.endpoint.split(":")[3]
    get_backend(self.account_id, region).get_function(self.endpoint).invoke(
        json.dumps({"Records": [record]}), {}, {}
    )


def make_truer() -> None:
    """Put all of it into moto, before its first request."""
    FakeBucket.create_from_cloudformation_json = staticmethod(make_bucket)  # type: ignore[method-assign,assignment]
    Subscription.publish = publish  # type: ignore[method-assign,assignment]
