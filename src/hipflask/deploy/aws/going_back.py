"""`hipflask deploy --rollback`, `--follow` and `--cancel`: back to what was there before, or only looking on."""

from __future__ import annotations

import json

from ...core.errors import DeployError
from .account import Account
from .attempt import PREVIOUS, Attempt, Deployed, Json, Person, failure
from .depot import Depot
from .stacks import before_this, follow, last_event, template_of, the_stack
from .standing import Place, Stack, Standing


def roll_back(
    account: Account, place: Place, person: Person, *, wait: bool, skip: tuple[str, ...]
) -> Deployed:
    """Bring back what was there before: the former template, or, where a rolling back got stuck, its end."""
    attempt = Attempt(account, place, person)
    stack = the_stack(account, place)
    if stack.standing is Standing.STUCK:
        return _go_on_rolling_back(attempt, stack, skip)
    if wait:
        stack = attempt.rested() or stack
    attempt.refuse_if_obstructed(stack)
    before = template_of(account, stack)
    return attempt.change(stack, before, _former(before, attempt.depot))


def watch(account: Account, place: Place, person: Person) -> Deployed:
    """Only tell what goes on with a stack, until nothing does."""
    stack = the_stack(account, place)
    if stack.standing is not Standing.BUSY:
        return Deployed.of(stack, has_changed=False)
    with Attempt(account, place, person).leaving():
        now, story = follow(account, stack.id, before_this(account, stack), person.tell)
    if story.failures:
        raise DeployError(failure(now, story, place))
    return Deployed.of(now, has_changed=True)


def call_off(account: Account, place: Place, person: Person) -> Deployed:
    """Call off an update that is under way: everything goes back to what it was before."""
    stack = the_stack(account, place)
    if stack.status != "UPDATE_IN_PROGRESS":
        raise DeployError(
            f"Only an update that is under way can be called off, and {stack.name} is {stack.status}."
        )
    last = last_event(account, stack.id)
    account.client("cloudformation").cancel_update_stack(StackName=stack.id)
    with Attempt(account, place, person).leaving():
        now, _ = follow(account, stack.id, last, person.tell)
    return Deployed.of(now, has_changed=True)


def _go_on_rolling_back(attempt: Attempt, stack: Stack, skip: tuple[str, ...]) -> Deployed:
    account = attempt.account
    left_out = f", leaving out {', '.join(skip)}" if skip else ""
    if not attempt.person.agree(f"Go on with rolling back {stack.name}{left_out}?"):
        raise DeployError("Nothing was changed.")
    last = last_event(account, stack.id)
    account.client("cloudformation").continue_update_rollback(StackName=stack.id, ResourcesToSkip=list(skip))
    with attempt.leaving():
        now, story = follow(account, stack.id, last, attempt.person.tell)
    if now.status != "UPDATE_ROLLBACK_COMPLETE":
        raise DeployError(failure(now, story, attempt.place))
    return Deployed.of(now, has_changed=True)


def _former(before: Json, depot: Depot) -> Json:
    """The template before this one; raises DeployError if it, or its bundle, is not there."""
    key = before.get("Metadata", {}).get(PREVIOUS)
    if key is None:
        raise DeployError(f"{depot.stack} is in its first release: there is nothing to go back to.")
    if not depot.has(key):
        raise DeployError(
            f"The former release cannot come back: {key} is not in the bucket {depot.bucket} any more."
        )
    former: Json = json.loads(depot.template(key))
    for bundle in sorted(_bundles(former)):
        if not depot.has(bundle):
            raise DeployError(
                f"The former release cannot come back: {bundle} is not in the bucket {depot.bucket} any more."
            )
    return former


def _bundles(template: Json) -> set[str]:
    """The keys of all bundles that a template names."""
    codes = [
        resource.get("Properties", {}).get("Code") for resource in template.get("Resources", {}).values()
    ]
    return {code["S3Key"] for code in codes if isinstance(code, dict) and isinstance(code.get("S3Key"), str)}
