"""`hipflask new --from-chalice`: what a converted app answers is what Chalice answered, and nothing of the old folder changes."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hipflask.cli import CommandLine
from hipflask.core.errors import UsageError
from hipflask.deploy.configuration import read_settings
from hipflask.devtools.from_chalice.making import Conversion, new_from_chalice
from lacking import lacking

from . import chalice_cases

HERE = Path(__file__).parent
OLD = HERE / "chalice_shop"
# Of a request that nobody foresaw they say the same status; Flask's page is Flask's. Who is not let in is told by Amazon's gateway.
ONLY_THE_STATUS = {"/broken"}
# Flask says what Amazon's gateway adds for Chalice.
OF_THE_GATEWAY = {"content-length", "content-type"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Conversion:
    """The conversion's report."""
    place = tmp_path_factory.mktemp("new") / "shop"
    conversion = new_from_chalice(place, OLD)
    conversion.files.insert(0, str(place))
    return conversion


@pytest.fixture(scope="module")
def new(made: Conversion) -> Path:
    """The converted app."""
    return Path(made.files[0])


def asked(kind: str, folder: Path) -> Any:
    """What an app answers to all cases, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", HERE / "chalice_peer.py", kind],
        cwd=folder, input=chalice_cases.as_json(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def answers(new: Path) -> tuple[Any, Any]:
    """Chalice's and ours."""
    try:
        import chalice  # noqa: F401
    except ImportError:
        lacking("Chalice")
    return asked("chalice", OLD), asked("hipflask", new)


@pytest.mark.parametrize("number", range(len(chalice_cases.REQUESTS)))
def test_a_request_is_answered_as_before(answers: tuple[Any, Any], number: int) -> None:
    """Status, body, and every header that the app itself has said."""
    method, path, _, _ = chalice_cases.REQUESTS[number]
    (old_status, old_headers, old_body), (status, headers, body) = (
        each["requests"][number] for each in answers
    )
    assert status == old_status, (method, path, body)
    if path in ONLY_THE_STATUS or (path == "/guarded" and status > 200):
        return
    assert body.removesuffix("\n") == old_body  # which Flask ends its own JSON with
    said = dict(old_headers)
    assert {key: value for key, value in headers if key not in OF_THE_GATEWAY - set(said)} == said


def test_an_answer_that_says_nothing_else_is_json(answers: tuple[Any, Any]) -> None:
    """As the gateway has it: a plain text too."""
    for (_, path, _, _), (_, headers, _) in zip(chalice_cases.REQUESTS, answers[1]["requests"], strict=True):
        if path not in {"/raw", "/guarded", *ONLY_THE_STATUS}:
            assert dict(headers)["content-type"] == "application/json", path


@pytest.mark.parametrize("number", range(len(chalice_cases.EVENTS)))
def test_an_event_tells_a_handler_what_it_did(answers: tuple[Any, Any], number: int) -> None:
    """Each record, each attribute, and a direct call's result."""
    old, new = (each["events"][number] for each in answers)
    assert old
    assert new == old


def test_a_browser_may_ask_whether_a_page_may_call(new: Path) -> None:
    """What Amazon's gateway answered by itself: OPTIONS, with the route's own headers."""
    code = (
        "import app; answer = app.app.test_client().options('/partly'); "
        "print(answer.status_code, answer.headers['Access-Control-Allow-Origin'], answer.headers['Access-Control-Allow-Methods'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=new, capture_output=True, text=True, check=True)
    status, origin, *methods = done.stdout.split()
    assert (status, origin) == ("200", "https://example.com")
    assert {"GET", "POST", "OPTIONS"} <= {each.rstrip(",") for each in methods}


def test_what_no_route_fits_is_not_there(new: Path) -> None:
    """Though a middleware asks for the route."""
    code = "import app; answer = app.app.test_client().get('/nowhere'); print(answer.status_code, answer.headers['X-Stamp'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=new, capture_output=True, text=True, check=False)
    assert done.stdout == "404 GET /nowhere\n", done.stderr


def test_what_needed_no_change_is_as_it_was(new: Path) -> None:
    """Comments, quotes, line breaks: only lines that speak of Chalice differ."""
    old_lines, new_lines = ((folder / "app.py").read_text("utf-8").splitlines() for folder in (OLD, new))
    kept = [line for line in old_lines if line in new_lines]
    assert "    return {'hello': 'wörld'}   # a comment that stays" in kept
    assert "from chalicelib.orders import extra, find, page_of  # the rest of it" in kept
    assert len(kept) > 0.7 * len(old_lines)


def test_nothing_speaks_to_chalice_any_more(new: Path) -> None:
    """No import of it is left, in any module."""
    for file in new.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert "chalice" not in [name.partition(".")[0] for name in names], file


def test_nothing_of_the_old_folder_is_changed(tmp_path: Path) -> None:
    """Not even by running it: it is only read."""
    before = digests(OLD)
    new_from_chalice(tmp_path / "copy", OLD)
    assert digests(OLD) == before


def test_an_app_that_would_do_harm_is_only_read(tmp_path: Path) -> None:
    """Nothing in it is executed."""
    old, mark = tmp_path / "old", tmp_path / "mark"
    old.mkdir()
    (old / "app.py").write_text(
        f"from chalice import Chalice\napp = Chalice('x')\nopen({str(mark)!r}, 'w').close()\n",
        encoding="utf-8",
    )
    new_from_chalice(tmp_path / "new-one", old)
    assert not mark.exists()


def test_secrets_and_settings_stay_behind(new: Path) -> None:
    """What is hidden is a person's own."""
    assert (OLD / ".chalice").is_dir()
    assert not [path for path in new.rglob(".*") if path.name != ".gitignore"]


def test_the_stages_are_settings_now(new: Path) -> None:
    """As `hipflask deploy` reads them."""
    dev, prod = (read_settings(new, "shop", stage) for stage in ("dev", "prod"))
    assert (dev.of("take").timeout, dev.of("take").environment) == (20, {"CURRENCY": "EUR"})
    assert (prod.of("take").timeout, prod.of("read").timeout, prod.of("take").memory) == (60, 20, 1024)
    assert prod.of("take").reserved_concurrency == 2
    assert prod.of("read").environment == {"CURRENCY": "USD", "ODD_KEY": '"quoted"'}
    assert prod.table.tracing and not dev.table.tracing
    assert tomllib.loads((new / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"] == [
        "hipflask",
        "requests>=2",
    ]


def test_policies_are_declared(new: Path) -> None:
    """Each permission, but those that every function has by itself."""
    text = (new / "app.py").read_text("utf-8")
    assert text.endswith(
        'app.allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::uploads/*")\n'
        'app.allow("s3:GetObject", "arn:aws:s3:::uploads-prod/*")\n'
    )
    assert "logs:" not in text


@pytest.mark.parametrize(
    "said",
    [
        ".chalice/policy-dev.json: write as app.allow what this says, if it can be",
        "app.py, line 152: queue='orders' names one that exists in Chalice",
        "requirements.txt: '-r more.txt' is no requirement",
        "stage prod: tags has no counterpart",
    ],
)
def test_what_a_person_has_to_do_is_said(made: Conversion, said: str) -> None:
    """File, line, and what to write."""
    lines = list(made.report())
    assert lines[0] == "To do by hand:"
    assert any(said in line for line in lines), lines


def test_the_command_says_what_is_left_to_do(tmp_path: Path) -> None:
    """What was made goes to the output, what there is to do beside it."""
    result = CliRunner().invoke(CommandLine(), ["new", str(tmp_path / "my-shop"), "--from-chalice", str(OLD)])
    assert result.exit_code == 0, result.output
    assert "my-shop/app.py" in result.stdout
    assert "To do by hand:" in result.stderr


@pytest.fixture
def chalice_app(tmp_path: Path) -> Iterator[Path]:
    """A folder with next to nothing in it."""
    old = tmp_path / "old"
    old.mkdir()
    (old / "app.py").write_text(
        "from chalice import Chalice\napp = Chalice(app_name='x')\n", encoding="utf-8"
    )
    yield old


def test_an_empty_folder_is_taken_and_a_full_one_is_not(chalice_app: Path, tmp_path: Path) -> None:
    """Nothing is overwritten."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("mine")
    new_from_chalice(tmp_path / "empty", chalice_app)
    assert (tmp_path / "empty" / "app.py").is_file()
    with pytest.raises(UsageError, match="not an empty folder"):
        new_from_chalice(tmp_path / "full", chalice_app)
    assert os.listdir(tmp_path / "full") == ["kept.txt"]


def test_a_new_folder_within_the_old_one_is_refused(chalice_app: Path) -> None:
    """It would be part of what is converted."""
    with pytest.raises(UsageError, match="beside it"):
        new_from_chalice(chalice_app / "new-one", chalice_app)
    assert os.listdir(chalice_app) == ["app.py"]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "There is no app.py"),
        ({"app.py": "app = 1\n"}, "makes no Chalice app"),
        ({"app.py": "from chalice import Chalice\napp = Chalice(\n"}, "cannot be read as Python"),
        ({"app.py": "from chalice import Chalice\napp = Chalice('x')\n", "more.py": "def ("}, "more.py cannot be read"),
        ({"app.py": "from chalice import Chalice\napp = Chalice('x')\n", ".chalice/config.json": "{"}, "config.json cannot be read"),
        ({"app.py": "from chalice import Chalice\napp = Chalice('x')\n", ".chalice/config.json": "[]"}, "no JSON object"),
        ({"app.py": "from chalice import Chalice\napp = Chalice('x')\n", ".chalice/config.json": '{"stages": {"dev": {"api_gateway_custom_domain": {"a": 1}}}}'}, "config.json cannot be understood"),
        ({"app.py": "from chalice import Chalice\napp = Chalice('x')\n", ".chalice/config.json": '{"stages": []}'}, "config.json cannot be understood"),
    ],
)  # fmt: skip
def test_what_is_no_chalice_project_is_refused(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    """With the file's name, and before anything is written."""
    old = tmp_path / "old"
    old.mkdir()
    for name, text in files.items():
        (old / name).parent.mkdir(exist_ok=True)
        (old / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=sentence):
        new_from_chalice(tmp_path / "new-one", old)
    assert not (tmp_path / "new-one").exists()


def digests(folder: Path) -> dict[str, str]:
    """What each file has in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
