"""The story of a change: each event once, the root cause first, and an end that an event tells."""

from __future__ import annotations

from hipflask.deploy.aws.story import STACK, Event, Story

FUNCTION = "AWS::Lambda::Function"


def test_what_is_told_twice_is_taken_once() -> None:
    """Each look reads the newest events, many of which are known."""
    story = Story()
    first, second = (
        Event("1", "Web", FUNCTION, "UPDATE_IN_PROGRESS"),
        Event("2", "Web", FUNCTION, "UPDATE_COMPLETE"),
    )
    assert story.take([first]) == [first]
    assert story.take([first, second]) == [second]


def test_the_root_cause_comes_first_and_its_consequences_last() -> None:
    """What was called off because of it is one line."""
    story = Story()
    story.take(
        [
            Event("1", "Queue", "AWS::SQS::Queue", "CREATE_FAILED", "Resource creation cancelled"),
            Event(
                "2",
                "Thumbnail",
                FUNCTION,
                "CREATE_FAILED",
                "Unzipped size must be smaller than 262144000 bytes",
            ),
            Event("3", "Topic", "AWS::SNS::Topic", "CREATE_FAILED", "Resource creation cancelled"),
            Event(
                "4",
                "shop-dev",
                STACK,
                "ROLLBACK_FAILED",
                "The following resource(s) failed: [Queue, Thumbnail]",
            ),
        ]
    )
    assert story.why() == [
        "Thumbnail (Lambda::Function): Unzipped size must be smaller than 262144000 bytes",
        "Called off because of that: Queue, Topic",
    ]


def test_it_is_over_when_the_stack_itself_says_so() -> None:
    """A resource that is complete ends nothing, and a new beginning takes an end back."""
    story = Story()
    story.take([Event("1", "Web", FUNCTION, "UPDATE_COMPLETE")])
    assert not story.is_over
    story.take([Event("2", "shop-dev", STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")])
    assert not story.is_over
    story.take([Event("3", "shop-dev", STACK, "UPDATE_COMPLETE")])
    assert story.is_over


def test_a_line_names_status_resource_kind_and_reason() -> None:
    """In columns."""
    line = Event("1", "Web", FUNCTION, "UPDATE_FAILED", "no such role").line
    assert line.split() == ["UPDATE_FAILED", "Web", "Lambda::Function", "no", "such", "role"]
