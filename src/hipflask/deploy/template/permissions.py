"""Who may call a function, besides those whom the account allows everything."""

from __future__ import annotations

from ..description import Function
from .stack import Json, Stack, reference


def may_call(stack: Stack, function: Function, service: str, source: Json, *, account: Json = None) -> str:
    """Let one source of a service call the function; gives the permission's id, for what has to wait for it."""
    id_ = f"{stack.id_of(function)}Permission"
    stack.add(
        id_,
        "AWS::Lambda::Permission",
        {
            "FunctionName": reference(f"{stack.id_of(function)}Function"),
            "Action": "lambda:InvokeFunction",
            "Principal": service,
            "SourceArn": source,
            "SourceAccount": account,
        },
    )
    return id_
