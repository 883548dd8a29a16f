"""What `.chalice/config.json`, the policies and requirements.txt say, as a pyproject.toml and lines of `app.allow`.

{"stages": {"prod": {"lambda_memory_size": 256}}}        [tool.hipflask.deploy.stages.prod]
                                                         memory = 256

{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::in/*"}
                                                         app.allow("s3:GetObject", "arn:aws:s3:::in/*")
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Table = dict[str, Any]
_SAME = {
    "environment_variables": "environment",
    "lambda_memory_size": "memory",
    "lambda_timeout": "timeout",
    "log_retention_in_days": "log-retention-days",
    "layers": "layers",
    "xray": "tracing",
}
_OF_FUNCTIONS = {"reserved_concurrency": "reserved-concurrency", **dict(list(_SAME.items())[:3])}
# What needs no word: where the state is, what the policy is in, and what is read elsewhere.
_READ_ELSEWHERE = {
    "api_gateway_custom_domain", "api_gateway_stage", "app_name", "autogen_policy", "iam_policy_file", "lambda_functions",
    "manage_iam_role", "security_group_ids", "stages", "subnet_ids", "version",
}  # fmt: skip
# The template gives these to every function by itself, for its own log group.
_OF_ITSELF = re.compile(r"logs:(Create(LogGroup|LogStream)|PutLogEvents)|xray:Put\w+")
_SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|API_?KEY|PRIVATE", re.IGNORECASE)
_SECRET = (
    "the value of {0} is in pyproject.toml now, as it was in config.json. If it is a secret, keep it at Amazon's, and write "
    'secrets = {{ {0} = "arn:aws:secretsmanager:…" }} in [tool.hipflask.deploy].'
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass
class Converted:
    """What came of a file: its parts for the new one, and sentences about the rest."""

    tables: Table = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def convert_config(said: Mapping[str, Any]) -> Converted:
    """`[tool.hipflask.deploy]` for a config.json."""
    made = Converted()
    made.tables = _stage(said, made.remarks, "")
    stages = {
        name: _stage(each, made.remarks, f"stage {name}: ") for name, each in said.get("stages", {}).items()
    }
    if set(stages) - {"dev"} or any(stages.values()):
        made.tables["stages"] = stages
    return made


def _stage(said: Mapping[str, Any], remarks: list[str], where: str) -> Table:
    table: Table = {new: said[old] for old, new in _SAME.items() if old in said}
    if "environment" in table:
        table["environment"] = {name: str(value) for name, value in table["environment"].items()}
        remarks += [
            where + _SECRET.format(name) for name in table["environment"] if _SECRET_NAME.search(name)
        ]
    if "subnet_ids" in said or "security_group_ids" in said:
        table["vpc"] = {
            "subnets": said.get("subnet_ids", []),
            "security-groups": said.get("security_group_ids", []),
        }
    if domain := said.get("api_gateway_custom_domain"):
        table["domain"] = {"name": domain["domain_name"], "certificate": domain.get("certificate_arn", "")}
    functions: Mapping[str, Mapping[str, Any]] = said.get("lambda_functions", {})
    for name, each in functions.items():
        table.setdefault("functions", {})[name] = {
            new: each[old] for old, new in _OF_FUNCTIONS.items() if old in each
        }
        remarks += [
            f"{where}lambda_functions.{name}.{key} has no counterpart."
            for key in each
            if key not in _OF_FUNCTIONS
        ]
    for key in said:
        if key not in (*_SAME, *_READ_ELSEWHERE):
            remarks.append(f"{where}{key} has no counterpart in [tool.hipflask.deploy].")
    if said.get("manage_iam_role") is False:
        remarks.append(
            f"{where}a role that exists (iam_role_arn) is not used: each function gets one of its own."
        )
    return table


def convert_policy(policy: Mapping[str, Any], app: str) -> Converted:
    """Lines of `app.allow` for the statements of a policy that only allow something."""
    made = Converted()
    statements = policy.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        if set(statement) - {"Action", "Effect", "Resource", "Sid"} or statement.get("Effect") != "Allow":
            made.remarks.append(f"write as app.allow what this says, if it can be: {json.dumps(statement)}")
            continue
        actions = [each for each in _listed(statement["Action"]) if not _OF_ITSELF.fullmatch(each)]
        if actions == ["*"]:
            made.remarks.append(
                "a policy that allows everything is not taken over: name what the functions do."
            )
        elif actions:
            made.lines.append(
                f"{app}.allow({_shown(actions)}, {', '.join(map(json.dumps, _listed(statement['Resource'])))})"
            )
    return made


def convert_requirements(text: str) -> Converted:
    """The dependencies of a requirements.txt, without Chalice."""
    made = Converted()
    for line in map(str.strip, text.splitlines()):
        line = re.sub(r"\s+#.*$", "", line)
        name = _NAME.match(line)
        if line and name is None and not line.startswith("#"):
            made.remarks.append(f"{line!r} is no requirement that a pyproject.toml can have.")
        elif name is not None and name[0].lower() != "chalice":
            made.lines.append(line)
    return made


def pyproject(name: str, app: str, dependencies: Iterable[str], deploy: Table) -> str:
    """The pyproject.toml of the new folder."""
    needs = "".join(f"    {json.dumps(each)},\n" for each in ("hipflask", *dependencies))
    lines = [
        f'[project]\nname = {json.dumps(name)}\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = [\n{needs}]\n',
        f"[tool.hipflask]\napp = {json.dumps(app)}\n",
        *_tables("tool.hipflask.deploy", deploy),
    ]
    return "\n".join(lines)


def _tables(title: str, table: Table) -> Iterable[str]:
    stages = table.get("stages", {})
    values = {key: value for key, value in table.items() if key != "stages"}
    if values:
        yield f"[{title}]\n{_lines(values)}"
    for name, stage in stages.items():
        yield f"[{title}.stages.{_key(name)}]\n{_lines(stage)}"


def _lines(table: Table) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)  # a text, a number or a truth of JSON is one of TOML


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _shown(actions: list[str]) -> str:
    return json.dumps(actions[0]) if len(actions) == 1 else json.dumps(actions)
