"""The handler under Amazon's own runtime client, which a Runtime API on this machine drives: what Lambda runs, short of Lambda."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws.gateway import event_of
from aws.runtime_api import Runtime

HANDLER = "hipflask.surfaces.aws.entry.handler"
FOLDER = Path(__file__).parent


def function(**environment: str) -> Runtime:
    """The app under test as a function."""
    return Runtime(
        HANDLER, FOLDER, {"HIPFLASK_APP": "lambda_app:app", "PYTHONPATH": str(FOLDER), **environment}
    )


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    """A function that stays warm."""
    with function() as runtime:
        yield runtime


def get(path: str, **headers: str) -> dict[str, object]:
    return event_of("GET", path, [("host", "abcdef.lambda-url.eu-central-1.on.aws"), *headers.items()])


def post(path: str, content: object) -> dict[str, object]:
    return event_of("POST", path, [("content-type", "application/json")], json.dumps(content).encode())


def test_web_requests_are_answered(runtime: Runtime) -> None:
    """With text, with bytes, with what an action makes of its parameters."""
    assert runtime.invoke(get("/on/first?year=1938")).json["body"] == '"Who is on first since 1938."'
    told = runtime.invoke(get("/picture")).json
    assert told["isBase64Encoded"] and told["headers"]["content-type"] == "image/png"
    wrong = runtime.invoke(get("/on/first?year=soon")).json
    assert wrong["statusCode"] == 422 and "year" in wrong["body"]


def test_an_answer_over_the_limit_is_our_own_sentence(runtime: Runtime) -> None:
    """Lambda would take none of it, and the gateway say nothing."""
    assert runtime.invoke(get(f"/bytes/{4_600_000}")).json["statusCode"] == 200
    told = runtime.invoke(get(f"/bytes/{4_800_000}")).json
    assert told["statusCode"] == 502 and "6,291,456" in told["body"] and "a bucket" in told["body"]


def test_what_is_kept_is_kept_below_tmp() -> None:
    """Nothing else can be written there; the store opens by itself, and stays for as long as the process."""
    with function(HIPFLASK_APP="store_app:app") as runtime:
        instance = json.loads(runtime.invoke(get("/")).json["body"])["instance"]
        assert instance == os.path.join(runtime._scratch.name, "hipflask-instance")
        assert runtime.invoke(post("/visits", {"number": 1})).json["body"] == "1"
        assert runtime.invoke(post("/visits", {"number": 2})).json["body"] == "2"


def test_a_store_where_nothing_can_be_written_says_so() -> None:
    """In the log, with what Lambda is like: who asks is told nothing of folders."""
    with function(HIPFLASK_APP="store_app:app", LINEUP_STORE="/proc/store.sqlite") as runtime:
        told = runtime.invoke(post("/visits", {"number": 1})).json
        assert told["statusCode"] == 500 and "/proc" not in told["body"]
        assert "StoreReadOnly: /proc/store.sqlite" in runtime.output
        assert "On AWS Lambda only /tmp may be written" in runtime.output


def test_what_a_view_raises_is_in_the_log_with_its_request(runtime: Runtime) -> None:
    """Once, with the id by which Lambda's own lines are found; who asks is told nothing of it."""
    before = len(runtime.output)
    told = runtime.invoke(get("/fails")).json
    assert told["statusCode"] == 500 and "s3cret" not in told["body"]
    said = runtime.output[before:]
    assert said.count("ValueError: the password is s3cret") == 1
    assert "[ERROR]" in said and _has_request_id(said)


def test_a_view_does_not_end_the_process(runtime: Runtime) -> None:
    """sys.exit() in one of them is an error of that request alone."""
    assert runtime.invoke(get("/exit")).json["statusCode"] == 500
    assert runtime.invoke(get("/on/first")).json["statusCode"] == 200


def test_an_unknown_event_is_an_error_in_lambdas_shape(runtime: Runtime) -> None:
    """One sentence, and none of what it held."""
    for event in ({"hello": "s3cret"}, ["s3cret"], "s3cret", {"Records": [{"eventSource": "s3cret"}]}):
        answer = runtime.invoke(event)
        assert answer.is_error and answer.json["errorType"] == "EventError", event
        assert "s3cret" not in answer.json["errorMessage"]


def test_a_direct_call() -> None:
    """A function of its own, by its door's name: bound, answered, and what it raises raised in Lambda's shape."""
    with function(HIPFLASK_FUNCTION="who_is_on") as runtime:
        assert runtime.invoke({"base": "second"}).json == "Who is on second since 2026."
        wrong = runtime.invoke({"base": "second", "year": "soon"})
        assert wrong.is_error and "year" in wrong.json["errorMessage"]
        web = runtime.invoke(get("/on/first"))
        assert web.is_error
    with function(HIPFLASK_FUNCTION="failing") as runtime:
        raised = runtime.invoke({})
        assert raised.is_error
        assert (raised.json["errorType"], raised.json["errorMessage"]) == ("LookupError", "no such base")


def test_the_clock_calls_by_name_and_by_event() -> None:
    """A rule's event comes to the function that it is for."""
    event = {
        "version": "0",
        "id": "1",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "0",
        "time": "2026-11-23T09:00:00Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:0:rule/x"],
        "detail": {},
    }
    with function(HIPFLASK_FUNCTION="hourly") as runtime:
        assert runtime.invoke(event).json is None
        assert "It is time." in runtime.output


def test_too_little_time_is_named_before_it_has_run_out() -> None:
    """With the request and the place; Lambda ends the process then, and the next one is answered by another."""
    with function() as runtime:
        runtime.invoke(get("/"))
        answer = runtime.invoke(get("/slow"), seconds=1.0)
        assert answer.is_error and "Task timed out after 1.00 seconds" in answer.json["errorMessage"]
        id = answer.json["errorMessage"].split()[1]
        (line,) = [line for line in runtime.output.splitlines() if "about to be cut off" in line]
        assert id in line and "lambda_app.py" in line and "(slow)" in line
        assert runtime.invoke(get("/on/first")).json["statusCode"] == 200


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HIPFLASK_APP": ""}, "HIPFLASK_APP is not set"),
        ({"HIPFLASK_APP": "no_such_module:app"}, "no_such_module"),
        ({"HIPFLASK_APP": "lambda_app:nothing"}, "nothing"),
        ({"HIPFLASK_FUNCTION": "nobody"}, "nobody"),
        ({"HIPFLASK_SECRET_KEY": "s3cret"}, "by its ARN"),
    ],
)
def test_a_function_that_cannot_start_says_why(environment: dict[str, str], words: str) -> None:
    """When it starts or is first called, in Lambda's shape."""
    with function(**environment) as runtime:
        answer = runtime.invoke({})
        assert answer.is_error and words in answer.json["errorMessage"], answer.json
        assert "s3cret" not in answer.json["errorMessage"]


def test_a_plain_start_reads_little() -> None:
    """A function for the web alone loads no screen, no server, no models, and nothing of AWS's."""
    program = (
        "import sys; from hipflask.surfaces.aws import entry; heavy = ('sqlalchemy', 'uvicorn', 'boto3', 'hipflask.ui.live', "
        "'hipflask.surfaces.events.calling', 'hipflask.surfaces.voice.endpoints', 'cryptography', 'asyncio'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    folders = os.pathsep.join(filter(None, (str(FOLDER), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "HIPFLASK_APP": "plain_app:app", "PYTHONPATH": folders}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert done.stdout == "[]\n", done.stdout + done.stderr


def _has_request_id(said: str) -> bool:
    return re.search(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b", said) is not None
