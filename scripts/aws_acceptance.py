"""Deploys examples into an AWS account, asks every door, and deletes everything again, whatever happens: `make aws-acceptance`.

Nobody who works on Hipflask has run it against Amazon yet. A test runs it against the cloud of the tests, so it is known that it does
what it says, and not that Amazon does. It costs some cents, takes some ten minutes, and needs credentials that may do nearly everything
with CloudFormation, IAM roles, Lambda, S3, SQS, SNS, DynamoDB, EventBridge and CloudWatch Logs: best an account that has nothing else in it.

    python scripts/aws_acceptance.py --profile sandbox --region eu-central-1
    python scripts/aws_acceptance.py --only shop --keep        leave it there to look at; `hipflask delete` is printed
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from hipflask.core.errors import HipflaskError
from hipflask.deploy.aws.account import open_account
from hipflask.deploy.aws.account import told as allowed

ROOT = Path(__file__).parent.parent
BAZAAR = ROOT / "tests" / "aws" / "bazaar" / "bazaar.py"
SHOP = ROOT / "examples" / "shop"
JSON = {"Content-Type": "application/json"}


@dataclass
class Trial:
    """One app under trial: its folder, its stage, and what has been found out."""

    app: str
    stage: str
    folder: Path
    session: Any
    asked: argparse.Namespace
    results: list[tuple[str, str]] = field(default_factory=list)

    def hipflask(self, *words: str) -> str:
        """Run one command for the stage; what it prints, or AssertionError with what it complained of."""
        where = [f"--region={self.session.region_name}"]
        where += [f"--profile={self.asked.profile}"] if self.asked.profile else []
        command = [
            sys.executable,
            "-m",
            "hipflask.cli",
            words[0],
            f"--stage={self.stage}",
            *where,
            *words[1:],
        ]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, f"hipflask {' '.join(words)}: {done.stderr}"
        return done.stdout

    @contextmanager
    def check(self, what: str) -> Iterator[None]:
        """Do one thing, and keep whether it went well; others are done all the same."""
        print(f"  {self.app}: {what} … ", end="", flush=True)
        began = time.monotonic()
        try:
            yield
        except Exception:
            self.results.append((what, "failed"))
            print("failed")
            traceback.print_exc()
        else:
            self.results.append((what, "ok"))
            print(f"ok, {time.monotonic() - began:.1f} s")

    def outputs(self) -> dict[str, str]:
        """What the stack tells about itself."""
        told = self.session.client("cloudformation").describe_stacks(StackName=f"{self.app}-{self.stage}")
        return {one["OutputKey"]: one["OutputValue"] for one in told["Stacks"][0]["Outputs"]}

    @cached_property
    def url(self) -> str:
        """Where it answers."""
        return self.hipflask("url").strip().rstrip("/")

    def ask(self, path: str, body: object = None) -> Any:
        """Ask the app by HTTP, as anybody in the world can."""
        data = json.dumps(body).encode() if body is not None else None
        with urlopen(Request(self.url + path, data, JSON), timeout=30) as answer:
            content, kind = answer.read(), answer.headers["Content-Type"]
        return json.loads(content) if kind.startswith("application/json") else content

    def noted(self, bucket: str, key: str) -> bytes:
        """What lies in a bucket, as soon as it does."""
        s3 = self.session.client("s3")

        def look() -> bytes | None:
            found = s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
            return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) if found else None

        return self.until(look)

    def until(self, look: Callable[[], Any]) -> Any:
        """What a look gives as soon as it is something."""
        deadline = time.monotonic() + self.asked.patience
        while not (seen := look()):
            assert time.monotonic() < deadline, f"nothing was seen within {self.asked.patience:.0f} seconds"
            time.sleep(0.5)
        return seen


def try_bazaar(trial: Trial, cleaning: ExitStack) -> None:
    """Everything that can call a function, one after another."""
    dynamodb, table = trial.session.client("dynamodb"), f"bazaar-{trial.stage}"
    made = dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    cleaning.callback(dynamodb.delete_table, TableName=table)
    dynamodb.get_waiter("table_exists").wait(TableName=table)
    source = BAZAAR.read_text().replace("cron(0 2 * * ? *)", "rate(1 minute)")
    (trial.folder / "bazaar.py").write_text(source)
    environment = (
        f'environment = {{ BAZAAR_STREAM = "{made["LatestStreamArn"]}", BAZAAR_STAGE = "{trial.stage}" }}'
    )
    write_project(trial, "bazaar", "bazaar:app", environment)
    cleaning.callback(delete, trial)
    with trial.check("deploy"):
        trial.hipflask("deploy", "--yes")
    told = trial.outputs()
    ledger, uploads = told["BucketLedgerName"], told["BucketUploadsName"]
    with trial.check("deploy again changes nothing"):
        assert json.loads(trial.hipflask("deploy", "--json"))["changed"] is False
    with trial.check("HTTP"):
        assert trial.ask("/prices/pl%C3%A1tano?count=4") == {"fruit": "plátano", "price": 12}
    with trial.check("HTTP to queue to bucket"):
        trial.ask("/orders", {"fruit": "fig", "count": 3})
        assert trial.noted(ledger, "packed/fig") == b"3"
    with trial.check("a poisoned message ends among the dead letters"):
        sqs, dead = trial.session.client("sqs"), told["QueueOrdersDeadUrl"]
        sqs.send_message(
            QueueUrl=told["QueueOrdersUrl"], MessageBody='{"fruit": "poisoned apple", "count": 1}'
        )
        letters = trial.until(lambda: sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=5).get("Messages"))
        assert json.loads(letters[0]["Body"])["fruit"] == "poisoned apple"
    with trial.check("an upload"):
        trial.session.client("s3").put_object(Bucket=uploads, Key="a letter, été.txt", Body=b"12345")
        assert trial.noted(ledger, "weighed/a letter, été.txt") == b"5"
    with trial.check("a topic"):
        trial.session.client("sns").publish(
            TopicArn=told["TopicNewsArn"], Message='{"headline": "Figs are ripe"}'
        )
        assert trial.noted(ledger, "news") == b'"Figs are ripe"'
    with trial.check("a table's stream"):
        dynamodb.put_item(TableName=table, Item={"id": {"S": "7"}, "name": {"S": "fig"}})
        assert json.loads(trial.noted(ledger, "followed/7")) == ["INSERT", "fig"]
    if not trial.asked.no_schedule:
        with trial.check("a schedule, once a minute"):
            trial.noted(ledger, "report")
    with trial.check("invoke"):
        assert json.loads(trial.hipflask("invoke", "add", "--payload", '{"a": 2, "b": 3}'))["sum"] == 5
    with trial.check("logs"):
        trial.until(lambda: "packing 3 fig" in trial.hipflask("logs", "pack"))
    with trial.check("a new edition"):
        (trial.folder / "bazaar.py").write_text(source.replace("3 * count", "5 * count"))
        trial.hipflask("deploy", "--yes")
        assert trial.ask("/prices/fig")["price"] == 5
    with trial.check("roll back"):
        trial.hipflask("deploy", "--yes", "--rollback")
        assert trial.ask("/prices/fig")["price"] == 3
    with trial.check("delete, which keeps data, and deploy again, which takes it over"):
        trial.hipflask("delete", "--yes")
        trial.hipflask("deploy", "--yes")
        assert trial.noted(ledger, "packed/fig") == b"3"


def try_shop(trial: Trial, cleaning: ExitStack) -> None:
    """The example: a picture, an order, a report."""
    for file in ("app.py", "pyproject.toml"):
        shutil.copy(SHOP / file, trial.folder)
    with (trial.folder / "pyproject.toml").open("a") as said:
        said.write(f"\n[tool.hipflask.deploy.stages.{trial.stage}]\n{machine(trial)}\n")
    cleaning.callback(delete, trial)
    with trial.check("deploy"):
        trial.hipflask("deploy", "--yes")
    told = trial.outputs()
    with trial.check("the page"):
        assert b"<h1>The shop</h1>" in trial.ask("/")
    with trial.check("an order"):
        number = trial.ask("/orders", {"item": "bat", "pieces": 2})["number"]
        trial.until(lambda: trial.ask(f"/orders/{number}")["state"] == "done")
        assert trial.ask(f"/orders/{number}")["cents"] == 9000
    with trial.check("a picture becomes small"):
        from PIL import Image

        large = io.BytesIO()
        Image.new("RGB", (800, 600), "red").save(large, "JPEG")
        pictures = told["BucketPicturesName"]
        trial.session.client("s3").put_object(Bucket=pictures, Key="large/bat", Body=large.getvalue())
        assert Image.open(io.BytesIO(trial.noted(pictures, "small/bat.jpg"))).size == (160, 120)
    with trial.check("the report"):
        trial.hipflask("invoke", "report")


def machine(trial: Trial) -> str:
    """arm64 as usual; here the processor and the Python of this computer, where a cloud of the tests runs the functions."""
    if not trial.asked.here:
        return ""
    name = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
    return f'architecture = "{name}"\npython = "{sys.version_info.major}.{sys.version_info.minor}"'


def write_project(trial: Trial, name: str, app: str, *lines: str) -> None:
    """A pyproject.toml for an app that has none."""
    said = ["[project]", f'name = "{name}"', 'version = "1"', 'dependencies = ["hipflask"]']
    said += ["[tool.hipflask]", f'app = "{app}"', "[tool.hipflask.deploy]", machine(trial), *lines]
    (trial.folder / "pyproject.toml").write_text("\n".join(said) + "\n")


def delete(trial: Trial) -> None:
    """Delete what was deployed, with its data; where that fails, say how a person does it."""
    if trial.asked.keep:
        print(f"  {trial.app}: is left there. hipflask delete --stage {trial.stage} --empty-buckets")
        return
    with trial.check("delete, with its data"):
        trial.hipflask("delete", "--yes", "--wait", "--empty-buckets")
        left = trial.session.client("resourcegroupstaggingapi").get_resources(
            TagFilters=[{"Key": "hipflask:stage", "Values": [trial.stage]}]
        )["ResourceTagMappingList"]
        # Log groups and queues are told of for some minutes after they have gone, so what is left is told, and fails nothing.
        for one in left:
            print(f"\n    still told of: {one['ResourceARN']}")


TRIALS = {"bazaar": try_bazaar, "shop": try_shop}


def main() -> int:
    """Try all that was asked for; 0 if everything went well."""
    asked = arguments()
    try:
        with allowed():
            account = open_account(asked.profile, asked.region)
            import boto3
    except HipflaskError as error:
        sys.exit(str(error))
    session = boto3.Session(profile_name=asked.profile, region_name=account.region)
    print(f"{', '.join(asked.only)} go to account {account.number}, {account.region}, and are deleted again.")
    if not asked.yes and input("Type yes to go on: ") != "yes":
        return 1
    stage, failed = f"try{secrets.token_hex(3)}", []
    for name in asked.only:
        with tempfile.TemporaryDirectory(prefix=f"hipflask-{name}-") as folder, ExitStack() as cleaning:
            trial = Trial(name, stage, Path(folder), session, asked)
            with trial.check("its whole course"):
                TRIALS[name](trial, cleaning)
            cleaning.close()
            failed += [f"{name}: {what}" for what, result in trial.results if result != "ok"]
    print("\n".join(["", "These failed:", *failed]) if failed else "\nAll went well.")
    return bool(failed)


def arguments() -> argparse.Namespace:
    """What was said on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--profile", help="whose credentials, of those in ~/.aws")
    add("--region", default=os.environ.get("AWS_REGION"), help="where")
    add("--only", nargs="+", choices=list(TRIALS), default=list(TRIALS), help="what to try")
    add("--patience", type=float, default=600, metavar="SECONDS", help="how long to wait for anything")
    add("--yes", action="store_true", help="do not ask")
    add("--keep", action="store_true", help="leave everything there")
    add("--no-schedule", action="store_true", help="do not wait for a schedule")
    add("--here", action="store_true", help="functions for this computer's processor and Python")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
