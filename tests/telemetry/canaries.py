"""A day in the life of a program in which every value is a canary: whatever was typed, said, sent, stored or raised.

`told(folder)` lives through it with all that a program may tell at once, and returns what left it: what a collector heard, the page for
Prometheus, the log, the crash reports. No canary may be in there.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core.report import Program
from hipflask.surfaces.aws.answering import handler
from hipflask.surfaces.events.calling import answer
from hipflask.surfaces.pages import host_of
from hipflask.telemetry import figures
from hipflask.telemetry.crashes import reporter
from hipflask.telemetry.logs import Logs
from hipflask.telemetry.otlp import Exporter
from hipflask.telemetry.prometheus import Page
from hipflask.telemetry.settings import settings_of
from hipflask.testing import User
from telemetry.collector import Collector


def canary(place: str) -> str:
    """A word that stands nowhere but where somebody has put it."""
    return f"canary-{place}-{sum(map(ord, place)) * 7919 % 10007:05d}"


@dataclass
class Records:
    """What has left the program, by the way it took; and which spans there were."""

    texts: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)


def told(folder: Path, *, values_in_log: bool = False) -> Records:
    """Live through the day; see above."""
    records = Records()
    stream = io.StringIO()
    with Collector() as collector, ExitStack() as stack:
        page = stack.enter_context(_counted())
        logs = Logs(stream, "park", values=values_in_log)
        logs.begin()
        stack.callback(logs.end)
        settings = settings_of(
            {}, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_MAX_QUEUE_SIZE": "9999"}
        )
        assert settings is not None
        exporter = Exporter(settings, "park")
        stack.callback(exporter.close)
        reporter.begin(folder / "reports", Program("park", "Park"))
        stack.callback(reporter.end)
        _live(folder)
        exporter.close()
        records.texts["prometheus"] = page.text()[0].decode()
        records.texts["otlp"] = "\n".join(body.decode("utf-8", "replace") for body in collector.bodies)
        records.kinds = {
            pair.value.string_value
            for span in collector.spans
            for pair in span.attributes
            if pair.key == "hipflask.kind"
        }
        assert exporter.dropped == 0
    records.texts["log"] = stream.getvalue()
    records.texts["reports"] = "\n".join(
        file.read_text() for file in sorted((folder / "reports").rglob("*")) if file.is_file()
    )
    return records


@contextmanager
def _counted() -> Iterator[Page]:
    try:
        yield Page(figures.follow())
    finally:
        figures.leave()


def _live(folder: Path) -> None:
    park = Park(folder)
    try:
        for chapter in (
            park.window,
            park.web,
            park.shell,
            park.voice,
            park.assistant,
            park.events,
            park.store,
        ):
            chapter()
    finally:
        host_of(park.app).close()
        park.db.close()


class Park:
    """An app that is reached in every way."""

    def __init__(self, folder: Path) -> None:
        self.app = app = Hipflask("park", root_path=str(folder), instance_path=str(folder))
        app.config.update(
            STORE=str(folder / "park.sqlite"),
            DIALOGFLOW_SECRET=canary("secret"),
            MCP_PUBLIC=True,
            PROPAGATE_EXCEPTIONS=False,
            SECRET_KEY=canary("secret-key"),
        )
        self.db = db = Store(app)
        log = logging.getLogger("park")

        class Player(db.Model):
            name: Mapped[str] = mapped_column(primary_key=True)
            base: Mapped[str]

        self.Player = Player

        @app.api("/put/<base>", methods=["GET", "POST"])
        @app.command("put")
        @app.intent("Put", "put {player} on {base}")
        @app.tool()
        @app.lambda_function()
        @app.on_sqs_message("bases")
        def put(base: str, player: str = "") -> str:
            """Put a player on a base."""
            log.warning("put %s", base)
            db.first(Player, name=base)
            Player.create(name=f"{base}{player}{len(db.all(Player))}", base=base)
            if "fails" in player:
                raise LookupError(f"{base} {player}")
            return f"{player} is on {base}."

        @app.route("/old/<path:where>", methods=["GET", "POST"])
        def old(where: str) -> str:
            db.session.execute(sqlalchemy.text(f"SELECT '{canary('literal')}', name FROM player"))
            raise PermissionError(where)

        @app.route("/hello/<who>")
        def hello(who: str) -> str:
            return who

        @app.schedule("rate(1 hour)")
        def hourly() -> None:
            raise TimeoutError(canary("raised-in-schedule"))

        @app.window("/<start>")
        def window(start: str) -> None:
            typed = ui.state(canary("state"))
            secret = ui.state("")

            def fail() -> None:
                raise ValueError(typed.value + secret.value + canary("raised-in-handler"))

            ui.heading(canary("heading"))
            ui.input("Player", bind=typed)
            ui.password("Password", bind=secret)
            ui.button(canary("label"), on_click=lambda: Player.create(name=typed.value, base=canary("base")))
            ui.button("Fail", on_click=fail, args=())
            for player in db.all(db.select(Player).where(Player.name != canary("parameter"))):
                with ui.row(key=player.name):
                    ui.input(f"{player.name}'s base", bind=(player, Player.base))
            if typed.value == "draw no more":
                raise RuntimeError(canary("raised-in-drawing"))

    def window(self) -> None:
        """Somebody types, presses, and makes a handler and a drawing fail."""
        with User(self.app).open(f"/{canary('address')}?q={canary('window-query')}") as user:
            user.type("Player", canary("typed"))
            user.type("Password", canary("password"))
            user.click(canary("label"))
            user.see(canary("typed"))
            user.type(f"{canary('typed')}'s base", canary("edited"))
            user.click("Fail")
            user.errors()
            user.type("Player", "draw no more")
            user.errors()

    def web(self) -> None:
        """Requests with canaries in all that a request has; some fail."""
        client = self.app.test_client()
        client.set_cookie("session", canary("cookie"))
        headers = {
            "Authorization": f"Bearer {canary('bearer')}",
            "User-Agent": canary("agent"),
            "X-Own": canary("header"),
            "traceparent": canary("traceparent"),
        }
        query = {"player": canary("query")}
        client.get(f"/put/{canary('path')}", query_string=query, headers=headers)
        client.post("/put/first", json={"player": canary("json")}, headers=headers)
        client.post("/put/first", data={"player": canary("form") + " fails"}, headers=headers)
        client.get(f"/put/first?odd={canary('unbindable')}")
        client.get(f"/old/{canary('raised-in-view')}")
        client.get(f"/hello/{canary('flask-path')}")
        client.get(f"/{canary('nowhere')}/nowhere")
        client.open("/hello/x", method=canary("method").upper())

    def shell(self) -> None:
        """Commands, of which one fails."""
        runner = self.app.test_cli_runner()
        runner.invoke(args=["put", canary("argument")])
        runner.invoke(args=["put", canary("failing-argument"), "--player", "fails"])

    def voice(self) -> None:
        """What somebody has said."""
        heard = {
            "session": f"projects/park/agent/sessions/{canary('session')}",
            "queryResult": {
                "queryText": canary("said"),
                "languageCode": "en",
                "parameters": {"base": canary("spoken"), "player": "fails"},
                "intent": {"displayName": "Put"},
            },
        }
        headers = {"Authorization": f"Bearer {canary('secret')}"}
        self.app.test_client().post("/voice/dialogflow", json=heard, headers=headers)

    def assistant(self) -> None:
        """What an assistant asks for."""
        version = "2026-07-28"
        meta = {
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientInfo": {"name": canary("client"), "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        params = {"name": "put", "arguments": {"base": canary("tool-argument")}, "_meta": meta}
        headers = {
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": version,
            "Mcp-Method": "tools/call",
            "Mcp-Name": "put",
        }
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        self.app.test_client().post("/mcp", json=asked, headers=headers)

    def events(self) -> None:
        """A message, a time, a call by name, and a request by way of Lambda."""
        record = {
            "messageId": canary("message-id"),
            "body": json.dumps({"base": canary("message"), "player": "fails"}),
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:bases",
            "messageAttributes": {"own": {"stringValue": canary("attribute"), "dataType": "String"}},
            "attributes": {},
        }
        clock = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {"x": canary("detail")}}
        request = {
            "version": "2.0",
            "rawPath": f"/hello/{canary('lambda-path')}",
            "rawQueryString": f"q={canary('lambda-query')}",
            "headers": {"x-own": canary("lambda-header")},
            "requestContext": {
                "http": {"method": "GET", "sourceIp": "203.0.113.9"},
                "domainName": "x.example",
            },
            "isBase64Encoded": False,
        }
        calls: list[Callable[[], object]] = [
            lambda: answer(self.app, {"Records": [record]}),
            lambda: answer(self.app, {**clock, "time": "2026-11-23T09:00:00Z"}, name="hourly"),
            lambda: answer(self.app, {"base": canary("called-by-name")}, name="put"),
            lambda: handler(self.app)(request, None),
        ]
        for call in calls:
            with suppress(Exception):
                call()

    def store(self) -> None:
        """Rows are written and read by every kind of statement, and some cannot be."""
        log = logging.getLogger("park")
        Player, db = self.Player, self.db
        with self.app.app_context():
            with db.transaction():
                db.session.execute(
                    sqlalchemy.text("INSERT INTO player (name, base) VALUES (:name, :base)"),
                    {"name": canary("bound"), "base": canary("bound-too")},
                )
                db.session.execute(sqlalchemy.text(f"UPDATE player SET base = '{canary('set')}' WHERE 1 = 0"))
                db.session.execute(
                    sqlalchemy.text(f'SELECT "{canary("quoted")}", 1 -- {canary("comment")}\n')
                )
            with suppress(Exception), db.transaction():
                Player.create(name=canary("bound"), base=canary("twice"))
            with suppress(Exception):
                db.session.execute(sqlalchemy.text(f"SELEKT {canary('mistyped')}"))
            log.error("about %s", canary("logged"), extra={"who": canary("extra")})
            log.warning(f"made up of {canary('formatted')}")
            try:
                raise OSError(canary("logged-error"))
            except OSError:
                log.exception("it failed")


PLACES = {
    "state", "heading", "label", "base", "parameter", "raised-in-handler", "raised-in-drawing", "address", "window-query", "typed",
    "password", "edited", "cookie", "bearer", "agent", "header", "traceparent", "path", "query", "json", "form", "unbindable",
    "raised-in-view", "flask-path", "nowhere", "method", "argument", "failing-argument", "session", "said", "spoken", "secret",
    "secret-key", "client", "tool-argument", "message-id", "message", "attribute", "detail", "raised-in-schedule", "called-by-name",
    "lambda-path", "lambda-query", "lambda-header", "literal", "bound", "bound-too", "set", "quoted", "comment", "twice", "mistyped",
    "logged", "extra", "formatted", "logged-error",
}  # fmt: skip
