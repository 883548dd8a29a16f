"""From window function to window function in a real browser: links, back and forward, titles, and what is kept."""

from __future__ import annotations

from collections.abc import Callable

import flask
import pytest
from playwright.sync_api import Page, expect

from hipflask import Hipflask, ui
from hipflask.surfaces.pages import host_of
from served import Served


@pytest.fixture
def team(app: Hipflask, serve: Callable[..., Served], page: Page) -> Page:
    """An app of a few places, opened at the first."""

    @app.window("/", title="Team")
    def team() -> None:
        clicks = ui.state(0)
        ui.heading("Team")
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))
        ui.input("Search")
        for number in range(60):
            ui.text(f"Row {number}")
        ui.link("Ada", player, args={"name": "Ada Lovelace", "tab": "games"})
        ui.link("Plain", "/plain")
        ui.link("Nowhere", "/nowhere")
        ui.button("To Who", on_click=lambda: ui.navigate(player, args=("Who",)))
        ui.button("To plain", on_click=ui.navigate, args=("/plain",))

    @app.window("/player/<name>", title="Player")
    def player(name: str, tab: str = "scores") -> None:
        ui.heading(name)
        ui.text(f"Showing {tab}")
        ui.title(f"{name} of the team")
        ui.link("Home", team)

    @app.route("/plain")
    def plain() -> str:
        return '<title>Plain</title><p>A plain page</p><a href="/">Home</a>'

    page.goto(serve().address)
    expect(page.get_by_role("heading", name="Team")).to_be_visible()
    page.evaluate("window.isTheSamePage = true")
    return page


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def test_a_link_to_a_window_function_shows_it_without_loading_a_page(team: Page) -> None:
    team.get_by_role("link", name="Ada").click()
    expect(team.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(team.get_by_text("Showing games")).to_be_visible()
    assert team.url.endswith("/player/Ada%20Lovelace?tab=games")
    assert is_same_page(team)


def test_back_finds_everything_as_it_was_left_and_forward_too(team: Page) -> None:
    team.get_by_role("button", name="0 clicks").click()
    team.get_by_label("Search").fill("Shortstop")
    team.get_by_role("link", name="Ada").scroll_into_view_if_needed()
    scrolled = team.evaluate("scrollY")
    assert scrolled > 100
    team.get_by_role("link", name="Ada").click()
    expect(team.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    team.go_back()
    expect(team.get_by_role("button", name="1 clicks")).to_be_attached()
    expect(team.get_by_label("Search")).to_have_value("Shortstop")
    team.wait_for_timeout(200)
    assert abs(team.evaluate("scrollY") - scrolled) < 5
    team.get_by_role("button", name="1 clicks").click()  # and it is alive
    expect(team.get_by_role("button", name="2 clicks")).to_be_visible()
    team.go_forward()
    expect(team.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    team.go_back()
    expect(team.get_by_role("button", name="2 clicks")).to_be_attached()
    assert is_same_page(team)


def test_a_place_whose_session_is_gone_is_drawn_anew(team: Page, app: Hipflask) -> None:
    team.get_by_role("button", name="0 clicks").click()
    expect(team.get_by_role("button", name="1 clicks")).to_be_visible()
    [session] = host_of(app).sessions()
    team.get_by_role("link", name="Ada").click()
    expect(team.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    host_of(app).forget(session)
    team.go_back()
    expect(team.get_by_role("button", name="0 clicks")).to_be_attached()
    team.get_by_role("button", name="0 clicks").click()
    expect(team.get_by_role("button", name="1 clicks")).to_be_visible()


def test_the_title_is_the_places_own_or_the_one_that_is_drawn(team: Page) -> None:
    assert team.title() == "Team"
    team.get_by_role("link", name="Ada").click()
    expect(team).to_have_title("Ada Lovelace of the team")
    team.go_back()
    expect(team).to_have_title("Team")
    team.go_forward()
    expect(team).to_have_title("Ada Lovelace of the team")


def test_a_handler_goes_elsewhere(team: Page) -> None:
    team.get_by_role("button", name="To Who").click()
    expect(team.get_by_role("heading", name="Who")).to_be_visible()
    expect(team.get_by_text("Showing scores")).to_be_visible()
    assert is_same_page(team)
    team.get_by_role("link", name="Home").click()
    expect(team.get_by_role("heading", name="Team")).to_be_visible()


def test_a_plain_page_is_loaded_and_back_finds_the_window_again(team: Page) -> None:
    team.get_by_role("button", name="0 clicks").click()
    expect(team.get_by_role("button", name="1 clicks")).to_be_visible()
    team.get_by_role("button", name="To plain").click()
    expect(team.get_by_text("A plain page")).to_be_visible()
    team.go_back()
    expect(team.get_by_role("heading", name="Team")).to_be_visible()


def test_a_place_where_nothing_is_says_so_and_leads_back(team: Page) -> None:
    team.get_by_role("link", name="Nowhere").click()
    expect(team.get_by_role("heading", name="Not Found")).to_be_visible()
    expect(team.get_by_text("There is nothing at this address")).to_be_visible()
    team.get_by_role("link", name="To the start").click()
    expect(team.get_by_role("heading", name="Team")).to_be_visible()


def test_focus_begins_at_the_top_of_another_place(team: Page) -> None:
    team.get_by_role("link", name="Ada").click()
    expect(team.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    assert team.evaluate("document.activeElement.localName") == "hf-root"
    team.keyboard.press("Tab")
    expect(team.get_by_role("link", name="Home")).to_be_focused()


def test_somebody_in_a_hurry_ends_where_they_went_last(team: Page) -> None:
    team.evaluate(
        """() => {
            const links = [...document.querySelectorAll("a")];
            links.find((link) => link.textContent === "Ada").click();
            history.back === undefined || links.find((link) => link.textContent === "Ada").click();
        }"""
    )
    expect(team.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    team.go_back()
    expect(team.get_by_role("heading", name="Team")).to_be_visible()


def test_a_link_opened_in_another_tab_is_left_to_the_browser(team: Page) -> None:
    with team.context.expect_page() as opened:
        team.get_by_role("link", name="Ada").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(team.get_by_role("heading", name="Team")).to_be_visible()


def test_going_to_a_log_in_loads_its_page(app: Hipflask, serve: Callable[..., Served], page: Page) -> None:
    @app.before_request
    def log_in() -> object:
        if flask.request.path == "/secret" and "user" not in flask.session:
            return flask.redirect("/login")
        return None

    @app.route("/login", methods=["GET", "POST"])
    def login() -> object:
        if flask.request.method == "POST":
            flask.session["user"] = "Who"
            return flask.redirect("/secret")
        return '<form method="post"><button>Log in</button></form>'

    @app.window("/")
    def start() -> None:
        ui.link("Secret", secret)

    @app.window("/secret")
    def secret() -> None:
        ui.text(f"Only for {flask.session['user']}")

    page.goto(serve().address)
    page.get_by_role("link", name="Secret").click()
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Only for Who")).to_be_visible()
