"""A function, the role that it has for itself, and its log group."""

from __future__ import annotations

from .. import policies
from ..configuration import FunctionSettings
from ..description import Bucket, Function, Grant
from . import names, triggers
from .stack import Json, Stack, attribute, local_arn, reference, substituted

HANDLER = "hipflask.surfaces.aws.entry.handler"


def add_function(stack: Stack, function: Function) -> None:
    """The function with everything that is its own."""
    settings = stack.settings.of(function.name)
    name, id_ = stack.name_of(function), stack.id_of(function)
    stack.add(
        f"{id_}Logs",
        "AWS::Logs::LogGroup",
        {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": stack.settings.table.log_retention_days},
    )
    stack.add(
        f"{id_}Role",
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": policies.assumed_by_lambda(),
            "Policies": [
                {
                    "PolicyName": "function",
                    "PolicyDocument": policies.document(_statements(stack, function, settings)),
                }
            ],
        },
    )
    table = stack.settings.table
    stack.add(
        f"{id_}Function",
        "AWS::Lambda::Function",
        {
            "FunctionName": name,
            "Description": _line(function.help)[:256] or None,
            "Runtime": f"python{table.python}",
            "Architectures": [table.architecture],
            "Handler": HANDLER,
            "Code": stack.code.property,
            "Role": attribute(f"{id_}Role", "Arn"),
            "MemorySize": settings.memory,
            "Timeout": settings.timeout,
            "ReservedConcurrentExecutions": settings.reserved_concurrency,
            "Layers": table.layers or None,
            "LoggingConfig": {"LogGroup": reference(f"{id_}Logs")},
            "TracingConfig": {"Mode": "Active"} if table.tracing else None,
            "VpcConfig": _network(stack),
            "Environment": {"Variables": _environment(stack, function, settings)},
        },
    )
    stack.output(f"{id_}FunctionName", reference(f"{id_}Function"), f"The function {function.name!r}")


def _statements(stack: Stack, function: Function, settings: FunctionSettings) -> list[policies.Statement]:
    found = [policies.write_logs(attribute(f"{stack.id_of(function)}Logs", "Arn"))]
    found += triggers.needs(stack, function)
    found += policies.read_secrets(settings.secrets.values())
    if stack.settings.table.tracing:
        found.append(policies.trace())
    if stack.settings.table.vpc:
        found += policies.join_network(local_arn("lambda", f"function:{stack.name_of(function)}"))
    return found + [policies.allow(grant.actions, _resources(stack, grant)) for grant in function.grants]


def _resources(stack: Stack, grant: Grant) -> list[Json]:
    found: list[Json] = []
    for resource in grant.resources:
        if isinstance(resource, str):
            found.append(resource)
            continue
        arn = stack.arn_of_resource(resource)
        found.append(arn)
        if isinstance(resource, Bucket):
            found.append(substituted(arn["Fn::Sub"] + "/*"))
    return found


def _environment(stack: Stack, function: Function, settings: FunctionSettings) -> dict[str, Json]:
    description = stack.description
    own = {"HIPFLASK_APP": description.app, "HIPFLASK_FUNCTION": function.name}
    if stack.settings.table.streaming and function.trigger.surface == "web":
        own["HIPFLASK_STREAMING"] = "1"
        # Lambda's own loop for Python cannot stream: this file at the bundle's root starts ours in its place.
        own["AWS_LAMBDA_EXEC_WRAPPER"] = "/var/task/hipflask-bootstrap"
    queues = {names.variable("QUEUE", each.name): stack.queue_url(each) for each in description.queues}
    buckets = {names.variable("BUCKET", each.name): stack.bucket_name(each) for each in description.buckets}
    topics = {names.variable("TOPIC", each.name): stack.arn_of_resource(each) for each in description.topics}
    secrets = {f"HIPFLASK_SECRET_{name}": arn for name, arn in settings.secrets.items()}
    return {**settings.environment, **own, **queues, **buckets, **topics, **secrets}


def _line(text: str) -> str:
    """Without what some readers of templates stumble over: control characters, and those beyond the first 65,536."""
    return "".join(letter for letter in text if letter.isprintable() and letter <= "\uffff")


def _network(stack: Stack) -> Json:
    vpc = stack.settings.table.vpc
    return vpc and {"SubnetIds": vpc.subnets, "SecurityGroupIds": vpc.security_groups}
