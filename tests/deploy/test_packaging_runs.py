"""A bundle as Lambda runs it: by Amazon's own client, in a Python that has nothing else of this computer's packages."""

from __future__ import annotations

import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aws.gateway import DOMAIN, event_of
from aws.runtime_api import Runtime
from build.wheels import needs_uv
from hipflask.devtools.from_chalice.making import new_from_chalice

PYTHON = f"3.{sys.version_info.minor}"
HERE = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), "")
TOKEN = "for-tests-" + 32 * "x"
HANDLER = "hipflask.surfaces.aws.entry.handler"

if sys.platform != "linux" or not HERE:
    pytest.skip("a bundle for Lambda runs on Linux alone", allow_module_level=True)

APP = """
import sys
from pathlib import Path

from flask import session
from hipflask import Hipflask, Mapped, Store

app = Hipflask(__name__)
app.secret_key = "for tests"
app.config["MCP_VERIFY"] = lambda token: "lou" if token.startswith("for-tests-") else None
app.config["HIPFLASK_STORE"] = ":memory:"
db = Store(app)


class Player(db.Model):
    name: Mapped[str]


@app.route("/")
def hello():
    return {"hello": "world", "asks": app.config.get("ASKS", "")}


@app.api("/add/<int:a>")
def add(a: int, b: int) -> int:
    return a + b


@app.command("shout")
def shout(text: str) -> str:
    return text.upper()


@app.tool()
def whisper(text: str) -> str:
    "Say it quietly."
    return text.lower()


@app.on_sqs_message("orders")
def take(id: int) -> None:
    print("took", id)


@app.schedule("rate(5 minutes)")
def often() -> None:
    print("often")


@app.lambda_function()
def loaded() -> dict[str, list[str]]:
    files = {name: module.__spec__ for name, module in list(sys.modules.items()) if getattr(module, "__spec__", None)}
    return {
        "files": sorted(str(each.origin) for each in files.values() if each.origin and each.has_location),
        "not compiled": sorted(name for name, each in files.items()
                               if str(each.origin).endswith(".py") and not (each.cached and Path(each.cached).exists())),
    }
"""
LEAN = APP.replace(", Mapped, Store", "").replace(
    "db = Store(app)\n\n\nclass Player(db.Model):\n    name: Mapped[str]\n", ""
)


def project(folder: Path, app: str, architecture: str = HERE) -> Path:
    """A project whose app is this."""
    folder.mkdir(parents=True)
    (folder / "shop.py").write_text(app, encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "shop"\ndependencies = ["hipflask"]\n[tool.hipflask]\napp = "shop:app"\n'
        f'[tool.hipflask.deploy]\npython = "{PYTHON}"\narchitecture = "{architecture}"\n'
    )
    return folder


def packaged(folder: Path, cache: Path) -> Path:
    """Where `hipflask package` has put what it made, as a person would call it who has no account."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment |= {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, "HIPFLASK_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-m", "hipflask.cli", "package", "--report"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "MB unpacked" in done.stdout and "Left out:" in done.stdout
    return folder / "dist" / "aws"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where these tests keep what can be had again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module", params=["with a store", "without one"])
def unpacked(request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of an app, as Lambda has it on its disk."""
    needs_uv()
    place = tmp_path_factory.mktemp("bundle")
    made = packaged(project(place / "shop", APP if request.param == "with a store" else LEAN), cache)
    with zipfile.ZipFile(made / "bundle.zip") as archive:
        archive.extractall(place / "task")
    return place / "task"


@pytest.fixture(scope="module")
def runtime(unpacked: Path) -> Iterator[Runtime]:
    """The web function."""
    with Runtime(
        HANDLER, unpacked, {"HIPFLASK_APP": "shop:app", "HIPFLASK_MCP_TOKEN": TOKEN}, beside=()
    ) as runtime:
        yield runtime


def test_the_web_is_answered(runtime: Runtime) -> None:
    """By plain Flask, and by a bound action."""
    answer = runtime.invoke(event_of("GET", "/", [])).json
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"hello": "world", "asks": ""})
    assert json.loads(runtime.invoke(event_of("GET", "/add/40?b=2", [])).json["body"]) == 42


def test_everything_comes_from_the_bundle_and_is_compiled(unpacked: Path) -> None:
    """No package of this computer has helped, and nothing was compiled anew."""
    environment = {"HIPFLASK_APP": "shop:app", "HIPFLASK_FUNCTION": "loaded"}
    with Runtime(HANDLER, unpacked, environment, beside=()) as runtime:
        answer = runtime.invoke({})
        assert not answer.is_error, answer.payload
        told = answer.json
    client = {"awslambdaric", "snapshot_restore_py", "simplejson", "runtime_client"}
    elsewhere = [
        file for file in told["files"]
        if not file.startswith(str(unpacked)) and "site-packages" in file and not client & set(Path(file).parts)
    ]  # fmt: skip
    assert elsewhere == []
    assert any(file.startswith(str(unpacked / "flask")) for file in told["files"])
    own = {"shop", "flask", "hipflask", "werkzeug", "click", "jinja2", "msgspec"}
    assert [name for name in told["not compiled"] if name.partition(".")[0] in own] == []


@pytest.mark.parametrize(
    ("function", "event", "said"),
    [
        ("take", {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:shop-dev-orders",
                               "messageId": "1", "receiptHandle": "1", "body": '{"id": 7}', "attributes": {}, "messageAttributes": {}}]},
         "took 7"),
        ("often", {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "time": "2026-01-01T00:00:00Z",
                   "resources": ["arn:aws:events:eu-central-1:123456789012:rule/x"], "id": "1", "version": "0",
                   "account": "123456789012", "region": "eu-central-1"}, "often"),
    ],
)  # fmt: skip
def test_events_are_answered(unpacked: Path, function: str, event: dict[str, Any], said: str) -> None:
    """By the function of each."""
    with Runtime(
        HANDLER, unpacked, {"HIPFLASK_APP": "shop:app", "HIPFLASK_FUNCTION": function}, beside=()
    ) as runtime:
        answer = runtime.invoke(event)
        assert not answer.is_error, answer.payload
        assert said in runtime.output


def test_an_assistant_is_answered(runtime: Runtime) -> None:
    """Every surface that a function has is in the bundle."""
    call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).encode()
    headers = [
        ("host", DOMAIN),
        ("authorization", f"Bearer {TOKEN}"),
        ("accept", "application/json, text/event-stream"),
        ("content-type", "application/json"),
    ]
    answer = runtime.invoke(event_of("POST", "/mcp", headers, call)).json
    assert answer["statusCode"] == 200, answer
    assert '"whisper"' in answer["body"]


def test_an_answer_goes_out_in_parts_by_the_bundles_own_wrapper(unpacked: Path) -> None:
    """Lambda keeps the mode that the zip names; Python's zipfile forgets it."""
    wrapper = unpacked / "hipflask-bootstrap"
    wrapper.chmod(0o755)
    environment = {"HIPFLASK_APP": "shop:app", "HIPFLASK_STREAMING": "1"}
    with Runtime(HANDLER, unpacked, environment, wrapper=str(wrapper), beside=()) as runtime:
        answer = runtime.invoke(event_of("GET", "/", []))
    assert (answer.mode, answer.head["statusCode"]) == ("streaming", 200)
    assert json.loads(answer.body)["hello"] == "world"


def test_an_app_of_chalice_is_converted_packaged_and_run(cache: Path, tmp_path: Path) -> None:
    """From its folder to Lambda, with nothing written by hand."""
    shop = tmp_path / "old-shop"
    new_from_chalice(shop, Path(__file__).parents[1] / "devtools" / "chalice_shop")
    settings, table = shop / "pyproject.toml", "[tool.hipflask.deploy]\n"
    mine = f'{table}python = "{PYTHON}"\narchitecture = "{HERE}"\n'
    settings.write_text(settings.read_text("utf-8").replace(table, mine), encoding="utf-8")
    with zipfile.ZipFile(packaged(shop, cache) / "bundle.zip") as archive:
        archive.extractall(tmp_path / "task")
    with Runtime(HANDLER, tmp_path / "task", {"HIPFLASK_APP": "app:app"}, beside=()) as runtime:
        answers = [runtime.invoke(event_of("GET", path, [])).json for path in ("/orders/1", "/orders/2")]
    assert [each["statusCode"] for each in answers] == [200, 404]
    assert json.loads(answers[1]["body"]) == {"Code": "NotFoundError", "Message": "There is no order 2"}
    environment = {"HIPFLASK_APP": "app:app", "HIPFLASK_FUNCTION": "twice"}
    with Runtime(HANDLER, tmp_path / "task", environment, beside=()) as runtime:
        assert runtime.invoke({"n": 21}).json == {"twice": 42}


def test_the_other_processor_is_packaged_for_as_well(cache: Path, tmp_path: Path) -> None:
    """Its libraries are its own, and the compiled files are there all the same."""
    needs_uv()
    other, machine = ("arm64", 0xB7) if HERE == "x86_64" else ("x86_64", 0x3E)
    made = packaged(project(tmp_path / "shop", LEAN, other), cache)
    with zipfile.ZipFile(made / "bundle.zip") as archive:
        libraries = [name for name in archive.namelist() if name.endswith(".so")]
        assert libraries
        for name in libraries:
            assert struct.unpack_from("<H", archive.read(name), 18) == (machine,), name
        assert f"__pycache__/shop.cpython-{PYTHON.replace('.', '')}.pyc" in archive.namelist()
    functions = [
        each["Properties"] for each in json.loads((made / "template.json").read_text())["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function"
    ]  # fmt: skip
    assert {(*each["Architectures"], each["Runtime"], each["Code"]) for each in functions} == {
        (other, f"python{PYTHON}", "bundle.zip")
    }
    shutil.rmtree(tmp_path / "shop")
