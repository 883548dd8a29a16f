"""What Amazon's refusals mean: what was not allowed, to whom, on what, and what somebody can do about it.

    User: arn:aws:iam::123456789012:user/anna is not authorized to perform: cloudformation:CreateChangeSet on resource:
    arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-dev/* because no identity-based policy allows the action

becomes

    AWS does not allow cloudformation:CreateChangeSet on arn:aws:cloudformation:…:stack/shop-dev/* to user/anna, because no
    identity-based policy allows the action. Whoever looks after the account can allow it; nothing was changed by this request.

Only what is named here is taken from an answer: a request's signature, keys and tokens are never said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "AuthorizationErrorException",
        "403",  # of a HEAD request, whose answer has no body that could say more
    }
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_UNKNOWN = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "AuthFailure",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
    }
)
_THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"}
)

_SENTENCE = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<action>[\w-]+:\w+)"
    r"(?: on resource: \"?(?P<resource>[^\s\"]+)\"?)?(?: (?P<why>(?:because|with) .+?))?\.?$",
    re.S,
)
# S3 answers "Access Denied" and no more; its permissions are not called as its operations are.
_S3_ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}


def code_of(answer: Mapping[str, Any]) -> str:
    """The short name of what went wrong."""
    return str(answer.get("Error", {}).get("Code", ""))


def explain(answer: Mapping[str, Any], operation: str) -> str:
    """What an answer that is an error says to a person; `operation` is what was asked, as boto3 calls it."""
    error = answer.get("Error", {})
    code, message = code_of(answer), str(error.get("Message", "")).strip()
    if code in _EXPIRED:
        return (
            "Your AWS credentials have expired. Sign in anew (with `aws sso login`, or by new temporary keys), "
            "and do the same again."
        )
    if code in _UNKNOWN:
        return (
            f"AWS does not know your credentials ({code}). Look at AWS_PROFILE, AWS_ACCESS_KEY_ID and ~/.aws/credentials, "
            "or name a profile with --profile; `aws sts get-caller-identity` says whom AWS sees."
        )
    if code in _DENIED:
        return _denied(message, operation, str(error.get("Resource", "")))
    if code in _THROTTLED:
        return f"AWS is asked too often at the moment ({operation}: {code}). Do the same again in a minute."
    return f"AWS answered {operation} with {code or 'an error'}: {message or 'no reason was given'}"


def _denied(message: str, operation: str, resource: str) -> str:
    """One that is not allowed: by the answer's own words, or by what was asked."""
    if found := _SENTENCE.search(message):
        action, resource = found["action"], found["resource"] or resource
        who, why = f" to {short(found['who'])}", f", {found['why']}" if found["why"] else ""
    else:
        action, who, why = f"s3:{_S3_ACTIONS.get(operation, operation)}", " to you", ""
    where = f" on {resource}" if resource else ""
    return (
        f"AWS does not allow {action}{where}{who}{why}. Whoever looks after the account can allow it in a policy, or you "
        "name another profile with --profile."
    )


def short(arn: str) -> str:
    """The last part of an ARN, which is what people call somebody: user/anna."""
    return arn.split(":", 5)[-1]
