"""The bucket where bundles and templates lie, one for each account and region: what is in it is called by its content.

    hipflask-123456789012-eu-west-1/shop-dev/4b227777….zip            a bundle
    hipflask-123456789012-eu-west-1/shop-dev/ef2d127d….template.json  a template; it names the one before it

Nothing is ever written over, so versions of objects would keep nothing that is not kept anyway. Nothing is cleared away either until
the stage is deleted: CloudFormation takes the former bundle from here when it rolls back, and so does `--rollback`.

A bucket's name belongs to whoever took it first, anywhere in the world. So each request says whose bucket is meant (ExpectedBucketOwner):
a stranger who took the name gets nothing, and gives nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...core.errors import DeployError
from .account import Account, about, unless

Progress = Callable[[int], None]
_NONE: Progress = lambda _: None  # noqa: E731


@dataclass(frozen=True)
class Depot:
    """The bucket, as one stack uses it."""

    account: Account
    stack: str

    @property
    def bucket(self) -> str:
        """Its name, which is the same for all that is deployed into this account and region."""
        return f"hipflask-{self.account.number}-{self.account.region}"

    def prepare(self) -> None:
        """Make the bucket if it is not there: closed to the public, encrypted as all of Amazon's are."""
        if self._is_there():
            return
        if unless({"BucketAlreadyExists"}, self._make) is None:
            raise DeployError(_taken(self.bucket))
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        with about(self._arn()):
            self._s3.put_public_access_block(
                **self._place, PublicAccessBlockConfiguration=dict.fromkeys(closed, True)
            )

    def key_of_bundle(self, digest: str) -> str:
        """Where a bundle of that sha256 lies."""
        return f"{self.stack}/{digest}.zip"

    def put_bundle(self, file: Path, digest: str, progress: Progress = _NONE) -> str:
        """Where the bundle lies, after it has been sent if it was not there; `progress` hears of each piece of so many bytes."""
        key = self.key_of_bundle(digest)
        if not self.has(key):
            with about(self._arn(key)):
                extra = {"ExpectedBucketOwner": self.account.number, "ChecksumAlgorithm": "SHA256"}
                self._s3.upload_file(str(file), self.bucket, key, ExtraArgs=extra, Callback=progress)
        return key

    def put_template(self, template: bytes) -> str:
        """Where the template lies, after it has been sent."""
        key = self.key_of_template(template)
        with about(self._arn(key)):
            self._s3.put_object(**self._place, Key=key, Body=template, ContentType="application/json")
        return key

    def key_of_template(self, template: bytes) -> str:
        """Where a template of these bytes lies."""
        return f"{self.stack}/{sha256(template).hexdigest()}.template.json"

    def template(self, key: str) -> bytes:
        """A template that was put here."""
        with about(self._arn(key)):
            content: bytes = self._s3.get_object(**self._place, Key=key)["Body"].read()
        return content

    def url_of(self, key: str) -> str:
        """The address under which CloudFormation reads what lies there."""
        end = "amazonaws.com.cn" if self.account.partition == "aws-cn" else "amazonaws.com"
        return f"https://{self.bucket}.s3.{self.account.region}.{end}/{key}"

    def has(self, key: str) -> bool:
        """Whether something lies there."""
        with about(self._arn(key)):
            found = unless({"404", "NoSuchKey"}, lambda: self._s3.head_object(**self._place, Key=key))
        return found is not None

    def clear(self) -> None:
        """Remove what lies here for this stack."""
        if self._is_there():
            empty(self.account, self.bucket, f"{self.stack}/")

    def _is_there(self) -> bool:
        def is_ours() -> bool:
            if unless({"403"}, lambda: self._s3.head_bucket(**self._place)) is None:
                raise DeployError(
                    f"{_taken(self.bucket)} Or you may not see it: that takes s3:ListBucket on {self._arn()}."
                )
            return True

        return unless({"404", "NoSuchBucket"}, is_ours) is not None

    def _make(self) -> bool:
        region = self.account.region
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        with about(self._arn()):  # somebody else of ours may have been quicker
            unless({"BucketAlreadyOwnedByYou"}, lambda: self._s3.create_bucket(Bucket=self.bucket, **place))
        return True

    @property
    def _s3(self) -> Any:
        return self.account.client("s3")

    @property
    def _place(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.account.number}

    def _arn(self, key: str = "") -> str:
        return f"arn:{self.account.partition}:s3:::{self.bucket}{'/' + key if key else ''}"


def _taken(bucket: str) -> str:
    return (
        f"The bucket {bucket}, where bundles would lie, belongs to another account, so nothing is sent there."
    )


def empty(account: Account, bucket: str, prefix: str = "") -> int:
    """Remove all that lies in a bucket of ours, old versions too: how many there were."""
    s3, owner, count = account.client("s3"), account.number, 0
    with about(f"arn:{account.partition}:s3:::{bucket}"):
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=prefix, ExpectedBucketOwner=owner
        )
        for page in pages:
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if not found:
                continue
            doomed = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
            told = s3.delete_objects(
                Bucket=bucket, Delete={"Objects": doomed, "Quiet": True}, ExpectedBucketOwner=owner
            )
            if errors := told.get("Errors"):
                raise DeployError(
                    f"{errors[0]['Key']} in {bucket} was not deleted: {errors[0].get('Message')}"
                )
            count += len(doomed)
    return count


def holds(account: Account, bucket: str) -> bool | None:
    """Whether something lies in a bucket, old versions too; None if there is no such bucket any more."""
    ask = account.client("s3").list_object_versions
    with about(f"arn:{account.partition}:s3:::{bucket}"):
        told = unless(
            {"NoSuchBucket"}, lambda: ask(Bucket=bucket, MaxKeys=1, ExpectedBucketOwner=account.number)
        )
    return None if told is None else bool(told.get("Versions") or told.get("DeleteMarkers"))
