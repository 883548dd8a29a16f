"""Each way in which a stack can stand says what can be done with it, and what to do first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hipflask.deploy.aws.standing import Place, Stack, Standing, obstacle, strangeness

PLACE = Place("shop-dev", "shop", "dev")
# As botocore's own model of CloudFormation lists them.
STATUSES = {
    "CREATE_COMPLETE": Standing.READY,
    "UPDATE_COMPLETE": Standing.READY,
    "UPDATE_FAILED": Standing.READY,
    "UPDATE_ROLLBACK_COMPLETE": Standing.READY,
    "IMPORT_COMPLETE": Standing.READY,
    "IMPORT_ROLLBACK_COMPLETE": Standing.READY,
    "REVIEW_IN_PROGRESS": Standing.PLANNED,
    "CREATE_FAILED": Standing.STILLBORN,
    "ROLLBACK_COMPLETE": Standing.STILLBORN,
    "ROLLBACK_FAILED": Standing.STILLBORN,
    "UPDATE_ROLLBACK_FAILED": Standing.STUCK,
    "IMPORT_ROLLBACK_FAILED": Standing.STUCK,
    "DELETE_FAILED": Standing.HALF_GONE,
    "DELETE_COMPLETE": Standing.GONE,
    "CREATE_IN_PROGRESS": Standing.BUSY,
    "UPDATE_IN_PROGRESS": Standing.BUSY,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": Standing.BUSY,
    "UPDATE_ROLLBACK_IN_PROGRESS": Standing.BUSY,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": Standing.BUSY,
    "ROLLBACK_IN_PROGRESS": Standing.BUSY,
    "DELETE_IN_PROGRESS": Standing.BUSY,
    "IMPORT_IN_PROGRESS": Standing.BUSY,
    "IMPORT_ROLLBACK_IN_PROGRESS": Standing.BUSY,
}


def stack(status: str, **more: object) -> Stack:
    """A stack of ours that stands so."""
    return Stack("arn:…", "shop-dev", status, tags=PLACE.tags, **more)  # type: ignore[arg-type]


def test_every_status_that_amazon_knows_is_known_here() -> None:
    """Its own model of the service is asked."""
    from botocore.session import get_session

    model = get_session().get_service_model("cloudformation")
    assert set(model.shape_for("StackStatus").enum) == set(STATUSES)


@pytest.mark.parametrize(("status", "standing"), STATUSES.items())
def test_a_status_stands_for_what_can_be_done(status: str, standing: Standing) -> None:
    """One of seven."""
    assert stack(status).standing is standing


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("ROLLBACK_FAILED", "`hipflask delete --stage dev`, then deploy again"),
        ("UPDATE_ROLLBACK_FAILED", "`hipflask deploy --stage dev --rollback` goes on with rolling back"),
        ("DELETE_FAILED", "`hipflask delete --stage dev` deletes the rest"),
        ("UPDATE_IN_PROGRESS", "`--wait` waits for it"),
    ],
)
def test_an_obstacle_says_what_to_type(status: str, advice: str) -> None:
    """And for which stage."""
    assert advice in (obstacle(stack(status), PLACE) or "")


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_what_can_be_changed_has_no_obstacle(status: str) -> None:
    """So nobody is kept from it."""
    assert obstacle(stack(status), PLACE) is None


def test_who_is_changing_it_and_since_when_is_told() -> None:
    """As far as it is known."""
    busy = stack("UPDATE_IN_PROGRESS", since=datetime(2026, 11, 23, 14, 2, tzinfo=UTC))
    assert "UPDATE_IN_PROGRESS since 2026-11-23 14:02 UTC by user/anna" in (
        obstacle(busy, PLACE, "user/anna") or ""
    )


def test_only_a_stack_with_our_marks_is_ours() -> None:
    """The name alone does not make it so."""
    assert strangeness(stack("CREATE_COMPLETE"), PLACE) is None
    assert "Hipflask did not make it" in (
        strangeness(Stack("arn:…", "shop-dev", "CREATE_COMPLETE"), PLACE) or ""
    )
    theirs = Stack("arn:…", "shop-dev", "CREATE_COMPLETE", tags=Place("", "bank", "prod").tags)
    assert "it is stage prod of the app bank" in (strangeness(theirs, PLACE) or "")
