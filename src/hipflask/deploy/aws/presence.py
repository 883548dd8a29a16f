"""Which resources of a stack somebody has deleted outside of CloudFormation, which does not notice that by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .account import Account, unless
from .stacks import Resource

# One question for each kind of what people delete by hand in the console; and how it is refused where the resource is gone.
_LOOKS: dict[str, tuple[Callable[[Account, str], Any], frozenset[str]]] = {
    "AWS::Lambda::Function": (
        lambda account, name: account.client("lambda").get_function_configuration(FunctionName=name),
        frozenset({"ResourceNotFoundException"}),
    ),
    "AWS::SQS::Queue": (
        lambda account, url: account.client("sqs").get_queue_url(QueueName=url.rpartition("/")[2]),
        frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}),
    ),
    "AWS::S3::Bucket": (
        lambda account, name: account.client("s3").head_bucket(Bucket=name),
        frozenset({"404", "NoSuchBucket"}),
    ),
    "AWS::SNS::Topic": (
        lambda account, arn: account.client("sns").get_topic_attributes(TopicArn=arn),
        frozenset({"NotFound", "NotFoundException"}),
    ),
}
_REFUSED = frozenset({"403", "AccessDenied", "AccessDeniedException", "AuthorizationError"})


def missing(account: Account, resources: Iterable[Resource]) -> list[Resource]:
    """Those that are not there any more; what we may not look at is taken to be there."""
    return [resource for resource in resources if resource.physical and not _is_there(account, resource)]


def _is_there(account: Account, resource: Resource) -> bool:
    if resource.kind not in _LOOKS:
        return True
    look, gone = _LOOKS[resource.kind]

    def may_look() -> bool:
        unless(_REFUSED, lambda: look(account, resource.physical))
        return True

    return unless(gone, may_look) is not None
