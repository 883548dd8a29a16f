"""Change sets: what Amazon would do, asked before it does it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...core.errors import DeployError
from .account import ANY, Account, unless
from .stacks import BY, CHANGE_SET, find
from .standing import Place, Stack, Standing

_NOTHING = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class ChangeSet:
    """What Amazon would do with a stack, which may not be there yet."""

    id: str
    stack_id: str
    replaced: frozenset[str]
    adopted: frozenset[str] = frozenset()


@contextlib.contextmanager
def proposed(
    account: Account, place: Place, stack: Stack | None, template_url: str, *, repair: bool = False
) -> Iterator[ChangeSet | None]:
    """A change set for a template, None if it would change nothing. Whatever was not executed is removed at the end."""
    is_first = stack is None
    made = account.client("cloudformation").create_change_set(
        StackName=place.stack,
        ChangeSetName=f"{CHANGE_SET}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}",
        ChangeSetType="CREATE" if is_first else "UPDATE",
        Description=f"{BY}{account.who}"[:1024],
        TemplateURL=template_url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": key, "Value": value} for key, value in place.tags.items()],
        # A bucket that outlived the stage, with its data, becomes part of it again; nothing else has a DeletionPolicy, which it takes.
        **({"DeploymentMode": "REVERT_DRIFT"} if repair else {"ImportExistingResources": True}),
    )
    try:
        pages = _finished(account, made["Id"])
        yield _change_set(made, pages) if pages else None
    finally:
        _discard(account, made["Id"], made["StackId"] if is_first else None)


def execute(account: Account, change_set: ChangeSet) -> None:
    """Have Amazon do it."""
    do = account.client("cloudformation").execute_change_set
    outdated = {
        "ChangeSetNotFound",
        "InvalidChangeSetStatus",
    }  # Amazon removes those that a change has overtaken
    if unless(outdated, lambda: do(ChangeSetName=change_set.id)) is None:
        raise DeployError(
            "The stack has been changed by somebody else since you were shown this difference, so it was not carried out. "
            "Deploy again, and look at the new one."
        )


def _finished(account: Account, change_set: str) -> list[dict[str, Any]]:
    """All that Amazon says of a change set once it has thought it over; nothing if it would change nothing."""
    while True:
        told = account.client("cloudformation").describe_change_set(ChangeSetName=change_set)
        if told["Status"] == "FAILED":
            reason = told.get("StatusReason", "")
            if any(words in reason for words in _NOTHING):
                return []
            raise DeployError(f"AWS does not take the template: {reason or 'no reason was given'}")
        if told["Status"] == "CREATE_COMPLETE":
            return [told, *_further(account, change_set, told.get("NextToken"))]
        time.sleep(account.pause)


def _further(account: Account, change_set: str, token: str | None) -> Iterator[dict[str, Any]]:
    while token:
        told = account.client("cloudformation").describe_change_set(ChangeSetName=change_set, NextToken=token)
        yield told
        token = told.get("NextToken")


def _change_set(made: dict[str, Any], pages: list[dict[str, Any]]) -> ChangeSet:
    changes = [change.get("ResourceChange", {}) for page in pages for change in page.get("Changes", [])]
    return ChangeSet(
        made["Id"],
        made["StackId"],
        frozenset(
            one["LogicalResourceId"] for one in changes if one.get("Replacement") in ("True", "Conditional")
        ),
        frozenset(one["LogicalResourceId"] for one in changes if one.get("Action") == "Import"),
    )


def _discard(account: Account, change_set: str, first_stack: str | None) -> None:
    """Remove a change set that was not executed, and with it the empty stack that a first one makes."""
    client = account.client("cloudformation")
    told = unless(ANY, lambda: client.describe_change_set(ChangeSetName=change_set))
    if told is None or told.get("ExecutionStatus") not in ("AVAILABLE", "UNAVAILABLE"):
        return  # it was executed
    unless(ANY, lambda: client.delete_change_set(ChangeSetName=change_set))
    stack = find(account, first_stack) if first_stack else None
    if stack is not None and stack.standing is Standing.PLANNED:
        client.delete_stack(StackName=stack.id)
