"""What AWS would refuse is refused before anything is sent."""

from __future__ import annotations

import pytest
from deployed import SECRET, made, of, of_type, properties, shop, stack

from hipflask import Hipflask
from hipflask.core.errors import DeployError
from hipflask.deploy.description import (
    Bucket,
    Direct,
    FromBucket,
    Function,
    Grant,
    Queue,
    Schedule,
    Web,
)


def test_a_stack_with_too_much_in_it_says_so() -> None:
    """Before anything is sent."""
    functions = [Function(f"f{number}", Schedule("rate(1 day)")) for number in range(90)]
    with pytest.raises(
        DeployError, match=r"541 resources, and CloudFormation takes 500 at most\. Make two apps"
    ):
        stack(*functions)


def test_an_environment_that_is_too_large_names_the_largest() -> None:
    """Lambda takes four kilobytes."""
    with pytest.raises(
        DeployError, match=r"environment of shop-prod-web takes 41\d\d bytes.* largest is LONG"
    ):
        stack(Function("web", Web()), said={"environment": {"LONG": "x" * 4000, "SHORT": "y" * 100}})


def test_a_role_that_is_too_large_names_the_function() -> None:
    """IAM takes ten kilobytes."""
    grants = tuple(Grant(("s3:GetObject",), (f"arn:aws:s3:::{number:0100}/*",)) for number in range(70))
    with pytest.raises(DeployError, match="What the function LambdaRead may do takes"):
        stack(Function("read", Direct(), grants))


def test_settings_for_a_function_that_is_not_there_are_refused() -> None:
    """A misspelt name would be no setting at all."""
    with pytest.raises(DeployError, match=r"functions\.wep names no function that is deployed: there is web"):
        stack(Function("web", Web()), said={"functions": {"wep": {"memory": 256}}})
    with pytest.raises(DeployError, match=r"functions\.web\.filter cannot be"):
        stack(Function("web", Web()), said={"functions": {"web": {"filter": [{"a": ["b"]}]}}})


def test_two_queues_that_share_a_variable_are_refused() -> None:
    """Functions would find only one of them."""
    with pytest.raises(
        DeployError, match=r"'new-orders' and 'new_orders' would both be known .* HIPFLASK_QUEUE_NEW_ORDERS"
    ):
        stack(Function("web", Web()), queues=[Queue("new-orders"), Queue("new_orders")])


def test_two_functions_for_the_same_files_are_refused() -> None:
    """S3 would, when everything else is there already."""

    def watching(first: FromBucket, second: FromBucket) -> None:
        stack(Function("one", first), Function("two", second), buckets=[Bucket("in")])

    with pytest.raises(
        DeployError, match=r"one\(\) and two\(\) would both be told of the same files in 'in'"
    ):
        watching(FromBucket("in", prefix="a/"), FromBucket("in", ("s3:ObjectCreated:Put",), prefix="a/b/"))
    watching(FromBucket("in", prefix="a/"), FromBucket("in", prefix="b/"))
    watching(FromBucket("in", suffix=".png"), FromBucket("in", suffix=".jpg"))
    watching(FromBucket("in"), FromBucket("in", ("s3:ObjectRemoved:*",)))
    with pytest.raises(DeployError, match="one is part of the other"):
        watching(FromBucket("in", ("s3:ObjectCreated:*", "s3:ObjectCreated:Put")), FromBucket("other"))


def test_two_stages_share_no_name() -> None:
    """They may be in one account."""

    def named(stage: str) -> set[str]:
        found = made("everything", stage)["Resources"].values()
        keys = ("FunctionName", "QueueName", "TopicName", "BucketName", "LogGroupName", "Name")
        names = (each["Properties"][key] for each in found for key in keys if key in each["Properties"])
        return {str(name) for name in names if "Ref" not in name}

    shared = named("prod") & named("test")
    assert shared == {
        "app.example.com",
        "who",
    }  # of the domain's record, and of the authorizer inside its API


def test_an_app_without_the_web_has_no_address() -> None:
    """Nothing is open that nobody asks."""
    app = Hipflask("quiet", static_folder=None)

    @app.schedule("rate(1 day)")
    def nightly() -> None: ...

    template = of(app)
    assert "Url" not in template["Outputs"]
    assert list(of_type(template, "AWS::Lambda::Function")) == ["ScheduleNightlyFunction"]


def test_the_same_secret_is_not_allowed_twice() -> None:
    """Two fields of one secret are one secret."""
    secrets = {"ONE": f"{SECRET}#one", "TWO": f"{SECRET}#two"}
    role = properties(of(shop(), {"secrets": secrets}), "WebRole")
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    reading = [each["Resource"] for each in statements if each["Action"] == ["secretsmanager:GetSecretValue"]]
    assert reading == [[SECRET]]


def test_a_dynamic_reference_is_refused_wherever_it_comes_from() -> None:
    """CloudFormation would put the secret itself into what everybody may read."""
    said = {"environment": {"KEY": "{{resolve:secretsmanager:stripe:SecretString:key}}"}}
    with pytest.raises(
        DeployError, match=r"WebFunction would have a dynamic reference in it, \{\{resolve:…\}\}"
    ):
        stack(Function("web", Web()), said=said)
    with pytest.raises(DeployError, match="LambdaReadFunction would have a dynamic reference"):
        stack(Function("read", Direct(), help="Reads {{resolve:ssm:x}}."))
