"""What tests of AWS share: one cloud for each process that tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from aws.cloud import REGION, Cloud, running
from hipflask.deploy.aws.account import Account, open_account


@pytest.fixture(scope="session")
def the_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The cloud, which is there as long as this process tests."""
    with running(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def cloud(the_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The cloud, empty, and this process as it would be on a computer that knows of no other."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in the_cloud.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    the_cloud.forget()
    yield the_cloud
    the_cloud.ask_for_permissions(False)


@pytest.fixture
def account(cloud: Cloud, the_accounts: list[Account]) -> Account:
    """Somebody's account in that cloud, who is not made to wait; always the same one, since its clients take a while to make."""
    if not the_accounts:
        the_accounts.append(open_account(None, REGION, pause=0.02))
    return the_accounts[0]


@pytest.fixture(scope="session")
def the_accounts() -> list[Account]:
    """The account, once there is one."""
    return []


@pytest.fixture
def own_account(cloud: Cloud) -> Account:
    """The same, for a test that listens to its clients, or changes them."""
    return open_account(None, REGION, pause=0.02)
