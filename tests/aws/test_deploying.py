"""A release is put on AWS by way of a difference that somebody agrees to; what is there says all that is known of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aws.cloud import Cloud
from aws.plain_stack import PLACE, Somebody, release
from hipflask.core.errors import DeployError
from hipflask.deploy.aws.account import Account
from hipflask.deploy.aws.deploying import deploy
from hipflask.deploy.aws.depot import Depot
from hipflask.deploy.aws.functions import chosen, functions_of
from hipflask.deploy.aws.going_back import roll_back
from hipflask.deploy.aws.invoking import invoke
from hipflask.deploy.aws.stacks import find, the_stack

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "shop-dev-news"}}


def edition(account: Account) -> str:
    """Which edition of the function runs."""
    function = chosen(functions_of(account, the_stack(account, PLACE)), "web", "shop-dev")
    return str(json.loads(invoke(account, function, b"{}").payload)["edition"])


def put(account: Account, folder: Path, name: str = "first", **resources: object) -> Somebody:
    """Deploy an edition; whoever did it."""
    somebody = Somebody()
    deploy(account, release(folder, name, **resources), somebody, wait=False, repair=False)
    return somebody


def test_the_first_time_everything_is_made(account: Account, tmp_path: Path) -> None:
    """Shown, agreed to, made; and it runs."""
    somebody = Somebody()
    done = deploy(account, release(tmp_path), somebody, wait=False, repair=False)
    assert (done.status, done.has_changed) == ("CREATE_COMPLETE", True)
    assert done.outputs["Orders"].endswith("/shop-dev-orders")
    assert somebody.asked == ["Change that?"]
    assert "shop-dev in eu-west-1, account 123456789012, as user/moto:" in somebody.told
    assert any("CREATE_COMPLETE" in line and "Web" in line for line in somebody.told)
    assert edition(account) == "first"


def test_the_same_again_changes_nothing(account: Account, tmp_path: Path) -> None:
    """Nobody is asked, and nothing is sent: the bundle is there already, under its content."""
    put(account, tmp_path)
    again = Somebody()
    done = deploy(account, release(tmp_path), again, wait=False, repair=False)
    assert not done.has_changed
    assert (again.asked, again.sent) == ([], 0)
    assert done.outputs["Orders"].endswith("/shop-dev-orders")


def test_an_update_shows_only_what_changes(account: Account, tmp_path: Path) -> None:
    """A topic is new, and the function has new code."""
    put(account, tmp_path)
    somebody = put(account, tmp_path, "second", News=TOPIC)
    shown = somebody.told[
        : somebody.told.index(next(line for line in somebody.told if "IN_PROGRESS" in line))
    ]
    assert any("News" in line or "news" in line for line in shown)
    assert not any("Uploads" in line for line in shown)
    assert edition(account) == "second"


def test_whoever_says_no_leaves_nothing_behind(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """Neither a change set, nor the empty stack that a first one makes."""
    with pytest.raises(DeployError, match=r"Nothing was changed\."):
        deploy(account, release(tmp_path), Somebody(answers=False), wait=False, repair=False)
    assert find(account, "shop-dev") is None
    put(account, tmp_path)
    with pytest.raises(DeployError, match=r"Nothing was changed\."):
        deploy(account, release(tmp_path, "second"), Somebody(answers=False), wait=False, repair=False)
    assert cloud.client("cloudformation").list_change_sets(StackName="shop-dev")["Summaries"] == [] or all(
        one["ExecutionStatus"] == "EXECUTE_COMPLETE"
        for one in cloud.client("cloudformation").list_change_sets(StackName="shop-dev")["Summaries"]
    )
    assert edition(account) == "first"


def test_the_state_is_in_the_stack_and_nowhere_else(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deploying writes no file, so whoever else has the project, and the credentials, knows as much."""
    here = tmp_path / "project"
    here.mkdir()
    monkeypatch.chdir(here)
    put(account, tmp_path)
    assert list(here.iterdir()) == []
    assert the_stack(account, PLACE).tags == {"hipflask:app": "shop", "hipflask:stage": "dev"}


def test_a_former_release_comes_back_with_its_code(account: Account, tmp_path: Path) -> None:
    """And the one before that, as far as there are any; then it says that there are none."""
    for name in ("first", "second", "third"):
        put(account, tmp_path, name)
    for expected in ("second", "first"):
        somebody = Somebody()
        roll_back(account, PLACE, somebody, wait=False, skip=())
        assert somebody.asked == ["Change that?"]
        assert edition(account) == expected
    with pytest.raises(DeployError, match="shop-dev is in its first release"):
        roll_back(account, PLACE, Somebody(), wait=False, skip=())


def test_a_former_release_whose_bundle_is_gone_cannot_come_back(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """It is said beforehand, and names the bundle."""
    put(account, tmp_path, "first")
    put(account, tmp_path, "second")
    depot = Depot(account, "shop-dev")
    key = depot.key_of_bundle(release(tmp_path, "first").digest)
    cloud.client("s3").delete_object(Bucket=depot.bucket, Key=key)
    with pytest.raises(DeployError, match=f"cannot come back: {key} is not in the bucket {depot.bucket}"):
        roll_back(account, PLACE, Somebody(), wait=False, skip=())


def test_the_bucket_of_bundles_is_closed_to_the_public(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """In all four ways that there are."""
    put(account, tmp_path)
    told = cloud.client("s3").get_public_access_block(Bucket="hipflask-123456789012-eu-west-1")
    assert set(told["PublicAccessBlockConfiguration"].values()) == {True}


def test_a_bundle_is_kept_under_its_sha256(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """So what is there needs not be sent, and nothing is ever written over."""
    put(account, tmp_path)
    keys = [
        one["Key"]
        for one in cloud.client("s3").list_objects_v2(Bucket="hipflask-123456789012-eu-west-1")["Contents"]
    ]
    assert f"shop-dev/{release(tmp_path).digest}.zip" in keys
    assert len(keys) == 2  # and the template


def test_a_big_bundle_is_sent_piece_by_piece(account: Account, tmp_path: Path) -> None:
    """Whoever waits sees how far it has come, and it arrives whole."""
    heard: list[int] = []
    file = tmp_path / "big.zip"
    file.write_bytes(bytes(range(256)) * (20 * 4096))
    depot = Depot(account, "shop-dev")
    depot.prepare()
    key = depot.put_bundle(file, "0" * 64, heard.append)
    assert sum(heard) == file.stat().st_size
    assert len(heard) > 2
    assert account.client("s3").get_object(Bucket=depot.bucket, Key=key)["Body"].read() == file.read_bytes()
