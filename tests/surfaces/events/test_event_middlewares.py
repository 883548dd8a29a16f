"""Middlewares, in Chalice's way."""

from __future__ import annotations

from typing import Any

import event_shapes as shapes
import flask
import pytest

from hipflask import Blueprint, Hipflask, events
from hipflask.core.errors import UsageError
from hipflask.surfaces.events.calling import answer, caller


def test_the_first_is_the_outermost(app: Hipflask) -> None:
    """They are asked in the order in which they were decorated, and answer in the other."""
    said: list[str] = []

    def around(name: str) -> Any:
        def middleware(event: Any, get_response: Any) -> Any:
            said.append(f"{name} before")
            response = get_response(event)
            said.append(f"{name} after")
            return response

        middleware.__name__ = name
        return middleware

    for name, kind in (("first", "all"), ("second", "pure_lambda"), ("other", "sqs"), ("third", "all")):
        app.middleware(kind)(around(name))

    @app.lambda_function()
    def work() -> str:
        said.append("work")
        return "done"

    assert answer(app, {}, name="work") == "done"
    assert said == [
        "first before",
        "second before",
        "third before",
        "work",
        "third after",
        "second after",
        "first after",
    ]


@pytest.mark.parametrize(
    ("kind", "event", "expected"),
    [
        ("s3", shapes.s3("uploads", "a"), events.S3Event),
        ("sns", shapes.sns("{}"), events.SNSEvent),
        ("sqs", shapes.sqs("{}"), events.SQSEvent),
        ("kinesis", shapes.kinesis({}), events.KinesisEvent),
        ("dynamodb", shapes.dynamodb({}), events.DynamoDBEvent),
        ("cloudwatch", shapes.cloudwatch({}), events.CloudWatchEvent),
        ("scheduled", shapes.schedule("work"), events.CloudWatchEvent),
        ("pure_lambda", {"a": 1}, events.LambdaFunctionEvent),
    ],
)
def test_each_kind_has_its_own_event(app: Hipflask, kind: str, event: Any, expected: type) -> None:
    """As Chalice's have it, with `to_dict()` and the context."""
    seen: list[Any] = []

    @app.middleware(kind)
    def look(event: Any, get_response: Any) -> Any:
        seen.append((type(event), event.to_dict(), event.context))
        return get_response(event)

    @app.middleware("http")
    def never(event: Any, get_response: Any) -> Any:
        raise AssertionError

    @app.on_s3_event("uploads")
    @app.on_sns_message("news")
    @app.on_sqs_message("orders")
    @app.on_kinesis_record("pitches")
    @app.on_dynamodb_record(shapes.TABLE)
    @app.on_cw_event({"source": ["aws.ec2"]})
    @app.schedule("rate(1 day)")
    @app.lambda_function()
    def work() -> None: ...

    answer(app, event, "the context", name="work")
    assert seen == [(expected, event, "the context")]


def test_one_may_answer_by_itself(app: Hipflask) -> None:
    """Without `get_response` the function is not called; what is returned is what Lambda gets."""

    @app.middleware("pure_lambda")
    def refuse(event: Any, get_response: Any) -> Any:
        return "not today" if event.event.get("day") == "Sunday" else get_response(event)

    @app.lambda_function()
    def work(day: str) -> str:
        return day

    call = caller(app, "work")
    assert [call({"day": day}, None) for day in ("Monday", "Sunday")] == ["Monday", "not today"]


def test_what_a_function_raises_passes_through_them(app: Hipflask) -> None:
    """And one of them may make an answer of it."""

    @app.middleware("all")
    def catch(event: Any, get_response: Any) -> Any:
        try:
            return get_response(event)
        except ZeroDivisionError as error:
            return {"Error": str(error)}

    @app.lambda_function()
    def divide(by: int) -> float:
        return 1 / by

    assert answer(app, {"by": 0}, name="divide") == {"Error": "division by zero"}


def test_around_a_batch_they_see_its_report(app: Hipflask) -> None:
    """They stand around the whole event: a record that has failed is in the response already."""
    seen: list[Any] = []

    @app.middleware("sqs")
    def look(event: Any, get_response: Any) -> Any:
        seen.append(get_response(event))
        return seen[0]

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int) -> None: ...

    report = {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert answer(app, shapes.sqs({"id": 1}, {})) == report == seen[0]


def test_a_blueprints_are_the_apps(app: Hipflask) -> None:
    """As in Chalice, those of a blueprint stand around every function of the app."""
    shop = Blueprint("shop", __name__)

    @shop.middleware("all")
    def twice(event: Any, get_response: Any) -> Any:
        return get_response(event) * 2

    @app.lambda_function()
    def work() -> str:
        return "ab"

    app.register_blueprint(shop)
    assert answer(app, {}, name="work") == "abab"


def test_one_that_was_written_elsewhere(app: Hipflask) -> None:
    """`register_middleware` takes any callable, and a decorator of Lambda functions in the form that Chalice has for it."""

    def logged(function: Any) -> Any:
        def wrapper(event: Any, context: Any) -> Any:
            return [event, context, function(event, context)]

        return wrapper

    app.register_middleware(events.ConvertToMiddleware(logged))
    app.register_middleware(lambda event, get_response: get_response(event) + "!", "pure_lambda")

    @app.lambda_function()
    def work() -> str:
        return "done"

    assert answer(app, {"a": 1}, "the context", name="work") == [{"a": 1}, "the context", "done!"]


def test_around_web_requests_they_see_the_response(app: Hipflask) -> None:
    """`http` is every request; an error that Flask answers is a response there."""
    seen: list[Any] = []

    @app.middleware("http")
    def look(event: Any, get_response: Any) -> Any:
        if "X-Key" not in event.headers:
            return {"Error": "X-Key is missing"}, 400
        response = get_response(event)
        seen.append((event.path, response.status_code))
        response.headers["X-Seen"] = "yes"
        return response

    @app.middleware("sqs")
    def never(event: Any, get_response: Any) -> Any:
        raise AssertionError

    @app.route("/")
    def index() -> str:
        return "Hello"

    client = app.test_client()
    assert (client.get("/").status_code, client.get("/").json) == (400, {"Error": "X-Key is missing"})
    answered = client.get("/", headers={"X-Key": "1"})
    assert (answered.text, answered.headers["X-Seen"]) == ("Hello", "yes")
    assert client.get("/nowhere", headers={"X-Key": "1"}).status_code == 404
    assert seen == [("/", 200), ("/nowhere", 404)]


def test_a_converted_one_around_web_requests_has_lambdas_own_event(app: Hipflask) -> None:
    """What the gateway sent is in the request's environment, if there was one."""
    seen: list[Any] = []

    def logged(function: Any) -> Any:
        def wrapper(event: Any, context: Any) -> Any:
            seen.append((event, context))
            return function(event, context)

        return wrapper

    app.register_middleware(events.ConvertToMiddleware(logged), "http")
    app.add_url_rule("/", "index", lambda: flask.request.path)
    environ = {"hipflask.aws.event": {"rawPath": "/"}, "hipflask.aws.context": "the context"}
    assert app.test_client().get("/", environ_overrides=environ).text == "/"
    assert app.test_client().get("/").text == "/"
    assert seen == [({"rawPath": "/"}, "the context"), ({}, None)]


def test_a_middleware_is_no_action(app: Hipflask) -> None:
    """Its parameters are not bound, so their types may be anything, and a typing mistake in the kind is told."""

    @app.middleware("all")
    def look(event: object, get_response: type[Any]) -> Any: ...

    with pytest.raises(UsageError, match="expected one of 'all'"):
        app.register_middleware(print, "queue")
