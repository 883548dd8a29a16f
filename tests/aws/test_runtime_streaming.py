"""Answers in parts, by the loop that takes the place of Lambda's own: driven by a Runtime API, which sees each part when it comes."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws.gateway import event_of
from aws.runtime_api import Runtime
from hipflask.surfaces.aws.streaming import WRAPPER, WRAPPER_NAME

HANDLER = "hipflask.surfaces.aws.entry.handler"
FOLDER = Path(__file__).parent


def function(folder: Path, **environment: str) -> Runtime:
    """The app under test as a function whose URL streams, as it is deployed: by the wrapper."""
    wrapper = folder / WRAPPER_NAME
    wrapper.write_bytes(WRAPPER)
    wrapper.chmod(stat.S_IRWXU)
    variables = {
        "HIPFLASK_APP": "lambda_app:app",
        "HIPFLASK_STREAMING": "1",
        "PYTHONPATH": str(FOLDER),
        **environment,
    }
    return Runtime(HANDLER, FOLDER, variables, wrapper=str(wrapper))


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    with function(tmp_path_factory.mktemp("wrapper")) as runtime:
        yield runtime


def get(path: str, **headers: str) -> dict[str, object]:
    return event_of("GET", path, [("host", "abcdef.lambda-url.eu-central-1.on.aws"), *headers.items()])


def test_parts_go_out_as_they_come(runtime: Runtime) -> None:
    """With status, headers and cookies before them; the first is there long before the last."""
    runtime.invoke(get("/"))
    answer = runtime.invoke(get("/parts"))
    assert (answer.mode, answer.kind, answer.is_error, answer.trailers) == (
        "streaming",
        "application/vnd.awslambda.http-integration-response",
        False,
        {},
    )
    assert answer.head["statusCode"] == 200 and answer.head["headers"]["content-type"].startswith(
        "text/event-stream"
    )
    assert [cookie[:3] for cookie in answer.head["cookies"]] == ["a=1", "b=2"]
    assert answer.body == b"part 0\npart 1\npart 2\npart 3\n"
    head, *parts = answer.parts
    assert head[1].endswith(bytes(8)) and len(parts) == 4
    assert parts[-1][0] - parts[0][0] > 0.3


def test_what_is_no_generator_is_streamed_as_well(runtime: Runtime) -> None:
    """A URL that streams takes nothing else; bytes are bytes, and nothing is base64."""
    answer = runtime.invoke(get("/picture"))
    assert answer.body == bytes(range(256)) and answer.head["headers"]["content-type"] == "image/png"
    assert "content-length" not in answer.head["headers"]
    told = runtime.invoke(event_of("HEAD", "/picture", []))
    assert told.head["statusCode"] == 200 and told.body == b""
    assert runtime.invoke(get("/nowhere")).head["statusCode"] == 404


def test_an_error_at_once_is_an_answer(runtime: Runtime) -> None:
    """As it is where nothing streams."""
    for path in ("/fails", "/exit"):
        answer = runtime.invoke(get(path))
        assert answer.head["statusCode"] == 500 and not answer.is_error and b"s3cret" not in answer.payload


def test_an_error_on_the_way_is_told_behind_the_parts(runtime: Runtime) -> None:
    """In trailers, so that Lambda knows; who asks sees the answer end, and the log has the reason, once, with the request's id."""
    before = len(runtime.output)
    answer = runtime.invoke(get("/breaks"))
    assert answer.body == b"/breaks begins\n" and answer.is_error
    assert answer.trailers["lambda-runtime-function-error-type"] == "ValueError"
    error = json.loads(base64.b64decode(answer.trailers["lambda-runtime-function-error-body"]))
    assert error["errorType"] == "ValueError" and "s3cret" not in str(error)
    said = runtime.output[before:]
    assert (
        said.count("ValueError: the password is s3cret") == 1 and said.count("\n") == 1
    )  # one entry of the log
    assert said.startswith("[ERROR]\t") and len(said.split("\t")[2]) == 36


def test_what_does_not_stream_is_answered_as_a_whole(runtime: Runtime) -> None:
    """An HTTP API, which could not pass parts on; a broken event, which is an error."""
    event = event_of("GET", "/on/first", [], domain="abcdef.execute-api.eu-central-1.amazonaws.com")
    answer = runtime.invoke(event)
    assert answer.mode == "buffered" and answer.json["body"] == '"Who is on first since 2026."'
    broken = runtime.invoke(
        {"requestContext": {"http": {}, "domainName": "x.lambda-url.eu-central-1.on.aws"}}
    )
    assert broken.is_error and broken.json["errorType"] == "EventError" and broken.json["stackTrace"]
    assert runtime.invoke(b"no json").is_error
    assert runtime.invoke(get("/on/second")).body == b'"Who is on second since 2026."'


def test_too_little_time_is_named_here_too(runtime: Runtime) -> None:
    """With the request's id."""
    answer = runtime.invoke(get("/slow"), seconds=1.0)
    assert "Task timed out" in answer.json["errorMessage"]
    assert answer.json["errorMessage"].split()[1] in runtime.output and "(slow)" in runtime.output


def test_without_the_word_nothing_streams(tmp_path: Path) -> None:
    """The loop answers as Lambda's own does: a URL that does not stream would show people the head."""
    with function(tmp_path, HIPFLASK_STREAMING="0") as runtime:
        answer = runtime.invoke(get("/parts"))
        assert answer.mode == "buffered" and answer.json["body"].count("part") == 4
        assert runtime.invoke(get("/env/_X_AMZN_TRACE_ID")).json["body"].startswith("Root=1-")


def test_a_function_of_one_door_answers_as_a_whole(tmp_path: Path) -> None:
    """And raises in Lambda's shape."""
    with function(tmp_path, HIPFLASK_FUNCTION="who_is_on") as runtime:
        assert runtime.invoke({"base": "first"}).json == "Who is on first since 2026."
    with function(tmp_path, HIPFLASK_FUNCTION="failing") as runtime:
        answer = runtime.invoke({})
        assert answer.is_error and answer.json["errorMessage"] == "no such base"
        assert any("lambda_app.py" in line for line in answer.json["stackTrace"])


def test_a_function_that_cannot_start_says_why(tmp_path: Path) -> None:
    """To Lambda, and then the process ends."""
    with function(tmp_path, HIPFLASK_APP="no_such_module:app") as runtime:
        answer = runtime.invoke(get("/"))
        assert (
            answer.is_error
            and answer.json["errorType"] == "UsageError"
            and "no_such_module" in answer.json["errorMessage"]
        )


def test_log_lines_are_objects_where_the_function_asks_for_them(tmp_path: Path) -> None:
    """One line of JSON for each, with the request."""
    with function(tmp_path, AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="info") as runtime:
        runtime.invoke(get("/fails"))
        lines = [json.loads(line) for line in runtime.output.splitlines()]
    (error,) = [line for line in lines if line["level"] == "ERROR"]
    assert (
        error["errorType"] == "ValueError"
        and "lambda_app.py" in error["stackTrace"]
        and len(error["requestId"]) == 36
    )


def test_the_wrapper_is_a_program() -> None:
    """What it starts is the Python that it is given."""
    assert WRAPPER.startswith(b"#!/bin/sh\n") and os.linesep == "\n"
