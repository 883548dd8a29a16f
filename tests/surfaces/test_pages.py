"""Windows are Flask views: rules, parameters, hooks, log-in, blueprints, and the request in everything that follows."""

from __future__ import annotations

import importlib.resources
import json
import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Annotated, Any, Literal

import flask
import pytest
from flask import g, redirect, request, session, url_for
from msgspec import Meta

from hipflask import Blueprint, Hipflask, Theme, ui
from hipflask.core.errors import LateRegistration, UsageError
from hipflask.surfaces.pages import content_security_policy, host_of
from hipflask.testing import User

# ── rules and parameters ──────────────────────────────────────────────────────────────────────────


def test_a_window_function_is_returned_as_it_was_and_may_stand_behind_several_doors(app: Hipflask) -> None:
    def who(name: str = "Who") -> None:
        """Who is it?"""
        ui.text(name)

    stacked = app.window("/more", title="More")(
        app.window("/a/", title="A")(app.window("/", title="One")(who))
    )
    assert app.window("/again", endpoint="again")(stacked) is who
    assert {action.function for action, _ in app.actions.doors("window")} == {who}
    with User(app) as user:
        user.open("/again?name=What").see("What")
    for path, title in (("/", "One"), ("/a/", "A"), ("/more", "More"), ("/again", "Who")):
        assert f"<title>{title}</title>" in app.test_client().get(path).get_data(as_text=True)


def test_a_window_has_a_url_as_any_view_has(app: Hipflask) -> None:
    @app.window("/player/<int:number>")
    def player(number: int) -> None: ...

    @app.window("/else", endpoint="other")
    def elsewhere() -> None: ...

    with app.test_request_context():
        assert url_for("player", number=7, tab="scores") == "/player/7?tab=scores"
        assert url_for("other") == "/else"


def test_a_page_carries_the_first_drawing_under_a_strict_policy(app: Hipflask) -> None:
    @app.window("/", title="Who & <What>")
    def window() -> None:
        ui.text("</script><script>alert(1)</script>")

    answer = app.test_client().get("/")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/html"
    assert "<title>Who &amp; &lt;What&gt;</title>" in text
    assert "<script>alert" not in text
    assert text.count("</script>") == text.count("<script") == 2
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_window_without_a_title_is_called_after_its_function(app: Hipflask) -> None:
    @app.window("/")
    def line_up() -> None: ...

    assert "<title>Line up</title>" in app.test_client().get("/").get_data(as_text=True)


def test_the_policy_is_widened_by_directive_and_only_there() -> None:
    policy = content_security_policy({"img-src": "https://pictures.example", "worker-src": "'self'"})
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["img-src"] == "'self' data: blob: https://pictures.example"
    assert rules["worker-src"] == "'self'"
    assert rules["script-src"] == "'self'"


def test_a_theme_travels_with_the_page() -> None:
    app = Hipflask("themed", theme=Theme(primary="seagreen", radius=0, scheme="dark"))

    @app.window("/")
    def window() -> None: ...

    text = app.test_client().get("/").get_data(as_text=True)
    page = json.loads(text.split('id="hipflask-page">')[1].split("</script>")[0])
    assert page["theme"] == {"--hf-primary": "seagreen", "--wa-border-radius-scale": "0"}
    assert page["scheme"] == "dark"
    host_of(app).close()


def test_parameters_come_from_the_path_and_from_the_query_by_their_hints(app: Hipflask, user: User) -> None:
    @app.window("/base/<base>/<int:number>")
    def window(
        base: Literal["first", "second"],
        number: int,
        names: list[str] | None = None,
        speed: float = 1.5,
        is_home: bool = False,
    ) -> None:
        ui.text(repr((base, number, names, speed, is_home)))

    user.open("/base/first/7").see("('first', 7, None, 1.5, False)")
    user.open("/base/second/0?names=a&names=b&speed=2&is_home=true&other=x").see(
        "('second', 0, ['a', 'b'], 2.0, True)"
    )
    user.open("/base/first/7?base=second&number=9").see("('first', 7,")  # the path has the last word


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/base/third", 404, "base: expected 'first' or 'second', got 'third'"),
        ("/base/first?speed=fast", 422, "speed: expected a number of at least 0, got 'fast'"),
        ("/base/first?speed=-1", 422, "speed: expected a number of at least 0, got '-1'"),
        ("/base/first?speed=1&speed=2", 422, "speed: expected only one value"),
        ("/base/first?speed=nan", 422, "speed: expected a number of at least 0"),
        ("/base/<script>alert(1)<%2Fscript>", 404, ""),
        ("/base/first?speed=<script>alert(1)</script>", 422, "got '<script>"),
    ],
)
def test_parameters_that_do_not_fit_are_404_in_the_path_and_422_in_the_query(
    app: Hipflask, path: str, status: int, sentence: str
) -> None:
    @app.window("/base/<base>")
    def window(base: Literal["first", "second"], speed: Annotated[float, Meta(ge=0)] = 0) -> None: ...

    answer = app.test_client().get(path)
    assert answer.status_code == status
    assert sentence in unescape(answer.get_data(as_text=True))
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert host_of(app).sessions() == []


def test_a_parameter_that_was_not_given_is_422(app: Hipflask) -> None:
    @app.window("/")
    def window(name: str) -> None: ...

    answer = app.test_client().get("/")
    assert answer.status_code == 422
    assert "name: expected text, got nothing" in answer.get_data(as_text=True)


def test_only_get_opens_a_window(app: Hipflask) -> None:
    @app.window("/")
    def window() -> None: ...

    client = app.test_client()
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405


# ── hooks and log-in ──────────────────────────────────────────────────────────────────────────────


def test_before_request_and_log_in_keep_people_out_of_windows(app: Hipflask) -> None:
    @app.before_request
    def need_login() -> Any:
        if "who" not in session and request.endpoint != "login":
            return redirect(url_for("login"))
        return None

    @app.post("/login")
    @app.get("/login")
    def login() -> str:
        session["who"] = "Who"
        return "come in"

    @app.window("/")
    def window() -> None:
        ui.text(f"Hello {session['who']}")

    client = app.test_client()
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/login")
    assert host_of(app).sessions() == []
    client.post("/login")
    with User(app) as user:
        user.client = client
        user.open("/").see("Hello Who")


def test_after_request_sees_the_page(app: Hipflask) -> None:
    @app.after_request
    def mark(response: flask.Response) -> flask.Response:
        response.headers["X-Mark"] = "seen"
        return response

    @app.window("/")
    def window() -> None: ...

    assert app.test_client().get("/").headers["X-Mark"] == "seen"


# ── the request, later ────────────────────────────────────────────────────────────────────────────


def test_later_drawings_and_handlers_have_the_pages_request_and_a_fresh_g(app: Hipflask, user: User) -> None:
    heard: list[str] = []
    teardowns: list[int] = []

    @app.get("/login")
    def login() -> str:
        session["who"] = "Who"
        return ""

    @app.teardown_request
    def down(_: object) -> None:
        teardowns.append(1)

    @app.window("/team/<name>")
    def window(name: str) -> None:
        clock = ui.state(0)
        g.drawings = g.get("drawings", 0) + 1
        ui.text(
            f"{clock.value} {request.args['q']} {request.path} {session['who']} {g.drawings} {url_for('login')}"
        )
        ui.button("Press", on_click=press, args=(clock,))
        ui.button("Task", on_click=lambda: ui.task(work, clock))
        ui.button("Wait", on_click=wait, args=(clock,))

    def press(clock: ui.State[int]) -> None:
        heard.append(f"{request.args['q']} {session['who']} {g.get('drawings')} {flask.current_app.name}")
        clock.update(lambda n: n + 1)

    def work(clock: ui.State[int]) -> None:
        heard.append(f"task {request.args['q']}")
        clock.update(lambda n: n + 1)

    async def wait(clock: ui.State[int]) -> None:
        heard.append(f"async {request.args['q']}")
        clock.update(lambda n: n + 1)

    user.client.get("/login")
    user.open("/team/a%20b?q=x").see("0 x /team/a b Who 1 /login")
    teardowns.clear()
    user.click("Press")
    user.see("1 x /team/a b Who 1 /login")
    assert heard == ["x Who None hipflask_under_test"]
    assert len(teardowns) == 2  # the handler's, and the drawing's
    user.click("Task")
    user.see("2 x /team/a b Who 1 /login")
    user.click("Wait")
    user.see("3 x /team/a b Who 1 /login")
    assert heard[1:] == ["task x", "async x"]
    assert user.errors() == []


def test_windows_of_two_people_have_their_own_requests(app: Hipflask, user: User) -> None:
    clock = ui.State(0)

    @app.window("/")
    def window() -> None:
        ui.text(f"{clock.value} {request.args['who']}")

    with User(app) as other:
        user.open("/?who=Abbott")
        other.open("/?who=Costello")
        clock.set(1)
        user.see("1 Abbott")
        other.see("1 Costello")


# ── the first drawing fails ───────────────────────────────────────────────────────────────────────


def _failing(app: Hipflask) -> ui.State[int]:
    number = ui.State(0)

    @app.window("/")
    def window() -> None:
        ui.text(1 // number.value)

    return number


def test_a_window_that_fails_at_first_is_a_page_that_says_so(
    app: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    number = _failing(app)
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "This window could not be drawn" in answer.get_data(as_text=True)
    assert "ZeroDivisionError" not in answer.get_data(as_text=True)
    assert "ZeroDivisionError" in caplog.text
    assert host_of(app).sessions() == []
    assert not number._watchers


def test_in_debug_the_page_shows_where(app: Hipflask) -> None:
    app.debug = True
    _failing(app)
    text = unescape(app.test_client().get("/").get_data(as_text=True))
    assert "ZeroDivisionError" in text
    assert "ui.text(1 // number.value)" in text


def test_an_apps_own_error_handler_comes_first(app: Hipflask) -> None:
    _failing(app)
    app.register_error_handler(ZeroDivisionError, lambda _: ("sorry", 503))
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.get_data(as_text=True)) == (503, "sorry")


def test_in_tests_the_error_itself_comes_through(app: Hipflask) -> None:
    app.testing = True
    _failing(app)
    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/")


# ── sessions come and go ──────────────────────────────────────────────────────────────────────────


def test_a_page_that_never_opens_its_socket_is_forgotten_and_so_is_a_screen_that_stays_away(
    app: Hipflask, monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.window("/")
    def window() -> None: ...

    host = host_of(app)
    now = [1000.0]
    monkeypatch.setattr("hipflask.ui.live.time.monotonic", lambda: now[0])
    app.test_client().get("/")
    [looked] = host.sessions()
    app.test_client().get("/")
    _, opened = host.sessions()
    send: Callable[[bytes], None] = lambda data: None  # noqa: E731
    opened.connect(send, 1)

    now[0] += 59
    host.sweep()
    assert host.sessions() == [looked, opened]
    now[0] += 2
    host.sweep()
    assert host.sessions() == [opened]  # it is connected, however long that lasts
    now[0] += 100_000
    host.sweep()
    assert host.sessions() == [opened]
    opened.disconnect(send)
    now[0] += 15 * 60 - 1
    host.sweep()
    assert host.find(opened.id) is opened
    now[0] += 2
    app.test_client().get("/")  # each new page sweeps
    assert host.find(opened.id) is None


def test_session_numbers_cannot_be_guessed(app: Hipflask) -> None:
    @app.window("/")
    def window() -> None: ...

    for _ in range(20):
        app.test_client().get("/")
    numbers = {each.id for each in host_of(app).sessions()}
    assert len(numbers) == 20
    assert min(map(len, numbers)) >= 32


# ── blueprints ────────────────────────────────────────────────────────────────────────────────────


def _blueprint() -> Blueprint:
    team = Blueprint("team", __name__)

    @team.window("/<name>")
    def window(name: str) -> None:
        ui.text(f"Hello {name}")

    @team.api("/api/<int:number>")
    def double(number: int) -> int:
        return 2 * number

    @team.command("who")
    def who(name: str) -> str:
        """Who is it?"""
        return f"It is {name}."

    return team


def test_windows_apis_and_commands_of_a_blueprint_come_with_it(app: Hipflask, user: User) -> None:
    app.register_blueprint(_blueprint(), url_prefix="/team")
    user.open("/team/Who").see("Hello Who")
    assert app.test_client().get("/team/api/21").get_json() == 42
    result = app.test_cli_runner().invoke(args=["team", "who", "Who"])
    assert (result.exit_code, result.output) == (0, "It is Who.\n")
    assert [door.name for _, door in app.actions.doors("window")] == ["/team/<name>"]
    with app.test_request_context():
        assert url_for("team.window", name="x") == "/team/x"


def test_blueprints_within_blueprints_and_twice(app: Hipflask, user: User) -> None:
    outer = Blueprint("outer", __name__, url_prefix="/outer")
    outer.register_blueprint(_blueprint(), url_prefix="/inner")
    app.register_blueprint(outer)
    app.register_blueprint(_blueprint(), url_prefix="/second", name="second")
    user.open("/outer/inner/Who").see("Hello Who")
    user.open("/second/Who").see("Hello Who")
    assert {door.name for _, door in app.actions.doors("window")} == {"/outer/inner/<name>", "/second/<name>"}


def test_a_blueprint_of_ours_can_be_registered_with_a_plain_flask_app() -> None:
    plain = flask.Flask("plain")
    plain.register_blueprint(_blueprint(), url_prefix="/team")
    assert plain.test_client().get("/team/api/4").get_json() == 8
    with User(plain) as user:
        user.open("/team/Who").see("Hello Who")
    host_of(plain).close()


# ── too late ──────────────────────────────────────────────────────────────────────────────────────

DECORATORS = {
    "window": lambda on: on.window("/late"),
    "api": lambda on: on.api("/late"),
    "command": lambda on: on.command("late"),
}


def _late() -> str:
    return ""


@pytest.mark.parametrize("name", DECORATORS)
def test_a_decorator_used_after_the_first_request_is_refused_with_the_way_out(
    app: Hipflask, name: str
) -> None:
    app.test_client().get("/nowhere")
    with pytest.raises(LateRegistration) as refusal:
        DECORATORS[name](app)(_late)
    message = str(refusal.value)
    assert f"@app.{name}('" in message
    assert "came too late: the app is already answering (the web has started)" in message
    assert "before app.run(), `hipflask run` or the first request" in message
    assert app.test_client().get("/late").status_code == 404
    assert "late" not in app.cli.commands


@pytest.mark.parametrize("name", DECORATORS)
def test_a_decorator_used_after_its_blueprint_was_registered_is_refused_with_the_way_out(
    app: Hipflask, name: str
) -> None:
    team = _blueprint()
    app.register_blueprint(team, url_prefix="/team")
    with pytest.raises(LateRegistration) as refusal:
        DECORATORS[name](team)(_late)
    assert "before app.register_blueprint(team)" in str(refusal.value)
    assert app.test_client().get("/late").status_code == 404
    assert "late" not in app.cli.commands["team"].commands  # type: ignore[attr-defined]


def test_a_blueprint_registered_after_the_first_request_is_refused(app: Hipflask) -> None:
    app.test_client().get("/nowhere")
    with pytest.raises((LateRegistration, AssertionError)):
        app.register_blueprint(_blueprint())


def test_an_async_window_function_is_refused_where_it_is_decorated(app: Hipflask) -> None:
    async def window() -> None: ...

    with pytest.raises(UsageError) as refusal:
        app.window("/")(window)
    assert "@app.window('/')" in str(refusal.value)
    assert "Write a plain `def window(…)`" in str(refusal.value)
    assert not app.has_windows


# ── app.run ───────────────────────────────────────────────────────────────────────────────────────


def test_app_run_under_the_command_line_does_nothing(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    app.window("/")(_late)
    app.run()
    app.run(port=1)
    app.window("/later", endpoint="later")(_late)  # nothing has started


def _run_in_child(results: Any) -> None:
    app = Hipflask("child")
    app.window("/")(_late)
    app.run()
    app.run("127.0.0.1", 1)
    results.put("came back")


def test_app_run_in_a_child_process_does_nothing() -> None:
    """A process that computes imports the program again; it must not open it a second time."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    child = context.Process(target=_run_in_child, args=(results,))
    child.start()
    assert results.get(timeout=60) == "came back"
    child.join(20)
    assert child.exitcode == 0
    results.close()


def test_app_run_with_a_host_or_port_is_flasks_own(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(flask.Flask, "run", lambda self, *args, **options: calls.append((args, options)))
    app.run()  # no windows
    app.window("/")(_late)
    app.run(port=5001, debug=False, threaded=False)
    app.run("0.0.0.0")
    assert calls == [
        ((None, None, None, True), {}),
        ((None, 5001, False, True), {"threaded": False}),
        (("0.0.0.0", None, None, True), {}),
    ]


def test_an_app_needs_no_more_than_flask_until_it_has_windows(tmp_path: Path) -> None:
    """A command must not wait for a server to be imported."""
    (tmp_path / "app.py").write_text(
        "import sys\nfrom hipflask import Hipflask\napp = Hipflask(__name__)\n"
        "@app.command()\ndef names() -> list[str]:\n"
        "    return sorted(set(sys.modules) & {'uvicorn', 'websockets', 'uvloop', 'hipflask.ui.live'})\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "hipflask.cli", "--app", "app", "names"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONWARNINGS": "error"},
    )  # fmt: skip
    assert result.stderr == ""
    assert result.stdout.strip() in ("", "[]")


def test_the_package_says_that_it_is_typed() -> None:
    assert importlib.resources.files("hipflask").joinpath("py.typed").is_file()


def test_logging_an_error_in_a_window_names_the_place(
    app: Hipflask, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("no")

    @app.window("/")
    def window() -> None:
        ui.button("Fail", on_click=fail)

    user.open()
    with caplog.at_level(logging.ERROR):
        user.click("Fail")
        assert user.errors() == ["The details are in the program's log."]
    [record] = caplog.records
    assert record.name == app.logger.name
    assert record.exc_info is not None


@pytest.mark.parametrize("site", ["none", "same-origin", "same-site", "cross-site", None])
def test_only_who_comes_from_elsewhere_is_cut_off_from_the_page(site: str | None) -> None:
    """A window of ours would have to start its process a second time; old browsers say nothing, and are kept apart."""
    app = Hipflask("hipflask_under_test")

    @app.window("/")
    def window() -> None:
        ui.text("Hello")

    headers = {"Sec-Fetch-Site": site} if site else {}
    policy = app.test_client().get("/", headers=headers).headers.get("Cross-Origin-Opener-Policy")
    assert policy == (None if site in ("none", "same-origin") else "same-origin")
