"""Figures of hub processes: `hipflask hub --metrics`, read by Prometheus's own parser."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
import pytest
from hubs import Hub, first, shell
from prometheus_client.parser import text_string_to_metric_families as parse
from replicas import ByHand
from tinyhub import pushed

from hipflask.core.errors import UsageError
from hipflask.sync.messages import Ack, Checkpoint


def until(found: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What is found, once it is."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return value


def pages(hub: Hub, count: int = 1) -> list[str]:
    """The addresses that it has said its figures are at."""
    return until(
        lambda: len(found := re.findall(r"Figures of process \d+: (\S+)", hub.said)) >= count and found
    )


class Figures:
    """A page as it is now."""

    def __init__(self, address: str) -> None:
        with urlopen(address, timeout=20) as answer:
            self.families = {family.name: family for family in parse(answer.read().decode())}

    def __getitem__(self, name: str) -> float:
        (sample,) = self.families[name].samples
        return float(sample.value)

    def count(self, kind: str) -> float:
        samples = self.families["hipflask_duration_seconds"].samples
        return sum(
            each.value for each in samples if each.name.endswith("_count") and each.labels["kind"] == kind
        )


@contextmanager
def replica(port: int, url: str, user: str) -> Iterator[ByHand]:
    with ByHand(port, shell(url, "token", "issue", user).strip()) as replica:
        replica.say(first())
        replica.until(Checkpoint)
        yield replica


def test_a_hubs_figures(database_url: str) -> None:
    """How many are connected, how far everybody is, what waits, and each push and version as a span."""
    with Hub(database_url, "--metrics", "0") as hub:
        (page,) = pages(hub)
        assert page.startswith("http://127.0.0.1:")
        before = Figures(page)
        assert (before["hipflask_hub_replicas"], before["hipflask_hub_database"]) == (0, 1)
        assert {family.type for name, family in before.families.items() if "hub" in name} == {"gauge"}
        assert (
            before.families["hipflask_hub_replicas"].documentation
            == "Replicas that are connected to this process."
        )
        with replica(hub.port, database_url, "ann") as ann:
            ann.say(*pushed(1, "a"))
            ann.until(Ack)
            ann.until(Checkpoint)
            after = until(lambda: (now := Figures(page)).count("hub version") and now)
            assert after["hipflask_hub_replicas"] == 1
            assert after["hipflask_hub_version"] >= 1
            assert (after["hipflask_hub_behind"], after["hipflask_hub_waiting"]) == (0, 0)
            assert (after["hipflask_hub_sequencer"], after.count("hub push")) == (1, 1)
        until(lambda: Figures(page)["hipflask_hub_replicas"] == 0)


def test_without_its_database(server: str, database_url: str) -> None:
    """The page is there when the database is not, and says so."""
    name = urlsplit(database_url).path[1:]
    with Hub(database_url, "--metrics", "0") as hub, psycopg.connect(server, autocommit=True) as admin:
        (page,) = pages(hub)
        assert Figures(page)["hipflask_hub_database"] == 1
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        gone = until(lambda: (now := Figures(page))["hipflask_hub_database"] == 0 and now, 40)
        assert "hipflask_hub_waiting" not in gone.families
        assert "hipflask_hub_version" in gone.families
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        until(lambda: Figures(page)["hipflask_hub_database"] == 1, 40)


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="no processes share a port there")
def test_several_processes_have_a_page_each(database_url: str) -> None:
    """Each counts for itself, on the port that was named and those after it; just one of them makes the versions."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = str(taken.getsockname()[1])
    with Hub(database_url, "--workers", "2", "--metrics", wanted) as hub:
        found = pages(hub, 2)
        assert len({*found}) == 2 and f"http://127.0.0.1:{wanted}/metrics" in found
        until(lambda: sum(Figures(page)["hipflask_hub_sequencer"] for page in found) == 1)
        with replica(hub.port, database_url, "ann"):
            until(lambda: sum(Figures(page)["hipflask_hub_replicas"] for page in found) == 1)


def test_an_address_that_is_none(database_url: str) -> None:
    """It is refused before anybody is let in."""
    with pytest.raises(UsageError, match="as in 9464"):
        shell(database_url, "--workers", "2", "--metrics", "everywhere")
