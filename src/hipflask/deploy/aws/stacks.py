"""Stacks, as CloudFormation tells of them: what there is, how it stands, what happens to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ...core.errors import DeployError
from .account import ANY, Account, unless
from .standing import Place, Stack, Standing, strangeness
from .story import STACK, Event, Story

CHANGE_SET = "hipflask-"  # begins the name of a change set of ours
BY = "hipflask deploy by "  # begins the description of a change set of ours
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Resource:
    """One resource of a stack: its name in the template, and in the world."""

    name: str
    kind: str
    physical: str


def find(account: Account, name: str) -> Stack | None:
    """The stack of that name or id, None if there is none."""
    ask = account.client("cloudformation").describe_stacks
    told = unless({"ValidationError"}, lambda: ask(StackName=name))  # Amazon's word for: it does not exist
    return _stack(told["Stacks"][0]) if told and told["Stacks"] else None


def find_ours(account: Account, place: Place) -> Stack | None:
    """The stack of one stage of this app, None if there is none; raises DeployError if the name is somebody else's."""
    stack = find(account, place.stack)
    if stack is None or stack.standing is Standing.GONE:
        return None
    if (why := strangeness(stack, place)) and not _is_planned_by_us(account, stack):
        raise DeployError(why)
    return stack


def the_stack(account: Account, place: Place) -> Stack:
    """The stack of one stage, which has to be there."""
    stack = find_ours(account, place)
    if stack is None or stack.standing is Standing.PLANNED:
        raise DeployError(
            f"There is no stack {place.stack} in {account.region} of account {account.number}: `hipflask deploy{place.words}` "
            "makes it. Is it another region (--region) or account (--profile)?"
        )
    return stack


def _is_planned_by_us(account: Account, stack: Stack) -> bool:
    """Whether a stack is no more than a plan of ours: whether such a one has its tags already is not to be relied upon."""
    if stack.standing is not Standing.PLANNED or stack.tags:
        return False
    plans = account.client("cloudformation").list_change_sets(StackName=stack.id)["Summaries"]
    return all(plan["ChangeSetName"].startswith(CHANGE_SET) for plan in plans)


def _stack(told: dict[str, Any]) -> Stack:
    return Stack(
        id=told["StackId"],
        name=told["StackName"],
        status=told["StackStatus"],
        reason=told.get("StackStatusReason", ""),
        since=told.get("LastUpdatedTime") or told.get("CreationTime"),
        tags={tag["Key"]: tag["Value"] for tag in told.get("Tags", [])},
        outputs={output["OutputKey"]: output["OutputValue"] for output in told.get("Outputs", [])},
        change_set=told.get("ChangeSetId", ""),
        is_protected=told.get("EnableTerminationProtection", False),
    )


def who_changes(account: Account, stack: Stack) -> str:
    """Who began the change that is under way, as far as its change set says; else nothing."""
    if not stack.change_set:
        return ""
    ask = account.client("cloudformation").describe_change_set
    # Who it is would be good to know, and is not what was asked for.
    told = unless(ANY, lambda: ask(ChangeSetName=stack.change_set, StackName=stack.name)) or {}
    return str(told.get("Description", "")).removeprefix(BY)


def template_of(account: Account, stack: Stack) -> dict[str, Any]:
    """The template that the stack was made from last."""
    told = account.client("cloudformation").get_template(StackName=stack.id, TemplateStage="Original")
    body = told["TemplateBody"]
    if not isinstance(body, dict):
        raise DeployError(
            f"The template of the stack {stack.name} is not JSON, so Hipflask did not write it."
        )
    return dict(body)


def resources_of(account: Account, stack: Stack) -> list[Resource]:
    """What the stack has made, as far as it is there."""
    pages = (
        account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.id)
    )
    return [
        Resource(told["LogicalResourceId"], told["ResourceType"], told.get("PhysicalResourceId") or "")
        for page in pages
        for told in page["StackResourceSummaries"]
        if told.get("ResourceStatus") != "DELETE_COMPLETE"
    ]


def last_event(account: Account, stack_id: str) -> str:
    """The newest event there is: what comes after it belongs to what is done next."""
    told = account.client("cloudformation").describe_stack_events(StackName=stack_id)["StackEvents"]
    return str(told[0]["EventId"]) if told else ""


def before_this(account: Account, stack: Stack) -> str:
    """The event before those of the change that is under way."""
    has_begun = False
    for told in _newest_first(account, stack.id):
        if has_begun:
            return str(told["EventId"])
        has_begun = told["ResourceType"] == STACK and told.get("ResourceStatusReason") == "User Initiated"
    return ""


def events_after(account: Account, stack_id: str, last: str) -> list[Event]:
    """What has happened since `last`, oldest first."""
    events = []
    for told in _newest_first(account, stack_id):
        if told["EventId"] == last:
            break
        events.append(
            Event(
                told["EventId"],
                told["LogicalResourceId"],
                told["ResourceType"],
                told["ResourceStatus"],
                told.get("ResourceStatusReason", ""),
                told.get("PhysicalResourceId", ""),
            )
        )
    return events[::-1]


def _newest_first(account: Account, stack_id: str) -> Iterator[dict[str, Any]]:
    pages = (
        account.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack_id)
    )
    for page in pages:
        yield from page["StackEvents"]


def follow(account: Account, stack_id: str, last: str, tell: Tell) -> tuple[Stack, Story]:
    """Tell what happens to a stack after the event `last`, line by line, to its end: how it stands then, and what failed.

    The end is told by an event. How the stack stands would not do: for a moment after a change has begun that is what it was before.
    """
    story = Story()
    while True:
        for event in story.take(events_after(account, stack_id, last)):
            tell(event.line)
        if story.is_over:
            stack = find(account, stack_id)
            if stack is None:
                raise DeployError("The stack is not there any more: somebody has deleted it meanwhile.")
            if stack.standing is not Standing.BUSY:
                return stack, story
        time.sleep(account.pause)
