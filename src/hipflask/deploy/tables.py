"""`[tool.hipflask.deploy]` and the tables below it, as people write them, checked for their form."""

from __future__ import annotations

from typing import Any

import msgspec


class DomainTable(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """`domain`: a name of one's own. Without a certificate's ARN one is asked for, and proven in the hosted zone."""

    name: str
    certificate: str = ""
    hosted_zone: str = ""


class JwtTable(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """`jwt`: only who brings a token of this issuer for one of these audiences is let in."""

    issuer: str
    audience: list[str]


class AlarmsTable(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """`alarms`: whom to tell, by a topic that exists, by mail, or both."""

    email: str = ""
    topic: str = ""


class VpcTable(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """`vpc`: the network to run in."""

    subnets: list[str]
    security_groups: list[str]


class FunctionTable(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """`functions.NAME`: what one function has otherwise than the others."""

    memory: int | None = None
    timeout: int | None = None
    reserved_concurrency: int | None = None
    environment: dict[str, str] = {}
    secrets: dict[str, str] = {}
    filter: list[dict[str, Any]] = []  # patterns; only records that one of them fits reach the function


class StageTable(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """What a stage may have of its own."""

    region: str = ""
    memory: int = 512
    timeout: int = 30
    architecture: str = "arm64"
    python: str = "3.13"
    environment: dict[str, str] = {}
    secrets: dict[str, str] = {}
    gateway: bool = False  # an HTTP API, where a function URL would do: some regions have none
    domain: DomainTable | None = None
    jwt: JwtTable | None = None
    authorizer: str = ""
    streaming: bool = False
    log_retention_days: int = 30
    alarms: AlarmsTable | None = None
    tracing: bool = False
    layers: list[str] = []
    with_boto3: bool = False  # pack the version that hipflask.lock has, in place of Lambda's own
    vpc: VpcTable | None = None
    functions: dict[str, FunctionTable] = {}


class DeployTable(StageTable, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """What `[tool.hipflask.deploy]` itself has, and what it makes with a stage's own values over it."""

    prices: dict[str, float] = {}  # for `hipflask cost`, in place of those in prices.py
    name: str = ""  # what the stack's names begin with; the program's own name if it is left out
