"""The functions of a stack, by the names that people call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...core.errors import DeployError
from .account import Account
from .stacks import Resource, resources_of, template_of
from .standing import Stack

WEB = "web"
_FUNCTION = "AWS::Lambda::Function"


@dataclass(frozen=True)
class Function:
    """One function: what people call it, and what Amazon does; `rule` is the schedule that calls it, if one does."""

    name: str
    physical: str
    rule: str = ""

    @property
    def log_group(self) -> str:
        """Where what it prints is kept."""
        return f"/aws/lambda/{self.physical}"


def functions_of(account: Account, stack: Stack) -> list[Function]:
    """All functions of a stack."""
    return named(template_of(account, stack), resources_of(account, stack), stack.name)


def named(template: dict[str, Any], resources: list[Resource], stack: str) -> list[Function]:
    """The functions among a stack's resources, called as in the app.

    A door's name is enough, unless two doors share it: then each is called as Amazon does, without the stack's name before it.
    """
    declared = template.get("Resources", {})
    found = [resource for resource in resources if resource.kind == _FUNCTION and resource.physical]
    doors = [_door(declared.get(resource.name, {})) for resource in found]
    rules = _rules(declared, resources)
    return [
        Function(
            door if doors.count(door) == 1 else resource.physical.removeprefix(f"{stack}-"),
            resource.physical,
            rules.get(resource.name, ""),
        )
        for resource, door in zip(found, doors, strict=True)
    ]


def chosen(functions: list[Function], name: str, stack: str) -> Function:
    """The function of that name; raises DeployError naming those that there are."""
    for function in functions:
        if name in (function.name, function.physical, function.physical.removeprefix(f"{stack}-")):
            return function
    known = ", ".join(sorted(function.name for function in functions)) or "none at all"
    raise DeployError(f"{stack} has no function {name}. It has: {known}.")


def _rules(declared: dict[str, Any], resources: list[Resource]) -> dict[str, str]:
    """The names of schedules, by the functions that they call."""
    found = {}
    for resource in resources:
        properties = declared.get(resource.name, {}).get("Properties", {})
        if resource.kind == "AWS::Events::Rule" and "ScheduleExpression" in properties:
            for target in properties.get("Targets", []):
                if isinstance(arn := target.get("Arn"), dict):
                    found[arn.get("Fn::GetAtt", [""])[0]] = resource.physical.rpartition("|")[2]
    return found


def _door(declared: dict[str, Any]) -> str:
    variables = declared.get("Properties", {}).get("Environment", {}).get("Variables", {})
    return str(variables.get("HIPFLASK_FUNCTION", WEB))
