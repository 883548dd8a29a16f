"""`examples/who_at_nine`, deployed in the cloud of the tests: Alexa calls the function itself, Dialogflow its address, with a secret."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from aws.cloud import ACCOUNT, REGION, Cloud
from aws.project_in_the_cloud import STAGE, InTheCloud, deployed

NINE = Path(__file__).parent.parent.parent / "examples" / "who_at_nine"
SKILL = "amzn1.ask.skill.nine"
SECRET = "that-nobody-may-read"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/nine/dialogflow"
FUNCTION = f"nine-{STAGE}-web"
SESSION = "projects/nine/locations/eu/agents/a/sessions/one"


@pytest.fixture(scope="module")
def nine(the_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InTheCloud]:
    """The example in a project of its own, as its lambda.toml says; what Lambda has below /tmp is below `scratch`."""
    the_cloud.forget()
    the_cloud.client("ssm").put_parameter(Name="/nine/dialogflow", Value=SECRET, Type="SecureString")
    folder = tmp_path_factory.mktemp("nine")
    scratch = folder / "scratch"
    scratch.mkdir()
    shutil.copytree(NINE, folder / "who_at_nine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(NINE / "lambda.toml", folder / "pyproject.toml")
    own = {
        "environment.ALEXA_SKILL_ID": SKILL,
        "environment.TMPDIR": str(scratch),
        "secrets.DIALOGFLOW_SECRET": PARAMETER,
    }
    with deployed(the_cloud, folder, "nine", **own) as project:
        yield project


def alexa(skill: str = SKILL, **slots: str) -> dict[str, Any]:
    """What Alexa sends a function when somebody asks a skill who is at a place: nothing around it, and no signature."""
    application, user = {"applicationId": skill}, {"userId": "amzn1.ask.account.lou"}
    heard = {
        name: {"name": name, "value": value, "confirmationStatus": "NONE"} for name, value in slots.items()
    }
    return {
        "version": "1.0",
        "session": {
            "new": True,
            "sessionId": "amzn1.echo-api.session.one",
            "application": application,
            "user": user,
        },
        "context": {"System": {"application": application, "user": user, "device": {"deviceId": "d"}}},
        "request": {
            "type": "IntentRequest",
            "requestId": "amzn1.echo-api.request.one",
            "timestamp": "2026-11-23T10:00:00Z",
            "locale": "en-US",
            "intent": {"name": "WhoIsAt", "confirmationStatus": "NONE", "slots": heard},
        },
    }


def dialogflow(nine: InTheCloud, secret: str | None = SECRET, **parameters: str) -> tuple[int, bytes]:
    """What Dialogflow CX sends its webhook, and is answered."""
    body = {
        "detectIntentResponseId": "r",
        "fulfillmentInfo": {"tag": "WhoIsAt"},
        "intentInfo": {"lastMatchedIntent": "i", "displayName": "WhoIsAt", "parameters": {}},
        "sessionInfo": {"session": SESSION, "parameters": parameters},
        "languageCode": "en",
        "text": "who is at nine",
    }
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {secret}"} if secret else {}
    try:
        with urlopen(Request(f"{nine.url}/voice/dialogflow", json.dumps(body).encode(), headers)) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_alexa_is_answered_by_the_function_itself(nine: InTheCloud) -> None:
    """The first question finds the line-up, written into a file that begins empty."""
    told, is_error = nine.invoke(FUNCTION, alexa(place="nine"))
    assert not is_error, told
    assert "Who is at nine." in json.dumps(told["response"]["outputSpeech"])
    assert list((nine.folder / "scratch" / "hipflask-instance").glob("*.sqlite"))


def test_another_skill_is_refused(nine: InTheCloud) -> None:
    """Even one whose owner has been given leave to call the function."""
    told, is_error = nine.invoke(FUNCTION, alexa("amzn1.ask.skill.anothers", place="nine"))
    assert is_error
    assert told["errorType"] == "EventError"
    assert "Who" not in told["errorMessage"]


def test_only_this_skill_may_call_at_all(nine: InTheCloud) -> None:
    """By the function's own policy: Alexa, with this skill's id."""
    allowed = [
        each["Properties"]
        for each in nine.template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Permission"
        and each["Properties"]["Principal"] == "alexa-appkit.amazon.com"
    ]
    assert [one["EventSourceToken"] for one in allowed] == [SKILL]


def test_an_unsigned_request_by_the_web_is_not_alexas(nine: InTheCloud) -> None:
    """What is taken from the trigger is not taken from the address."""
    request = Request(f"{nine.url}/voice/alexa", json.dumps(alexa(place="nine")).encode())
    with pytest.raises(HTTPError) as caught, urlopen(request):
        pass
    with caught.value as error:
        assert error.code in (400, 401, 403)


def test_dialogflow_is_answered_with_its_secret(nine: InTheCloud) -> None:
    """Read from where it is kept, when the process starts."""
    status, told = dialogflow(nine, place="two")
    assert status == 200, told
    assert "What is at two." in json.loads(told)["fulfillmentResponse"]["messages"][0]["text"]["text"][0]


@pytest.mark.parametrize("secret", [None, "guessed"])
def test_whoever_has_not_the_secret_is_refused(nine: InTheCloud, secret: str | None) -> None:
    """And told nothing."""
    status, told = dialogflow(nine, secret, place="two")
    assert (status in (401, 403), b"What" in told) == (True, False)


def test_the_secret_is_nowhere_in_the_stack(nine: InTheCloud) -> None:
    """Only where it is kept: and the function may read that one, nothing else."""
    told = json.dumps(nine.template)
    assert SECRET not in told
    (role,) = [each for each in nine.template["Resources"].values() if each["Type"] == "AWS::IAM::Role"]
    statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert [one["Resource"] for one in statements if any("ssm" in each for each in one["Action"])] == [
        [PARAMETER]
    ]


def test_the_same_function_answers_on_the_web(nine: InTheCloud) -> None:
    """One more door of it."""
    with urlopen(f"{nine.url}/at/two") as answer:
        assert json.load(answer) == "What is at two."
