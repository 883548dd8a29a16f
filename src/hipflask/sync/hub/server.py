"""The hub's ASGI app: who comes in is shown to a socket or a request of his own, and everybody is woken when there is something new.

    GET  /sync           a WebSocket, for as long as the replica is there
    POST /sync           the same for the length of one request
    GET  /health         can this process do its work?
    GET  /openapi.json   all of this, described

Nothing of what it holds is more than the connections themselves: it may be killed at any moment.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress

from ...core.errors import HipflaskError
from ..messages import Refused
from ..parties import Hub
from .asgi import Answer, Receive, Scope, Send, address_of, headers_of
from .conversation import Conversation, Staff
from .description import described
from .door import Door, Guest, NotLetIn, Tokens
from .health import Health
from .requests import Request, refused_request
from .sockets import Socket, not_a_replica
from .threads import Threads

HEARING, TELLING, CARING = 8, 8, 2  # threads; for what must be known even when all others wait
TOKENS_SECONDS = 2.0  # between two looks at whether tokens are still good
HEALTH_SECONDS = 3.0
LEAVING_SECONDS = 2.0
METHODS = {"/sync": "POST", "/health": "GET", "/openapi.json": "GET"}

_logger = logging.getLogger(__name__)


class HubApp:
    """One hub process, as an ASGI app."""

    def __init__(
        self, hub: Hub, tokens: Tokens, health: Callable[[], Health] = Health, is_behind_proxy: bool = False
    ) -> None:
        self._staff = Staff(hub, Threads("hear", HEARING), Threads("tell", TELLING))
        self._caring = Threads("care", CARING)
        self._tokens = tokens
        self._door = Door(tokens)
        self._health = health
        self._is_behind_proxy = is_behind_proxy
        self._conversations: set[Conversation] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer whatever the server brings."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    def wake(self) -> None:
        """There is a new version; may be called from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._wake_all)

    @property
    def positions(self) -> list[int]:
        """The newest version that each replica which is connected has been sent; may be asked from any thread."""
        positions = [conversation.position for conversation in list(self._conversations)]
        return [position for position in positions if position is not None]

    async def drain(self, seconds: float) -> None:
        """Let everybody finish what is under way, and go; but no longer than this."""
        self._is_draining = True
        end = asyncio.get_running_loop().time() + seconds
        for conversation in list(self._conversations):
            conversation.end()
        while self._conversations and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)

    # ── what comes in ────────────────────────────────────────────────────────────────────────────

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # that it wants to be accepted
        if scope["path"] != "/sync":
            answer: Answer | None = Answer.sentence(
                404, "There is no such address here: replicas connect to /sync."
            )
        else:
            answer = not_a_replica(scope)
        guest = answer or await self._let_in(scope)
        if not isinstance(guest, Guest):
            await guest.send(send, is_socket=True)
            await _until_left(receive)
            return
        socket = Socket(self._staff, guest, receive, send)
        await self._talk(socket.conversation, socket.serve)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = METHODS.get(scope["path"])
        if method is None:
            await Answer.sentence(404, "There is no such address here: replicas connect to /sync.").send(send)
        elif scope["method"] != method:
            await Answer.sentence(405, f"Only {method} is answered here.", allow=method).send(send)
        elif scope["path"] == "/health":
            await (await self._healthy()).send(send)
        elif scope["path"] == "/openapi.json":
            await Answer(200, described(), "application/json").send(send)
        else:
            await self._sync(scope, receive, send)

    async def _sync(self, scope: Scope, receive: Receive, send: Send) -> None:
        guest: Guest | Answer = await self._let_in(scope)
        if isinstance(guest, Guest):
            answer = refused_request(scope, headers_of(scope))
            if answer is None:
                request = Request(self._staff, guest, scope, receive, send)
                await self._talk(request.conversation, request.serve)
                return
            guest = answer
        await guest.send(send)

    async def _let_in(self, scope: Scope) -> Guest | Answer:
        if self._is_draining:
            return Answer.sentence(
                503, "This hub is going away; another one may be there already.", retry_after="1"
            )
        headers = headers_of(scope)
        address = address_of(scope, headers, self._is_behind_proxy)
        try:
            met = await self._caring.run(self._door.enter, address, headers)
        except HipflaskError as error:
            return Answer.sentence(503, str(error), retry_after="5")
        except Exception:
            _logger.exception("Nobody can be let in.")
            return Answer.sentence(503, "The hub cannot look at tokens just now.", retry_after="5")
        return met if isinstance(met, Guest) else _not_let_in(met)

    async def _talk(self, conversation: Conversation, serve: Callable[[], object]) -> None:
        self._conversations.add(conversation)
        if self._is_draining:
            conversation.end()
        try:
            await serve()  # type: ignore[misc]
        finally:
            self._conversations.discard(conversation)

    # ── all at once ──────────────────────────────────────────────────────────────────────────────

    def _wake_all(self) -> None:
        for conversation in self._conversations:
            conversation.wake()

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the server's start to its end."""
        await receive()
        self._loop = asyncio.get_running_loop()
        watching = asyncio.create_task(self._watch_tokens())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watching.cancel()
        for threads in (self._staff.hearing, self._staff.telling, self._caring):
            threads.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _watch_tokens(self) -> None:
        """End the conversations of whoever may not be here any more."""
        while True:
            await asyncio.sleep(TOKENS_SECONDS)
            tokens = {conversation.token for conversation in self._conversations}
            if not tokens:
                continue
            try:
                good = await self._caring.run(self._tokens.good, tokens)
            except (
                Exception
            ) as error:  # the database is gone: everybody stays, and will be looked at when it is back
                _logger.warning("Tokens cannot be looked at: %s", error)
                continue
            for conversation in self._conversations:
                if conversation.token in tokens and conversation.token not in good:
                    conversation.end(Refused("token", "This device’s sign-in has expired or was revoked."))

    async def _healthy(self) -> Answer:
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                health = await self._caring.run(self._health)
        except Exception as error:  # not to be told outside: it may name users and addresses
            _logger.warning("Not healthy: %s", error)
            health = Health(database=False, sequencer=False)
        is_well = health.database and health.sequencer and not self._is_draining
        said = {
            "status": "ok" if is_well else "going away" if self._is_draining else "failing",
            **health.as_dict(),
        }
        return Answer(200 if is_well else 503, json.dumps(said).encode(), "application/json")


async def _until_left(receive: Receive) -> None:
    """Wait until somebody who was not let in has left: uvicorn takes whoever returns before for an app that forgot to answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LEAVING_SECONDS):
            await receive()  # that the answer is under way
            await receive()  # that the connection has ended


def _not_let_in(met: NotLetIn) -> Answer:
    headers = {"retry_after": str(met.retry_after)} if met.retry_after else {}
    if met.status == 401:
        headers["www_authenticate"] = 'Bearer realm="hipflask"'
    return Answer.sentence(met.status, met.sentence, **headers)
