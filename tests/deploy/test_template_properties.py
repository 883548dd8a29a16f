"""What is true of every template, whatever the app."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cfnlint import api
from cfnlint.config import ManualArgs
from deployed import CODE
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from random_apps import descriptions, names, settings_of

from hipflask.deploy import configuration
from hipflask.deploy.changes import between
from hipflask.deploy.description import Description
from hipflask.deploy.template import render, template
from hipflask.deploy.template.names import logical, physical

LIMITS = {"FunctionName": 64, "QueueName": 80, "TopicName": 256, "LogGroupName": 512, "Name": 64}


def made(description: Description, said: dict[str, Any]) -> dict[str, Any]:
    """The template of a random app."""
    return template(description, configuration.settings(said, "shop", "a-stage-of-20-letter"), CODE)


def references(value: Any) -> Iterator[str]:
    """Every id that a value names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            elif key == "DependsOn":
                yield from inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@given(descriptions(), settings_of)
def test_whatever_is_named_is_there(description: Description, said: dict[str, Any]) -> None:
    """No reference leads nowhere, and none leads back to where it began."""
    resources = made(description, said)["Resources"]
    leads = {id_: set(references(each)) - {"AWS::AccountId"} for id_, each in resources.items()}
    assert set().union(*leads.values()) <= resources.keys()
    done: set[str] = set()
    while ready := {id_ for id_, needed in leads.items() if id_ not in done and needed <= done}:
        done |= ready
    assert done == resources.keys(), "a ring, which CloudFormation refuses"


@given(descriptions(), settings_of)
def test_names_fit_and_are_one_thing_s_alone(description: Description, said: dict[str, Any]) -> None:
    """Every name has the stage in it, is not too long, and is given once."""
    seen = []
    for resource in made(description, said)["Resources"].values():
        for key, limit in LIMITS.items():
            name = resource["Properties"].get(key)
            if isinstance(name, str):
                assert len(name) <= limit
                assert "shop-a-stage-of-20-letter" in name
                seen.append((resource["Type"], name))
    assert len(seen) == len(set(seen))


@given(descriptions(), settings_of, st.randoms(use_true_random=False))
def test_the_order_of_functions_does_not_matter(
    description: Description, said: dict[str, Any], random: Any
) -> None:
    """The same app gives the same bytes, and a function that moves in its file is the same function."""
    functions = list(description.functions)
    random.shuffle(functions)
    moved = Description(
        description.app, tuple(functions), description.queues, description.buckets, description.topics
    )
    first, second = made(description, said), made(moved, said)
    assert render(first) == render(made(description, said))
    assert first["Resources"].keys() == second["Resources"].keys()
    changed = between(first, second).lines
    assert all("NotificationConfiguration" in line for line in changed), changed


@given(descriptions(), settings_of)
def test_no_role_may_do_more_than_is_granted_or_needed(
    description: Description, said: dict[str, Any]
) -> None:
    """What nobody has allowed is for one named thing, and is one of a few rights that triggers need."""
    resources = made(description, said)["Resources"]
    granted = {
        action for function in description.functions for grant in function.grants for action in grant.actions
    }
    for resource in resources.values():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        (policy,) = resource["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = set(statement["Action"])
            assert not any("*" in action for action in actions)
            if "*" in statement["Resource"]:
                assert actions == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
            services = {action.partition(":")[0] for action in actions - granted}
            assert services <= {"logs", "sqs", "dynamodb", "kinesis", "xray"}


@settings(max_examples=4, phases=[Phase.generate])  # minutes go by while a counterexample is made smaller
@given(descriptions(), settings_of)
def test_aws_s_schemas_have_nothing_against_any_app(description: Description, said: dict[str, Any]) -> None:
    """A few random ones, since each takes its time."""
    found = api.lint(render(made(description, said)).decode(), config=ManualArgs(regions=["us-east-1"]))
    errors = [f"{each.rule.id} {each.message}" for each in found if each.rule.id.startswith("E")]
    assert errors == []


@given(descriptions(), settings_of, descriptions(), settings_of)
@settings(max_examples=settings().max_examples // 2)
def test_a_difference_is_told_exactly_if_there_is_one(
    before: Description, first: dict[str, Any], after: Description, second: dict[str, Any]
) -> None:
    """Two templates that differ are never told to be alike, and one is like itself."""
    old, new = made(before, first), made(after, second)
    assert between(old, json.loads(render(old))).is_empty
    assert between(old, new).is_empty == (old == new)


@given(st.lists(names, unique=True, max_size=30))
def test_no_two_names_become_one(several: list[str]) -> None:
    """Neither as an id in the template nor as a name in the account, however short it is cut."""
    assert len({logical(name) for name in several}) == len(several)
    assert len({physical("shop-prod", name, limit=24) for name in several}) == len(several)
    assert all(logical(name).isalnum() for name in several)
