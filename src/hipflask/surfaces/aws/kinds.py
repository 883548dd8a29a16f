"""What an event is, seen from its shape: a web request of some gateway, Alexa, or something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...core.errors import EventError
from ..seen import seen
from . import balancer, payload1, payload2
from .answered import Answered
from .asked import Asked
from .limits import BALANCER_BYTES, LAMBDA_BYTES

Event = Mapping[str, Any]


class Web:
    """One form of web requests: its name in words, how it is read and answered, and how much who passes on."""

    def __init__(
        self,
        name: str,
        read: Callable[[Event], Asked],
        write: Callable[[Answered, Event], dict[str, Any]],
        most: int = LAMBDA_BYTES,
        gateway: str = "AWS Lambda",
    ) -> None:
        self.name, self.read, self.write = name, read, write
        self.most, self.gateway = most, gateway

    def asked(self, event: Event) -> Asked:
        """What is asked; raises EventError for what is cut off, or was never a request."""
        try:
            return self.read(event)
        except KeyError as error:
            raise EventError(f"{self._seen(event)}, and has no {error} where one belongs.") from None
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            raise EventError(f"{self._seen(event)}, and a part of it has another form.") from None

    def _seen(self, event: Event) -> str:
        return f"This looks like {self.name}, is {seen(event)}"


PAYLOAD_2 = Web(
    "a web request of payload 2.0, from an HTTP API or a Function URL", payload2.read, payload2.write
)
PAYLOAD_1 = Web("a web request of payload 1.0, from a REST API or an HTTP API", payload1.read, payload1.write)
BALANCER = Web(
    "a web request from an Application Load Balancer",
    balancer.read,
    balancer.write,
    BALANCER_BYTES,
    "the load balancer",
)


def web_of(event: Any) -> Web | None:
    """The form of a web request; None if it is none."""
    if not isinstance(event, dict) or not isinstance(context := event.get("requestContext"), dict):
        return None
    if "methodArn" in event or "routeArn" in event:  # whoever authorizes it is asked first
        return None
    if "connectionId" in context:
        raise EventError(
            "This comes from a WebSocket of API Gateway, which no function here answers: put an HTTP API or a Function URL before it."
        )
    if "elb" in context:
        return BALANCER
    if "http" in context:
        return PAYLOAD_2
    return PAYLOAD_1 if "httpMethod" in event else None


def is_streamed(event: Event) -> bool:
    """Whether who calls passes on parts as they come: of all gateways, a Function URL that was made so."""
    return ".lambda-url." in (event["requestContext"].get("domainName") or "")


def is_alexa(event: Any) -> bool:
    """Whether this is what Alexa calls a function with."""
    return (
        isinstance(event, dict)
        and isinstance(event.get("request"), dict)
        and isinstance(context := event.get("context"), dict)
        and "System" in context
    )
