"""Who may pass: what an authorizer is asked, what it answers, and what that is in Amazon's words.

    @app.authorizer()
    def who(asked: events.AuthRequest) -> events.AuthResponse:
        return events.AuthResponse(routes=["/lineup"], principal_id="lou")

API Gateway asks such a function before it lets a request through, and wants an IAM policy back. Where the app answers requests
itself, the same function is asked by the app (guarding.py), and the same answer is looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.errors import UsageError
from .records import Raw


class AuthRequest(Raw):
    """What an authorizer is asked: `token`, and for what: `method_arn`, `method`, `path`; `headers` where they came too."""

    what = "question of an authorizer"

    def _read(self, event: Any) -> None:
        self.auth_type = event["type"]
        self.method_arn = event.get("methodArn") or event.get("routeArn") or ""
        self.headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        token = event.get("authorizationToken")
        self.token = token if isinstance(token, str) else ""
        self.method, self.path = method_and_path(self.method_arn)


def with_token(event: Any, header: str) -> Any:
    """A question that came with all headers (type REQUEST), with the token where one of type TOKEN has it."""
    headers = event.get("headers") if isinstance(event, dict) else None
    if not isinstance(headers, dict) or "authorizationToken" in event:
        return event
    token = next((value for name, value in headers.items() if str(name).lower() == header), "")
    return {**event, "authorizationToken": token}


@dataclass(frozen=True)
class AuthRoute:
    """A path, and the methods with which it may be asked."""

    path: str
    methods: Sequence[str]


@dataclass(frozen=True)
class AuthResponse:
    """What an authorizer answers: the routes that may be asked, by whom, and what the function behind them is to know.

    A route is a path, with `*` for anything, or an `AuthRoute` with its methods. No routes: nobody passes.
    """

    routes: Sequence[str | AuthRoute]
    principal_id: str
    context: Mapping[str, str] = field(default_factory=dict)

    def allows(self, method: str, path: str) -> bool:
        """Whether a request may pass."""
        return any(_covers(route, method, path) for route in self.routes)

    def to_dict(self, request: AuthRequest) -> dict[str, Any]:
        """The answer as API Gateway takes it: an IAM policy."""
        stage = "/".join(request.method_arn.split("/")[:2])
        allowed = [f"{stage}/{what}" for route in self.routes for what in _resources(route)]
        # A policy without resources is no policy; to deny everything is what no routes mean.
        statement = {
            "Action": "execute-api:Invoke",
            "Effect": "Allow" if allowed else "Deny",
            "Resource": allowed or [f"{stage}/*"],
        }
        return {
            "principalId": self.principal_id,
            "context": dict(self.context),
            "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        }


def answered(result: Any, name: str) -> AuthResponse | dict[str, Any]:
    """What an authorizer has answered, if it is an answer: a policy of one's own is a dict."""
    if isinstance(result, AuthResponse | dict):
        return result
    raise UsageError(
        f"The authorizer {name}() answered with something of type {type(result).__name__}. Return "
        "events.AuthResponse(routes=['/'], principal_id='lou'), with routes=[] for nobody."
    )


def method_and_path(method_arn: str) -> tuple[str, str]:
    """What is asked for, of arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH."""
    parts = method_arn.split("/", 3)
    return (parts[2] if len(parts) > 2 else "", "/" + (parts[3] if len(parts) > 3 else ""))


def _covers(route: str | AuthRoute, method: str, path: str) -> bool:
    wanted, methods = (route.path, route.methods) if isinstance(route, AuthRoute) else (route, ("*",))
    if "*" not in methods and method.upper() not in [each.upper() for each in methods]:
        return False
    parts = map(re.escape, wanted.split("*"))
    return re.fullmatch(".*".join(parts), path, re.DOTALL) is not None


def _resources(route: str | AuthRoute) -> list[str]:
    path, methods = (route.path, route.methods) if isinstance(route, AuthRoute) else (route, ("*",))
    return [f"{method.upper()}/{path.removeprefix('/')}" for method in methods]


def policy_allows(policy: Any, method_arn: str) -> bool:
    """Whether a policy of one's own, as API Gateway takes it, lets somebody pass; one that is not understood does not."""
    try:
        statements = policy["policyDocument"]["Statement"]
        effects = {each["Effect"] for each in statements if _concerns(each, method_arn)}
    except (KeyError, TypeError, AttributeError):
        return False
    return effects == {"Allow"}


def _concerns(statement: Any, method_arn: str) -> bool:
    several = statement["Resource"]
    return any(
        re.fullmatch(".*".join(map(re.escape, each.split("*"))), method_arn, re.DOTALL)
        for each in ([several] if isinstance(several, str) else several)
    )
