"""`[tool.hipflask.deploy]`: what a stage has, and which values cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from deployed import EVERYTHING, SECRET

from hipflask.core.errors import BuildError, DeployError
from hipflask.deploy.configuration import read_settings, settings

TABLE = """
[tool.hipflask]
app = "shop:app"

[tool.hipflask.deploy]
region = "eu-central-1"
memory = 512
environment = { CURRENCY = "EUR", LANGUAGE = "de" }
functions.thumbnail = { memory = 2048, timeout = 120 }

[tool.hipflask.deploy.stages.prod]
memory = 1024
environment = { CURRENCY = "CHF" }
functions.thumbnail = { timeout = 300 }
functions.web = { environment = { THEME = "dark" } }

[tool.hipflask.deploy.stages.test]
"""


def test_a_stage_has_its_own_over_what_all_have(tmp_path: Path) -> None:
    """Tables are put together key by key, down to a single function's."""
    (tmp_path / "pyproject.toml").write_text(TABLE)
    prod = read_settings(tmp_path, "shop", "prod")
    assert (prod.stack, prod.region, prod.architecture, prod.python) == (
        "shop-prod",
        "eu-central-1",
        "arm64",
        "3.13",
    )
    assert (prod.of("web").memory, prod.of("thumbnail").memory, prod.of("thumbnail").timeout) == (
        1024,
        2048,
        300,
    )
    assert prod.of("web").environment == {"CURRENCY": "CHF", "LANGUAGE": "de", "THEME": "dark"}
    assert prod.of("take").environment == {"CURRENCY": "CHF", "LANGUAGE": "de"}
    test = read_settings(tmp_path, "shop", "test")
    assert (test.of("web").memory, test.of("thumbnail").timeout) == (512, 120)


def test_a_project_without_a_table_can_be_deployed(tmp_path: Path) -> None:
    """Everything has a value that stands in for it."""
    plain = read_settings(tmp_path, "shop")
    assert (plain.stack, plain.region, plain.of("web").memory, plain.of("web").timeout) == (
        "shop-dev",
        None,
        512,
        30,
    )
    assert not plain.has_gateway


def test_a_name_of_one_s_own_begins_all_names() -> None:
    """Where the program's own is taken, or too long."""
    assert (
        settings({"name": "store"}, "the-very-long-name-of-a-program-that-does-everything").stack
        == "store-dev"
    )


def test_a_stage_that_nobody_has_written_is_refused() -> None:
    """`--stage prdo` would make a second stack, and nobody would look for it."""
    with pytest.raises(
        DeployError, match=r"no stage 'prdo': .*stages\] has prod, test\. Write a table .*stages\.prdo\]"
    ):
        settings({"stages": {"prod": {}, "test": {}}}, "shop", "prdo")
    assert settings({"stages": {"prod": {}}}, "shop").stage == "dev"
    assert settings({}, "shop", "anything").stage == "anything"


def test_another_table_of_the_project_does_not_mind(tmp_path: Path) -> None:
    """`hipflask build` reads the same file, and refuses what it does not know everywhere else."""
    (tmp_path / "pyproject.toml").write_text("[tool.hipflask]\ndeploi = { memory = 1 }\n")
    with pytest.raises(BuildError, match="deploi"):
        read_settings(tmp_path, "shop")


def test_everything_that_there_is_can_be_said() -> None:
    """The table of the app that asks for everything is no error."""
    assert settings(EVERYTHING, "everything", "prod").has_gateway


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"memry": 512}, r"unknown field `memry`.* It may have: .*memory, name, prices"),
        (
            {"functions": {"thumbnail": {"memry": 1}}},
            r"`memry` - at `\$\.functions.* may have: environment, filter, memory,",
        ),
        (
            {"domain": {"nme": "x"}},
            r"`nme` - at `\$\.domain`\. It may have: certificate, hosted-zone, name\.",
        ),
        ({"stages": {"prod": {"alarms": {"mail": "x"}}}}, r"`mail` - at .*\. It may have: email, topic\."),
        ({"stages": {"prod": {"nme": "x"}}}, r"deploy\] stages says cannot be: .*memory, python,"),
        ({"memory": "512"}, r"Expected `int.*`, got `str` - at `\$\.memory`"),
        ({"memory": 64}, r"memory cannot be 64: megabytes, from 128 to 10240"),
        ({"timeout": 901}, r"timeout cannot be 901: seconds, from 1 to 900"),
        ({"timeout": 0}, r"timeout cannot be 0"),
        ({"region": "frankfurt"}, r'region cannot be \'frankfurt\': a region such as "eu-central-1"'),
        ({"architecture": "arm"}, r'architecture cannot be \'arm\': one of "arm64", "x86_64"'),
        ({"python": "3.9"}, r'python cannot be \'3\.9\': one of "3\.11"'),
        ({"log-retention-days": 10}, r"log-retention-days cannot be 10: one of 1, 3, 5, 7, 14"),
        ({"name": "Shop"}, r"name cannot be 'Shop': lower case letters"),
        ({"name": "a--b"}, r"name cannot be 'a--b'"),
        ({"layers": ["fonts"]}, r"layers cannot be 'fonts': the ARN of a layer with its version"),
        (
            {"layers": [f"arn:aws:lambda:eu-central-1:123456789012:layer:l:{n}" for n in range(6)]},
            r"at most five",
        ),
        (
            {"environment": {"AWS_REGION": "x"}},
            r"environment cannot be 'AWS_REGION': names of two or more letters",
        ),
        ({"environment": {"HIPFLASK_APP": "x"}}, r"environment cannot be 'HIPFLASK_APP'"),
        ({"environment": {"1A": "x"}}, r"environment cannot be '1A'"),
        (
            {"environment": {"KEY": "sk_live_0123456789abcdef"}},
            r"environment\.KEY holds what looks like a secret",
        ),
        ({"environment": {"KEY": "AKIAABCDEFGHIJKLMNOP"}}, r"secrets = \{ KEY = \"arn:…\" \}"),
        ({"environment": {"KEY": "a"}, "secrets": {"KEY": SECRET}}, r"KEY is in environment and in secrets"),
        (
            {"functions": {"web": {"environment": {"KEY": "a"}}}, "secrets": {"KEY": SECRET}},
            r"functions\.web\.KEY is in environment and in secrets",
        ),
        ({"domain": {"name": "shop"}}, r"domain\.name cannot be 'shop'"),
        (
            {"domain": {"name": "a.example.com"}},
            r"is not enough: give the ARN of a certificate .* or the hosted-zone",
        ),
        (
            {"domain": {"name": "a.example.com", "certificate": "mine"}},
            r"domain\.certificate cannot be 'mine'",
        ),
        (
            {"domain": {"name": "a.example.com", "hosted-zone": "example.com"}},
            r"domain\.hosted-zone cannot be",
        ),
        (
            {"jwt": {"issuer": "http://id.example.com", "audience": ["a"]}},
            r"jwt\.issuer cannot be .*https://",
        ),
        ({"jwt": {"issuer": "https://id.example.com", "audience": []}}, r"jwt\.audience cannot be \[\]"),
        ({"alarms": {}}, r"alarms cannot be 'nobody': somebody to tell"),
        ({"alarms": {"email": "me"}}, r"alarms\.email cannot be 'me'"),
        ({"alarms": {"topic": "news"}}, r"alarms\.topic cannot be 'news': the ARN of a topic"),
        ({"vpc": {"subnets": [], "security-groups": ["sg-0a"]}}, r"vpc\.subnets cannot be \[\]"),
        (
            {"vpc": {"subnets": ["subnet-0a"], "security-groups": ["mine"]}},
            r"vpc\.security-groups cannot be \['mine'\]",
        ),
        ({"functions": {"web": {"memory": 1}}}, r"functions\.web\.memory cannot be 1"),
        ({"functions": {"web": {"reserved-concurrency": -1}}}, r"reserved-concurrency cannot be -1"),
        (
            {"streaming": True, "authorizer": "who"},
            r"streaming = true cannot be together with gateway, domain, jwt or authorizer",
        ),
        (
            {"authorizer": "who", "jwt": {"issuer": "https://id.example.com", "audience": ["a"]}},
            r"jwt and authorizer cannot be together",
        ),
        (
            {"authorizer": "who", "timeout": 60},
            r"timeout of 60 seconds cannot be: .* waits 30 seconds at most",
        ),
        ({"stages": {"prod": {"name": "x"}}}, r"stages says cannot be: .*unknown field `name`"),
        ({"stages": {"prod": {"memory": 1}}}, r"memory cannot be 1:"),
    ],
)
def test_what_cannot_be_is_refused_with_what_could(said: dict[str, Any], sentence: str) -> None:
    """Before anything is packed or sent."""
    with pytest.raises(DeployError, match=sentence):
        settings(said, "shop", "prod")


def test_a_secret_in_the_place_of_its_arn_is_not_repeated() -> None:
    """Whoever wrote it there by mistake does not find it in a log."""
    with pytest.raises(
        DeployError, match=r"secrets\.STRIPE_KEY cannot be: write where the secret is kept"
    ) as caught:
        settings({"secrets": {"STRIPE_KEY": "hunter2-and-more"}}, "shop")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_field_of_a_secret_can_be_meant() -> None:
    """Secrets Manager keeps JSON, of which one field is the password."""
    assert settings({"secrets": {"PASSWORD": f"{SECRET}#password"}}, "shop").of("web").secrets
