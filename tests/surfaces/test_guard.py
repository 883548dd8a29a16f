"""Who is let in: a token once, then the cookie; the right Host always; no page of another origin."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.guard import Asked, Guard, OpenGuard, Refusal, Welcome

PORT = 5000
HOST = f"127.0.0.1:{PORT}"


def asked(
    path: str = "/", query: str = "", *, method: str = "GET", is_socket: bool = False, **headers: str
) -> Asked:
    return Asked(method, path, query, {"host": HOST, **headers}, is_socket)


@pytest.fixture
def guard() -> Guard:
    return Guard.of_loopback(PORT)


@pytest.fixture
def cookie(guard: Guard) -> str:
    """The cookie of somebody who has been let in."""
    welcome = guard.check(asked(query=f"_token={guard.mint()}"))
    assert isinstance(welcome, Welcome)
    return welcome.cookie.partition(";")[0]


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_becomes_a_cookie_and_leaves_the_address(guard: Guard) -> None:
    verdict = guard.check(asked("/players/7", f"q=a+b&_token={guard.mint()}&empty=&q=c"))
    assert isinstance(verdict, Welcome)
    assert verdict.location == "/players/7?q=a+b&empty=&q=c"
    name, *attributes = verdict.cookie.split("; ")
    assert name.startswith(f"hipflask-{PORT}=")
    assert attributes == ["HttpOnly", "SameSite=Strict", "Path=/"]


def test_a_token_opens_the_door_once(guard: Guard) -> None:
    token = guard.mint()
    assert isinstance(guard.check(asked(query=f"_token={token}")), Welcome)
    refusal = guard.check(asked(query=f"_token={token}"))
    assert isinstance(refusal, Refusal)
    assert refusal.status == 403
    assert "used already" in refusal.sentence


def test_each_launch_has_tokens_and_a_cookie_of_its_own(guard: Guard, cookie: str) -> None:
    other = Guard.of_loopback(PORT)
    assert isinstance(other.check(asked(query=f"_token={guard.mint()}")), Refusal)
    assert isinstance(other.check(asked(cookie=cookie)), Refusal)


@given(st.text())
def test_no_other_token_opens_the_door(token: str) -> None:
    guard = Guard.of_loopback(PORT)
    guard.mint()
    assert isinstance(guard.check(asked(query=f"_token={token}")), Refusal)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_a_token_is_taken_from_a_visit_alone(guard: Guard, method: str) -> None:
    token = guard.mint()
    assert isinstance(guard.check(asked(query=f"_token={token}", method=method)), Refusal)
    assert isinstance(guard.check(asked(query=f"_token={token}", is_socket=True)), Refusal)
    assert isinstance(guard.check(asked(query=f"_token={token}")), Welcome)


def test_without_a_token_the_refusal_says_where_to_get_one(guard: Guard) -> None:
    refusal = guard.check(asked())
    assert isinstance(refusal, Refusal)
    assert "`hipflask serve` prints the address to use" in refusal.sentence


def test_a_lasting_token_is_taken_any_number_of_times_and_makes_the_same_cookie_after_a_restart() -> None:
    before, after = Guard.of_loopback(PORT, "a secret"), Guard.of_loopback(PORT, "a secret")
    first = before.check(asked(query="_token=a+secret"))
    second = before.check(asked(query="_token=a+secret"))
    assert isinstance(first, Welcome)
    assert isinstance(second, Welcome)
    cookie = first.cookie.partition(";")[0]
    assert "a secret" not in cookie
    assert after.check(asked(cookie=cookie)) is None
    assert isinstance(Guard.of_loopback(PORT, "another").check(asked(cookie=cookie)), Refusal)


def test_a_good_token_leaves_the_address_also_where_the_cookie_is_there_already() -> None:
    guard = Guard.of_loopback(PORT, "secret")
    welcome = guard.check(asked(query="_token=secret"))
    assert isinstance(welcome, Welcome)
    again = guard.check(asked(query="_token=secret&q=1", cookie=welcome.cookie.partition(";")[0]))
    assert isinstance(again, Welcome)
    assert again.location == "/?q=1"


def test_a_parameter_of_the_apps_own_that_is_called_like_ours_is_left_alone(
    guard: Guard, cookie: str
) -> None:
    assert guard.check(asked(query="_token=of-the-app", cookie=cookie)) is None


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("//evil.example/x", "/evil.example/x"),
        ("/\\evil.example", "/evil.example"),
        ("\\\\evil.example", "/evil.example"),
        ("/\t/evil.example", "/%09/evil.example"),
        ("/a\r\nSet-Cookie: x=y", "/a%0D%0ASet-Cookie:%20x=y"),
        ("/é?#%", "/%C3%A9%3F%23%25"),
        ("/who@first:on/(a,b);c=d", "/who@first:on/(a,b);c=d"),
    ],
)
def test_the_way_on_never_leads_out_of_the_house(guard: Guard, path: str, location: str) -> None:
    verdict = guard.check(asked(path, f"_token={guard.mint()}"))
    assert isinstance(verdict, Welcome)
    assert verdict.location == location


@given(st.text(), st.text())
def test_whatever_the_path_the_way_on_is_one_line_of_this_host(path: str, query: str) -> None:
    guard = Guard.of_loopback(PORT)
    verdict = guard.check(asked(path, f"_token={guard.mint()}&q={query}"))
    if isinstance(verdict, Welcome):
        assert verdict.location.isascii()
        assert verdict.location.isprintable()
        assert urlsplit(verdict.location).netloc == ""
        assert "_token" not in dict(parse_qsl(urlsplit(verdict.location).query))


# ── the cookie ────────────────────────────────────────────────────────────────────────────────────


def test_with_the_cookie_everything_is_open(guard: Guard, cookie: str) -> None:
    for method in ("GET", "POST", "HEAD", "DELETE"):
        assert guard.check(asked(method=method, cookie=cookie)) is None
    assert guard.check(asked(is_socket=True, cookie=cookie, origin=f"http://{HOST}")) is None


@pytest.mark.parametrize(
    "around",
    [
        "{}; other=1", "other=1; {}", 'odd={{"a":1}}; {}', "{}; odd={{\"a\", \"b\"}}", "=; {}", ";;{};;", "a; {}",
        "b@d name=x; {}", 'q="unended; {}', "é=1; {}", "hipflask-5001=x; {}", "hipflask-5000=old; {}",
    ],
)  # fmt: skip
def test_the_cookie_is_found_among_whatever_other_programs_of_this_host_have_set(
    guard: Guard, cookie: str, around: str
) -> None:
    assert guard.check(asked(cookie=around.format(cookie))) is None


@given(st.text())
def test_no_other_cookie_opens_the_door(value: str) -> None:
    guard = Guard.of_loopback(PORT)
    for header in (value, f"hipflask-{PORT}={value}", f'hipflask-{PORT}="{value}"'):
        assert isinstance(guard.check(asked(cookie=header)), Refusal)


def test_the_cookie_of_another_port_does_not_open_this_one(guard: Guard, cookie: str) -> None:
    value = cookie.partition("=")[2]
    assert isinstance(guard.check(asked(cookie=f"hipflask-{PORT + 1}={value}")), Refusal)
    assert isinstance(guard.check(asked(cookie=f"xhipflask-{PORT}={value}")), Refusal)


# ── Host and Origin ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_the_server_goes_by_the_names_of_loopback(guard: Guard, cookie: str, host: str) -> None:
    assert guard.check(asked(host=host, cookie=cookie, method="POST", origin=f"http://{host}")) is None


@pytest.mark.parametrize(
    "host",
    [
        "", "127.0.0.1", "localhost", "127.0.0.1:5001", "evil.example", "evil.example:5000", "127.0.0.1:5000.evil.example",
        "evil.example@127.0.0.1:5000", "127.0.0.1:5000, evil.example", "0.0.0.0:5000", "127.0.0.2:5000", "LOCALHOST.:5000",
    ],
)  # fmt: skip
def test_under_any_other_name_nothing_is_answered_not_even_with_the_cookie_or_a_token(
    guard: Guard, cookie: str, host: str
) -> None:
    """A page elsewhere may have a name of its own point here (DNS rebinding)."""
    for query in ("", f"_token={guard.mint()}"):
        verdict = guard.check(asked(query=query, host=host, cookie=cookie))
        assert isinstance(verdict, Refusal)
        assert verdict.status == 400
        assert repr(host) in verdict.sentence


def test_on_port_80_browsers_leave_the_port_out() -> None:
    guard = Guard.of_loopback(80, "secret")
    assert isinstance(guard.check(asked(query="_token=secret", host="localhost")), Welcome)


STRANGE = [
    "null", "", "http://evil.example", f"http://evil.example:{PORT}", "http://127.0.0.1:5001", "http://localhost:5000",
    "https://127.0.0.1", "http://[", "http://[::1", "file://", f"http://{HOST}/path", f"http://user@{HOST}",
    f"http://{HOST}.evil.example", f"{HOST}", f"//{HOST}", f"javascript://{HOST}", f"chrome-extension://{HOST}",
]  # fmt: skip


@pytest.mark.parametrize("origin", STRANGE)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_of_another_origin_changes_nothing(
    guard: Guard, cookie: str, origin: str, method: str
) -> None:
    verdict = guard.check(asked(method=method, cookie=cookie, origin=origin))
    assert isinstance(verdict, Refusal)
    assert verdict.status == 403


@pytest.mark.parametrize("origin", STRANGE)
def test_a_page_of_another_origin_opens_no_socket(guard: Guard, cookie: str, origin: str) -> None:
    assert isinstance(guard.check(asked(is_socket=True, cookie=cookie, origin=origin)), Refusal)


def test_a_visit_may_come_from_anywhere(guard: Guard, cookie: str) -> None:
    """Following a link is no harm; SameSite keeps the cookie away from those that would be."""
    assert guard.check(asked(cookie=cookie, origin="http://evil.example")) is None


# ── open to all ───────────────────────────────────────────────────────────────────────────────────


def test_an_open_guard_lets_everybody_in_but_pages_of_other_sites() -> None:
    guard = OpenGuard()
    host = {"host": "players.example"}
    assert guard.check(Asked("GET", "/", "", host)) is None
    assert guard.check(Asked("POST", "/", "", {**host, "origin": "https://players.example"})) is None
    for origin in ("https://evil.example", "null", "http://["):
        for request in (("POST", False), ("GET", True)):
            verdict = guard.check(Asked(request[0], "/", "", {**host, "origin": origin}, request[1]))
            assert isinstance(verdict, Refusal)


def test_a_guard_shows_no_secret_when_it_is_printed() -> None:
    guard = Guard.of_loopback(PORT, "lasting")
    token = guard.mint()
    assert token not in repr(guard)
    assert "lasting" not in repr(guard).replace("lasting_token", "")
    assert guard._cookie not in repr(guard)


# ── signed doors ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_signed_needs_no_cookie_and_may_call_the_server_by_any_name() -> None:
    """A voice's servers come by way of a proxy, and prove themselves behind the guard."""
    guard = Guard.of_loopback(PORT)
    guard.signed_doors = frozenset({"/voice/alexa"})
    signed = Asked("POST", "/voice/alexa", "", {"host": "skill.example"})
    assert guard.check(signed) is None


@pytest.mark.parametrize(
    "asking",
    [
        Asked("GET", "/voice/alexa", "", {"host": HOST}),
        Asked("POST", "/voice/alexa/", "", {"host": HOST}),
        Asked("POST", "/voice/alexa/../secret", "", {"host": HOST}),
        Asked("POST", "//voice/alexa", "", {"host": HOST}),
        Asked("POST", "/VOICE/alexa", "", {"host": HOST}),
        Asked("POST", "/", "", {"host": HOST}),
        Asked("POST", "/voice/alexa", "", {"host": HOST}, is_socket=True),
        Asked("POST", "/voice/alexa", "", {"host": HOST, "origin": f"http://{HOST}"}),
        Asked("POST", "/voice/alexa", "", {"host": HOST, "origin": "null"}),
    ],
    ids=[
        "reading",
        "slash",
        "dots",
        "two slashes",
        "case",
        "elsewhere",
        "socket",
        "own page",
        "sandboxed page",
    ],
)
def test_a_signed_door_is_one_path_for_servers(asking: Asked) -> None:
    """Everything else needs the cookie, as ever."""
    guard = Guard.of_loopback(PORT)
    guard.signed_doors = frozenset({"/voice/alexa"})
    assert isinstance(guard.check(asking), Refusal)
