"""The estimate: each sum by hand, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from deployed import hello, made, of

from hipflask.cli import CommandLine
from hipflask.core.errors import DeployError
from hipflask.deploy.calling import runs_in_a_month
from hipflask.deploy.cost import Estimate, Item, Load, estimate
from hipflask.deploy.costing import as_text
from hipflask.deploy.prices import PRICES, prices_with

NOTHING = Load(
    requests=0, messages=0, events=0, calls=0, milliseconds=100, log_bytes=0, gb_out=0, gb_stored=0
)


def item(found: Estimate, what: str) -> Item:
    """One line of an estimate."""
    return next(each for each in found.items if each.what == what)


def test_lambda_is_calls_and_memory_times_time() -> None:
    """A million calls of 100 ms with 512 MB are 50,000 GB-seconds: 0.20 and 0.67 dollars on arm64."""
    found = estimate(of(hello()), Load(requests=1e6, gb_out=0, log_bytes=0), PRICES)
    assert item(found, "Lambda's calls").cost == pytest.approx(0.20)
    assert item(found, "Lambda's time").amount == pytest.approx(50_000)
    assert item(found, "Lambda's time").cost == pytest.approx(0.66667)
    assert item(found, "Lambda's time").formula == "web 1,000,000 × 100 ms × 512 MB"
    assert found.total == pytest.approx(0.86667)
    assert found.total_beyond_free == 0


def test_what_is_free_is_taken_off_once() -> None:
    """Ten million calls: 10 GB-seconds for each 200; 5,000,000 - 400,000, and 10,000,000 - 1,000,000."""
    template = of(hello(), {"memory": 5120, "architecture": "x86_64"})
    found = estimate(template, Load(requests=1e7, gb_out=0, log_bytes=0), PRICES)
    assert found.total_beyond_free == pytest.approx(9 * 0.20 + (5_000_000 - 400_000) * 0.0000166667)


def test_an_idle_queue_is_asked_all_the_same() -> None:
    """Five requests of twenty seconds at a time, 730 hours long: nobody expects that."""
    found = estimate(made("shop"), NOTHING, PRICES)
    assert item(found, "Queues").amount == 5 * 3 * 60 * 730
    assert item(found, "Queues").cost == pytest.approx(0.2628)


def test_each_message_is_three_requests() -> None:
    """Sent, received and deleted; a FIFO queue's have a price of their own."""
    load = Load(messages=1000, requests=0)
    template = made("everything")
    both = [each for each in estimate(template, load, PRICES).items if each.what == "Queues"]
    assert [(each.amount, each.price.amount) for each in both] == [
        (2 * (3 * 1000 + 657_000), 0.40),
        (3 * 1000 + 657_000, 0.50),
    ]


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(5 minutes)", 8760),
        ("rate(1 hour)", 730),
        ("rate(7 days)", 730 / 168),
        ("cron(0 2 * * ? *)", 365 / 12),
        ("cron(0/15 8-17 ? * MON-FRI *)", 40 * 261 / 12),
        ("cron(0 0 1 JAN ? *)", 1 / 12),
    ],
)
def test_a_schedule_s_runs_are_counted(expression: str, runs: float) -> None:
    """On average over a year."""
    assert runs_in_a_month(expression) == pytest.approx(runs)


def test_every_function_is_called_by_what_its_trigger_says() -> None:
    """All that the template has, and nothing that it has not."""
    load = Load(requests=1, messages=10, events=100, calls=1000)
    formula = item(estimate(made("everything"), load, PRICES), "Lambda's calls").formula
    counts = dict(part.rsplit(" ", 1) for part in formula.split(" + "))
    assert counts == {
        "web": "1",
        "who": "1",
        "direct-call": "1,000",
        "often": "8,760",
        **dict.fromkeys(("batch", "in_order", "others"), "10"),
        **dict.fromkeys(
            ("machine", "own_file", "their_file", "hear", "overhear", "row", "record", "click"), "100"
        ),
    }


def test_the_rest_of_a_stack_is_counted() -> None:
    """Alarms, secrets, traces, the gateway, files."""
    found = estimate(made("everything"), Load(), PRICES)
    assert item(found, "Alarms").amount == 2 * 15 + 3
    assert item(found, "Secrets").amount == 1  # a parameter of SSM costs nothing
    assert item(found, "The gateway").cost == pytest.approx(0.10)
    assert {"Traces", "Buckets", "Files put", "Topics", "Logs, written", "Sent to the world"} <= {
        each.what for each in found.items
    }


def test_one_function_can_have_a_load_of_its_own() -> None:
    """The one that costs."""
    load = Load(requests=0, of={"thumbnail": (2000, 3000)})
    assert (
        "thumbnail 2,000 × 3000 ms × 1024 MB"
        in item(estimate(made("shop"), load, PRICES), "Lambda's time").formula
    )


def test_prices_of_one_s_own_take_the_place_of_ours() -> None:
    """Another region, or a contract."""
    own = prices_with({"lambda-requests": 0.40})
    assert estimate(of(hello()), Load(requests=1e6), own).items[0].cost == pytest.approx(0.40)
    for wrong in ({"lambda-calls": 1.0}, {"alarms": -1.0}):
        with pytest.raises(
            DeployError, match=r"cannot be: a number of US dollars for one of lambda-requests"
        ):
            prices_with(wrong)


def test_the_estimate_says_what_it_is() -> None:
    """By whose prices, of which day, and what is not in it."""
    text = as_text(estimate(of(hello()), Load(requests=1e6), PRICES), "hello-prod")
    assert text.startswith("hello-prod in a month, by list prices of us-east-1 as of June 2026:")
    assert "1,000,000 requests at $0.2 per 1,000,000 requests, 1,000,000 free" in text
    assert "50,000 GB-seconds at $0.0000133334 per GB-second, 400,000 free" in text
    assert "An estimate: not in it are taxes" in text


def test_the_command_needs_no_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`hipflask cost` in a project's folder."""
    (tmp_path / "priced.py").write_text(
        "from hipflask import Hipflask\napp = Hipflask(__name__)\n"
        "@app.lambda_function()\ndef count(n: int) -> int: return n\n"
    )
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            CommandLine().main(["--app", "priced", "cost", *words])
        said = capsys.readouterr()
        return said.out if ended.value.code == 0 else said.err

    found = json.loads(run("--load", "count=1000000x200", "--gb-out", "0", "--log-bytes", "0", "--json"))
    assert found["total"] == pytest.approx(0.20 + 100_000 * 0.0000133334)
    assert "count 1,000,000 × 200 ms × 512 MB" in run("--load", "count=1000000x200")
    assert "there is no such function; there is count" in run("--load", "cuont=1x1")
    assert "write NAME=CALLSxMS" in run("--load", "count=many")
