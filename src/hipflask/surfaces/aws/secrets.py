"""Secrets by reference: a function is told where one is kept, and fetches it once, before the app is imported.

    HIPFLASK_SECRET_STRIPE_KEY = arn:aws:secretsmanager:eu-central-1:1:secret:shop-AbCdEf#stripe
    HIPFLASK_SECRET_MAIL       = arn:aws:ssm:eu-central-1:1:parameter/shop/mail

set STRIPE_KEY and MAIL. After `#` stands the name of one field, where a secret is a JSON object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from typing import Any

from ...core.errors import MissingPart, UsageError

PREFIX = "HIPFLASK_SECRET_"


def fetch(environment: MutableMapping[str, str], client: Callable[..., Any] | None = None) -> None:
    """Set the variables whose secrets are referred to; raises UsageError naming what cannot be read, and never a value."""
    found = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    if not found:
        return
    client = client or _client()
    for name, reference in found.items():
        environment[name.removeprefix(PREFIX)] = _read(name, reference, client)


def _read(name: str, reference: str, client: Callable[..., Any]) -> str:
    arn, _, field = reference.partition("#")
    service, region = _parts(name, arn)
    try:
        value = _FETCH[service](client(service, region_name=region), arn)
    except Exception as error:
        raise UsageError(f"{name} refers to {arn}, which cannot be read: {_reason(error)}.") from None
    return _field(name, value, field) if field else value


def _parts(name: str, arn: str) -> tuple[str, str]:
    """The service and the region of an ARN."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] not in _FETCH:
        raise UsageError(
            f"{name} has to refer to a secret by its ARN, as arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME "
            "or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME."
        )
    return parts[2], parts[3]


def _of_secretsmanager(client: Any, arn: str) -> str:
    return str(client.get_secret_value(SecretId=arn)["SecretString"])


def _of_ssm(client: Any, arn: str) -> str:
    return str(client.get_parameter(Name=arn, WithDecryption=True)["Parameter"]["Value"])


_FETCH: dict[str, Callable[[Any, str], str]] = {"secretsmanager": _of_secretsmanager, "ssm": _of_ssm}


def _field(name: str, value: str, field: str) -> str:
    try:
        content = json.loads(value)[field]
    except (ValueError, LookupError, TypeError):
        raise UsageError(
            f"{name} refers to the field {field!r}, and the secret has none of that name."
        ) from None
    return content if isinstance(content, str) else json.dumps(content)


def _reason(error: Exception) -> str:
    """What AWS says of it: its code, since a message might quote more than should be in a log."""
    response = getattr(error, "response", None)
    return str(response["Error"]["Code"]) if response else type(error).__name__


def _client() -> Callable[..., Any]:
    try:
        import boto3  # type: ignore[import-untyped]
    except ImportError:
        raise MissingPart(
            "Secrets are fetched by boto3, which Lambda has; elsewhere: pip install boto3."
        ) from None
    client: Callable[..., Any] = boto3.client
    return client
