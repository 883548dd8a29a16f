"""What is likely to be a secret."""

from __future__ import annotations

import pytest

from hipflask.devtools.inspector.agent import secret
from hipflask.devtools.inspector.records import MASKED


@pytest.mark.parametrize(
    "name",
    ["password", "userPassword", "PASSWD", "api_key", "apiKey", "API-Key", "access_token", "client secret", "Authorization",
     "sessionCookie", "privateKey", "pin", "user_pin", "Passwort", "my_key", "credentials", "otp"],
)  # fmt: skip
def test_these_are_secrets(name: str) -> None:
    """As people call them."""
    assert secret.is_secret(name)


@pytest.mark.parametrize(
    "name", ["name", "key", "keys", "base", "monkey", "keyboard", "pinned", "spin", "compass", "passes"]
)
def test_these_are_not(name: str) -> None:
    """A row's key is what one wants to see."""
    assert not secret.is_secret(name)


def test_a_statement_that_speaks_of_a_secret_shows_no_literal() -> None:
    """Others are shown as they are."""
    assert "hunter" not in secret.masked_sql("UPDATE user SET password = 'hunter''2' WHERE id = 7")
    assert secret.masked_sql("SELECT 1 FROM t WHERE x = 'y'") == "SELECT 1 FROM t WHERE x = 'y'"


def test_a_password_in_an_address_is_masked() -> None:
    """As it stands in a query."""
    assert secret.masked_text("/login?token=abc&x=1") == f"/login?token={MASKED}"


@pytest.mark.parametrize(
    "props",
    [
        {"type": "password"},
        {"attrs": {"type": "password"}},
        {"label": "Password"},
        {"attrs": {"name": "api_key"}},
    ],
)
def test_fields_for_secrets(props: dict[str, object]) -> None:
    """By their type, or by what they are called."""
    assert secret.is_secret_field(props)
    assert not secret.is_secret_field({"label": "Name", "type": "text"})
