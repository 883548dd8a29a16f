"""Web requests of every gateway: the app sees the same of them all, and each is answered in its own words."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import apig_wsgi
import pytest
from echo import echo_app
from gateways import (
    CLIENT,
    GATEWAYS,
    HOST,
    Context,
    Event,
    Request,
    balancer,
    balancer_multi,
    content,
    function_url,
    http_api_1,
    http_api_2,
    rest_api,
    values,
)
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.aws import handler
from hipflask.surfaces.aws.kinds import web_of

Gateway = Callable[[Request], Event]

APP = echo_app()
ANSWER = handler(APP)

every_gateway = pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.__name__)


def said(event: Event) -> dict[str, Any]:
    """What the app was asked, as it says itself."""
    told = ANSWER(event, Context())
    assert told["statusCode"] == 200, told
    found: dict[str, Any] = json.loads(content(told))
    return found


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────

letters = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=8
)
names = st.text(string.ascii_letters + string.digits + "_é[]", min_size=1, max_size=5)
requests = st.builds(
    lambda method, segments, query, body: Request(
        method,
        quote("/" + "/".join(segments), safe="/") + ("?" + urlencode(query) if query else ""),
        (("Content-Type", "application/octet-stream"), ("X-Thing", "one"), ("Cookie", "a=1; b=2")),
        body,
    ),
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.lists(letters.filter(lambda text: text not in ("", ".", "..") and "/" not in text), max_size=3),
    st.lists(st.tuples(names, letters), max_size=4),
    st.binary(max_size=40),
)


@every_gateway
@given(request=requests)
def test_the_app_sees_what_a_server_would_show_it(gateway: Gateway, request: Request) -> None:
    """Path, query, cookies, body and method are those of the same request to Flask's own test client."""
    path = request.target
    with APP.test_client() as client:
        client.set_cookie("a", "1")
        client.set_cookie("b", "2")
        wanted = client.open(
            path, method=request.method, data=request.body, headers=list(request.headers[:2])
        ).json
    assert wanted is not None
    found = said(gateway(request))
    for part in ("method", "path", "cookies", "body"):
        assert found[part] == wanted[part], part
    # A balancer of single values passes on the last of several of one name.
    several = gateway is not balancer
    assert found["args"] == (
        wanted["args"] if several else {name: each[-1:] for name, each in wanted["args"].items()}
    )
    assert found["headers"]["x-thing"] == "one" and found["client"] == CLIENT and found["secure"]


@pytest.mark.parametrize(
    "gateway", [function_url, rest_api, balancer_multi], ids=lambda gateway: gateway.__name__
)
@given(request=requests)
def test_another_makes_the_same_of_it(gateway: Gateway, request: Request) -> None:
    """apig-wsgi agrees on path, query, body, and the headers that both pass on."""
    event = gateway(request)
    kind = web_of(event)
    assert kind is not None
    ours = kind.asked(event).environ(event, None)
    if gateway is function_url:
        theirs = apig_wsgi.get_environ_v2(event, None)
    else:
        theirs = apig_wsgi.get_environ_v1(event, None, encode_query_params=gateway is not balancer_multi)
    for name in (
        "REQUEST_METHOD",
        "PATH_INFO",
        "QUERY_STRING",
        "CONTENT_LENGTH",
        "HTTP_X_THING",
        "CONTENT_TYPE",
    ):
        assert ours[name] == theirs[name], name
    assert ours["wsgi.input"].read() == theirs["wsgi.input"].read()


def test_a_path_is_decoded_once() -> None:
    """An HTTP API has done it already: doing it again would open another address than the one that was asked for."""
    asked = Request(target="/100%2525")
    assert {said(gateway(asked))["path"] for gateway in GATEWAYS} == {"/100%25"}


@pytest.mark.parametrize(
    ("event", "root", "path"),
    [
        (rest_api(Request(target="/on/first")), "/prod", "/on/first"),
        (http_api_1(Request(target="/on/first")), "", "/on/first"),
    ],
)
def test_a_stage_is_no_part_of_the_path(event: Event, root: str, path: str) -> None:
    """It stands before it in addresses that the app makes."""
    found = said(event)
    assert (found["root"], found["path"]) == (root, path)
    assert found["url"] == f"https://{HOST}{root}{path}"


@pytest.mark.parametrize(
    ("domain", "root"),
    [(HOST, "/dev"), ("games.example.com", "")],
    ids=["Amazon's name", "a name of one's own"],
)
def test_a_stage_of_an_http_api(domain: str, root: str) -> None:
    """Payload 2.0 has it in the path; under a name of one's own nobody sees it."""
    event = http_api_2(Request(target="/dev/on/first"))
    event["requestContext"].update(stage="dev", domainName=domain)
    assert (said(event)["root"], said(event)["path"]) == (root, "/on/first")
    event["rawPath"] = "/device"  # begins like it, and is another
    assert (said(event)["root"], said(event)["path"]) == ("", "/device")
    event["rawPath"] = "/dev"
    assert said(event)["path"] == "/"


def test_a_base_path_of_ones_own_name() -> None:
    """What stands before that which the resource matches is no part of the app's path."""
    event = rest_api(Request(target="/on/first"))
    event["path"] = event["requestContext"]["path"] = "/games/on/first"
    event["requestContext"]["domainName"] = "example.com"
    assert (said(event)["root"], said(event)["path"]) == ("/games", "/on/first")


# ── what nobody can make the app believe ──────────────────────────────────────────────────────────


@every_gateway
def test_a_header_with_an_underscore_is_not_passed_on(gateway: Gateway) -> None:
    """X_User would pass for X-User, which something in front may have vouched for."""
    found = said(gateway(Request(headers=(("X_User", "admin"), ("X-Fine", "yes")))))
    assert "x-user" not in found["headers"] and found["headers"]["x-fine"] == "yes"


@every_gateway
def test_nobody_says_where_they_come_from(gateway: Gateway) -> None:
    """The address is the one that the gateway has seen."""
    assert (
        said(gateway(Request(headers=(("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1")))))[
            "client"
        ]
        == CLIENT
    )


@every_gateway
def test_no_event_makes_a_caller_trusted(gateway: Gateway) -> None:
    """What the voice endpoint looks for cannot be sent: not as a header, and not as a part of the event."""
    tries = (
        ("hipflask.voice.trusted", "True"),
        ("hipflask-voice-trusted", "1"),
        ("HIPFLASK.VOICE.TRUSTED", "1"),
    )
    event = {**gateway(Request(headers=tries)), "hipflask.voice.trusted": True}
    kind = web_of(event)
    assert kind is not None
    environ = kind.asked(event).environ(event, None)
    assert "hipflask.voice.trusted" not in environ
    own = {name for name in environ if not name.startswith("HTTP_")}
    assert not [name for name in own if "voice" in name.lower()]


@every_gateway
def test_cookies_that_come_one_by_one_are_all_there(gateway: Gateway) -> None:
    """As browsers send them by HTTP/2."""
    asked = Request(headers=(("Cookie", "a=1"), ("Cookie", "b=2"), ("X-Many", "1"), ("X-Many", "2")))
    found = said(gateway(asked))
    assert found["cookies"] == {"a": "1", "b": "2"} and found["headers"]["x-many"].replace(" ", "") == "1,2"


def test_the_length_is_that_of_what_came() -> None:
    """Whatever a header says."""
    found = said(function_url(Request("POST", headers=(("Content-Length", "9999999"),), body=b"abc")))
    assert found["headers"]["content-length"] == "3" and found["body"] == b"abc".hex()


def test_the_balancers_health_checks_are_answered() -> None:
    """They come without most of what people send."""
    event = {
        "requestContext": {
            "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:0:targetgroup/x/y"}
        },
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {},
        "headers": {"user-agent": "ELB-HealthChecker/2.0"},
        "body": "",
        "isBase64Encoded": False,
    }
    told = ANSWER(event, Context())
    assert told["statusCode"] == 200 and told["statusDescription"] == "200 OK"


# ── what is answered ──────────────────────────────────────────────────────────────────────────────


@every_gateway
def test_text_travels_as_text_and_all_else_as_base64(gateway: Gateway) -> None:
    """Also what is packed, and what is no UTF-8."""
    for path, is_base64, body in (
        ("/on", False, None),
        ("/picture", True, bytes(range(256))),
        ("/packed", True, b"\x1f\x8b packed"),
        ("/latin", True, b"\xe9"),
    ):
        told = ANSWER(gateway(Request(target=path)), Context())
        assert told["isBase64Encoded"] is is_base64, path
        assert body is None or content(told) == body
        json.dumps(told)


@every_gateway
def test_all_cookies_get_through(gateway: Gateway) -> None:
    """Each gateway has its own way of saying one name several times."""
    told = ANSWER(gateway(Request(target="/cookies")), Context())
    assert sorted(each.partition(";")[0] for each in values(told, "set-cookie")) == ["a=1", "b=2"]
    assert ", ".join(values(told, "x-many")) == "1, 2"


def test_another_tells_the_gateway_the_same() -> None:
    """apig-wsgi's answer of payload 2.0 is ours."""
    theirs = apig_wsgi.make_lambda_handler(APP)
    for path in ("/cookies", "/picture", "/on/first"):
        event = function_url(Request(target=path))
        ours, other = ANSWER(event, None), theirs(event, None)
        assert other.pop("cookies") == ours.pop("cookies", [])
        if path == "/cookies":  # of several values it keeps the last
            assert ours["headers"].pop("x-many") == "1, 2" and other["headers"].pop("x-many") == "2"
        if path == "/on/first":
            assert json.loads(ours["body"])["path"] == json.loads(other["body"])["path"] == path
        else:
            assert ours == other


def test_the_app_can_look_at_the_event_itself() -> None:
    """Who was let in by the gateway, for one, is there."""
    from flask import request

    from hipflask import Hipflask

    app = Hipflask("looking", root_path="/nowhere")

    @app.get("/who")
    def who() -> str:
        context = request.environ["hipflask.aws.context"]
        event = request.environ["hipflask.aws.event"]
        return f"{event['requestContext']['authorizer']['lambda']['who']} {context.aws_request_id}"

    event = http_api_2(Request(target="/who"))
    event["requestContext"]["authorizer"] = {"lambda": {"who": "ann"}}
    assert content(handler(app)(event, Context("id7"))) == b"ann id7"
