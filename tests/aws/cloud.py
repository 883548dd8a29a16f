"""The cloud of the tests: Amazon's interfaces on this computer, and functions that run in it.

boto3 talks to moto's server as it would to Amazon, over HTTP; what is asked lands in `cloud_server.py`, which runs the real bundles.
Nothing else is ever asked: `Cloud.environment` has a loopback address for each of Amazon's services and made-up credentials, and
whatever else a machine knows of AWS is taken out of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import Request, urlopen

REGION = "eu-west-1"
ACCOUNT = "123456789012"
T = TypeVar("T")


class Cloud:
    """A running cloud."""

    def __init__(self, port: int, folder: Path) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.folder = folder
        self._clients: dict[str, Any] = {}
        nothing = folder / "nothing"
        nothing.touch()
        self.environment = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "a-secret-that-is-never-said",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(nothing),
            "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
        }

    def client(self, service: str) -> Any:
        """boto3's client of a service, for whoever owns the account; it takes a while to make one."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self.endpoint)
        return self._clients[service]

    @cached_property
    def _session(self) -> Any:
        import boto3

        key, secret = self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"]
        return boto3.Session(key, secret, region_name=REGION)

    def rehearse(self, stack: str, *events: dict[str, str], pace: float = 0.01) -> None:
        """Have these events happen the next time that somebody changes a stack, instead of what would."""
        self._say("rehearse", stack=stack, events=events, pace=pace)

    def play(self, stack: str, *events: dict[str, str], pace: float = 0.01) -> None:
        """Have these events happen now, as if somebody else were changing a stack."""
        self._say("play", stack=stack, region=REGION, events=events, pace=pace)

    def stand(self, stack: str, status: str, reason: str | None = None) -> None:
        """Have a stack stand so."""
        self._say("stand", stack=stack, region=REGION, status=status, reason=reason)

    def break_functions(self, are_broken: bool) -> None:
        """Have every function fail, or work again."""
        self._say("break_functions", are_broken=are_broken)

    def make_bucket_of_a_stranger(self, name: str) -> None:
        """Have another account own a bucket."""
        self._say("bucket_of_a_stranger", name=name)

    def ask_for_permissions(self, does: bool) -> None:
        """Have requests need permissions, as all of Amazon's do; or not, as in the beginning."""
        self._say("permissions", does=does)

    def forget(self) -> None:
        """Begin anew, with nothing."""
        with urlopen(Request(f"{self.endpoint}/moto-api/reset", b"", method="POST")):
            pass

    def _say(self, what: str, **words: Any) -> None:
        with urlopen(Request(f"{self.endpoint}/hipflask/{what}", json.dumps(words).encode(), method="POST")):
            pass


def cleared() -> dict[str, str]:
    """This process's environment without anything of Amazon's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


@contextmanager
def running(folder: Path) -> Iterator[Cloud]:
    """A cloud that runs meanwhile, and keeps what it needs in `folder`."""
    server = Path(__file__).with_name("cloud_server.py")
    with (folder / "cloud.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(server), str(folder / "code")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**cleared(), "PYTHONPATH": str(server.parent.parent)},
        )
        assert process.stdin and process.stdout
        port = process.stdout.readline()
        if not port:
            raise AssertionError((folder / "cloud.log").read_text())
        try:
            yield Cloud(int(port), folder)
        finally:
            process.stdin.close()
            process.wait(20)
            process.stdout.close()


def eventually(look: Callable[[], T], seconds: float = 15) -> T:
    """What a look gives as soon as it is something."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing was seen within {seconds} seconds")
        time.sleep(0.02)
    return seen
