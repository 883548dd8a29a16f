"""Kinds of resources: what people call them, which changes make one anew, and what is lost with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .words import Words

Json = Any

# What people call it, and the property that has its name in the account.
_WORDS = {
    "AWS::ApiGatewayV2::Api": ("gateway", "Name"),
    "AWS::ApiGatewayV2::ApiMapping": ("mapping of the domain", "DomainName"),
    "AWS::ApiGatewayV2::Authorizer": ("authorizer", "Name"),
    "AWS::ApiGatewayV2::DomainName": ("domain", "DomainName"),
    "AWS::ApiGatewayV2::Integration": ("integration", ""),
    "AWS::ApiGatewayV2::Route": ("route", "RouteKey"),
    "AWS::ApiGatewayV2::Stage": ("stage of the gateway", "StageName"),
    "AWS::CertificateManager::Certificate": ("certificate", "DomainName"),
    "AWS::CloudWatch::Alarm": ("alarm", ""),
    "AWS::Events::Rule": ("rule", "Name"),
    "AWS::IAM::Role": ("role", ""),
    "AWS::Lambda::EventInvokeConfig": ("number of tries", ""),
    "AWS::Lambda::EventSourceMapping": ("source of events", ""),
    "AWS::Lambda::Function": ("function", "FunctionName"),
    "AWS::Lambda::Permission": ("permission to call", ""),
    "AWS::Lambda::Url": ("address", ""),
    "AWS::Logs::LogGroup": ("log group", "LogGroupName"),
    "AWS::Route53::RecordSet": ("DNS record", "Name"),
    "AWS::S3::Bucket": ("bucket", "BucketName"),
    "AWS::S3::BucketPolicy": ("policy of the bucket", "Bucket"),
    "AWS::SNS::Subscription": ("subscription", "Endpoint"),
    "AWS::SNS::Topic": ("topic", "TopicName"),
    "AWS::SQS::Queue": ("queue", "QueueName"),
}
# Only counted where they come or go, since each belongs to something that is told; roles have their rights told.
_SMALL = {
    "AWS::ApiGatewayV2::ApiMapping": "mappings of the domain",
    "AWS::ApiGatewayV2::Integration": "integrations",
    "AWS::ApiGatewayV2::Route": "routes",
    "AWS::ApiGatewayV2::Stage": "stages of the gateway",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::IAM::Role": "roles",
    "AWS::Lambda::EventInvokeConfig": "numbers of tries",
    "AWS::Lambda::Permission": "permissions to call",
    "AWS::Lambda::EventSourceMapping": "sources of events",
    "AWS::Logs::LogGroup": "log groups",
    "AWS::S3::BucketPolicy": "policies of buckets",
}
# Told in one line for all functions.
HIDDEN: Mapping[str, tuple[str, ...]] = {"AWS::Lambda::Function": ("Code",)}

# CloudFormation cannot change these, and makes the resource anew; tests hold the list against AWS's own schemas.
REPLACING: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGatewayV2::Api": ("ProtocolType",),
    "AWS::ApiGatewayV2::ApiMapping": ("DomainName",),
    "AWS::ApiGatewayV2::Authorizer": ("ApiId",),
    "AWS::ApiGatewayV2::DomainName": ("DomainName",),
    "AWS::ApiGatewayV2::Integration": ("ApiId",),
    "AWS::ApiGatewayV2::Route": ("ApiId",),
    "AWS::ApiGatewayV2::Stage": ("ApiId", "StageName"),
    "AWS::CertificateManager::Certificate": ("DomainName", "DomainValidationOptions"),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::Events::Rule": ("Name",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", "Qualifier"),
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn", "StartingPosition"),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Lambda::Permission": (
        "Action",
        "EventSourceToken",
        "FunctionName",
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
        "Principal",
        "SourceAccount",
        "SourceArn",
    ),
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SNS::Subscription": ("Endpoint", "Protocol", "TopicArn"),
    "AWS::SNS::Topic": ("FifoTopic", "TopicName"),
    "AWS::SQS::Queue": ("FifoQueue", "QueueName"),
}
_LOSSES = {
    "AWS::Lambda::Url": "and its address will never answer again",
    "AWS::Logs::LogGroup": "with the logs in it",
    "AWS::SNS::Topic": "with the subscriptions that others have to it",
    "AWS::SQS::Queue": "with the messages in it",
}
_KEPT = {"AWS::S3::Bucket": "and stays in the account with all its files, as nobody's"}


def name_of(id_: str, resources: Mapping[str, Json], words: Words) -> tuple[str, str]:
    """What people know it by: ("queue", "shop-prod-orders"); a role is its function's."""
    resource = resources[id_]
    if resource["Type"] == "AWS::IAM::Role":
        function = f"{id_.removesuffix('Role')}Function"
        return name_of(function, resources, words) if function in resources else ("role", id_)
    word, key = _WORDS.get(resource["Type"], (resource["Type"], ""))
    name = resource["Properties"].get(key)
    return word, words.plain(name) if name is not None else id_


def many(word: str) -> str:
    """Several of what people call so."""
    kind = next((kind for kind, (one, _) in _WORDS.items() if one == word), "")
    return _SMALL.get(kind, f"{word}s")


def is_small(resource: Json) -> bool:
    """Whether it is not told of by itself."""
    return resource["Type"] in _SMALL


def counted(resources: Iterable[Json]) -> str:
    """The small ones: "2 log groups, 2 roles"."""
    counts = Counter(resource["Type"] for resource in resources if is_small(resource))
    return ", ".join(
        f"{count} {_WORDS[kind][0] if count == 1 else _SMALL[kind]}" for kind, count in sorted(counts.items())
    )


def is_replaced(before: Json, after: Json) -> bool:
    """Whether CloudFormation would make it anew."""
    if before["Type"] != after["Type"]:
        return True
    keys = REPLACING.get(after["Type"], ())
    return any(before["Properties"].get(key) != after["Properties"].get(key) for key in keys)


def loss_of(resource: Json) -> str:
    """What goes with it, or has to be known about its end; "" for nothing."""
    if resource.get("DeletionPolicy") == "Retain":
        return _KEPT.get(resource["Type"], "")
    return _LOSSES.get(resource["Type"], "")
