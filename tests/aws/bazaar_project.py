"""The bazaar as a project, deployed by the command line into the cloud of the tests."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from aws.cloud import ACCOUNT, REGION, Cloud, cleared, eventually

LEDGER, UPLOADS = (f"bazaar-dev-{name}-{ACCOUNT}-{REGION}" for name in ("ledger", "uploads"))
PYPROJECT = """
[project]
name = "bazaar"
version = "1"
dependencies = ["hipflask"]

[tool.hipflask]
app = "bazaar:app"

[tool.hipflask.deploy]
region = "{region}"
architecture = "{machine}"
python = "{python}"
environment = {{ BAZAAR_STREAM = "{stream}", BAZAAR_STAGE = "dev" }}
"""


@dataclass
class Bazaar:
    """The project, and the cloud in which it is."""

    cloud: Cloud
    folder: Path
    template: dict[str, Any] = field(default_factory=dict)

    def hipflask(self, *words: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command line, in the project's folder."""
        return subprocess.run(
            [sys.executable, "-m", "hipflask.cli", *words],
            cwd=self.folder,
            env={**cleared(), **self.cloud.environment, "PYTHONWARNINGS": "ignore"},
            input=said,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def done(self, *words: str, said: str | None = None) -> str:
        """What a command line that has to succeed prints."""
        result = self.hipflask(*words, said=said)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def noted(self, key: str) -> Any:
        """What a function has written down, as soon as it has."""
        s3 = self.cloud.client("s3")

        def look() -> bytes | None:
            found = s3.list_objects_v2(Bucket=LEDGER, Prefix=key).get("Contents", [])
            return s3.get_object(Bucket=LEDGER, Key=key)["Body"].read() if found else None

        return json.loads(eventually(look))

    def invoke(self, function: str, event: Any) -> Any:
        """What a function answers to Amazon."""
        told = self.cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        payload = told["Payload"].read()
        assert "FunctionError" not in told, payload
        return json.loads(payload)

    @cached_property
    def url(self) -> str:
        """Where it answers, as the command says it."""
        return self.done("url").strip().rstrip("/")

    def price(self, fruit: str) -> object:
        """What a fruit costs."""
        with urlopen(f"{self.url}/prices/{fruit}") as answer:
            return json.load(answer)["price"]

    def queue(self, name: str) -> Any:
        """SQS, and where a queue is."""
        sqs = self.cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=f"bazaar-dev-{name}")["QueueUrl"]
        return sqs, url
