"""`hipflask delete`: a stage and all that was made for it, but for buckets in which somebody's data lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...core.errors import DeployError
from .account import ANY, Account, unless
from .attempt import Attempt, Person
from .depot import Depot, empty, holds
from .stacks import Resource, find_ours, follow, last_event, resources_of, template_of
from .standing import Place, Stack, Standing
from .story import Story


@dataclass(frozen=True)
class Bucket:
    """A bucket of the stack."""

    name: str
    physical: str
    is_kept: bool
    has_data: bool


@dataclass(frozen=True)
class Deleted:
    """What came of it: what is still there, and costs money."""

    was_there: bool
    kept: tuple[str, ...] = ()


def delete(
    account: Account,
    place: Place,
    person: Person,
    confirm: Callable[[list[str]], bool],
    *,
    empty_buckets: bool,
    wait: bool,
) -> Deleted:
    """Delete a stage, once somebody has seen what goes; `confirm` shows that, and asks."""
    attempt = Attempt(account, place, person)
    stack = attempt.rested() if wait else find_ours(account, place)
    if stack is None:
        return Deleted(was_there=False)
    if stack.standing is Standing.BUSY:
        attempt.refuse_if_obstructed(stack)
    if stack.is_protected:  # found out now, and not when the buckets are empty already
        raise DeployError(
            f"{stack.name} is protected against deletion. Whoever did that can take it back: "
            f"aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {stack.name}"
        )
    resources, buckets = resources_of(account, stack), buckets_of(account, stack)
    if not confirm(_told(account, stack, resources, buckets, empty_buckets)):
        raise DeployError("Nothing was deleted.")
    if empty_buckets:
        for bucket in buckets:
            if bucket.has_data:
                person.tell(f"{empty(account, bucket.physical)} objects removed from {bucket.physical}")
    with attempt.leaving():
        _delete_stack(account, place, stack, person)
    if empty_buckets:
        _delete_kept(account, buckets)
    Depot(account, place.stack).clear()
    kept = () if empty_buckets else tuple(bucket.physical for bucket in buckets if bucket.is_kept)
    return Deleted(True, kept)


def buckets_of(account: Account, stack: Stack) -> list[Bucket]:
    """The buckets of a stack that are there, and whether its template keeps them."""
    declared = (
        template_of(account, stack).get("Resources", {}) if stack.standing is not Standing.PLANNED else {}
    )
    return [
        Bucket(
            one.name,
            one.physical,
            declared.get(one.name, {}).get("DeletionPolicy", "Delete").startswith("Retain"),
            has_data,
        )
        for one in resources_of(account, stack)
        if one.kind == "AWS::S3::Bucket" and one.physical
        if (has_data := holds(account, one.physical)) is not None
    ]


def _told(
    account: Account, stack: Stack, resources: list[Resource], buckets: list[Bucket], empties: bool
) -> list[str]:
    """What goes and what stays, in lines."""
    lines = [f"{stack.name} in {account.region}, account {account.number}: {len(resources)} resources go."]
    for bucket in buckets:
        if empties:
            with_all = " with all that lies in it" if bucket.has_data else ""
            lines.append(f"  The bucket {bucket.physical} goes{with_all}.")
        elif bucket.is_kept:
            lines.append(f"  The bucket {bucket.physical} stays; --empty-buckets deletes it too.")
        elif bucket.has_data:
            lines.append(
                f"  The bucket {bucket.physical} has data in it: AWS will refuse without --empty-buckets."
            )
    for resource in resources:
        if resource.kind == "AWS::SQS::Queue" and (count := _messages(account, resource.physical)):
            queue = resource.physical.rpartition("/")[2]
            lines.append(f"  The queue {queue} goes with {count} message{'s' if count > 1 else ''}.")
    return lines


def _messages(account: Account, url: str) -> int:
    """About how many messages are in a queue; none if it is gone, or nobody may look."""
    names = ("", "NotVisible", "Delayed")
    asked = {"QueueUrl": url, "AttributeNames": [f"ApproximateNumberOfMessages{name}" for name in names]}
    told = unless(ANY, lambda: account.client("sqs").get_queue_attributes(**asked)) if url else None
    return sum(int(count) for count in told["Attributes"].values()) if told else 0


def _delete_stack(account: Account, place: Place, stack: Stack, person: Person) -> None:
    last = last_event(account, stack.id)
    account.client("cloudformation").delete_stack(StackName=stack.id)
    after, story = follow(account, stack.id, last, person.tell)
    if after.standing is not Standing.GONE:
        raise DeployError(_failed(account, after, story, place))


def _failed(account: Account, stack: Stack, story: Story, place: Place) -> str:
    full = [bucket.physical for bucket in buckets_of(account, stack) if bucket.has_data]
    why = story.why() or [stack.reason or "AWS gave no reason."]
    lines = [f"{stack.name} was not deleted to the end ({stack.status}):", *why]
    if full:
        lines.append(
            f"There is data in {', '.join(full)}: `hipflask delete{place.words} --empty-buckets` deletes it for good."
        )
    return "\n  ".join(lines)


def _delete_kept(account: Account, buckets: list[Bucket]) -> None:
    """Delete the buckets that the stack has left behind, which are empty now."""
    for bucket in buckets:
        if bucket.is_kept and holds(account, bucket.physical) is not None:
            empty(account, bucket.physical)  # what came while the stack was being deleted
            account.client("s3").delete_bucket(Bucket=bucket.physical, ExpectedBucketOwner=account.number)
