"""Which values of `[tool.hipflask.deploy]` AWS could never take, each with a sentence that says what it would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..core.errors import DeployError
from .tables import AlarmsTable, DeployTable, DomainTable, FunctionTable, JwtTable, VpcTable

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ARCHITECTURES = ("arm64", "x86_64")
# CloudWatch takes these and no others.
RETENTION = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
GATEWAY_SECONDS = 30  # an HTTP API waits no longer
MOST_SECONDS = 900

# Lambda refuses these; HIPFLASK_… are what the framework tells its functions.
_RESERVED = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)"
    r"|AWS_LAMBDA_(?!EXEC_WRAPPER$)\w+|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|HIPFLASK_\w*"
)
# What is plainly a secret has no place in a template, which everybody may read who may see the stack.
_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bsk_live_\w{8}|\bgh[pousr]_\w{20}|\bxox[abprs]-\w{8}"
)
_PARTITION = r"arn:aws[a-z-]*"
SECRET_ARN = re.compile(
    rf"{_PARTITION}:secretsmanager:[a-z0-9-]+:\d{{12}}:secret:[\w/+=.@-]+-[A-Za-z0-9]{{6}}(#[\w.-]+)?"
)
PARAMETER_ARN = re.compile(rf"{_PARTITION}:ssm:[a-z0-9-]+:\d{{12}}:parameter/[\w./-]+")


def check(table: DeployTable, app: str, stage: str) -> None:
    """Raise DeployError for the first value that cannot be."""
    _check_name("name", app, 30)
    _check_name("stage", stage, 20)
    _demand(
        not table.region or re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d", table.region),
        "region",
        table.region,
        'a region such as "eu-central-1"',
    )
    _demand(table.architecture in ARCHITECTURES, "architecture", table.architecture, _one_of(ARCHITECTURES))
    _demand(table.python in PYTHONS, "python", table.python, _one_of(PYTHONS))
    _demand(
        table.log_retention_days in RETENTION,
        "log-retention-days",
        table.log_retention_days,
        f"one of {', '.join(map(str, RETENTION))}",
    )
    _check_function(
        "",
        FunctionTable(
            memory=table.memory, timeout=table.timeout, environment=table.environment, secrets=table.secrets
        ),
    )
    _refuse_both("", table.environment, table.secrets)
    for name, function in table.functions.items():
        _check_function(f"functions.{name}.", function)
        environment, secrets = (
            {*table.environment, *function.environment},
            {*table.secrets, *function.secrets},
        )
        _refuse_both(f"functions.{name}.", environment, secrets)
    for layer in table.layers:
        _demand(
            re.fullmatch(rf"{_PARTITION}:lambda:[a-z0-9-]+:\w+:layer:[\w-]+:\d+", layer),
            "layers",
            layer,
            "the ARN of a layer with its version",
        )
    _demand(
        len(table.layers) <= 5, "layers", f"{len(table.layers)} of them", "at most five: Lambda takes no more"
    )
    if table.domain:
        _check_domain(table.domain)
    if table.jwt:
        _check_jwt(table.jwt)
    if table.alarms:
        _check_alarms(table.alarms)
    if table.vpc:
        _check_vpc(table.vpc)
    _check_together(table)


def _check_together(table: DeployTable) -> None:
    behind_gateway = table.gateway or table.domain or table.jwt or table.authorizer
    if table.streaming and behind_gateway:
        raise DeployError(
            "streaming = true cannot be together with gateway, domain, jwt or authorizer: these need an HTTP API, which collects an "
            "answer before it sends it. Leave one of them out."
        )
    if table.jwt and table.authorizer:
        raise DeployError(
            "jwt and authorizer cannot be together: one of them decides who is let in. Leave one out."
        )
    own = table.functions.get("web")
    timeout = (own and own.timeout) or table.timeout
    if behind_gateway and timeout > GATEWAY_SECONDS:
        raise DeployError(
            f"The web function's timeout of {timeout} seconds cannot be: an HTTP API, which gateway, domain, jwt and authorizer mean, "
            f"waits {GATEWAY_SECONDS} seconds at most. Write functions.web = {{ timeout = {GATEWAY_SECONDS} }}."
        )


def _check_function(where: str, function: FunctionTable) -> None:
    memory, timeout, reserved = function.memory, function.timeout, function.reserved_concurrency
    _demand(
        memory is None or 128 <= memory <= 10240, f"{where}memory", memory, "megabytes, from 128 to 10240"
    )
    _demand(
        timeout is None or 1 <= timeout <= MOST_SECONDS,
        f"{where}timeout",
        timeout,
        f"seconds, from 1 to {MOST_SECONDS}",
    )
    _demand(
        reserved is None or reserved >= 0,
        f"{where}reserved-concurrency",
        reserved,
        "a number of at least 0, and 0 stops the function",
    )
    _check_environment(where, function.environment)
    for name, arn in function.secrets.items():
        _check_variable(f"{where}secrets", name)
        # The value is not shown: somebody may have written the secret itself.
        if not (SECRET_ARN.fullmatch(arn) or PARAMETER_ARN.fullmatch(arn)):
            raise DeployError(
                f"{where}secrets.{name} cannot be: write where the secret is kept, never the secret itself. That is the whole ARN of "
                'a secret, "arn:aws:secretsmanager:…:secret:NAME-AbCdEf", with "#field" after it for one field of its JSON, '
                'or of a parameter, "arn:aws:ssm:…:parameter/NAME".'
            )


def _refuse_both(where: str, environment: Iterable[str], secrets: Iterable[str]) -> None:
    if both := set(environment) & set(secrets):
        raise DeployError(
            f"{where}{min(both)} is in environment and in secrets: leave it out of one of them."
        )


def _check_environment(where: str, environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        _check_variable(f"{where}environment", name)
        if _SECRETS.search(value):
            raise DeployError(
                f"{where}environment.{name} holds what looks like a secret, and everybody who may see the stack could read it. Keep it in "
                f'Secrets Manager or as a parameter of SSM, and write secrets = {{ {name} = "arn:…" }}.'
            )


def _check_variable(where: str, name: str) -> None:
    _demand(
        re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", name) and not _RESERVED.fullmatch(name),
        where,
        name,
        "names of two or more letters, digits and _, and none that Lambda or Hipflask sets itself",
    )


def _check_domain(domain: DomainTable) -> None:
    _demand(
        re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", domain.name),
        "domain.name",
        domain.name,
        'a name such as "shop.example.com"',
    )
    certificate = domain.certificate
    is_arn = re.fullmatch(rf"{_PARTITION}:acm:[a-z0-9-]+:\d{{12}}:certificate/[\w-]+", certificate)
    _demand(
        not certificate or is_arn,
        "domain.certificate",
        certificate,
        "the ARN of a certificate of ACM, in the stack's own region",
    )
    _demand(
        not domain.hosted_zone or re.fullmatch(r"Z[A-Z0-9]{4,31}", domain.hosted_zone),
        "domain.hosted-zone",
        domain.hosted_zone,
        'the id of a hosted zone of Route 53, as "Z0123456789ABC"',
    )
    if not certificate and not domain.hosted_zone:
        raise DeployError(
            f"domain = {{ name = {domain.name!r} }} is not enough: give the ARN of a certificate for it, or the hosted-zone of Route 53 "
            "in which one can be asked for and proven."
        )


def _check_jwt(jwt: JwtTable) -> None:
    _demand(
        re.fullmatch(r"https://[^\s/]+\S*", jwt.issuer),
        "jwt.issuer",
        jwt.issuer,
        "an address that begins with https://",
    )
    _demand(
        jwt.audience and all(jwt.audience), "jwt.audience", jwt.audience, "a list with at least one audience"
    )


def _check_alarms(alarms: AlarmsTable) -> None:
    _demand(
        alarms.email or alarms.topic,
        "alarms",
        "nobody",
        'somebody to tell: { email = "…" } or { topic = "arn:…" }',
    )
    _demand(
        not alarms.email or re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", alarms.email),
        "alarms.email",
        alarms.email,
        "an address for mail",
    )
    is_arn = re.fullmatch(rf"{_PARTITION}:sns:[a-z0-9-]+:\d{{12}}:[\w-]+", alarms.topic)
    _demand(not alarms.topic or is_arn, "alarms.topic", alarms.topic, "the ARN of a topic of SNS")


def _check_vpc(vpc: VpcTable) -> None:
    for key, values, start in (
        ("subnets", vpc.subnets, "subnet-"),
        ("security-groups", vpc.security_groups, "sg-"),
    ):
        is_right = values and all(re.fullmatch(rf"{start}[0-9a-f]+", value) for value in values)
        _demand(is_right, f"vpc.{key}", values, f'a list of ids such as "{start}0a1b2c3d"')


def _check_name(key: str, name: str, longest: int) -> None:
    _demand(
        re.fullmatch(r"[a-z]([a-z0-9]|-(?!-|$))*", name) and len(name) <= longest,
        key,
        name,
        f"lower case letters, digits and single hyphens, a letter first, {longest} characters at most: all names of the stack begin with it",
    )


def _one_of(values: Iterable[str]) -> str:
    return "one of " + ", ".join(f'"{value}"' for value in values)


def _demand(is_right: object, key: str, seen: object, expected: str) -> None:
    if not is_right:
        raise DeployError(f"[tool.hipflask.deploy] {key} cannot be {seen!r}: {expected}.")
