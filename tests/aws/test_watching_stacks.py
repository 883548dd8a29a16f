"""What goes on with a stack can be watched, waited for, called off, and brought to its end; and left, without stopping it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws.cloud import Cloud, eventually
from aws.plain_stack import BEGUN, FUNCTION, PLACE, Somebody, of, own, put, release
from hipflask.core.errors import DeployError
from hipflask.deploy.aws.account import Account, told
from hipflask.deploy.aws.deploying import deploy
from hipflask.deploy.aws.going_back import call_off, roll_back, watch
from hipflask.deploy.aws.stacks import the_stack


def test_one_can_wait_for_somebody_else(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """What they do is told, and then one's own goes on."""
    put(account, tmp_path)
    cloud.play("shop-dev", BEGUN, of("Web", FUNCTION, "UPDATE_COMPLETE"), own("UPDATE_COMPLETE"), pace=0.1)
    somebody = put(account, tmp_path, "second", wait=True)
    assert somebody.told[0].startswith("Waiting for shop-dev (UPDATE_IN_PROGRESS)")
    assert somebody.asked == ["Change that?"]


def test_one_can_only_watch(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """From the beginning of what is under way, to its end, whichever it is."""
    put(account, tmp_path)
    cloud.play(
        "shop-dev",
        BEGUN,
        of("Web", FUNCTION, "UPDATE_FAILED", "no such role"),
        own("UPDATE_ROLLBACK_IN_PROGRESS"),
        own("UPDATE_ROLLBACK_COMPLETE"),
        pace=0.1,
    )
    somebody = Somebody()
    with pytest.raises(DeployError, match="no such role"):
        watch(account, PLACE, somebody)
    assert "User Initiated" in somebody.told[0]
    assert not watch(account, PLACE, Somebody()).has_changed


def test_whoever_stops_watching_is_told_that_it_goes_on(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """And how to watch again, or to call it off."""
    put(account, tmp_path)
    cloud.rehearse(
        "shop-dev", BEGUN, of("Web", FUNCTION, "UPDATE_COMPLETE"), own("UPDATE_COMPLETE"), pace=0.2
    )

    def leave(line: str) -> None:
        if "UPDATE_IN_PROGRESS" in line:
            raise KeyboardInterrupt

    somebody = Somebody(when_told=leave)
    with pytest.raises(KeyboardInterrupt):
        deploy(account, release(tmp_path, "second"), somebody, wait=False, repair=False)
    assert "`hipflask deploy --stage dev --follow` watches again" in somebody.told[-1]
    assert "`hipflask deploy --stage dev --cancel` calls off an update" in somebody.told[-1]
    eventually(lambda: the_stack(account, PLACE).status == "UPDATE_COMPLETE")


def test_whose_credentials_expire_meanwhile_is_told_that_it_goes_on(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """What was begun does not depend on who watches."""
    put(account, tmp_path)
    cloud.rehearse("shop-dev", BEGUN, own("UPDATE_COMPLETE"), pace=0.2)

    def expire(line: str) -> None:
        if "UPDATE_IN_PROGRESS" in line:
            cloud.ask_for_permissions(True)

    somebody = Somebody(when_told=expire)
    with pytest.raises(DeployError, match="AWS does not know your credentials"), told():
        deploy(account, release(tmp_path, "second"), somebody, wait=False, repair=False)
    assert "AWS goes on with it." in somebody.told[-1]


def test_an_update_can_be_called_off(account: Account, tmp_path: Path, cloud: Cloud) -> None:
    """Amazon rolls it back; what is not an update cannot be."""
    put(account, tmp_path)
    with pytest.raises(DeployError, match="Only an update that is under way can be called off"):
        call_off(account, PLACE, Somebody())
    cloud.stand("shop-dev", "UPDATE_IN_PROGRESS")
    cloud.rehearse("shop-dev", own("UPDATE_ROLLBACK_IN_PROGRESS"), own("UPDATE_ROLLBACK_COMPLETE"))
    assert call_off(account, PLACE, Somebody()).status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_rolling_back_that_got_stuck_is_gone_on_with(
    account: Account, tmp_path: Path, cloud: Cloud
) -> None:
    """By --rollback, leaving out what cannot be; deploying says so."""
    put(account, tmp_path)
    cloud.stand("shop-dev", "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [Orders].")
    with pytest.raises(
        DeployError, match=r"failed to update: \[Orders\].*--rollback` goes on .*`--skip NAME`"
    ):
        put(account, tmp_path, "second")
    cloud.rehearse("shop-dev", own("UPDATE_ROLLBACK_IN_PROGRESS"), own("UPDATE_ROLLBACK_COMPLETE"))
    somebody = Somebody()
    done = roll_back(account, PLACE, somebody, wait=False, skip=("Orders",))
    assert somebody.asked == ["Go on with rolling back shop-dev, leaving out Orders?"]
    assert done.status == "UPDATE_ROLLBACK_COMPLETE"
