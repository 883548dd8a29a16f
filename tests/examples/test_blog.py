"""The blog is a plain Flask app: one suite for it as `Flask` makes it and as `Hipflask` does, then its window."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from hipflask import Hipflask
from served import Served, Visitor, served
from surfaces.window.picture import Picture
from surfaces.window.stage import require

BLOG = Path(__file__).parents[2] / "examples" / "blog"
LINES = {"Flask": "from flask import Flask\n", "Hipflask": "from hipflask import Hipflask as Flask\n"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6390cf0f0100019300e3abcaab02"
    "0000000049454e44ae426082"
)
SAFE = "correct horse"


@pytest.fixture(params=LINES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The blog with the one line as `Flask` or `Hipflask` has it, in a folder of its own."""
    shutil.copytree(BLOG, tmp_path / "blog", ignore=shutil.ignore_patterns("__pycache__"))
    source = (BLOG / "__init__.py").read_text()
    assert source.count(LINES["Hipflask"]) == 1
    (tmp_path / "blog" / "__init__.py").write_text(source.replace(LINES["Hipflask"], LINES[request.param]))
    return tmp_path


@pytest.fixture
def app(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    _forget_blog()
    monkeypatch.syspath_prepend(str(folder))
    import blog

    assert Path(blog.__file__).is_relative_to(folder)
    yield blog.create_app({"TESTING": True})
    _forget_blog()


def _forget_blog() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "blog"]:
        del sys.modules[name]


class Reader:
    """Somebody with a browser of their own, as far as Flask's test client is one."""

    def __init__(self, app: Any) -> None:
        self.client = app.test_client()
        self.page = ""
        self.status = 0

    def go(self, path: str) -> Reader:
        return self._see(self.client.get(path, follow_redirects=True))

    def send(self, path: str, **form: object) -> Reader:
        return self._see(self.client.post(path, data=form, follow_redirects=True))

    def _see(self, answer: Any) -> Reader:
        self.page, self.status = answer.get_data(as_text=True), answer.status_code
        return self

    def enter(self, name: str = "Who") -> Reader:
        assert "Now log in." in self.send("/auth/register", name=name, password=SAFE).page
        return self.send("/auth/login", name=name, password=SAFE)


@pytest.fixture
def reader(app: Any) -> Reader:
    return Reader(app)


# ── one suite for both ────────────────────────────────────────────────────────────────────────────


def test_it_is_what_its_line_says(app: Any, request: pytest.FixtureRequest) -> None:
    assert isinstance(app, Hipflask) == ("Hipflask" in request.node.name)
    assert type(app).__name__ in LINES


def test_an_empty_blog_asks_for_the_first_post(reader: Reader) -> None:
    assert "Nothing yet" in reader.go("/").page


def test_its_command_begins_anew(app: Any, reader: Reader) -> None:
    reader.enter()
    result = app.test_cli_runner().invoke(args=["init-db"])
    assert (result.exit_code, result.output) == (0, "The blog is empty now.\n"), result.exception
    assert "do not go together" in reader.send("/auth/login", name="Who", password=SAFE).page


def test_a_log_in_is_remembered_and_a_log_out_forgets_it(reader: Reader) -> None:
    assert "You are logged in, Who." in reader.enter().page
    assert "Log out Who" in reader.go("/").page
    assert "You are logged in" not in reader.page, "a flash is shown once"
    assert "You are logged out." in reader.send("/auth/logout").page
    assert "Log out" not in reader.go("/").page


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [(" ", SAFE, "1 to 40 letters"), ("Who", "short", "at least 8"), ("who", SAFE, "writes here already")],
)
def test_a_registration_that_does_not_fit_is_explained_and_kept(
    reader: Reader, name: str, password: str, sentence: str
) -> None:
    reader.enter()
    reader.send("/auth/register", name=name, password=password)
    assert reader.status == 422
    assert sentence in reader.page
    assert f'value="{name}"' in reader.page
    assert password not in reader.page


def test_passwords_are_not_kept_as_they_are(app: Any, reader: Reader) -> None:
    reader.enter()
    assert SAFE.encode() not in Path(app.config["DATABASE"]).read_bytes()
    assert "do not go together" in reader.send("/auth/login", name="Who", password="wrong horse").page


def test_who_is_not_logged_in_is_led_back_after_the_log_in(reader: Reader) -> None:
    reader.enter()
    reader.send("/auth/logout")
    assert "Log in first" in reader.go("/write").page
    [address] = re.findall(r"/auth/login\?next=[^\"]+", str(reader.client.get("/write").headers["Location"]))
    assert "Write a post" in reader.send(address, name="Who", password=SAFE).page


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_nobody_is_led_elsewhere(reader: Reader, elsewhere: str) -> None:
    reader.enter()
    answer = reader.client.post(
        "/auth/login", query_string={"next": elsewhere}, data={"name": "Who", "password": SAFE}
    )
    assert answer.headers["Location"] == "/"


def test_a_post_is_written_read_changed_and_deleted(reader: Reader) -> None:
    reader.enter()
    assert "Your post is out." in reader.send("/write", title="First <base>", body="Who's on it?").page
    assert "First &lt;base&gt;" in reader.go("/").page
    assert "Your post is changed." in reader.send("/1/edit", title="Second base", body="What.").page
    assert "Second base" in reader.go("/1").page
    assert "“Second base” is gone." in reader.send("/1/delete").page
    assert reader.go("/1").status == 404
    assert "There is nothing at this address." in reader.page


def test_what_was_written_is_kept_when_something_is_missing(reader: Reader) -> None:
    reader.enter()
    reader.send("/write", title="", body="A long\nthought")
    assert reader.status == 422
    assert "A title has 1 to 100 letters." in reader.page
    assert "\nA long\nthought</textarea>" in reader.page


def test_only_the_author_changes_a_post(app: Any, reader: Reader) -> None:
    reader.enter()
    reader.send("/write", title="Mine", body="All mine.")
    other = Reader(app).enter("What")
    for path in ("/1/edit", "/1/delete"):
        assert "Only who wrote a post" in other.send(path, title="Yours", body="?").page
        assert other.status == 403
    assert "Edit" not in other.go("/1").page
    assert "All mine." in other.page


def test_a_post_has_a_picture_and_can_be_kept_as_text(reader: Reader) -> None:
    reader.enter()
    reader.send("/write", title="Ünïcode", body="…", picture=(io.BytesIO(PNG), "../../x.png"))
    [address] = re.findall(r"/pictures/\w+\.png", reader.page)
    picture = reader.client.get(address)
    assert (picture.mimetype, picture.get_data()) == ("image/png", PNG)
    picture.close()
    text = reader.client.get("/1.txt")
    assert text.get_data(as_text=True) == "Ünïcode\n\n…\n"
    assert "filename*=UTF-8''%C3%9Cn%C3%AFcode.txt" in text.headers["Content-Disposition"]


def test_what_is_no_picture_or_too_large_is_refused_in_words(app: Any, reader: Reader) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == 4_000_000
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    reader.enter()
    reader.send("/write", title="A", body="B", picture=(io.BytesIO(b"MZ"), "x.exe"))
    assert "This is no picture" in reader.page
    reader.send("/write", title="A", body="B", picture=(io.BytesIO(bytes(200_000)), "x.png"))
    assert (reader.status, "4 MB is the most" in reader.page) == (413, True)


def test_a_fault_of_ours_is_a_page_of_ours(app: Any) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["posts.index"] = lambda: 1 // 0
    assert "Something went wrong here." in Reader(app).go("/").page


# ── on a real server, behind its guard ────────────────────────────────────────────────────────────


@pytest.fixture
def server(app: Any) -> Iterator[Served]:
    with served(app) as server:
        yield server


def test_a_whole_visit_in_a_browser(server: Served, page: Page) -> None:
    page.goto(server.address)
    page.get_by_role("link", name="Register").click()
    page.get_by_label("Name").fill("Who")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_have_text("A password has at least 8 characters.")
    page.get_by_label("Password").fill(SAFE)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("status")).to_have_text("Welcome, Who. Now log in.")
    page.get_by_label("Name").fill("Who")
    page.get_by_label("Password").fill(SAFE)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("status")).to_have_text("You are logged in, Who.")
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill("On first")
    page.get_by_label("Text").fill("That's the man's name.")
    page.get_by_label("Picture").set_input_files(
        files=[{"name": "a.png", "mimeType": "image/png", "buffer": PNG}]
    )
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_have_text("Your post is out.")
    expect(page.locator("article img")).to_have_js_property("naturalWidth", 1)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 249)"
    with page.expect_download() as kept:
        page.get_by_role("link", name="Keep as text").click()
    assert kept.value.suggested_filename == "On first.txt"
    page.get_by_role("button", name="Log out Who").click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    page.reload()
    expect(page.get_by_role("status")).to_have_count(0)
    expect(page.get_by_role("link", name="On first")).to_be_visible()


def test_the_guard_and_the_blog_keep_their_cookies_apart(
    server: Served, page: Page, context: BrowserContext
) -> None:
    page.goto(server.address)
    page.goto(f"http://{server.host}/auth/login")
    page.get_by_label("Name").fill("Who")
    page.get_by_label("Password").fill(SAFE)
    Reader(server.app).enter()
    page.get_by_role("button", name="Log in").click()
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert set(cookies) == {"session", f"hipflask-{server.port}"}
    assert all(cookie["httpOnly"] for cookie in cookies.values())
    assert {cookie["sameSite"] for cookie in cookies.values()} == {"Lax", "Strict"}


def test_a_page_from_elsewhere_can_send_nothing(server: Served) -> None:
    visitor = Visitor(server).enter()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"name=Who&password={SAFE}".encode()
    stranger = visitor.get("/auth/register", "POST", body, Origin="https://elsewhere.example", **form)
    assert stranger.status == 403
    assert "Pages of https://elsewhere.example may not talk to this program." in stranger.text
    own = visitor.get("/auth/register", "POST", body, Origin=f"http://{server.host}", **form)
    assert (own.status, own.getheader("Location")) == (302, "/auth/login")


def test_nothing_is_answered_to_who_was_not_let_in(server: Served) -> None:
    for path in ("/", "/static/style.css", "/pictures/x.png"):
        assert Visitor(server).get(path).status == 403


# ── by the command line ───────────────────────────────────────────────────────────────────────────


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("program", ["flask", "hipflask.cli"])
def test_both_command_lines_know_its_command(folder: Path, program: str) -> None:
    made = run(folder, program, "--app", "blog", "init-db")
    assert (made.returncode, made.stdout) == (0, "The blog is empty now.\n"), made.stderr
    assert "/auth/login" in run(folder, program, "--app", "blog", "routes").stdout


def test_a_window_shows_it(folder: Path) -> None:
    """Both: `hipflask run` opens any Flask app."""
    require("Xvfb")
    shot = run(folder, "hipflask.cli", "--app", "blog", "run", "--headless", "--screenshot", "blog.png")
    assert shot.returncode == 0, shot.stderr
    picture = Picture(folder / "blog.png")
    assert (picture.width, picture.height) == (1000, 720)
    assert picture.at(500, 600) == (253, 252, 249), "the colour of its style sheet"
    assert len(picture.colors()) > 2, "words"
