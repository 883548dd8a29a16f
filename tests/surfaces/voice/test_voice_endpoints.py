"""The rules that voices call: who is let in, what is too much, and what becomes of a unit of work."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
from authority import CHAIN_URL, Amazon, pem
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, changed, places
from voices import SKILL, alexa, cx_request, es_request, intent, said, slot, words

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core.errors import MissingPart
from hipflask.surfaces.voice.alexa.verifying import Verifier, trusted_roots
from hipflask.surfaces.voice.dialogflow import tokens
from hipflask.surfaces.voice.endpoints import BODY_LIMIT, TRUSTED, conversation
from served import Visitor, served

BASIC = "Basic bG91OnNlY3JldA=="  # lou:secret


@pytest.fixture
def skill(app: Hipflask) -> Hipflask:
    """An app that says hello."""

    @app.launch
    def hello() -> str:
        return "Hello."

    return app


def signed(app: Hipflask, **request: Any) -> tuple[bytes, dict[str, str]]:
    """A request that is Amazon's, by an authority that the app now trusts."""
    amazon = Amazon()
    begins = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    chain = amazon.root.sign("echo-api.amazon.com", begins=begins, ends=begins + dt.timedelta(days=2))
    amazon.chains[CHAIN_URL] = pem(chain)
    app.config["ALEXA_SKILL_ID"] = SKILL
    app.extensions["hipflask_voice"]["verifier"] = Verifier({SKILL}, [amazon.root.certificate], amazon.fetch)
    body = json.dumps(alexa(timestamp=dt.datetime.now(dt.UTC).isoformat(), **request)).encode()
    return body, amazon.headers(body)


# ── Alexa ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_amazon_has_signed_is_answered(skill: Hipflask) -> None:
    """From the headers to the JSON."""
    body, headers = signed(skill)
    answer = skill.test_client().post("/voice/alexa", data=body, headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert words(answer.get_json()) == "Hello."


def test_what_is_not_signed_is_refused_without_a_reason(
    skill: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has it."""
    body, headers = signed(skill)
    client = skill.test_client()
    changed = client.post("/voice/alexa", data=body + b" ", headers=headers)
    bare = client.post("/voice/alexa", data=body)
    assert changed.status_code == bare.status_code == 400
    assert changed.text == bare.text == "This is not from Alexa, or not for this skill."
    assert "The signature is not that of this body." in caplog.text
    assert "There is no SignatureCertChainUrl header." in caplog.text


def test_without_a_skill_id_nobody_is_let_in(skill: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """Not even Amazon: the request might be for any skill."""
    body, headers = signed(skill)
    del skill.config["ALEXA_SKILL_ID"]
    assert skill.test_client().post("/voice/alexa", data=body, headers=headers).status_code == 400
    assert "set ALEXA_SKILL_ID" in caplog.text


def test_the_skill_id_may_come_from_the_environment(skill: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One, or several with commas."""
    body, headers = signed(skill)
    del skill.config["ALEXA_SKILL_ID"]
    monkeypatch.setenv("ALEXA_SKILL_ID", f"amzn1.ask.skill.other, {SKILL}")
    assert skill.test_client().post("/voice/alexa", data=body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "name", ["hipflask.voice.trusted", "hipflask-voice-trusted", "Hipflask.Voice.Trusted"]
)
def test_no_header_makes_a_caller_trusted(skill: Hipflask, name: str) -> None:
    """Only this program itself can say so."""
    client = skill.test_client()
    for value in ("1", "True"):
        assert client.post("/voice/alexa", json=alexa(), headers={name: value}).status_code == 400
        assert (
            client.post("/voice/dialogflow", json=es_request("It"), headers={name: value}).status_code == 401
        )
    assert client.post("/voice/alexa", json=alexa(), environ_overrides={TRUSTED: "True"}).status_code == 400


def test_a_trusted_caller_still_has_to_mean_this_skill(skill: Hipflask) -> None:
    """As behind a Lambda function, which anybody's skill may have been told to call."""
    skill.config["ALEXA_SKILL_ID"] = "amzn1.ask.skill.other"
    answer = skill.test_client().post("/voice/alexa", json=alexa(), environ_overrides={TRUSTED: True})
    assert answer.status_code == 400


# ── Dialogflow ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "raw", [es_request("Default Welcome Intent"), cx_request("launch")], ids=["ES", "CX"]
)
@pytest.mark.parametrize(
    ("settings", "header"),
    [({"DIALOGFLOW_SECRET": "s3cret"}, "Bearer s3cret"), ({"DIALOGFLOW_BASIC": "lou:secret"}, BASIC)],
)
def test_dialogflow_is_let_in_by_what_it_knows(
    skill: Hipflask, raw: Any, settings: dict[str, str], header: str
) -> None:
    """A secret, or a name and a password."""
    skill.config.update(settings)
    answer = skill.test_client().post("/voice/dialogflow", json=raw, headers={"Authorization": header})
    assert answer.status_code == 200
    assert words(answer.get_json()) == "Hello."


@pytest.mark.parametrize(
    "header",
    [
        None, "", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret1", "Bearer S3CRET", "s3cret", "Basic s3cret", "Basic !",
        "Basic bG91OnNlY3JldDE=", "Bearer lou:secret", "Digest s3cret", "Bearer é", "Basic " + "A" * 5000,
    ],
)  # fmt: skip
def test_whoever_does_not_know_it_is_refused(skill: Hipflask, header: str | None) -> None:
    """In whatever way."""
    skill.config.update(DIALOGFLOW_SECRET="s3cret", DIALOGFLOW_BASIC="lou:secret")
    headers = {} if header is None else {"Authorization": header}
    answer = skill.test_client().post("/voice/dialogflow", json=es_request("It"), headers=headers)
    assert answer.status_code == 401
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"DIALOGFLOW_SECRET": "s3cret"}, BASIC),
        ({"DIALOGFLOW_BASIC": "lou:secret"}, "Bearer lou:secret"),
        ({"DIALOGFLOW_SECRET": "s3cret", "DIALOGFLOW_BASIC": ""}, "Basic ===="),
    ],
)
def test_one_way_in_does_not_open_another(skill: Hipflask, settings: dict[str, str], header: str) -> None:
    """What is not set matches nothing."""
    skill.config.update(settings)
    answer = skill.test_client().post("/voice/dialogflow", json={}, headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer None", "Basic Og==", "Basic "])
def test_where_nothing_is_set_nobody_is_let_in(
    skill: Hipflask, caplog: pytest.LogCaptureFixture, header: str | None
) -> None:
    """The log says what to set."""
    headers = {} if header is None else {"Authorization": header}
    answer = skill.test_client().post("/voice/dialogflow", json=es_request("It"), headers=headers)
    assert answer.status_code == 401
    assert "set DIALOGFLOW_SECRET" in caplog.text


def test_secrets_are_not_logged(skill: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the right one nor the one that was tried."""
    skill.config["DIALOGFLOW_SECRET"] = "s3cret"
    raw = intent("Fails")
    raw["context"]["System"]["user"]["accessToken"] = "t0ken"

    @skill.fallback
    def fails() -> str:
        raise ValueError

    skill.test_client().post("/voice/dialogflow", json={}, headers={"Authorization": "Bearer tr1ed"})
    assert words(said(skill, raw)).startswith("Sorry")
    assert not {"s3cret", "tr1ed", "t0ken"} & set(caplog.text.replace("'", " ").split())
    assert "t0ken" not in repr(conversation(skill))


# ── what is too much, or makes no sense ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/voice/alexa", "/voice/dialogflow"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{" + b" " * BODY_LIMIT + b"}", 413),
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b"1", 400),
        (b"{}", None),
        (b'{"request": 1}', 400),
        (b'{"request": {"type": "IntentRequest"}}', 400),
        (b'{"queryResult": []}', 400),
    ],
)
def test_a_broken_body_is_refused(skill: Hipflask, path: str, body: bytes, status: int | None) -> None:
    """With one sentence, by whoever is trusted."""
    answer = skill.test_client().post(path, data=body, environ_overrides={TRUSTED: True})
    if status is None or (path == "/voice/dialogflow" and b"request" in body):
        status = 200 if path == "/voice/dialogflow" else 400  # CX may leave everything away
    assert answer.status_code == status
    assert "Traceback" not in answer.text


class Endless(io.RawIOBase):
    """A body that does not end."""

    read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.read_so_far += len(buffer)
        assert self.read_so_far < 4 * BODY_LIMIT, "it reads on and on"
        buffer[:] = b" " * len(buffer)
        return len(buffer)


def test_a_body_of_unknown_length_is_not_read_to_its_end(skill: Hipflask) -> None:
    """It may have none."""
    endless = Endless()
    environ = {
        TRUSTED: True,
        "wsgi.input": endless,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = skill.test_client().post("/voice/alexa", environ_overrides=environ)
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_only_post_is_answered(skill: Hipflask, method: str) -> None:
    """Nothing else is a voice."""
    assert getattr(skill.test_client(), method)("/voice/alexa").status_code == 405


# ── behind a server's guard ───────────────────────────────────────────────────────────────────────


@pytest.mark.alone
def test_voices_reach_a_guarded_server_and_nobody_else_does(skill: Hipflask) -> None:
    """They prove themselves; the rest of the program stays behind its cookie, and no page may try."""

    @skill.window("/")
    def window() -> None:
        ui.text("mine")

    body, headers = signed(skill)
    skill.config["DIALOGFLOW_SECRET"] = "s3cret"
    welcome = json.dumps(es_request("Default Welcome Intent")).encode()
    with served(skill) as server:
        visitor = Visitor(server)
        proxied = {"Host": "skill.example", "Content-Type": "application/json"}
        assert (
            words(json.loads(visitor.get("/voice/alexa", "POST", body, **headers, **proxied).text))
            == "Hello."
        )
        known = {**proxied, "Authorization": "Bearer s3cret"}
        assert words(json.loads(visitor.get("/voice/dialogflow", "POST", welcome, **known).text)) == "Hello."
        assert visitor.get("/voice/alexa", "POST", body, **proxied).status == 400
        assert visitor.get("/voice/dialogflow", "POST", welcome, **proxied).status == 401
        assert (
            visitor.get(
                "/voice/alexa", "POST", body, **headers, **proxied, Origin="https://evil.example"
            ).status
            == 400
        )
        assert visitor.get("/", "GET", **proxied).status == 400
        assert visitor.get("/").status == 403
        assert visitor.get("/voice/other", "POST", body, **headers).status == 403


# ── the unit of work ──────────────────────────────────────────────────────────────────────────────


def test_what_an_apology_is_said_for_has_not_been_written(
    app: Hipflask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever heard that it went wrong may say it again."""
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "lineup.sqlite"))
    db = Store(app)

    class Out(db.Model):  # type: ignore[name-defined,misc]
        name: Mapped[str]

    @app.intent("Out")
    def out(name: str) -> str:
        Out.create(name=name)
        return "x" * 30_000 if name == "Costello" else "<speak>&</speak>" if name == "Bud" else "Out."

    @app.intent("Count")
    def count() -> int:
        return len(db.all(db.select(Out)))

    try:
        for name in ("Abbott", "Bud"):
            said(app, es_request("Out", name=name))
        assert words(said(app, es_request("Count"))) == "1"
    finally:
        db.close()


# ── what it costs, and what it needs ──────────────────────────────────────────────────────────────


def test_an_app_that_is_spoken_to_loads_little_before_it_is() -> None:
    """Cryptography, the codecs and YAML wait for the first request."""
    code = (
        "from hipflask import Hipflask, voice\napp = Hipflask('lean')\n@app.intent('It')\ndef it() -> str: ...\n"
        "import sys\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {
        each
        for each in loaded
        if each.startswith(("cryptography", "yaml", "certifi", "uvicorn", "sqlalchemy"))
    }
    assert not {
        each
        for each in loaded
        if each.startswith(("hipflask.surfaces.voice.alexa", "hipflask.surfaces.voice.dialogflow"))
    }


@pytest.mark.parametrize("lacking", ["cryptography.exceptions", "certifi"])
def test_a_part_that_lacks_when_it_is_needed_says_so_too(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    """Google's tokens, and the roots."""
    monkeypatch.setitem(sys.modules, lacking, None)
    trusted_roots.cache_clear()
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[voice\]"'):
        trusted_roots() if lacking == "certifi" else tokens._verify(
            tokens._Key("one", "AQAB", "AQAB"), b"", b""
        )


def test_without_cryptography_it_says_what_to_install(
    skill: Hipflask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dialogflow with a secret needs none of it."""
    import hipflask.surfaces.voice.alexa as package

    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.delitem(sys.modules, "hipflask.surfaces.voice.alexa.verifying")
    monkeypatch.delattr(package, "verifying")
    skill.config.update(DIALOGFLOW_SECRET="s3cret", PROPAGATE_EXCEPTIONS=True)
    client = skill.test_client()
    known = {"Authorization": "Bearer s3cret"}
    assert client.post("/voice/dialogflow", json=es_request("It"), headers=known).status_code == 200
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[voice\]"'):
        client.post("/voice/alexa", json=alexa())


# ── anything at all ───────────────────────────────────────────────────────────────────────────────


@given(st.data())
def test_whatever_is_sent_is_answered_or_refused(data: st.DataObject) -> None:
    """By a sentence, and never by an error of ours."""
    app = Hipflask("anything")

    @app.intent("It")
    def it(number: int, day: dt.date, base: Literal["first", "second"], names: list[str] = []) -> str:  # noqa: B006
        return f"{number} {day} {base} {names}"

    slots = (
        slot("number", "1"),
        slot("day", "2015-W48"),
        slot("base", "1st", ("first", "first")),
        slot("names", "Lou"),
    )
    raws = [intent("It", *slots), es_request("It", number=1.0, day={"year": 2015, "month": 1, "day": 1}, base="first", names=["Lou"]),
            cx_request("It", form={"number": 1.0, "day": "2015-11-25", "base": "first"})]  # fmt: skip
    raw = data.draw(st.sampled_from(raws))
    raw = changed(raw, data.draw(st.sampled_from(places(raw))), data.draw(JUNK))
    path = "/voice/alexa" if data.draw(st.booleans()) else "/voice/dialogflow"
    answer = app.test_client().post(path, json=raw, environ_overrides={TRUSTED: True})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert isinstance(answer.get_json(), dict)
