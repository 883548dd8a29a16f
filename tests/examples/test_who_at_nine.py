"""Two voices that ask each other who is at nine: through both vendors' JSON, until one of them knows."""

from __future__ import annotations

import importlib
import sys
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import request, request_started

from hipflask.surfaces.voice.models import alexa_rules, dialogflow_rules
from hipflask.surfaces.voice.models.vocabulary import vocabulary_of
from hipflask.testing import User

PACKAGE = "examples.who_at_nine"


class Nine:
    """The example, imported afresh, with a file of its own."""

    def __init__(self) -> None:
        self.window = self.part("app")
        self.app = self.window.app
        self.dialogue = self.window.dialogue

    def part(self, name: str) -> ModuleType:
        """One of its modules."""
        return importlib.import_module(f"{PACKAGE}.{name}")

    def talk(self, seed: str = "9") -> list[str]:
        """All that is said with this seed."""
        self.app.config["SEED"] = seed
        self.dialogue.begin()
        while not self.dialogue.is_over:
            self.dialogue.turn()
        return self.words

    def begin(self, turns: int) -> None:
        """Some turns, in which Alexa is the one who wants to know."""
        self.app.config["SEED"] = "9"
        self.dialogue.begin()
        for _ in range(turns):
            self.dialogue.turn()

    @property
    def lines(self) -> list[Any]:
        lines: list[Any] = self.dialogue.lines.value
        return lines

    @property
    def words(self) -> list[str]:
        return [line.words for line in self.lines]


@pytest.fixture
def nine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Nine]:
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "nine.sqlite"))
    monkeypatch.delenv("SEED", raising=False)
    for known in [each for each in sys.modules if each.startswith(PACKAGE)]:
        monkeypatch.delitem(sys.modules, known)
    nine = Nine()
    yield nine
    nine.part("lineup").db.close()


# ── the conversation ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", ["1", "2", "3", "7", "9", "who"])
def test_it_ends_when_somebody_knows(nine: Nine, seed: str) -> None:
    """After some confusion, and whoever it was that began."""
    words = nine.talk(seed)
    asker = nine.lines[1].who
    assert words[1] == "Who is at nine?"
    assert nine.lines[-1].who == asker
    assert nine.lines[-1].known == ("nine", "Who")
    assert 12 < len(words) < 50
    assert words.count("Who is at nine.") == 1
    assert sum(each.endswith("Who is at nine.") for each in words) > 2


def test_the_seed_decides(nine: Nine) -> None:
    """The same one says the same; others differ, also in who begins."""
    told = {seed: nine.talk(seed) for seed in "1239"}
    beginners = set()
    for seed, words in told.items():
        assert nine.talk(seed) == words
        beginners.add(nine.lines[1].who)
    assert len({tuple(words) for words in told.values()}) == 4
    assert beginners == {"Alexa", "Dialogflow"}


@pytest.mark.parametrize("seed", ["1", "9"])  # either of the two begins
def test_every_turn_goes_through_the_vendors_json(nine: Nine, seed: str) -> None:
    """Each sentence came out of an answer of the endpoint, and went into a request of the other vendor's form."""
    came: list[tuple[str, Any]] = []

    def notice(*_: object, **__: object) -> None:
        came.append((request.path, request.get_json()))

    with request_started.connected_to(notice, nine.app):
        nine.talk(seed)
    *heard, last = nine.lines
    assert last.hearing is None
    paths = {"Alexa": "/voice/alexa", "Dialogflow": "/voice/dialogflow"}
    assert came == [(paths[line.hearing.by], line.hearing.sent) for line in heard]
    assert {path for path, _ in came} == set(paths.values())
    for line, following in zip(heard, nine.lines[1:], strict=True):
        assert line.hearing.by != line.who
        assert spoken(line.hearing.by, line.hearing.came) == following.words
        if "text" in line.hearing.sent:  # Alexa does not tell, nor Dialogflow that it is opened
            assert line.hearing.sent["text"] == line.words


def spoken(vendor: str, came: dict[str, Any]) -> str:
    """What a vendor would say for this answer."""
    if vendor == "Alexa":
        text: str = came["response"]["outputSpeech"]["text"]
    else:
        text = came["fulfillmentResponse"]["messages"][0]["text"]["text"][0]
    return text


def test_what_was_understood_is_what_was_said_otherwise(nine: Nine) -> None:
    """Names are heard in slots where somebody meant a question."""
    for seed in "123456789":
        nine.talk(seed)
        for line in nine.lines[:-1]:
            if line.words == "What is the name of the player at nine?":
                slots = {name: value.lower() for name, value in line.hearing.slots.items()}
                assert (line.hearing.intent, slots) == ("SomebodyIsAt", {"player": "what", "place": "nine"})
                return
    pytest.fail("Nobody asked for the name.")


@pytest.mark.parametrize("name", ["Perhaps", "Nobody"])
def test_without_the_names_there_is_no_confusion(nine: Nine, name: str) -> None:
    """It is in the table: with somebody else at nine, the first answer is understood."""
    lineup = nine.part("lineup")
    with nine.app.app_context():
        lineup.fill()
        for player in lineup.db.all(lineup.IN_ORDER.filter_by(place="nine")):
            player.update(name=name)
        lineup.db.session.commit()
    words = nine.talk()
    assert words[1:3] == ["Who is at nine?", f"{name} is at nine."]
    assert len(words) == 4
    assert nine.lines[-1].known == ("nine", name)


# ── whoever joins ─────────────────────────────────────────────────────────────────────────────────


def test_a_person_cuts_in(nine: Nine) -> None:
    """And is answered by the one who listens; the conversation goes on from there."""
    nine.begin(turns=2)
    with User(nine.app).open("/") as user:
        user.see("Nobody knows")
        user.type("Cut in", "Where is Why?")
        user.click("Say it")
        user.see("Why is at five.")
    assert [line.who for line in nine.lines[-2:]] == ["You", "Dialogflow"]
    nine.dialogue.turn()
    assert nine.lines[-2].hearing.by == "Alexa"


def test_a_person_can_end_it(nine: Nine) -> None:
    """Whoever has been told who is at nine needs one word more."""
    nine.begin(turns=3)
    with User(nine.app).open("/") as user:
        user.type("Cut in", "Who is a name.")
        user.click("Say it")
        user.see("Alexa knows")
        user.see("At nine: Who")
    assert nine.dialogue.is_over


@pytest.mark.parametrize(
    "words",
    ["Bananas!", "Stop.", "…", "Bananas is at nine", "Who is at the moon?", "Is the game tomorrow at ten?"],
)
@pytest.mark.parametrize("turns", [1, 2])  # to the one who wants to know, and to the other
def test_whatever_a_person_says_it_goes_on_to_its_end(nine: Nine, words: str, turns: int) -> None:
    """Also where it is not understood, ends a session, or is nothing at all."""
    nine.begin(turns)
    nine.dialogue.cut_in(words)
    while not nine.dialogue.is_over:
        nine.dialogue.turn()
    assert nine.lines[-1].known == ("nine", "Who")


def called(nine: Nine, tool: str, **arguments: str) -> str:
    """What an assistant is answered."""
    meta = {
        "protocolVersion": "2026-07-28",
        "clientInfo": {"name": "tests", "version": "1"},
        "clientCapabilities": {},
    }
    named = {f"io.modelcontextprotocol/{name}": value for name, value in meta.items()}
    params = {"name": tool, "arguments": arguments, "_meta": named}
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": tool,
    }
    nine.app.config["MCP_PUBLIC"] = True
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = nine.app.test_client().post("/mcp", json=message, headers=headers)
    assert answer.status_code == 200, answer.text
    assert not answer.json["result"].get("isError"), answer.text
    return " ".join(each["text"] for each in answer.json["result"]["content"])


def test_an_assistant_joins(nine: Nine) -> None:
    """It asks the functions that the voices ask, and says something in the conversation."""
    assert called(nine, "who_is_at", place="nine") == "Who is at nine."
    assert called(nine, "where_is", player="What") == "What is at two."
    nine.begin(turns=2)
    assert called(nine, "say", words="Is Who a name?") == "Yes, Who is a name."
    assert nine.lines[-2].hearing.intent == "IsAName"


def test_the_same_function_answers_in_the_shell_and_on_the_web(nine: Nine) -> None:
    """With what it knows, and nothing that a voice has in mind."""
    assert nine.app.test_client().get("/at/two").json == "What is at two."
    assert nine.app.test_cli_runner().invoke(args=["at", "nine"]).output == "Who is at nine.\n"


def test_both_vendors_would_take_it(nine: Nine) -> None:
    """What they have to be told of the example breaks none of their rules."""
    assert alexa_rules.breaches(vocabulary_of(nine.app.actions, nine.app.config, "en-US")) == []
    assert dialogflow_rules.breaches(vocabulary_of(nine.app.actions, nine.app.config, "en")) == []


# ── by itself ─────────────────────────────────────────────────────────────────────────────────────


def test_it_goes_on_by_itself(nine: Nine) -> None:
    """In a thread, until somebody knows; and not while it is paused."""
    story = nine.part("story").Story(nine.dialogue, looking=0.01)
    story.is_aloud.set(False)
    ended = threading.Event()
    story.begin()
    story.pause()
    paused = len(nine.lines)
    assert not ended.wait(0.1)
    assert len(nine.lines) <= paused + 1  # the sentence that was on the way
    story.go_on()
    for _ in range(1000):
        if not story.is_on.value:
            break
        ended.wait(0.01)
    assert nine.lines[-1].known == ("nine", "Who")


@pytest.fixture
def espeak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in espeak-ng's place, that says a second of nothing and writes down what it was told."""
    with wave.open(str(tmp_path / "second.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncd "{tmp_path}"\n(echo "$@"; cat; echo) >>told\ncat second.wav\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path / "told"


@pytest.mark.skipif(sys.platform == "win32", reason="espeak-ng's place is taken by a script of the shell")
def test_what_is_said_becomes_a_file(nine: Nine, espeak: Path, tmp_path: Path) -> None:
    """Two voices, sentence after sentence, with pauses."""
    recording = nine.part("sound").Recording()
    recording.add("Alexa", "Who is at nine?")
    recording.add("Dialogflow", "--version; Who is at nine.")
    assert recording.write(tmp_path / "sounds" / "nine.wav") == pytest.approx(2.5)
    with wave.open(str(tmp_path / "sounds" / "nine.wav")) as file:
        assert file.getnframes() == 20_000
    first, question, second, answer = espeak.read_text().splitlines()
    assert (question, answer) == ("Who is at nine?", "--version; Who is at nine.")
    assert first != second
    assert "--version" not in second
