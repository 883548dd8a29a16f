"""What a client says to hear of resources: one by one since a handshake, or several by a request that stays open."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from ...core.errors import Cancelled
from .calls import Call, Client, Send
from .catalogue import Catalogue
from .eras import Terms
from .parts import text
from .running import Runner
from .subscriptions import Subscription
from .wire import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    NO_SUCH_RESOURCE,
    SUBSCRIPTION,
    Params,
    Refused,
    notification,
)

MOST_SUBSCRIPTIONS = 100
_UPDATED = "notifications/resources/updated"
_AGREED = "notifications/subscriptions/acknowledged"


class Listening:
    """Answers those who want to hear of an app's resources."""

    def __init__(self, catalogue: Catalogue, runner: Runner) -> None:
        self._catalogue = catalogue
        self._runner = runner

    def subscribe(self, call: Call, _: Terms) -> Params:
        """Since 2024-11-05: tell this client whenever the resource has changed."""
        uri = text(call.message.params, "uri")
        tell = _pushing(call.client)
        if uri not in call.client.subscriptions:
            if len(call.client.subscriptions) >= MOST_SUBSCRIPTIONS:
                raise Refused(INVALID_PARAMS, f"At most {MOST_SUBSCRIPTIONS} resources can be followed.")
            subscription = self._subscription(uri, call, lambda: tell(notification(_UPDATED, {"uri": uri})))
            if subscription is None:
                raise Refused(NO_SUCH_RESOURCE, f"There is no resource {uri!r}.", {"uri": uri})
            call.client.subscriptions[uri] = subscription
        return {}

    def unsubscribe(self, call: Call, _: Terms) -> Params:
        """Tell it no more."""
        subscription = call.client.subscriptions.pop(text(call.message.params, "uri"), None)
        if subscription is not None:
            subscription.end()
        return {}

    def listen(self, call: Call, _: Terms) -> Params:
        """Stay until it is called off; what can be heard of is said first."""
        _pushing(call.client)
        uris = _wanted(call.message.params)
        named = {SUBSCRIPTION: call.id}
        may_tell = Event()  # once it has been said what can be heard of

        def telling(uri: str) -> Callable[[], None]:
            def tell() -> None:
                may_tell.wait()
                call.tell(_UPDATED, {"_meta": named, "uri": uri})

            return tell

        found = {uri: self._subscription(uri, call, telling(uri)) for uri in uris}
        followed = {uri: each for uri, each in found.items() if each is not None}
        agreed = {"resourceSubscriptions": list(followed)} if followed else {}
        call.tell(_AGREED, {"_meta": named, "notifications": agreed})
        may_tell.set()
        call.wait_until_cancelled()
        for each in followed.values():
            each.end()
        raise Cancelled("It is not listened to any more.")

    def _subscription(self, uri: str, call: Call, tell: Callable[[], None]) -> Subscription | None:
        found = self._catalogue.find_resource(uri)
        read = self._runner.following(*found, call) if found is not None else None
        if read is None:
            return None
        subscription = Subscription(read, tell)
        subscription.begin()
        return subscription


def _wanted(params: Params) -> list[str]:
    """The addresses that a client wants to hear of, each once; of other things there is no news."""
    wanted = params.get("notifications")
    uris = wanted.get("resourceSubscriptions", []) if isinstance(wanted, dict) else None
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise Refused(
            INVALID_PARAMS, "notifications: expected an object, with resourceSubscriptions as a list."
        )
    return list(dict.fromkeys(uris))[:MOST_SUBSCRIPTIONS]


def _pushing(client: Client) -> Send:
    """What reaches a client at any time; raises Refused where nothing does."""
    if client.push is None:
        raise Refused(METHOD_NOT_FOUND, "Resources can be followed over standard streams, and not over HTTP.")
    return client.push
