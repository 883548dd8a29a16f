"""Whoever has no credentials, or too few permissions, is told which, and what to do; nothing secret is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aws.cloud import REGION, Cloud
from aws.plain_stack import Somebody, release
from hipflask.core.errors import DeployError
from hipflask.deploy.aws.account import open_account, told
from hipflask.deploy.aws.deploying import deploy


def anna(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, *allowed: str) -> str:
    """Be Anna, who may do so much; her secret."""
    iam = cloud.client("iam")
    iam.create_user(UserName="anna")
    statement = {"Effect": "Allow", "Action": list(allowed), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="anna", PolicyName="some", PolicyDocument=policy)
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    cloud.ask_for_permissions(True)
    return str(key["SecretAccessKey"])


def try_to_deploy(folder: Path) -> str:
    """Deploy, and give what is said against it."""
    with pytest.raises(DeployError) as caught, told():
        deploy(open_account(None, REGION, pause=0.02), release(folder), Somebody(), wait=False, repair=False)
    return str(caught.value)


def test_the_region_may_stand_in_the_environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name that the sentence about a missing one says, and that boto3 does not read."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert open_account(None, None).region == REGION
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(DeployError, match="or set AWS_REGION"):
        open_account(None, None)


def test_the_permission_that_is_missing_is_named(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first one that is, and the person; Amazon names the resource too, this cloud does not."""
    secret = anna(cloud, monkeypatch, "sts:*")
    said = try_to_deploy(tmp_path)
    assert "AWS does not allow cloudformation:DescribeStacks to user/anna" in said
    assert secret not in said


def test_a_permission_of_s3_is_named_although_s3_says_only_access_denied(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was asked, and of which bucket, is known here."""
    anna(cloud, monkeypatch, "sts:*", "cloudformation:*", "s3:HeadBucket", "s3:CreateBucket")
    said = try_to_deploy(tmp_path)
    assert "s3:GetObject on arn:aws:s3:::hipflask-123456789012-eu-west-1/shop-dev/" in said


def test_credentials_that_amazon_does_not_know(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where they come from is said, and they are not."""
    cloud.ask_for_permissions(True)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN")
    said = try_to_deploy(tmp_path)
    assert "AWS does not know your credentials (InvalidClientTokenId)" in said
    assert "AKIAUNKNOWN" not in said
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in said


def test_no_credentials_at_all(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on a new computer."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "No AWS credentials were found. `aws configure`" in try_to_deploy(tmp_path)


def test_half_of_them(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same, told the same way."""
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "No AWS credentials were found" in try_to_deploy(tmp_path)


def test_a_profile_that_is_not_there(cloud: Cloud) -> None:
    """Those that are can be listed."""
    with pytest.raises(DeployError, match=r"\(nobody\) could not be found\. `aws configure list-profiles`"):
        open_account("nobody", REGION)


def test_no_region(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody guesses where in the world something is to run."""
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(DeployError, match=r'Write `region = "eu-central-1"` into \[tool\.hipflask\.deploy\]'):
        open_account(None, None)


def test_no_network(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever boto3 calls it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(DeployError, match="AWS cannot be reached"):
        open_account(None, REGION)


def test_nothing_but_loopback_is_ever_asked(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These tests touch nobody's account: every address that boto3 connects to is this computer's."""
    import socket

    connected: list[object] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        connected.append(address)
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    deploy(open_account(None, REGION, pause=0.02), release(tmp_path), Somebody(), wait=False, repair=False)
    hosts = {address[0] for address in connected if isinstance(address, tuple)}
    assert hosts == {"127.0.0.1"}


def test_no_command_line_loads_boto3_before_it_talks_to_aws() -> None:
    """It takes longer to load than most commands take to run."""
    code = (
        "import sys; from hipflask.cli import CommandLine; import hipflask.deploy.commands;"
        "print([name for name in sys.modules if name.split('.')[0] in ('boto3', 'botocore')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said, and not which module is missing."""
    from hipflask.core.errors import MissingPart

    monkeypatch.setitem(sys.modules, "botocore", None)
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[aws\]"'):
        open_account(None, REGION)
