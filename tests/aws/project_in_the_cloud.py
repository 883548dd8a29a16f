"""A project deployed by the command line into the cloud of the tests, and what tests ask of it there."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aws.cloud import ACCOUNT, REGION, Cloud, cleared

# What `[tool.hipflask.deploy]` has to say so that a function can run on this computer.
MACHINE = {
    "region": REGION,
    "architecture": "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64",
    "python": f"{sys.version_info.major}.{sys.version_info.minor}",
}
STAGE = "trial"


@dataclass
class InTheCloud:
    """A project's folder, and the cloud in which its stage is."""

    cloud: Cloud
    folder: Path
    name: str

    def hipflask(self, command: str, *words: str) -> str:
        """What a command line about the stage prints; it has to succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "hipflask.cli", command, f"--stage={STAGE}", *words],
            cwd=self.folder,
            env={**cleared(), **self.cloud.environment, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @cached_property
    def url(self) -> str:
        """Where it answers."""
        return self.hipflask("url").strip().rstrip("/")

    @cached_property
    def template(self) -> dict[str, Any]:
        """What was sent to CloudFormation."""
        told = self.cloud.client("cloudformation").get_template(StackName=f"{self.name}-{STAGE}")
        body: dict[str, Any] = told["TemplateBody"]
        return body

    def bucket(self, name: str) -> str:
        """What a bucket of the app is called there."""
        return f"{self.name}-{STAGE}-{name}-{ACCOUNT}-{REGION}"

    def queue(self, name: str) -> str:
        """Where a queue of the app is."""
        found = self.cloud.client("sqs").get_queue_url(QueueName=f"{self.name}-{STAGE}-{name}")
        return str(found["QueueUrl"])

    def invoke(self, function: str, event: object) -> tuple[Any, bool]:
        """What a function answers, and whether that is an error."""
        told = self.cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return json.loads(told["Payload"].read()), "FunctionError" in told


@contextmanager
def deployed(cloud: Cloud, folder: Path, name: str, **settings: object) -> Iterator[InTheCloud]:
    """The project of a folder, deployed as a stage with these settings of its own."""
    said = "\n".join(f"{key} = {json.dumps(value)}" for key, value in {**MACHINE, **settings}.items())
    with (folder / "pyproject.toml").open("a") as pyproject:
        pyproject.write(f"\n[tool.hipflask.deploy.stages.{STAGE}]\n{said}\n")
    project = InTheCloud(cloud, folder, name)
    project.hipflask("deploy", "--yes")
    yield project
    cloud.forget()
