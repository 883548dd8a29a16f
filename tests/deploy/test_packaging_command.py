"""`hipflask package`, as the shell has it: two files, or a sentence."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from build.wheels import Shelf, needs_uv
from hipflask.cli import CommandLine

APP = """
from hipflask import Hipflask

app = Hipflask(__name__)


@app.route("/")
def hello():
    return "hello"


@app.on_sqs_message("orders")
def take(id: int) -> None: ...
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project in the folder of the shell, and an index with what it needs."""
    needs_uv()
    monkeypatch.setenv("HIPFLASK_CACHE", str(tmp_path / "cache"))
    shelf = Shelf(tmp_path, monkeypatch)
    for name in ("flask", "click", "msgspec", "platformdirs", "boto3"):
        shelf.wheel(name, "99.0")
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "packaged_shop.py").write_text(APP)
    settings(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FLASK_APP", "packaged_shop:app")
    yield folder
    sys.modules.pop("packaged_shop", None)


def settings(folder: Path, more: str = "") -> None:
    """The project's pyproject.toml, for the Python that runs these tests."""
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "shop"\ndependencies = ["hipflask"]\n[tool.hipflask]\napp = "packaged_shop:app"\n'
        f'[tool.hipflask.deploy]\npython = "3.{sys.version_info.minor}"\n{more}\n'
    )


def package(*words: str) -> Result:
    """What a person would type."""
    return CliRunner().invoke(CommandLine(), ["package", *words])


def test_a_zip_and_a_template_stand_beside_each_other(shop: Path) -> None:
    """The template names the zip, as `aws cloudformation package` takes it; and their sizes are told."""
    result = package()
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (shop / "dist/aws").iterdir()) == ["bundle.zip", "template.json"]
    made = json.loads((shop / "dist/aws/template.json").read_text())["Resources"].values()
    functions = [each["Properties"] for each in made if each["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 2
    assert {each["Code"] for each in functions} == {"bundle.zip"}
    assert {each["Handler"] for each in functions} == {"hipflask.surfaces.aws.entry.handler"}
    assert "MB unpacked" in result.stdout and "shop-dev" in result.stdout


def test_it_is_the_same_twice(shop: Path) -> None:
    """Both files, byte for byte."""
    made = []
    for _ in range(2):
        assert package("--output", "made").exit_code == 0
        made.append([(shop / "made" / name).read_bytes() for name in ("bundle.zip", "template.json")])
    assert made[0] == made[1], "what was made first is in the project's folder, and not in the second bundle"


def test_the_report_is_there_on_demand(shop: Path) -> None:
    """What takes the space, and what was left out and why."""
    assert "Left out:" not in package().stdout
    told = package("--report").stdout
    assert "packages  hipflask" in told and "Left out:" in told and "a server's" in told


def test_amazons_client_is_packed_on_demand(shop: Path) -> None:
    """And only then."""
    for words, said, is_there in (
        ((), "", False),
        (("--with-boto3",), "", True),
        ((), "with-boto3 = true", True),
    ):
        settings(shop, said)
        assert package(*words).exit_code == 0
        with zipfile.ZipFile(shop / "dist/aws/bundle.zip") as archive:
            assert ("boto3/__init__.py" in archive.namelist()) is is_there


def test_what_cannot_be_is_told_before_anything_is_fetched(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, with exit code 1."""
    monkeypatch.setattr("hipflask.build.packages.uv.find", lambda: pytest.fail("uv was asked"))
    settings(shop, "memory = 1")
    result = package()
    assert result.exit_code == 1
    assert "memory" in result.stderr
    settings(shop, "[tool.hipflask.deploy.stages.prod]")
    assert "no stage 'test'" in package("--stage", "test").stderr
    assert not (shop / "dist").exists()


def test_a_stage_has_its_own_template_and_the_same_bundle(shop: Path) -> None:
    """How something is deployed is no part of it."""
    settings(shop, "[tool.hipflask.deploy.stages.prod]\nmemory = 1024")
    shop = shop.parent
    package("--stage", "dev", "--output", str(shop / "dev"))
    package("--stage", "prod", "--output", str(shop / "prod"))
    assert (shop / "dev/bundle.zip").read_bytes() == (shop / "prod/bundle.zip").read_bytes()
    assert '"MemorySize":1024' in (shop / "prod/template.json").read_text().replace(" ", "")
    assert (shop / "dev/template.json").read_bytes() != (shop / "prod/template.json").read_bytes()
