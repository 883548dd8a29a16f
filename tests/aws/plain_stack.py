"""A small stack by hand, and somebody who deploys it: for tests of what happens to stacks, whatever is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from hipflask.deploy.aws.account import Account
from hipflask.deploy.aws.deploying import Release, deploy
from hipflask.deploy.aws.standing import Place
from hipflask.deploy.template import CodeLocation

PLACE = Place("shop-dev", "shop", "dev")
FUNCTION = "AWS::Lambda::Function"
BEGUN = {"status": "UPDATE_IN_PROGRESS", "reason": "User Initiated"}
_CODE = "def handler(event, context):\n    print('asked for', event)\n    return {'asked': event, 'edition': EDITION}\n"


@dataclass
class Somebody:
    """A person without a terminal: what they were told, what they were asked, and what they answer."""

    answers: bool = True
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    when_told: Callable[[str], None] = lambda _: None

    def tell(self, line: str) -> None:
        """Say what is going on."""
        self.told.append(line)
        self.when_told(line)

    def agree(self, question: str) -> bool:
        """Ask for a yes."""
        self.asked.append(question)
        return self.answers

    @contextmanager
    def uploading(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """Count what is sent."""

        def progress(count: int) -> None:
            self.sent += count

        yield progress

    @property
    def all(self) -> str:
        """Everything that was told."""
        return "\n".join(self.told)


def release(folder: Path, edition: str = "first", **resources: Any) -> Release:
    """One function, a queue and a bucket that is kept, and whatever else is given."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as bundle:
        bundle.writestr(zipfile.ZipInfo("main.py"), _CODE.replace("EDITION", repr(edition)))
    file = folder / f"{edition}.zip"
    file.write_bytes(content.getvalue())
    digest = sha256(content.getvalue()).hexdigest()
    return Release(PLACE, file, digest, lambda code: template(code, **resources))


def template(code: CodeLocation, **resources: Any) -> dict[str, Any]:
    """The template that goes with it."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
            },
            "Web": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "shop-dev-web",
                    "Code": code.property,
                    "Handler": "main.handler",
                    "Runtime": "python3.11",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Timeout": 5,
                },
            },
            "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "shop-dev-orders"}},
            "Uploads": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain",
                "Properties": {"BucketName": "shop-dev-uploads"},
            },
            **resources,
        },
        "Outputs": {"Orders": {"Value": {"Ref": "Orders"}}},
    }


def put(
    account: Account, folder: Path, edition: str = "first", *, wait: bool = False, repair: bool = False
) -> Somebody:
    """Deploy an edition; whoever did it."""
    somebody = Somebody()
    deploy(account, release(folder, edition), somebody, wait=wait, repair=repair)
    return somebody


def own(status: str, reason: str = "") -> dict[str, str]:
    """An event of the stack itself."""
    return {"status": status, "reason": reason}


def of(resource: str, kind: str, status: str, reason: str = "") -> dict[str, str]:
    """An event of one resource."""
    return {"resource": resource, "kind": kind, "status": status, "reason": reason}
