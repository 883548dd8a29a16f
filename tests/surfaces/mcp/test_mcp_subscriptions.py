"""Hearing of resources: told when what they have read changes, and of nothing else."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from ballpark import Asker, make_app, with_store

from hipflask.surfaces.mcp.conversation import MOST_AT_ONCE, Conversation
from hipflask.surfaces.mcp.listening import MOST_SUBSCRIPTIONS
from hipflask.surfaces.mcp.wire import Message, decode, encode

SILENCE = 0.5  # seconds in which something would have been heard
CUBS, METS = "scores://Cubs", "scores://Mets"


class Listener:
    """A client that hears at any time, and a store that others write to."""

    def __init__(self, folder: Path, era: str) -> None:
        self.app, self.db, _ = with_store(folder)
        self.asker = Asker(self.app, era)
        self.heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.asker.client.push = self.heard.put
        self.writer = Asker(self.app, "stateless")

    def write(self, team: str) -> None:
        assert self.writer.text("write", team=team) == team

    def next(self) -> dict[str, Any]:
        return self.heard.get(timeout=10)

    def hears_nothing(self) -> bool:
        try:
            self.heard.get(timeout=SILENCE)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Callable[[str], Listener]]:
    made: list[Listener] = []

    def listen(era: str) -> Listener:
        made.append(Listener(tmp_path, era))
        return made[-1]

    yield listen
    for listener in made:
        listener.asker.client.close()
        listener.db.close()


def test_a_client_hears_when_the_resource_has_changed(listen: Callable[[str], Listener]) -> None:
    """Again and again, until it says that it has heard enough; not of what others read."""
    listener = listen("handshake")
    assert listener.asker.result("resources/subscribe", {"uri": CUBS}) == {}
    listener.write("Mets")
    assert listener.hears_nothing()
    for _ in range(2):
        listener.write("Cubs")
        assert listener.next() == {
            "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": {"uri": CUBS},
        }  # fmt: skip
        assert listener.hears_nothing()
    listener.asker.result("resources/unsubscribe", {"uri": CUBS})
    listener.asker.result("resources/unsubscribe", {"uri": "scores://never"})
    listener.write("Cubs")
    assert listener.hears_nothing()


def test_a_flood_is_told_once_and_the_end_of_it_too(listen: Callable[[str], Listener]) -> None:
    """Whoever reads after the last word has read the newest."""
    listener = listen("handshake")
    listener.asker.result("resources/subscribe", {"uri": CUBS})
    for _ in range(50):
        listener.write("Cubs")
    told = 0
    while not listener.hears_nothing():
        told += 1
    assert 1 <= told < 20


def test_what_is_not_there_cannot_be_followed(listen: Callable[[str], Listener]) -> None:
    listener = listen("handshake")
    assert listener.asker.error("resources/subscribe", {"uri": "nowhere://x"})["code"] == -32002
    assert listener.asker.error("resources/subscribe", {})["code"] == -32602


def test_a_client_follows_so_many_and_no_more(listen: Callable[[str], Listener]) -> None:
    listener = listen("handshake")
    for number in range(MOST_SUBSCRIPTIONS):
        listener.asker.result("resources/subscribe", {"uri": f"scores://{number}"})
    assert listener.asker.error("resources/subscribe", {"uri": CUBS})["code"] == -32602
    listener.asker.result("resources/subscribe", {"uri": "scores://1"})


def test_a_stateless_client_listens_by_a_request_that_stays_open(listen: Callable[[str], Listener]) -> None:
    """What it will hear of is said first; all of it carries the request's id, until that is called off."""
    listener = listen("stateless")
    asker = listener.asker
    wanted = {"resourceSubscriptions": [CUBS, "nowhere://x"], "toolsListChanged": True}
    call = asker.protocol.ask(
        asker.message("subscriptions/listen", {"notifications": wanted}), asker.client, listener.heard.put
    )
    answers: list[Any] = []
    thread = Thread(target=lambda: answers.append(asker.protocol.answer(call)))
    thread.start()
    named = {"io.modelcontextprotocol/subscriptionId": call.id}
    agreed = listener.next()
    assert agreed["method"] == "notifications/subscriptions/acknowledged"
    assert agreed["params"] == {"_meta": named, "notifications": {"resourceSubscriptions": [CUBS]}}
    listener.write("Mets")
    listener.write("Cubs")
    assert listener.next()["params"] == {"_meta": named, "uri": CUBS}
    asker.protocol.hear(Message("notifications/cancelled", {"requestId": call.id}), asker.client)
    thread.join(10)
    assert answers == [None]
    listener.write("Cubs")
    assert listener.hears_nothing()


@pytest.mark.parametrize(
    "wanted", [None, 3, [], {"resourceSubscriptions": "x"}, {"resourceSubscriptions": [1]}]
)
def test_listening_to_nonsense_is_refused(listen: Callable[[str], Listener], wanted: Any) -> None:
    assert (
        listen("stateless").asker.error("subscriptions/listen", {"notifications": wanted})["code"] == -32602
    )


def test_where_nothing_reaches_the_client_it_is_not_offered(tmp_path: Path) -> None:
    """Over HTTP: neither promised nor answered."""
    app, db, _ = with_store(tmp_path)
    old, new = Asker(app, "handshake"), Asker(app, "stateless")
    assert new.result("server/discover")["capabilities"]["resources"] == {}
    assert old.error("resources/subscribe", {"uri": CUBS})["code"] == -32601
    assert new.error("subscriptions/listen", {"notifications": {}})["code"] == -32601
    new.client.push = new.told.append
    assert new.result("server/discover")["capabilities"]["resources"] == {"subscribe": True}
    db.close()


def test_the_end_of_a_conversation_is_the_end_of_what_it_follows(listen: Callable[[str], Listener]) -> None:
    """Nobody is left to be told."""
    listener = listen("handshake")
    conversation = Conversation(listener.asker.protocol, lambda data: listener.heard.put({"sent": data}))
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "id": 2, "method": "resources/subscribe", "params": {"uri": CUBS}},
    ]
    conversation.follow([encode(each) for each in messages])
    assert len([listener.next(), listener.next()]) == 2
    listener.write("Cubs")
    assert listener.hears_nothing()


def test_a_conversation_hears_on_however_much_it_has_to_do() -> None:
    """Beyond so many requests at once it refuses one more, instead of not hearing that one is called off."""
    app = make_app()
    conversation = Conversation(
        Asker(app, "handshake").protocol, lambda data: answers.append(decode_any(data))
    )
    answers: list[dict[str, Any]] = []
    calls = [
        {
            "jsonrpc": "2.0",
            "id": number,
            "method": "tools/call",
            "params": {"name": "count", "arguments": {"n": 1, "pause": 0.5}},
        }
        for number in range(1, MOST_AT_ONCE + 2)
    ]
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}}
    first = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}
    conversation.follow([encode(each) for each in [first, *calls]])
    refused = [each for each in answers if "error" in each]
    assert [each["id"] for each in refused] == [MOST_AT_ONCE + 1]
    assert len(answers) == MOST_AT_ONCE + 2


def decode_any(data: bytes) -> dict[str, Any]:
    import json

    assert decode(data) is None, "an answer"
    read: dict[str, Any] = json.loads(data)
    return read
