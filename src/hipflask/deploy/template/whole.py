"""The whole template: every part of what an app asks for, added in one order."""

from __future__ import annotations

import json
from typing import Any

from ..configuration import Settings
from ..description import Description
from . import alarms, buckets, failures, limits, queues, topics, triggers
from .functions import add_function
from .stack import CodeLocation, Stack


def template(description: Description, settings: Settings, code: CodeLocation) -> dict[str, Any]:
    """What an app needs of AWS in one stage; raises DeployError for what AWS would refuse."""
    limits.check_wishes(description, settings)
    stack = Stack(description, settings, code)
    for queue in description.queues:
        queues.add(stack, queue)
    for bucket in description.buckets:
        buckets.add(stack, bucket)
    for topic in description.topics:
        topics.add(stack, topic)
    failures.add(stack)
    for function in stack.functions:
        add_function(stack, function)
        triggers.wire(stack, function)
        failures.keep(stack, function)
    alarms.add(stack)
    made = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{settings.app}, stage {settings.stage}, made by Hipflask",
        "Resources": stack.resources,
        "Outputs": stack.outputs,
    }
    limits.check_template(made)
    return made


def render(made: dict[str, Any]) -> bytes:
    """The template as JSON: sorted and indented, so that two of them can be compared line by line.

    ASCII throughout: CloudFormation has been seen to keep "?" for other letters, and would then see a change in every deploy.
    """
    return (json.dumps(made, indent=1, sort_keys=True) + "\n").encode()
