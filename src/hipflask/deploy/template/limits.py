"""What AWS would refuse, said before anything is sent: there it would be a roll-back, and a sentence about something else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from ...core.errors import DeployError
from ..configuration import Settings
from ..description import Description, FromBucket, FromQueue, FromStream, FromTable, Function
from . import names

MOST_RESOURCES = 500
MOST_OUTPUTS = 200
MOST_BYTES = 1_000_000  # of a template that lies in a bucket
_MOST_ENVIRONMENT = 4096
_MOST_POLICY = 10_240  # characters of all that stands in a role, without white space
_MAPPED = (FromQueue, FromTable, FromStream)


def check_wishes(description: Description, settings: Settings) -> None:
    """Raise DeployError for what cannot be together, or names what is not there."""
    _refuse_unknown_functions(description.functions, settings)
    _refuse_shared_variables(description)
    _refuse_overlaps(description)


def check_template(made: Mapping[str, Any]) -> None:
    """Raise DeployError for a template that is too large in some way."""
    resources = made["Resources"]
    _refuse_more("resources", len(resources), MOST_RESOURCES)
    _refuse_more("outputs", len(made["Outputs"]), MOST_OUTPUTS)
    size = len(json.dumps(made))
    _refuse_more("bytes in its template", size, MOST_BYTES)
    _refuse_shared_names(resources)
    _refuse_dynamic_references(resources)
    for id_, resource in resources.items():
        if resource["Type"] == "AWS::Lambda::Function":
            _check_environment(resource["Properties"])
        elif resource["Type"] == "AWS::IAM::Role":
            _check_role(id_, resource["Properties"])


def _refuse_dynamic_references(resources: Mapping[str, Any]) -> None:
    for id_, resource in resources.items():
        if "{{resolve:" in json.dumps(resource):
            raise DeployError(
                f"{id_} would have a dynamic reference in it, {{{{resolve:…}}}}: CloudFormation puts the value of the secret in its place, for "
                'everybody to see who may see the function. Write secrets = { NAME = "arn:…" } in [tool.hipflask.deploy].'
            )


def _refuse_shared_names(resources: Mapping[str, Any]) -> None:
    seen = set()
    for resource in resources.values():
        for key in ("FunctionName", "QueueName", "TopicName"):
            name = resource["Properties"].get(key)
            if not isinstance(name, str):
                continue
            if (key, name) in seen:
                raise DeployError(
                    f"Two things of the stack would both be called {name}: call one of them otherwise."
                )
            seen.add((key, name))


def _refuse_more(what: str, count: int, most: int) -> None:
    if count > most:
        raise DeployError(
            f"The stack would have {count} {what}, and CloudFormation takes {most} at most. Make two apps of it, with a stack each: "
            "every function with a trigger of its own takes four resources or more."
        )


def _check_environment(function: Mapping[str, Any]) -> None:
    variables = function["Environment"]["Variables"]
    size = sum(len(name.encode()) + len(_text(value).encode()) for name, value in variables.items())
    if size > _MOST_ENVIRONMENT:
        largest = max(variables, key=lambda name: len(_text(variables[name])))
        raise DeployError(
            f"The environment of {function['FunctionName']} takes {size} bytes, and Lambda takes {_MOST_ENVIRONMENT} at most. The largest is "
            f"{largest}: keep long values in a file of the program, or in Secrets Manager."
        )


def _check_role(id_: str, role: Mapping[str, Any]) -> None:
    size = len(json.dumps(role["Policies"], separators=(",", ":")))
    if size > _MOST_POLICY:
        raise DeployError(
            f"What the function {id_.removesuffix('Role')} may do takes {size} characters, and IAM takes {_MOST_POLICY} at most. Put what "
            'app.allow names together, as in "s3:Get*", or say with `on` which functions need it.'
        )


def _text(value: Any) -> str:
    """About what CloudFormation makes of a value."""
    return value if isinstance(value, str) else str(value.get("Fn::Sub", "x" * 120))


def _refuse_unknown_functions(functions: Iterable[Function], settings: Settings) -> None:
    known = {each.name for each in functions}
    for name, own in settings.table.functions.items():
        if name not in known:
            raise DeployError(
                f"[tool.hipflask.deploy] functions.{name} names no function that is deployed: there is {', '.join(sorted(known))}."
            )
        has_mapping = any(isinstance(each.trigger, _MAPPED) for each in functions if each.name == name)
        if own.filter and not has_mapping:
            raise DeployError(
                f"[tool.hipflask.deploy] functions.{name}.filter cannot be: only messages of queues and records of streams can be "
                "filtered before they reach a function."
            )


def _refuse_shared_variables(description: Description) -> None:
    kinds = (("QUEUE", description.queues), ("BUCKET", description.buckets), ("TOPIC", description.topics))
    for kind, resources in kinds:
        seen: dict[str, str] = {}
        for resource in resources:
            variable = names.variable(kind, resource.name)
            if variable in seen:
                raise DeployError(
                    f"{seen[variable]!r} and {resource.name!r} would both be known to functions as {variable}: call one of them otherwise."
                )
            seen[variable] = resource.name


def _refuse_overlaps(description: Description) -> None:
    own = {bucket.name for bucket in description.buckets}
    watchers = [
        (each, each.trigger)
        for each in description.functions
        if isinstance(each.trigger, FromBucket) and each.trigger.bucket in own
    ]
    for function, trigger in watchers:
        for one, other in combinations(trigger.events, 2):
            if _same_event(one, other):
                raise DeployError(
                    f"{function.name}() asks for {one} and for {other} of {trigger.bucket!r}, and one is part of the other. Leave one out."
                )
    for (one_function, first), (other_function, second) in combinations(watchers, 2):
        if first.bucket == second.bucket and _overlap(first, second):
            raise DeployError(
                f"{one_function.name}() and {other_function.name}() would both be told of the same files in {first.bucket!r}, and S3 tells "
                "one function only. Give them prefixes or suffixes that exclude each other, or let one function call the other."
            )


def _overlap(first: FromBucket, second: FromBucket) -> bool:
    events = any(_same_event(one, other) for one in first.events for other in second.events)
    prefixes = first.prefix.startswith(second.prefix) or second.prefix.startswith(first.prefix)
    suffixes = first.suffix.endswith(second.suffix) or second.suffix.endswith(first.suffix)
    return events and prefixes and suffixes


def _same_event(one: str, other: str) -> bool:
    first, second = one.removesuffix("*"), other.removesuffix("*")
    if one == first and other == second:
        return one == other
    return first.startswith(second) or second.startswith(first)
