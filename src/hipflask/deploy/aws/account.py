"""One account of Amazon's in one region, and whom it takes us for. All that is asked of AWS is asked through it."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from ...core.errors import DeployError, MissingPart
from .refusals import code_of, explain, short

_T = TypeVar("_T")


class _Any:
    def __contains__(self, _: object) -> bool:
        return True


ANY: Container[str] = _Any()  # whatever the refusal
HOW_TO_INSTALL = 'What talks to AWS is not installed: pip install "hipflask[aws]"'
_LONGEST_RUN = (
    15 * 60 + 10
)  # seconds; a Lambda function may take 15 minutes, and then the answer still has to come


@dataclass(frozen=True)
class Account:
    """Where everything goes, and who we are there."""

    session: Any
    region: str
    number: str
    caller: str
    pause: float = 2.0  # seconds between two looks at something that goes on
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", cache(self._new_client))

    @property
    def who(self) -> str:
        """The caller as people say it: user/anna."""
        return short(self.caller)

    @property
    def partition(self) -> str:
        """What ARNs here begin with after `arn:`."""
        return self.caller.split(":")[1] if self.caller.startswith("arn:") else "aws"

    def _new_client(self, service: str) -> Any:
        from botocore.config import Config  # type: ignore[import-untyped]

        # A function that is called twice because an answer was late has worked twice: one attempt.
        once = {"read_timeout": _LONGEST_RUN, "retries": {"total_max_attempts": 1}}
        calm = {"retries": {"mode": "standard", "total_max_attempts": 6}}
        return self.session.client(
            service, region_name=self.region, config=Config(**(once if service == "lambda" else calm))
        )


def open_account(profile: str | None, region: str | None, *, pause: float = 2.0) -> Account:
    """The account that the person's credentials open; raises DeployError naming what is missing."""
    with told():
        session = _boto3().Session(profile_name=profile)
        # boto3 itself reads AWS_DEFAULT_REGION alone, and every other tool of Amazon's AWS_REGION before it.
        where = region or os.environ.get("AWS_REGION") or session.region_name
        if not where:
            raise DeployError(
                'No region is said, so nobody knows where in the world it shall run. Write `region = "eu-central-1"` into '
                "[tool.hipflask.deploy] of pyproject.toml, say --region, or set AWS_REGION."
            )
        caller = session.client("sts", region_name=where).get_caller_identity()
        return Account(session, where, caller["Account"], caller["Arn"], pause)


def _boto3() -> Any:
    try:
        import boto3  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingPart(HOW_TO_INSTALL) from error
    return boto3


@contextmanager
def told() -> Iterator[None]:
    """Around whatever is asked of AWS: what goes wrong becomes one sentence that says what to do."""
    try:
        from botocore import exceptions as boto  # type: ignore[import-untyped]
        from botocore import parsers
    except ImportError as error:
        raise MissingPart(HOW_TO_INSTALL) from error
    try:
        yield
    except boto.ClientError as error:
        raise DeployError(explain(error.response, error.operation_name)) from error
    except (boto.NoCredentialsError, boto.PartialCredentialsError) as error:
        raise DeployError(
            "No AWS credentials were found. `aws configure` or `aws sso login` writes them, --profile names those that are "
            "there, and AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY give them to one command."
        ) from error
    except boto.ProfileNotFound as error:
        raise DeployError(f"{error}. `aws configure list-profiles` lists those that are there.") from error
    except (boto.SSOError, boto.CredentialRetrievalError, boto.TokenRetrievalError) as error:
        raise DeployError(
            f"Your AWS sign-in cannot be used ({type(error).__name__}): sign in anew, as with `aws sso login`."
        ) from error
    except parsers.ResponseParserError as error:
        raise DeployError(
            "What answered is not AWS, or is out of order: its answer cannot be read. Is there a proxy between, or AWS_ENDPOINT_URL set?"
        ) from error
    except (boto.HTTPClientError, boto.ConnectionError) as error:
        raise DeployError(
            f"AWS cannot be reached ({type(error).__name__}). Is there a network, and is the region's name right?"
        ) from error
    except boto.BotoCoreError as error:
        raise DeployError(f"AWS could not be asked: {error}") from error


def unless(codes: Container[str], ask: Callable[[], _T]) -> _T | None:
    """What is answered; None if it is refused with one of these codes, which is an answer too."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    try:
        return ask()
    except ClientError as error:
        if code_of(error.response) in codes:
            return None
        raise


@contextmanager
def about(resource: str) -> Iterator[None]:
    """Around a question about `resource`, for services whose refusals do not name it."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        error.response["Error"].setdefault("Resource", resource)
        raise
