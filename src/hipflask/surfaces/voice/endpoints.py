"""What the rules do: prove who is asking, read, answer, write.

    body ─→ not too large? JSON? ─→ proven? ─→ Heard ─→ Conversation ─→ Answer ─→ JSON
              413, 400               400, 401             │ anything unexpected: logged, taken back, an apology

Nobody who is not proven learns more than that; the log says why.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from ...core import uncaught
from ...core.errors import MissingPart
from ...core.progress import listening
from .alexa import reading, writing
from .answers import Answer
from .between import aloud
from .conversation import Conversation
from .heard import Heard, Unreadable

if TYPE_CHECKING:
    from ...core.action import Registry
    from .alexa.verifying import Verifier
    from .dialogflow.proving import Doorkeeper

# In the WSGI environment, where no header can put it: the caller is this program itself, such as the simulator, or has been
# proven already. The skill's id is still checked where one is set.
TRUSTED = "hipflask.voice.trusted"
BODY_LIMIT = 512 * 1024  # bytes; far more than either vendor sends

_TOO_LARGE = "The body is too large."
_LOG = logging.getLogger("hipflask.voice")

Read = Callable[[Mapping[str, Any]], Heard]
Write = Callable[[Heard, Answer], bytes]


class Refused(Exception):
    """Not answered: the status to give back, a sentence for who asked and one for the log."""

    def __init__(self, status: int, sentence: str, why: str = "") -> None:
        self.status = status
        self.sentence = sentence
        self.why = why or sentence
        super().__init__(status, sentence)


def answer_alexa() -> Response:
    """Answer one of Alexa's requests."""
    return _guarded(_alexa)


def answer_dialogflow() -> Response:
    """Answer one of Dialogflow's requests, ES or CX."""
    return _guarded(_dialogflow)


def _guarded(answer: Callable[[], bytes]) -> Response:
    try:
        return Response(answer(), mimetype="application/json")
    except Refused as refused:
        _LOG.warning("%s: not answered. %s", request.path, refused.why[:500])
        return Response(refused.sentence, refused.status, mimetype="text/plain")


def _alexa() -> bytes:
    raw, body = _json()
    try:
        _prove_alexa(reading.open_envelope(raw), body)
        return _spoken(raw, reading.read, writing.write)
    except Unreadable as error:
        raise Refused(400, "This is no request of Alexa's.", str(error)) from None


def _dialogflow() -> bytes:
    from .dialogflow import cx, es  # where only Alexa asks, none of it is loaded

    _prove_dialogflow()
    raw, _ = _json()
    codec = es if "queryResult" in raw else cx
    try:
        return _spoken(raw, codec.read, codec.write)
    except Unreadable as error:
        raise Refused(400, "This is no request of Dialogflow's.", str(error)) from None


# ── what was sent ─────────────────────────────────────────────────────────────────────────────────


def _json() -> tuple[dict[str, Any], bytes]:
    limit = min(request.max_content_length or BODY_LIMIT, BODY_LIMIT)
    # One more, since a body of unknown length is cut there without a word.
    request.max_content_length = limit + 1
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        raise Refused(413, _TOO_LARGE) from None
    if len(body) > limit:
        raise Refused(413, _TOO_LARGE)
    try:
        raw = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise Refused(400, "The body is not a JSON object.")
    return raw, body


# ── who has sent it ───────────────────────────────────────────────────────────────────────────────


def _prove_alexa(envelope: reading.Envelope, body: bytes) -> None:
    skills = _skill_ids()
    is_trusted = request.environ.get(TRUSTED) is True
    if is_trusted and not skills:
        return  # nothing to prove, so nothing is loaded that could
    verifying = _verifying()
    try:
        if is_trusted:
            verifying.check_skill(envelope, skills)
        elif not skills:
            raise verifying.Forged(
                "No skill is known here: set ALEXA_SKILL_ID, in app.config or the environment."
            )
        else:
            headers = {name: request.headers.get(name, "") for name in verifying.HEADERS}
            _verifier(skills).check(headers, body, envelope)
    except verifying.Forged as error:
        raise Refused(400, "This is not from Alexa, or not for this skill.", str(error)) from None


def _prove_dialogflow() -> None:
    if request.environ.get(TRUSTED) is True:
        return
    from .dialogflow.proving import Stranger

    try:
        _doorkeeper().check(request.headers.get("Authorization", ""))
    except Stranger as error:
        raise Refused(
            401, "Say who you are: the Authorization header is missing or wrong.", str(error)
        ) from None


def _verifying() -> Any:
    try:
        from .alexa import verifying
    except ImportError:
        raise MissingPart(
            'Who sends a request is proven by its certificates, which needs cryptography: pip install "hipflask[voice]".'
        ) from None
    return verifying


def _verifier(skills: frozenset[str]) -> Verifier:
    """One for the app, since it keeps what it has found."""
    kept = _kept()
    if "verifier" not in kept:
        kept["verifier"] = _verifying().Verifier(skills)
    return cast("Verifier", kept["verifier"])


def _doorkeeper() -> Doorkeeper:
    from .dialogflow.proving import Doorkeeper
    from .dialogflow.tokens import IdTokens

    kept = _kept()
    if "doorkeeper" not in kept:
        audience, account = _setting("DIALOGFLOW_AUDIENCE"), _setting("DIALOGFLOW_SERVICE_ACCOUNT")
        tokens = IdTokens(audience, account) if audience and account else None
        kept["doorkeeper"] = Doorkeeper(_setting("DIALOGFLOW_SECRET"), _setting("DIALOGFLOW_BASIC"), tokens)
    return cast(Doorkeeper, kept["doorkeeper"])


def _skill_ids() -> frozenset[str]:
    given = _setting("ALEXA_SKILL_ID")
    several = given.split(",") if isinstance(given, str) else given or ()
    return frozenset(each.strip() for each in several if each.strip())


def _setting(name: str) -> Any:
    config = current_app.config
    return config[name] if name in config else os.environ.get(name)


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = current_app.extensions["hipflask_voice"]
    return kept


# ── the answer ────────────────────────────────────────────────────────────────────────────────────


def _spoken(raw: Mapping[str, Any], read: Read, write: Write) -> bytes:
    """The answer; an apology where anything goes wrong in making it, and then nothing has been written."""
    heard = read(raw)
    talk = conversation(current_app)
    try:
        with listening(aloud()):
            return write(heard, talk.answer(heard))
    except Exception as error:
        # Whatever it is: somebody is listening, and a traceback is not what they want to hear.
        _LOG.exception("%r was not answered.", heard.intent or heard.names)
        uncaught.tell("a voice's request", error)
        _actions(current_app).roll_back()
        unchanged = read(raw)
        return write(unchanged, talk.apology(unchanged))


def conversation(app: Flask) -> Conversation:
    """Everything that the app can be told, put together once."""
    kept = app.extensions["hipflask_voice"]
    if "conversation" not in kept:
        kept["conversation"] = Conversation(_actions(app), app.config)
    return cast(Conversation, kept["conversation"])


def _actions(app: Any) -> Registry:
    return cast("Registry", app.actions)
