"""Functions that are on AWS are called, and what they print is read, once each."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from aws.cloud import Cloud, eventually
from aws.plain_stack import PLACE, Somebody, release
from hipflask.core.errors import DeployError
from hipflask.deploy.aws.account import Account
from hipflask.deploy.aws.deploying import deploy
from hipflask.deploy.aws.functions import Function, functions_of
from hipflask.deploy.aws.invoking import Answer, checked, invoke
from hipflask.deploy.aws.logs import read
from hipflask.deploy.aws.stacks import the_stack

WEB = Function("web", "shop-dev-web")


@pytest.fixture
def there(account: Account, tmp_path: Path) -> None:
    """A stage that is there."""
    deploy(account, release(tmp_path), Somebody(), wait=False, repair=False)


@pytest.mark.usefixtures("there")
def test_a_function_returns_what_it_returns(account: Account) -> None:
    """And what it printed comes with it."""
    (function,) = functions_of(account, the_stack(account, PLACE))
    answer = invoke(account, function, b'{"order": 7}')
    assert json.loads(answer.payload) == {"asked": {"order": 7}, "edition": "first"}
    assert not answer.is_error
    assert "asked for {'order': 7}" in answer.log


@pytest.mark.usefixtures("there")
def test_a_function_that_is_gone_is_told_so(account: Account, cloud: Cloud) -> None:
    """With what makes it again."""
    cloud.client("lambda").delete_function(FunctionName="shop-dev-web")
    with pytest.raises(DeployError, match=r"deleted outside of its stack\. `hipflask deploy --repair`"):
        invoke(account, WEB, b"{}")


def test_a_function_is_never_called_twice(account: Account) -> None:
    """boto3 would try again when an answer is late, and the function would have worked twice."""
    config = account.client("lambda").meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout > 15 * 60


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (b'{"errorType": "KeyError", "errorMessage": "\'price\'"}', "KeyError: 'price'"),
        (
            b'{"errorMessage": "2026 Task timed out after 3.00 seconds"}',
            "2026 Task timed out after 3.00 seconds",
        ),
        (b"not JSON", "not JSON"),
        (b"", "The function failed without a word."),
        (b"[1]", "[1]"),
    ],
)
def test_a_failure_is_one_line(payload: bytes, complaint: str) -> None:
    """Whatever shape it has."""
    assert Answer(payload, True, "").complaint == complaint


def test_a_payload_has_to_be_json() -> None:
    """Text without its quotes is the commonest mistake."""
    assert checked('"Abbott"') == b'"Abbott"'
    with pytest.raises(DeployError, match="Text needs its quotes"):
        checked("Abbott")


def test_a_payload_that_lambda_does_not_take_is_not_sent(account: Account) -> None:
    """6 MB is what it takes."""
    with pytest.raises(DeployError, match="6,291,457 bytes"):
        invoke(account, WEB, b"1" * (6 * 1024 * 1024 + 1))


def written(cloud: Cloud, group: str, *lines: tuple[int, str]) -> None:
    """Have lines in a log."""
    logs = cloud.client("logs")
    logs.put_log_events(
        logGroupName=group,
        logStreamName="stream",
        logEvents=[{"timestamp": at, "message": text} for at, text in sorted(lines)],
    )


def with_logs(cloud: Cloud, *functions: Function) -> None:
    """Have empty logs for functions."""
    for function in functions:
        cloud.client("logs").create_log_group(logGroupName=function.log_group)
        cloud.client("logs").create_log_stream(logGroupName=function.log_group, logStreamName="stream")


def test_logs_of_several_functions_are_told_in_one_order(account: Account, cloud: Cloud) -> None:
    """By time, with the name of each."""
    report, now = Function("report", "shop-dev-report"), int(time.time() * 1000)
    with_logs(cloud, WEB, report)
    written(cloud, WEB.log_group, (now - 3000, "a"), (now - 1000, "c"))
    written(cloud, report.log_group, (now - 2000, "b"), (now - 900_000, "too old"))
    told = [(function.name, line.text) for function, line in read(account, [WEB, report], now - 600_000)]
    assert told == [("web", "a"), ("report", "b"), ("web", "c")]


def test_all_pages_of_a_log_are_read(own_account: Account, cloud: Cloud) -> None:
    """Also where lines of one millisecond are on both sides of a border, and where a page is empty."""
    now = int(time.time() * 1000)
    with_logs(cloud, WEB)
    written(cloud, WEB.log_group, *((now - 5, f"line {number:03}") for number in range(250)))
    client = own_account.client("logs")
    small: Any = lambda params, **_: params.update(limit=7)  # noqa: E731
    client.meta.events.register("provide-client-params.logs.FilterLogEvents", small)
    told = [line.text for _, line in read(own_account, [WEB], now - 60_000)]
    assert sorted(told) == [f"line {number:03}" for number in range(250)]


def test_a_log_that_is_followed_goes_on(account: Account, cloud: Cloud) -> None:
    """What is written meanwhile is told once, also what comes late."""
    now, told = int(time.time() * 1000), list[str]()
    with_logs(cloud, WEB)
    written(cloud, WEB.log_group, (now, "first"))

    def follow() -> None:
        for _, line in read(account, [WEB], now - 60_000, follow=True):
            told.append(line.text)
            if line.text == "last":
                return

    reader = threading.Thread(target=follow)
    reader.start()
    eventually(lambda: told == ["first"])
    written(cloud, WEB.log_group, (now - 2000, "late"), (now + 1, "second"))
    eventually(lambda: len(told) == 3)
    written(cloud, WEB.log_group, (now + 2, "last"))
    reader.join(10)
    assert told == ["first", "late", "second", "last"]


def test_a_function_that_has_not_been_called_has_no_log_yet(account: Account) -> None:
    """That is no mistake."""
    assert list(read(account, [WEB], 0)) == []


def test_a_pattern_is_cloudwatchs_own(account: Account, cloud: Cloud) -> None:
    """So only lines that match travel."""
    now = int(time.time() * 1000)
    with_logs(cloud, WEB)
    written(cloud, WEB.log_group, (now, "ERROR: no such order"), (now, "all is well"))
    assert [line.text for _, line in read(account, [WEB], now - 60_000, "ERROR")] == ["ERROR: no such order"]
