"""How an app is deployed: `[tool.hipflask.deploy]`, and what one stage has otherwise.

    [tool.hipflask.deploy]
    region = "eu-central-1"
    memory = 512
    environment = { CURRENCY = "EUR" }
    secrets = { STRIPE_KEY = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-AbCdEf" }
    functions.thumbnail = { memory = 2048, timeout = 120 }

    [tool.hipflask.deploy.stages.prod]
    domain = { name = "shop.example.com", hosted-zone = "Z0123456789" }
    alarms = { email = "people@example.com" }

A stage has everything that stands above it, with its own values in place of some; tables are put together key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..build.reading.pyproject import read_pyproject
from ..core.errors import DeployError
from . import checks
from .tables import AlarmsTable, DeployTable, DomainTable, FunctionTable, JwtTable, StageTable, VpcTable

DEFAULT_STAGE = "dev"
_FILE = "app"  # what app.py is called where nobody gives it a name


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """How one function runs."""

    memory: int
    timeout: int
    reserved_concurrency: int | None
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    filter: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """How an app is deployed in one stage; every value has been looked at."""

    app: str
    stage: str
    table: DeployTable

    @property
    def stack(self) -> str:
        """What the stack is called, and what all its names begin with."""
        return f"{self.app}-{self.stage}"

    @property
    def region(self) -> str | None:
        """Where it is to be; None leaves that to the credentials' own settings."""
        return self.table.region or None

    @property
    def architecture(self) -> str:
        """The processor: "arm64" or "x86_64"."""
        return self.table.architecture

    @property
    def python(self) -> str:
        """The version of Python: "3.13", say."""
        return self.table.python

    @property
    def has_gateway(self) -> bool:
        """Whether an HTTP API stands before the web function, since a function URL can do no more than be called."""
        table = self.table
        return table.gateway or table.domain is not None or table.jwt is not None or bool(table.authorizer)

    def of_a_named_app(self) -> Settings:
        """The same; raises DeployError for an app of which only the file has a name: the next such app would be the same stack."""
        if self.app == _FILE and not self.table.name:
            raise DeployError(
                "This app has no name but that of its file, app.py, and the next one without a name would take its stack for its own. "
                'Write `name = "…"` into [tool.hipflask.deploy] of pyproject.toml.'
            )
        return self

    def of(self, function: str) -> FunctionSettings:
        """How the function of this name runs."""
        own = self.table.functions.get(function)
        return FunctionSettings(
            memory=(own and own.memory) or self.table.memory,
            timeout=(own and own.timeout) or self.table.timeout,
            reserved_concurrency=own.reserved_concurrency if own else None,
            environment={**self.table.environment, **(own.environment if own else {})},
            secrets={**self.table.secrets, **(own.secrets if own else {})},
            filter=tuple(own.filter) if own else (),
        )


def read_settings(folder: Path, app: str, stage: str = DEFAULT_STAGE) -> Settings:
    """What the pyproject.toml of a folder says about a stage; `app` is what the app is called there if it does not say.

    Raises DeployError for what cannot be.
    """
    return settings(read_pyproject(folder).own.deploy, app, stage)


def settings(said: Mapping[str, Any], app: str, stage: str = DEFAULT_STAGE) -> Settings:
    """The settings that a table, as TOML has it, makes for a stage."""
    stages = said.get("stages", {})
    _refuse_unknown(stages, stage)
    base = {key: value for key, value in said.items() if key != "stages"}
    where = "[tool.hipflask.deploy]"
    _converted(base, DeployTable, where)
    _converted(stages, dict[str, StageTable], f"{where} stages")
    table = _converted(_merged(base, stages.get(stage, {})), DeployTable, where)
    checks.check(table, table.name or app, stage)
    return Settings(table.name or app, stage, table)


def _refuse_unknown(stages: Any, stage: str) -> None:
    if isinstance(stages, Mapping) and stages and stage not in stages and stage != DEFAULT_STAGE:
        raise DeployError(
            f"There is no stage {stage!r}: [tool.hipflask.deploy.stages] has {', '.join(sorted(stages))}. "
            f"Write a table [tool.hipflask.deploy.stages.{stage}], an empty one if it is as all others."
        )


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(base)
    for key, value in over.items():
        below = both.get(key)
        both[key] = (
            _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
        )
    return both


def _converted(said: Any, table: Any, where: str) -> Any:
    try:
        return msgspec.convert(said, table)
    except msgspec.ValidationError as error:
        whole = DeployTable if table is DeployTable else StageTable
        kind = next((inner for name, inner in _INNER if name in str(error)), whole)
        known = ", ".join(sorted(field.encode_name for field in msgspec.structs.fields(kind)))
        raise DeployError(f"What {where} says cannot be: {error}. It may have: {known}.") from error


# Where msgspec says that something is wrong, and the table that is meant.
_INNER = (
    (".functions[", FunctionTable),
    (".domain", DomainTable),
    (".jwt", JwtTable),
    (".alarms", AlarmsTable),
    (".vpc", VpcTable),
)
