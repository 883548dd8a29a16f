"""What `hipflask publish` publishes is what installed programs take: the two halves are tested together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shop import TARGET, Layers, Program, Server, layers, release_with, serving, written

from hipflask.build.bundle import Bundle
from hipflask.build.project import Project, Updates
from hipflask.build.publish.keys import make, rotate
from hipflask.build.publish.repository import Publisher
from hipflask.build.targets import Target
from hipflask.build.update.news import number_of
from hipflask.core.errors import UpdateError


class Company:
    """Somebody with a project, keys and a web server."""

    id = "com.example.stock"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.public = folder / "public"
        self.keys = make(folder / "keys", folder / "stick", self.ask, now=datetime.now(UTC))
        self.project = Project(
            folder=folder,
            source=folder,
            app="stock",
            files=(),
            id=self.id,
            name="Stock",
            program="stock",
            version="1.0",
            publisher="Example",
            description="What is on the shelves.",
            updates=Updates("https://example.com/", folder / "keys" / "1.root.json"),
        )

    @staticmethod
    def ask(name: str, is_new: bool) -> str:
        return "correct horse"

    @property
    def root(self) -> bytes:
        return (self.folder / "keys" / "1.root.json").read_bytes()

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.project, self.public, self.keys, self.ask, datetime.now(UTC))

    def publish(self, version: str, made_of: Layers, percent: int = 100) -> Bundle:
        folder = self.folder / "builds" / version
        made = tuple(written(name, files, folder) for name, files in made_of.items())
        release = release_with(version, {layer.name: layer.id for layer in made})
        target = Target.parse(TARGET)
        bundle = Bundle(self.project, target, release, made, folder, folder)
        self.publisher.publish([bundle], {}, percent=percent)
        return bundle


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


@pytest.fixture
def server(company: Company) -> Iterator[Server]:
    with serving(company.public) as server:
        yield server


@pytest.fixture
def program(company: Company, server: Server, tmp_path: Path) -> Program:
    """Version 1.0, with a packages layer large enough for a delta to be worth it."""
    company.publish("1.0", contents("1.0"))
    return Program.install(tmp_path / "Stock", company, "1.0", contents("1.0"), server.url)


BIG = os.urandom(20_000)


def contents(version: str, **more: bytes) -> dict[str, dict[str, bytes]]:
    made = layers(version)
    made["packages"] |= {"big.py": BIG, **more}
    return made


def test_a_changed_line_costs_little(company: Company, program: Program, server: Server) -> None:
    """Timestamp, snapshot, targets, offer and the app's layer: less than 5,000 bytes in all."""
    program.updater().check()
    company.publish("1.1", contents("1.1"))
    server.sent = 0
    assert program.update()
    assert program.version == "1.1"
    assert server.sent < 5000


def test_a_changed_dependency_comes_as_a_delta(company: Company, program: Program, server: Server) -> None:
    """Only the files that have changed are downloaded."""
    bundle = company.publish("1.1", contents("1.1", **{"small.py": b"small = 1"}))
    server.sent = 0
    assert program.update()
    assert program.version == "1.1"
    assert program.current.release == bundle.release.key
    assert server.sent < 8000


def test_a_roll_out_grows_and_is_withdrawn(company: Company, program: Program) -> None:
    """The percentage decides who sees it; what is withdrawn is seen by nobody."""
    number = number_of(program.installation.id, "1.1")
    company.publish("1.1", contents("1.1"), percent=number)
    assert program.updater().check() is None
    company.publish("1.1", contents("1.1"), percent=number + 1)
    assert program.updater().check() is not None
    company.publisher.withdraw("stable")
    assert program.updater().check() is None
    company.publish("1.2", contents("1.2"))
    assert program.update()


def test_a_new_key_is_followed(company: Company, program: Program) -> None:
    """After a rotation, programs that know only the first root take what the new key has signed."""
    program.updater().check()
    company.keys = rotate(
        company.keys, "online", [company.folder / "stick"], company.ask, now=datetime.now(UTC)
    )
    company.publish("1.1", contents("1.1"))
    assert program.update()
    assert program.version == "1.1"


def test_another_company_is_not_believed(company: Company, program: Program, tmp_path: Path) -> None:
    """What somebody else has published with keys of their own is refused."""
    other = Company(tmp_path / "other")
    other.publish("6.6", contents("6.6"))
    with pytest.raises(UpdateError, match="not signed by those whom this program trusts"):
        program.update(url=other.public.as_uri())
    assert program.version == "1.0"
