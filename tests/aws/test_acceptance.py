"""What a person with an account runs does what it says: in the cloud of the tests, since nobody here has run it against Amazon."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aws.cloud import Cloud, cleared

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "aws_acceptance.py"


def accepted(cloud: Cloud, *words: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run it."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--here", "--no-schedule", *words],
        env={**cleared(), **cloud.environment, "PYTHONWARNINGS": "ignore"},
        input=said,
        capture_output=True,
        text=True,
        timeout=240,
    )


def nothing_is_left(cloud: Cloud) -> bool:
    """No stack, no function, no table, no queue; of buckets only the empty one for bundles."""
    s3 = cloud.client("s3")
    buckets = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    return (
        cloud.client("cloudformation").describe_stacks()["Stacks"] == []
        and cloud.client("lambda").list_functions()["Functions"] == []
        and cloud.client("dynamodb").list_tables()["TableNames"] == []
        and "QueueUrls" not in cloud.client("sqs").list_queues()
        and all(s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0 for bucket in buckets)
        and all(bucket.startswith("hipflask-") for bucket in buckets)
    )


# The bazaar's doors are looked at more closely in test_bazaar_in_the_cloud.py; that the script finds them too is for long runs.
@pytest.mark.parametrize("app", ["shop", *(["bazaar"] if os.environ.get("HIPFLASK_LONG") == "1" else [])])
def test_every_door_is_asked_and_nothing_is_left(cloud: Cloud, app: str) -> None:
    """Deployed, asked, changed, rolled back, deleted: examples/shop as its readers know it."""
    done = accepted(cloud, "--yes", "--only", app)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All went well." in done.stdout
    assert nothing_is_left(cloud)


def test_it_asks_first(cloud: Cloud) -> None:
    """It names the account; anything but yes is a no."""
    done = accepted(cloud, said="y\n")
    assert done.returncode == 1
    assert "go to account 123456789012, eu-west-1, and are deleted again" in done.stdout
    assert nothing_is_left(cloud)


def test_it_cleans_up_where_something_fails(cloud: Cloud) -> None:
    """And says what failed: here no function answers."""
    cloud.break_functions(True)
    try:
        done = accepted(cloud, "--yes", "--only", "shop", "--patience", "1")
    finally:
        cloud.break_functions(False)
    assert done.returncode == 1
    assert "shop: the page" in done.stdout
    assert nothing_is_left(cloud)
