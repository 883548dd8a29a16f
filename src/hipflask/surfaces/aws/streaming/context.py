"""The context that a handler is called with, as Lambda's own runtime makes it."""

from __future__ import annotations

import json
import os
import time
from types import SimpleNamespace
from typing import Any

from .client import Invocation


class Context:
    """What Lambda says of one invocation."""

    def __init__(self, invocation: Invocation) -> None:
        headers, environ = invocation.headers, os.environ
        self.aws_request_id = invocation.id
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.client_context = _read(headers.get("Lambda-Runtime-Client-Context"))
        self.identity = _identity(_read(headers.get("Lambda-Runtime-Cognito-Identity")))
        self._deadline = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)

    def get_remaining_time_in_millis(self) -> int:
        """For how long the function may go on."""
        return max(self._deadline - int(time.time() * 1000), 0)


def _read(header: str | None) -> Any:
    return json.loads(header) if header else None


def _identity(said: Any) -> SimpleNamespace:
    said = said or {}
    return SimpleNamespace(
        cognito_identity_id=said.get("cognitoIdentityId"),
        cognito_identity_pool_id=said.get("cognitoIdentityPoolId"),
    )
