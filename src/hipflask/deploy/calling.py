"""What calls the functions of a template: read from it, so that an estimate needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..surfaces.events.crontab import read

Json = Any
By = Literal["web", "queue", "schedule", "event", "direct", "authorizer"]
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
_MINUTES_OF_A_MONTH = 730 * 60
_A_YEAR = 2027  # any that is no leap year


@dataclass(frozen=True, slots=True)
class Called:
    """A function, as somebody sees it who pays for it."""

    name: str
    by: By
    memory: int
    architecture: str
    runs: float = 0  # of a schedule, in a month
    is_fifo: bool = False


def called(resources: Mapping[str, Json]) -> Iterator[Called]:
    """Every function of a template, in the order of their ids."""
    causes = dict(_causes(resources))
    for id_, resource in sorted(resources.items()):
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        own = resource["Properties"]
        name = own["Environment"]["Variables"]["HIPFLASK_FUNCTION"]
        by, more = causes.get(id_, ("web" if id_ == "WebFunction" else "direct", {}))
        yield Called(name, by, own["MemorySize"], own["Architectures"][0], **more)


def runs_in_a_month(expression: str) -> float:
    """How often a schedule is due in a month, on average over a year."""
    kind, _, rest = expression.removesuffix(")").partition("(")
    if kind == "rate":
        value, unit = rest.split()
        return _MINUTES_OF_A_MONTH / (int(value) * _MINUTES[unit.removesuffix("s")])
    fields = read(rest.split(), expression)
    days = sum(len(fields.days(_A_YEAR, month)) for month in fields.months)
    return len(fields.minutes) * len(fields.hours) * days / 12


def _causes(resources: Mapping[str, Json]) -> Iterator[tuple[str, tuple[By, dict[str, Any]]]]:
    for resource in resources.values():
        kind, own = resource["Type"], resource["Properties"]
        if kind == "AWS::Lambda::EventSourceMapping":
            is_queue = "StartingPosition" not in own
            yield own["FunctionName"]["Ref"], ("queue", _fifo(own, resources)) if is_queue else ("event", {})
        elif kind == "AWS::Events::Rule":
            runs = own.get("ScheduleExpression")
            more = {"runs": runs_in_a_month(runs)} if runs else {}
            yield own["Targets"][0]["Arn"]["Fn::GetAtt"][0], ("schedule" if runs else "event", more)
        elif kind == "AWS::Lambda::Permission" and own["Principal"] in (
            "s3.amazonaws.com",
            "sns.amazonaws.com",
        ):
            yield own["FunctionName"]["Ref"], ("event", {})
        elif kind == "AWS::ApiGatewayV2::Authorizer" and "AuthorizerUri" in own:
            yield own["AuthorizerUri"]["Fn::Sub"].partition("/${")[2].partition(".Arn")[0], ("authorizer", {})


def _fifo(mapping: Json, resources: Mapping[str, Json]) -> dict[str, Any]:
    source = mapping["EventSourceArn"]
    if isinstance(source, str):
        return {"is_fifo": source.endswith(".fifo")}
    return {"is_fifo": bool(resources[source["Fn::GetAtt"][0]]["Properties"].get("FifoQueue"))}
