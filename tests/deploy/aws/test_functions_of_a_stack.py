"""Functions are called on AWS as in the app; where two doors share a name, as Amazon calls them."""

from __future__ import annotations

import pytest

from hipflask.core.errors import DeployError
from hipflask.deploy.aws.functions import Function, chosen, named
from hipflask.deploy.aws.stacks import Resource


def declared(door: str | None) -> dict[str, object]:
    """A function as a template has it."""
    variables = {"HIPFLASK_APP": "shop:app", **({"HIPFLASK_FUNCTION": door} if door else {})}
    return {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}}}


TEMPLATE = {
    "Resources": {
        "WebFunction": declared(None),
        "Report": declared("report"),
        "ReportRule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "ScheduleExpression": "rate(1 day)",
                "Targets": [{"Id": "function", "Arn": {"Fn::GetAtt": ["Report", "Arn"]}}],
            },
        },
        "PackSqs": declared("pack"),
        "PackSchedule": declared("pack"),
    }
}
RESOURCES = [
    Resource("WebFunction", "AWS::Lambda::Function", "shop-dev-web"),
    Resource("WebRole", "AWS::IAM::Role", "shop-dev-WebRole-1AB"),
    Resource("Report", "AWS::Lambda::Function", "shop-dev-report-schedule"),
    Resource("ReportRule", "AWS::Events::Rule", "default|shop-dev-report-schedule"),
    Resource("PackSqs", "AWS::Lambda::Function", "shop-dev-pack-sqs"),
    Resource("PackSchedule", "AWS::Lambda::Function", "shop-dev-pack-schedule"),
]


def test_a_function_is_called_as_its_door() -> None:
    """And the one that answers HTTP is called web."""
    names = {function.physical: function.name for function in named(TEMPLATE, RESOURCES, "shop-dev")}
    assert names == {
        "shop-dev-web": "web",
        "shop-dev-report-schedule": "report",
        "shop-dev-pack-sqs": "pack-sqs",
        "shop-dev-pack-schedule": "pack-schedule",
    }


def test_a_function_knows_the_schedule_that_calls_it() -> None:
    """By the rule that aims at it."""
    rules = {function.name: function.rule for function in named(TEMPLATE, RESOURCES, "shop-dev")}
    assert rules == {"web": "", "report": "shop-dev-report-schedule", "pack-sqs": "", "pack-schedule": ""}


@pytest.mark.parametrize("name", ["report", "report-schedule", "shop-dev-report-schedule"])
def test_any_of_its_names_will_do(name: str) -> None:
    """The app's, and Amazon's, with or without the stack's."""
    assert (
        chosen(named(TEMPLATE, RESOURCES, "shop-dev"), name, "shop-dev").physical
        == "shop-dev-report-schedule"
    )


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    """So that one need not look elsewhere."""
    with pytest.raises(DeployError, match=r"shop-dev has no function packs\. It has: report, web"):
        chosen([Function("web", "w"), Function("report", "r")], "packs", "shop-dev")
