"""A skill: ours, without HTTP and through Flask."""

from io import BytesIO
from typing import Literal

import msgspec
from voices_clock import run

from hipflask import Hipflask
from hipflask.surfaces.voice.alexa import reading, writing
from hipflask.surfaces.voice.endpoints import TRUSTED, conversation

app = Hipflask("lineup")


@app.intent("WhoIsOn", "who is on {base}")
def who_is_on(base: Literal["first", "second", "third"]) -> str:
    """Who plays at this base?"""
    return f"Who is on {base}."


def answer(body: bytes) -> bytes:
    """What the SDK does, too: JSON in, JSON out."""
    heard = reading.read(msgspec.json.decode(body))
    with app.app_context():
        return writing.write(heard, conversation(app).answer(heard))


def answer_through_flask(body: bytes) -> bytes:
    """The same as a request of the web, without a network."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/voice/alexa",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        TRUSTED: True,
    }
    return b"".join(app(environ, lambda status, headers, exc_info=None: lambda part: None))


if __name__ == "__main__":
    run(answer, answer_through_flask)
