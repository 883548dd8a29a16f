"""What is answered to each message, whatever way it has come: no sockets, no threads, no files.

    call = protocol.ask(Message("tools/call", {"name": "on", "arguments": {"base": "first"}, …}, 1), client, send)
    protocol.answer(call)    -> {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "Who."}]}}

`ask` makes the request known, so that it can be called off from then on; `answer` does the work, in whatever thread is chosen
for it, and gives None if it has been called off meanwhile. What is told before the answer goes to `send`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from ...core import uncaught
from ...core.action import Registry
from ...core.bundled import program_name
from ...core.errors import Cancelled
from . import eras
from .calls import LEVELS, Call, Client, Send, ToClient
from .catalogue import Catalogue, Entry
from .eras import Terms
from .listening import Listening
from .parts import arguments, named, position, text
from .running import Permit, Runner
from .wire import (
    HANDSHAKE,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    NO_SUCH_RESOURCE,
    SERVER,
    STATELESS,
    Message,
    Params,
    Refused,
    error,
    result,
)

LISTEN = "subscriptions/listen"
SLOW = frozenset(  # what calls a function, or waits
    {"tools/call", "resources/read", "prompts/get", "resources/subscribe", LISTEN}
)
PAGE = 100
FRESH_MS = 60_000  # what is listed stays as it is while the program runs, but it may be started anew
_MOST_COMPLETIONS = 100

Handler = Callable[[Call, Terms], Params]


@dataclass(frozen=True, slots=True)
class Method:
    """What answers a method, and in which eras there is one."""

    answer: Handler
    eras: frozenset[str]
    fresh_ms: int | None = None  # how long a client may keep the answer; None if not at all


class Protocol:
    """An app, as assistants see it."""

    def __init__(self, app: Flask, actions: Registry, permit: Permit | None = None) -> None:
        self.catalogue = Catalogue(actions)
        self._app = app
        self._runner = Runner(app, permit or _anything)
        listening = Listening(self.catalogue, self._runner)
        old, new = frozenset({eras.HANDSHAKE}), frozenset({eras.STATELESS})
        both = old | new
        self._methods = {
            "initialize": Method(self._initialize, old),
            "ping": Method(_nothing, old),
            "logging/setLevel": Method(_set_level, old),
            "server/discover": Method(self._discover, new, FRESH_MS),
            "tools/list": Method(self._lists("tools", self.catalogue.tools), both, FRESH_MS),
            "tools/call": Method(self._call_tool, both),
            "resources/list": Method(self._lists("resources", self.catalogue.resources), both, FRESH_MS),
            "resources/templates/list": Method(
                self._lists("resourceTemplates", self.catalogue.templates), both, FRESH_MS
            ),
            "resources/read": Method(self._read, both, 0),
            "resources/subscribe": Method(listening.subscribe, old),
            "resources/unsubscribe": Method(listening.unsubscribe, old),
            LISTEN: Method(listening.listen, new),
            "prompts/list": Method(self._lists("prompts", self.catalogue.prompts), both, FRESH_MS),
            "prompts/get": Method(self._prompt, both),
            "completion/complete": Method(self._complete, both),
        }
        if not any(isinstance(handler, ToClient) for handler in app.logger.handlers):
            app.logger.addHandler(ToClient())

    def hear(self, message: Message, client: Client) -> None:
        """Take note of a notification."""
        if message.method == "notifications/cancelled":
            client.cancel(message.params.get("requestId"))

    def ask(self, message: Message, client: Client, send: Send) -> Call:
        """Make a request known; raises Refused if there is one of its id."""
        return Call(message, client, send)

    def answer(self, call: Call) -> Params | None:
        """The answer to a request; None if nobody waits for it any more."""
        try:
            content = self._content(call)
            return None if call.is_cancelled else result(call.id, content)
        except Cancelled:
            return None if call.is_cancelled else error(_WENT_WRONG, call.id)
        except Refused as refused:
            return error(refused, call.id)
        except Exception as failure:
            self._app.logger.exception("The assistant's request %r failed", call.message.method)
            uncaught.tell("an assistant's request", failure)
            return error(_WENT_WRONG, call.id)
        finally:
            call.close()

    def _content(self, call: Call) -> Params:
        terms = eras.terms(call.message, call.client)
        method = self._methods.get(call.message.method)
        if method is None or terms.era not in method.eras:
            raise Refused(METHOD_NOT_FOUND, f"There is no method {call.message.method!r} in {terms.version}.")
        content = method.answer(call, terms)
        return content if terms.era == eras.HANDSHAKE else self._complete_result(content, method)

    def _complete_result(self, content: Params, method: Method) -> Params:
        """What an answer has to say of itself since 2026-07-28."""
        told = {"resultType": "complete", **content, "_meta": {SERVER: self._server()}}
        if method.fresh_ms is not None:
            told |= {"ttlMs": method.fresh_ms, "cacheScope": "private"}
        return told

    # ── who is here ───────────────────────────────────────────────────────────────────────────────

    def _server(self) -> Params:
        version = str(self._app.config.get("MCP_VERSION", "0"))
        return {"name": program_name() or self._app.name, "version": version}

    def _offer(self, client: Client) -> Params:
        have = self.catalogue
        offered = {
            "tools": have.tools,
            "resources": have.resources or have.templates,
            "prompts": have.prompts,
            "completions": have.prompts or have.templates,
        }
        capabilities: Params = {name: {} for name, some in offered.items() if some} | {"logging": {}}
        if "resources" in capabilities and client.push is not None:
            capabilities["resources"] = {"subscribe": True}
        told: Params = {"capabilities": capabilities}
        if instructions := self._app.config.get("MCP_INSTRUCTIONS"):
            told["instructions"] = instructions
        return told

    def _initialize(self, call: Call, _: Terms) -> Params:
        wanted = call.message.params.get("protocolVersion")
        if not isinstance(wanted, str):
            raise Refused(INVALID_PARAMS, "protocolVersion: expected text, such as 2025-11-25.")
        call.client.info = call.message.params.get("clientInfo")
        call.client.version = wanted if wanted in HANDSHAKE else HANDSHAKE[0]
        return {
            "protocolVersion": call.client.version,
            "serverInfo": self._server(),
            **self._offer(call.client),
        }

    def _discover(self, call: Call, _: Terms) -> Params:
        return {"supportedVersions": [*STATELESS, *HANDSHAKE], **self._offer(call.client)}

    # ── tools, resources, prompts ─────────────────────────────────────────────────────────────────

    def _lists(self, name: str, entries: Mapping[str, Any]) -> Handler:
        def answer(call: Call, _: Terms) -> Params:
            begin = position(call.message.params.get("cursor"), len(entries))
            shown = [each.listed for each in list(entries.values())[begin : begin + PAGE]]
            is_more = begin + PAGE < len(entries)
            return {name: shown, **({"nextCursor": str(begin + PAGE)} if is_more else {})}

        return answer

    def _call_tool(self, call: Call, terms: Terms) -> Params:
        tool = named("tool", self.catalogue.tools, call.message.params)
        return self._runner.call(tool, arguments(call.message.params), call, terms)

    def _read(self, call: Call, terms: Terms) -> Params:
        uri = text(call.message.params, "uri")
        found = self.catalogue.find_resource(uri)
        contents = self._runner.read(found[0], uri, found[1], call, terms) if found is not None else None
        if contents is None:
            code = NO_SUCH_RESOURCE if terms.era == eras.HANDSHAKE else INVALID_PARAMS
            raise Refused(code, f"There is no resource {uri!r}.", {"uri": uri})
        return {"contents": contents}

    def _prompt(self, call: Call, terms: Terms) -> Params:
        prompt = named("prompt", self.catalogue.prompts, call.message.params)
        messages = self._runner.write(prompt, arguments(call.message.params), call, terms)
        described = {"description": prompt.action.description} if prompt.action.description else {}
        return {**described, "messages": messages}

    def _complete(self, call: Call, _: Terms) -> Params:
        parameter, begun = self._completed(call.message.params)
        known = [str(each) for each in parameter.choices or (("true", "false") if parameter.is_bool else ())]
        fitting = [each for each in known if each.lower().startswith(begun.lower())]
        shown = fitting[:_MOST_COMPLETIONS]
        return {"completion": {"values": shown, "total": len(fitting), "hasMore": len(shown) < len(fitting)}}

    def _completed(self, params: Params) -> tuple[Any, str]:
        """The parameter that is being written, and what there is of it."""
        ref, argument = params.get("ref"), params.get("argument")
        if not isinstance(ref, dict) or not isinstance(argument, dict):
            raise Refused(INVALID_PARAMS, "ref, argument: expected objects.")
        entry: Entry
        if ref.get("type") == "ref/resource":
            entry = named("resource", self.catalogue.templates | self.catalogue.resources, ref, "uri")
        else:
            entry = named("prompt", self.catalogue.prompts, ref)
        name = text(argument, "name")
        parameter = next((each for each in entry.action.plan.parameters if each.name == name), None)
        if parameter is None:
            raise Refused(INVALID_PARAMS, f"{entry.name} has no argument {name!r}.")
        return parameter, text(argument, "value")


# ── parts of messages ─────────────────────────────────────────────────────────────────────────────

_WENT_WRONG = Refused(INTERNAL_ERROR, "This request failed inside the program; its log says why.")


def _anything(_: Entry, __: Params, ___: Call) -> None:
    """Whoever has started this process for an assistant has allowed it all."""


def _nothing(_: Call, __: Terms) -> Params:
    return {}


def _set_level(call: Call, _: Terms) -> Params:
    level = text(call.message.params, "level")
    if level not in LEVELS:
        raise Refused(INVALID_PARAMS, f"level: expected one of {', '.join(LEVELS)}, got {level!r}.")
    call.client.log_level = level
    return {}
