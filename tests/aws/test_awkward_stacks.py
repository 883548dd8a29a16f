"""A stack in each awkward state: what stands in the way is said, with what to do, and nothing is changed by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws.cloud import ACCOUNT, REGION, Cloud
from aws.plain_stack import BEGUN, FUNCTION, PLACE, Somebody, of, own, put, release
from hipflask.core.errors import DeployError
from hipflask.deploy.aws.account import Account
from hipflask.deploy.aws.deploying import deploy
from hipflask.deploy.aws.stacks import find, the_stack


def test_a_failed_update_is_told_with_its_root_cause_first(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """What was called off because of it comes after it; and that all is as it was."""
    put(account, tmp_path)
    cloud.rehearse(
        "shop-dev",
        BEGUN,
        of("Web", FUNCTION, "UPDATE_IN_PROGRESS"),
        of("Orders", "AWS::SQS::Queue", "UPDATE_FAILED", "Resource update cancelled"),
        of("Web", FUNCTION, "UPDATE_FAILED", "Unzipped size must be smaller than 262144000 bytes"),
        own("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Orders, Web]."),
        of("Web", FUNCTION, "UPDATE_COMPLETE"),
        own("UPDATE_ROLLBACK_COMPLETE"),
    )
    somebody = Somebody()
    with pytest.raises(DeployError) as caught:
        deploy(account, release(tmp_path, "second"), somebody, wait=False, repair=False)
    assert str(caught.value).splitlines() == [
        "shop-dev was not deployed (UPDATE_ROLLBACK_COMPLETE):",
        "  Web (Lambda::Function): Unzipped size must be smaller than 262144000 bytes",
        "  Called off because of that: Orders",
        "AWS has rolled it back: what was there before runs on, unchanged.",
    ]
    assert "UPDATE_FAILED" in somebody.all
    assert put(account, tmp_path, "second").asked == ["Change that?"]  # and it can be tried again


def test_the_end_is_what_the_events_say_not_how_the_stack_stood(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """Amazon says UPDATE_COMPLETE, of the last time, for a moment after a change has begun."""
    put(account, tmp_path)
    put(account, tmp_path, "second")
    cloud.rehearse(
        "shop-dev", own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), own("UPDATE_ROLLBACK_COMPLETE"), pace=0.2
    )
    cloud.stand("shop-dev", "UPDATE_COMPLETE")
    with pytest.raises(DeployError, match="UPDATE_ROLLBACK_COMPLETE"):
        put(account, tmp_path, "third")


def test_a_first_creation_that_failed_is_deleted_before_the_next(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """Once somebody has agreed to it: nothing of it runs."""
    put(account, tmp_path)
    cloud.stand("shop-dev", "ROLLBACK_COMPLETE", "The following resource(s) failed to create: [Web].")
    somebody = Somebody()
    done = deploy(account, release(tmp_path, "second"), somebody, wait=False, repair=False)
    assert [question.partition(".")[0] for question in somebody.asked] == [
        "shop-dev could not be created the last time, and nothing of it runs (ROLLBACK_COMPLETE)",
        "Change that?",
    ]
    assert done.status == "CREATE_COMPLETE"


def test_a_first_creation_that_failed_stays_if_nobody_agrees(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """And what to do is said."""
    put(account, tmp_path)
    cloud.stand("shop-dev", "ROLLBACK_COMPLETE")
    with pytest.raises(DeployError, match=r"can only be deleted: `hipflask delete --stage dev`"):
        deploy(account, release(tmp_path), Somebody(answers=False), wait=False, repair=False)
    assert the_stack(account, PLACE).status == "ROLLBACK_COMPLETE"


def test_a_change_that_somebody_else_has_under_way_is_not_disturbed(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """Who it is, and since when, is told."""
    put(account, tmp_path)
    cloud.stand("shop-dev", "UPDATE_IN_PROGRESS")
    with pytest.raises(
        DeployError, match=r"being changed \(UPDATE_IN_PROGRESS since \d{4}-.* UTC by user/moto\)"
    ):
        put(account, tmp_path, "second")


def plan(cloud: Cloud, name: str, tags: dict[str, str]) -> None:
    """Have a stack in review, in which nothing is: as when a computer was switched off while it asked."""
    cloud.client("cloudformation").create_change_set(
        StackName="shop-dev",
        ChangeSetName=name,
        ChangeSetType="CREATE",
        TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}',
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )


def test_what_somebody_else_has_planned_is_left_alone(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """Somebody else may be looking at it."""
    plan(cloud, "theirs", {})
    with pytest.raises(DeployError, match="Hipflask did not make it"):
        put(account, tmp_path)


@pytest.mark.parametrize(("name", "tags"), [("abandoned", PLACE.tags), ("hipflask-20261123-1", {})])
def test_what_an_abandoned_first_deploy_left_is_removed(
    account: Account, tmp_path: Path, cloud: Cloud, name: str, tags: dict[str, str]
) -> None:
    """Ours by its tags, or by its change set's name: a stack that is only planned may have no tags yet."""
    plan(cloud, name, tags)
    somebody = put(account, tmp_path)
    assert (
        somebody.told[0]
        == "A first deploy of shop-dev was shown to somebody who did not go on; it is removed."
    )
    assert the_stack(account, PLACE).status == "CREATE_COMPLETE"


def test_a_stack_that_is_not_ours_is_not_touched(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """Whatever it is called."""
    cloud.client("cloudformation").create_stack(
        StackName="shop-dev", TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    )
    before = find(account, "shop-dev")
    with pytest.raises(DeployError, match="Hipflask did not make it, so nothing was changed"):
        put(account, tmp_path)
    assert find(account, "shop-dev") == before


def test_a_stack_that_was_deleted_outside_is_made_anew(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """There is no file that would still believe in it."""
    put(account, tmp_path)
    cloud.client("cloudformation").delete_stack(StackName="shop-dev")
    with pytest.raises(DeployError, match=r"There is no stack shop-dev in eu-west-1 of account 123456789012"):
        the_stack(account, PLACE)
    put(account, tmp_path)
    assert the_stack(account, PLACE).status == "CREATE_COMPLETE"


def test_what_was_deleted_outside_is_named_and_can_be_repaired(
    own_account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """CloudFormation does not look; with --repair it is asked for a change set that does."""
    account = own_account
    put(account, tmp_path)
    assert "deleted outside" not in put(account, tmp_path).all
    cloud.client("sqs").delete_queue(
        QueueUrl=cloud.client("sqs").get_queue_url(QueueName="shop-dev-orders")["QueueUrl"]
    )
    cloud.client("lambda").delete_function(FunctionName="shop-dev-web")
    said = put(account, tmp_path).all
    assert "Orders (SQS::Queue " in said
    assert (
        "Web (Lambda::Function shop-dev-web) was deleted outside of this stack. --repair has AWS make it again."
        in said
    )

    asked: list[dict[str, object]] = []
    account.client("cloudformation").meta.events.register(
        "before-parameter-build.cloudformation.CreateChangeSet",
        lambda params, **_: asked.append(dict(params)),
    )
    put(account, tmp_path, repair=True)
    assert [one.get("DeploymentMode") for one in asked] == ["REVERT_DRIFT"]


def test_two_who_deploy_at_the_same_time_do_not_overwrite_each_other(
    account: Account, tmp_path: Path
) -> None:
    """The second is told that what they were shown is not so any more."""
    put(account, tmp_path)

    class Slow(Somebody):
        def agree(self, question: str) -> bool:
            put(account, tmp_path, "theirs")
            return True

    with pytest.raises(DeployError, match="has been changed by somebody else since you were shown"):
        deploy(account, release(tmp_path, "second"), Slow(), wait=False, repair=False)


def test_a_bucket_name_that_a_stranger_has_taken_is_not_used(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """Names of buckets are the world's: somebody could wait there for our code."""
    cloud.make_bucket_of_a_stranger(f"hipflask-{ACCOUNT}-{REGION}")
    with pytest.raises(DeployError, match=r"belongs to another account, so nothing is sent there"):
        put(account, tmp_path)


def test_an_end_is_not_missed_by_who_looks_seldom(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """All that happened between two looks is told, in its order."""
    put(account, tmp_path)
    many = [of(f"R{number:03}", FUNCTION, "UPDATE_COMPLETE") for number in range(250)]
    cloud.rehearse("shop-dev", BEGUN, *many, own("UPDATE_COMPLETE"), pace=0)
    somebody = put(account, tmp_path, "second")
    seen = [line.split()[1] for line in somebody.told if " R" in line]
    assert seen == [f"R{number:03}" for number in range(250)]
