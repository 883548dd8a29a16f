"""Secrets by reference: fetched before the app is imported, under the name that the app knows, and never told."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import boto3
import pytest
from moto import mock_aws

from hipflask.core.errors import UsageError
from hipflask.surfaces.aws.secrets import fetch

REGION = "eu-central-1"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A secret and a parameter, as AWS keeps them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        secrets = boto3.client("secretsmanager", region_name=REGION)
        parameters = boto3.client("ssm", region_name=REGION)
        plain = secrets.create_secret(Name="plain", SecretString="s3cret one")["ARN"]
        several = secrets.create_secret(
            Name="several", SecretString=json.dumps({"key": "s3cret two", "port": 5432})
        )["ARN"]
        parameters.put_parameter(Name="/shop/mail", Value="s3cret three", Type="SecureString")
        parameter = parameters.get_parameter(Name="/shop/mail")["Parameter"]["ARN"]
        yield {"plain": plain, "several": several, "parameter": parameter}


def test_each_is_set_under_its_own_name(kept: dict[str, str]) -> None:
    """Of a secret as a whole, of one field, of a parameter that is encrypted."""
    environment = {
        "HIPFLASK_SECRET_STRIPE_KEY": kept["plain"],
        "HIPFLASK_SECRET_API": f"{kept['several']}#key",
        "HIPFLASK_SECRET_PORT": f"{kept['several']}#port",
        "HIPFLASK_SECRET_MAIL": kept["parameter"],
        "HIPFLASK_APP": "shop",
    }
    fetch(environment)
    assert environment["STRIPE_KEY"] == "s3cret one" and environment["API"] == "s3cret two"
    assert environment["PORT"] == "5432" and environment["MAIL"] == "s3cret three"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("{several}#password", "has none of that name"),
        ("{plain}#key", "has none of that name"),
        ("{plain}-gone", "ResourceNotFound"),
        ("arn:aws:ssm:eu-central-1:1:parameter/gone", "ParameterNotFound"),
        ("s3cret one", "by its ARN"),
        ("arn:aws:s3:::bucket/s3cret", "by its ARN"),
    ],
)
def test_what_cannot_be_read_is_named_without_a_value(
    kept: dict[str, str], reference: str, words: str
) -> None:
    """Also where somebody has put the secret itself in the place of its name."""
    with pytest.raises(UsageError, match=words) as caught:
        fetch({"HIPFLASK_SECRET_KEY": reference.format(**kept)})
    assert "HIPFLASK_SECRET_KEY" in str(caught.value) and "s3cret" not in str(caught.value)


def test_without_secrets_nothing_is_loaded() -> None:
    """boto3 takes a fifth of a second."""
    program = "import sys; from hipflask.surfaces.aws.secrets import fetch; fetch({'A': '1'}); print('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False\n"
