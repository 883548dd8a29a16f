"""Actions over HTTP, through a real Flask app and its test client."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import flask
import pytest
from flask.testing import FlaskClient

from hipflask.core.action import Door, Registry
from hipflask.core.errors import UsageError
from hipflask.surfaces import api


@dataclass
class Line:
    item: str
    price: float = 1.0


@dataclass
class Order:
    customer: str
    lines: list[Line]


def on(base: Literal["first", "second"]) -> str:
    return f"Who is on {base}."


def games(team: list[int], since: dt.date | None = None, home: bool = False) -> dict[str, object]:
    return {"team": team, "since": since, "home": home}


def inning(number: int, half: str = "top") -> str:
    return f"{half} of {number}"


def order(customer: str, lines: list[Line], gift: bool = False) -> Order:
    return Order(customer, lines + ([Line("ribbon", 0.0)] if gift else []))


async def slow(seconds: float = 0.0) -> float:
    await asyncio.sleep(seconds)
    return seconds


def nothing() -> None: ...


def ready() -> flask.Response:
    return flask.Response("done", mimetype="text/plain")


def created() -> Any:
    return flask.Response("made", mimetype="text/plain"), 201, {"X-Made": "yes"}


def absent(reason: str = "") -> None:
    flask.abort(404, reason or None)


def elsewhere() -> None:
    flask.abort(flask.redirect("/on/first"))


def busy() -> None:
    from werkzeug.exceptions import ServiceUnavailable

    raise ServiceUnavailable(retry_after=7)


def raw() -> str:
    return flask.request.get_data(as_text=True)


def endless() -> Iterator[int]:
    yield 1


def build(*doors: tuple[Callable[..., Any], str, dict[str, Any]]) -> flask.Flask:
    app, registry = flask.Flask(__name__), Registry()
    for function, rule, options in doors:
        registry.add(function, Door("api", rule, options))
    for action, door in registry.doors("api"):
        api.mount(app, action, door)
    return app


POST: dict[str, Any] = {"methods": ["POST"]}


@pytest.fixture
def client() -> FlaskClient:
    app = build(
        (on, "/on/<base>", {}),
        (games, "/games", {"methods": ["GET", "DELETE"]}),
        (inning, "/innings/<int:number>", {"methods": ["GET", "POST"]}),
        (order, "/orders", {"methods": ["POST", "PUT", "PATCH"]}),
        (slow, "/slow", {}),
        (nothing, "/nothing", {}),
        (ready, "/ready", {}),
        (created, "/created", {}),
        (absent, "/absent", {}),
        (elsewhere, "/elsewhere", {}),
        (busy, "/busy", {}),
        (raw, "/raw", POST),
        (endless, "/endless", {}),
    )
    return app.test_client()


# ── answers ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "json"),
    [
        ("/on/first", "Who is on first."),
        ("/games?team=7&team=9&home=yes", {"team": [7, 9], "since": None, "home": True}),
        ("/games?team=7&since=2026-11-22&admin=1", {"team": [7], "since": "2026-11-22", "home": False}),
        ("/innings/9?half=bottom", "bottom of 9"),
        ("/innings/9?number=3", "top of 9"),
        ("/slow?seconds=0.001", 0.001),
        ("/nothing", None),
    ],
)
def test_path_and_query_are_bound_and_the_answer_is_json(
    client: FlaskClient, path: str, json: object
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype, answer.json) == (200, "application/json", json)


def test_delete_and_head_read_the_query(client: FlaskClient) -> None:
    assert client.delete("/games?team=7", json={"home": True}).json["home"] is False  # type: ignore[index]
    assert (client.head("/on/first").status_code, client.head("/on/third").status_code) == (200, 422)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_json_body_is_bound_by_name(client: FlaskClient, method: str) -> None:
    answer = client.open(
        "/orders",
        method=method,
        json={"customer": "Lou", "lines": [{"item": "bat"}], "price": 3, "gift": True},
    )
    assert answer.json == {
        "customer": "Lou",
        "lines": [{"item": "bat", "price": 1.0}, {"item": "ribbon", "price": 0.0}],
    }


@pytest.mark.parametrize("multipart", [False, True])
def test_a_form_is_bound_as_text(client: FlaskClient, multipart: bool) -> None:
    form = {"customer": "Lou", "lines": ['{"item": "bat"}', '{"item": "ball"}'], "gift": "on"}
    if multipart:
        form["photo"] = (io.BytesIO(b"png"), "lou.png")  # type: ignore[assignment]
    answer = client.post("/orders", data=form)
    assert [line["item"] for line in answer.json["lines"]] == ["bat", "ball", "ribbon"]  # type: ignore[index]


def test_a_post_may_name_parameters_in_its_query(client: FlaskClient) -> None:
    answer = client.post("/orders?customer=Bud", json={"customer": "Lou", "lines": []})
    assert answer.json == {"customer": "Bud", "lines": []}


def test_a_post_without_a_body_is_bound_from_path_and_defaults(client: FlaskClient) -> None:
    assert client.post("/innings/3").json == "top of 3"


def test_a_function_without_parameters_may_read_any_body_itself(client: FlaskClient) -> None:
    assert client.post("/raw", data=b"<xml/>", content_type="text/xml").json == "<xml/>"


def test_a_ready_response_is_passed_on(client: FlaskClient) -> None:
    assert (client.get("/ready").text, client.get("/ready").mimetype) == ("done", "text/plain")
    made = client.get("/created")
    assert (made.status_code, made.text, made.headers["X-Made"]) == (201, "made", "yes")


def test_two_rules_may_lead_to_one_function(client: FlaskClient) -> None:
    other = build((on, "/on/<base>", {}), (on, "/at/<base>", {})).test_client()
    assert other.get("/at/first").json == other.get("/on/first").json == "Who is on first."


def test_extensions_see_a_view_by_the_functions_name(client: FlaskClient) -> None:
    assert client.application.view_functions["on"].__name__ == "on"


def test_a_blueprint_takes_actions_as_an_app_does() -> None:
    app, blueprint, registry = flask.Flask(__name__), flask.Blueprint("field", __name__), Registry()
    action = registry.add(on, Door("api", "/on/<base>"))
    api.mount(blueprint, action, action.doors[0])
    app.register_blueprint(blueprint, url_prefix="/field")
    with app.test_request_context():
        assert flask.url_for("field.on", base="first") == "/field/on/first"
    assert app.test_client().get("/field/on/second").json == "Who is on second."


# ── problems ──────────────────────────────────────────────────────────────────────────────────────

BODY = 'Send an object such as {"customer": …, "lines": …, "gift": …}'


@pytest.mark.parametrize(
    ("path", "request_", "status", "detail"),
    [
        ("/orders", {"data": b"{", "content_type": "application/json"}, 400, "it ends too early"),
        ("/orders", {"data": b'{"a" 1}', "content_type": "application/json"}, 400, "it goes wrong at byte 5"),
        ("/orders", {"data": b'"\xff"', "content_type": "application/json"}, 400, "it is not UTF-8"),
        ("/orders", {"data": b"[" * 99_999, "content_type": "application/json"}, 400, None),
    ],
)
def test_malformed_json_is_400_and_says_where(
    client: FlaskClient, path: str, request_: dict[str, Any], status: int, detail: str | None
) -> None:
    answer = client.post(path, **request_)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    expected = f"The body is not valid JSON: {detail}. {BODY}."
    assert answer.json["detail"] == expected if detail else BODY in answer.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize("body", ["[1]", '"text"', "3", "null"])
def test_json_that_is_not_an_object_is_422(client: FlaskClient, body: str) -> None:
    answer = client.post("/orders", data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["detail"] == f"The body is valid JSON, but not an object. {BODY}."  # type: ignore[index]


@pytest.mark.parametrize(
    ("sent", "named"), [("text/xml", "text/xml"), (None, "a body without a Content-Type")]
)
def test_another_kind_of_body_is_415(client: FlaskClient, sent: str | None, named: str) -> None:
    answer = client.post("/orders", data=b"<order/>", content_type=sent)
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")
    assert answer.json["detail"] == f"{BODY} as application/json, or as a form, not as {named}."  # type: ignore[index]


def test_what_does_not_fit_is_422_and_every_parameter_is_told(client: FlaskClient) -> None:
    answer = client.post("/orders", json={"lines": [{"item": "bat", "price": "much"}], "gift": 1})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    told = [
        {"parameter": "customer", "expected": "text", "detail": "customer: expected text, got nothing"},
        {
            "parameter": "lines[0].price",
            "expected": "a number",
            "detail": "lines[0].price: expected a number, got 'much'",
        },
        {"parameter": "gift", "expected": "true or false", "detail": "gift: expected true or false, got 1"},
    ]
    assert answer.json == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": (
            "customer: expected text, got nothing. lines[0].price: expected a number, got 'much'. "
            "gift: expected true or false, got 1."
        ),
        "parameter": "customer",
        "expected": "text",
        "errors": told,
    }


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/on/third", "base: expected 'first' or 'second', got 'third'."),
        ("/games", "team: expected a list, each item a whole number, got nothing."),
        ("/games?team=7&team=b", "team[1]: expected a whole number, got 'b'."),
        ("/games?team=7&home=1&home=0", "home: expected only one value: true or false, got ['1', '0']."),
        ("/slow?seconds=nan", "seconds: expected a number, got 'nan'."),
    ],
)
def test_a_query_that_does_not_fit_is_422_in_words(client: FlaskClient, path: str, detail: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json["detail"]) == (422, detail)  # type: ignore[index]


def test_a_body_that_is_too_large_is_413_with_the_limit(client: FlaskClient) -> None:
    client.application.config["MAX_CONTENT_LENGTH"] = 20
    for body in ({"json": {"customer": "x" * 50}}, {"data": {"customer": "x" * 50}}):
        answer = client.post("/orders", **body)
        assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
        detail = "The body is larger than 20 bytes, the most that is taken here."
        assert answer.json["detail"] == detail  # type: ignore[index]


def test_abort_inside_the_function_becomes_a_problem(client: FlaskClient) -> None:
    answer = client.get("/absent?reason=Nobody+is+on+third.")
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Nobody is on third.",
    }


def test_the_headers_of_a_refusal_are_kept(client: FlaskClient) -> None:
    answer = client.get("/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.headers.getlist("Content-Type") == ["application/problem+json"]


def test_a_redirect_is_passed_on(client: FlaskClient) -> None:
    answer = client.get("/elsewhere")
    assert (answer.status_code, answer.location) == (302, "/on/first")


def test_a_result_without_a_json_form_is_the_programs_error(client: FlaskClient) -> None:
    client.application.testing = True
    with pytest.raises(UsageError, match="return a list"):
        client.get("/endless")


def test_a_rule_that_asks_for_what_the_function_lacks_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        build((on, "/on/<base>/<path:player>", {}))
    assert str(raised.value) == (
        "The rule '/on/<base>/<path:player>' has <player>, and on() has no parameter of that name. "
        "Write `def on(player: str, …)`, or take <player> out of the rule."
    )
