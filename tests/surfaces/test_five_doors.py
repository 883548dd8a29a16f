"""One function behind a window, the web, the shell, a voice and an assistant: the same binding, errors and unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import pytest
from msgspec import Meta

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.surfaces.pages import host_of
from hipflask.testing import User

SECRET = "what nobody is told"


class Ballpark:
    """An app with one function that answers everywhere."""

    def __init__(self, folder: Path) -> None:
        self.app = app = Hipflask("ballpark", root_path=str(folder), instance_path=str(folder))
        app.config.update(STORE=str(folder / "park.sqlite"), DIALOGFLOW_SECRET="costello", MCP_PUBLIC=True)
        self.db = db = Store(app)

        class Spot(db.Model):
            base: Mapped[str]
            player: Mapped[str]
            inning: Mapped[int]

        self.Spot = Spot

        @app.api("/put", methods=["POST"])
        @app.command("put")
        @app.intent("Put", "put {player} on {base}")
        @app.tool()
        def put(
            base: Literal["first", "second"], player: str, inning: Annotated[int, Meta(ge=1, le=9)] = 1
        ) -> str:
            """Put a player on a base."""
            Spot.create(base=base, player=player, inning=inning)
            if player == "Nobody":
                raise LookupError(SECRET)
            return f"{player} is on {base} in inning {inning}."

        @app.window("/")
        def window() -> None:
            base, player, inning = ui.state("first"), ui.state(""), ui.state(1)
            said = ui.state("")
            ui.select("Base", ["first", "second"], bind=base)
            ui.input("Player", bind=player)
            ui.number("Inning", bind=inning, min=1, max=9)
            ui.button("Put", on_click=lambda: said.set(put(base.value, player.value, inning.value)))
            ui.text(said.value)

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        """What has been written."""
        return [(each.base, each.player, each.inning) for each in self.db.all(self.Spot)]


@pytest.fixture
def park(tmp_path: Path) -> Iterator[Ballpark]:
    park = Ballpark(tmp_path)
    with park.app.app_context():
        yield park
    host_of(park.app).close()
    park.db.close()


class Door(Protocol):
    """How somebody asks there: (whether it went well, what they are told)."""

    def __call__(self, app: Hipflask, **values: Any) -> tuple[bool, str]: ...


def window(app: Hipflask, **values: Any) -> tuple[bool, str]:
    with User(app).open("/") as user:
        user.choose("Base", values["base"])
        user.type("Player", values["player"])
        if "inning" in values:
            user.type("Inning", str(values["inning"]))
        user.click("Put")
        errors = user.errors()
        return not errors, " ".join([*errors, *(each.label for each in user.seen())])


def web(app: Hipflask, **values: Any) -> tuple[bool, str]:
    app.testing = False
    answer = app.test_client().post("/put", json=values)
    return answer.status_code == 200, answer.text


def shell(app: Hipflask, **values: Any) -> tuple[bool, str]:
    options = [f"--inning={values['inning']}"] if "inning" in values else []
    words = [str(values[name]) for name in ("base", "player") if name in values]
    result = app.test_cli_runner().invoke(args=["put", *options, "--", *words])
    return result.exit_code == 0, result.output


def voice(app: Hipflask, **values: Any) -> tuple[bool, str]:
    request = {
        "session": "projects/park/agent/sessions/one",
        "queryResult": {
            "queryText": "put",
            "languageCode": "en",
            "parameters": values,
            "intent": {"displayName": "Put"},
        },
    }
    headers = {"Authorization": "Bearer costello"}
    answer = app.test_client().post("/voice/dialogflow", json=request, headers=headers)
    assert answer.status_code == 200
    said = answer.json["fulfillmentText"]
    return " is on " in said, said


def assistant(app: Hipflask, **values: Any) -> tuple[bool, str]:
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": "put",
            "arguments": values,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    }
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "put",
    }
    answer = app.test_client().post("/mcp", json=message, headers=headers)
    assert answer.status_code == 200, answer.text
    result = answer.json["result"]
    return not result.get("isError", False), " ".join(each["text"] for each in result["content"])


DOORS = [window, web, shell, voice, assistant]
BINDING = [web, shell, voice, assistant]  # a window's fields take nothing else
QUIET = [window, web, voice, assistant]  # who runs a command is told what it raised


@pytest.mark.parametrize("door", DOORS)
def test_every_door_leads_to_the_same_function(park: Ballpark, door: Door) -> None:
    """With the same values, of the same types."""
    went_well, told = door(park.app, base="first", player="Who", inning=3)
    assert went_well, told
    assert "Who is on first in inning 3." in told
    assert park.rows == [("first", "Who", 3)]


@pytest.mark.parametrize("door", DOORS)
def test_what_is_not_given_is_what_the_function_says(park: Ballpark, door: Door) -> None:
    """Its default."""
    assert door(park.app, base="second", player="What")[0]
    assert park.rows == [("second", "What", 1)]


@pytest.mark.parametrize("door", BINDING)
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"base": "home", "player": "Who"}, ["first", "second"]),
        ({"base": "first", "player": "Who", "inning": 10}, ["9"]),
        ({"base": "first", "player": "Who", "inning": "many"}, ["number"]),
    ],
)
def test_what_does_not_fit_is_told_at_every_door_and_writes_nothing(
    park: Ballpark, door: Door, values: dict[str, Any], words: list[str]
) -> None:
    """In that door's manner, with what would fit."""
    went_well, told = door(park.app, **values)
    assert not went_well
    for word in words:
        assert word in told
    assert park.rows == []


@pytest.mark.parametrize("door", DOORS)
def test_what_a_function_wrote_before_it_failed_is_taken_back(park: Ballpark, door: Door) -> None:
    """Everywhere; and the next call finds everything in order."""
    assert not door(park.app, base="first", player="Nobody")[0]
    assert park.rows == []
    assert door(park.app, base="first", player="Who")[0]
    assert park.rows == [("first", "Who", 1)]


@pytest.mark.parametrize("door", QUIET)
def test_what_went_wrong_inside_is_not_told_outside(park: Ballpark, door: Door) -> None:
    """The log has it."""
    assert SECRET not in door(park.app, base="first", player="Nobody")[1]
