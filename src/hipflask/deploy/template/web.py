"""The web function's address: a function URL, or an HTTP API where the project wants more than that can do."""

from __future__ import annotations

from typing import Any

from ..description import Function, Web, skills_of
from . import gateway, names
from .stack import Json, Stack, attribute, reference


def wire(stack: Stack, function: Function, _: Web) -> None:
    """The address, and Alexa's skills, which call the function without one."""
    if stack.settings.has_gateway:
        gateway.add(stack, function)
    else:
        _add_url(stack, function)
    said = stack.settings.of(function.name).environment.get("ALEXA_SKILL_ID", "")
    for skill in sorted({*stack.description.skills, *skills_of(said)}):
        _permit(
            stack,
            f"WebSkill{names.logical(skill)}",
            {
                "Action": "lambda:InvokeFunction",
                "Principal": "alexa-appkit.amazon.com",
                "EventSourceToken": skill,
            },
        )


def _add_url(stack: Stack, function: Function) -> None:
    streaming = stack.settings.table.streaming
    stack.add(
        "WebUrl",
        "AWS::Lambda::Url",
        {
            "TargetFunctionArn": stack.arn_of(function),
            "AuthType": "NONE",
            "InvokeMode": "RESPONSE_STREAM" if streaming else "BUFFERED",
        },
    )
    # Since October 2025 whoever calls a new URL needs both. The second is for calls by way of the URL alone, so that nobody outside
    # the account can invoke the function with an event of their own making.
    _permit(
        stack,
        "WebUrlPermission",
        {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"},
    )
    _permit(
        stack,
        "WebUrlCallPermission",
        {"Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": True},
    )
    stack.output("Url", attribute("WebUrl", "FunctionUrl"), "Where the app answers")


def _permit(stack: Stack, id_: str, permission: dict[str, Any]) -> Json:
    stack.add(id_, "AWS::Lambda::Permission", {"FunctionName": reference("WebFunction"), **permission})
