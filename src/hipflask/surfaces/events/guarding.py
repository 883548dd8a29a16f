"""Rules that name an authorizer: `@app.api("/lineup", authorizer=who)`. Who is not let pass does not reach the view.

Nobody who has not sent the header is let pass: the authorizer is not even asked. A question is that of API Gateway, so that a
function written for it answers here too.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from threading import Lock
from time import monotonic
from typing import Any

from flask import current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from ...core.action import Action, Door, Registry
from ...core.errors import UsageError
from .authorizing import AuthResponse, answered, policy_allows
from .contents import binder
from .recording import when_registered
from .taking import Taking

# In the request's environment, who was let pass: what API Gateway would put into the event.
AUTHORIZED = "hipflask.authorized"
_KEPT = "hipflask_guards"
_MOST_KEPT = 1000  # answers
_API = "arn:aws:execute-api:local:000000000000:app/local"


def guarded(
    scaffold: Any, rule: str, view: Callable[..., Any] | None, authorizer: Callable[..., Any]
) -> Callable[..., Any]:
    """A view that only those reach whom the authorizer lets pass; raises UsageError if it is none."""
    if view is None:
        raise UsageError(f"The rule {rule!r} names an authorizer, and has no view to guard.")
    when_registered(scaffold, lambda app: _find(authorizer, rule, app.actions, scaffold.actions))
    return Guarded(view, authorizer, rule)


class Guarded:
    """A view behind an authorizer: equal to another of the same two, so that two rules may share an endpoint."""

    def __init__(self, view: Callable[..., Any], authorizer: Callable[..., Any], rule: str) -> None:
        update_wrapper(self, view)
        self._view = view
        self._authorizer = authorizer
        self._rule = rule

    def __call__(self, **path: Any) -> Any:
        """Answer the current request, if it may pass."""
        _guard(self._authorizer, self._rule).check()
        return current_app.ensure_sync(self._view)(**path)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Guarded):
            return NotImplemented
        return (self._view, self._authorizer) == (other._view, other._authorizer)

    def __hash__(self) -> int:
        return hash((self._view, self._authorizer))


class Guard:
    """One authorizer, and what it has said lately."""

    def __init__(self, action: Action, door: Door) -> None:
        self._action = action
        self._bind = binder(Taking.of(action, "authorizer"))
        self._header: str = door.options["header"]
        self._lasts: int = door.options["ttl_seconds"] or 0
        self._said: OrderedDict[bytes, tuple[float, Any]] = OrderedDict()
        self._lock = Lock()

    def check(self) -> None:
        """Let the current request pass, or raise Unauthorized or Forbidden; `g.auth` is what the authorizer said."""
        token = request.headers.get(self._header, "")
        if not token:
            raise Unauthorized(
                f"Say who you are: the header {self._header} is missing.",
                www_authenticate=WWWAuthenticate("Bearer") if self._header == "Authorization" else None,
            )
        said = self._ask(token)
        arn = f"{_API}/{request.method}{request.path}"
        allowed = (
            said.allows(request.method, request.path)
            if isinstance(said, AuthResponse)
            else policy_allows(said, arn)
        )
        if not allowed:
            raise Forbidden("Whoever you are, you may not do this.")
        g.auth = said
        request.environ[AUTHORIZED] = _as_chalice_has_it(said)

    def _ask(self, token: str) -> Any:
        if not self._lasts:
            return self._answer(token)
        key = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()  # tokens are not kept
        now = monotonic()
        with self._lock:
            until, said = self._said.get(key, (0.0, None))
        if until > now:
            return said
        said = self._answer(token)
        with self._lock:
            self._said[key] = (now + self._lasts, said)
            self._said.move_to_end(key)
            if len(self._said) > _MOST_KEPT:
                self._said.popitem(last=False)
        return said

    def _answer(self, token: str) -> Any:
        event = {
            "type": "TOKEN",
            "methodArn": f"{_API}/{request.method}{request.path}",
            "authorizationToken": token,
            "headers": dict(request.headers),
        }
        return answered(self._action.call(self._bind(event, None)), self._action.name)


def _as_chalice_has_it(said: Any) -> dict[str, Any]:
    if isinstance(said, AuthResponse):
        return {"principalId": said.principal_id, **said.context}
    context = said.get("context")
    return {"principalId": said.get("principalId"), **(context if isinstance(context, dict) else {})}


def _guard(authorizer: Callable[..., Any], rule: str) -> Guard:
    kept: dict[Callable[..., Any], Guard] = current_app.extensions.setdefault(_KEPT, {})
    if authorizer not in kept:
        actions = current_app.actions  # type: ignore[attr-defined]
        kept[authorizer] = Guard(*_find(authorizer, rule, actions))
    return kept[authorizer]


def _find(authorizer: Callable[..., Any], rule: str, *registries: Registry) -> tuple[Action, Door]:
    for registry in registries:
        for action, door in registry.doors("authorizer"):
            if action.function is authorizer:
                return action, door
    name = getattr(authorizer, "__name__", repr(authorizer))
    raise UsageError(
        f"The rule {rule!r} names {name} as its authorizer, and that is none: decorate it with @app.authorizer() first."
    )
