"""What stands in a template of the functions themselves, and of the way to the web function."""

from __future__ import annotations

import pytest
from deployed import CODE, hello, made, of, of_type, properties, stack

from hipflask.core.errors import DeployError
from hipflask.deploy.configuration import settings
from hipflask.deploy.description import (
    Description,
    Direct,
    Function,
    Queue,
    Schedule,
    Web,
)
from hipflask.deploy.template import CodeLocation, template
from hipflask.deploy.template.names import logical, physical, variable

PROD = settings({}, "shop", "prod")


# ── functions ──


def test_all_functions_have_the_same_bundle_and_handler() -> None:
    """What a function does is said by its environment alone."""
    functions = of_type(made("shop"), "AWS::Lambda::Function")
    assert {str(each["Code"]) for each in functions.values()} == {str(CODE.property)}
    assert {each["Handler"] for each in functions.values()} == {"hipflask.surfaces.aws.entry.handler"}
    names = {each["Environment"]["Variables"]["HIPFLASK_FUNCTION"] for each in functions.values()}
    assert names == {"web", "take", "thumbnail", "nightly", "tell"}


def test_a_bundle_beside_the_template_is_a_path() -> None:
    """`aws cloudformation package` puts it into a bucket of one's own."""
    about = Description("shop:app", (Function("web", Web()),))
    assert (
        properties(template(about, PROD, CodeLocation("", "bundle.zip")), "WebFunction")["Code"]
        == "bundle.zip"
    )


def test_stacked_decorators_make_functions_with_names_of_their_own() -> None:
    """One Python function that is due at night and can be called by name: two functions, and neither is in the other's way."""
    template = made("shop")
    assert properties(template, "LambdaNightlyFunction")["FunctionName"] == "shop-prod-nightly"
    assert properties(template, "ScheduleNightlyFunction")["FunctionName"] == "shop-prod-nightly-schedule"


def test_the_log_group_is_there_before_the_function_writes() -> None:
    """Lambda would make one that keeps everything for ever."""
    template = made("shop", **{"log-retention-days": 3})
    for id_, function in of_type(template, "AWS::Lambda::Function").items():
        logs = properties(template, function["LoggingConfig"]["LogGroup"]["Ref"])
        assert logs == {"LogGroupName": f"/aws/lambda/{function['FunctionName']}", "RetentionInDays": 3}, id_


def test_functions_know_what_the_stack_keeps() -> None:
    """Under the names that the handles look for."""
    variables = properties(made("shop"), "WebFunction")["Environment"]["Variables"]
    assert variables["HIPFLASK_QUEUE_ORDERS"] == {"Ref": "QueueOrders"}
    assert variables["HIPFLASK_BUCKET_UPLOADS"] == properties(made("shop"), "BucketUploads")["BucketName"]
    assert variables["HIPFLASK_TOPIC_NEWS"]["Fn::Sub"].endswith(":shop-prod-news")


def test_a_function_s_own_settings_win() -> None:
    """Over those of all, and only for it."""
    template = made("everything")
    batch, often = (properties(template, f"{each}Function") for each in ("SqsBatch", "ScheduleOften"))
    assert (batch["MemorySize"], batch["Timeout"], batch["ReservedConcurrentExecutions"]) == (2048, 120, 2)
    assert (often["MemorySize"], often["Timeout"], "ReservedConcurrentExecutions" in often) == (
        256,
        30,
        False,
    )
    assert batch["Environment"]["Variables"]["CURRENCY"] == "USD"
    assert often["Environment"]["Variables"]["CURRENCY"] == "EUR"


def test_an_authorizer_is_deployed_only_if_a_gateway_asks_it() -> None:
    """Flask asks it for its own rules, in the web function."""
    app = hello()

    @app.authorizer()
    def who(token: str) -> bool:
        return token == "secret"

    assert list(of_type(of(app), "AWS::Lambda::Function")) == ["WebFunction"]
    asked = of(app, {"authorizer": "who"})
    assert set(of_type(asked, "AWS::Lambda::Function")) == {"WebFunction", "AuthorizerWhoFunction"}
    assert properties(asked, "WebApiRoute")["AuthorizationType"] == "CUSTOM"
    with pytest.raises(DeployError, match=r"authorizer = 'whom' names no function .* the app has who"):
        of(app, {"authorizer": "whom"})


# ── the web ──


def test_streaming_needs_a_loop_of_our_own() -> None:
    """Only for the web function: the others have nobody who waits for parts."""
    template = made("shop", streaming=True)
    assert properties(template, "WebUrl")["InvokeMode"] == "RESPONSE_STREAM"
    variables = properties(template, "WebFunction")["Environment"]["Variables"]
    assert variables["HIPFLASK_STREAMING"] == "1"
    assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/var/task/hipflask-bootstrap"
    assert "HIPFLASK_STREAMING" not in properties(template, "SqsTakeFunction")["Environment"]["Variables"]


def test_a_domain_is_the_only_way_in() -> None:
    """The API's own address would be a way around it."""
    template = made("everything")
    assert properties(template, "WebApi")["DisableExecuteApiEndpoint"] is True
    assert template["Outputs"]["Url"]["Value"] == "https://app.example.com"
    assert "WebUrl" not in template["Resources"]


def test_a_jwt_is_looked_at_by_the_gateway() -> None:
    """Nobody without one reaches the function."""
    template = made("hello", jwt={"issuer": "https://id.example.com", "audience": ["app"]})
    assert properties(template, "WebApiRoute")["AuthorizationType"] == "JWT"
    known = properties(template, "WebAuthorizer")["JwtConfiguration"]
    assert known == {"Issuer": "https://id.example.com", "Audience": ["app"]}


def test_without_a_hosted_zone_it_is_told_what_the_record_has_to_be() -> None:
    """The name is kept somewhere else then."""
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"
    template = made("hello", domain={"name": "app.example.com", "certificate": arn})
    assert "WebDomainRecord" not in template["Resources"]
    assert "CNAME record of app.example.com" in template["Outputs"]["DomainTarget"]["Description"]


def test_a_skill_may_be_named_in_the_environment() -> None:
    """ALEXA_SKILL_ID is where the voice surface looks, too."""
    template = made("hello", environment={"ALEXA_SKILL_ID": "amzn1.ask.skill.9z"})
    permissions = of_type(template, "AWS::Lambda::Permission").values()
    assert "amzn1.ask.skill.9z" in [each.get("EventSourceToken") for each in permissions]


# ── names ──


def test_names_are_told_apart_and_cut() -> None:
    """As the module's own example says."""
    assert (logical("send_mail"), logical("sendMail")) == ("SendMail", "SendMail754936")
    assert physical("shop-prod", "thumbnails", limit=64) == "shop-prod-thumbnails"
    assert physical("shop-prod", "a" * 80, limit=20) == "shop-prod-aaa-ef33e6"
    assert variable("QUEUE", "new-orders") == "HIPFLASK_QUEUE_NEW_ORDERS"


def test_two_functions_that_would_have_one_name_are_refused() -> None:
    """A name by hand can be what another's ending makes."""
    with pytest.raises(DeployError, match="shop-prod-nightly-schedule"):
        stack(Function("nightly-schedule", Direct()), Function("nightly", Schedule("rate(1 day)")))
    with pytest.raises(DeployError, match="both be called shop-prod-failures"):
        stack(Function("nightly", Schedule("rate(1 day)")), queues=[Queue("failures")])
    with pytest.raises(DeployError, match="both be called QueueOrdersDead"):
        stack(Function("web", Web()), queues=[Queue("orders"), Queue("orders_dead")])
