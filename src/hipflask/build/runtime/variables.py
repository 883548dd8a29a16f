"""How Python was built, without where: `_sysconfigdata….py`, made fit to travel.

    build_time_vars = {"CC": "gcc -pthread",                        stays
                       "HAVE_FORK": 1,                              stays
                       "TZPATH": "/usr/share/zoneinfo:…",           stays: zoneinfo looks there, on whatever computer it is
                       "CFLAGS": "-O2 -I/build/ann/ssl/include",    goes
                       "prefix": "/build/ann/python"}              goes: Python finds it out when it starts

`import sysconfig` reads the file, and SQLAlchemy and others ask it what kind of Python this is. What names folders speaks of
the computer that Python was built on: of no use on another, different bytes for the same Python, and nobody's business.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from ...core.errors import BuildError

NAME = re.compile(r"_sysconfigdata_\w*([.-]\w+)*\.py|_sysconfig_vars_\w*([.-]\w+)*\.json")
_HEAD = "# How this Python was built, without the folders that it was built in.\n"
_SAME_EVERYWHERE = frozenset({"TZPATH"})


def cleaned(name: str, content: bytes) -> bytes:
    """The file of that name with every folder taken out; the same bytes for the same variables."""
    try:
        variables = _kept(json.loads(content) if name.endswith(".json") else _variables(content))
    except (SyntaxError, ValueError, AttributeError, TypeError) as error:
        raise BuildError(f"{name} does not say how Python was built, as it should ({error}).") from error
    if name.endswith(".json"):
        return (json.dumps(variables, indent=1, sort_keys=True) + "\n").encode()
    lines = [f"    {key!r}: {value!r},\n" for key, value in sorted(variables.items())]
    return f"{_HEAD}build_time_vars = {{\n{''.join(lines)}}}\n".encode()


def _variables(content: bytes) -> dict[str, Any]:
    for statement in ast.parse(content).body:
        if isinstance(statement, ast.Assign) and _names(statement.targets) == ["build_time_vars"]:
            return dict(ast.literal_eval(statement.value))
    raise ValueError("it has no build_time_vars")


def _names(targets: list[ast.expr]) -> list[str]:
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _kept(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in variables.items() if not _names_a_folder(key, value)}


def _names_a_folder(key: str, value: Any) -> bool:
    return isinstance(value, str) and "/" in value and key not in _SAME_EVERYWHERE
