"""A stage is deleted with all that was made for it; data stays unless somebody says that it goes too."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws.cloud import Cloud
from aws.plain_stack import PLACE, Somebody, release
from hipflask.core.errors import DeployError
from hipflask.deploy.aws.account import Account
from hipflask.deploy.aws.deleting import Deleted, delete
from hipflask.deploy.aws.deploying import deploy
from hipflask.deploy.aws.stacks import find_ours, the_stack

FLEETING = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shop-dev-fleeting"}}


class Deleting(Somebody):
    """Somebody who deletes: what they were shown before they were asked is kept."""

    def __init__(self, answers: bool = True) -> None:
        super().__init__(answers)
        self.shown: list[str] = []

    def confirm(self, lines: list[str]) -> bool:
        """See what goes, and answer."""
        self.shown = lines
        return self.answers

    def delete(self, account: Account, *, empty: bool = False, wait: bool = False) -> Deleted:
        """Delete the stage."""
        return delete(account, PLACE, self, self.confirm, empty_buckets=empty, wait=wait)


@pytest.fixture
def there(account: Account, tmp_path: Path) -> None:
    """A stage that is there, with a bucket that is kept and one that is not."""
    deploy(account, release(tmp_path, Fleeting=FLEETING), Somebody(), wait=False, repair=False)


def keys(cloud: Cloud, bucket: str) -> list[str]:
    """What lies in a bucket."""
    return [one["Key"] for one in cloud.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def buckets(cloud: Cloud) -> list[str]:
    """All buckets there are."""
    return [one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"]]


@pytest.mark.usefixtures("there")
def test_all_goes_but_a_bucket_with_data(account: Account, cloud: Cloud) -> None:
    """Which is told before and after, and so are our own bundles and templates, which go."""
    cloud.client("s3").put_object(Bucket="shop-dev-uploads", Key="cat.jpg", Body=b"cat")
    somebody = Deleting()
    assert somebody.delete(account).kept == ("shop-dev-uploads",)
    assert somebody.shown[0] == "shop-dev in eu-west-1, account 123456789012: 5 resources go."
    assert "  The bucket shop-dev-uploads stays; --empty-buckets deletes it too." in somebody.shown
    assert find_ours(account, PLACE) is None
    assert keys(cloud, "shop-dev-uploads") == ["cat.jpg"]
    assert keys(cloud, "hipflask-123456789012-eu-west-1") == []
    assert "shop-dev-fleeting" not in buckets(cloud)


@pytest.mark.usefixtures("there")
def test_messages_that_would_go_are_told(account: Account, cloud: Cloud) -> None:
    """Dead letters may be the only copy of what has failed."""
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="shop-dev-orders")["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    sqs.receive_message(QueueUrl=url)  # one that is being worked on counts too
    somebody = Deleting()
    somebody.delete(account)
    assert "  The queue shop-dev-orders goes with 3 messages." in somebody.shown


@pytest.mark.usefixtures("there")
def test_what_was_kept_is_there_again_when_the_stage_is(
    account: Account, cloud: Cloud, tmp_path: Path
) -> None:
    """A bucket that outlived its stage is taken over by the next one of that name, with its data."""
    cloud.client("s3").put_object(Bucket="shop-dev-uploads", Key="cat.jpg", Body=b"cat")
    Deleting().delete(account)
    deploy(account, release(tmp_path), Somebody(), wait=False, repair=False)
    assert keys(cloud, "shop-dev-uploads") == ["cat.jpg"]
    assert Deleting().delete(account, empty=True).kept == ()
    assert "shop-dev-uploads" not in buckets(cloud)


@pytest.mark.usefixtures("there")
def test_whoever_does_not_agree_keeps_everything(account: Account) -> None:
    """Asked after they have seen what goes."""
    with pytest.raises(DeployError, match=r"Nothing was deleted\."):
        Deleting(answers=False).delete(account)
    assert the_stack(account, PLACE).status == "CREATE_COMPLETE"


@pytest.mark.usefixtures("there")
def test_a_bucket_that_amazon_does_not_delete_is_named(account: Account, cloud: Cloud) -> None:
    """It is not kept by the template, and has data in it: the deletion fails, and can be finished with --empty-buckets."""
    cloud.client("s3").put_object(Bucket="shop-dev-fleeting", Key="a", Body=b"a")
    somebody = Deleting()
    with pytest.raises(DeployError) as caught:
        somebody.delete(account)
    assert "The bucket shop-dev-fleeting has data in it: AWS will refuse" in "\n".join(somebody.shown)
    assert "shop-dev was not deleted to the end (DELETE_FAILED)" in str(caught.value)
    assert (
        "There is data in shop-dev-fleeting: `hipflask delete --stage dev --empty-buckets` deletes it for good."
        in str(caught.value)
    )
    with pytest.raises(DeployError, match="has been deleted in part"):
        deploy_again(account)
    Deleting().delete(account, empty=True)
    assert find_ours(account, PLACE) is None
    assert buckets(cloud) == ["hipflask-123456789012-eu-west-1"]


def deploy_again(account: Account) -> None:
    """Try to deploy."""
    from hipflask.deploy.aws.attempt import Attempt

    Attempt(account, PLACE, Somebody()).ready(wait=False)


@pytest.mark.usefixtures("there")
def test_old_versions_go_too_if_data_is_to_go(account: Account, cloud: Cloud) -> None:
    """A bucket that keeps versions is only empty without them and without the marks of what was deleted."""
    s3 = cloud.client("s3")
    s3.put_bucket_versioning(Bucket="shop-dev-uploads", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket="shop-dev-uploads", Key="a", Body=body)
    s3.delete_object(Bucket="shop-dev-uploads", Key="a")
    somebody = Deleting()
    somebody.delete(account, empty=True)
    assert "3 objects removed from shop-dev-uploads" in somebody.told
    assert "shop-dev-uploads" not in buckets(cloud)


@pytest.mark.usefixtures("there")
def test_a_protected_stage_loses_nothing(account: Account, cloud: Cloud) -> None:
    """Amazon would refuse after the buckets had been emptied."""
    cloud.client("s3").put_object(Bucket="shop-dev-uploads", Key="cat.jpg", Body=b"cat")
    cloud.client("cloudformation").update_termination_protection(
        StackName="shop-dev", EnableTerminationProtection=True
    )
    with pytest.raises(DeployError, match="protected against deletion"):
        Deleting().delete(account, empty=True)
    assert keys(cloud, "shop-dev-uploads") == ["cat.jpg"]


@pytest.mark.usefixtures("there")
def test_other_stages_bundles_stay(account: Account, cloud: Cloud) -> None:
    """They lie in the same bucket, beside ours: also those of a stage whose name begins as ours does."""
    bucket = "hipflask-123456789012-eu-west-1"
    cloud.client("s3").put_object(Bucket=bucket, Key="shop-dev-two/0.zip", Body=b"")
    Deleting().delete(account)
    assert keys(cloud, bucket) == ["shop-dev-two/0.zip"]


def test_what_is_not_there_needs_no_deleting(account: Account) -> None:
    """That is no mistake: a pipeline may ask twice."""
    assert Deleting().delete(account) == Deleted(was_there=False)


@pytest.mark.usefixtures("there")
def test_a_stack_that_is_being_changed_is_waited_for_or_left(account: Account, cloud: Cloud) -> None:
    """As when deploying."""
    cloud.play(
        "shop-dev",
        {"status": "UPDATE_IN_PROGRESS", "reason": "User Initiated"},
        {"status": "UPDATE_COMPLETE"},
        pace=0.5,
    )
    with pytest.raises(DeployError, match="is being changed"):
        Deleting().delete(account)
    assert Deleting().delete(account, wait=True).was_there


def test_a_stack_that_is_not_ours_is_not_deleted(account: Account, cloud: Cloud) -> None:
    """Whatever it is called."""
    cloud.client("cloudformation").create_stack(
        StackName="shop-dev", TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    )
    with pytest.raises(DeployError, match="Hipflask did not make it"):
        Deleting().delete(account)
