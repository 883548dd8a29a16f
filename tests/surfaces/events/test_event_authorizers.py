"""Authorizers: what API Gateway asks and gets, and rules that let nobody else pass."""

from __future__ import annotations

from typing import Any

import flask
import pytest

from hipflask import Blueprint, Hipflask, events
from hipflask.core.errors import EventError, UsageError
from hipflask.surfaces.events.calling import answer

ARN = "arn:aws:execute-api:eu-central-1:123456789012:ymy8tbxw7b/prod"
TOKEN = {"type": "TOKEN", "methodArn": f"{ARN}/GET/lineup", "authorizationToken": "allow"}


def who(asked: events.AuthRequest) -> events.AuthResponse:
    """Lou may see the line-up, Bud may do anything, everybody else nothing."""
    if asked.token == "lou":
        return events.AuthResponse(
            routes=["/lineup", events.AuthRoute("/players/*", ["GET"])], principal_id="lou"
        )
    return events.AuthResponse(
        routes=["*"] if asked.token == "bud" else [], principal_id="bud", context={"team": "wolves"}
    )


@pytest.fixture
def guarded(app: Hipflask) -> Hipflask:
    app.authorizer()(who)

    @app.api("/lineup", authorizer=who)
    def lineup() -> str:
        return flask.g.auth.principal_id

    @app.route("/players/<int:id>", methods=["GET", "DELETE"], authorizer=who)
    def player(id: int) -> str:
        return f"player {id}"

    @app.route("/open")
    def open_to_all() -> str:
        return "open"

    return app


def test_api_gateway_gets_a_policy(app: Hipflask) -> None:
    """Of the routes that may be asked, in its own words; and of none, if there are none."""
    app.authorizer()(who)
    lou = answer(app, {**TOKEN, "authorizationToken": "lou"}, name="who")
    assert lou == {
        "principalId": "lou",
        "context": {},
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [f"{ARN}/*/lineup", f"{ARN}/GET/players/*"]}
            ],
        },
    }  # fmt: skip
    stranger = answer(app, TOKEN, name="who")
    assert stranger["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": [f"{ARN}/*"]}
    ]
    assert stranger["context"] == {"team": "wolves"}


def test_both_forms_of_the_question(app: Hipflask) -> None:
    """A REST API's and an HTTP API's, and a function that takes parts of it by name."""

    @app.authorizer()
    def look(token: str, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        return {"seen": [token, method, path, headers]}

    headers = {"Authorization": "Bearer 7", "X-Key": "1"}
    lower = {"authorization": "Bearer 7", "x-key": "1"}
    asked = {"type": "REQUEST", "methodArn": f"{ARN}/POST/a/b", "headers": headers}
    assert answer(app, asked)["seen"] == ["Bearer 7", "POST", "/a/b", lower]
    newer = {"version": "2.0", "type": "REQUEST", "routeArn": f"{ARN}/GET/", "headers": headers}
    assert answer(app, newer)["seen"] == ["Bearer 7", "GET", "/", lower]


def test_the_token_is_in_the_header_that_was_named(app: Hipflask) -> None:
    """Also where the gateway sends all headers, in whatever letters."""

    @app.authorizer(header="X-Key")
    def look(token: str) -> dict[str, Any]:
        return {"token": token}

    asked = {"type": "REQUEST", "methodArn": f"{ARN}/GET/", "headers": {"x-KEY": "7", "Authorization": "8"}}
    assert answer(app, asked) == {"token": "7"}
    assert answer(app, {**asked, "headers": {}}) == {"token": ""}


def test_chalices_own_signature(app: Hipflask) -> None:
    """One parameter without a type gets the question."""

    @app.authorizer()
    def look(auth_request):  # type: ignore[no-untyped-def]
        return {"token": auth_request.token, "arn": auth_request.method_arn, "type": auth_request.auth_type}

    assert answer(app, TOKEN) == {"token": "allow", "arn": f"{ARN}/GET/lineup", "type": "TOKEN"}


def test_an_answer_that_is_none_is_told(app: Hipflask) -> None:
    """Nobody passes because a function has returned something else."""

    @app.authorizer()
    def yes(token: str) -> Any:
        return True

    @app.route("/", authorizer=yes)
    def index() -> str:
        return "reached"

    with pytest.raises(UsageError, match="answered with something of type bool"):
        answer(app, TOKEN)
    assert app.test_client().get("/", headers={"Authorization": "x"}).status_code == 500


def test_a_question_that_is_none(app: Hipflask) -> None:
    """It is refused, not answered."""
    app.authorizer()(who)
    with pytest.raises(EventError):
        answer(app, {"type": "REQUEST", "methodArn": "x", "headers": "none"}, name="who")


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("GET", "/lineup", None, 401),
        ("GET", "/lineup", "", 401),
        ("GET", "/lineup", "stranger", 403),
        ("GET", "/lineup", "lou", 200),
        ("GET", "/lineup", "bud", 200),
        ("GET", "/players/7", "lou", 200),
        ("DELETE", "/players/7", "lou", 403),
        ("HEAD", "/players/7", "lou", 403),
        ("DELETE", "/players/7", "bud", 200),
        ("GET", "/open", None, 200),
    ],
)
def test_a_rule_lets_pass_whom_its_authorizer_does(
    guarded: Hipflask, method: str, path: str, token: str | None, status: int
) -> None:
    """The same everywhere: on Lambda, on a server, at a desk."""
    headers = {} if token is None else {"Authorization": token}
    assert guarded.test_client().open(path, method=method, headers=headers).status_code == status


def test_the_view_knows_who_it_is(guarded: Hipflask) -> None:
    """`g.auth` is what the authorizer has answered."""
    assert guarded.test_client().get("/lineup", headers={"Authorization": "lou"}).json == "lou"
    with guarded.test_client() as client:
        client.get("/lineup", headers={"Authorization": "bud"})
        assert flask.request.environ["hipflask.authorized"] == {"principalId": "bud", "team": "wolves"}


def test_who_says_nothing_is_told_how(guarded: Hipflask) -> None:
    """The header that is missing is named, also in the words of HTTP."""
    answered = guarded.test_client().get("/lineup")
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_answer_holds_for_its_time(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each token by itself, and never longer."""
    asked: list[str] = []
    now = [1000.0]
    monkeypatch.setattr("hipflask.surfaces.events.guarding.monotonic", lambda: now[0])

    @app.authorizer(ttl_seconds=60, header="X-Key")
    def who(token: str) -> events.AuthResponse:
        asked.append(token)
        return events.AuthResponse(routes=["*"] if token == "a" else [], principal_id=token)

    @app.route("/", authorizer=who)
    def index() -> str:
        return "reached"

    def get(token: str) -> int:
        return app.test_client().get("/", headers={"X-Key": token}).status_code

    assert [get(token) for token in ("a", "b", "a", "b")] == [200, 403, 200, 403]
    assert asked == ["a", "b"]
    now[0] += 61
    assert get("a") == 200
    assert asked == ["a", "b", "a"]


def test_an_authorizer_that_raises_lets_nobody_pass(app: Hipflask) -> None:
    """Neither its mistakes nor its refusals open the door."""

    @app.authorizer()
    def who(token: str) -> Any:
        if token == "abort":
            flask.abort(401)
        raise ZeroDivisionError

    @app.route("/", authorizer=who)
    def index() -> str:
        raise AssertionError("reached")

    client = app.test_client()
    assert [client.get("/", headers={"Authorization": token}).status_code for token in ("abort", "x")] == [
        401,
        500,
    ]


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ({"Effect": "Allow", "Resource": "*"}, 200),
        ({"Effect": "Allow", "Resource": ["arn:aws:execute-api:*/GET/lineup"]}, 200),
        ({"Effect": "Allow", "Resource": "arn:aws:execute-api:*/GET/other"}, 403),
        ({"Effect": "Deny", "Resource": "*"}, 403),
        ({"Effect": "Allow"}, 403),
        ("anything", 403),
    ],
)
def test_a_policy_of_ones_own(app: Hipflask, statement: Any, status: int) -> None:
    """Is looked at as API Gateway would; what is not understood lets nobody pass."""

    @app.authorizer()
    def who(token: str) -> Any:
        return {"principalId": "x", "policyDocument": {"Statement": [statement]}}

    @app.api("/lineup", authorizer=who)
    def lineup() -> str:
        return "reached"

    assert app.test_client().get("/lineup", headers={"Authorization": "x"}).status_code == status


def test_a_blueprint_names_an_authorizer_of_its_own_or_of_the_app(app: Hipflask) -> None:
    """Either is found when it is registered."""
    app.authorizer()(who)
    shop = Blueprint("shop", __name__, url_prefix="/shop")

    @shop.authorizer()
    def own(token: str) -> events.AuthResponse:
        return events.AuthResponse(routes=["/shop/a"], principal_id="x")

    @shop.route("/a", authorizer=own)
    def a() -> str:
        return "a"

    @shop.api("/b", authorizer=who)
    def b() -> str:
        return "b"

    app.register_blueprint(shop)
    client = app.test_client()
    assert client.get("/shop/a").status_code == 401
    assert client.get("/shop/a", headers={"Authorization": "x"}).text == "a"
    assert client.get("/shop/b", headers={"Authorization": "x"}).status_code == 403
    assert client.get("/shop/b", headers={"Authorization": "bud"}).json == "b"


def test_an_authorizer_that_is_none_is_refused(app: Hipflask) -> None:
    """A rule that would be open by mistake is not made."""
    with pytest.raises(UsageError, match=r"decorate it with @app\.authorizer\(\) first"):
        app.add_url_rule("/", "index", lambda: "", authorizer=who)


def test_a_function_under_two_rules_behind_one_authorizer(app: Hipflask) -> None:
    """They share an endpoint, as without one."""
    app.authorizer()(who)

    @app.api("/a", authorizer=who)
    @app.api("/b", authorizer=who)
    def both() -> str:
        return "both"

    client = app.test_client()
    assert [client.get(path, headers={"Authorization": "bud"}).json for path in ("/a", "/b")] == [
        "both",
        "both",
    ]
    assert [client.get(path).status_code for path in ("/a", "/b")] == [401, 401]
