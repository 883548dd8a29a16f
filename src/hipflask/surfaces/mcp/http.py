"""Assistants over HTTP: `/mcp`, a Flask view for both eras of the protocol.

A message comes in each POST. What takes no time is answered by one JSON object. A function is called in a thread of its own: if it
has ended within a moment its answer is one JSON object too; if it tells of its progress, or takes longer, the answer becomes a
stream of events, which shows that we are still there, and by whose end we learn that nobody waits any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, cast

from flask import Flask, Response, copy_current_request_context, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from ..environ import HOST
from . import access, headers
from .calls import Call, Client
from .paths import METADATA, PATH
from .protocol import SLOW, Protocol
from .sessions import Sessions
from .wire import (
    HANDSHAKE,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    LONGEST_MESSAGE,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    STATELESS,
    UNSUPPORTED_VERSION,
    VERSION,
    Message,
    Params,
    Refused,
    decode,
    encode,
    error,
)

SESSION = "Mcp-Session-Id"
MOMENT_SECONDS = 0.5
SECONDS_BETWEEN_SIGNS = 1.0  # of life, in a stream that has nothing to say
_EXTENSION = "hipflask_mcp"
_EVENTS = "text/event-stream"
_STATUS = {
    **dict.fromkeys(
        (PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS, HEADER_MISMATCH, UNSUPPORTED_VERSION), 400
    ),
    METHOD_NOT_FOUND: 404,
}
_making = Lock()


def answer() -> Response:
    """Answer the current request to `/mcp`."""
    verdict = access.check(
        request.headers,
        current_app.config,
        is_trying=current_app.debug or current_app.testing,
        gateway=request.environ.get(HOST, ""),
    )
    if isinstance(verdict, access.Denied):
        return _denied(verdict)
    try:
        return _endpoint().answer(verdict.who)
    except _NotTaken as refused:
        return _plainly(refused.status, str(refused))
    except Refused as refused:
        return _json(error(refused), _STATUS.get(refused.code, 400))


def metadata() -> Response:
    """Say where tokens for this program are to be had (RFC 9728); 404 if the app does not."""
    servers = current_app.config.get("MCP_AUTHORIZATION_SERVERS")
    if not servers:
        return _plainly(404, "This program does not say where its tokens come from.")
    told = {
        "resource": _url() + PATH,
        "authorization_servers": list(servers),
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(current_app.config.get("MCP_SCOPES", ())),
    }
    return _json({name: value for name, value in told.items() if value})


class _NotTaken(Exception):
    """A request that is none of the protocol."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Endpoint:
    """One app's `/mcp`."""

    def __init__(self, app: Flask) -> None:
        self._protocol = Protocol(app, cast(Any, app).actions)
        self._sessions = Sessions()
        self._keeps_sessions = bool(app.config.get("MCP_SESSIONS", True))

    def answer(self, who: object) -> Response:
        """Answer the current request, of somebody who has been let in."""
        if request.method == "DELETE":
            return Response(status=204 if self._sessions.end(request.headers.get(SESSION, "")) else 404)
        if request.method != "POST":
            return Response("Messages are sent by POST.\n", 405, {"Allow": "POST, DELETE"}, "text/plain")
        message = decode(_body())
        if message is None:
            return Response(status=202)
        if message.id is None:
            if (client := self._sessions.find(request.headers.get(SESSION, ""))) is not None:
                self._protocol.hear(message, client)
            return Response(status=202)
        try:
            return self._answer(message, who)
        except Refused as refused:
            raise Refused(refused.code, refused.sentence, refused.data, message.id) from None

    def _answer(self, message: Message, who: object) -> Response:
        is_stateless = VERSION in message.meta or request.headers.get(headers.VERSION_HEADER) in STATELESS
        if is_stateless:
            headers.check(message, request.headers)
        client = Client() if is_stateless else self._client(message)
        exchange = Exchange(self._protocol, message, client, is_stateless)
        response = exchange.slowly(who) if message.method in SLOW else exchange.at_once()
        if message.method == "initialize" and client.version is not None and self._keeps_sessions:
            response.headers[SESSION] = self._sessions.begin(client)
        return response

    def _client(self, message: Message) -> Client:
        """Who asks, in the era of the handshake."""
        version, id = request.headers.get(headers.VERSION_HEADER), request.headers.get(SESSION)
        if version is not None and version not in HANDSHAKE:
            data = {"supported": [*STATELESS, *HANDSHAKE], "requested": version}
            raise Refused(UNSUPPORTED_VERSION, "Unsupported protocol version", data)
        if message.method == "initialize":
            return Client()
        if not self._keeps_sessions:
            return Client(version or "2025-03-26")
        if id is None:
            raise Refused(INVALID_REQUEST, f"Begin with initialize, and send the {SESSION} of its answer.")
        client = self._sessions.find(id)
        if client is None:
            raise _NotTaken(404, "This session has ended: begin with initialize.")
        return client


class Exchange:
    """One request, and what is sent for it."""

    def __init__(self, protocol: Protocol, message: Message, client: Client, is_stateless: bool) -> None:
        self._protocol = protocol
        self._is_stateless = is_stateless
        self._outgoing: SimpleQueue[Params | None] = SimpleQueue()
        self._call: Call = protocol.ask(message, client, self._outgoing.put)

    def at_once(self) -> Response:
        """Answer by one JSON object."""
        return self._whole(self._protocol.answer(self._call))

    def slowly(self, who: object) -> Response:
        """Answer by one JSON object, or by a stream if that takes more than a moment."""

        @copy_current_request_context
        def work() -> None:
            g.assistant = who
            self._outgoing.put(self._protocol.answer(self._call))

        Thread(target=work, name="hipflask-mcp", daemon=True).start()
        can_stream = _EVENTS in request.headers.get("Accept", "")
        try:
            first = self._outgoing.get(timeout=MOMENT_SECONDS if can_stream else None)
        except Empty:
            return self._stream(None)
        if can_stream and first is not None and "id" not in first:
            return self._stream(first)
        while first is not None and "id" not in first:
            first = self._outgoing.get()  # it has not asked for a stream, so it has not asked for these
        return self._whole(first)

    def _whole(self, answer: Params | None) -> Response:
        if answer is None:
            return Response(status=202)  # it has been called off
        code = answer.get("error", {}).get("code")
        return _json(answer, _STATUS.get(code, 200) if self._is_stateless else 200)

    def _stream(self, first: Params | None) -> Response:
        response = Response(self._events(first), mimetype=_EVENTS)
        response.headers["Cache-Control"] = "no-cache, no-transform"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    def _events(self, message: Params | None) -> Iterator[bytes]:
        """Everything that is sent, until the answer; when the stream ends before, so does the call."""
        is_answered = False
        try:
            yield _event(message) if message is not None else _SIGN
            while not is_answered:
                try:
                    message = self._outgoing.get(timeout=SECONDS_BETWEEN_SIGNS)
                except Empty:
                    yield _SIGN
                    continue
                is_answered = message is None or "id" in message
                if message is not None:
                    yield _event(message)
        finally:
            # Until 2025-11-25 a broken connection did not mean that; such a client sends notifications/cancelled.
            if self._is_stateless and not is_answered:
                self._call.cancel()


_SIGN = b":\r\n\r\n"


def _event(message: Params) -> bytes:
    return b"event: message\r\ndata: " + encode(message) + b"\r\n\r\n"


def _endpoint() -> Endpoint:
    extensions = current_app.extensions
    if _EXTENSION not in extensions:
        with _making:
            if _EXTENSION not in extensions:
                extensions[_EXTENSION] = Endpoint(current_app._get_current_object())  # type: ignore[attr-defined]
    return cast(Endpoint, extensions[_EXTENSION])


def _body() -> bytes:
    # A page elsewhere can send other types without asking first, and none of them is ours.
    if request.mimetype != "application/json":
        raise _NotTaken(415, "Send one message as application/json.")
    request.max_content_length = LONGEST_MESSAGE
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        raise _NotTaken(413, f"A message may have at most {LONGEST_MESSAGE} bytes.") from None


def _denied(denied: access.Denied) -> Response:
    response = _plainly(denied.status, denied.sentence)
    if denied.status == 401:
        has_token = "Authorization" in request.headers
        words = ['error="invalid_token"'] if has_token else []
        if current_app.config.get("MCP_AUTHORIZATION_SERVERS"):
            words.append(f'resource_metadata="{_url()}{METADATA}{PATH}"')
        response.headers["WWW-Authenticate"] = f"Bearer {', '.join(words)}".strip()
    return response


def _plainly(status: int, sentence: str) -> Response:
    return _json(error(Refused(INVALID_REQUEST, sentence)), status)


def _url() -> str:
    """The address of this program as others see it."""
    given: Mapping[str, Any] = current_app.config
    return str(given.get("MCP_URL") or request.host_url).rstrip("/")


def _json(content: Params, status: int = 200) -> Response:
    return Response(encode(content), status, mimetype="application/json")
