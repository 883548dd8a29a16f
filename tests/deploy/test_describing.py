"""What is read from an app's decorators."""

from __future__ import annotations

from typing import Any

import pytest
from deployed import everything, hello, shop

from hipflask import Blueprint, Hipflask, events
from hipflask.core.errors import DeployError
from hipflask.deploy.describing import describe
from hipflask.deploy.description import Bucket, Description, Direct, FromBucket, Grant, Queue, Schedule, Topic


def described(app: Hipflask) -> Description:
    """An app as AWS is to see it."""
    return describe(app, "shop:app")


def grants_of(app: Hipflask, name: str) -> list[tuple[str, ...]]:
    """The actions that a function is allowed, grant by grant."""
    (function,) = (each for each in described(app).functions if each.name == name)
    return [grant.actions for grant in function.grants]


def test_every_trigger_is_read_as_it_was_written() -> None:
    """With the function's own help."""
    functions = {(each.name, type(each.trigger)): each for each in described(shop()).functions}
    assert functions["nightly", Schedule].trigger == Schedule("cron(0 2 * * ? *)")
    assert functions["nightly", Direct].help == "Write the report of the day."
    assert functions["thumbnail", FromBucket].trigger == FromBucket("uploads", prefix="in/", suffix=".png")
    assert functions["thumbnail", FromBucket].grants == (
        Grant(("s3:GetObject", "s3:PutObject"), (Bucket("uploads"),)),
    )


def test_what_is_kept_is_what_is_declared_or_named() -> None:
    """A queue that is only named is one with the usual options; what has an ARN is somebody else's."""
    app = everything()

    @app.on_sqs_message("only-named")
    def named(body: str) -> None: ...

    @app.on_sns_message("only-named-topic")
    def named_topic(message: str) -> None: ...

    found = described(app)
    assert found.queues == (Queue("only-named"), Queue("work"), Queue("work.fifo"))
    assert found.topics == (Topic("only-named-topic"), Topic("talk"))
    assert found.buckets == (Bucket("files"),)
    assert described(shop()).queues == (Queue("orders", attempts=3),)


def test_skills_are_read_from_the_app() -> None:
    """Several, as the voice surface has them."""
    assert described(everything()).skills == ("amzn1.ask.skill.0a", "amzn1.ask.skill.1b")
    assert described(hello()).skills == ()


def test_what_is_allowed_goes_to_whom_it_was_allowed() -> None:
    """A function that Flask answers with is the web function's; one without `on` is everybody's."""
    app = Hipflask("shop")
    files = app.bucket("files")

    @app.route("/plain")
    def plain() -> str:
        return ""

    @app.tool()
    def tool() -> str:
        return ""

    @app.schedule("rate(1 day)")
    def nightly() -> None: ...

    app.allow("s3:GetObject", files)
    app.allow("s3:PutObject", files, on=plain)
    app.allow("s3:ListBucket", files, on=tool)
    app.allow("s3:DeleteObject", files, on=[nightly, plain])
    assert grants_of(app, "web") == [
        ("s3:GetObject",),
        ("s3:PutObject",),
        ("s3:ListBucket",),
        ("s3:DeleteObject",),
    ]
    assert grants_of(app, "nightly") == [("s3:GetObject",), ("s3:DeleteObject",)]


def test_a_guarded_view_is_known_by_its_own_name() -> None:
    """What Flask calls is the authorizer's guard; what a person names is the function."""
    app = Hipflask("shop")

    @app.authorizer()
    def who(token: str) -> events.AuthResponse:
        """Who it is."""
        return events.AuthResponse(routes=["*"], principal_id=token)

    @app.route("/prices", authorizer=who)
    def prices() -> str:
        """The prices."""
        return "none"

    app.allow("s3:GetObject", "arn:aws:s3:::prices/*", on=prices)
    assert grants_of(app, "web") == [("s3:GetObject",)]


def test_a_middleware_is_allowed_wherever_it_stands() -> None:
    """It stands around all functions."""
    app = hello()

    @app.middleware()
    def around(event: Any, get_response: Any) -> Any:
        return get_response(event)

    @app.schedule("rate(1 day)")
    def nightly() -> None: ...

    app.allow("xray:GetTraceSummaries", "*", on=around)
    assert grants_of(app, "web") == grants_of(app, "nightly") == [("xray:GetTraceSummaries",)]


def test_allowing_something_to_a_function_that_nobody_calls_is_refused() -> None:
    """It would be without effect, and the function that needs it would fail at AWS."""
    app = hello()

    def helper() -> None: ...

    app.allow("s3:GetObject", "arn:aws:s3:::prices/*", on=helper)
    with pytest.raises(DeployError, match=r"on=helper\): nothing calls that function at AWS"):
        described(app)


def test_blueprints_are_read_too() -> None:
    """What a blueprint records is the app's."""
    app, part = hello(), Blueprint("part", __name__)
    part.queue("jobs")

    @part.lambda_function()
    def job(number: int) -> None: ...

    app.register_blueprint(part)
    found = described(app)
    assert [each.name for each in found.functions] == ["web", "job"]
    assert found.queues == (Queue("jobs"),)


def test_the_name_of_the_web_function_is_taken() -> None:
    """`hipflask logs web` means one thing."""
    app = hello()

    @app.lambda_function(name="web")
    def other(number: int) -> None: ...

    with pytest.raises(DeployError, match=r"@app\.lambda_function on other\(\) cannot be called 'web'"):
        described(app)


def test_an_app_that_nothing_could_call_is_refused() -> None:
    """Rather than a stack with nothing in it."""
    with pytest.raises(DeployError, match="nothing that AWS could call"):
        described(Hipflask("nothing", static_folder=None))
