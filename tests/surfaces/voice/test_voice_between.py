"""A word in between, said through a real server that stands in for Alexa's; and what is fetched at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from voices import alexa, es_request, intent, said, words

from hipflask import Hipflask, progress, track, voice
from hipflask.surfaces.voice import fetching
from hipflask.surfaces.voice.fetching import CannotFetch, fetch


class Api(ThreadingHTTPServer):
    """Alexa's API, as far as it is called here."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.status = 204

    def handle_error(self, *_: Any) -> None:
        """Whoever did not wait for an answer has gone."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(1)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/")
        else:
            self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (1000 if self.path == "/big" else 10))

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def skill(app: Hipflask) -> Hipflask:
    @app.intent("It")
    def it() -> str:
        return f"Said: {voice.meanwhile('One moment.')}"

    return app


def asked(api: Api) -> dict[str, Any]:
    raw = intent("It")
    raw["context"]["System"] |= {"apiEndpoint": api.address, "apiAccessToken": "t0ken"}
    return raw


def test_a_word_in_between_is_said_at_once(skill: Hipflask, api: Api) -> None:
    """In Amazon's form, for this request, with its token."""
    assert words(said(skill, asked(api))) == "Said: True"
    [(path, headers, body)] = api.asked
    assert path == "/v1/directives"
    assert headers["Authorization"] == "Bearer t0ken"
    assert body == {
        "header": {"requestId": "amzn1.echo-api.request.one"},
        "directive": {"type": "VoicePlayer.Speak", "speech": "One moment."},
    }


def test_how_far_a_call_has_come_is_said_too(app: Hipflask, api: Api) -> None:
    """Each message once, and no more than Alexa takes; a call without one is not heard."""

    @app.intent("It")
    def it() -> int:
        progress(1, 10)
        return sum(1 for each in range(9) for _ in track("ab", f"Reading {each}"))

    assert words(said(app, asked(api))) == "18"
    assert [body["directive"]["speech"] for _, _, body in api.asked] == [
        f"Reading {each}" for each in range(5)
    ]


def test_where_it_cannot_be_said_the_function_goes_on(
    skill: Hipflask, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer late is better than none."""
    api.status = 500
    assert words(said(skill, asked(api))) == "Said: False"
    assert "A word in between was not said" in caplog.text
    assert "t0ken" not in caplog.text


def test_a_player_has_nobody_to_tell(app: Hipflask, api: Api) -> None:
    """Alexa takes such a word where something was asked, and nowhere else."""

    @app.on_playback_started
    def started() -> None:
        assert not voice.meanwhile("One moment.")

    raw = asked(api)
    raw["request"] = alexa("AudioPlayer.PlaybackStarted", token="t", offsetInMilliseconds=0)["request"]
    said(app, raw)
    assert api.asked == []


def test_others_have_nobody_to_tell(skill: Hipflask) -> None:
    """Dialogflow, an Alexa without an API, a function called by another door."""
    assert words(said(skill, es_request("It"))) == "Said: False"
    assert words(said(skill, intent("It"))) == "Said: False"
    assert voice.meanwhile("x") is False


def test_no_more_is_fetched_than_was_asked_for(api: Api) -> None:
    """No large answers, no redirects, nothing but the web."""
    assert fetch(f"{api.address}/", 10) == b"x" * 10
    for url in (f"{api.address}/big", f"{api.address}/moved", "http://127.0.0.1:1/", "nonsense"):
        with pytest.raises(CannotFetch):
            fetch(url, 999)


def test_a_server_that_does_not_answer_is_not_waited_for(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice has eight seconds in all."""
    monkeypatch.setattr(fetching, "SECONDS", 0.1)
    with pytest.raises(CannotFetch, match="timed out"):
        fetch(f"{api.address}/slow", 10)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_only_the_web_is_fetched(url: str) -> None:
    """Whoever names an address names no file of this computer."""
    with pytest.raises(CannotFetch):
        fetch(url, 1000)
