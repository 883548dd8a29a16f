"""One request of Alexa's, answered once and then many times: the clock of both voices."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

REQUEST = json.dumps(
    {
        "version": "1.0",
        "session": {
            "new": False,
            "sessionId": "amzn1.echo-api.session.one",
            "application": {"applicationId": "amzn1.ask.skill.lineup"},
            "attributes": {"runs": 3},
            "user": {"userId": "amzn1.ask.account.lou"},
        },
        "context": {
            "System": {
                "application": {"applicationId": "amzn1.ask.skill.lineup"},
                "user": {"userId": "amzn1.ask.account.lou"},
                "device": {"deviceId": "amzn1.ask.device.one", "supportedInterfaces": {}},
                "apiEndpoint": "https://api.amazonalexa.com",
                "apiAccessToken": "token",
            }
        },
        "request": {
            "type": "IntentRequest",
            "requestId": "amzn1.echo-api.request.one",
            "timestamp": "2026-11-23T10:00:00Z",
            "locale": "en-US",
            "intent": {
                "name": "WhoIsOn",
                "confirmationStatus": "NONE",
                "slots": {
                    "base": {
                        "name": "base",
                        "value": "first",
                        "confirmationStatus": "NONE",
                        "source": "USER",
                        "slotValue": {"type": "Simple", "value": "first"},
                    }
                },
            },
        },
    }
).encode()


def run(*answers: Callable[[bytes], bytes]) -> None:
    """Say the first answer; then, if asked for any, how many milliseconds each of so many calls took, way by way."""
    said = json.loads(answers[0](REQUEST))["response"]["outputSpeech"]
    print(json.dumps(said), flush=True)
    count = int(sys.argv[1])
    for answer in answers if count else ():
        taken = []
        for _ in range(count):
            begun = time.perf_counter()
            answer(REQUEST)
            taken.append((time.perf_counter() - begun) * 1000)
        print(json.dumps(taken), flush=True)
