"""Buckets, and what tells a function about changes in one.

A bucket of the stack tells functions itself. There lies a trap: the bucket names the function, the function's permission the
bucket, and the function's environment the bucket again. CloudFormation refuses such a ring, and S3 refuses to name a function that
it may not call yet. So everybody knows the bucket by the name that it is going to have, and the bucket alone waits, for the permission.

A bucket that exists already cannot be told by CloudFormation whom to tell: its events come by way of EventBridge, if that is
switched on for the bucket.
"""

from __future__ import annotations

from typing import Any

from ..description import Bucket, FromBucket, Function
from . import names
from .bus import pattern_of
from .events import add_rule
from .permissions import may_call
from .stack import Json, Stack, reference, substituted


def add(stack: Stack, bucket: Bucket) -> None:
    """The bucket, closed to the public and encrypted; what is in it outlives the stack."""
    id_ = _id(bucket)
    tellers = [each for each in stack.functions if _is_told(each, bucket)]
    stack.add(
        id_,
        "AWS::S3::Bucket",
        {
            "BucketName": stack.bucket_name(bucket),
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "NotificationConfiguration": {"LambdaConfigurations": _notices(stack, tellers)}
            if tellers
            else None,
        },
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        **({"DependsOn": sorted(f"{stack.id_of(each)}Permission" for each in tellers)} if tellers else {}),
    )
    stack.add(
        f"{id_}Policy",
        "AWS::S3::BucketPolicy",
        {"Bucket": reference(id_), "PolicyDocument": _only_by_tls(stack, bucket)},
    )
    stack.output(f"{id_}Name", reference(id_), f"The bucket {bucket.name!r}")


def wire(stack: Stack, function: Function, trigger: FromBucket) -> None:
    """The permission for a bucket of the stack, or a rule for one that exists."""
    bucket = next((each for each in stack.description.buckets if each.name == trigger.bucket), None)
    if bucket is None:
        add_rule(stack, function, {"EventPattern": pattern_of(trigger)})
        about = f"EventBridge has to be switched on for this bucket, or {function.name!r} is never called"
        stack.output(f"{stack.id_of(function)}Bucket", trigger.bucket, about)
    else:
        # The account too: a bucket's ARN says none, and whoever deletes a bucket gives its name away.
        may_call(
            stack,
            function,
            "s3.amazonaws.com",
            stack.arn_of_resource(bucket),
            account=reference("AWS::AccountId"),
        )


def _is_told(function: Function, bucket: Bucket) -> bool:
    return isinstance(function.trigger, FromBucket) and function.trigger.bucket == bucket.name


def _id(bucket: Bucket) -> str:
    return f"Bucket{names.logical(bucket.name)}"


def _notices(stack: Stack, functions: list[Function]) -> list[Json]:
    notices = []
    for function in functions:
        trigger: Any = function.trigger
        rules = [
            {"Name": key, "Value": getattr(trigger, key)}
            for key in ("prefix", "suffix")
            if getattr(trigger, key)
        ]
        for event in trigger.events:
            notice = {"Event": event, "Function": stack.arn_of(function)}
            notices.append({**notice, "Filter": {"S3Key": {"Rules": rules}}} if rules else notice)
    return notices


def _only_by_tls(stack: Stack, bucket: Bucket) -> Json:
    arn = stack.arn_of_resource(bucket)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, substituted(arn["Fn::Sub"] + "/*")],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
