"""AWS's own schemas, as cfn-lint has them, have nothing to say against what we make."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint import api
from cfnlint.config import ManualArgs
from deployed import APPS, made

from hipflask.deploy.template import render

# All templates in one process: reading the schemas takes longer than looking at a template.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in APPS},
    "streaming": ("hello", {"streaming": True}),
    "gateway": ("hello", {"gateway": True}),
    "jwt": ("hello", {"jwt": {"issuer": "https://id.example.com", "audience": ["app"]}}),
    "own certificate": (
        "hello",
        {
            "domain": {
                "name": "app.example.com",
                "certificate": "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000",
            }
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_said_against_a_template(case: str) -> None:
    """Neither an error nor a warning."""
    name, over = CASES[case]
    assert complaints(made(name, **over)) == []


def test_the_check_is_not_blind() -> None:
    """A resource that names one that is not there, and a property that nobody knows, are seen."""
    broken = made("hello")
    broken["Resources"]["WebFunction"]["Properties"]["Role"] = {"Fn::GetAtt": ["NobodysRole", "Arn"]}
    broken["Resources"]["WebFunction"]["Properties"]["Speed"] = "fast"
    found = " ".join(complaints(broken))
    assert "NobodysRole" in found
    assert "Speed" in found


def complaints(template: dict[str, Any]) -> list[str]:
    """What cfn-lint says."""
    found = api.lint(render(template).decode(), config=ManualArgs(regions=["eu-central-1"]))
    return [f"{match.rule.id} {match.message}" for match in found]
