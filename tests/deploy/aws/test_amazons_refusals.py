"""What Amazon refuses is told with the action, the resource and what to do; and never with a secret."""

from __future__ import annotations

from typing import Any

import pytest

from hipflask.deploy.aws.refusals import explain


def answer(code: str, message: str = "", **more: str) -> dict[str, Any]:
    """An answer that is an error."""
    return {"Error": {"Code": code, "Message": message, **more}}


def test_a_missing_permission_is_named_with_its_resource() -> None:
    """As IAM says it, with the reason."""
    said = explain(
        answer(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: cloudformation:CreateChangeSet on resource: "
            "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-dev/* because no identity-based policy allows the "
            "cloudformation:CreateChangeSet action",
        ),
        "CreateChangeSet",
    )
    assert (
        "does not allow cloudformation:CreateChangeSet on arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-dev/*"
        in said
    )
    assert "to user/anna, because no identity-based policy allows" in said
    assert "--profile" in said


def test_what_is_forbidden_from_above_says_so() -> None:
    """A policy of the organisation is not mended by the person who looks after the account."""
    said = explain(
        answer(
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/dev/anna is not authorized to perform: lambda:InvokeFunction on resource: "
            '"arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-web" with an explicit deny in a service control policy',
        ),
        "Invoke",
    )
    assert "lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-web" in said
    assert "with an explicit deny in a service control policy" in said


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("PutObject", "s3:PutObject"),
        ("UploadPart", "s3:PutObject"),
        ("HeadObject", "s3:GetObject"),
        ("ListObjectVersions", "s3:ListBucketVersions"),
        ("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ],
)
def test_s3_which_says_only_access_denied_is_told_by_what_was_asked(operation: str, action: str) -> None:
    """Its operations and its permissions are called differently."""
    said = explain(answer("AccessDenied", "Access Denied", Resource="arn:aws:s3:::ours/a.zip"), operation)
    assert f"does not allow {action} on arn:aws:s3:::ours/a.zip to you" in said


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_credentials_that_have_expired_are_to_be_renewed(code: str) -> None:
    """The commonest of all."""
    assert "expired" in explain(
        answer(code, "The security token included in the request is expired"), "GetCallerIdentity"
    )


def test_a_signature_is_never_repeated() -> None:
    """Amazon's answer to a wrong one tells what it was computed from."""
    said = explain(
        answer(
            "SignatureDoesNotMatch",
            "The request signature we calculated … AKIAEXAMPLE x-amz-security-token:FwoG",
        ),
        "GetObject",
    )
    assert "AKIA" not in said
    assert "FwoG" not in said
    assert "AWS_PROFILE" in said


def test_what_nobody_thought_of_is_told_as_amazon_says_it() -> None:
    """With the operation and the code, by which one can look for it."""
    assert (
        explain(answer("Odd", "Something else"), "DescribeStacks")
        == "AWS answered DescribeStacks with Odd: Something else"
    )
